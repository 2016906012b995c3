"""One message → one verdict: unpack, triage, read, find the parts, classify, check, decide.

The service, `intake check`, `intake replay` and the web log's re-check share this path. It knows no ledger and no
network. Everything that a stranger sent, words and pages too, is looked at in sandboxed children only: here their
answers are put together, and the outcome is decided.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import msgspec

from intake.errors import ConfigurationError, Overstep
from intake.judging.decision import decide
from intake.judging.doubts import doubt
from intake.judging.exchange import CONSIDER, OPEN, READY, Matter, Opened, Rules, Step, Thought
from intake.judging.stopwatch import Stopwatch
from intake.model import (
    Attachment,
    Body,
    Certainty,
    Classification,
    Document,
    Doubt,
    Effort,
    FileFacts,
    Kind,
    Link,
    Outcome,
    Unpacked,
    UnpackProblem,
    Verdict,
)
from intake.sandbox.account import Account
from intake.sandbox.limits import Limits
from intake.sandbox.sandbox import Sandbox
from intake.sandbox.turn import Turn
from intake.unpacking import UNPACK, UnpackLimits

RULES = "13"  # raised when the code of parts, classification, checks or decision changes a verdict
_MOST_ROUNDS = 40
_ROOM = 256 * 1024 * 1024  # beside the message itself, for whatever opening it takes
_THOUGHT = Limits(wall_seconds=60, cpu_seconds=40, memory_bytes=1536 << 20, output_bytes=16 << 20)
_BEGINNING = 1024  # bytes of each file that triage looks at


class DocumentReader(Protocol):
    """What judging needs of `documents.Reader`."""

    def read_all(self, attachments: Sequence[Attachment]) -> list[Document]: ...
    def embedded(self, content: bytes, name: str = "") -> list[Attachment]: ...
    def recognise(self, attachment: Attachment, document: Document, pages: Sequence[int]) -> Document: ...


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with what it was made from.

    `inside` is what in the content asks for a person, whatever kind and checks say.
    """

    verdict: Verdict
    unpacked: Unpacked
    classification: Classification
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


