"""A page is what a person sees: hidden text is no text, and what is drawn and not in the layer is known to be there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from reportlab.lib.colors import Color, white
from reportlab.pdfgen.canvas import Canvas

from intake.documents.reader import Reader
from intake.model import Page, TextSource
from tests.documents import seen
from tests.documents.files import attachment, changed, pdf
from tests.documents.seen import letter, one

WRITING = 0.01
FIRST_LINE = "Page 1 of the report"


def looked_at(reader: Reader, content: bytes) -> Page:
    file = attachment(content)
    (page,) = reader.recognise(file, reader.read(file), [1]).pages
    return page


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(lambda: one(letter(mode=seen.INVISIBLE)), id="invisible"),
        pytest.param(lambda: one(letter(mode=seen.CLIP)), id="clip-only"),
        pytest.param(lambda: one(letter(colour=white)), id="white-on-white"),
        pytest.param(lambda: one(letter(colour=Color(0.95, 0.95, 0.95))), id="nearly-white"),
        pytest.param(lambda: one(letter(), seen.blind), id="covered"),
        pytest.param(lambda: one(letter(left=700)), id="off-the-page"),
        pytest.param(lambda: one(letter(size=0.05)), id="a-twentieth-of-a-point"),
        pytest.param(seen.cropped_away, id="outside-the-crop-box"),
    ],
)
def test_text_that_nobody_sees_is_no_text(reader: Reader, content: Callable[[], bytes]) -> None:
    page = looked_at(reader, content())
    assert page.text.split() == FIRST_LINE.split()
    assert page.sight is not None
    assert page.sight.unseen > 600
    assert page.sight.drawn < WRITING


def test_a_layer_that_is_off_leaves_a_blank_page(reader: Reader) -> None:
    page = looked_at(reader, seen.layered_away())
    assert (page.text, page.source) == ("", TextSource.LAYER)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(lambda: one(letter()), id="plain"),
        pytest.param(lambda: one(letter(size=5)), id="small"),
        pytest.param(lambda: one(letter(colour=Color(0.6, 0.6, 0.6))), id="grey"),
        pytest.param(lambda: one(seen.table), id="a-ruled-table"),
        pytest.param(lambda: changed(one(letter()), lambda writer: writer.pages[0].rotate(90)), id="turned"),
        pytest.param(lambda: pdf(1, lines=45), id="full"),
    ],
)
def test_text_that_is_seen_stays_as_it_is_and_nothing_else_is_drawn(
    reader: Reader, content: Callable[[], bytes]
) -> None:
    file = attachment(content())
    document = reader.read(file)
    (page,) = reader.recognise(file, document, [1]).pages
    assert page.text == document.pages[0].text
    assert page.sight is not None
    assert (page.sight.unseen, page.sight.underlaid, page.sight.covered) == (0, 0.0, ())
    assert page.sight.drawn < WRITING


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(lambda: one(seen.scanned()), id="a-scan"),
        pytest.param(lambda: one(seen.scanned((150, 60, 295, 420))), id="a-scan-on-a-quarter-of-the-page"),
        pytest.param(seen.outlined, id="outlines"),
        pytest.param(lambda: seen.annotated("stamp"), id="a-stamp"),
        pytest.param(lambda: seen.annotated("note"), id="typed-upon-the-page"),
        pytest.param(seen.filled_form, id="a-form"),
    ],
)
def test_what_is_drawn_and_not_in_the_layer_is_known(reader: Reader, content: Callable[[], bytes]) -> None:
    page = looked_at(reader, content())
    assert page.text.split() == FIRST_LINE.split()
    assert page.sight is not None
    assert page.sight.drawn > WRITING
    assert page.sight.unseen == 0


@pytest.mark.parametrize("content", [seen.filled_form, lambda: seen.annotated("stamp"), lambda: one(seen.scanned())])
def test_asked_for_once_more_such_a_page_is_recognised(reader: Reader, content: Callable[[], bytes]) -> None:
    file = attachment(content())
    document = reader.recognise(file, reader.read(file), [1])
    assert not document.pages[0].recognised
    (page,) = reader.recognise(file, document, [1]).pages
    assert (page.recognised, page.source) == (True, TextSource.OCR)
    assert "considered at the panel meeting" in page.text


def test_a_scanners_layer_is_told_from_typed_text(reader: Reader) -> None:
    page = looked_at(reader, one(seen.scanned(), letter(mode=seen.INVISIBLE)))
    assert page.sight is not None
    assert page.sight.underlaid > 0.9
    assert page.scanned
    assert "considered at the panel meeting" in page.text
    typed_over_a_picture = looked_at(reader, one(seen.scanned((0, 0, 595, 60)), letter()))
    assert not typed_over_a_picture.scanned


def test_a_layer_that_lies_beside_its_words_is_still_a_scanners(reader: Reader) -> None:
    page = looked_at(reader, one(seen.scanned(turn=180), letter(mode=seen.INVISIBLE, left=300)))
    assert page.scanned


def test_words_under_a_dark_box_are_named_and_taken_out(reader: Reader) -> None:
    file = attachment(one(letter(), seen.bar))
    document = reader.read(file)
    assert document.pages[0].boxed
    (page,) = reader.recognise(file, document, [1]).pages
    assert page.sight is not None
    assert page.sight.covered == tuple(seen.WORDS[0].split())
    assert page.text.count("Councillor") == 2
    assert not reader.read(attachment(one(seen.table))).pages[0].boxed


def test_a_dark_box_that_was_laid_over_the_page_as_a_form_is_one(reader: Reader) -> None:
    def laid_over(canvas: Canvas, number: int) -> None:
        canvas.beginForm("over")
        seen.bar(canvas, number)
        canvas.endForm()
        canvas.doForm("over")

    file = attachment(one(letter(), laid_over))
    document = reader.read(file)
    assert document.pages[0].boxed
    (page,) = reader.recognise(file, document, [1]).pages
    assert page.sight is not None
    assert page.sight.covered == tuple(seen.WORDS[0].split())


def test_light_words_on_a_dark_bar_are_seen(reader: Reader) -> None:
    page = looked_at(reader, one(seen.bar, letter(colour=Color(1, 1, 1))))
    assert page.sight is not None
    assert page.sight.covered == ()
    assert page.text.count("Councillor") == 1


def test_typed_text_beside_a_picture_is_kept_where_ocr_reads_less(reader: Reader) -> None:
    file = attachment(pdf(1, lines=45, draw=seen.scanned((300, 20, 200, 100))))
    document = reader.recognise(file, reader.read(file), [1])
    (page,) = reader.recognise(file, document, [1]).pages
    assert page.recognised
    assert page.source in {TextSource.LAYER, TextSource.OCR}
    assert page.text.count("The review considered how agencies") >= 40
