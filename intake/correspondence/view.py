"""What a template gets to see: plain words, cleaned and worded, made from a verdict and its occasion.

Templates choose and arrange; they never reach into a verdict, so they cannot show evidence text by mistake.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from intake.correspondence.display import clean_line, counted, date_text, size_text, time_text
from intake.correspondence.occasion import CheckWords, Desk, Occasion
from intake.model import Evidence, FileFacts, Finding, Mode, Policy, Status, Verdict

# Gaps that a sentence mends: all others need a new PDF, as the annexes have to be inside the report.
ANSWERED_IN_WORDS = frozenset({"weblink"})
_ROLES = {
    "report": "the report",
    "feedback-letter": "the feedback letter",
    "action-plan": "the action plan",
    "executive-summary": "the executive summary",
}
_STATUS_WORDS = {Status.MET: "met", Status.GAP: "not met", Status.UNSURE: "could not be checked"}


@dataclass(frozen=True, slots=True)
class FileView:
    """A file as mail names it."""

    name: str
    size: str
    pages: str
    role: str
    sha256: str


@dataclass(frozen=True, slots=True)
class GapView:
    """One gap: what was found, where (only what the sentence does not already say), what to do, who asks."""

    title: str
    found: str
    places: tuple[str, ...]
    remedy: str
    reference: str


@dataclass(frozen=True, slots=True)
class CheckView:
    """One line of the list of checks in a forward."""

    title: str
    status: str
    required: bool


def desk_view(desk: Desk) -> dict[str, object]:
    """What every template knows."""
    return {
        "team": clean_line(desk.team_name),
        "service_name": clean_line(desk.service_name),
        "service_address": clean_line(desk.service_address),
        "trial": desk.mode is Mode.TRIAL,
    }


def csp_view(verdict: Verdict, occasion: Occasion, words: Mapping[str, CheckWords]) -> dict[str, object]:
    """What the templates for the CSP know."""
    required = verdict.gaps(Policy.REQUIRED)
    return desk_view(occasion.desk) | {
        "reference": occasion.reference,
        "version": occasion.version,
        "subject_of_review": subject_of_review(verdict),
        "received": date_text(occasion.received_at),
        "files": tuple(file_view(one) for one in verdict.files),
        "gaps": tuple(_gap_view(one, words) for one in required),
        "how_many": counted(len(required), "thing").capitalize(),
        "suggestions": tuple(_gap_view(one, words) for one in verdict.gaps(Policy.ADVISORY)),
        "rest_in_order": all(one.status is Status.MET for one in verdict.findings if one not in required),
        "in_order": tuple(_title(one.check, words) for one in verdict.findings if one.status is Status.MET),
        "not_yet_checked": tuple(_title(one.check, words) for one in verdict.findings if one.blocked_by),
        "weblink": web_address(verdict.weblink),
        "answer": _answer(required),
        "already_copied": occasion.already_copied,
        "went_on": date_text(occasion.went_on) if occasion.went_on else "",
        "corrects": occasion.corrects,
        "others_left": occasion.others_left,
    }


def commissioner_view(
    verdict: Verdict, occasion: Occasion, words: Mapping[str, CheckWords], report: FileFacts
) -> dict[str, object]:
    """What the cover note to the Commissioner knows."""
    ran = [one for one in verdict.findings if one.policy is not Policy.OFF]
    return desk_view(occasion.desk) | {
        "reference": occasion.reference,
        "version": occasion.version,
        "csp": clean_line(verdict.identity.csp or ""),
        "case": _case(verdict),
        "received": time_text(occasion.received_at),
        "sender": _person(occasion),
        "weblink": web_address(verdict.weblink),
        "file": file_view(report),
        "checks": tuple(
            CheckView(_title(one.check, words), _STATUS_WORDS[one.status], one.policy is Policy.REQUIRED) for one in ran
        ),
        "already_copied": occasion.already_copied,
        "replaces": _replaced(occasion),
        "released": occasion.released,
    }


def _replaced(occasion: Occasion) -> str:
    """`version 1, sent on 3 November 2026`; "" where nothing went before."""
    earlier = occasion.replaces
    if earlier is None:
        return ""
    when = f", sent on {date_text(earlier.went_on)}" if earlier.went_on else ""
    return f"version {earlier.version}{when}"


def subject_of_review(verdict: Verdict) -> str:
    """`'Rowan', Brackenshire Community Safety Partnership`; as much of it as is known, else ""."""
    case, csp = _case(verdict), clean_line(verdict.identity.csp or "", 120)
    return ", ".join(part for part in (f"\u2018{case}\u2019" if case else "", csp) if part)


def _case(verdict: Verdict) -> str:
    return clean_line(verdict.identity.case or "", 120).strip("'\u2018\u2019\u201c\u201d\"() ")


def file_view(facts: FileFacts) -> FileView:
    """A file without its content."""
    pages = counted(facts.page_count, "page") if facts.page_count else ""
    if facts.page_count > 1:
        pages = f"{facts.page_count} pages"
    return FileView(clean_line(facts.name, 120), size_text(facts.size), pages, _ROLES.get(facts.role, ""), facts.sha256)


def web_address(link: str | None) -> str:
    """The weblink if it can stand in a mail: one word, http or https or bare; else ""."""
    line = "".join((link or "").split())
    return line if line == clean_line(line, 2000) and re.match(r"(?i)(https?://|www\.)[^\s<>\"]+$", line) else ""


def _title(check: str, words: Mapping[str, CheckWords]) -> str:
    known = words.get(check)
    return clean_line(known.title if known else check.replace("-", " "))


def _gap_view(finding: Finding, words: Mapping[str, CheckWords]) -> GapView:
    known = words.get(finding.check)
    return GapView(
        title=_title(finding.check, words),
        found=clean_line(finding.summary),
        places=_places(finding),
        remedy=clean_line(finding.remedy),
        reference=clean_line(known.reference if known else ""),
    )


def _places(finding: Finding) -> tuple[str, ...]:
    found = dict.fromkeys(_place(one) for one in finding.evidence if not _said(one, finding.summary))
    return tuple(place for place in found if place)[:3]


def _said(evidence: Evidence, summary: str) -> bool:
    page = evidence.page in (None, 1) or re.search(r"\bpages? \d", summary)
    return bool(page) and evidence.document in summary


def _place(evidence: Evidence) -> str:
    if not evidence.document:
        return ""
    name = clean_line(evidence.document, 120)
    if evidence.page is None:
        return name
    label = evidence.label or ""
    # A label is text of the file; only what is plainly a page number is shown.
    printed = label != str(evidence.page) and re.fullmatch(r"[A-Za-z]?-?\d{1,4}|[ivxlc]{1,7}", label)
    return f"{name}, page {evidence.page}" + (f" (numbered {label})" if printed else "")


def _answer(required: tuple[Finding, ...]) -> str:
    in_words = [one for one in required if one.check in ANSWERED_IN_WORDS]
    if in_words and len(in_words) == len(required):
        return "words"
    return "pdf-and-words" if in_words else "pdf"


def _person(occasion: Occasion) -> str:
    name, address = clean_line(occasion.sender.name, 100), clean_line(occasion.sender.address, 250)
    return f"{name} ({address})" if name and name != address else address
