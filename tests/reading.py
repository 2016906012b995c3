"""`python -m tests.reading [FOLDER…]`: how the reader alone would hold mail back, sentence by sentence.

A mail is held where one of its sentences is not harmless, or none hands the report in. Read are the corpus's
messages, and any folder of .eml files with a table `expected.tsv` (name, right outcomes). A mail that should be
answered and is held is *held wrongly*; one that should not and passes is *passed wrongly*. Other things than words hold
mail back, too, so what passes here is not yet harm.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from intake.judging.parts.own_words import own_words
from intake.judging.words import ActReader, Reading, read
from intake.judging.words.asking import hands_in
from intake.model import Outcome
from intake.sandbox.sandbox import Sandbox
from intake.wiring.reading import sentence_reader
from intake.wiring.rules import build_judge, load_rules
from tests.corpus import STYLES, cases, makers
from tests.judge import SEEDS

_ANSWERED = frozenset({Outcome.COMPLIANT, Outcome.GAPS})


@dataclass(frozen=True, slots=True)
class Mail:
    """A message and what is right for it."""

    name: str
    raw: bytes
    outcomes: frozenset[Outcome]


@dataclass(frozen=True, slots=True)
class Held:
    """What the reader says of a mail: the sentences that hold it, and whether any hands in."""

    mail: Mail
    readings: tuple[Reading, ...]

    @property
    def objections(self) -> list[Reading]:
        return [reading for reading in self.readings if not reading.harmless]

    @property
    def hands_in(self) -> bool:
        """Whether the body does; or, where there is none, the subject."""
        return hands_in(self.readings)

    @property
    def passes(self) -> bool:
        return self.hands_in and not self.objections


def corpus_mails() -> Iterator[Mail]:
    """The corpus, each maker once for each style."""
    for name, style in STYLES.items():
        for case in cases(SEEDS[name][0], len(makers(style)), style):
            yield Mail(case.name, case.raw, frozenset(case.truth.outcomes))


def folder_mails(folder: Path) -> Iterator[Mail]:
    """The .eml files that a folder's table names."""
    for line in (folder / "expected.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        name, right, *_ = line.split("\t")
        path = folder / name if name.endswith(".eml") else folder / f"{name}.eml"
        if path.is_file():
            yield Mail(path.name, path.read_bytes(), frozenset(map(Outcome, right.split())))


def read_all(mails: Iterable[Mail], reader: ActReader) -> Iterator[Held]:
    """What the reader says of each."""
    with Sandbox() as sandbox:
        judge = build_judge(sandbox, load_rules())
        for mail in mails:
            unpacked = judge.open(mail.raw)
            yield Held(mail, read(unpacked.subject, own_words(unpacked).text, reader))


def show(found: Sequence[Held], *, everything: bool = False) -> None:
    """The mails on which the reader and the truth differ, with the sentences that decided."""
    counts = {"held rightly": 0, "held wrongly": 0, "passed rightly": 0, "passed wrongly": 0}
    for held in found:
        answered = bool(held.mail.outcomes & _ANSWERED)
        verdict = f"{'passed' if held.passes else 'held'} {'rightly' if held.passes == answered else 'wrongly'}"
        counts[verdict] += 1
        if everything or verdict.endswith("wrongly"):
            print(f"{verdict}: {held.mail.name}" + ("" if held.hands_in else " (nothing hands in)"))
            for reading in held.readings if held.passes or not held.objections else held.objections:
                print(
                    f"    {reading.sure:.2f} {reading.hands_in:.2f} {reading.act} {reading.guard} | {reading.sentence}"
                )
    print(", ".join(f"{count} {name}" for name, count in counts.items()))


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.reading", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, help="instead of the corpus")
    parser.add_argument("--all", action="store_true", help="show every mail")
    chosen = parser.parse_args(arguments)
    mails = [mail for folder in chosen.folders for mail in folder_mails(folder)] or list(corpus_mails())
    show(list(read_all(mails, sentence_reader())), everything=chosen.all)
    return 0


if __name__ == "__main__":
    sys.exit(main())
