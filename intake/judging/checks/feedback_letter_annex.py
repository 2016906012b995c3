"""The Home Office QA Panel's feedback letter must be inside the report's PDF, after the report."""

from __future__ import annotations

from intake.judging.checks.check import (
    CONVERSION_PARAGRAPH,
    Check,
    Fault,
    Result,
    gap,
    met,
    unsure,
)
from intake.judging.checks.report_file import open_report
from intake.judging.facts import Dossier, Letter, LetterKind, Match, Mention, Parts, Place
from intake.judging.policy import PolicyTable
from intake.model import Certainty, Document, Evidence, Policy


def _examine(dossier: Dossier, policy: PolicyTable) -> Result:
    opened = open_report(dossier, policy)
    if isinstance(opened, Result):
        return opened
    report, parts = opened
    letter = parts.letter
    if letter is None:
        return _not_inside(dossier, report, parts)
    if letter.unconfirmed:
        return unsure("feedback-letter-unconfirmed", *letter.evidence, **_where(report, letter))
    if letter.certainty is Certainty.POSSIBLE:
        return unsure("feedback-letter-unclear", *letter.evidence, **_where(report, letter))
    return _inside(dossier, report, letter)


def _inside(dossier: Dossier, report: Document, letter: Letter) -> Result:
    where = _where(report, letter)
    if letter.kind is LetterKind.RESUBMIT:
        return gap("feedback-letter-resubmit", *letter.evidence, **where)
    if letter.kind is LetterKind.UNCLEAR:
        return unsure("feedback-letter-kind-unclear", *letter.evidence, **where)
    if dossier.match is Match.DIFFERENT:
        return gap("feedback-letter-other-case", *letter.evidence, **where)
    if letter.place in {Place.FRONT, Place.MIDDLE}:
        return gap("feedback-letter-not-at-end", *letter.evidence, **where)
    if dossier.match is Match.UNCLEAR:
        return unsure("feedback-letter-case-unclear", *letter.evidence, **where)
    if letter.place is Place.UNCLEAR:
        return unsure("feedback-letter-place-unclear", *letter.evidence, **where)
    return met(*letter.evidence, **where)


def _not_inside(dossier: Dossier, report: Document, parts: Parts) -> Result:
    how, where = parts.letter_mention
    if parts.unread:
        return unsure(
            "feedback-letter-unreadable",
            where,
            document=report.name,
            pages=page_list(parts.unread),
        )
    if parts.other_language:
        return unsure("feedback-letter-language", where, document=report.name)
    separate = next(((d, p.letter) for d, p in dossier.others() if p.letter), None)
    if separate is not None:
        document, letter = separate
        details = {"document": report.name, "other": document.name}
        certain = letter.certainty is Certainty.CERTAIN
        if report.name in document.containers:
            return gap("feedback-letter-embedded", *letter.evidence, **details)
        if certain and letter.kind is LetterKind.RESUBMIT:
            return gap(
                "feedback-letter-resubmit",
                *letter.evidence,
                document=document.name,
                pages=_pages(letter),
            )
        if certain and dossier.match is Match.DIFFERENT:
            return gap(
                "feedback-letter-other-case",
                *letter.evidence,
                document=document.name,
                pages=_pages(letter),
            )
        if certain:
            return gap("feedback-letter-separate", *letter.evidence, **details)
        return unsure("feedback-letter-separate-unclear", *letter.evidence, **details)
    opaque = next(
        (d for d, p in dossier.others() if not d.inline and (not d.readable or p.unread)),
        None,
    )
    if opaque is not None:
        return unsure("feedback-letter-other-file", where, document=report.name, other=opaque.name)
    if how in {Mention.CONTENTS, Mention.HEADING, Mention.TITLE_PAGE}:
        return gap(
            "feedback-letter-only-mentioned",
            where,
            document=report.name,
            pages=_page(where),
        )
    return gap("feedback-letter-missing", where, document=report.name)


def _where(report: Document, letter: Letter) -> dict[str, str]:
    return {"document": report.name, "pages": _pages(letter)}


def _pages(letter: Letter) -> str:
    return page_list(tuple(letter.pages))


