"""The message, or the report, must give the address where the report will be published."""

from __future__ import annotations

from intake.judging.checks.check import (
    COPY_PARAGRAPH,
    Check,
    Fault,
    Result,
    gap,
    met,
    unsure,
)
from intake.judging.checks.report_file import cannot_be_read
from intake.judging.facts import Dossier, WeblinkState
from intake.judging.policy import PolicyTable
from intake.model import Policy

_GAPS = {
    WeblinkState.TO_FOLLOW: "weblink-to-follow",
    WeblinkState.FILE_SHARE: "weblink-file-share",
    WeblinkState.ONLY_HOME_PAGE: "weblink-only-home-page",
    WeblinkState.NONE: "weblink-missing",
}
_DOUBTS = {
    WeblinkState.HOME_PAGE_NAMED: "weblink-home-page-named",
    WeblinkState.UNCLEAR: "weblink-unclear",
    WeblinkState.WITHHELD: "publication-withheld",
}


def _examine(dossier: Dossier, policy: PolicyTable) -> Result:
    weblink = dossier.weblink
    if weblink.state is WeblinkState.FOUND:
        return met(*weblink.evidence)
    if weblink.state in _DOUBTS:
        return unsure(_DOUBTS[weblink.state], *weblink.evidence)
    # The report may name the address: without its text, nothing can be said to be missing. Word files are read too.
    impossible = cannot_be_read(dossier, policy)
    if impossible is not None and not (dossier.report and dossier.report.pages):
        return impossible if dossier.documents else gap(_GAPS[weblink.state], *weblink.evidence)
    parts = dossier.report_parts
    if parts is not None and parts.other_language:
        return unsure("weblink-language")
    return gap(_GAPS[weblink.state], *weblink.evidence)


WEBLINK = Check(
    id="weblink",
    title="The weblink to where the report will be published",
    why="The Home Office and the Commissioner need to find the published report.",
    remedy=(
        "Please reply with the address of the web page where the report will be published. It does not have "
        "to be live yet."
    ),
    reference=COPY_PARAGRAPH,
    default=Policy.REQUIRED,
    met="Your email or report gives the address where the report will be published.",
    faults=(
        Fault(
            "weblink-missing",
            "We did not find the address of the web page where the report will be published.",
        ),
        Fault(
            "weblink-only-home-page",
            "We found only a link to a home page, not to the page where the report will be published.",
        ),
        Fault(
            "weblink-file-share",
            "The only link we found leads to a file-sharing service, which the public cannot open.",
        ),
        Fault(
            "weblink-to-follow",
            "Your email says that the weblink will follow; we need it to complete the submission.",
        ),
        Fault(
            "weblink-home-page-named",
            "A home page is named as the place of publication.",
        ),
        Fault(
            "weblink-unclear",
            "There is a link, but it is not clear that it is where the report will be published.",
        ),
        Fault(
            "weblink-language",
            "The report is mostly not in English, so the weblink could not be looked for reliably.",
        ),
        Fault(
            "publication-withheld",
            "The message says that the report, or a part of it, may not be published, or not yet.",
        ),
    ),
    examine=_examine,
)
