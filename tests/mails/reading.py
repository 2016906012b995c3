"""The mails that hands wrote, with what is right for each: read from their files, and made into messages."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from email.utils import parseaddr
from enum import StrEnum
from pathlib import Path
from typing import Literal

import msgspec

from tests.builders import File, Letter, Plan, Review, a_message, a_report
from tests.conversations.files import the_review

HERE = Path(__file__).parent


class Truth(StrEnum):
    """What a careful officer does with a mail."""

    FORWARD = "forward"
    GAPS = "gaps"
    PERSON = "person"
    NOT_OURS = "not-ours"


class Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One mail as it stands in a hand's file."""

    id: str
    truth: Truth
    why: str
    csp: str
    name: str
    sender: str = msgspec.field(name="from")
    subject: str
    attached: Literal["whole", "no-letter", "no-plan", "none"]
    body: str
    missing: tuple[Literal["letter", "plan", "weblink"], ...] = ()
    file: str = ""
    cc: tuple[str, ...] = ()

    @property
    def of_the_partnership(self) -> bool:
        """Whether the sender writes from the partnership's own domain: another is a person's to look at."""
        return parseaddr(self.sender)[1].endswith(f"@{self.csp}.gov.example")


@dataclass(frozen=True, slots=True)
class HandsMail:
    """One mail, whose hand wrote it, and its bytes."""

    hand: str
    written: Written
    raw: bytes


def written_in(path: Path) -> list[Written]:
    """The mails of one hand's file. Raises msgspec.ValidationError where it is not as the README says."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return msgspec.convert(table.get("mail", []), list[Written])


def mails_in(path: Path) -> list[HandsMail]:
    """The same, made into messages with their reports."""
    return [HandsMail(path.stem, each, _message(each)) for each in written_in(path)]


def _message(mail: Written) -> bytes:
    review = the_review(f"{mail.csp.title()} {mail.name}")
    name, address = parseaddr(mail.sender)
    files = [File(mail.file or f"DHR {mail.name} final.pdf", _report(mail.attached, review))]
    return a_message(
        subject=mail.subject,
        body=mail.body.strip("\n"),
        files=files if mail.attached != "none" else [],
        sender=address,
        sender_name=name,
        cc=mail.cc,
        review=review,
    )


def _report(attached: str, review: Review) -> bytes:
    return a_report(
        review=review,
        letter=None if attached == "no-letter" else Letter(),
        plan=None if attached == "no-plan" else Plan(),
    )
