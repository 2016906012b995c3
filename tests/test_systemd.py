from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from intake.ledger import Ledger
from tests.builders import Letter, Scan, a_letter
from tests.servers import places
from tests.service.world import settings_of

ROOT = Path(__file__).parent.parent
# What they open came from strangers.
READING = ("intake.service", "intake-web.service")
BACKUP = "intake-backup.service"
UNITS = (*READING, BACKUP)
EACH_UNIT = pytest.mark.parametrize("unit", UNITS)
MOST_EXPOSURE = 1.5
DAY = 24 * 60 * 60


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
    """A root with our units, systemd's own, and a stub in place of each program that they start."""
    for name in ("opt/intake/bin/intake", "bin/sh", "usr/bin/find"):
        program = tmp_path / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
    units = tmp_path / "etc/systemd/system"
    units.mkdir(parents=True)
    for unit in (*UNITS, "intake-backup.timer"):
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


@pytest.mark.parametrize("unit", READING)
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


def test_the_units_share_what_they_must() -> None:
    texts = [(ROOT / "systemd" / unit).read_text().splitlines() for unit in UNITS]
    for key in ("User=", "Group=", "StateDirectory=", "UMask=", "ConfigurationDirectory="):
        one, *others = [[line for line in text if line.startswith(key)] for text in texts]
        assert one
        assert others == [one] * len(others)


def test_the_nightly_backup_copies_as_the_unit_says_and_keeps_two_weeks(
    tmp_path: Path, analyze: str, environment: dict[str, str]
) -> None:
    """Its two commands, read by systemd's own grammar as far as we use it, in other folders and under its filter."""
    backups = tmp_path / "backups"
    old, recent = backups / "2020-01-01T020000", backups / "2020-02-01T020000"
    for folder in (old, recent):
        folder.mkdir(parents=True)
    os.utime(old, (time.time() - 15.5 * DAY,) * 2)
    _installation(tmp_path)
    under_filter = (sys.executable, "-m", "tests.system_call_filter", str(ROOT / "systemd" / BACKUP), analyze)
    for line in (ROOT / "systemd" / BACKUP).read_text().splitlines():
        key, _, command = line.partition("=")
        if key not in {"ExecStart", "ExecStartPost"}:
            continue
        words = shlex.split(command.replace("$$", "$").replace("%%", "%"))
        for said, meant in (
            ("/opt/intake/bin/intake", f"{sys.executable} -m intake"),
            ("/etc/intake/intake.toml", str(tmp_path / "intake.toml")),
            ("/var/backups/intake", str(backups)),
        ):
            words = [word.replace(said, meant) for word in words]
        done = subprocess.run(
            [*under_filter, *words], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    (made,) = {path.name for path in backups.iterdir()} - {recent.name}
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d{6}", made)
    assert (backups / made / "backup.json").is_file()


def _installation(folder: Path) -> None:
    """A configuration and an empty ledger."""
    settings_of(folder, 1, 1, "nobody", "secret")
    with Ledger.open(f"sqlite:///{folder / 'data' / 'ledger.sqlite'}"):
        pass
