"""The learned reader: how likely each act is for a sentence, by weights that `make learn` made from the examples.

Two linear models on the same features: each feature that a sentence has (see `features.py`) adds a whole number to each
act's score, and to the score of being harmless, whichever act it is. How sure a sentence is of being harmless is the
mean of what both say, as log-odds: where one of them knows little, the other speaks. The file is one line of JSON and
tables of whole numbers, little end first: a feature's row is found by halving its sorted keys, so that nothing needs to
be built before the first sentence is read.
"""

from __future__ import annotations

import json
import math
import sys
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from intake.errors import ConfigurationError
from intake.judging.words.acts import HARMLESS, Act
from intake.judging.words.features import BLOCKS, Tokens, Vocabulary, features, tokens, word_feature

FORMAT = "act weights 2"
_LARGEST = 20.0  # log-odds: as good as certain


@dataclass(frozen=True, slots=True)
class Weights:
    """What was learned. `idf` says how rare a feature is; `columns` hold what a feature adds, act by act and, last, to
    being harmless; so do `bases` and `scales`.
    """

    acts: tuple[Act, ...]
    bases: tuple[float, ...]
    scales: tuple[float, ...]
    keys: Sequence[int]
    idf: Sequence[int]
    columns: tuple[Sequence[int], ...]
    examples: str  # the digest of the examples and words that it was learned from


@dataclass(frozen=True, slots=True)
class Shares:
    """How likely each act is; they add up to 1. `harmless`: how likely it is that the sentence needs nobody."""

    of: Mapping[Act, float]
    harmless: float

    @property
    def best(self) -> Act:
        return max(self.of, key=lambda act: self.of[act])


class ActReader:
    """Reads sentences by weights and what is known of words."""

    def __init__(self, weights: Weights, vocabulary: Vocabulary) -> None:
        self._weights = weights
        self._vocabulary = vocabulary

    def tokens(self, sentence: str) -> Tokens:
        """A sentence as it is read."""
        return tokens(sentence, self._vocabulary)

    def known(self, seen: Tokens) -> float:
        """The share of a sentence's words that some example or the vocabulary holds; names are left out."""
        words = [w for w, kind in zip(seen.words, seen.kinds, strict=True) if w.isalpha() and kind != "~Name"]
        found = sum(self._is_known(word) for word in words)
        return found / len(words) if words else 1.0

    def _is_known(self, word: str) -> bool:
        return self._vocabulary.sense(word) is not None or self._row(word_feature(word)) is not None

    def rarity(self, word: str) -> float:
        """How much a word in small letters tells, being rare; 0 for one that no example holds."""
        row = self._row(word_feature(word))
        return 0.0 if row is None else float(self._weights.idf[row])

    def shares(self, seen: Tokens) -> Shares:
        """How likely each act is for a sentence."""
        weights = self._weights
        scores = list(weights.bases)
        for block in features(seen):
            rows = [row for feature in block if (row := self._row(feature)) is not None]
            if not rows:
                continue
            length = math.sqrt(sum(rarity * rarity for rarity in map(weights.idf.__getitem__, rows)))
            for index, column in enumerate(weights.columns):
                scores[index] += weights.scales[index] * sum(map(column.__getitem__, rows)) / length
        of = dict(zip(weights.acts, _softmax(scores[:-1]), strict=True))
        by_acts = sum(share for act, share in of.items() if act in HARMLESS)
        return Shares(of, _share((_log_odds(by_acts) + scores[-1]) / 2))

    def _row(self, feature: str) -> int | None:
        key = key_of(feature)
        row = bisect_left(self._weights.keys, key)
        return row if row < len(self._weights.keys) and self._weights.keys[row] == key else None


def key_of(feature: str) -> int:
    """The number under which a feature's row is found."""
    return zlib.crc32(feature.encode())


def _softmax(scores: Sequence[float]) -> list[float]:
    highest = max(scores)
    powers = [math.exp(score - highest) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def _log_odds(share: float) -> float:
    least = _share(-_LARGEST)
    share = min(max(share, least), 1 - least)
    return math.log(share / (1 - share))


def _share(log_odds: float) -> float:
    return 1 / (1 + math.exp(-min(max(log_odds, -_LARGEST), _LARGEST)))


def read_weights(content: bytes) -> Weights:
    """The weights in a file. Raises ConfigurationError where it is none."""
    head, _, rest = content.partition(b"\n")
    try:
        header = json.loads(head)
        same = header["format"] == FORMAT and tuple(header["blocks"]) == BLOCKS
        count, acts = int(header["rows"]), tuple(Act(name) for name in header["acts"])
    except (ValueError, KeyError, TypeError) as error:
        raise _unreadable() from error
    if not same or len(rest) != count * (6 + len(acts)):
        raise _unreadable()
    keys = array("I", rest[: 4 * count])
    if sys.byteorder == "big":
        keys.byteswap()
    start = 5 * count
    columns = tuple(array("b", rest[start + i * count : start + (i + 1) * count]) for i in range(len(acts) + 1))
    return Weights(
        acts=acts,
        bases=tuple(header["bases"]),
        scales=tuple(header["scales"]),
        keys=keys,
        idf=rest[4 * count : start],
        columns=columns,
        examples=header["examples"],
    )


def write_weights(weights: Weights) -> bytes:
    """The file of these weights."""
    header = {
        "format": FORMAT,
        "blocks": BLOCKS,
        "acts": weights.acts,
        "bases": weights.bases,
        "scales": weights.scales,
        "rows": len(weights.keys),
        "examples": weights.examples,
    }
    keys = array("I", weights.keys)
    if sys.byteorder == "big":
        keys.byteswap()
    parts = [json.dumps(header).encode(), b"\n", keys.tobytes(), bytes(weights.idf)]
    return b"".join(parts + [array("b", column).tobytes() for column in weights.columns])


def _unreadable() -> ConfigurationError:
    return ConfigurationError("The reader's weights cannot be read.", "Install the program again, or run make learn.")