class Judge:
    """Judges messages by one set of rules, which the sandbox knows by their `digest`.

    `new_reader` makes a reader for each message's turn, which keeps its OCR budget.
    """

    def __init__(
        self, sandbox: Sandbox, new_reader: Callable[[Turn], DocumentReader], rules: Rules, digest: str
    ) -> None:
        self._sandbox = sandbox
        self._new_reader = new_reader
        self._rules = rules
        self._digest = digest

    @property
    def rules_version(self) -> str:
        """Which rules, wording and policy make these verdicts."""
        limits = hashlib.sha256(repr(self._rules.policy).encode()).hexdigest()[:8]
        return f"{RULES}/{self._rules.wording.version}/{self._rules.wording.digest}/{limits}"

    def demand_ready(self) -> None:
        """Raises ConfigurationError where the sandbox could not prepare itself with the rules."""
        try:
            ready = Turn(self._sandbox).run(READY, b"", self._digest, returns=bool, prepared=True)
        except Overstep:
            ready = False
        if not ready:
            raise ConfigurationError(
                "The rules, or the reader's weights, cannot be loaded where messages are judged.",
                "Install the program again, or run make learn.",
            )

    def open(self, raw: bytes, limits: Limits | None = None) -> Unpacked:
        """The message, unpacked in a child. Raises Overstep when it breaks the child."""
        bounds = self._rules.unpack_limits
        numbers = (bounds.files, bounds.archive_depth, bounds.archive_total, bounds.archive_ratio)
        return self._sandbox.run(UNPACK, raw, *numbers, returns=Unpacked, limits=limits or _room(raw, bounds))

    def judge(self, raw: bytes, account: Account | None = None) -> Judgement:
        """The verdict on one message, as it arrived; `account` bounds and counts all that is done for it.

        A message that breaks its child comes back as one that needs a person; it never raises for what is in it.
        """
        watch, turn = Stopwatch(), Turn(self._sandbox, account)
        try:
            with watch.stage("unpack"):
                opened = turn.run(
                    OPEN, raw, self._digest, returns=Opened, limits=_room(raw, self._rules.unpack_limits), prepared=True
                )
        except Overstep as overstep:
            judgement = self._unopened(overstep)
        else:
            if opened.by_headers is not None:
                judgement = self._conclude(Thought(opened.by_headers), opened.unpacked, ())
            else:
                judgement = self._judge_content(opened.unpacked, turn, watch, declared=False)
        return replace(judgement, effort=watch.effort(turn.processor_seconds))

    def judge_file(self, name: str, content: bytes, weblink: str | None = None) -> Judgement:
        """The verdict on a bare file, as a message with just that attachment and, beside it, the weblink."""
        links = (Link(weblink, text=weblink, context=f"The report will be published at {weblink}"),) if weblink else ()
        attachment = Attachment(name=name, declared_type="application/octet-stream", content=content)
        unpacked = Unpacked(attachments=(attachment,), links=links, body=Body(latest=weblink or ""))
        watch, turn = Stopwatch(), Turn(self._sandbox)
        judgement = self._judge_content(unpacked, turn, watch, declared=True)
        return replace(judgement, effort=watch.effort(turn.processor_seconds))

    def _judge_content(self, unpacked: Unpacked, turn: Turn, watch: Stopwatch, *, declared: bool) -> Judgement:
        """Read every document; then recognise pages by OCR, only as long as they may change the answer."""
        attachments = list(unpacked.attachments)
        reader = self._new_reader(turn)
        with watch.stage("read"):
            documents = reader.read_all(attachments)
            holders = [each for each, document in zip(attachments, documents, strict=True) if document.embedded_files]
            if inside := [file for each in holders for file in reader.embedded(each.content, each.name)]:
                attachments += inside
                documents += reader.read_all(inside)
        for rounds in range(_MOST_ROUNDS, -1, -1):
            try:
                with watch.stage("decide"):
                    step = self._consider(turn, Matter(_beginnings(unpacked), documents, declared), rounds)
            except Overstep as overstep:
                return self._unjudged(overstep, unpacked, documents)
            if step.thought is not None:
                return self._conclude(step.thought, unpacked, documents)
            with watch.stage("recognise"):
                for index, pages in step.wanted.items():
                    documents[index] = reader.recognise(attachments[index], documents[index], pages)
                    watch.ocr_pages += len(pages)
        raise AssertionError("a step without rounds left that still wants pages was accepted")

    def _consider(self, turn: Turn, matter: Matter, rounds: int) -> Step:
        """Raises Overstep where the child was stopped, or its answer does not fit the message."""
        content = msgspec.msgpack.encode(matter)
        step = turn.run(CONSIDER, content, self._digest, rounds, returns=Step, limits=_THOUGHT, prepared=True)
        if not step.fits(matter, rounds):
            raise Overstep("crashed", "The program that judged the message gave an answer that makes no sense.")
        return step

    def _conclude(self, thought: Thought, unpacked: Unpacked, documents: Sequence[Document]) -> Judgement:
        kind = thought.kind
        decision = decide(kind, thought.findings, thought.doubts)
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
        if decision.outcome is not Outcome.IGNORE:
            facts = [_facts(document, role) for document, role in zip(documents, thought.roles, strict=True)]
            verdict = replace(
                verdict,
                findings=thought.findings,
                weblink=thought.weblink,
                identity=thought.identity,
                report=None if thought.report is None else facts[thought.report],
                files=tuple(file for document, file in zip(documents, facts, strict=True) if not document.inline),
            )
        return Judgement(verdict, unpacked, kind, inside=thought.doubts)

    def _unopened(self, overstep: Overstep) -> Judgement:
        unpacked = Unpacked(problems=(UnpackProblem("damaged-mime", detail=overstep.reason),))
        unread = doubt("message-unreadable", overstep.message)
        return self._left_to_a_person("the message itself could not be opened", unread, unpacked)

    def _unjudged(self, overstep: Overstep, unpacked: Unpacked, documents: Sequence[Document]) -> Judgement:
        stopped = doubt("judging-stopped", overstep.message)
        return self._left_to_a_person("judging the message was stopped", stopped, unpacked, documents)

    def _left_to_a_person(
        self, reason: str, why: Doubt, unpacked: Unpacked, documents: Sequence[Document] = ()
    ) -> Judgement:
        kind = Classification(Kind.OTHER, Certainty.POSSIBLE, (reason,))
        return self._conclude(Thought(kind, doubts=(why,), roles=("other",) * len(documents)), unpacked, documents)


def _room(raw: bytes, bounds: UnpackLimits) -> Limits:
    """What opening a message may take."""
    return Limits(
        output_bytes=len(raw) + bounds.archive_total + _ROOM,
        memory_bytes=4 * len(raw) + 2 * bounds.archive_total + _ROOM,
    )


def _beginnings(unpacked: Unpacked) -> Unpacked:
    """The message with the beginnings of its files alone."""
    files = tuple(replace(file, content=file.content[:_BEGINNING]) for file in unpacked.attachments)
    return replace(unpacked, attachments=files)


def _facts(document: Document, role: str) -> FileFacts:
    """A document without its text."""
    return FileFacts(
        name=document.name,
        size=document.size,
        sha256=document.sha256,
        media_type=document.media_type,
        page_count=document.page_count,
        role=role,
        active_content=document.active_content,
    )
