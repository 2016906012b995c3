"""One path from a file to its verdict, with the real readers: what is only embedded is not among the report's pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject

from intake.judging.judge import Judge
from intake.model import Outcome
from intake.wiring.children import start_sandbox
from intake.wiring.rules import build_judge, load_rules
from tests.builders import a_letter, a_report
from tests.documents.files import changed, set_root

WEBLINK = "https://www.northmere.gov.example/dhr"


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with start_sandbox() as sandbox:
        yield build_judge(sandbox, load_rules())


def holding(content: bytes, name: str, inner: bytes, *, portfolio: bool = False) -> bytes:
    """The PDF with another file inside."""

    def change(writer: PdfWriter) -> None:
        writer.add_attachment(name, inner)
        if portfolio:
            set_root(writer, "/Collection", DictionaryObject())

    return changed(content, change)


def test_a_letter_embedded_in_the_report_is_told_from_one_that_is_missing(judge: Judge) -> None:
    content = holding(a_report(letter=None, pages=20), "QA letter.pdf", a_letter())
    verdict = judge.judge_file("report.pdf", content, WEBLINK).verdict
    found = verdict.finding("feedback-letter-annex")
    assert found is not None
    assert found.fault == "feedback-letter-embedded"
    assert "QA letter.pdf" in found.summary
    assert verdict.outcome is Outcome.REVIEW  # other files inside: a person looks before anything leaves
    assert [file.name for file in verdict.files] == ["report.pdf"]


def test_the_report_inside_a_portfolio_is_not_the_file_that_came(judge: Judge) -> None:
    content = holding(a_letter(), "report.pdf", a_report(pages=20), portfolio=True)
    verdict = judge.judge_file("all.pdf", content, WEBLINK).verdict
    assert verdict.outcome is not Outcome.COMPLIANT
    assert verdict.report is None or verdict.report.name == "all.pdf"
