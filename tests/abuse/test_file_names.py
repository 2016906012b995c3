"""No file name that a stranger chose is a path, hides its end, or breaks a line; and no name is ever opened."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest

from intake.unpacking.message import unpack
from tests.unpacking.mails import PDF, a_winmail, a_zip, one_part, zipped

NAMES = {
    "up": "../../../etc/passwd.pdf",
    "far up": "../" * 200 + "etc/cron.d/job",
    "absolute": "/etc/passwd",
    "windows": "..\\..\\windows\\system32\\report.pdf",
    "drive": "C:\\report.pdf",
    "share": "\\\\evil.example\\share\\report.pdf",
    "only dots": "..",
    "one dot": ".",
    "dots and slashes": "../..",
    "hidden": ".bashrc",
    "a folder": "report.pdf/",
    "a URL": "file:///etc/passwd",
    "device": "CON.pdf",
    "alternate stream": "report.pdf:evil.exe",
    "NUL": "report.pdf\x00.exe",
    "line break": "report.pdf\r\nBcc: x@evil.example",
    "lone line feed": "a\nb.pdf",
    "control": "a\x1b[2Jb.pdf",
    "turned round": "report\u202efdp.exe",
    "isolated": "report\u2066fdp\u2069.exe",
    "unseen": "rep\u200bort.pdf",
    "line separator": "a\u2028b.pdf",
    "markup": "<script>alert(1)</script>.pdf",
    "quotes": 'a"b.pdf',
    "a template": "{{ 7*7 }}.pdf",
    "a variable": "$(touch x) `id` ${HOME}.pdf",
    "a tilde": "~/.ssh/authorized_keys",
    "a percent": "%2e%2e%2fetc%2fpasswd",
    "very long": "a" * 5000 + ".pdf",
    "long and wide": "報" * 300 + ".pdf",
    "full-width": "．．／etc／passwd",
    "a formula": "=cmd|' /C calc'!A0.pdf",
    "blank": "   ",
    "lone surrogate": "a\udcffb.pdf",
}


def in_a_part(name: str) -> bytes:
    encoded = "".join(f"%{byte:02X}" for byte in name.encode("utf-8", "surrogateescape"))
    return one_part(f"Content-Type: application/pdf\r\nContent-Disposition: attachment; filename*=utf-8''{encoded}")


def in_a_zip(name: str) -> bytes:
    return zipped(a_zip({name.encode("utf-8", "replace").decode(): PDF}))


def in_a_winmail(name: str) -> bytes:
    packed = a_winmail({name.encode("utf-8", "replace").decode(): PDF})
    return one_part('Content-Type: application/ms-tnef; name="winmail.dat"', packed)


def the_containers_name(name: str) -> bytes:
    encoded = "".join(f"%{byte:02X}" for byte in name.encode("utf-8", "surrogateescape"))
    header = f"Content-Type: application/zip\r\nContent-Disposition: attachment; filename*=utf-8''{encoded}"
    return one_part(header, a_zip({"report.pdf": PDF}))


@pytest.mark.parametrize("place", [in_a_part, in_a_zip, in_a_winmail, the_containers_name])
@pytest.mark.parametrize("which", NAMES)
def test_a_hostile_name_becomes_a_plain_one(which: str, place: Callable[[str], bytes]) -> None:
    unpacked = unpack(place(NAMES[which]))
    # A ZIP's entry whose name ends in a slash is a folder, whatever it holds.
    is_folder = place is in_a_zip and NAMES[which].endswith("/")
    assert is_folder or PDF in [file.content for file in unpacked.attachments]
    shown = [name for file in unpacked.attachments for name in (file.name, *file.containers)]
    shown += [problem.name for problem in unpacked.problems if problem.name]
    for name in shown:
        assert name
        assert name not in {".", ".."}
        assert not set(name) & set('/\\\r\n\0"<>:|?*')
        assert not any(unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for sign in name)
        assert len(name) <= 200