def _page(evidence: Evidence | None) -> str:
    return page_list((evidence.page,)) if evidence and evidence.page else "page unknown"


def page_list(pages: tuple[int, ...]) -> str:
    """Page numbers as people write them: "page 84", "pages 84 to 86", "pages 2, 5 and 9"."""
    if len(pages) == 1:
        return f"page {pages[0]}"
    if pages == tuple(range(pages[0], pages[-1] + 1)):
        return f"pages {pages[0]} to {pages[-1]}"
    if len(pages) > 6:
        return f"pages {', '.join(map(str, pages[:5]))} and {len(pages) - 5} more"
    return f"pages {', '.join(map(str, pages[:-1]))} and {pages[-1]}"


FEEDBACK_LETTER_ANNEX = Check(
    id="feedback-letter-annex",
    title="The QA Panel’s feedback letter as an annex",
    why="The letter is published with the report, so that readers see what the Panel said about it.",
    remedy=(
        "Please add the Home Office QA Panel’s final feedback letter to the end of the report, as an annex "
        "in the same PDF."
    ),
    reference=CONVERSION_PARAGRAPH,
    default=Policy.REQUIRED,
    met="The feedback letter is in “{document}”, {pages}.",
    faults=(
        Fault(
            "feedback-letter-missing",
            "We did not find the Home Office QA Panel’s feedback letter in “{document}”.",
        ),
        Fault(
            "feedback-letter-separate",
            "The feedback letter came as a separate file (“{other}”); it needs to be inside the report.",
            "Please add the letter to the end of the report, as an annex in the same PDF, and send the combined PDF.",
        ),
        Fault(
            "feedback-letter-embedded",
            "The feedback letter (“{other}”) is a file embedded in “{document}”; it needs to be among the "
            "report’s own pages.",
            "Please add the letter’s pages to the end of the report and send the new PDF.",
        ),
        Fault(
            "feedback-letter-not-at-end",
            "The feedback letter is in “{document}” ({pages}), but the report goes on after it.",
            "Please move the letter to the end of the report, as an annex, and send the new PDF.",
        ),
        Fault(
            "feedback-letter-other-case",
            "The feedback letter in “{document}” ({pages}) seems to be about another review.",
            "Please check that it is the letter for this review, and send the report with the right letter as an "
            "annex.",
        ),
        Fault(
            "feedback-letter-only-mentioned",
            "“{document}” names the feedback letter ({pages}), but the letter itself is not in the PDF.",
        ),
        Fault(
            "feedback-letter-resubmit",
            "The letter in “{document}” ({pages}) is the Panel’s earlier letter, which asks to see the report again.",
            "Please add the Panel’s final letter, the one that says that the review may be published, to the end "
            "of the report.",
        ),
        Fault(
            "feedback-letter-unclear",
            "Something like a feedback letter is in “{document}” ({pages}), but that is not certain.",
        ),
        Fault(
            "feedback-letter-unconfirmed",
            "The text of a feedback letter is in “{document}” ({pages}), but we could not tell whether the pages "
            "show it.",
        ),
        Fault(
            "feedback-letter-kind-unclear",
            "The letter in “{document}” ({pages}) does not clearly say whether the review may be published.",
        ),
        Fault(
            "feedback-letter-case-unclear",
            "It is not clear that the letter in “{document}” ({pages}) is about this review.",
        ),
        Fault(
            "feedback-letter-place-unclear",
            "It is not clear whether the letter in “{document}” ({pages}) comes after the report.",
        ),
        Fault(
            "feedback-letter-unreadable",
            "“{document}” has pages that could not be read ({pages}); the letter may be among them.",
        ),
        Fault(
            "feedback-letter-language",
            "“{document}” is mostly not in English, so the letter could not be looked for reliably.",
        ),
        Fault(
            "feedback-letter-separate-unclear",
            "“{other}” may be the feedback letter, as a separate file.",
        ),
        Fault(
            "feedback-letter-other-file",
            "The letter is not in “{document}”; “{other}” could not be read, and may be that file.",
        ),
    ),
    examine=_examine,
)
