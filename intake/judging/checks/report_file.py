"""Requirements on the file itself: that it is a PDF, that it opens, that it is small enough."""

from __future__ import annotations

from intake.judging.checks.check import (
    CONVERSION_PARAGRAPH,
    Check,
    Fault,
    Result,
    blocked,
    gap,
    met,
    unsure,
)
from intake.judging.facts import Dossier, Parts
from intake.judging.policy import MEGABYTE, PolicyTable
from intake.model import Document, Evidence, Policy, ReadProblem, Status

_WORD = (
    "word",
    "opendocument.text",
    "rtf",
    "msword",
    "x-ole-storage",
    "officedocument.wordprocessing",
    "x-cfb",
)
_WORD_NAMES = (".doc", ".docx", ".odt", ".rtf", ".docm", ".dot", ".dotx", ".wpd")
_MAIL_NAMES = (".msg",)  # the same kind of file as an old Word document
_PAGES_NAMES = (".pages",)


def likely_report(dossier: Dossier) -> Document | None:
    """The report, or the file that most likely is meant as it where none could be read."""
    if dossier.report is not None:
        return dossier.report
    candidates = [
        document
        for document, parts in zip(dossier.documents, dossier.parts, strict=True)
        if not document.inline and not (parts.letter or parts.plan)
    ]
    pdfs = [document for document in candidates if document.is_pdf]
    return max(pdfs or candidates, key=lambda document: document.size, default=None)


def _pdf_format(dossier: Dossier, _policy: PolicyTable) -> Result:
    document = likely_report(dossier)
    if document is None:
        return _nothing_attached(dossier)
    where = Evidence(document.name)
    if document.is_pdf:
        return met(where, document=document.name)
    name = document.name.lower()
    if any(problem.fault == "zip-password" and problem.name == document.name for problem in dossier.unpacked.problems):
        return gap("zip-with-password", where, document=document.name)
    if document.problem is ReadProblem.EMPTY or document.size == 0:
        return gap("empty-file", where, document=document.name)
    if name.endswith(_PAGES_NAMES):
        return gap("pages-file", where, document=document.name)
    if name.endswith(_MAIL_NAMES):
        return gap("not-a-pdf", where, document=document.name)
    if name.endswith(_WORD_NAMES) or any(word in document.media_type for word in _WORD):
        return gap("word-file", where, document=document.name)
    if document.media_type.startswith("image/"):
        return gap("picture-files", where, document=document.name)
    return gap("not-a-pdf", where, document=document.name)


def _nothing_attached(dossier: Dossier) -> Result:
    if dossier.unpacked.problems:
        problem = dossier.unpacked.problems[0]
        where = Evidence(problem.name or "message", None, problem.fault)
        if problem.fault == "zip-password":
            return gap("zip-with-password", where, document=problem.name)
        return unsure("could-not-be-opened", where, document=problem.name or "the message")
    if dossier.portal_links:
        return gap(
            "link-instead-of-file",
            Evidence("message", None, dossier.portal_links[0].url),
        )
    if any(document.is_pdf for document in dossier.documents):
        return unsure(
            "report-not-recognised",
            *(Evidence(document.name) for document in dossier.documents),
        )
    return gap("nothing-attached")


def _readable(dossier: Dossier, _policy: PolicyTable) -> Result:
    document = likely_report(dossier)
    if document is None or not document.is_pdf:
        return blocked("pdf-format", no_report=document is None)
    where = Evidence(document.name)
    problem = document.problem
    if problem is ReadProblem.PASSWORD:
        return gap("password", where, document=document.name)
    if problem is ReadProblem.NO_PAGES:
        return gap("no-pages", where, document=document.name)
    if problem in {ReadProblem.DAMAGED, ReadProblem.EMPTY}:
        return gap("damaged", where, document=document.name)
    if problem is ReadProblem.PORTFOLIO:
        return gap("portfolio", where, document=document.name)
    if problem is ReadProblem.XFA:
        return gap("xfa-form", where, document=document.name)
    if problem is not None:
        return unsure("too-complex", where, document=document.name)
    if document.repaired:
        return unsure("repaired", where, document=document.name)
    return met(where, document=document.name, pages=str(document.page_count))


def _size_limit(dossier: Dossier, policy: PolicyTable) -> Result:
    document = likely_report(dossier)
    if document is None:
        return blocked("pdf-format", no_report=True)
    limit = policy.report_size_bytes
    words = {
        "document": document.name,
        "size": in_megabytes(document.size, limit),
        "limit": in_megabytes(limit),
    }
    if document.size < limit:
        return met(Evidence(document.name), **words)
    if not document.is_pdf:
        return blocked("pdf-format")  # the PDF made of it will have another size
    return gap("too-large", Evidence(document.name), **words)


def in_megabytes(size: int, limit: int | None = None) -> str:
    """A size as people read it; one that is over the limit is never rounded down to look like the limit."""
    if size < MEGABYTE / 20:
        return "under 0.1 MB"
    text = f"{size / MEGABYTE:.1f}".removesuffix(".0") + " MB"
    if limit is not None and size >= limit and text == in_megabytes(limit):
        return f"{text} ({size:,} bytes)"  # at the limit, one decimal does not show which side it is on
    return text


