"""How evidence is declared and weighed: clues with their weights, the scores from which they settle something, and
the reserves for which a person looks, however much speaks for it.

Every number here has its reason beside it, and an example on either side of it in the tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Clue:
    """One thing that speaks for something, or against it; it counts `most` times at most, None for as often as it is.

    `fires` are the pages of an example of it; `quiet` those of one that is like it and is not it.
    """

    id: str
    weight: int
    why: str
    fires: tuple[str, ...]
    quiet: tuple[str, ...]
    most: int | None = 1

    def counted(self, times: int) -> int:
        """How often it counts."""
        return times if self.most is None else min(times, self.most)


@dataclass(frozen=True, slots=True)
class Reserve:
    """Something for which the strongest answer is not given, whatever the score."""

    id: str
    why: str
    fires: tuple[str, ...]
    quiet: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Level(Generic[T]):
    """An answer, the score from which it is given, and the clues without which it is not.

    `nearest` is the best score of what must not reach it: the margin is what lies between the two.
    """

    answer: T
    least: int
    nearest: int
    why: str
    needs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Scale(Generic[T]):
    """All that is known to speak for something or against it, and what it amounts to."""

    name: str
    clues: tuple[Clue, ...]
    levels: tuple[Level[T], ...]  # the strongest first
    otherwise: T
    reserves: tuple[Reserve, ...] = ()

    def score(self, found: Mapping[str, int]) -> int:
        """The weights of what was found: how often, by the clue's id."""
        return sum(clue.weight * clue.counted(found.get(clue.id, 0)) for clue in self.clues)

    def answer(self, found: Mapping[str, int]) -> T:
        """The first level that the score reaches; a reserve rules out the strongest."""
        score, there = self.score(found), {name for name, times in found.items() if times}
        held_back = any(reserve.id in there for reserve in self.reserves)
        open_to = self.levels[1:] if held_back else self.levels
        return next(
            (level.answer for level in open_to if score >= level.least and level.needs <= there), self.otherwise
        )
