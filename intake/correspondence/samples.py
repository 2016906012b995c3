"""Invented verdicts and notices, one for each thing a mail may have to say.

`Templates.check` renders every template with all of them, so that a template that would fail on some rare mail
fails at start instead. Each says what the rendered mail must hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from intake.correspondence.notice_words import notice_view
from intake.correspondence.occasion import CheckWords, Desk, Notice, NoticeKind, Occasion, Replaced
from intake.correspondence.view import commissioner_view, csp_view
from intake.model import (
    Address,
    CaseIdentity,
    Certainty,
    Evidence,
    FileFacts,
    Finding,
    Kind,
    MailKind,
    Mode,
    Outcome,
    Policy,
    Status,
    Verdict,
)

_PARAGRAPH = "the feedback letter, in the paragraph on converting the report to a PDF document"
SAMPLE_WORDS = {
    "pdf-format": CheckWords("The report as a PDF", _PARAGRAPH),
    "readable": CheckWords("Opens without a password", _PARAGRAPH),
    "size-limit": CheckWords("Smaller than 20 MB", _PARAGRAPH),
    "feedback-letter-annex": CheckWords("The QA Panel's feedback letter as an annex", _PARAGRAPH),
    "action-plan-annex": CheckWords("The action plan as an annex", _PARAGRAPH),
    "weblink": CheckWords("The weblink for publication", "the feedback letter, in the paragraph on the weblink"),
    "executive-summary": CheckWords("The executive summary", _PARAGRAPH),
    "implementation-updates": CheckWords("Implementation updates in the action plan", _PARAGRAPH),
    "live-document-note": CheckWords("The note that the action plan is a live document", _PARAGRAPH),
}
_ADVISORY = ("executive-summary", "implementation-updates", "live-document-note")
_REPORT = FileFacts("DHR Rowan & family, final.pdf", 19_188_940, "5e" * 32, "application/pdf", 145, "report")
_LETTER = FileFacts("QA letter.pdf", 214_000, "7a" * 32, "application/pdf", 2, "feedback-letter")
_MOMENT = datetime(2023, 10, 18, 9, 30, tzinfo=UTC)

SAMPLE_DESK = Desk(
    service_name="DHR enquiries",
    service_address="enquiries@intake.example",
    team_name="The DHR enquiries team",
    commissioner_address="dhr@commissioner.example",
    staff_addresses=("staff@intake.example",),
    message_id_domain="intake.example",
)
SAMPLE_OCCASION = Occasion(
    desk=SAMPLE_DESK,
    reference="DHR-2026-0001",
    version=1,
    received_at=_MOMENT,
    now=_MOMENT,
    sender=Address("m.hale@brackenshire.example", "Morgan Hale"),
    subject="OFFICIAL-SENSITIVE: Final DHR report 'Rowan'",
    message_id="<first@brackenshire.example>",
)


@dataclass(frozen=True, slots=True)
class SampleMail:
    """One rendering to try: `essentials` maps what it is to the words that must be in the result."""

    title: str
    kind: MailKind
    view: Mapping[str, object]
    essentials: Mapping[str, str]


def gap(check: str, fault: str, summary: str, remedy: str, evidence: tuple[Evidence, ...] = ()) -> Finding:
    """A certain gap."""
    policy = Policy.ADVISORY if check in _ADVISORY else Policy.REQUIRED
    return Finding(check, Status.GAP, policy, Certainty.CERTAIN, summary, fault, remedy, evidence)


_SEPARATE = gap(
    "feedback-letter-annex",
    "feedback-letter-separate",
    'The feedback letter came as a file of its own, "QA letter.pdf", and is not inside the report.',
    "Add the letter to the end of the report's PDF as an annex.",
    (Evidence("QA letter.pdf", 1),),
)
_NO_LINK = gap(
    "weblink",
    "weblink-missing",
    "Your message and the report do not give the web address where the report will be published.",
    "Send us the address of the page where it will be published.",
)
_NO_PLAN = gap(
    "action-plan-annex",
    "action-plan-recommendations-only",
    "The report lists recommendations on pages 118 to 121, but not the action plan itself.",
    "Add the action plan to the report's PDF as an annex.",
    (Evidence("DHR Rowan & family, final.pdf", 118, label="112"),),
)
_WORD = gap(
    "pdf-format",
    "word-document",
    'The report "DHR Rowan.docx" is a Word document.',
    "Save it as a PDF and send us that file.",
)
_NO_UPDATES = gap(
    "implementation-updates",
    "updates-missing",
    "The action plan does not yet show what has been done so far.",
    "When you next revise the plan, fill in the progress of each action.",
    (Evidence("DHR Rowan & family, final.pdf", 131),),
)


def sample_verdicts() -> dict[str, Verdict]:
    """Seven verdicts: compliant, compliant with a suggestion, four kinds of gaps, and a review."""
    blocked = tuple(check for check in SAMPLE_WORDS if check not in ("pdf-format", "weblink"))
    return {
        "compliant": _verdict(Outcome.COMPLIANT),
        "compliant with a suggestion": _verdict(Outcome.COMPLIANT, (_NO_UPDATES,)),
        "letter separate": _verdict(Outcome.GAPS, (_SEPARATE,), files=(_REPORT, _LETTER)),
        "weblink missing": _verdict(Outcome.GAPS, (_NO_LINK,)),
        "several gaps": _verdict(Outcome.GAPS, (_SEPARATE, _NO_PLAN, _NO_LINK, _NO_UPDATES), files=(_REPORT, _LETTER)),
        "word document": _verdict(
            Outcome.GAPS,
            (_WORD,),
            files=(FileFacts("DHR Rowan.docx", 2_400_000, "3c" * 32, "application/msword", 0, "report"),),
            blocked=blocked,
        ),
        "review, little known": replace(
            _verdict(Outcome.REVIEW, files=()), identity=CaseIdentity(), weblink=None, report=None, findings=()
        ),
    }


def _verdict(
    outcome: Outcome,
    gaps: tuple[Finding, ...] = (),
    files: tuple[FileFacts, ...] = (_REPORT,),
    blocked: tuple[str, ...] = (),
) -> Verdict:
    found = {one.check: one for one in gaps}
    findings = tuple(found.get(check) or _finding(check, check in blocked) for check in SAMPLE_WORDS)
    return Verdict(
        kind=Kind.FINAL_SUBMISSION,
        certainty=Certainty.CERTAIN,
        reasons=("The report holds a feedback letter.",),
        outcome=outcome,
        outcome_reasons=("Every required check is met.",),
        findings=findings,
        weblink=None if "weblink" in found else "https://www.brackenshire.example/community-safety/dhr-rowan",
        identity=CaseIdentity("Brackenshire Community Safety Partnership", "Rowan"),
        report=files[0] if files else None,
        files=files,
        rules_version="sample",
    )


def _finding(check: str, blocked: bool) -> Finding:
    policy = Policy.ADVISORY if check in _ADVISORY else Policy.REQUIRED
    if blocked:
        return Finding(
            check, Status.UNSURE, policy, Certainty.CERTAIN, "This could not be checked.", blocked_by="pdf-format"
        )
    return Finding(check, Status.MET, policy, Certainty.CERTAIN, "This is in order.")


def sample_mails() -> Iterator[SampleMail]:
    """Every mail to try, in every variation that a template may branch on."""
    trial = replace(
        SAMPLE_OCCASION,
        desk=replace(SAMPLE_DESK, mode=Mode.TRIAL),
        version=2,
        already_copied=True,
        released=True,
        replaces=Replaced(version=1, went_on=_MOMENT),
        corrects=True,
        others_left=True,
    )
    for occasion in (SAMPLE_OCCASION, trial, replace(SAMPLE_OCCASION, went_on=_MOMENT)):
        for title, verdict in sample_verdicts().items():
            yield from _csp_mails(title, verdict, occasion)
            if verdict.report:
                view = commissioner_view(verdict, occasion, SAMPLE_WORDS, verdict.report)
                essentials = {"the reference": occasion.reference, "the SHA-256 of the report": verdict.report.sha256}
                yield SampleMail(title, MailKind.FORWARD, view, essentials)
    for desk in (SAMPLE_DESK, replace(SAMPLE_DESK, mode=Mode.TRIAL, log_url="https://log.intake.example/submissions")):
        for kind in NoticeKind:
            for reference, reasons in (("DHR-2026-0001", ("The kind is doubtful & unclear.",)), ("", ())):
                notice = Notice(kind=kind, now=_MOMENT, reference=reference, reasons=reasons, version=1, count=3)
                essentials = {"the reason": "".join(reasons), "the reference": reference}
                yield SampleMail(kind.value, MailKind.NOTICE, notice_view(notice, desk), essentials)


def _csp_mails(title: str, verdict: Verdict, occasion: Occasion) -> Iterator[SampleMail]:
    view = csp_view(verdict, occasion, SAMPLE_WORDS)
    essentials = {"the reference": occasion.reference}
    if verdict.outcome is Outcome.GAPS:
        gaps = verdict.gaps(Policy.REQUIRED)
        found = {f"what was found by {one.check}": one.summary for one in gaps}
        remedies = {f"what to do about {one.check}": one.remedy for one in gaps}
        yield SampleMail(title, MailKind.REPLY, view, essentials | found | remedies)
    elif verdict.outcome is Outcome.COMPLIANT:
        yield SampleMail(title, MailKind.ACKNOWLEDGEMENT, view, essentials)
    yield SampleMail(title, MailKind.RECEIPT, view, essentials)
