"""`intake check --json`, sandbox and all, against poppler's pdftotext on the same files."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.measure import Row, command, in_turn, one_after_another
from tests.builders import Letter, Scan, a_report

FIXTURES = Path(__file__).parent.parent / "corpus" / "fixtures"
_MANY = 20


def run() -> Iterator[Row]:
    """One long report, twenty different ones in a call, a scanned letter, a report that is scanned throughout."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield from _text_reports(folder)
        yield from _printed_reports()
        yield from _scanned(folder)


def _check(*files: Path) -> tuple[str, ...]:
    return (sys.executable, "-m", "intake", "check", "--json", *map(str, files))


def _pdftotext(file: Path) -> tuple[str, ...]:
    return ("pdftotext", str(file), "/dev/null")


def _text_reports(folder: Path) -> Iterator[Row]:
    files = []
    for number in range(_MANY):
        file = folder / f"report-{number:02d}.pdf"
        file.write_bytes(a_report(pages=150 + number, seed=number, weblink="https://www.northmere.gov.example/dhr"))
        files.append(file)
    ours, theirs = in_turn(command(*_check(files[0])), command(*_pdftotext(files[0])))
    yield Row("one report of 150 pages (reportlab)", ours, "pdftotext", theirs, "4 × or less")
    every = one_after_another([command(*_pdftotext(file)) for file in files])
    ours, theirs = in_turn(command(*_check(*files)), every, rounds=3)
    yield Row(f"{_MANY} reports in one call, each", ours / _MANY, "pdftotext", theirs / _MANY, "1.5 × or less")


def _printed_reports() -> Iterator[Row]:
    for file in sorted(FIXTURES.glob("*.pdf")):
        ours, theirs = in_turn(command(*_check(file)), command(*_pdftotext(file)))
        yield Row(f"{file.stem} (office or browser, short)", ours, "pdftotext", theirs, "—")


def _scanned(folder: Path) -> Iterator[Row]:
    typed, scanned = folder / "typed.pdf", folder / "scanned.pdf"
    typed.write_bytes(a_report(pages=60))
    scanned.write_bytes(a_report(pages=60, letter=Letter(scan=Scan())))
    ours, theirs = in_turn(command(*_check(scanned)), command(*_check(typed)), rounds=3)
    yield Row("a scanned letter (2 pages)", ours, "the same letter typed", theirs, "at most 4 s more")
