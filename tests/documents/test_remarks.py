"""What a careful person would stop at is said, with its page; what every report has is not."""

from __future__ import annotations

import pypdf
import pytest
from pypdf.annotations import Highlight, Text
from pypdf.generic import ArrayObject, DictionaryObject, FloatObject, NameObject, create_string_object
from reportlab.pdfgen.canvas import Canvas

from intake.documents.reader import Reader
from intake.documents.remarks import of_properties
from intake.model import Page, Remark, TextSource
from tests.documents import seen
from tests.documents.files import attachment, changed, pdf

LONG = 9  # pages of full text: enough to say that a name is not in it


def remarks(reader: Reader, content: bytes) -> tuple[Remark, ...]:
    return reader.read(attachment(content)).remarks


def annotation(kind: str, **entries: str) -> DictionaryObject:
    found = DictionaryObject({NameObject("/Type"): NameObject("/Annot"), NameObject("/Subtype"): NameObject(kind)})
    found[NameObject("/Rect")] = ArrayObject(map(FloatObject, (50, 700, 200, 712)))
    for key, value in entries.items():
        found[NameObject(f"/{key}")] = NameObject(value) if value.startswith("/") else create_string_object(value)
    return found


@pytest.mark.parametrize(
    ("left", "remark"),
    [
        (Text(rect=(50, 700, 70, 720), text="Is this her real street?"), ("comments", "Is this her real street?")),
        (
            Highlight(
                rect=(50, 700, 90, 712), quad_points=ArrayObject(map(FloatObject, (50, 700, 90, 700, 50, 712, 90, 712)))
            ),
            ("comments", ""),
        ),
        (annotation("/StrikeOut", Contents="delete"), ("tracked-changes", "delete")),
        (annotation("/Caret", Contents="add"), ("tracked-changes", "add")),
        (annotation("/Redact"), ("redaction-not-applied", "")),
        (annotation("/Stamp", Name="/Draft"), ("draft", "Draft")),
    ],
    ids=["note", "highlight", "struck-out", "inserted", "redaction", "stamp"],
)
def test_what_reviewers_left_is_said_with_its_page(
    reader: Reader, left: DictionaryObject, remark: tuple[str, str]
) -> None:
    content = changed(pdf(3), lambda writer: writer.add_annotation(1, left))
    assert remarks(reader, content) == (Remark(remark[0], 2, remark[1]),)


def test_links_and_stamps_of_other_kinds_are_nobodys_remarks(reader: Reader) -> None:
    def add(writer: pypdf.PdfWriter) -> None:
        writer.add_annotation(0, annotation("/Link"))
        writer.add_annotation(0, annotation("/Stamp", Name="/Approved"))

    assert remarks(reader, changed(pdf(2), add)) == ()


def printed(*lines: str, on: tuple[int, ...] = (1, 2, 3)) -> bytes:
    """Four pages with these lines at the head of some."""

    def draw(canvas: Canvas, number: int) -> None:
        for row, line in enumerate(lines if number in on else ()):
            canvas.drawString(60, 820 - 12 * row, line)

    return pdf(4, draw=draw)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            printed("Commented [AB1]: Do we need her age?", on=(3,)),
            [Remark("comments", 3, "Commented [AB1]: Do we need her age?")],
        ),
        (printed("Deleted: in Ambleford", "Formatted: Font: Bold", on=(2,)), 2),
        (printed("DRAFT"), [Remark("draft", None, "DRAFT")]),
        (printed("Draft v0.3 - not for circulation"), [Remark("draft", None, "Draft v0.3 - not for circulation")]),
        (printed("D", "R", "A", "F", "T", on=(1, 4)), [Remark("draft", 1, "DRAFT")]),
        (printed("DRAFT", on=(2,)), []),
        (printed("It met on [INSERT DATE].", on=(2,)), [Remark("left-open", 2, "[INSERT DATE")]),
        (printed("[Police to confirm: two calls or three?]", on=(4,)), None),
        (printed("It was approved on xx/xx/xxxx.", on=(3,)), [Remark("left-open", 3, "xx/xx/xxxx")]),
        (printed("He said that [the officer] was “adding [to it]”, and asked to check.", on=(3,)), []),
        (printed("The first draft of the report was shared with the family.", on=(2,)), []),
        (printed("Deleted: see above", on=(2,)), []),
    ],
    ids=[
        "margin-comment",
        "margin-changes",
        "draft",
        "draft-header",
        "draft-across",
        "one-page",
        "to-insert",
        "to-confirm",
        "no-date",
        "brackets",
        "prose",
        "one-line",
    ],
)
def test_what_was_printed_onto_the_pages_is_said(
    reader: Reader, content: bytes, expected: list[Remark] | int | None
) -> None:
    found = remarks(reader, content)
    if expected is None:
        assert [remark.code for remark in found] == ["left-open"]
        return
    if isinstance(expected, int):
        assert [remark.code for remark in found] == ["tracked-changes"] * expected
    else:
        assert list(found) == expected


