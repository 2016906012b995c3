"""What runs, reaches out or hides is found wherever it stands, and a reading that did not finish finds no peace."""

from __future__ import annotations

import io
import time
import zlib

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.documents.actions import address_name, look_through
from intake.documents.reader import Reader
from intake.sandbox.limits import Limits
from tests.documents.files import attachment, encrypted, pdf, raw_pdf, stream

SCRIPT = b"<</S/JavaScript/JS(app.alert(1))>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>%b>>"


def a_file(*more: bytes, root: bytes = b"", page: bytes = b"") -> bytes:
    """A file of one page; `more` are objects from number 4 on."""
    return raw_pdf(
        [b"<</Type/Catalog/Pages 2 0 R%b>>" % root, b"<</Type/Pages/Count 1/Kids[3 0 R]>>", PAGE % page, *more]
    )


def chained(length: int) -> list[bytes]:
    """Actions of which each leads to the next, from object 4 on; the last is a script."""
    links = [b"<</S/GoTo/D[3 0 R/Fit]/Next %d 0 R>>" % (number + 5) for number in range(length)]
    return [*links, SCRIPT]


def with_links(count: int) -> bytes:
    """A page with many links, and behind it one that starts a script when it is shown."""
    link = b"<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(https://x.gov.uk)>>>>"
    return raw_pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Count 2/Kids[3 0 R 4 0 R]>>",
            PAGE % (b"/Annots[%b]" % (link * count)),
            PAGE % (b"/AA<</O%b>>" % SCRIPT),
        ]
    )


