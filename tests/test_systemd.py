from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.builders import Letter, Scan, a_letter
from tests.servers import places

ROOT = Path(__file__).parent.parent
UNITS = ("intake.service", "intake-web.service")
EACH_UNIT = pytest.mark.parametrize("unit", UNITS)
MOST_EXPOSURE = 1.5


@pytest.fixture(scope="module")
def analyze() -> str:
    """systemd-analyze of the unpacked part."""
    return str(places.unpacked("systemd") / "usr/bin/systemd-analyze")


@pytest.fixture(scope="module")
def manager(analyze: str) -> str:
    """The same for what acts as a manager would: it makes /run/systemd where that is not there."""
    if os.geteuid() != 0 and not Path("/run/systemd").is_dir():
        pytest.skip("only root can read units where systemd does not run")
    return analyze


@pytest.fixture(scope="module")
def environment() -> dict[str, str]:
    return {**os.environ, "LD_LIBRARY_PATH": places.library_path(places.unpacked("systemd")), "NO_COLOR": "1"}


@pytest.fixture
def staged(tmp_path: Path) -> Path:
    """A root with our units, systemd's own, and a stub in place of the program."""
    program = tmp_path / "opt/intake/bin/intake"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    units = tmp_path / "etc/systemd/system"
    units.mkdir(parents=True)
    for unit in UNITS:
        shutil.copy(ROOT / "systemd" / unit, units)
    own = next(places.unpacked("systemd").rglob("sysinit.target")).parent
    shutil.copytree(own, tmp_path / "usr/lib/systemd/system", symlinks=True)
    return tmp_path


@EACH_UNIT
def test_little_is_exposed(unit: str, staged: Path, manager: str, environment: dict[str, str]) -> None:
    answer = subprocess.run(
        [manager, "security", "--offline=true", f"--root={staged}", "--no-pager", unit],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", answer.stdout)
    assert found is not None, answer.stderr
    assert float(found[1]) <= MOST_EXPOSURE


@EACH_UNIT
def test_the_unit_is_in_order(unit: str, staged: Path, manager: str, environment: dict[str, str]) -> None:
    answer = verify(unit, staged, manager, environment)
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")


def test_a_slip_in_a_unit_would_be_noticed(staged: Path, manager: str, environment: dict[str, str]) -> None:
    unit = staged / "etc/systemd/system/intake.service"
    unit.write_text(unit.read_text().replace("ProtectSystem=strict", "ProtectSystems=strict"))
    assert "ProtectSystems" in verify("intake.service", staged, manager, environment).stderr


def verify(unit: str, staged: Path, manager: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [manager, "verify", "--man=no", f"--root={staged}", unit]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


UNDER_THE_FILTER = """
import mmap, sys
from intake.documents.budget import ReadingBudget
from intake.documents.reader import Reader
from intake.model import Attachment, TextSource
from intake.wiring.children import start_sandbox
try:
    mmap.mmap(-1, 4096, prot=mmap.PROT_WRITE | mmap.PROT_EXEC)
    sys.exit("memory may be written and run")
except OSError:
    pass
with start_sandbox() as sandbox:
    lacking = [name for name, held in sandbox.protections().items() if not held]
    reader = Reader(sandbox, ReadingBudget())
    report = Attachment("a.pdf", "application/pdf", open(sys.argv[1], "rb").read())
    document = reader.read(report)
    scans = [page.number for page in document.pages if page.source is TextSource.NONE]
    read = reader.recognise(report, document, scans[:1])
    drawn = bool(reader.render(report.content, 1, 50))
    print(lacking, document.page_count, read.pages[scans[0] - 1].source.value, drawn)
"""


@EACH_UNIT
def test_reading_and_recognition_work_under_the_units_filter(
    unit: str, tmp_path: Path, analyze: str, environment: dict[str, str]
) -> None:
    pdf = tmp_path / "letter.pdf"
    pdf.write_bytes(a_letter(letter=Letter(scan=Scan())))
    under_filter = (sys.executable, "-m", "tests.system_call_filter", str(ROOT / "systemd" / unit), analyze)
    answer = subprocess.run(
        [*under_filter, sys.executable, "-c", UNDER_THE_FILTER, str(pdf)],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.stderr == ""
    assert answer.stdout.split()[0] == "[]"
    assert answer.stdout.split()[2:] == ["ocr", "True"]


def test_both_units_share_what_they_must() -> None:
    one, other = ((ROOT / "systemd" / unit).read_text().splitlines() for unit in UNITS)
    for key in ("User=", "StateDirectory=", "UMask=", "ConfigurationDirectory="):
        assert [line for line in one if line.startswith(key)] == [line for line in other if line.startswith(key)]
