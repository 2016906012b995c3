"""The reader of sentences, from the files that come with the program: loaded when the first mail is read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path

from intake import resources
from intake.judging.words.acts import Known
from intake.judging.words.features import Vocabulary, features, read_vocabulary, tokens
from intake.judging.words.nearest import Examples
from intake.judging.words.reader import ActReader, read_weights

SUBJECT = "Subject: "  # marks a mail's first line in a hand's file of whole mails
_WORDS = ("reader/families.txt", "reader/senses.txt")
_SAMPLED = 40  # of so many examples one is enough to notice other features


@lru_cache(maxsize=1)
def sentence_reader() -> ActReader:
    """The reader; a judge is handed this function itself. Raises ConfigurationError where a file is missing."""
    return ActReader(read_weights(resources.path("reader/weights.bin").read_bytes()), vocabulary())


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """What is known of words beside the examples."""
    return read_vocabulary(*(resources.read_text(name) for name in _WORDS))


def known_like(sentence: str) -> tuple[Known, ...]:
    """The two known examples that are most like a sentence that holds a mail back, for staff."""
    return _examples().nearest(sentence)


@lru_cache(maxsize=1)
def _examples() -> Examples:
    known = "\n".join(f"{act}\t{sentence}" for path in example_files() for act, sentence in examples_in(path))
    return Examples(known, sentence_reader().rarity)


def example_files() -> list[Path]:
    """The files of labelled sentences, one for each hand that wrote them."""
    return sorted(resources.path("reader/examples").glob("hand-*.tsv"))


def examples_in(path: Path) -> Iterator[tuple[str, str]]:
    """The act and the sentence of every line of a hand's file.

    A file may hold whole mails: an empty line between two, and "Subject: " before the first line of each.
    """
    for line in path.read_text(encoding="utf-8").splitlines():
        act, _, sentence = line.partition("\t")
        if sentence:
            yield act, sentence.removeprefix(SUBJECT)


def learned_from() -> str:
    """What weights are held to, as a digest: examples, what is known of words, and the code's features."""
    total = hashlib.sha256()
    for path in (*example_files(), *map(resources.path, _WORDS)):
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    for path in example_files():
        for _, sentence in islice(examples_in(path), None, None, _SAMPLED):
            seen = tokens(sentence, vocabulary())
            total.update(repr([sorted(block) for block in features(seen)]).encode())
    return total.hexdigest()
