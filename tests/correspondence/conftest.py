"""Shared by the tests of outgoing mail: the packaged templates and a report with known bytes."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path

import pytest

from intake.correspondence import Templates
from intake.correspondence.samples import sample_verdicts
from intake.model import Attachment, OutgoingMail, Verdict

FOLDER = Path(__file__).parents[2] / "templates" / "mail"


@pytest.fixture(scope="session")
def folder() -> Path:
    return FOLDER


@pytest.fixture(scope="session")
def templates() -> Templates:
    return Templates(FOLDER)


@pytest.fixture(scope="session")
def report() -> Attachment:
    # Line ends of every sort, dots and dashes at line starts: what a careless encoding would change.
    return Attachment("x.pdf", "application/pdf", b"%PDF-1.7\n\r\n.\r\n--x--\r\rFrom here\n" * 5000 + bytes(range(256)))


@pytest.fixture
def compliant(report: Attachment) -> Verdict:
    verdict = sample_verdicts()["compliant"]
    assert verdict.report
    facts = replace(verdict.report, sha256=hashlib.sha256(report.content).hexdigest(), size=report.size)
    return replace(verdict, report=facts)


class Parsed:
    """A mail as its receiver sees it."""

    def __init__(self, mail: OutgoingMail) -> None:
        message = BytesParser(policy=default).parsebytes(mail.content)
        assert isinstance(message, EmailMessage)
        self.message = message
        self.text = self._body("plain")
        self.html = self._body("html")
        self.flat = " ".join(self.text.split())

    def _body(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        assert part is not None
        return str(part.get_content()).replace("\r\n", "\n")

    def header_names(self) -> list[str]:
        return [name.lower() for name in self.message]


@pytest.fixture(scope="session")
def parse() -> type[Parsed]:
    return Parsed
