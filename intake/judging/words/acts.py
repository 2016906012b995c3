"""What a sentence of a mail does: its act. Declared once, with the words in which staff are told.

The first seven are harmless: nothing in them asks for a person. Each of the others does, or changes what the mail is.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Act(StrEnum):
    """What a sentence does."""

    COURTESY = "courtesy"
    HANDS_IN = "hands-in"
    PLACE = "place"
    HOLDS = "holds"
    CONTEXT = "context"
    CONTACT = "contact"
    FURNITURE = "furniture"
    ASKS = "asks"
    RESTRICTS = "restricts"
    TAKES_BACK = "takes-back"
    HOLDS_PUBLICATION = "holds-publication"
    LATER = "later"
    DISPUTES = "disputes"
    ABOUT = "about"
    OTHER = "other"

    @property
    def plainly(self) -> str:
        """The act as staff are told of it, to go on from "this sentence …"."""
        return _PLAINLY[self]

    @property
    def harmless(self) -> bool:
        return self in HARMLESS


HARMLESS = frozenset(
    {Act.COURTESY, Act.HANDS_IN, Act.PLACE, Act.HOLDS, Act.CONTEXT, Act.CONTACT, Act.FURNITURE}
)  # fmt: skip

_PLAINLY = {
    Act.COURTESY: "greets, thanks or excuses a delay",
    Act.HANDS_IN: "hands over the final report or its parts",
    Act.PLACE: "says where the report is or will be published",
    Act.HOLDS: "says what the file holds, or what was changed as asked",
    Act.CONTEXT: "gives background that needs nothing",
    Act.CONTACT: "says whom to call, or offers help",
    Act.FURNITURE: "is a heading, a signature, a marking or a standing notice",
    Act.ASKS: "asks for an answer, a decision or an action",
    Act.RESTRICTS: "limits who may see the report or what may be done with it",
    Act.TAKES_BACK: "takes something back, or says that it is wrong or not approved",
    Act.HOLDS_PUBLICATION: "says that publication is withheld, late or in doubt",
    Act.LATER: "promises something, or says that something is still to come",
    Act.DISPUTES: "objects, complains or refuses",
    Act.ABOUT: "speaks of a report without handing it in",
    Act.OTHER: "is about other business",
}


@dataclass(frozen=True, slots=True)
class Known:
    """A known example near a sentence, and what it does."""

    text: str
    act: Act


@dataclass(frozen=True, slots=True)
class Reading:
    """One sentence as it was read.

    `sure` is the share of the harmless acts, from 0 (surely not harmless) to 1 (surely harmless); `hands_in` the share
    of handing in; `place` that of saying where it is published. `harmless` is what follows from them after the
    guards, and `guard` names the guard that spoke, "" where none did. A subject names what a mail is about: it may
    object, but hands nothing in.
    """

    sentence: str
    act: Act
    sure: float
    hands_in: float
    place: float
    harmless: bool
    in_subject: bool = False
    guard: str = ""
