"""Where the author's words end: greeting-off lines, contact details, disclaimers and the banners of gateways.

Links found here are home pages and social media of the sender's council, not the place of publication. What is still
the author's word below the name is found in `below_the_name`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from intake.model import Address, LinkPlace
from intake.unpacking.below_the_name import CONTACT, SENTENCE, names_publication, spoken_below
from intake.unpacking.lines import Line
from intake.unpacking.people import SenderName, name_of

_CLOSING_WORDS = (
    r"(?:(?:with|my|our|very|and|many|kind|kindest|best|warm|warmest|good|sincere|yours|faithfully|sincerely|truly|"
    r"regards|wishes|thanks|thank you|in advance|again|respectfully|cheers|rgds|kr|br|diolch|cofion|gorau|cynnes|"
    r"yn gywir|yn fawr|for your (?:help|time|assistance|support|consideration))[\s,.!&/]*)+"
)
_CLOSING = re.compile(rf"^\W*{_CLOSING_WORDS}$", re.IGNORECASE)
_STRONG_CLOSING = re.compile(
    r"\b(?:regards|wishes|faithfully|sincerely|truly|respectfully|cofion|rgds|kr|yn gywir)\b", re.IGNORECASE
)
_MAYBE_CLOSING = re.compile(
    r"^\W*(?:with|my|our|very|many|kind|kindest|best|warm|warmest|good|yours|regards|wishes|thank|thanks|cheers|"
    r"respectfully|sincerely|rgds|kr|br|diolch|cofion|yn gywir)\b",
    re.IGNORECASE,
)
_DASHES = frozenset({"--", "—", "__"})  # RFC 3676, 4.3, and what programs make of it
_DEVICE = re.compile(
    r"^\W*(?:sent from (?:my|outlook|mail|yahoo|samsung|the)\b|get outlook for|sent via\b|anfonwyd o)", re.IGNORECASE
)
_MAIL = r"(?:e-?mail|message|communication|transmission)"
_DISCLAIMER = re.compile(
    r"^\W*(?:"
    + "|".join(
        (
            rf"this {_MAIL}(?: message)?,? (?:(?:and|including) (?:any|all) (?:attach|file)|\((?:including|and) any)",
            rf"this {_MAIL}(?: message)? (?:is (?:intended (?:only|solely|for the)|confidential|private)|may contain)",
            rf"this {_MAIL}(?: message)? (?:contains? (?:confidential|information)|(?:has been|was) (?:sent|scanned))",
            rf"the (?:information|contents?|views)\b.{{0,40}}\b(?:in|of) this {_MAIL}",
            r"any views (?:or opinions )?expressed|(?:e-?mail )?disclaimer\b|confidential(?:ity)? (?:notice|note)",
            r"if you (?:are not|have received|received|receive) (?:the|this)|privacy notice",
            r"to (?:view|see|read) our privacy",
            r"please (?:consider|think)(?: of)? (?:about )?the environment",
            r"(?:all )?(?:e-?mails?|communications)(?: sent)? (?:to|from|may be)\b.{0,80}(?:monitor|record)",
            r"(?:please )?(?:note|be aware) that (?:e-?mails?|communications) .{0,60}(?:monitor|record)",
            r"mae'?r (?:e-?bost|neges)",
        )
    )
    + ")",
    re.IGNORECASE,
)
_BANNER = re.compile(
    r"^\W*(?:"
    + "|".join(
        (
            rf"(?:caution|warning|external)\b\W*(?:external|this {_MAIL}|e-?mail|mail|sender)",
            r"(?:attention|important)\b\W*external",
            rf"this {_MAIL} (?:originated|was sent|has been sent|has originated|came) from (?:outside|an external)",
            r"you don.t often get (?:e-?mail|messages)|some people who received this message don",
            r"\[?external(?: e?-?mail| sender)?\]?\W*$|external e?-?mail\b",
        )
    )
    + ")",
    re.IGNORECASE,
)
_BANNER_GOES_ON = re.compile(
    r"^\W*(?:do not (?:click|open|reply)|don.t click|unless you (?:recogni|know|trust|are)|please (?:be |take )?"
    r"(?:care|caution|do not)|be (?:careful|cautious|wary)|learn why this|report (?:this|any)|think before|"
    r"recogni[sz]e the sender|the sender)",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"^\W*(?:dear|hello|hi|hiya|good (?:morning|afternoon|day|evening)|morning|afternoon|to whom|annwyl|bore da|"
    r"prynhawn da|all|colleagues?|team)\b",
    re.IGNORECASE,
)
_SHORT = 70
_MOST_SIGNATURE_LINES = 40


def mark_signatures(lines: Sequence[Line], sender: Address | None = None) -> list[LinkPlace]:
    """The place of each line of one stretch of the author's own: latest or signature."""
    places = [LinkPlace.SIGNATURE if line.signature else LinkPlace.LATEST for line in lines]
    _mark_banners(lines, places)
    start = _signature_start(lines, places, name_of(sender))
    if start is None:
        return places
    end = next((index for index in range(start, len(lines)) if _DISCLAIMER.match(lines[index].text[:1000])), len(lines))
    places[start:] = [LinkPlace.SIGNATURE] * (len(lines) - start)
    for index in spoken_below(lines[start:end]):
        if not lines[start + index].signature:
            places[start + index] = LinkPlace.LATEST
    return places


