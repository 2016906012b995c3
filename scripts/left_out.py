"""`make learn ARGS=--leave-out`: how the reader does on each hand that it has not seen.

For every file of examples it learns from the others and reads that one, as the program would read it, with the
guards and without. Nothing is tuned on the file left out. Prints the tables of docs/reader.md.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from intake.judging.words.acts import Act
from intake.judging.words.guards import guard_of
from intake.judging.words.reader import ActReader
from intake.judging.words.reading import PASSES
from intake.wiring.reading import vocabulary
from scripts.learning import Example, learn, load_examples, tabulate

_CURVE = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


@dataclass(frozen=True, slots=True)
class Unseen:
    """One sentence read by a reader that never saw its hand."""

    example: Example
    best: Act
    sure: float
    least_sure: float  # what the guard that speaks asks for; 0 where none does

    def passes(self, threshold: float, *, guarded: bool) -> bool:
        return self.sure >= (max(threshold, self.least_sure) if guarded else threshold)


def read_unseen(examples: Sequence[Example]) -> Iterator[list[Unseen]]:
    """Each hand, read by what was learned from the others."""
    table = tabulate([example.text for example in examples], vocabulary())
    acts = [example.act for example in examples]
    hands = np.array([example.hand for example in examples])
    for hand in sorted(set(hands)):
        reader = ActReader(learn(table, acts, np.flatnonzero(hands != hand)), vocabulary())
        yield [_read(reader, example) for example in examples if example.hand == hand]


def _read(reader: ActReader, example: Example) -> Unseen:
    seen = reader.tokens(example.text)
    shares = reader.shares(seen)
    guard = guard_of(seen.words, seen.kinds, reader.known(seen))
    return Unseen(example, shares.best, shares.harmless, guard.least_sure if guard else 0.0)


def passed(seen: Sequence[Unseen], threshold: float, *, guarded: bool) -> float:
    """The share, in hundredths, of what is not harmless and passes."""
    return _share(
        [one for one in seen if not one.example.act.harmless], lambda one: one.passes(threshold, guarded=guarded)
    )


def held(seen: Sequence[Unseen], threshold: float, *, guarded: bool) -> float:
    """The share, in hundredths, of what is harmless and is held."""
    return _share(
        [one for one in seen if one.example.act.harmless], lambda one: not one.passes(threshold, guarded=guarded)
    )


def _share(seen: Sequence[Unseen], test: Callable[[Unseen], bool]) -> float:
    return 100 * sum(map(test, seen)) / len(seen) if seen else 0.0


def tables(hands: Sequence[Sequence[Unseen]]) -> str:
    """Harm against reach: hand by hand, act by act, and over the thresholds."""
    every = [one for hand in hands for one in hand]
    lines = [
        "| hand left out | sentences | act right | passed | held | passed, without guards | held, without guards |"
    ]
    lines += ["|---|---|---|---|---|---|---|"]
    lines += [_row(hand[0].example.hand, hand) for hand in hands] + [_row("all", every)]
    lines += [
        "",
        "| share needed | passed | held | passed, without guards | held, without guards |",
        "|---|---|---|---|---|",
    ]
    lines += [f"| {threshold} | {_four(every, threshold)} |" for threshold in _CURVE]
    lines += ["", "| act | sentences | read wrongly, % |", "|---|---|---|"]
    for act in Act:
        own = [one for one in every if one.example.act is act]
        wrong = (held if act.harmless else passed)(own, PASSES, guarded=True)
        lines.append(f"| {act} | {len(own)} | {'held' if act.harmless else 'passed'} {wrong:.1f} |")
    return "\n".join(lines)


def _row(name: str, seen: Sequence[Unseen]) -> str:
    right = _share(seen, lambda one: one.best is one.example.act)
    return f"| {name} | {len(seen)} | {right:.0f} | {_four(seen, PASSES)} |"


def _four(seen: Sequence[Unseen], threshold: float) -> str:
    pairs = ((measure(seen, threshold, guarded=guarded)) for guarded in (True, False) for measure in (passed, held))
    return " | ".join(f"{one:.1f}" for one in pairs)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="make learn ARGS=--leave-out", description=__doc__)
    parser.add_argument("--leave-out", action="store_true")
    parser.add_argument("--worst", type=int, default=0, help="show that many of the surest mistakes, too")
    chosen = parser.parse_args(arguments)
    hands = []
    for hand in read_unseen(load_examples()):
        hands.append(hand)
        print(hand[0].example.hand, "read", file=sys.stderr)
    print(tables(hands))
    mistakes = [one for hand in hands for one in hand if (one.sure >= PASSES) is not one.example.act.harmless]
    for one in sorted(mistakes, key=lambda one: -abs(one.sure - PASSES))[: chosen.worst]:
        print(f"{one.example.hand} {one.example.act} read as {one.best}, {one.sure:.2f}: {one.example.text}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
