"""The frame of a PDF: title, outline, labels, links; what runs or reaches out; forms and portfolios."""

from __future__ import annotations

import pytest
from pypdf import PdfWriter
from pypdf.annotations import Link
from pypdf.constants import PageLabelStyle
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    PdfObject,
    TextStringObject,
)
from reportlab.pdfgen.canvas import Canvas

from intake.documents.reader import Reader
from intake.model import Document, ReadProblem
from tests.documents.files import attachment, changed, pdf, set_root


def read(reader: Reader, content: bytes) -> Document:
    return reader.read(attachment(content))


def action(kind: str, **more: PdfObject) -> DictionaryObject:
    found = DictionaryObject({NameObject("/S"): NameObject(kind)})
    found.update({NameObject(f"/{name}"): value for name, value in more.items()})
    return found


def annotation(kind: str, **more: PdfObject) -> DictionaryObject:
    box = ArrayObject(NumberObject(value) for value in (10, 10, 90, 30))
    found = DictionaryObject({NameObject("/Subtype"): NameObject(kind), NameObject("/Rect"): box})
    found.update({NameObject(f"/{name}"): value for name, value in more.items()})
    return found


def on_page(item: DictionaryObject) -> bytes:
    def change(writer: PdfWriter) -> None:
        writer.pages[1][NameObject("/Annots")] = ArrayObject([writer._add_object(item)])

    return changed(pdf(2), change)


def in_root(key: str, value: DictionaryObject) -> bytes:
    return changed(pdf(2), lambda writer: set_root(writer, key, value))


def test_a_plain_report_holds_nothing_active(reader: Reader) -> None:
    document = read(reader, pdf(2, title="The review of A"))
    assert (document.active_content, document.embedded_files, document.title) == ((), (), "The review of A")


def test_title_outline_labels_and_links_are_told(reader: Reader) -> None:
    def draw(canvas: Canvas, number: int) -> None:
        canvas.bookmarkPage(f"p{number}")
        canvas.addOutlineEntry(f"Heading {number}", f"p{number}", level=min(number - 1, 2))
        if number == 2:
            canvas.linkURL("https://www.ambleford.gov.uk/reviews", (10, 10, 90, 30))

    def label(writer: PdfWriter) -> None:
        writer.set_page_label(0, 1, style=PageLabelStyle.LOWERCASE_ROMAN)
        writer.set_page_label(2, 3, style=PageLabelStyle.DECIMAL, start=1)

    document = read(reader, changed(pdf(4, draw=draw), label))
    assert document.outline == (("Heading 1", 1), ("Heading 2", 2), ("Heading 3", 3), ("Heading 4", 4))
    assert [page.label for page in document.pages] == ["i", "ii", "1", "2"]
    assert document.pages[1].links == ("https://www.ambleford.gov.uk/reviews",)
    assert document.active_content == ()


@pytest.mark.parametrize(
    ("kind", "more", "name"),
    [
        ("/JavaScript", {"JS": TextStringObject("app.alert(1)")}, "javascript"),
        ("/Launch", {"F": TextStringObject("calc.exe")}, "launch"),
        ("/SubmitForm", {"F": TextStringObject("https://evil.example")}, "submit-form"),
        ("/GoToR", {"F": TextStringObject("other.pdf")}, "external-file"),
        ("/ImportData", {"F": TextStringObject("data.fdf")}, "external-file"),
        ("/URI", {"URI": TextStringObject("file:///etc/passwd")}, "external-file"),
        ("/URI", {"URI": TextStringObject("javascript:alert(1)")}, "javascript"),
        ("/Rendition", {}, "rich-media"),
    ],
)
def test_what_a_link_does_is_named(reader: Reader, kind: str, more: dict[str, PdfObject], name: str) -> None:
    document = read(reader, on_page(annotation("/Link", A=action(kind, **more))))
    assert document.active_content == (name,)
    assert document.pages[1].links == ()


def test_an_action_chained_behind_a_harmless_one_is_found(reader: Reader) -> None:
    chain = action("/GoTo", Next=ArrayObject([action("/Named", Next=action("/Launch"))]))
    assert read(reader, on_page(annotation("/Link", A=chain))).active_content == ("launch",)