def in_object_stream(padding: int = 0) -> bytes:
    """A script in an object stream, which only a table of cross-references in a stream can name."""
    bodies = [SCRIPT, b"(" + b"a" * padding + b")"]
    offsets = [0, len(bodies[0]) + 1]
    head = b" ".join(b"%d %d" % (number, offset) for number, offset in zip((5, 6), offsets, strict=True)) + b" "
    entries = b"/Type/ObjStm/N 2/First %d" % len(head)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/OpenAction 5 0 R>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        PAGE % b"",
        stream(head + b" ".join(bodies), entries),
    ]
    out = io.BytesIO(b"%PDF-1.7\n")
    out.seek(0, io.SEEK_END)
    rows = [(0, 0, 0)]
    for number, body in enumerate(objects, start=1):
        rows.append((1, out.tell(), 0))
        out.write(b"%d 0 obj\n%b\nendobj\n" % (number, body))
    rows += [(2, 4, 0), (2, 4, 1), (1, out.tell(), 0)]
    start = out.tell()
    packed = zlib.compress(b"".join(bytes([kind]) + a.to_bytes(5) + b.to_bytes(2) for kind, a, b in rows))
    out.write(b"7 0 obj\n<</Type/XRef/Size 8/Root 1 0 R/W[1 5 2]/Filter/FlateDecode/Length %d>>\n" % len(packed))
    out.write(b"stream\n%b\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (packed, start))
    return out.getvalue()


ACTIVE = {
    "a script on an outline entry": (
        a_file(
            b"<</First 5 0 R/Last 5 0 R/Count 1>>", b"<</Title(a)/Parent 4 0 R/A%b>>" % SCRIPT, root=b"/Outlines 4 0 R"
        ),
        "javascript",
    ),
    "a page's action behind very many links": (with_links(5001), "javascript"),
    "the action at the end of a long chain": (a_file(*chained(40), root=b"/OpenAction 4 0 R"), "javascript"),
    "a script in an object stream": (in_object_stream(), "javascript"),
    "a script in an object stream of a hundred megabytes": (in_object_stream(100_000_000), "javascript"),
    "a broken file identifier": (
        a_file(root=b"/OpenAction%b" % SCRIPT).replace(b"/Root 1 0 R", b"/ID 7/Root 1 0 R"),
        "javascript",
    ),
    "a key that stands twice": (a_file(root=b"/OpenAction<</S/GoTo/S/JavaScript/JS(1)>>"), "javascript"),
    "a key that stands twice, the other way round": (
        a_file(root=b"/OpenAction<</S/JavaScript/S/GoTo/D[3 0 R/Fit]>>"),
        "disagreement",
    ),
    "a form's own scripts": (a_file(stream(b"<script>"), root=b"/AcroForm<</Fields[]/XFA 4 0 R>>"), "xfa"),
    "a name written in its other spelling": (a_file(root=b"/OpenAction<</S/J#61vaScript/J#53(1)>>"), "javascript"),
    "an object that nothing leads to": (a_file(SCRIPT), "javascript"),
    "a kind behind a reference": (a_file(b"/JavaScript", root=b"/OpenAction<</S 4 0 R>>"), "javascript"),
    "a handler of requirements": (a_file(root=b"/Requirements[<</S/EnableJavaScripts/RH<</S/JS>>>>]"), "javascript"),
    "an alternative presentation's program": (a_file(b"<</S/Launch/Win<</F(cmd.exe)>>>>"), "launch"),
    "a protocol of the system": (a_file(b"<</S/URI/URI(ms-msdt:/id PCWDiagnostic)>>"), "launch"),
    "a script behind a blank": (a_file(b"<</S/URI/URI( javascript:alert\\(1\\))>>"), "javascript"),
    "a script across a line": (a_file(b"<</S/URI/URI(java\\nscript:alert\\(1\\))>>"), "javascript"),
    "a script in wide letters": (
        a_file(b"<</S/URI/URI<%b>>>" % ("\ufeffjavascript:1").encode("utf-16-be").hex().encode()),
        "javascript",
    ),
    "a base for all addresses": (a_file(root=b"/URI<</Base(file:///c:/)>>"), "external-file"),
    "a page of another file": (
        a_file(stream(b"", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Ref<</F<</F(\\\\\\\\evil\\\\x.pdf)>>/Page 0>>")),
        "external-file",
    ),
    "a stream in another file": (a_file(b"<</Length 0/F(\\\\\\\\evil\\\\x)>>\nstream\n\nendstream"), "external-file"),
    "a stream in another file, by reference": (
        a_file(b"<</Length 0/F 5 0 R>>\nstream\n\nendstream", b"<</Type/Filespec/F 6 0 R>>", b"(\\\\\\\\evil\\\\x)"),
        "external-file",
    ),
    "a page that goes somewhere when it is shown": (
        a_file(page=b"/AA<</O<</S/URI/URI(https://evil.example)>>>>"),
        "open-action",
    ),
    "an action nobody has heard of": (a_file(page=b"/Annots[<</Subtype/Link/A<</S/Telepathy>>>>]"), "other-action"),
    "a file inside an annotation": (
        a_file(b"<</Type/Filespec/F(x.exe)/EF<</F 5 0 R>>>>", stream(b"MZ")),
        "embedded-file",
    ),
    "a program for the printer": (a_file(stream(b"quit", b"/Type/XObject/Subtype/PS")), "postscript"),
    "an owner's password over all": (
        encrypted(a_file(root=b"/OpenAction%b" % SCRIPT), "", "o", "AES-256"),
        "javascript",
    ),
    "an earlier state of the file": (pdf(1) + b"\n4 0 obj <</S/JavaScript/JS(1)>> endobj\n", "disagreement"),
    "a table of contents made up by guessing": (pdf(1).replace(b"startxref", b"startxre_"), "disagreement"),
}


@pytest.mark.parametrize("name", ACTIVE)
def test_it_is_found(reader: Reader, name: str) -> None:
    content, wanted = ACTIVE[name]
    found = reader.read(attachment(content)).active_content
    assert wanted in found or "unfinished" in found, found
    if "hundred megabytes" not in name:
        assert wanted in found


@pytest.mark.parametrize(
    "content",
    [
        pdf(3),
        b"x" * 33 + pdf(3),
        pdf(3) + b"\n" * 500,
        a_file(page=b"/Annots[<</Subtype/Link/F 4/A<</S/URI/URI(https://x.gov.uk/a?b=c)>>>>]"),
        a_file(page=b"/Annots[<</Subtype/Link/F 4/A<</S/URI/URI(mailto:dhr@x.gov.uk)>>>>]"),
        a_file(page=b"/Annots[<</Subtype/Link/F 4/A<</S/GoTo/D[3 0 R/Fit]>>>>]", root=b"/OpenAction[3 0 R/Fit]"),
        a_file(b"<</Type/StructElem/S/P/A<</O/Layout/SpaceBefore 3>>/K[1]>>", root=b"/MarkInfo<</Marked true>>"),
        a_file(b"<</First 5 0 R/Last 5 0 R/Count 1>>", b"<</Title(a)/Parent 4 0 R/F 2/Dest[3 0 R/Fit]/Next 5 0 R>>"),
    ],
)
def test_a_plain_file_raises_no_doubt(reader: Reader, content: bytes) -> None:
    assert reader.read(attachment(content)).active_content == ()


@pytest.mark.parametrize(
    "address",
    ["", "https://x.gov.uk", "HTTP://x", " https://x.gov.uk", "mailto:a@b.gov.uk", "www.x.gov.uk/dhr", "#page=3"],
)
def test_web_and_mail_addresses_are_plain(address: str) -> None:
    assert address_name(address) is None


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("\\\\evil\\x", "external-file"),
        ("c:\\x.exe", "external-file"),
        ("x.exe", "external-file"),
        ("../x.bat", "external-file"),
        ("//evil/x", "external-file"),
        ("file:x", "external-file"),
        ("\tFILE:x", "external-file"),
        ("http:\\\\evil", "launch"),
        ("search-ms:query=x", "launch"),
        ("tel:+44", "launch"),
        ("data:text/html,x", "javascript"),
        ("VBScript:x", "javascript"),
        ("\u200bjavascript:x", "javascript"),
        ("java\r\n script:x", "javascript"),
        ("\xa0javascript:x", "javascript"),
    ],
)
def test_any_other_address_is_named(address: str, name: str) -> None:
    assert address_name(address) == name


@given(st.text(max_size=40))
def test_only_web_and_mail_addresses_are_passed(address: str) -> None:
    plain = address.lower().lstrip(" ")
    if address_name(address) is None and plain.strip():
        assert plain.startswith(("http://", "https://", "mailto:", "www.", "#"))


@given(place=st.integers(min_value=0), change=st.binary(min_size=1, max_size=6))
def test_a_damaged_file_never_loses_its_script_without_a_doubt(place: int, change: bytes) -> None:
    """Whatever is written over any place: the script is found, or it is said that the file was not read to its end."""
    whole = a_file(b"(nothing)", root=b"/OpenAction%b" % SCRIPT)
    end = whole.index(SCRIPT)
    at = (place % (len(whole) - len(SCRIPT))) or 1
    at = at if at + len(change) <= end or at >= end + len(SCRIPT) else end + len(SCRIPT)
    found = look_through(memoryview(whole[:at] + change + whole[at + len(change) :]))
    assert found


def test_what_was_stopped_says_that_it_is_unfinished(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that is killed has told nothing: the file may hold anything."""
    assert reader.read(attachment(pdf(1))).active_content == ()
    monkeypatch.setattr("intake.documents.reader.STRUCTURE_LIMITS", Limits(wall_seconds=0.0))
    assert reader.read(attachment(pdf(1))).active_content == ("unfinished",)


def test_a_hundred_thousand_paragraphs_are_looked_through_in_time() -> None:
    file = pikepdf.new()
    file.add_blank_page()
    layout = pikepdf.Dictionary(O=pikepdf.Name.Layout)
    paragraphs = (pikepdf.Dictionary(S=pikepdf.Name.P, A=layout) for _ in range(100_000))
    file.Root.Paragraphs = pikepdf.Array([file.make_indirect(paragraph) for paragraph in paragraphs])
    target = io.BytesIO()
    file.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    began = time.process_time()
    assert look_through(memoryview(target.getvalue())) == []
    assert time.process_time() - began < 15
