"""What a mail is written for: the desk that writes, the message being answered, the words for each check.

These are the records a caller fills in; the verdict itself comes from `model`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from intake.model import Address, MailKind, Mode, Unpacked


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Who writes: the same for every mail. `envelope_sender` is where bounces go (None: the service address)."""

    service_name: str
    service_address: str
    team_name: str
    commissioner_address: str
    staff_addresses: tuple[str, ...]
    message_id_domain: str
    mode: Mode = Mode.AUTOMATIC
    envelope_sender: str | None = None
    log_url: str = ""
    secret: bytes = b""  # the installation's: what its Message-IDs are told by

    @property
    def return_path(self) -> str:
        return self.service_address if self.envelope_sender is None else self.envelope_sender


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """The forward of an earlier report that a new one takes the place of."""

    version: int
    went_on: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """One message that is being answered or passed on.

    Times are aware and are shown in the zone they come in. `reply_to` is where an answer goes; "" means the sender's
    own address; `released` that a person decided, whatever the checks say. `went_on`: this very report went to the
    Commissioner then, and came again. `corrects`: an earlier reply asked for what was there. `others_left`: the
    message held another report, which is not passed on with this one.
    """

    desk: Desk
    reference: str
    version: int
    received_at: datetime
    now: datetime
    sender: Address
    reply_to: str = ""
    subject: str = ""
    message_id: str = ""
    references: tuple[str, ...] = ()
    already_copied: bool = False
    released: bool = False
    went_on: datetime | None = None
    replaces: Replaced | None = None
    corrects: bool = False
    others_left: bool = False


@dataclass(frozen=True, slots=True)
class CheckWords:
    """How mail speaks of a check: `title` fits a list, `reference` says which paragraph asks for it."""

    title: str
    reference: str = ""


class NoticeKind(StrEnum):
    """Why staff are written to."""

    REVIEW = "review"
    REMINDER = "reminder"
    SILENCE = "silence"
    SET_ASIDE = "set-aside"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    BOUNCE = "bounce"
    CAP = "cap"
    ALARM = "alarm"
    RECOVERED = "recovered"
    RELAY_TOO_SMALL = "relay-too-small"
    STRAY_REPORT = "stray-report"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing staff should know. `reasons` hold no report text; they may quote the sender's own sentence."""

    kind: NoticeKind
    now: datetime
    reasons: tuple[str, ...] = ()
    reference: str = ""
    version: int = 0
    mail: MailKind | None = None
    count: int = 0
    message: int | None = None  # its number in the log, where it belongs to no submission
    truth: tuple[str, ...] = ()  # what has been sent of the submission, and what not


def already_copied(unpacked: Unpacked, commissioner_address: str) -> bool:
    """Whether the sender addressed or copied the Commissioner, as the feedback letter asks them to."""
    wanted = commissioner_address.strip().casefold()
    return any(address.address.strip().casefold() == wanted for address in (*unpacked.to, *unpacked.cc))