PDF_FORMAT = Check(
    id="pdf-format",
    title="The report as a PDF document",
    why="Everyone can open a PDF, and it looks the same to everyone who reads it.",
    remedy="Please save or export the whole report as one PDF and send that.",
    reference=CONVERSION_PARAGRAPH,
    default=Policy.REQUIRED,
    met="“{document}” is a PDF.",
    faults=(
        Fault(
            "word-file",
            "“{document}” is a Word document, not a PDF.",
            "Please save or export the whole report as one PDF and send that. In Word: File, Save As, PDF.",
        ),
        Fault(
            "pages-file",
            "“{document}” is a Pages document, not a PDF.",
            "Please export the whole report as one PDF and send that. In Pages: File, Export To, PDF.",
        ),
        Fault(
            "picture-files",
            "“{document}” is a picture, not a PDF.",
            "Please send the whole report as one PDF.",
        ),
        Fault(
            "empty-file",
            "“{document}” arrived empty: it holds no data.",
            "Please attach the PDF again; it may not have finished uploading.",
        ),
        Fault(
            "not-a-pdf",
            "“{document}” is not a PDF.",
            "Please save or export the whole report as one PDF and send that.",
        ),
        Fault(
            "link-instead-of-file",
            "Your email has a link to the report but not the report itself.",
            "Please send the PDF itself as an attachment; we cannot collect it from a link.",
        ),
        Fault(
            "zip-with-password",
            "“{document}” is a ZIP file with a password, so we could not open it.",
            "Please send the report as a PDF attachment without a password.",
        ),
        Fault(
            "nothing-attached",
            "No report was attached to your email.",
            "Please send the report as a PDF attachment.",
        ),
        Fault(
            "could-not-be-opened",
            "We could not open “{document}”.",
            "Please send the report as a PDF attachment.",
        ),
        Fault(
            "report-not-recognised",
            "We could not tell which attachment is the report.",
            "Please send the report as one PDF.",
        ),
    ),
    examine=_pdf_format,
)

READABLE = Check(
    id="readable",
    title="A PDF that opens",
    why="A report that cannot be opened cannot be checked, read or published.",
    remedy="Please send a copy of the PDF that opens without a password.",
    reference=CONVERSION_PARAGRAPH,
    default=Policy.REQUIRED,
    met="“{document}” opens and has {pages} pages.",
    faults=(
        Fault(
            "password",
            "“{document}” needs a password to open.",
            "Please send a copy that opens without a password.",
        ),
        Fault(
            "no-pages",
            "“{document}” opens but has no pages.",
            "Please export the PDF again and send the new copy.",
        ),
        Fault(
            "damaged",
            "“{document}” is damaged or incomplete and does not open.",
            "Please export the PDF again and send the new copy.",
        ),
        Fault(
            "portfolio",
            "“{document}” is a PDF portfolio: a folder of several files in one PDF.",
            "Please combine the parts into one ordinary PDF and send that.",
        ),
        Fault(
            "xfa-form",
            "“{document}” is an interactive form whose pages only some programs can show.",
            "Please print or export it to an ordinary PDF and send that.",
        ),
        Fault("too-complex", "“{document}” could not be read in the time allowed."),
        Fault("repaired", "“{document}” is damaged; parts of it could be read."),
    ),
    examine=_readable,
)

SIZE_LIMIT = Check(
    id="size-limit",
    title="A report within the size limit",
    why="Larger files do not pass through many mail systems.",
    remedy=(
        "Please send a smaller PDF. Saving it with the “minimum size” or “reduce file size” option is usually enough."
    ),
    reference=CONVERSION_PARAGRAPH,
    default=Policy.REQUIRED,
    met="“{document}” is {size}, below the limit of {limit}.",
    faults=(
        Fault(
            "too-large",
            "“{document}” is {size}; the limit is {limit} and the report must be smaller than that.",
            "Please send a smaller PDF. Saving it with the “minimum size” or “reduce file size” option is "
            "usually enough.",
        ),
    ),
    examine=_size_limit,
)


def cannot_be_read(dossier: Dossier, policy: PolicyTable) -> Result | None:
    """The blocked result for checks that need the report's pages, None when they can be looked at."""
    if _pdf_format(dossier, policy).status is not Status.MET:
        return blocked("pdf-format", no_report=likely_report(dossier) is None)
    if _readable(dossier, policy).status is Status.GAP:
        return blocked("readable")
    return None


def open_report(dossier: Dossier, policy: PolicyTable) -> tuple[Document, Parts] | Result:
    """The report and its parts, for checks that look into its pages; a result where that is impossible."""
    report = likely_report(dossier)
    parts = dossier.parts_of(report)
    if (impossible := cannot_be_read(dossier, policy)) is not None:
        return impossible
    return (report, parts) if report is not None and parts is not None else unsure("not-examined")
