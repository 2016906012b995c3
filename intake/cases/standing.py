"""What a case stands at: computed from its messages in order, what is in doubt, and the state of its mail. Pure.

Nothing is carried over from the latest judgement: the standing is worked out anew from everything that happened, so
that a later message adds to what is known and never takes a doubt away.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from intake.cases.history import Case, OpenDoubt, SentMail, Told
from intake.judging.checks import Check
from intake.judging.checks.action_plan_annex import ACTION_PLAN_ANNEX
from intake.judging.checks.check import finding_of, gap
from intake.judging.checks.feedback_letter_annex import FEEDBACK_LETTER_ANNEX
from intake.judging.decision import decide
from intake.judging.doubts import Closing, declared, doubt
from intake.model import (
    CaseIdentity,
    Certainty,
    Classification,
    Doubt,
    FileFacts,
    Finding,
    Kind,
    MailKind,
    Outcome,
    OutgoingState,
    Policy,
    Status,
    SubmissionState,
    Verdict,
)

_WEBLINK = "weblink"
_FINAL = Classification(Kind.FINAL_SUBMISSION, Certainty.CERTAIN, ())
# A part that came as a file of its own: the check that it belongs to, and what that check calls it.
_PARTS: Mapping[str, tuple[Check, str]] = {
    "feedback-letter": (FEEDBACK_LETTER_ANNEX, "feedback-letter-separate"),
    "action-plan": (ACTION_PLAN_ANNEX, "action-plan-separate"),
}
# A part on its own changes nothing about these: it came so already, or it is inside, in the wrong place.
_NOT_ABSENT = ("-separate", "-embedded", "-not-at-end")
# What a file that was meant as the report can be instead of one.
_NO_REPORT = frozenset({"nothing-attached", "report-not-recognised"})
_ON_ITS_WAY = frozenset({OutgoingState.SENDING, OutgoingState.DATA_STARTED, OutgoingState.UNCERTAIN})
_ASKED = _ON_ITS_WAY | {OutgoingState.SENT}
_TROUBLED = frozenset({OutgoingState.UNCERTAIN, OutgoingState.FAILED})


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything a case stands at.

    `sources` names, for each check, the message whose finding stands. `version` counts the different reports.
    `sent` is the forward that took just this report, `replaces` the latest one that took an earlier report.
    `settled` are doubts of the ledger that a fact has closed, with what the fact was.
    """

    outcome: Outcome
    reasons: tuple[str, ...]
    doubts: tuple[OpenDoubt, ...] = ()
    findings: tuple[Finding, ...] = ()
    sources: Mapping[str, int] = field(default_factory=dict)
    report: FileFacts | None = None
    report_message: int | None = None
    weblink: str | None = None
    identity: CaseIdentity = field(default_factory=CaseIdentity)
    files: tuple[FileFacts, ...] = ()
    version: int = 1
    rules_version: str = ""
    sent: SentMail | None = None
    replaces: SentMail | None = None
    settled: tuple[tuple[OpenDoubt, str], ...] = ()

    @property
    def gist(self) -> str:
        """What a reply about this would say, as a digest: the report and the required gaps, by their faults."""
        gaps = sorted(f"{one.check}={one.fault}" for one in self.required_gaps)
        parts = (self.report.sha256 if self.report else "", *gaps)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]

    @property
    def required_gaps(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.findings if one.policy is Policy.REQUIRED and one.status is Status.GAP)

    def verdict(self, kind: Verdict | None = None) -> Verdict:
        """The standing in the form that mail is composed from; kind and reasons are those of one message."""
        return Verdict(
            kind=kind.kind if kind else Kind.FINAL_SUBMISSION,
            certainty=kind.certainty if kind else Certainty.CERTAIN,
            reasons=kind.reasons if kind else (),
            outcome=self.outcome,
            outcome_reasons=self.reasons,
            findings=self.findings,
            weblink=self.weblink,
            identity=self.identity,
            report=self.report,
            files=self.files,
            rules_version=self.rules_version,
            doubts=tuple(each.doubt for each in self.doubts),
        )


