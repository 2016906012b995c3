"""One message → one verdict: unpack, triage, read, find the parts, classify, check, decide.

The service, `intake check`, `intake replay` and the web log's re-check share this path. It knows no ledger and no
network. Everything a stranger sent is opened in sandboxed children only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from intake.errors import Overstep
from intake.judging import parts, triage, words
from intake.judging.checks import examine_all
from intake.judging.content_doubts import content_doubts, words_of_colleagues
from intake.judging.decision import decide
from intake.judging.doubts import doubt
from intake.judging.facts import Dossier
from intake.judging.parts.assembly import case_identity
from intake.judging.policy import PolicyTable
from intake.judging.stopwatch import Stopwatch
from intake.judging.wording import Wording
from intake.judging.words.placing import settled
from intake.judging.words.reading import SentenceReader
from intake.model import (
    Attachment,
    Body,
    Certainty,
    Classification,
    Document,
    Doubt,
    Effort,
    FileFacts,
    Finding,
    Kind,
    Link,
    Outcome,
    Unpacked,
    UnpackProblem,
    Verdict,
)
from intake.sandbox.limits import Limits
from intake.sandbox.sandbox import Sandbox
from intake.unpacking import UNPACK, UnpackLimits

RULES = "11"  # raised when the code of parts, classification, checks or decision changes a verdict
_MOST_ROUNDS = 40
_ROOM = 256 * 1024 * 1024  # beside the message itself, for whatever opening it takes


class DocumentReader(Protocol):
    """What judging needs of `documents.Reader`."""

    def read_all(self, attachments: Sequence[Attachment]) -> list[Document]: ...
    def embedded(self, content: bytes, name: str = "") -> list[Attachment]: ...
    def recognise(self, attachment: Attachment, document: Document, pages: Sequence[int]) -> Document: ...


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with what it was made from; `dossier` is None where the headers alone decided.

    `inside` is what in the content asks for a person, whatever kind and checks say.
    """

    verdict: Verdict
    unpacked: Unpacked
    classification: Classification
    dossier: Dossier | None = None
    effort: Effort = field(default_factory=Effort)
    inside: tuple[Doubt, ...] = ()

    def attachment(self, facts: FileFacts | None) -> Attachment | None:
        """The attachment whose bytes have these facts' digest."""
        return find_attachment(self.unpacked, facts)


