"""The action plan itself must be inside the report's PDF, as an annex; and what a good plan shows."""

from __future__ import annotations

from intake.judging.checks.check import CONVERSION_PARAGRAPH, Check, Fault, Result, gap, likely_gap, met, unsure
from intake.judging.checks.feedback_letter_annex import page_list
from intake.judging.checks.report_file import cannot_be_read, likely_report, open_report
from intake.judging.facts import ActionPlan, Dossier, Match, Mention, Parts
from intake.judging.policy import PolicyTable
from intake.model import Certainty, Document, Policy, Status

_SPREADSHEETS = ("spreadsheet", "ms-excel", "csv")
_SPREADSHEET_NAMES = (".xls", ".xlsx", ".ods", ".csv", ".xlsm")
_WORD_NAMES = (".doc", ".docx", ".odt", ".rtf", ".docm")


def _examine(dossier: Dossier, policy: PolicyTable) -> Result:
    opened = open_report(dossier, policy)
    if isinstance(opened, Result):
        return opened
    report, parts = opened
    plan = parts.plan
    if plan is None:
        return _not_inside(dossier, report, parts)
    where = {"document": report.name, "pages": page_list(tuple(plan.pages))}
    if plan.unconfirmed:
        return unsure("action-plan-unconfirmed", *plan.evidence, **where)
    if plan.blank:
        return unsure("action-plan-blank", *plan.evidence, **where)
    if plan.unsettled:
        return unsure("action-plan-unsettled", *plan.evidence, **where)
    if plan.certainty is Certainty.POSSIBLE:
        return unsure("action-plan-unclear", *plan.evidence, **where)
    if dossier.plan_match is not Match.SAME:
        return unsure("action-plan-case-unclear", *plan.evidence, **where)
    return met(*plan.evidence, **where)


def _not_inside(dossier: Dossier, report: Document, parts: Parts) -> Result:
    _, where = parts.plan_mention
    if parts.unread:
        return unsure("action-plan-unreadable", where, document=report.name, pages=page_list(parts.unread))
    if parts.other_language:
        return unsure("action-plan-language", where, document=report.name)
    return _beside(dossier, report, parts) or _spoken_of(report, parts)


def _beside(dossier: Dossier, report: Document, parts: Parts) -> Result | None:
    """The plan, or what may be the plan, as a file of its own."""
    _, where = parts.plan_mention
    separate = next(((d, p.plan) for d, p in dossier.others() if p.plan), None)
    if separate is not None:
        document, plan = separate
        details = {"document": report.name, "other": document.name}
        if report.name in document.containers:
            return gap("action-plan-embedded", *plan.evidence, **details)
        return gap(_separate_fault(document), *plan.evidence, **details)
    named = next((d for d, p in dossier.others() if _named_plan(d) and not p.letter), None)
    if named is not None:
        return likely_gap(_separate_fault(named), where, document=report.name, other=named.name)
    opaque = next((d for d, p in dossier.others() if not d.inline and (not d.readable or p.unread)), None)
    if opaque is not None:
        return unsure("action-plan-other-file", where, document=report.name, other=opaque.name)
    return None


def _spoken_of(report: Document, parts: Parts) -> Result:
    """How the report without a plan speaks of one."""
    how, where = parts.plan_mention
    if parts.recommendations:
        return gap("action-plan-only-recommendations", parts.recommendations, document=report.name)
    page = page_list((where.page,)) if where and where.page else ""
    if how is Mention.HEADING:
        # A heading with something behind it that is not a table this program knows: a person looks.
        return unsure("action-plan-heading-only", where, document=report.name, pages=page)
    if how is Mention.TITLE_PAGE:
        return gap("action-plan-title-only", where, document=report.name, pages=page)
    if how is Mention.CONTENTS:
        return gap("action-plan-only-in-contents", where, document=report.name, pages=page)
    return gap("action-plan-missing", where, document=report.name)


def _separate_fault(document: Document) -> str:
    name = document.name.lower()
    if name.endswith(_SPREADSHEET_NAMES) or any(word in document.media_type for word in _SPREADSHEETS):
        return "action-plan-spreadsheet"
    if name.endswith(_WORD_NAMES) or "word" in document.media_type:
        return "action-plan-word-file"
    return "action-plan-separate"


def _named_plan(document: Document) -> bool:
    return "plan" in document.name.lower() and "action" in document.name.lower() and not document.inline


_NO_PLAN = Result(Status.UNSURE, "no-plan", Certainty.POSSIBLE, blocked_by="action-plan-annex")


def plan_of(dossier: Dossier) -> ActionPlan | None:
    """The plan inside the report, or else the one that came beside it."""
    parts = dossier.parts_of(likely_report(dossier))
    if parts and parts.plan:
        return parts.plan
    return next((p.plan for _, p in dossier.others() if p.plan), None)


def _examine_updates(dossier: Dossier, policy: PolicyTable) -> Result:
    plan = plan_of(dossier)
    if plan is None:
        return cannot_be_read(dossier, policy) or _NO_PLAN
    if plan.certainty is Certainty.POSSIBLE or plan.blank:
        return unsure("plan-unclear", *plan.evidence)
    if plan.updates:
        return met(plan.updates)
    return (likely_gap if plan.by_ocr else gap)("no-updates", *plan.evidence)