@dataclass(frozen=True, slots=True)
class _Held:
    """What the messages so far add up to."""

    findings: dict[str, Finding]
    sources: dict[str, int]
    report: FileFacts | None = None
    report_message: int | None = None
    weblink: str | None = None
    identity: CaseIdentity = field(default_factory=CaseIdentity)
    files: tuple[FileFacts, ...] = ()
    reports: tuple[str, ...] = ()  # SHA-256 of the different reports, in order
    rules_version: str = ""


def stand(case: Case) -> Standing:
    """The standing of a case."""
    held = _Held({}, {})
    for told in contributing(case):
        held = _add(held, told)
    open_doubts, settled = _still_open(case)
    findings = tuple(held.findings.values())
    sent, replaces = _forwards(case, held.report)
    extra = _of_the_outbox(case, held, sent, replaces)
    every = (*open_doubts, *(OpenDoubt(None, each) for each in extra))
    if not findings and not every:
        return Standing(Outcome.IGNORE, ("nothing in it is a submission",), settled=settled)
    # What a person released stays released, and what went stays gone: later words do not bring its gaps back.
    passed = held.report is not None and (sent is not None or held.report.sha256 == case.released)
    decision = decide(_FINAL, () if passed else findings, [each.doubt for each in every])
    standing = Standing(
        outcome=decision.outcome,
        reasons=decision.reasons,
        doubts=_with_derived(every, decision.doubts),
        findings=findings,
        sources=held.sources,
        report=held.report,
        report_message=held.report_message,
        weblink=held.weblink,
        identity=held.identity,
        files=held.files,
        version=max(1, len(held.reports)),
        rules_version=held.rules_version,
        sent=sent,
        replaces=replaces,
        settled=settled,
    )
    return _unless_asked(case, standing)


def contributing(case: Case) -> tuple[Told, ...]:
    """The messages that the case is made of: those that are confirmed.

    Where none is, those of whoever opened it are shown to staff; their own doubts keep everything here.
    """
    part = [told for told in case.told if not told.left_out]
    confirmed = tuple(told for told in part if told.confirmed)
    return confirmed or tuple(told for told in part if told.organisation == part[0].organisation)


def state_of(standing: Standing) -> SubmissionState:
    """The state of a submission that stands so, once what it calls for is done."""
    match standing.outcome:
        case Outcome.REVIEW:
            return SubmissionState.REVIEW
        case Outcome.GAPS:
            return SubmissionState.WAITING_FOR_CSP
        case Outcome.COMPLIANT:
            gone = standing.sent is not None and standing.sent.state is OutgoingState.SENT
            return SubmissionState.COMPLETE if gone else SubmissionState.OPEN
        case Outcome.IGNORE:
            return SubmissionState.CLOSED


def brings_only_parts(case: Case, verdict: Verdict) -> bool:
    """Whether a message adds to a case that has something already, without a report of its own."""
    known = any(told.verdict.findings for told in contributing(case))
    return known and verdict.report is None and not _is_attempt(verdict)


def own_doubts(case: Case, kind: Classification, verdict: Verdict, outside: Sequence[Doubt]) -> tuple[Doubt, ...]:
    """The doubts that a message itself brings into a case.

    A message that brings only a part is not asked for the rest: of its checks only what it says of the web address
    counts.
    """
    if any(declared(each.code).closes is Closing.FILE_CAME for each in outside):
        return tuple(outside)  # what a placeholder stands for is known once the file has come
    if not brings_only_parts(case, verdict):
        return decide(kind, verdict.findings, outside).doubts
    link = verdict.finding(_WEBLINK)
    spoken = [link] if link is not None and not link.blocked_by else []
    found = decide(kind, spoken, outside).doubts
    return (*found, *_unplaced(case, verdict))


