"""What senders wrote, with the sentences marked that a doubt is about, and the thread below folded away. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from intake.ledger import MessageRow, SaidRow

_MOST_MARKED = 30


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `doubt` is the number of the doubt that it is marked for, 0 for none."""

    text: str
    doubt: int = 0


@dataclass(frozen=True, slots=True)
class Said:
    """One message's words."""

    message: MessageRow
    pieces: tuple[Piece, ...]
    below: str

    @property
    def empty(self) -> bool:
        return not any(piece.text.strip() for piece in self.pieces)


def said(message: MessageRow, row: SaidRow, quotes: Iterable[tuple[int, str]]) -> Said:
    """A message's words, with these quotations (each with its doubt's number) marked where they stand."""
    return Said(message, tuple(pieces(row.words.strip(), list(quotes)[:_MOST_MARKED])), row.below.strip())


def pieces(text: str, quotes: Sequence[tuple[int, str]]) -> list[Piece]:
    """The text cut at the quotations; line breaks and blanks may differ from how they were quoted."""
    places: list[tuple[int, int, int]] = []
    for doubt, quote in quotes:
        words = quote.strip().strip("…").split()
        if not words:
            continue
        found = re.search(r"\s+".join(map(re.escape, words)), text)
        if found and all(found.end() <= start or found.start() >= end for start, end, _ in places):
            places.append((found.start(), found.end(), doubt))
    cut, at = [], 0
    for start, end, doubt in sorted(places):
        cut += [Piece(text[at:start]), Piece(text[start:end], doubt)]
        at = end
    return [piece for piece in (*cut, Piece(text[at:])) if piece.text]
