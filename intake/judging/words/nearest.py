"""The known examples that are most like a sentence: they show staff what the reader learned it from.

Only looked for where a sentence holds a mail back, and only prepared then: a plain mail pays nothing for it.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable
from functools import cached_property
from itertools import pairwise

from intake.judging.words.acts import Act, Known
from intake.judging.words.features import words_of

_MOST = 2
_WORDS_LOOKED_FOR = 5  # the rarest of a sentence
_HITS_A_WORD = 25


class Examples:
    """The labelled sentences that the reader learned from: lines of an act, a tab and a sentence.

    `rarity` says how much a word tells; 0 for one that stands in no example.
    """

    def __init__(self, text: str, rarity: Callable[[str], float]) -> None:
        self._text = text
        self._rarity = rarity

    def nearest(self, sentence: str) -> tuple[Known, ...]:
        """Up to two examples that share the most with a sentence."""
        wanted = self._weighed(sentence)
        rarest = sorted((word for word in wanted if " " not in word), key=lambda word: (-wanted[word], word))[
            :_WORDS_LOOKED_FOR
        ]
        lines = sorted({line for word in rarest for line in self._lines_with(word)})
        known = [self._known(line) for line in lines]
        ranked = sorted(known, key=lambda example: -_likeness(wanted, self._weighed(example.text)))
        return tuple(ranked[:_MOST])

    def _weighed(self, sentence: str) -> dict[str, float]:
        """Its words, and each two that stand side by side, by how much they tell."""
        words = [word.lower() for word in words_of(sentence) if word.isalpha()]
        weighed = {word: rarity for word in words if (rarity := self._rarity(word))}
        for first, second in pairwise(words):
            if first in weighed and second in weighed:
                weighed[f"{first} {second}"] = (weighed[first] + weighed[second]) / 2
        return weighed

    @cached_property
    def _small(self) -> str:
        return self._text.lower()

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        while (end := self._text.find("\n", starts[-1])) >= 0:
            starts.append(end + 1)
        return starts

    def _lines_with(self, word: str) -> Iterable[int]:
        at = self._small.find(word)
        for _ in range(_HITS_A_WORD):
            if at < 0:
                return
            line = bisect_right(self._starts, at) - 1
            yield line
            if line + 1 == len(self._starts):
                return
            at = self._small.find(word, self._starts[line + 1])

    def _known(self, line: int) -> Known:
        start = self._starts[line]
        end = self._starts[line + 1] - 1 if line + 1 < len(self._starts) else len(self._text)
        act, _, sentence = self._text[start:end].partition("\t")
        return Known(sentence, Act(act))


def _likeness(one: dict[str, float], other: dict[str, float]) -> float:
    shared = sum(one[word] * other[word] for word in one.keys() & other.keys())
    lengths = math.hypot(*one.values()) * math.hypot(*other.values())
    return shared / lengths if lengths else 0.0