def _mark_banners(lines: Sequence[Line], places: list[LinkPlace]) -> None:
    """Gateways' banners wherever they stand; a disclaimer, or a device's line, above everything that was written."""
    inside = heading = False
    nothing_above = True
    for index, line in enumerate(lines):
        text = line.text[:600]
        if _BANNER.match(text):
            inside = True
        elif inside and not _BANNER_GOES_ON.match(text):
            inside = False
        disclaims = nothing_above and _DISCLAIMER.match(text)
        heading = bool(disclaims or (heading and not line.blank and not _GREETING.match(text)))
        if inside or heading or (nothing_above and _DEVICE.match(text[:200])):
            places[index] = LinkPlace.SIGNATURE
        elif not line.blank:
            nothing_above = False


def _signature_start(lines: Sequence[Line], places: Sequence[LinkPlace], name: SenderName) -> int | None:
    following = _following(lines)
    spoken = False
    for index, line in enumerate(lines):
        text = line.text.rstrip()
        if line.blank or places[index] is LinkPlace.SIGNATURE:
            continue
        if text.strip() in _DASHES and following[index] is not None:
            return index
        if _DEVICE.match(text[:200]) or _DISCLAIMER.match(text[:400]):
            return index
        if _closes(text, following[index]) or (spoken and name.stands_alone(lines, index)):
            return index
        spoken = True
    return _contact_block(lines, places)


def _following(lines: Sequence[Line]) -> list[str | None]:
    result: list[str | None] = [None] * len(lines)
    below: str | None = None
    for index in range(len(lines) - 1, -1, -1):
        result[index] = below
        if not lines[index].blank:
            below = lines[index].text
    return result


def _closes(text: str, below: str | None) -> bool:
    if len(text) > 80 or not _MAYBE_CLOSING.match(text):
        return False
    if _CLOSING.match(text):
        return bool(_STRONG_CLOSING.search(text)) or below is None or _looks_like_name(below)
    # "Kind regards, Jane" on one line
    words, comma, name = text.partition(",")
    return bool(comma and _CLOSING.match(words) and _looks_like_name(name) and len(name) < 40)


def _looks_like_name(text: str) -> bool:
    words = text.split()
    return 0 < len(words) <= 5 and len(text) <= 60 and not SENTENCE.search(f"{text} ") and "://" not in text


def _contact_block(lines: Sequence[Line], places: Sequence[LinkPlace]) -> int | None:
    """The start of a block of name, office and telephone at the very end, where nobody wrote a closing line."""
    start: int | None = None
    contact = False
    index = len(lines) - 1
    for _ in range(_MOST_SIGNATURE_LINES):
        if index < 0:
            break
        text = lines[index].text
        if text.strip() and places[index] is LinkPlace.LATEST:
            if not _fits_contact_block(text):
                break
            contact = contact or bool(CONTACT.search(text))
            start = index
        elif not text.strip() and contact and start is not None and index < start and _is_name_above(lines, index):
            index -= 1
            continue
        elif not text.strip() and contact:
            break
        index -= 1
    return start if contact else None


def _fits_contact_block(text: str) -> bool:
    prose = len(text) > _SHORT or SENTENCE.search(f"{text} ") or text.endswith((":", ","))
    return not prose and not names_publication(text)


def _is_name_above(lines: Sequence[Line], index: int) -> bool:
    """Whether the paragraph above is one or two short lines, such as a name and an office."""
    above = index - 1
    count = 0
    while above >= 0 and lines[above].text.strip() and count < 3:
        if not _looks_like_name(lines[above].text) or lines[above].text.rstrip().endswith((",", ":")):
            return False
        above -= 1
        count += 1
    return 0 < count < 3
