"""The wheel is the same bytes wherever it is built, and brings what a server installs it with."""

from __future__ import annotations

import os
import sys
import zipfile
from pathlib import Path

import pytest

from scripts import wheel
from tests.packaging.source import ASSETS, ROOT, copy_source

pytestmark = pytest.mark.skipif(
    not (ROOT / ASSETS).is_dir(), reason="the web pages' files could not be fetched: scripts/assets.py"
)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from this checkout."""
    return wheel.build(Path(sys.executable), tmp_path_factory.mktemp("here"))


def test_another_folder_hour_umask_and_environment_make_no_difference(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = os.umask(0o077)
    try:
        source = copy_source(tmp_path / "elsewhere")
        for path in source.rglob("*"):
            os.utime(path, (1_900_000_000, 1_900_000_000))
        monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
        monkeypatch.setenv("TZ", "Pacific/Auckland")
        there = wheel.build(Path(sys.executable), tmp_path / "there", source)
    finally:
        os.umask(before)
    assert there.name == here.name
    assert there.read_bytes() == here.read_bytes()


def test_it_brings_the_hashed_lock_and_the_units(here: Path) -> None:
    with zipfile.ZipFile(here) as archive:
        for name in ("requirements/runtime.txt", "requirements/build.txt", *_UNITS):
            assert archive.read(f"intake/_defaults/{name}") == (ROOT / name).read_bytes()


_UNITS = [f"systemd/{path.name}" for path in sorted((ROOT / "systemd").iterdir())]


def test_the_lock_of_a_server_pins_every_package_by_hash() -> None:
    lock = (ROOT / "requirements/runtime.txt").read_text()
    pins = [block for block in lock.split("\n") if "==" in block and not block.startswith((" ", "#"))]
    assert len(pins) > 40
    assert lock.count("\\\n    --hash=sha256:") >= len(pins)


def test_a_tree_without_the_pages_files_makes_no_wheel(tmp_path: Path) -> None:
    with pytest.raises(wheel.BuildError, match=r"scripts/assets\.py"):
        wheel.build(Path(sys.executable), tmp_path / "out", tmp_path)
