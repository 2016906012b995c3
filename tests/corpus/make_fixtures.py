"""`python -m tests.corpus.make_fixtures`: make the PDFs of other programs that the tests keep.

LibreOffice (from .docx) and Chromium (from HTML) write PDFs quite unlike reportlab's: other fonts, other order of
text, tagged tables. They are made once, with both programs at hand, and committed; the tests only read them.
"""

from __future__ import annotations

import html
import io
import subprocess
import sys
import tempfile
from pathlib import Path

from pypdf import PdfReader, PdfWriter

from intake.demo.action_plans import LIVE_NOTE, rows_of
from intake.demo.letters import whole_letter
from intake.demo.prose import CHAPTERS, Author
from tests.builders import (
    BRACKENFORD,
    CALDERBROOK,
    RENAMED,
    THORNWICK,
    Letter,
    Plan,
    Review,
    a_word_letter,
    a_word_report,
)

FIXTURES = Path(__file__).with_name("fixtures")
STYLE = """
body { font-family: serif; font-size: 11pt } h1 { break-before: page }
table { font-size: 7pt; border-collapse: collapse } td, th { border: 1px solid #555; padding: 3px; vertical-align: top }
@page wide { size: A4 landscape } .wide { page: wide }
"""


def main() -> int:
    """Make every fixture."""
    FIXTURES.mkdir(exist_ok=True)
    made = {
        "word-complete.pdf": from_word(a_word_report(BRACKENFORD, Letter(), Plan(rows=8))),
        "word-without-letter.pdf": from_word(a_word_report(CALDERBROOK, None, Plan(rows=10, columns=RENAMED))),
        "word-letter.pdf": from_word(a_word_letter(CALDERBROOK, Letter(wording="2022"))),
        "web-complete.pdf": from_web(web_report(THORNWICK, Letter(wording="2020"), Plan(rows=9))),
        "web-without-plan.pdf": from_web(web_report(THORNWICK, Letter(wording="2023"), None)),
    }
    for name, pdf in made.items():
        (FIXTURES / name).write_bytes(clean(pdf))
    return 0


def from_word(document: bytes) -> bytes:
    """LibreOffice's PDF of a Word file."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "report.docx"
        source.write_bytes(document)
        profile = f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}"
        command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, str(source)]
        subprocess.run(command, check=True, capture_output=True, timeout=180)
        return source.with_suffix(".pdf").read_bytes()


def from_web(page: str) -> bytes:
    """Chromium's PDF of a web page."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "report.html", Path(folder) / "report.pdf"
        source.write_text(page, encoding="utf-8")
        switches = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-pdf-header-footer",
            f"--user-data-dir={folder}/p",
        ]
        command = ["chromium", *switches, f"--print-to-pdf={target}", source.as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=180)
        return target.read_bytes()


def web_report(review: Review, letter: Letter, plan: Plan | None) -> str:
    """A report as a web page."""
    author = Author(review, 3)
    body = [f"<title>{review.kind}</title><style>{STYLE}</style><h2>{_text(review.csp)}</h2>"]
    body += [f"<h2>{review.kind}: {review.name}</h2><p>Overview report. Chair: {review.author}</p>"]
    body += ["<h1>Executive summary</h1>", f"<p>{_text(author.paragraph('introduction'))}</p>"]
    for number, (title, subject) in enumerate(CHAPTERS, 1):
        body += [f"<h1>{number}. {title}</h1>", *(f"<p>{_text(author.paragraph(subject))}</p>" for _ in range(9))]
    points = "".join(f"<li>{_text(point)}</li>" for point in author.recommendations(6))
    body += ["<h1>12. Recommendations</h1>", f"<ol>{points}</ol>"]
    if plan:
        rows = "".join(
            f"<tr>{''.join(f'<td>{_text(cell)}</td>' for cell in row)}</tr>" for row in rows_of(plan, review)
        )
        head = "".join(f"<th>{column}</th>" for column in plan.columns)
        body.append(f"<div class=wide><h1>Annex 1: Action Plan</h1><p>{LIVE_NOTE}</p>")
        body.append(f"<table><thead><tr>{head}</tr></thead>{rows}</table></div>")
    body.append("<h1>Annex 2: Home Office feedback letter</h1>")
    body += [f"<p>{_text(line)}</p>" for line in whole_letter(letter, review)]
    return "".join(body)


def _text(text: str) -> str:
    return html.escape(text)


def clean(pdf: bytes) -> bytes:
    """The same pages without dates, names and identifiers of who made them."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    producer = writer.metadata.producer if writer.metadata else None
    writer.metadata = {"/Producer": producer or ""}
    writer.root_object.pop("/Metadata", None)
    writer.compress_identical_objects(remove_unreferenced=True)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main())
