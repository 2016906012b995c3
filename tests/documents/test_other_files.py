"""Word, spreadsheets, OpenDocument, RTF, text, web pages and pictures: named rightly, read where that is useful."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from intake.documents.budget import ReadingBudget
from intake.documents.reader import Reader
from intake.model import Document, ReadProblem, TextSource
from intake.sandbox.sandbox import Sandbox
from tests.documents.files import attachment, docx, odt, package, xlsx

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def read(reader: Reader, content: bytes) -> Document:
    return reader.read(attachment(content, "file.bin", "application/octet-stream"))


def test_a_word_file_is_read_in_pages(reader: Reader) -> None:
    document = read(reader, docx(["Dear Councillor", "Areas for final development:", "\f", "Action plan"]))
    assert (document.is_pdf, document.media_type, document.problem) == (False, WORD, None)
    assert [page.text.split("\n")[0] for page in document.pages] == ["Dear Councillor", "Action plan"]


def test_links_and_macros_of_a_word_file_are_told(reader: Reader) -> None:
    address = "https://www.ambleford.gov.uk/reviews"
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Target="{address}" TargetMode="External"/>'
        '<Relationship Id="r2" Target="styles.xml"/></Relationships>'
    )
    more: dict[str, str | bytes] = {
        "word/_rels/document.xml.rels": relations,
        "word/vbaProject.bin": b"\xd0\xcf\x11\xe0",
    }
    document = read(reader, docx(["Report"], more))
    assert document.pages[0].links == (address,)
    assert document.active_content == ("macros",)


def test_a_spreadsheet_is_read_sheet_by_sheet(reader: Reader) -> None:
    document = read(reader, xlsx([[["Recommendation", "Lead agency"], ["Train staff", "Police"]], [["Notes"]]]))
    assert [page.text for page in document.pages] == ["Recommendation\tLead agency\nTrain staff\tPolice", "Notes"]


def test_an_open_document_is_read(reader: Reader) -> None:
    document = read(reader, odt(["Executive summary", "The panel met"]))
    assert document.media_type == "application/vnd.oasis.opendocument.text"
    assert document.pages[0].text == "Executive summary!\nThe panel met!"


def test_rtf_text_and_web_pages_are_read(reader: Reader) -> None:
    rtf = rb"{\rtf1\ansi{\fonttbl{\f0 Arial;}}\f0 Action plan\par It\'92s a \b live\b0  document\{1\}}"
    assert read(reader, rtf).pages[0].text == "Action plan\nIt\u2019s a live document{1}"
    page = b"<!DOCTYPE html><html><head><title>x</title></head><body><script>1</script><p>One<p>Two &amp; three</body>"
    assert read(reader, page).pages[0].text == "One\nTwo & three"
    assert read(reader, "Dear colleague \u2013 caf\u00e9".encode("utf-16")).pages[0].text == "Dear colleague – café"
    assert read(reader, b"plain \x93words\x94").pages[0].text == "plain “words”"


def test_an_old_word_file_is_named_and_not_read(reader: Reader) -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "_VBA_PROJECT".encode("utf-16-le") + bytes(1024)
    document = read(reader, ole)
    assert (document.problem, document.pages, document.active_content) == (ReadProblem.NOT_READ, (), ("macros",))
    assert document.media_type in ("application/x-ole-storage", "application/CDFV2", "application/msword")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_a_picture_is_a_page_to_be_recognised(reader: Reader, kind: str) -> None:
    target = io.BytesIO()
    Image.new("L", (827, 1169), 255).save(target, kind, dpi=(100, 100))
    document = read(reader, target.getvalue())
    assert document.media_type == f"image/{kind.lower()}"
    (page,) = document.pages
    assert (page.source, page.picture, page.text) == (TextSource.NONE, 1.0, "")
    assert (round(page.width), round(page.height)) == (595, 842)


def test_a_fax_has_as_many_pages_as_frames(reader: Reader) -> None:
    target = io.BytesIO()
    frames = [Image.new("1", (200, 300), 1) for _ in range(3)]
    frames[0].save(target, "TIFF", save_all=True, append_images=frames[1:])
    assert [page.number for page in read(reader, target.getvalue()).pages] == [1, 2, 3]


def test_a_photograph_of_a_kind_that_is_not_decoded_is_still_a_page(reader: Reader) -> None:
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200)
    document = read(reader, heic)
    assert document.media_type == "image/heic"
    assert [page.picture for page in document.pages] == [1.0]
    asked = reader.recognise(attachment(heic), document, [1])
    assert asked.unread_pages == (1,)


@pytest.mark.parametrize(
    "content",
    [
        docx(["x"])[:-60],
        package({"word/document.xml": "<w:document"}),
        package({"word/document.xml": ""}),
        package({"xl/workbook.xml": "<x/>", "xl/worksheets/sheet1.xml": "no xml"}),
    ],
    ids=["cut", "broken-xml", "no-xml", "broken-sheet"],
)
def test_damage_is_named(reader: Reader, content: bytes) -> None:
    assert read(reader, content).problem is ReadProblem.DAMAGED


def test_nothing_from_elsewhere_gets_into_the_text(reader: Reader) -> None:
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    outside = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///usr/share/common-licenses/BSD">]>'
    secret = f"{outside}<w:document {space}><w:t>&x;</w:t></w:document>"
    many = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    laughs = f'<!DOCTYPE d [<!ENTITY e0 "ha">{many}]><w:document {space}><w:t>&e11;</w:t></w:document>'
    for part in (secret, laughs):
        document = read(reader, package({"[Content_Types].xml": "<Types/>", "word/document.xml": part}))
        assert not any("ha" in page.text or page.text.strip() for page in document.pages)


def test_a_package_that_unpacks_to_too_much_is_too_complex(reading_sandbox: Sandbox) -> None:
    small = Reader(reading_sandbox, ReadingBudget(max_unpacked=1_000_000))
    assert read(small, docx(["x" * 3_000_000])).problem is ReadProblem.TOO_COMPLEX
    crowd = docx(["x"], {f"extra/{n}": "" for n in range(3000)})
    assert read(small, crowd).problem is ReadProblem.TOO_COMPLEX
