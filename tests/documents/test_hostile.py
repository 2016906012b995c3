"""Files made to hurt: each ends within its limits, costs itself only, and is told from a file that is merely bad."""

from __future__ import annotations

import io
import random
import time
import zlib
from collections.abc import Callable

import pytest
from PIL import Image

from intake.documents.budget import ReadingBudget
from intake.documents.reader import Reader
from intake.model import Document, ReadProblem
from intake.sandbox.limits import Limits
from intake.sandbox.sandbox import Sandbox
from tests.documents.files import attachment, one_page, package, packed_run, pdf, raw_pdf, stream

LONGEST = 60.0


def many_operators() -> bytes:
    return one_page(stream(b"BT /F1 9 Tf " + b"(a) Tj 0 0 Td " * 3_000_000 + b"ET"))


def many_blanks() -> bytes:
    return one_page(stream(b"BT /F1 9 Tf (words of the page) Tj ET " + b" " * 70_000_000))


def blanks_in_text() -> bytes:
    return one_page(stream(b"BT /F1 9 Tf (" + b" " * 70_000_000 + b") Tj ET"))


def gigabyte_stream() -> bytes:
    packed = packed_run(b" " * (1 << 20), 1024)
    return one_page(b"<</Filter/FlateDecode/Length %d>>\nstream\n%b\nendstream" % (len(packed), packed))


def doubly_packed_gigabyte() -> bytes:
    inner = zlib.compress(packed_run(bytes(1 << 20), 256), 9)
    return one_page(b"<</Filter[/FlateDecode/FlateDecode]/Length %d>>\nstream\n%b\nendstream" % (len(inner), inner))


def half_a_million_pages() -> bytes:
    kids = b"3 0 R " * 500_000
    tree = b"<</Type/Pages/Count 500000/Kids[%b]>>" % kids
    return raw_pdf([b"<</Type/Catalog/Pages 2 0 R>>", tree, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"])


def page_tree_loop() -> bytes:
    return raw_pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 9/Kids[2 0 R 2 0 R]/Parent 2 0 R>>"])


def nested_arrays() -> bytes:
    deep = b"[" * 200_000 + b"]" * 200_000
    return raw_pdf([b"<</Type/Catalog/Pages 2 0 R/X %b>>" % deep, b"<</Type/Pages/Count 0/Kids[]>>"])


def outline_loop() -> bytes:
    return raw_pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R/Outlines 4 0 R>>",
            b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
            b"<</First 5 0 R/Last 5 0 R/Count 1>>",
            b"<</Title(a)/Next 5 0 R/First 4 0 R/Dest[3 0 R/Fit]/Parent 4 0 R>>",
        ]
    )


def action_loop() -> bytes:
    return raw_pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R/OpenAction 4 0 R/Names<</EmbeddedFiles 5 0 R>>>>",
            b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
            b"<</S/Launch/Next[4 0 R 4 0 R]>>",
            b"<</Kids[5 0 R 5 0 R]>>",
        ]
    )


def previous_loop() -> bytes:
    whole = pdf(1)
    start = int(whole.rsplit(b"startxref", 1)[1].split()[0])
    return whole.replace(b"/Root", b"/Prev %d /Root" % start)


def huge_picture() -> bytes:
    size = b"/Width 60000/Height 60000/BitsPerComponent 8/ColorSpace/DeviceGray/Type/XObject/Subtype/Image"
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>>"
    return raw_pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
            page,
            stream(b"595 0 0 842 0 0 cm /I Do"),
            stream(b"\0" * 3_600_000, size),
        ]
    )


def huge_page() -> bytes:
    return one_page(stream(b"BT /F1 9 Tf (words) Tj ET")).replace(b"[0 0 595 842]", b"[0 0 9e9 9e9]")


HOSTILE: dict[str, Callable[[], bytes]] = {
    made.__name__: made
    for made in (
        many_operators,
        many_blanks,
        blanks_in_text,
        gigabyte_stream,
        doubly_packed_gigabyte,
        page_tree_loop,
        nested_arrays,
        outline_loop,
        action_loop,
        previous_loop,
        huge_picture,
        huge_page,
    )
}


def test_what_is_packed_only_once_unpacks_to_all_of_it() -> None:
    assert zlib.decompress(packed_run(b"abc" * 500, 40)) == b"abc" * 500 * 40


def read_within(reader: Reader, content: bytes, seconds: float = LONGEST) -> Document:
    began = time.monotonic()
    document = reader.read(attachment(content))
    assert time.monotonic() - began < seconds
    assert reader.read(attachment(pdf(1))).readable, "the next file is read as ever"
    return document


@pytest.mark.parametrize("name", HOSTILE)
def test_a_bomb_costs_itself_only(reader: Reader, name: str) -> None:
    document = read_within(reader, HOSTILE[name]())
    assert document.is_pdf, "it is still told that this is a PDF"
    if not document.pages:
        assert document.problem in (ReadProblem.TOO_COMPLEX, ReadProblem.DAMAGED, ReadProblem.NO_PAGES)


