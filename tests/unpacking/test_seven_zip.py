"""7z archives are opened as ZIP files are, and within the same bounds."""

from __future__ import annotations

import bz2
import lzma
import zlib

import pytest

from intake.unpacking import UnpackLimits
from intake.unpacking.message import unpack
from tests.unpacking.mails import PDF, a_seven_zip, a_zip, faults, names, one_part, opened


def sent(content: bytes, name: str = "papers.7z") -> bytes:
    return one_part(f'Content-Type: application/x-7z-compressed; name="{name}"', content)


def test_the_files_of_a_7z_come_out_and_name_it() -> None:
    unpacked = opened(sent(a_seven_zip({"Final/report.pdf": PDF, "tŷ.pdf": b"%PDF-1.4 letter"})))
    assert [(f.name, f.content, f.containers) for f in unpacked.attachments] == [
        ("report.pdf", PDF, ("papers.7z",)),
        ("tŷ.pdf", b"%PDF-1.4 letter", ("papers.7z",)),
    ]
    assert faults(unpacked) == []


def test_a_7z_is_known_by_its_bytes_and_opened_in_a_zip() -> None:
    inner = a_seven_zip({"report.pdf": PDF})
    assert names(opened(sent(inner, "papers.dat"))) == ["report.pdf"]
    assert names(opened(one_part("Content-Type: application/zip", a_zip({"x": inner})))) == ["report.pdf"]


LZMA_SETTINGS = b"\x5d\x00\x00\x10\x00"
PACKED_BY = {
    "stored": (b"\x00", b"", PDF),
    "deflate": (b"\x04\x01\x08", b"", zlib.compress(PDF)[2:-4]),
    "bzip2": (b"\x04\x02\x02", b"", bz2.compress(PDF)),
    "lzma": (
        b"\x03\x01\x01",
        LZMA_SETTINGS,
        lzma.compress(PDF, lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA1, "dict_size": 1 << 20}]),
    ),
}


@pytest.mark.parametrize(("coder", "settings", "packed"), PACKED_BY.values(), ids=PACKED_BY.keys())
def test_other_ways_of_packing_are_read(coder: bytes, settings: bytes, packed: bytes) -> None:
    unpacked = opened(sent(a_seven_zip({"report.pdf": PDF}, coder, settings, packed)))
    assert ([file.content for file in unpacked.attachments], faults(unpacked)) == ([PDF], [])


def test_a_7z_with_a_password_is_its_own_fault_and_stays() -> None:
    unpacked = opened(sent(a_seven_zip({"report.pdf": PDF}, b"\x06\xf1\x07\x01", b"\x13")))
    assert ([p.fault for p in unpacked.problems], names(unpacked)) == (["zip-password"], ["papers.7z"])


@pytest.mark.parametrize("coder", [b"\x03\x04\x01", b"\x03\x03\x01\x1b"])
def test_a_way_of_packing_that_is_not_read_is_told(coder: bytes) -> None:
    unpacked = opened(sent(a_seven_zip({"report.pdf": PDF}, coder, b"\x00")))
    assert [(p.fault, p.name, p.detail) for p in unpacked.problems] == [("zip-damaged", "papers.7z", "compression")]


@pytest.mark.parametrize("cut", [7, 31, 40, -1])
def test_a_damaged_7z_is_told_and_stays(cut: int) -> None:
    unpacked = opened(sent(a_seven_zip({"report.pdf": PDF})[:cut]))
    assert (faults(unpacked), names(unpacked)) == (["zip-damaged"], ["papers.7z"])


def test_a_changed_member_is_told() -> None:
    content = bytearray(a_seven_zip({"report.pdf": PDF}, b"\x00", b"", PDF))
    content[40] ^= 1
    assert faults(opened(sent(bytes(content)))) == ["zip-damaged"]


def test_too_many_files_and_too_many_bytes_are_limits() -> None:
    many = a_seven_zip({f"{number}.pdf": b"x" for number in range(600)})
    assert faults(opened(sent(many))) == ["zip-limits"]
    three = unpack(sent(a_seven_zip({"a": b"1", "b": b"2", "c": b"3"})), UnpackLimits(files=2))
    assert {p.fault for p in three.problems} == {"zip-limits"}
    assert faults(opened(sent(a_seven_zip({"a": bytes(50_000_000)})))) == ["zip-limits"]
    small = UnpackLimits(archive_total=1000)
    assert [p.fault for p in unpack(sent(a_seven_zip({"a": bytes(2000)})), small).problems] == ["zip-limits"]