def find_attachment(unpacked: Unpacked, facts: FileFacts | None) -> Attachment | None:
    """The attachment of a message whose bytes have these facts' digest."""
    if facts is None:
        return None
    same_size = (a for a in unpacked.attachments if a.size == facts.size)
    return next((a for a in same_size if hashlib.sha256(a.content).hexdigest() == facts.sha256), None)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a judge judges by."""

    wording: Wording
    policy: PolicyTable
    own: triage.OwnMail = field(default_factory=triage.OwnMail)
    unpack_limits: UnpackLimits = field(default_factory=UnpackLimits)
    reader: Callable[[], SentenceReader] | None = None  # called when the first mail is read; None reads no sentence


class Judge:
    """Judges messages by one set of rules; `new_reader` makes a reader for each, which keeps its OCR budget."""

    def __init__(self, sandbox: Sandbox, new_reader: Callable[[], DocumentReader], rules: Rules) -> None:
        self._sandbox = sandbox
        self._new_reader = new_reader
        self._rules = rules

    @property
    def rules_version(self) -> str:
        """Which rules, wording and policy make these verdicts."""
        limits = hashlib.sha256(repr(self._rules.policy).encode()).hexdigest()[:8]
        return f"{RULES}/{self._rules.wording.version}/{self._rules.wording.digest}/{limits}"

    def open(self, raw: bytes) -> Unpacked:
        """The message, unpacked in a child. Raises Overstep when it breaks the child."""
        bounds = self._rules.unpack_limits
        numbers = (bounds.files, bounds.archive_depth, bounds.archive_total, bounds.archive_ratio)
        room = Limits(
            output_bytes=len(raw) + bounds.archive_total + _ROOM,
            memory_bytes=4 * len(raw) + 2 * bounds.archive_total + _ROOM,
        )
        return self._sandbox.run(UNPACK, raw, *numbers, returns=Unpacked, limits=room)

    def judge(self, raw: bytes) -> Judgement:
        """The verdict on one message, as it arrived.

        A message that breaks its child comes back as one that needs a person; it never raises for what is in it.
        """
        watch = Stopwatch()
        try:
            with watch.stage("unpack"):
                unpacked = self.open(raw)
        except Overstep as overstep:
            return self._unopened(overstep)
        by_headers = triage.triage(unpacked, self._rules.own)
        if by_headers is not None:
            return replace(self._conclude(by_headers, (), unpacked, None, ()), effort=watch.effort)
        return self._judge_content(unpacked, watch, declared=False)

    def judge_file(self, name: str, content: bytes, weblink: str | None = None) -> Judgement:
        """The verdict on a bare file, as a message with just that attachment and, beside it, the weblink."""
        links = (Link(weblink, text=weblink, context=f"The report will be published at {weblink}"),) if weblink else ()
        attachment = Attachment(name=name, declared_type="application/octet-stream", content=content)
        unpacked = Unpacked(attachments=(attachment,), links=links, body=Body(latest=weblink or ""))
        return self._judge_content(unpacked, Stopwatch(), declared=True)

    def _judge_content(self, unpacked: Unpacked, watch: Stopwatch, *, declared: bool) -> Judgement:
        dossier = self._read(unpacked, watch)
        with watch.stage("decide"):
            readings = () if declared else self._readings(dossier)
            dossier = settled(dossier, readings)
            kind = words.classify(
                dossier, self._rules.wording, readings, own=self._rules.own.addresses, declared=declared
            )
            findings = examine_all(dossier, self._rules.policy)
            inside = content_doubts(dossier, kind.series, self._rules.own)
            if not declared and self._rules.reader is not None:  # a file to pre-check comes without a word
                inside += words.asking(readings, dossier)
            judgement = self._conclude(kind, findings, unpacked, dossier, inside)
        return replace(judgement, effort=watch.effort)

    def _readings(self, dossier: Dossier) -> tuple[words.Reading, ...]:
        if self._rules.reader is None:
            return ()
        subject = "" if triage.answers(dossier.unpacked) else dossier.unpacked.subject  # an answer's is somebody else's
        said = f"{dossier.words}\n\n{words_of_colleagues(dossier.unpacked)}"
        return words.read(subject, said, self._rules.reader())

    def _read(self, unpacked: Unpacked, watch: Stopwatch) -> Dossier:
        """Read every document; then recognise pages by OCR, only as long as they may change the answer."""
        attachments = list(unpacked.attachments)
        reader = self._new_reader()
        with watch.stage("read"):
            documents = reader.read_all(attachments)
            holders = [each for each, document in zip(attachments, documents, strict=True) if document.embedded_files]
            if inside := [file for each in holders for file in reader.embedded(each.content, each.name)]:
                attachments += inside
                documents += reader.read_all(inside)
        with watch.stage("decide"):
            dossier = parts.assemble(unpacked, documents, self._rules.wording)
        for _ in range(_MOST_ROUNDS):
            wanted = parts.pages_to_recognise(dossier)
            if not wanted:
                break
            with watch.stage("recognise"):
                for index, pages in wanted.items():
                    documents[index] = reader.recognise(attachments[index], documents[index], pages)
                    watch.ocr_pages += len(pages)
            with watch.stage("decide"):
                dossier = parts.assemble(unpacked, documents, self._rules.wording)
        return dossier

    def _conclude(
        self,
        kind: Classification,
        findings: tuple[Finding, ...],
        unpacked: Unpacked,
        dossier: Dossier | None,
        doubts: tuple[Doubt, ...],
    ) -> Judgement:
        decision = decide(kind, findings, doubts)
        verdict = Verdict(
            kind=kind.kind,
            certainty=kind.certainty,
            reasons=kind.reasons,
            outcome=decision.outcome,
            outcome_reasons=decision.reasons,
            rules_version=self.rules_version,
            doubts=decision.doubts,
            series=kind.series,
        )
        if dossier is not None and decision.outcome is not Outcome.IGNORE:
            verdict = replace(
                verdict,
                findings=findings,
                weblink=dossier.weblink.url,
                identity=case_identity(dossier),
                report=facts_of(dossier.report, dossier) if dossier.report else None,
                files=tuple(facts_of(document, dossier) for document in dossier.documents if not document.inline),
            )
        return Judgement(verdict, unpacked, kind, dossier, inside=doubts)

    def _unopened(self, overstep: Overstep) -> Judgement:
        unpacked = Unpacked(problems=(UnpackProblem("damaged-mime", detail=overstep.reason),))
        kind = Classification(Kind.OTHER, Certainty.POSSIBLE, ("the message itself could not be opened",))
        unread = (doubt("message-unreadable", overstep.message),)
        return self._conclude(kind, (), unpacked, None, unread)


def facts_of(document: Document, dossier: Dossier) -> FileFacts:
    """A document without its text."""
    return FileFacts(
        name=document.name,
        size=document.size,
        sha256=document.sha256,
        media_type=document.media_type,
        page_count=document.page_count,
        role=_role(document, dossier),
        active_content=document.active_content,
    )


def _role(document: Document, dossier: Dossier) -> str:
    found = dossier.parts_of(document)
    if document is dossier.report:
        return "report"
    if found is None:
        return "other"
    if found.letter and _mostly(found.letter.pages, document):
        return "feedback-letter"
    if found.plan and _mostly(found.plan.pages, document):
        return "action-plan"
    return "executive-summary" if found.summary else "other"


def _mostly(part: range, document: Document) -> bool:
    """Whether the part is the document, and not only in it (a second copy of the report holds a letter, too)."""
    return 2 * len(part) >= document.page_count