def _unplaced(case: Case, verdict: Verdict) -> tuple[Doubt, ...]:
    """A part that the case has already inside its report, or a file that is no known part."""
    held = _Held({}, {})
    for told in contributing(case):
        held = _add(held, told)
    for file in verdict.files:
        check = _PARTS.get(file.role)
        found = held.findings.get(check[0].id) if check else None
        if held.report is not None and (found is None or found.status is Status.MET):
            text = "it brings a file that has no place in the submission"
            return (doubt("unplaced", text, document=file.name, sha256=file.sha256),)
    return ()


def _is_attempt(verdict: Verdict) -> bool:
    """Whether a file came that was meant as the report, though it is none (a Word file, one with a password)."""
    found = verdict.finding("pdf-format")
    if found is None or found.blocked_by:
        return False
    if found.status is Status.MET:
        return not all(file.role in _PARTS for file in verdict.files)
    return found.fault not in _NO_REPORT


def _add(held: _Held, told: Told) -> _Held:
    """Lay one message over what was there: it changes what it brings, and nothing else."""
    verdict = told.verdict
    if not verdict.findings or _stands_for_another(verdict):
        return held
    if not held.findings or (verdict.report is not None and verdict.report.sha256 not in held.reports[-1:]):
        return _with_report(held, told)
    if verdict.report is None and held.report is None and _is_attempt(verdict):
        return _with_report(held, told)
    return _with_parts(_with_weblink(held, told), told)


def _stands_for_another(verdict: Verdict) -> bool:
    """Whether it is a placeholder: what it lacks is no gap."""
    return any(declared(each.code).closes is Closing.FILE_CAME for each in verdict.doubts)


def _with_report(held: _Held, told: Told) -> _Held:
    """A report, or the first message of all: its own findings, with the web address that was known before."""
    verdict = told.verdict
    findings = {one.check: one for one in verdict.findings}
    sources = dict.fromkeys(findings, told.message)
    weblink = verdict.weblink
    before, now = held.findings.get(_WEBLINK), findings.get(_WEBLINK)
    if before and before.status is Status.MET and now and (now.status is Status.GAP or now.blocked_by):
        findings[_WEBLINK], sources[_WEBLINK], weblink = before, held.sources[_WEBLINK], held.weblink
    report = verdict.report
    known = held.identity
    return _Held(
        findings=findings,
        sources=sources,
        report=report,
        report_message=told.message if report else None,
        weblink=weblink,
        identity=CaseIdentity(verdict.identity.csp or known.csp, verdict.identity.case or known.case),
        files=verdict.files,
        reports=(*held.reports, report.sha256) if report and report.sha256 not in held.reports else held.reports,
        rules_version=verdict.rules_version,
    )


def _with_weblink(held: _Held, told: Told) -> _Held:
    link = told.verdict.finding(_WEBLINK)
    if link is None or link.status is not Status.MET or told.verdict.weblink is None:
        return held
    return replace(
        held,
        findings={**held.findings, _WEBLINK: link},
        sources={**held.sources, _WEBLINK: told.message},
        weblink=told.verdict.weblink,
    )


def _with_parts(held: _Held, told: Told) -> _Held:
    """A letter or a plan on its own, after it was missing inside: it came separately, and the answer says so."""
    for file in told.verdict.files:
        if file.role not in _PARTS or held.report is None or told.verdict.report is not None:
            continue
        check, fault = _PARTS[file.role]
        before = held.findings.get(check.id)
        if before is None or before.status is not Status.GAP or (before.fault or "").endswith(_NOT_ABSENT):
            continue
        result = gap(fault, document=held.report.name, other=file.name)
        held = replace(
            held,
            findings={**held.findings, check.id: finding_of(check, result, before.policy)},
            sources={**held.sources, check.id: told.message},
            files=(*held.files, file),
        )
    return held


