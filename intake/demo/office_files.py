"""Word and Excel files of the smallest kind that opens: what partnerships send when they forget to convert."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

from intake.demo.action_plans import LIVE_NOTE, Plan, rows_of
from intake.demo.letters import Letter, whole_letter
from intake.demo.prose import CHAPTERS, Author
from intake.demo.reviews import NORTHMERE, Review

_TYPES = "application/vnd.openxmlformats-officedocument."
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORDS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATION_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/"
# a ZIP entry has a date; one for all, so that the same call makes the same bytes
_DATE = (2024, 1, 1, 0, 0, 0)


def a_word_report(
    review: Review = NORTHMERE, letter: Letter | None = None, plan: Plan | None = None, chapters: int = 11
) -> bytes:
    """A report as .docx, with the letter and the plan inside when they are given."""
    author = Author(review, 1)
    parts = [_paragraph(review.csp, "Title"), _paragraph(f"{review.kind}: {review.name}", "Title")]
    parts += [_paragraph("Overview Report", "Heading1"), _paragraph(f"Independent Chair: {review.author}")]
    for number, (title, subject) in enumerate(CHAPTERS[:chapters], 1):
        parts.append(_paragraph(f"{number}. {title}", "Heading1"))
        parts += [_paragraph(author.paragraph(subject)) for _ in range(12)]
    if plan:
        parts += [_paragraph("Appendix A: Action Plan", "Heading1", new_page=True), _paragraph(LIVE_NOTE)]
        parts.append(_table([plan.columns, *rows_of(plan, review)]))
    if letter:
        parts.append(_paragraph("Appendix B: Home Office feedback letter", "Heading1", new_page=True))
        parts += [_paragraph(line) for line in whole_letter(letter, review)]
    return word_file(parts)


def a_word_plan(review: Review = NORTHMERE, plan: Plan | None = None) -> bytes:
    """An action plan as .docx."""
    plan = plan or Plan()
    heading = _paragraph(f"{plan.heading}: {review.csp}", "Heading1")
    return word_file([heading, _paragraph(LIVE_NOTE), _table([plan.columns, *rows_of(plan, review)])])


def a_word_letter(review: Review = NORTHMERE, letter: Letter | None = None) -> bytes:
    """A feedback letter as .docx."""
    return word_file([_paragraph(line) for line in whole_letter(letter or Letter(), review)])


def an_excel_plan(review: Review = NORTHMERE, plan: Plan | None = None) -> bytes:
    """An action plan as .xlsx."""
    plan = plan or Plan()
    rows = [[f"{plan.heading}: {review.csp}"], [LIVE_NOTE], list(plan.columns), *rows_of(plan, review)]
    return workbook(rows)


def word_file(parts: Sequence[str]) -> bytes:
    """A .docx of paragraphs and tables."""
    body = f'<w:document xmlns:w="{_WORDS}"><w:body>{"".join(parts)}<w:sectPr/></w:body></w:document>'
    return _package("word/document.xml", body, _TYPES + "wordprocessingml.document.main+xml", {})


def workbook(rows: Sequence[Sequence[str]]) -> bytes:
    """A .xlsx of one sheet."""
    cells = "".join(f"<row>{''.join(_cell(value) for value in row)}</row>" for row in rows)
    sheet = f'<worksheet xmlns="{_SHEETS}"><sheetData>{cells}</sheetData></worksheet>'
    sheets = '<sheets><sheet name="Action plan" sheetId="1" r:id="rId1"/></sheets>'
    book = f'<workbook xmlns="{_SHEETS}" xmlns:r="{_RELATIONS}">{sheets}</workbook>'
    relations = _relations(_RELATIONS + "/worksheet", "worksheets/sheet1.xml")
    more = {"xl/worksheets/sheet1.xml": sheet, "xl/_rels/workbook.xml.rels": relations}
    return _package("xl/workbook.xml", book, _TYPES + "spreadsheetml.sheet.main+xml", more)


def _cell(value: str) -> str:
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def _paragraph(text: str, style: str = "", new_page: bool = False) -> str:
    look = f'<w:pStyle w:val="{style}"/>' if style else ""
    look += "<w:pageBreakBefore/>" if new_page else ""
    # the file brings no styles of its own, so a heading carries its look itself
    weight = f'<w:rPr><w:b/><w:sz w:val="{44 if style == "Title" else 30}"/></w:rPr>' if style else ""
    return f'<w:p><w:pPr>{look}</w:pPr><w:r>{weight}<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'


def _table(rows: Sequence[Sequence[str]]) -> str:
    drawn = "".join(f"<w:tr>{''.join(f'<w:tc>{_paragraph(cell)}</w:tc>' for cell in row)}</w:tr>" for row in rows)
    borders = "".join(f'<w:{side} w:val="single" w:sz="4"/>' for side in ("top", "bottom", "insideH", "insideV"))
    return f"<w:tbl><w:tblPr><w:tblBorders>{borders}</w:tblBorders></w:tblPr>{drawn}</w:tbl>"


def _relations(kind: str, target: str) -> str:
    entry = f'<Relationship Id="rId1" Type="{kind}" Target="{target}"/>'
    return f'<Relationships xmlns="{_PACKAGE}relationships">{entry}</Relationships>'


def _package(main: str, body: str, media_type: str, more: dict[str, str]) -> bytes:
    extra = _TYPES + "spreadsheetml.worksheet+xml"
    overrides = f'<Override PartName="/{main}" ContentType="{media_type}"/>'
    overrides += "".join(f'<Override PartName="/{n}" ContentType="{extra}"/>' for n in more if n.endswith(".xml"))
    defaults = '<Default Extension="xml" ContentType="application/xml"/>'
    defaults += f'<Default Extension="rels" ContentType="{_RELATION_TYPE}"/>'
    files = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}content-types">{defaults}{overrides}</Types>',
        "_rels/.rels": _relations(_RELATIONS + "/officeDocument", main),
        main: body,
        **more,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in files.items():
            head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
            package.writestr(zipfile.ZipInfo(name, _DATE), head + text, zipfile.ZIP_DEFLATED)
    return out.getvalue()