def _examine_live_note(dossier: Dossier, policy: PolicyTable) -> Result:
    plan = plan_of(dossier)
    if plan is None:
        return cannot_be_read(dossier, policy) or _NO_PLAN
    if plan.live_note:
        return met(plan.live_note)
    return (likely_gap if plan.by_ocr else gap)("no-live-document-note", *plan.evidence)


_ADD = "Please add the action plan to the report, as an annex in the same PDF, and send the combined PDF."

ACTION_PLAN_ANNEX = Check(
    id="action-plan-annex",
    title="The action plan as an annex",
    why="The plan shows what will change because of the review; it is published with the report.",
    remedy="Please add the action plan to the report, as an annex in the same PDF.",
    reference=CONVERSION_PARAGRAPH,
    default=Policy.REQUIRED,
    met="The action plan is in “{document}”, {pages}.",
    faults=(
        Fault("action-plan-missing", "We did not find the action plan in “{document}”."),
        Fault(
            "action-plan-separate",
            "The action plan came as a separate file (“{other}”); it needs to be inside the report.",
            _ADD,
        ),
        Fault(
            "action-plan-embedded",
            "The action plan (“{other}”) is a file embedded in “{document}”; it needs to be among the report’s "
            "own pages.",
            _ADD,
        ),
        Fault(
            "action-plan-spreadsheet",
            "The action plan came as a spreadsheet (“{other}”); it needs to be inside the report.",
            "Please export the plan to PDF, add it to the report as an annex, and send the combined PDF.",
        ),
        Fault(
            "action-plan-word-file",
            "The action plan came as a Word document (“{other}”); it needs to be inside the report.",
            "Please export the plan to PDF, add it to the report as an annex, and send the combined PDF.",
        ),
        Fault(
            "action-plan-only-recommendations",
            "“{document}” lists the recommendations, but we did not find the action plan that carries them out.",
        ),
        Fault(
            "action-plan-only-in-contents",
            "The contents of “{document}” list the action plan ({pages}), but the plan itself is not in the PDF.",
        ),
        Fault(
            "action-plan-title-only",
            "“{document}” has a title page for the action plan ({pages}), but the plan itself does not follow it.",
        ),
        Fault(
            "action-plan-heading-only",
            "“{document}” has a heading for the action plan ({pages}), but no table that could be recognised.",
        ),
        Fault(
            "action-plan-unclear",
            "Something like an action plan is in “{document}” ({pages}), but that is not certain.",
        ),
        Fault(
            "action-plan-case-unclear",
            "The action plan in “{document}” ({pages}) names another partnership or review in its heading.",
        ),
        Fault(
            "action-plan-unconfirmed",
            "The text of an action plan is in “{document}” ({pages}), but we could not tell whether the pages show it.",
        ),
        Fault(
            "action-plan-blank",
            "The action plan in “{document}” ({pages}) has headings, but little or nothing seems to be filled in.",
        ),
        Fault(
            "action-plan-unsettled",
            "Several entries of the action plan in “{document}” ({pages}) are marked as still to be confirmed.",
        ),
        Fault(
            "action-plan-unreadable",
            "“{document}” has pages that could not be read ({pages}); the action plan may be among them.",
        ),
        Fault(
            "action-plan-language",
            "“{document}” is mostly not in English, so the action plan could not be looked for reliably.",
        ),
        Fault(
            "action-plan-other-file",
            "The action plan is not in “{document}”; “{other}” could not be read, and may be that file.",
        ),
    ),
    examine=_examine,
)

IMPLEMENTATION_UPDATES = Check(
    id="implementation-updates",
    title="Implementation updates in the action plan",
    why="Readers should see which actions are done and what came of them.",
    remedy=(
        "It would help to show in the action plan what has been done so far: progress, dates of completion, outcomes."
    ),
    reference=CONVERSION_PARAGRAPH,
    default=Policy.ADVISORY,
    met="The action plan shows what has been done.",
    faults=(
        Fault(
            "no-updates",
            "The action plan does not seem to show what has been done so far.",
        ),
        Fault("no-plan", "There was no action plan to look at."),
        Fault("plan-unclear", "It is not certain that what we found is the action plan."),
    ),
    examine=_examine_updates,
)

LIVE_DOCUMENT_NOTE = Check(
    id="live-document-note",
    title="A note that the action plan is a live document",
    why="The plan changes as outcomes are delivered, and readers should know.",
    remedy=(
        "It would help to note on the action plan that it is a live document and subject to change as "
        "outcomes are delivered."
    ),
    reference=CONVERSION_PARAGRAPH,
    default=Policy.ADVISORY,
    met="The action plan says that it is a live document.",
    faults=(
        Fault(
            "no-live-document-note",
            "The action plan does not say that it is a live document, subject to change.",
        ),
        Fault("no-plan", "There was no action plan to look at."),
    ),
    examine=_examine_live_note,
)