@pytest.mark.parametrize(
    ("title", "author", "expected"),
    [
        ("Operation Kestrel overview report", "", "Operation Kestrel"),
        ("Microsoft Word - DHR Marchbank v7 FINAL.docx", "", "Marchbank"),
        ("Overview report", "Operation Kestrel team", "Operation Kestrel"),
        ("Domestic Homicide Review: Ambleford", "Harriet Lindqvist", None),
        ("Microsoft Word - Overview_Report_Final_November_2024.docx", "", None),
        ("", "", None),
    ],
)
def test_a_name_in_the_properties_that_no_page_holds_is_said(
    reader: Reader, title: str, author: str, expected: str | None
) -> None:
    def name(writer: pypdf.PdfWriter) -> None:
        writer.add_metadata({"/Title": title, "/Author": author})

    found = remarks(reader, changed(pdf(LONG, lines=45), name))
    assert [(remark.code, remark.text) for remark in found] == ([("name-in-properties", expected)] if expected else [])


def test_of_a_short_file_nothing_is_missed(reader: Reader) -> None:
    content = changed(pdf(1), lambda writer: writer.add_metadata({"/Title": "Letter to Marchbank"}))
    assert remarks(reader, content) == ()


def test_words_under_a_box_are_said_after_a_look(reader: Reader) -> None:
    file = attachment(seen.one(seen.letter(), seen.bar))
    document = reader.recognise(file, reader.read(file), [1])
    assert document.remarks == (Remark("text-under-box", 1, seen.WORDS[0]),)


def test_a_few_dozen_remarks_and_the_beginning_of_each_are_enough_for_a_person(reader: Reader) -> None:
    def add(writer: pypdf.PdfWriter) -> None:
        for _ in range(60):
            writer.add_annotation(0, annotation("/Caret", Contents="x" * 300))

    found = remarks(reader, changed(pdf(1), add))
    assert (len(found), {len(remark.text) for remark in found}) == (50, {200})


@pytest.mark.parametrize(("on", "expected"), [((1, 2), True), ((1,), False)])
def test_a_draft_line_counts_that_runs_over_half_the_pages(reader: Reader, on: tuple[int, ...], expected: bool) -> None:
    assert bool(remarks(reader, printed("Draft for the panel", on=on))) is expected
    five = pdf(5, draw=lambda canvas, number: canvas.drawString(60, 820, "Draft 2") if number in on else None)
    assert remarks(reader, five) == ()


@pytest.mark.parametrize(("characters", "expected"), [(19_999, False), (20_001, True)])
def test_a_name_can_be_missing_from_a_reports_length_of_text_only(characters: int, expected: bool) -> None:
    page = Page(1, "a" * characters, TextSource.LAYER)
    assert bool(of_properties("Report on Marchbank", (), [page])) is expected
