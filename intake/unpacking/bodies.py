"""Which lines of a body are new: the earlier mails of the thread told apart from what was written this time.

Own rules, line by line and in linear time: the libraries for this hang on twenty thousand lines of `From: a`.
An answer written below or between quoted lines stays the author's own, and so does an earlier mail of theirs that
they pass on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from intake.model import Address, LinkPlace, PassedOn, PassedOnAs
from intake.unpacking.earlier import EarlierMail, attribution, begins_earlier_mail
from intake.unpacking.lines import Line
from intake.unpacking.people import same_person
from intake.unpacking.signatures import mark_signatures

_DEEPEST = 5  # mails passed on in each other
_FIELDS_BELOW_MARK = 4


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line and the part of the message it belongs to."""

    line: Line
    place: LinkPlace


@dataclass(frozen=True, slots=True)
class Placed:
    """The lines of a body in their places, and the earlier mails that came along in it."""

    lines: list[PlacedLine]
    passed_on: tuple[PassedOn, ...] = ()


def place_lines(
    lines: Sequence[Line], sender: Address | None = None, *, forward: bool = False, depth: int = 0
) -> Placed:
    """Give each line its place: latest, signature or quoted.

    A mail that its own author passes on (`forward`: the subject says that it is one) speaks with both texts.
    """
    quoted, earlier = _find_quoted(lines)
    places = _places_of_own(lines, quoted, sender)
    placed = [PlacedLine(line, place) for line, place in zip(lines, places, strict=True)]
    if earlier is None:
        return Placed(placed)
    own = same_person(sender, earlier.author)
    forwarded = forward or earlier.forwarded
    told = PassedOn(earlier.author, PassedOnAs.FORWARDED if forwarded else PassedOnAs.ANSWERED, own)
    if not (own and forwarded and depth < _DEEPEST):
        return Placed(placed, (told,))
    words = earlier.begin + earlier.length
    inner = place_lines(lines[words:], sender, forward=forward, depth=depth + 1)
    return Placed([*placed[:words], *inner.lines], (told, *inner.passed_on))


def _places_of_own(lines: Sequence[Line], quoted: Sequence[bool], sender: Address | None) -> list[LinkPlace]:
    places = [LinkPlace.QUOTED if is_quoted else LinkPlace.LATEST for is_quoted in quoted]
    begin = 0
    while begin < len(lines):
        end = begin
        while end < len(lines) and quoted[end] == quoted[begin]:
            end += 1
        if not quoted[begin]:
            places[begin:end] = mark_signatures(lines[begin:end], sender)
        begin = end
    if LinkPlace.LATEST not in {place for place, line in zip(places, lines, strict=True) if not line.blank}:
        return _without_marks(lines, places, quoted, sender)
    return places


def _without_marks(
    lines: Sequence[Line], places: list[LinkPlace], quoted: Sequence[bool], sender: Address | None
) -> list[LinkPlace]:
    """Some people write inside the frame of their signature: then only the words decide."""
    if not any(line.signature for line in lines):
        return places
    return _places_of_own([replace(line, signature=False) for line in lines], quoted, sender)


def join_place(placed: Sequence[PlacedLine], place: LinkPlace) -> str:
    """The text of one place, runs of empty lines made one."""
    result: list[str] = []
    for item in placed:
        if item.place is place and (item.line.text.strip() or (result and result[-1])):
            result.append(item.line.text.rstrip())
    return "\n".join(result).strip()


def _find_quoted(lines: Sequence[Line]) -> tuple[list[bool], EarlierMail | None]:
    """Which lines are quoted, and the mail that all the rest is from some line on."""
    quoted = [line.quoted for line in lines]
    next_text = _next_texts(lines)
    index = 0
    while index < len(lines):
        line = lines[index]
        if line.cut:
            return _cut(quoted, index), _marked_by_markup(lines, index, next_text)
        if not line.quoted and line.text:
            if earlier := begins_earlier_mail(lines, index, next_text):
                return _cut(quoted, earlier.begin), earlier
            if earlier := attribution(lines, index, next_text):
                below = next_text[index + earlier.length - 1]
                if below is None or not lines[below].quoted:
                    # the program does not mark what it quotes: all that follows is the earlier mail
                    return _cut(quoted, index), earlier
                quoted[index : index + earlier.length] = [True] * earlier.length
                index += earlier.length
                continue
        index += 1
    return quoted, None


def _marked_by_markup(lines: Sequence[Line], index: int, next_text: Sequence[int | None]) -> EarlierMail:
    """The mail below a mark of Outlook's: its fields follow, some lines further down."""
    position: int | None = index
    for _ in range(_FIELDS_BELOW_MARK):
        if position is None:
            break
        if earlier := begins_earlier_mail(lines, position, next_text):
            return EarlierMail(index, earlier.begin + earlier.length - index, earlier.author, earlier.forwarded)
        position = next_text[position]
    return EarlierMail(index, 1)


def _cut(quoted: list[bool], index: int) -> list[bool]:
    return quoted[:index] + [True] * (len(quoted) - index)


def _next_texts(lines: Sequence[Line]) -> list[int | None]:
    """For each line, the next one below it that is not blank."""
    result: list[int | None] = [None] * len(lines)
    following: int | None = None
    for index in range(len(lines) - 1, -1, -1):
        result[index] = following
        if not lines[index].blank:
            following = index
    return result
