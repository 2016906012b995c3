"""The case sheet as a PDF: A4, plain, every page numbered. Drawn in a sandbox child: its pictures come of a file from
outside.
"""

from __future__ import annotations

import io
import unicodedata
from xml.sax.saxutils import escape

import msgspec
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Image, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from intake.web.sheet import Block, Sheet

_MARGIN, _FOOT = 18 * mm, 9 * mm
_WIDTH = A4[0] - 2 * _MARGIN - 12  # the frame keeps 6 points free on each side
_PICTURE = 62 * mm  # wide, at most
_TALLEST = 88 * mm
_LONGEST = 12_000  # characters of one block
_CODEC = "cp1252"  # what the fonts that every reader has can show (ISO 32000-1, annex D.2)

_BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=9.5, leading=13, spaceAfter=4)
_TITLE = ParagraphStyle("title", parent=_BODY, fontName="Helvetica-Bold", fontSize=16, leading=20, spaceAfter=8)
_HEADING = ParagraphStyle("heading", parent=_BODY, fontName="Helvetica-Bold", fontSize=12, leading=16, spaceBefore=10)
_SMALL = ParagraphStyle("small", parent=_BODY, fontName="Helvetica-Bold", spaceBefore=5, keepWithNext=1)
_QUOTE = ParagraphStyle("quote", parent=_BODY, leftIndent=10, textColor=colors.HexColor("#333333"))


def draw(content: memoryview) -> bytes:
    """The sheet, given as MessagePack, as a PDF."""
    sheet = msgspec.msgpack.decode(content, type=Sheet)
    target = io.BytesIO()
    document = SimpleDocTemplate(
        target,
        pagesize=A4,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=_MARGIN,
        title=shown(sheet.title),
        author="",
        invariant=1,
    )
    story: list[Flowable] = [Paragraph(_marked(sheet.title), _TITLE)]
    for block in sheet.blocks:
        story += _flowables(block)
    foot = shown(sheet.foot)

    def number(canvas: Canvas, made: SimpleDocTemplate) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.drawString(_MARGIN, _FOOT, foot)
        canvas.drawRightString(A4[0] - _MARGIN, _FOOT, f"Page {made.page}")

    document.build(story, onFirstPage=number, onLaterPages=number)
    return target.getvalue()


def shown(text: str) -> str:
    """Text in the letters that the fonts have: what they lack stands without its accents, or as a question mark."""
    return "".join(_letter(each) for each in text)


def _letter(letter: str) -> str:
    for form in (letter, unicodedata.normalize("NFKD", letter)):
        kept = form.encode(_CODEC, "ignore").decode(_CODEC)
        if kept:
            return kept
    return "" if unicodedata.combining(letter) or unicodedata.category(letter) == "Cf" else "?"


def _marked(text: str) -> str:
    whole = text if len(text) <= _LONGEST else f"{text[:_LONGEST]} … (the rest is in the log)"
    return "<br/>".join(escape(shown(line)) for line in whole.splitlines()) or "&nbsp;"


def _flowables(block: Block) -> list[Flowable]:
    match block.kind:
        case "heading":
            return [Paragraph(_marked(block.text), _HEADING)]
        case "small":
            return [Paragraph(_marked(block.text), _SMALL)]
        case "quote":
            return [Paragraph(_marked(block.text), _QUOTE)]
        case "pair":
            return [_pair(block)]
        case "picture":
            return _picture(block)
    return [Paragraph(_marked(block.text), _BODY)]


def _pair(block: Block) -> Flowable:
    row = [[Paragraph(f"<b>{_marked(block.label)}</b>", _BODY), Paragraph(_marked(block.text), _BODY)]]
    table = Table(row, colWidths=[38 * mm, _WIDTH - 38 * mm])
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEBELOW", (0, 0), (-1, -1), 0.3, colors.grey),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
            ]
        )
    )
    return table


def _picture(block: Block) -> list[Flowable]:
    picture = Image(io.BytesIO(block.picture))
    scale = min(_PICTURE / picture.imageWidth, _TALLEST / picture.imageHeight)
    picture.drawWidth, picture.drawHeight = picture.imageWidth * scale, picture.imageHeight * scale
    picture.hAlign = "LEFT"
    framed = Table([[picture]], style=[("BOX", (0, 0), (-1, -1), 0.4, colors.grey)], hAlign="LEFT")
    return [KeepTogether([framed, Paragraph(_marked(block.text), _QUOTE), Spacer(1, 4)])]
