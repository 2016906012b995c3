"""The words and links of a message, from the stretches of body that the walk found in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from intake.model import Body, LinkPlace, PassedOn, Unpacked
from intake.unpacking.bodies import Placed, PlacedLine, join_place, place_lines
from intake.unpacking.contents import Contents, Section
from intake.unpacking.forms import says_more
from intake.unpacking.html import html_lines
from intake.unpacking.limits import UnpackLimits
from intake.unpacking.lines import MOST_LINES, Line, plain_lines
from intake.unpacking.links import find_links, links_in_text, merge_links

_ADDRESS = re.compile(r"<?https?://\S+|\s+")
_FORWARD = re.compile(r"^\W*(?:fwd?|wg|i|tr)\s*:", re.IGNORECASE)


@dataclass(slots=True)
class _Reading:
    """What was read so far."""

    contents: Contents
    message: Unpacked
    placed: list[PlacedLine] = field(default_factory=list)
    others: list[Placed] = field(default_factory=list)  # forms of the body beside the one that is taken
    passed_on: list[PassedOn] = field(default_factory=list)

    @property
    def limits(self) -> UnpackLimits:
        return self.contents.limits

    def place(self, lines: Sequence[Line]) -> Placed:
        return place_lines(lines, self.message.sender, forward=_FORWARD.match(self.message.subject) is not None)


def read_words(contents: Contents, message: Unpacked) -> Unpacked:
    """The message with its words, its links, and the earlier mails in it."""
    reading = _Reading(contents, message)
    for section in contents.sections:
        _read_section(reading, section)
    for section in contents.quoted_sections:
        chosen, _ = _forms(reading, section)
        reading.placed.append(PlacedLine(Line(""), LinkPlace.QUOTED))
        reading.placed.extend(PlacedLine(line, LinkPlace.QUOTED) for line in chosen)
    _compare(reading)
    most = reading.limits.links
    links = merge_links(
        find_links(reading.placed, most),
        links_in_text(message.subject, LinkPlace.SUBJECT, most),
        *(find_links(other.lines, most) for other in reading.others),
        most=most,
    )
    told = (*reading.passed_on, *contents.passed_on)
    return replace(message, body=_join(reading), links=links, passed_on=told)


def _read_section(reading: _Reading, section: Section) -> None:
    chosen, other = _forms(reading, section)
    if section.copy:
        reading.others.append(reading.place(chosen))
        return
    if reading.placed:
        reading.placed.append(PlacedLine(Line(""), LinkPlace.LATEST))
    body = reading.place(chosen)
    reading.placed.extend(body.lines)
    reading.passed_on.extend(body.passed_on)
    if other:
        reading.others.append(reading.place(other))


def _compare(reading: _Reading) -> None:
    """Note where a form that was not taken says what the message's words do not."""
    if not reading.others:
        return
    heard = "\n".join(item.line.text for item in reading.placed)
    if any(says_more(join_place(other.lines, LinkPlace.LATEST), heard) for other in reading.others):
        reading.contents.note("forms-differ")


def _join(reading: _Reading) -> Body:
    texts = [join_place(reading.placed, place) for place in (LinkPlace.LATEST, LinkPlace.SIGNATURE, LinkPlace.QUOTED)]
    most = reading.limits.body_characters
    if any(len(text) > most for text in texts):
        reading.contents.note("words-cut")
    return Body(*(text[:most] for text in texts))


def _forms(reading: _Reading, section: Section) -> tuple[list[Line], list[Line]]:
    """The lines of the better of both forms of a body, and those of the other one.

    HTML says more of what is quoted; but some programs put a stub there and the words in the plain text.
    """
    limits = reading.limits
    shown = html_lines(section.html[: limits.html_characters], limits.body_characters)
    text = section.plain[: limits.body_characters]
    plain = plain_lines(text, flowed=section.flowed, delete_space=section.delete_space)
    whole = shown.whole and len(section.html) <= limits.html_characters and len(section.plain) == len(text)
    html = shown.lines
    if not html and not any(not line.blank for line in plain):
        shown = html_lines(section.other_html[: limits.html_characters], limits.body_characters)
        html, plain = shown.lines, plain_lines(section.other[: limits.body_characters])
    if not whole or text.count("\n") >= MOST_LINES:
        reading.contents.note("words-cut")
    if _amount(html) * 2 >= _amount(plain) and html:
        return html, plain
    return plain, html


def _amount(lines: Sequence[Line]) -> int:
    """How much is said: the plain form also spells out where the HTML's links lead."""
    return sum(len(_ADDRESS.sub("", line.text)) for line in lines)