@pytest.mark.parametrize(
    ("kind", "name"), [("/FileAttachment", "embedded-file"), ("/RichMedia", "rich-media"), ("/3D", "rich-media")]
)
def test_annotations_that_hold_something_are_named(reader: Reader, kind: str, name: str) -> None:
    assert read(reader, on_page(annotation(kind))).active_content == (name,)


def test_what_happens_on_opening_is_named_unless_it_only_turns_to_a_page(reader: Reader) -> None:
    script = action("/JavaScript", JS=TextStringObject("1"))
    assert read(reader, in_root("/OpenAction", script)).active_content == ("javascript", "open-action")
    assert read(reader, in_root("/OpenAction", action("/GoTo"))).active_content == ()
    additional = DictionaryObject({NameObject("/WC"): script})
    assert read(reader, in_root("/AA", additional)).active_content == ("javascript",)
    scripts = DictionaryObject({NameObject("/JavaScript"): DictionaryObject()})
    assert read(reader, in_root("/Names", scripts)).active_content == ("javascript",)


def test_script_in_a_form_field_is_found(reader: Reader) -> None:
    script = DictionaryObject({NameObject("/K"): action("/JavaScript", JS=TextStringObject("1"))})
    inner = DictionaryObject({NameObject("/T"): TextStringObject("b"), NameObject("/AA"): script})
    field = DictionaryObject({NameObject("/T"): TextStringObject("a"), NameObject("/Kids"): ArrayObject([inner])})
    form = DictionaryObject({NameObject("/Fields"): ArrayObject([field])})
    assert read(reader, in_root("/AcroForm", form)).active_content == ("javascript",)


def test_embedded_files_are_named_and_can_be_had(reader: Reader) -> None:
    inner = pdf(2)
    content = changed(pdf(1), lambda writer: writer.add_attachment("Action plan.pdf", inner))
    document = read(reader, content)
    assert document.embedded_files == ("Action plan.pdf",)
    assert document.active_content == ("embedded-file",)
    assert document.problem is None
    (file,) = reader.embedded(content, "report.pdf")
    assert (file.name, file.declared_type, file.content) == ("Action plan.pdf", "application/pdf", inner)
    assert file.containers == ("report.pdf",)
    assert reader.embedded(b"no pdf at all") == []


def test_a_portfolio_is_named(reader: Reader) -> None:
    def change(writer: PdfWriter) -> None:
        writer.add_attachment("report.pdf", pdf(3))
        set_root(writer, "/Collection", DictionaryObject())

    document = read(reader, changed(pdf(1), change))
    assert (document.problem, document.embedded_files) == (ReadProblem.PORTFOLIO, ("report.pdf",))


def test_a_form_drawn_by_a_viewer_is_told_from_a_printed_one(reader: Reader) -> None:
    form = DictionaryObject({NameObject("/XFA"): TextStringObject("<xdp/>"), NameObject("/Fields"): ArrayObject()})
    assert read(reader, in_root("/AcroForm", form)).problem is None

    def dynamic(writer: PdfWriter) -> None:
        set_root(writer, "/AcroForm", form)
        writer.root_object[NameObject("/NeedsRendering")] = BooleanObject(True)

    assert read(reader, changed(pdf(1), dynamic)).problem is ReadProblem.XFA
    waiting = pdf(1, lines=0, draw=lambda canvas, _: canvas.drawString(60, 600, "Please wait... If this message"))
    assert read(reader, changed(waiting, lambda w: set_root(w, "/AcroForm", form))).problem is ReadProblem.XFA


def test_links_inside_the_document_are_no_addresses(reader: Reader) -> None:
    def change(writer: PdfWriter) -> None:
        writer.add_annotation(0, Link(rect=(10, 10, 90, 30), target_page_index=1))

    assert read(reader, changed(pdf(2), change)).pages[0].links == ()


def test_words_are_found_on_a_page_for_highlighting(reader: Reader) -> None:
    (box,) = reader.find_words(pdf(2), 2, "page 2 OF")
    assert 0.09 < box.left < 0.12
    assert 0.05 < box.top < 0.08
    assert reader.find_words(pdf(2), 2, "not there") == []
    assert reader.find_words(pdf(2), 9, "Page") == []
    assert reader.find_words(b"no pdf", 1, "Page") == []
