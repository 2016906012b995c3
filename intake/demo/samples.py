"""The demo's messages: one for each thing that happens to a submission, with what should come of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from intake.demo.files import noise_picture
from intake.demo.letters import Letter, a_letter
from intake.demo.mails import File, Mail, a_message, quoted_request, signature
from intake.demo.office_files import a_word_report
from intake.demo.report_builder import Report, a_report
from intake.demo.reviews import BRACKENFORD, CALDERBROOK, EASTMARCH, NORTHMERE, THORNWICK, WEALDSHIRE, Review
from intake.demo.scans import Scan
from intake.model import Kind, MailKind, Outcome

__all__ = ["DemoCase", "demo_messages"]

TO_CSP_AND_COMMISSIONER = frozenset({MailKind.FORWARD, MailKind.ACKNOWLEDGEMENT})
REPLY_ONLY = frozenset({MailKind.REPLY})
NOTHING = frozenset[MailKind]()


@dataclass(frozen=True)
class DemoCase:
    """One message of the demo and what the service should make of it.

    `gaps` maps each check that should name a required gap to the fault; `mail` is what should leave.
    `raw` is built when first asked for, since one of them is large.
    """

    name: str
    title: str
    kind: Kind
    outcome: Outcome
    build: Callable[[], bytes]
    gaps: tuple[tuple[str, str], ...] = ()
    mail: frozenset[MailKind] = NOTHING

    @cached_property
    def raw(self) -> bytes:
        """The message as it arrives."""
        return self.build()


def demo_messages() -> list[DemoCase]:
    """The demo's cases, in the order in which they arrive."""
    final, gaps = Kind.FINAL_SUBMISSION, Outcome.GAPS
    return [
        DemoCase("compliant", "A report with everything in it", final, Outcome.COMPLIANT, _compliant,
                 mail=TO_CSP_AND_COMMISSIONER),
        DemoCase("letter-separate", "The feedback letter came as a file of its own", final, gaps, _letter_separate,
                 (("feedback-letter-annex", "feedback-letter-separate"),), REPLY_ONLY),
        DemoCase("letter-missing", "The feedback letter is not there", final, gaps, _letter_missing,
                 (("feedback-letter-annex", "feedback-letter-only-mentioned"),), REPLY_ONLY),
        DemoCase("plan-missing", "The action plan is not there", final, gaps, _plan_missing,
                 (("action-plan-annex", "action-plan-missing"),), REPLY_ONLY),
        DemoCase("no-weblink", "Nobody says where it will be published", final, gaps, _no_weblink,
                 (("weblink", "weblink-missing"),), REPLY_ONLY),
        DemoCase("word-file", "The report is a Word document", final, gaps, _word_file,
                 (("pdf-format", "word-file"),), REPLY_ONLY),
        DemoCase("too-large", "The report is larger than 20 MB", final, gaps, _too_large,
                 (("size-limit", "too-large"),), REPLY_ONLY),
        DemoCase("scanned-letter", "The third report again, with its letter as a scan", final, Outcome.COMPLIANT,
                 _scanned_letter, mail=TO_CSP_AND_COMMISSIONER),
        DemoCase("first-submission", "A first version for the Panel", Kind.QA_SUBMISSION, Outcome.IGNORE, _first),
        DemoCase("enquiry", "A question about the process", Kind.ENQUIRY, Outcome.IGNORE, _enquiry),
        DemoCase("out-of-office", "An automatic answer", Kind.AUTOMATIC, Outcome.IGNORE, _out_of_office),
    ]  # fmt: skip


def _covering(review: Review, weblink: str = "") -> str:
    place = f" The report will be published at:\n\n{weblink}" if weblink else ""
    return (
        f"Dear colleague,\n\nPlease find attached the final version of the {review.kind} report "
        f"{'(' + review.name + ') ' if review.name else ''}on behalf of {review.csp}, revised in the light of the "
        f"Quality Assurance Panel's feedback letter.{place}\n\nPlease let me know if you need anything else."
    )


def _mail(review: Review, number: int, report: bytes | None, **changes: Any) -> bytes:
    usual: dict[str, Any] = {
        "subject": f"Final {review.reference} - {review.csp}",
        "body": _covering(review, review.weblink),
        "signature": signature(review),
        "html": True,
    }
    return a_message(report=report, review=review, number=number, **(usual | changes))


def _compliant() -> bytes:
    return _mail(NORTHMERE, 1, a_report(pages=64, page_labels=True), marking="OFFICIAL-SENSITIVE:")


def _letter_separate() -> bytes:
    report = a_report(review=WEALDSHIRE, letter=None, labels="appendix-word", pages=52)
    letter = File("QA Panel feedback letter.pdf", a_letter(WEALDSHIRE, Letter(date="2 May 2024")))
    return _mail(WEALDSHIRE, 2, report, files=[letter])


def _letter_missing() -> bytes:
    report = a_report(review=CALDERBROOK, letter=None, listed=("letter",), labels="appendix-letter", pages=48)
    return _mail(CALDERBROOK, 3, report)


def _plan_missing() -> bytes:
    report = a_report(review=THORNWICK, plan=None, pages=45, font="Times-Roman", letter=Letter(name_shape="({name})"))
    return _mail(THORNWICK, 4, report)


def _no_weblink() -> bytes:
    report = a_report(review=EASTMARCH, pages=40, letter=Letter(name_shape="in relation to the death of '{name}'"))
    return _mail(EASTMARCH, 5, report, body=_covering(EASTMARCH), quoted=quoted_request(EASTMARCH))


def _word_file() -> bytes:
    name = f"{BRACKENFORD.reference} final report.docx"
    return _mail(BRACKENFORD, 6, None, files=[File(name, a_word_report(BRACKENFORD))])


def _too_large() -> bytes:
    order = ("summary", "body", "picture", "plan", "letter")
    review = replace(NORTHMERE, name="Grace", year=2023)  # another review of the same partnership
    report = a_report(Report(review=review, pages=60, order=order, extra_picture=noise_picture(21), seed=9))
    return _mail(review, 7, report, subject="Final DHR Grace with photographs")


def _scanned_letter() -> bytes:
    letter = Letter(scan=Scan(skew=0.8), date="9 July 2024", name_shape="('{name}')")
    return _mail(CALDERBROOK, 8, a_report(review=CALDERBROOK, letter=letter, pages=56, seed=4))


def _first() -> bytes:
    report = a_report(review=THORNWICK, letter=None, version="Draft for the Home Office Quality Assurance Panel")
    body = (
        "Dear colleague,\n\nPlease find attached the overview report, executive summary and action plan of this "
        "review, which the partnership has agreed. We would like to submit it to the Quality Assurance Panel for its "
        "consideration. The data collection form is to follow.\n\nMany thanks"
    )
    subject = "DHR Thornwick: submission to the QA Panel"
    return a_message(
        Mail(subject, body, signature=signature(THORNWICK), review=THORNWICK, number=9),
        report,
    )


def _enquiry() -> bytes:
    body = (
        "Dear team,\n\nCould you tell me when our report is likely to be considered by the Panel? We sent it in "
        "February and the family have asked us.\n\nMany thanks"
    )
    return a_message(
        Mail("When will our report be considered?", body, signature=signature(EASTMARCH), review=EASTMARCH, number=10)
    )


def _out_of_office() -> bytes:
    headers = {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All", "Precedence": "bulk"}
    body = "Thank you for your email. I am away until Monday 9 November and will answer when I am back."
    subject = "Automatic reply: Final DHR Anna"
    return a_message(Mail(subject, body, review=NORTHMERE, number=11, headers=headers))
