"""What in a file a careful person would stop at before it goes out: comments, tracked changes, DRAFT, passages left to
be filled in, redaction marks that were never applied, a name in the file's properties. For these reports a slip here
exposes somebody.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from intake.model import Page, Remark

MOST = 50
_QUOTED = 200
COMMENTS, CHANGES, DRAFT, REDACTION = "comments", "tracked-changes", "draft", "redaction-not-applied"
PROPERTIES, LEFT_OPEN = "name-in-properties", "left-open"
# What reviewers leave in a PDF. ISO 32000-1, table 169; PDF 1.7 extension level 3 for redactions.
_ANNOTATIONS = {
    "/Text": COMMENTS,
    "/Highlight": COMMENTS,
    "/Ink": COMMENTS,
    "/StrikeOut": CHANGES,
    "/Caret": CHANGES,
    "/Squiggly": CHANGES,
    "/Redact": REDACTION,
}
# What its writer left to be filled in: "[insert date]", "[Police to confirm: …", "xx/xx/xxxx". A quotation's bracket
# holds no such word ("he said that [the check] was done").
_LEFT_OPEN = re.compile(
    r"\[(?i:insert|add|check|confirm|tbc|tbd|to be (?:confirmed|added|inserted|agreed|completed)|note to|xx)\b"
    r"[^\]\n]{0,80}"
    r"|\[[^\]\n]{0,40}\b(?i:to (?:confirm|check|add|insert|provide|supply|update))\b[^\]\n]{0,80}"
    r"|\b[xX]{2}[/.][xX]{2}[/.][xX]{2,4}\b"
)
_DRAFT_STAMPS = ("/Draft", "/NotApproved", "/NotForPublicRelease")
# How an office program prints comments and changes into the margin.
_IN_THE_MARGIN = re.compile(r"\bCommented \[\w{1,6}\]:[^\n]{0,120}")
_CHANGED = re.compile(r"^(?:Deleted|Formatted|Inserted|Moved down \[\d+\]|Moved up \[\d+\]):[^\n]{0,80}", re.MULTILINE)
_FEW_CHANGES = 2
# Across a page, each letter may come on a line of its own.
_DRAFT_ALONE = re.compile(r"^[ \t]*D\s?R\s?A\s?F\s?T[ \t]*$", re.MULTILINE)
_DRAFT_LINE = re.compile(r"^[^\n]{0,40}\bdraft\b[^\n]{0,40}$", re.IGNORECASE | re.MULTILINE)
_DRAFT_PAGES, _DRAFT_SHARE = 2, 0.5
_OPERATION = re.compile(r"\bOp(?:eration)?\.? [A-Z][\w-]{2,}")
_NAME = re.compile(r"(?<![^\W_])[A-Z][a-z]{2,}(?:['’-][A-Za-z]+)?(?![^\W\d_])")
_OF_FILES = """
    microsoft word excel powerpoint document report final draft version copy untitled template print layout adobe
    acrobat publication published redacted combined merged clean amended revised updated website web appendix
    appendices annex annexes with and the for january february march april may june july august september october
    november december jan feb mar apr jun jul aug sept sep oct nov dec docx doc pdf overview executive summary
    domestic homicide abuse related death review dhr dardr csp public public-facing accessible anonymised home office
    submission letter action plan
"""
_ORDINARY = frozenset(_OF_FILES.split())
_ENOUGH_TEXT = 20_000  # characters: a report's, and no letter's


def of_annotation(kind: str, name: str, contents: str, page: int) -> Remark | None:
    """What a reviewer left on a page, by the annotation's type and name; None for a link, a field and the like."""
    if kind in _ANNOTATIONS:
        return Remark(_ANNOTATIONS[kind], page, contents[:_QUOTED])
    return Remark(DRAFT, page, name[1:]) if kind == "/Stamp" and name in _DRAFT_STAMPS else None


def of_text(pages: Sequence[Page]) -> list[Remark]:
    """Comments, changes, DRAFT and passages left open that were printed onto the pages."""
    found: list[Remark] = []
    changes: list[Remark] = []
    alone: list[Remark] = []
    lines = Counter[str]()
    for page in pages:
        if "Commented [" in page.text:
            found += [Remark(COMMENTS, page.number, match.group()) for match in _IN_THE_MARGIN.finditer(page.text)]
        if "ed:" in page.text or "]:" in page.text:
            changes += [Remark(CHANGES, page.number, match.group()) for match in _CHANGED.finditer(page.text)]
        if "[" in page.text or "xx" in page.text.lower():
            found += [Remark(LEFT_OPEN, page.number, match.group()) for match in _LEFT_OPEN.finditer(page.text)]
        if match := _DRAFT_ALONE.search(page.text):
            alone.append(Remark(DRAFT, page.number, "".join(match.group().split())))
        if "raft" in page.text or "RAFT" in page.text:
            lines.update({" ".join(line.split()) for line in _DRAFT_LINE.findall(page.text)})
    if len(changes) >= _FEW_CHANGES:
        found += changes
    running = [line for line, times in lines.items() if times >= max(_DRAFT_PAGES, len(pages) * _DRAFT_SHARE)]
    found += [Remark(DRAFT, None, line) for line in running[:1]] or (alone[:1] if len(alone) >= _DRAFT_PAGES else [])
    return found[:MOST]


def of_properties(title: str, properties: Iterable[str], pages: Sequence[Page]) -> list[Remark]:
    """A name in the file's properties that its pages do not hold: a pseudonym is of no use beside it."""
    shown = None
    found = []
    for said, pattern in ((title, _NAME), *((said, _OPERATION) for said in (title, *properties))):
        names = [name for name in pattern.findall(said) if name.lower() not in _ORDINARY]
        if not names:
            continue
        shown = shown or "\n".join(page.text for page in pages).lower()
        strange = [name for name in names if name.lower() not in shown]
        # Where hardly anything could be read, nothing can be missing from it.
        if strange and len(shown) > _ENOUGH_TEXT:
            found.append(Remark(PROPERTIES, None, " ".join(strange)))
    return found[:1]
