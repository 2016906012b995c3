"""What of a message counts as the sender's own: what they wrote this time, or the mail that they merely passed on."""

from __future__ import annotations

import re
from dataclasses import dataclass

from intake.model import Link, LinkPlace, Unpacked

_FORWARD = re.compile(r"^\W*(?:fwd?|wg|i)\s*:", re.IGNORECASE)
_BELOW = re.compile(
    r"\b(?:link|url|address|weblink|see|e-?mail|thread|message)\b[^.?!]{0,40}\b(?:below|thread)\b", re.IGNORECASE
)
_NEXT_TO_NOTHING = 15  # words: "Please see below."


@dataclass(frozen=True, slots=True)
class OwnWords:
    """The text and the links that may speak for the submission."""

    text: str
    links: tuple[Link, ...]
    below: tuple[Link, ...] = ()  # of what was taken for the quoted thread
    points_below: bool = False


def own_words(unpacked: Unpacked) -> OwnWords:
    """The latest part; and where that is next to nothing above a forwarded mail, the forwarded mail too."""
    places = {LinkPlace.LATEST, LinkPlace.SUBJECT}
    text = unpacked.body.latest
    forwarded = _FORWARD.match(unpacked.subject) or any(a.containers for a in unpacked.attachments if not a.inline)
    if forwarded and unpacked.body.quoted and len(text.split()) < _NEXT_TO_NOTHING:
        places.add(LinkPlace.QUOTED)
        text = f"{text}\n{unpacked.body.quoted}"
    own = tuple(link for link in unpacked.links if link.place in places)
    quoted = () if LinkPlace.QUOTED in places else (link for link in unpacked.links if link.place is LinkPlace.QUOTED)
    return OwnWords(text, own, tuple(quoted), _BELOW.search(unpacked.body.latest) is not None)
