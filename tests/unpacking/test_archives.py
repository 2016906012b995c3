from __future__ import annotations

import zipfile

import pytest

from intake.unpacking import UnpackLimits
from intake.unpacking.message import unpack
from tests.unpacking.mails import PDF, TOP, a_winmail, a_zip, faults, names, one_part, opened, zipped


def test_the_files_of_a_zip_come_out_and_name_it() -> None:
    unpacked = opened(zipped(a_zip({"Final/report.pdf": PDF, "letter.pdf": b"%PDF-1.4 letter"})))
    assert [(f.name, f.containers) for f in unpacked.attachments] == [
        ("report.pdf", ("papers.zip",)),
        ("letter.pdf", ("papers.zip",)),
    ]
    assert unpacked.attachments[0].content == PDF
    assert faults(unpacked) == []


def test_a_zip_is_known_by_its_bytes() -> None:
    unpacked = opened(one_part("Content-Type: application/octet-stream", a_zip({"report.pdf": PDF})))
    assert names(unpacked) == ["report.pdf"]


def test_names_cannot_leave_the_zip_and_litter_is_left_out() -> None:
    files = {"../../etc/report.pdf": PDF, "__MACOSX/._report.pdf": b"x", "a/.DS_Store": b"x", "Thumbs.db": b"x"}
    assert names(opened(zipped(a_zip(files)))) == ["report.pdf"]


def test_a_zip_in_a_zip_is_opened() -> None:
    unpacked = opened(zipped(a_zip({"inner.zip": a_zip({"report.pdf": PDF})})))
    assert [f.containers for f in unpacked.attachments] == [("papers.zip", "inner.zip")]


def test_zips_inside_each_other_without_end_are_left_for_a_person() -> None:
    content = a_zip({"report.pdf": PDF})
    for level in range(8):
        content = a_zip({f"level{level}.zip": content})
    assert faults(opened(zipped(content))) == ["zip-limits"]


@pytest.mark.parametrize("name", ["report.docx", "plan.xlsx", "report.odt", "report.pages", "unnamed.bin"])
def test_office_files_are_no_archives(name: str) -> None:
    content = a_zip({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"})
    unpacked = opened(one_part(f'Content-Type: application/octet-stream; name="{name}"', content))
    assert names(unpacked) == [name]
    assert unpacked.attachments[0].content == content
    assert faults(unpacked) == []


def test_a_stored_office_file_does_not_hide_the_zip_around_it() -> None:
    docx = a_zip({"[Content_Types].xml": b"<Types/>"}, zipfile.ZIP_STORED)
    assert names(opened(zipped(a_zip({"report.docx": docx}, zipfile.ZIP_STORED)))) == ["report.docx"]


def test_a_passworded_zip_is_its_own_fault_and_stays() -> None:
    content = bytearray(a_zip({"report.pdf": PDF}))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    unpacked = opened(zipped(bytes(content)))
    assert faults(unpacked) == ["zip-password"]
    assert names(unpacked) == ["papers.zip"]


def test_a_damaged_zip_is_its_own_fault_and_stays() -> None:
    content = a_zip({"report.pdf": PDF * 50})
    unpacked = opened(zipped(content[: len(content) // 2]))
    assert faults(unpacked) == ["zip-damaged"]
    assert names(unpacked) == ["papers.zip"]


def test_a_damaged_member_is_noticed() -> None:
    content = bytearray(a_zip({"report.pdf": PDF}, zipfile.ZIP_STORED))
    content[content.index(b"%PDF") + 6] ^= 0xFF
    assert faults(opened(zipped(bytes(content)))) == ["zip-damaged"]


@pytest.mark.parametrize(
    ("files", "limits"),
    [
        ({"bomb.pdf": bytes(40_000_000)}, UnpackLimits()),
        ({f"{n}.pdf": b"" for n in range(12)}, UnpackLimits(files=10)),
        ({"a.pdf": b"ab" * 5000, "b.pdf": b"ab" * 5000}, UnpackLimits(archive_total=15_000)),
    ],
)
def test_bombs_are_not_opened(files: dict[str, bytes], limits: UnpackLimits) -> None:
    unpacked = unpack(zipped(a_zip(files)), limits)
    assert faults(unpacked) == ["zip-limits"]
    assert names(unpacked)[-1] == "papers.zip"


def test_winmail_gives_its_files_under_their_long_names() -> None:
    unpacked = opened(
        one_part("Content-Type: application/ms-tnef; name=winmail.dat", a_winmail({"Röport final.pdf": PDF}))
    )
    assert [(f.name, f.containers) for f in unpacked.attachments] == [("Röport final.pdf", ("winmail.dat",))]
    assert unpacked.attachments[0].content == PDF
    assert faults(unpacked) == []


def test_winmail_alone_gives_the_words_too() -> None:
    raw = (
        TOP + b"Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\n" + a_winmail({"r.pdf": PDF}, "Our report.")
    )
    unpacked = opened(raw)
    assert unpacked.body.latest == "Our report."
    assert names(unpacked) == ["r.pdf"]


def test_a_zip_in_winmail_is_opened() -> None:
    winmail = a_winmail({"papers.zip": a_zip({"report.pdf": PDF})})
    unpacked = opened(one_part("Content-Type: application/ms-tnef; name=winmail.dat", winmail))
    assert [f.containers for f in unpacked.attachments] == [("winmail.dat", "papers.zip")]


@pytest.mark.parametrize("content", [b"not it", a_winmail({"r.pdf": PDF * 20})[:400]])
def test_a_damaged_winmail_is_named(content: bytes) -> None:
    assert faults(opened(one_part("Content-Type: application/ms-tnef; name=winmail.dat", content))) == ["tnef-damaged"]