def _still_open(case: Case) -> tuple[tuple[OpenDoubt, ...], tuple[tuple[OpenDoubt, str], ...]]:
    """The doubts that stay, and those that the fact of their declaration has closed."""
    still, settled = [], []
    for each in case.doubts:
        fact = _fact(case, each)
        if fact:
            settled.append((each, fact))
        else:
            still.append(each)
    return tuple(still), tuple(settled)


def _fact(case: Case, each: OpenDoubt) -> str:
    match declared(each.doubt.code).closes:
        case Closing.HOLD_ENDED if not case.on_hold:
            return "the submission was taken off hold"
        case Closing.FILE_CAME:
            waiting = next((told for told in case.told if told.message == each.message), None)
            came = waiting is not None and any(
                told.message > waiting.message
                and told.message_id == waiting.message_id
                and told.verdict.files
                and told.confirmed
                for told in case.told
            )
            return "the file came" if came else ""
        case Closing.REST_CAME:
            return "the other emails came" if _all_came(case, each) else ""
    return ""


def _all_came(case: Case, each: OpenDoubt) -> bool:
    """Whether every mail of the series that a message counts itself among is part of the case."""
    waiting = next((told.verdict.series for told in case.told if told.message == each.message), None)
    numbers = {
        told.verdict.series.number
        for told in case.told
        if told.confirmed and told.verdict.series and waiting and told.verdict.series.of == waiting.of
    }
    if waiting is None:
        return False
    # The last of them often is the only one that counts itself.
    last = waiting.number == waiting.of and sum(told.confirmed for told in case.told) >= waiting.of
    return last or numbers == set(range(1, waiting.of + 1))


def _forwards(case: Case, report: FileFacts | None) -> tuple[SentMail | None, SentMail | None]:
    """The forward of this very report, and the latest of an earlier one; cancelled ones never left."""
    forwards = [mail for mail in case.mails if mail.kind is MailKind.FORWARD]
    live = [mail for mail in forwards if mail.state in _ON_ITS_WAY | {OutgoingState.SENT, OutgoingState.FAILED}]
    mine = [mail for mail in live if report is not None and mail.report == report.sha256]
    others = [mail for mail in live if mail not in mine]
    return mine[-1] if mine else None, others[-1] if others else None


def _of_the_outbox(case: Case, held: _Held, sent: SentMail | None, replaces: SentMail | None) -> tuple[Doubt, ...]:
    """What the state of the case's own mail leaves open: a second copy must not follow one of unknown fate."""
    latest = case.told[-1].message if case.told else None
    for mail in (sent, replaces):
        if mail is None or held.report is None or mail.answers == latest:
            continue
        if mail.state in _TROUBLED or mail.bounced:
            text = "an earlier forward to the Commissioner is uncertain, failed or came back"
            return (doubt("forward-in-doubt", text),)
    return ()


def _with_derived(every: tuple[OpenDoubt, ...], decided: tuple[Doubt, ...]) -> tuple[OpenDoubt, ...]:
    known = {each.doubt for each in every}
    return (*every, *(OpenDoubt(None, each) for each in decided if each not in known))


def _unless_asked(case: Case, standing: Standing) -> Standing:
    """A reply that would say what an earlier one said already helps nobody: a person speaks to them instead."""
    if standing.outcome is not Outcome.GAPS:
        return standing
    latest = case.told[-1].message
    replies = [mail for mail in case.mails if mail.kind is MailKind.REPLY and mail.state in _ASKED]
    if not replies or replies[-1].gist != standing.gist or replies[-1].answers == latest:
        return standing
    same = doubt("nothing-new", "what has come since our reply closes none of the gaps that it named")
    return replace(
        standing,
        outcome=Outcome.REVIEW,
        reasons=(same.summary,),
        doubts=(*standing.doubts, OpenDoubt(None, same)),
    )
