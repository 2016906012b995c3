"""The invented reviews that samples are made of: a partnership, a council, a pseudonym, and who writes.

No place, council, partnership or person here exists.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Review:
    """One invented review. `name` is the pseudonym chosen with the family, "" where there is none."""

    csp: str
    council: str
    domain: str  # of the council's mail and site
    name: str
    year: int = 2022
    author: str = "Dr Helen Ashdown"
    addressee: str = "Cllr Peter Lunt"
    street: str = "Castle Street"
    town: str = "Northmere"
    postcode: str = "NM1 2AB"
    officer: str = "Joanna Reed"
    officer_title: str = "Community Safety Manager"
    dardr: bool = False  # the name these reviews have had since 2024

    @property
    def kind(self) -> str:
        return "Domestic Abuse Related Death Review" if self.dardr else "Domestic Homicide Review"

    @property
    def short_kind(self) -> str:
        return "DARDR" if self.dardr else "DHR"

    @property
    def sender(self) -> str:
        return f"{self.officer.lower().replace(' ', '.')}@{self.domain}"

    @property
    def weblink(self) -> str:
        return f"https://www.{self.domain}/community-safety/domestic-homicide-reviews"

    @property
    def reference(self) -> str:
        return f"{self.short_kind} {self.name or self.year}".strip()


NORTHMERE = Review("Northmere Community Safety Partnership", "Northmere City Council", "northmere.gov.example", "Anna")
WEALDSHIRE = Review(
    "Wealdshire & Marl Valley Community Safety Partnership",
    "Wealdshire County Council",
    "wealdshire.gov.example",
    "Rosa",
    2021,
    "Martin Pell",
    "Cllr Judith Amory",
    "Corn Hall Road",
    "Marlbridge",
    "WM4 7QD",
    "David Osei",
    "Strategic Lead, Domestic Abuse",
)
CALDERBROOK = Review(
    "Calderbrook, Fen and Holt Community Safety Partnership",
    "Calderbrook Borough Council",
    "calderbrook.gov.example",
    "Louise",
    2020,
    "Carol Whitlam OBE",
    "Mr Simon Farrow",
    "Mill Lane",
    "Calderbrook",
    "CK2 9LP",
    "Priya Nair",
    "Domestic Abuse Coordinator",
)
THORNWICK = Review(
    "Safer Thornwick Partnership",
    "Thornwick Metropolitan Borough Council",
    "thornwick.gov.example",
    "Neil",
    2019,
    "Gareth Bowen",
    "Ms Ruth Calloway",
    "Priory Way",
    "Thornwick",
    "TW7 3EE",
    "Tom Whitby",
    "Partnerships Officer",
)
EASTMARCH = Review(
    "Eastmarch Community Safety Partnership",
    "Eastmarch District Council",
    "eastmarch.gov.example",
    "Sarah",
    2023,
    "Elaine Courtney",
    "Cllr Imran Sadiq",
    "Quay Road",
    "Eastmarch",
    "EM3 4HT",
    "Beth Langley",
    "Community Safety Officer",
    dardr=True,
)
BRACKENFORD = Review(
    "Brackenford and Upper Lyne Community Safety Partnership",
    "Brackenford Council",
    "brackenford.gov.example",
    "Mary",
    2018,
    "Alan Prior",
    "Cllr Jean Stoddart",
    "Market Place",
    "Brackenford",
    "BF1 1AA",
    "Owen Fairley",
    "Head of Communities",
)

REVIEWS = (NORTHMERE, WEALDSHIRE, CALDERBROOK, THORNWICK, EASTMARCH, BRACKENFORD)