def test_very_many_pages_are_too_complex_and_some_are_read(reader: Reader) -> None:
    document = read_within(reader, half_a_million_pages())
    assert document.is_pdf, "it is still told that this is a PDF"
    assert document.problem is ReadProblem.TOO_COMPLEX


def test_a_page_of_endless_text_is_cut_and_said(reader: Reader) -> None:
    lines = b"".join(b"1 0 0 1 10 %d Tm (words without end) Tj " % (800 - row % 780) for row in range(30_000))
    document = read_within(reader, one_page(stream(b"BT /F1 1 Tf " + lines + b"ET")))
    assert document.problem is ReadProblem.TOO_COMPLEX
    assert len(document.pages[0].text) <= ReadingBudget().max_page_characters


def test_one_heavy_page_does_not_hide_the_others(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reading as a whole is stopped; of its pieces only the heavy page's is."""
    heavy = stream(b"BT /F1 9 Tf " + b"(a) Tj 0 0 Td " * 3_000_000 + b"ET")
    light = stream(b"BT /F1 9 Tf 50 700 Td (The words of a page of the report.) Tj ET")
    kids = b" ".join(b"%d 0 R" % number for number in range(6, 26))
    resources = b"/Resources<</Font<</F1 3 0 R>>>>"
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]%b/Contents %d 0 R>>"
    pages = [page % (resources, 4 if number == 7 else 5) for number in range(20)]
    content = raw_pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Count 20/Kids[%b]>>" % kids,
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
            heavy,
            light,
            *pages,
        ]
    )
    short = Limits(cpu_seconds=1, memory_bytes=1536 << 20)
    monkeypatch.setattr("intake.documents.reader.TEXT_LIMITS", short)
    monkeypatch.setattr("intake.documents.reader.PIECE_LIMITS", short)
    document = reader.read(attachment(content))
    assert document.is_pdf
    assert document.page_count == 20
    assert 16 <= len(document.pages) < 20
    assert all("The words of a page" in page.text for page in document.pages)
    assert document.problem is ReadProblem.TOO_COMPLEX


def test_a_huge_picture_is_shown_small_or_not_at_all(reader: Reader) -> None:
    began = time.monotonic()
    file = attachment(huge_picture())
    shown = reader.render(file.content, 1, dpi=5000)
    asked = reader.recognise(file, reader.read(file), [1])
    assert time.monotonic() - began < LONGEST
    assert not shown or Image.open(io.BytesIO(shown)).width < 6000
    assert asked.page_count == 1


def test_a_picture_that_claims_to_be_huge_is_not_decoded(reader: Reader) -> None:
    target = io.BytesIO()
    Image.new("1", (30000, 30000)).save(target, "PNG")
    file = attachment(target.getvalue(), "scan.png", "image/png")
    document = read_within(reader, file.content)
    assert document.problem is ReadProblem.TOO_COMPLEX
    assert reader.recognise(file, document, [1]).unread_pages == (1,)


def test_a_zip_bomb_in_word_clothes_is_too_complex(reader: Reader) -> None:
    bomb = package({"[Content_Types].xml": "<Types/>", "word/document.xml": b" " * 300_000_000})
    assert read_within(reader, bomb).problem is ReadProblem.TOO_COMPLEX


@pytest.mark.parametrize(
    "content",
    [
        b"<a" * 200_000,
        b"<!DOCTYPE html><html>" + b"<div>" * 200_000,
        b"{\\rtf1" + b"{" * 500_000,
        b"\n" * 3_000_000,
        b"%PDF-1.4\n" * 100_000,
        b"a" * 5_000_000,
    ],
    ids=["tags", "nesting", "braces", "lines", "headers", "one-word"],
)
def test_hostile_text_ends_soon(reader: Reader, content: bytes) -> None:
    read_within(reader, content, 20)


def test_mutated_files_give_a_document_each(reading_sandbox: Sandbox) -> None:
    """Bytes changed, cut out and doubled at random: never an exception, and a problem wherever nothing was read."""
    dice = random.Random(20261123)
    reader = Reader(reading_sandbox)
    whole = pdf(4, title="A title")
    files = [attachment(mutated(whole, dice), f"{number}.pdf") for number in range(60)]
    for document in reader.read_all(files):
        assert document.problem is not None or document.pages
        assert len(document.pages) <= max(document.page_count, 1)


def mutated(content: bytes, dice: random.Random) -> bytes:
    data = bytearray(content)
    for _ in range(dice.choice((1, 3, 30))):
        place = dice.randrange(len(data))
        length = dice.choice((1, 8, 200))
        match dice.randrange(3):
            case 0:
                data[place : place + length] = dice.randbytes(length)
            case 1:
                del data[place : place + length]
            case _:
                data[place:place] = data[place : place + length]
    return bytes(data)
