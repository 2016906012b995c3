"""`intake check --json`, sandbox and all, against poppler's pdftotext on the same files."""

from __future__ import annotations

import itertools
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pypdf

from tests.bench.measure import Row, command, in_turn, one_after_another
from tests.builders import Letter, Scan, a_report

FIXTURES = Path(__file__).parent.parent / "corpus" / "fixtures"
_MANY = 20
_LONG = 160  # pages
_ANNEXES = 4  # pages at the end of each fixture that hold the plan and the letter


def run() -> Iterator[Row]:
    """One long report, twenty different ones in a call, a scanned letter, a report that is scanned throughout."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield from _text_reports(folder)
        yield from _printed_reports(folder)
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


def _printed_reports(folder: Path) -> Iterator[Row]:
    """As programs print them: an office program's and a browser's, whose text costs a reader several times as much."""
    for name, program in (("word-complete", "an office program"), ("web-complete", "a browser")):
        files = [_lengthened(FIXTURES / f"{name}.pdf", folder / f"{name}-{extra}.pdf", extra) for extra in range(_MANY)]
        ours, theirs = in_turn(command(*_check(files[0])), command(*_pdftotext(files[0])))
        yield Row(f"one report of {_LONG} pages ({program})", ours, "pdftotext", theirs, "4 × or less")
        every = one_after_another([command(*_pdftotext(file)) for file in files])
        ours, theirs = in_turn(command(*_check(*files)), every, rounds=3)
        yield Row(f"{_MANY} such in one call, each", ours / _MANY, "pdftotext", theirs / _MANY, "1.5 × or less")


def _lengthened(fixture: Path, file: Path, extra: int) -> Path:
    """The fixture with its own pages again and again before its annexes."""
    reader, writer = pypdf.PdfReader(fixture), pypdf.PdfWriter()
    body, annexes = reader.pages[:-_ANNEXES], reader.pages[-_ANNEXES:]
    for page in (*itertools.islice(itertools.cycle(body), _LONG + extra - _ANNEXES), *annexes):
        writer.add_page(page)
    writer.write(file)
    return file


def _scanned(folder: Path) -> Iterator[Row]:
    typed, scanned = folder / "typed.pdf", folder / "scanned.pdf"
    typed.write_bytes(a_report(pages=60))
    scanned.write_bytes(a_report(pages=60, letter=Letter(scan=Scan())))
    ours, theirs = in_turn(command(*_check(scanned)), command(*_check(typed)), rounds=3)
    yield Row("a scanned letter (2 pages)", ours, "the same letter typed", theirs, "at most 4 s more")
