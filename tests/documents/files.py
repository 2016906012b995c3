"""Real files of many kinds, made when the tests run. Everybody and everything in them is invented."""

from __future__ import annotations

import io
import random
import zipfile
import zlib
from collections.abc import Callable, Sequence

import pypdf
from PIL import Image, ImageFilter
from pypdf.generic import DictionaryObject, NameObject
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from intake.model import Attachment

SENTENCE = "The review considered how agencies shared what they knew about the family in Ambleford."


def attachment(content: bytes, name: str = "report.pdf", declared_type: str = "application/pdf") -> Attachment:
    return Attachment(name, declared_type, content)


def pdf(pages: int = 3, lines: int = 12, draw: Callable[[Canvas, int], None] | None = None, title: str = "") -> bytes:
    """Pages of prose; each begins with "Page N of the report"."""
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=A4, pageCompression=1)
    for number in range(1, pages + 1):
        canvas.drawString(60, 780, f"Page {number} of the report")
        for line in range(lines):
            canvas.drawString(60, 750 - 14 * line, SENTENCE)
        if draw:
            draw(canvas, number)
        canvas.showPage()
    if title:
        canvas.setTitle(title)
    canvas.save()
    return target.getvalue()


def encrypted(content: bytes, user: str, owner: str, algorithm: str) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
    writer.encrypt(user, owner, algorithm=algorithm)
    return written(writer)


def changed(content: bytes, change: Callable[[pypdf.PdfWriter], object]) -> bytes:
    """The file after one change to its objects."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
    change(writer)
    return written(writer)


def written(writer: pypdf.PdfWriter) -> bytes:
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def set_root(writer: pypdf.PdfWriter, key: str, value: DictionaryObject) -> None:
    writer.root_object[NameObject(key)] = value


def raw_pdf(objects: Sequence[bytes], root: int = 1) -> bytes:
    """A PDF of hand-written objects, numbered from 1, with a right cross-reference table."""
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%b\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % offset for offset in offsets)
    out.write(b"trailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, root, start))
    return out.getvalue()


def stream(data: bytes, entries: bytes = b"", compress: bool = True) -> bytes:
    packed = zlib.compress(data, 9) if compress else data
    kind = b"/Filter/FlateDecode" if compress else b""
    return b"<<%b%b/Length %d>>\nstream\n%b\nendstream" % (entries, kind, len(packed), packed)


def one_page(content_stream: bytes) -> bytes:
    """A PDF of one page with this (already wrapped) content stream."""
    return raw_pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
            content_stream,
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        ]
    )


def scan(picture: Image.Image, tilt: float = 0.0, turn: int = 0, seed: int = 1, bits: int = 8) -> bytes:
    """A page picture as a scanner gives it: tilted, blurred, speckled, turned, in grey or black and white; as a PDF."""
    dice = random.Random(seed)
    page = picture.convert("L").rotate(tilt, resample=Image.Resampling.BICUBIC, fillcolor=255)
    page = page.filter(ImageFilter.GaussianBlur(0.6))
    for _ in range(page.width * page.height // 900):
        page.putpixel((dice.randrange(page.width), dice.randrange(page.height)), dice.randrange(256))
    page = page.rotate(turn, expand=True)
    if bits == 1:
        page = page.point(lambda value: 255 if value > 140 else 0).convert("1")
    target = io.BytesIO()
    page.save(target, "PDF", resolution=200, **({"quality": 60} if bits == 8 else {}))
    return target.getvalue()


def package(parts: dict[str, str | bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def docx(paragraphs: Sequence[str], more: dict[str, str | bytes] | None = None) -> bytes:
    body = "".join(
        '<w:p><w:r><w:br w:type="page"/></w:r></w:p>' if text == "\f" else f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"
        for text in paragraphs
    )
    content_types = (
        f'<?xml version="1.0"?><Types xmlns="{_TYPES}">'
        f'<Override PartName="/word/document.xml" ContentType="{_WORD_TYPE}"/></Types>'
    )
    document = f'<?xml version="1.0"?><w:document {_W}><w:body>{body}</w:body></w:document>'
    return package(
        {"[Content_Types].xml": content_types, "_rels/.rels": "", "word/document.xml": document, **(more or {})}
    )


def xlsx(sheets: Sequence[Sequence[Sequence[str]]]) -> bytes:
    namespace = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    strings = [cell for sheet in sheets for row in sheet for cell in row]
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<?xml version="1.0"?><Types xmlns="{_TYPES}"/>',
        "xl/workbook.xml": f"<workbook {namespace}/>",
        "xl/sharedStrings.xml": f"<sst {namespace}>" + "".join(f"<si><t>{s}</t></si>" for s in strings) + "</sst>",
    }
    position = 0
    for number, sheet in enumerate(sheets, start=1):
        rows = ""
        for row in sheet:
            cells = range(position, position + len(row))
            rows += "<row>" + "".join(f'<c t="s"><v>{cell}</v></c>' for cell in cells) + "</row>"
            position += len(row)
        parts[f"xl/worksheets/sheet{number}.xml"] = f"<worksheet {namespace}><sheetData>{rows}</sheetData></worksheet>"
    return package(parts)


def odt(paragraphs: Sequence[str]) -> bytes:
    office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    text = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
    body = "".join(f"<t:p>{paragraph}<t:span>!</t:span></t:p>" for paragraph in paragraphs)
    content = f'<o:document-content xmlns:o="{office}" xmlns:t="{text}"><o:body>{body}</o:body></o:document-content>'
    return package({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})


def packed_run(piece: bytes, times: int) -> bytes:
    """What zlib makes of `piece` repeated, compressed only once: after a full flush a block may stand anywhere."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = 1
    for _ in range(times):
        checksum = zlib.adler32(piece, checksum)
    end = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS).flush()
    return b"\x78\xda" + block * times + end + checksum.to_bytes(4, "big")
