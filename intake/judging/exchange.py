"""What travels between the judge and the sandbox's children that do the judging: rules, messages, thoughts."""

from __future__ import annotations

import msgspec

from intake.judging.policy import PolicyTable
from intake.judging.triage import OwnMail
from intake.judging.wording import Wording
from intake.model import CaseIdentity, Classification, Document, Doubt, Finding, Unpacked
from intake.unpacking.limits import UnpackLimits

# The tasks, by name: the judge's own process has no need of what they import.
OPEN = "intake.judging.deliberation:open_message"
CONSIDER = "intake.judging.deliberation:consider"
READY = "intake.judging.deliberation:ready"


class Rules(msgspec.Struct, frozen=True):
    """What a judge judges by."""

    wording: Wording
    policy: PolicyTable
    own: OwnMail = OwnMail()
    unpack_limits: UnpackLimits = UnpackLimits()


class Opened(msgspec.Struct, frozen=True):
    """A message, and what its headers alone make of it."""

    unpacked: Unpacked
    by_headers: Classification | None


class Matter(msgspec.Struct, frozen=True):
    """A message with its documents, as read so far. Its attachments hold their beginnings only: triage looks there.

    `declared` is a bare file, of which its sender says that it is a report.
    """

    unpacked: Unpacked
    documents: list[Document]
    declared: bool


class Thought(msgspec.Struct, frozen=True):
    """What a message was found to be. `report` says which of its documents is the report, `roles` what each is."""

    kind: Classification
    findings: tuple[Finding, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    weblink: str | None = None
    identity: CaseIdentity = CaseIdentity()
    report: int | None = None
    roles: tuple[str, ...] = ()


class Step(msgspec.Struct, frozen=True):
    """What comes next: pages (from 1, by document) to recognise by OCR, or the thought that is the last."""

    wanted: dict[int, list[int]] = {}
    thought: Thought | None = None

    def fits(self, matter: Matter, rounds: int) -> bool:
        """Whether it can be an answer about these documents: a child that was taken over may answer anything."""
        count = len(matter.documents)
        if self.thought is None:
            return rounds > 0 and bool(self.wanted) and all(0 <= index < count for index in self.wanted)
        report = self.thought.report
        return len(self.thought.roles) == count and (report is None or 0 <= report < count)
