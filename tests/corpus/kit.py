"""What the makers of cases share: a review chosen, its letter, plan, report and covering mail in a style."""

from __future__ import annotations

import random
from typing import Any
from urllib.parse import quote

from intake.demo.page_layout import Sheets
from intake.demo.report_builder import a_report
from tests.builders import (
    File,
    Letter,
    Mail,
    Plan,
    Report,
    Review,
    Scan,
    a_message,
    quoted_request,
    scan,
    signature,
)
from tests.corpus.case import Style

MONTHS = ("January", "February", "March", "April", "June", "July", "September", "October", "November")


class Kit:
    """One case in the making: every choice comes from the case's own chance."""

    def __init__(self, rng: random.Random, style: Style) -> None:
        self.rng, self.style = rng, style
        self.review: Review = rng.choice(style.reviews)
        self.weblink = rng.choice(style.paths).format(domain=self.review.domain)

    def other_review(self) -> Review:
        """Another partnership's review."""
        return self.rng.choice([r for r in self.style.reviews if r.csp != self.review.csp])

    def letter(self, **changes: Any) -> Letter:
        """A final feedback letter in one of the style's wordings."""
        year = self.review.year + self.rng.randint(1, 3)
        looks: dict[str, Any] = {
            "template": self.rng.choice(self.style.letters),
            "date": f"{self.rng.randint(1, 28)} {self.rng.choice(MONTHS)} {year}",
            "meeting": f"{self.rng.randint(4, 28)}th {self.rng.choice(MONTHS)} {year}",
            "remarks": self.rng.randint(2, 8),
            "seed": self.rng.randint(1, 999),
        }
        return Letter(**(looks | dict(self.rng.choice(self.style.letter_looks)) | changes))

    def resubmit_letter(self, **changes: Any) -> Letter:
        """The Panel's earlier letter, which asks to see the report again."""
        return self.letter(template=self.rng.choice(self.style.resubmits), **changes)

    def plan(self, **changes: Any) -> Plan:
        """An action plan with what was done and the note that it is a live document."""
        look = dict(self.rng.choice(self.style.plans))
        return Plan(**({"seed": self.rng.randint(1, 99), "rows": self.rng.randint(6, 16)} | look | changes))

    def report(self, **changes: Any) -> bytes:
        """A report; what is not said to be otherwise is in order."""
        look = dict(self.rng.choice(self.style.reports))
        usual: dict[str, Any] = {
            "review": self.review,
            "pages": self.rng.randint(24, 70),
            "letter": self.letter(),
            "plan": self.plan(),
            "seed": self.rng.randint(1, 9999),
            "outline": self.rng.random() < 0.6,
            "page_labels": self.rng.random() < 0.3,
            "font": self.rng.choice(("Helvetica", "Times-Roman")),
        }
        return a_report(Report(**(usual | look | changes)))

    def scanned(self, pdf: bytes, how: Scan | None = None) -> bytes:
        """The same PDF as pictures of its pages."""
        sheets = Sheets()
        for picture in scan(pdf, how or Scan(dpi=150, skew=0.4, noise=12)):
            sheets.picture(picture)
        return sheets.finish()

    def words(self, text: str, place: str = "") -> str:
        """One of the style's texts with this case's names in it."""
        review = self.review
        return text.format(
            kind=review.kind,
            short=review.short_kind,
            name=review.name or str(review.year),
            csp=review.csp,
            council=review.council,
            town=review.town,
            domain=review.domain,
            place=place,
        ).replace("\n\n\n\n", "\n\n")

    def place(self, url: str | None = None) -> str:
        """The sentence that gives the weblink."""
        return self.rng.choice(self.style.places).format(url=url or self.weblink)

    def cover(self, place: str | None = None) -> str:
        """A covering mail; `place` "" leaves the weblink out."""
        return self.words(self.rng.choice(self.style.covers), self.place() if place is None else place)

    def file(self, content: bytes, name: str | None = None, media_type: str = "") -> File:
        """The report as an attachment."""
        chosen = self.words(self.rng.choice(self.style.file_names)) if name is None else name
        return File(chosen, content, media_type)

    def mail(self, *files: File, **changes: Any) -> bytes:
        """The covering mail with these files."""
        usual: dict[str, Any] = {
            "subject": self.words(self.rng.choice(self.style.subjects)),
            "body": self.cover(),
            "files": files,
            "signature": signature(self.review, self.rng.random() < 0.6),
            "quoted": quoted_request(self.review) if self.rng.random() < 0.35 else "",
            "html": self.rng.random() < 0.6,
            "marking": self.rng.choice(("", "", "OFFICIAL-SENSITIVE:", "[OFFICIAL]", "RE:")),
            "cc": self.rng.choice(((), (), ("DHR@domesticabusecommissioner.independent.gov.uk",))),
            "review": self.review,
            "number": self.rng.randint(1, 400),
        }
        chosen = usual | changes
        if "html" not in changes and chosen["html"]:
            chosen["html_only"] = self.rng.random() < 0.25
        return a_message(Mail(**chosen))


def safe_link(url: str) -> str:
    """The address as Outlook's link protection rewrites it."""
    wrapped = quote(url, safe="")
    return (
        f"https://eur02.safelinks.protection.outlook.com/?url={wrapped}&data=05%7C02%7Cdhr%40homeoffice.gov.uk"
        "%7C5b1f%7Cf24d%7C0%7C0%7C6385&sdata=Zm9v%3D&reserved=0"
    )


def url_defense(url: str, version: int) -> str:
    """The address as Proofpoint rewrites it."""
    if version == 3:
        return f"https://urldefense.com/v3/__{url}__;!!CQkd1A!kQ2fZ0bA$"
    coded = url.replace("-", "-2D").replace("_", "-5F").replace(":", "-3A").replace("/", "_")
    return f"https://urldefense.proofpoint.com/v2/url?u={coded}&d=DwMFaQ&c=euGZstcaTDllvimEN8b7jXrwqOf&e="
