"""A message that says it brings another case's report than it does is told; what the report bears out is not."""

from __future__ import annotations

import pytest

from intake.judging.facts import Clash
from intake.judging.parts.claims import Report
from intake.judging.parts.message_claim import clashes
from intake.judging.phrases import fold
from intake.model import Address, CaseIdentity, Unpacked

CSP = "Carrowdale Community Safety Partnership"
FILE = "DHR overview report FINAL v3.pdf"
PAGE = "https://www.carrowdale.gov.uk/dhr"


def report(case: str = "Megan") -> Report:
    claim = CaseIdentity(CSP, case)
    text = fold(f"{CSP} overview report {case} lived in Carrowdale in Marlshire")
    return Report(claim, claim, text, text, text)


def found(
    subject: str = "Final report",
    words: str = "Please find it attached.",
    file: str = FILE,
    address: str = "jo@carrowdale.gov.uk",
    link: str | None = PAGE,
    case: str = "Megan",
) -> list[tuple[str, str, str]]:
    told = clashes(Unpacked(subject=subject, sender=Address(address)), words, file, link, report(case))
    assert all(isinstance(clash, Clash) for clash in told)
    return [(clash.about, clash.said, clash.source) for clash in told]


@pytest.mark.parametrize(
    ("said", "clash"),
    [
        ({"subject": "Final DHR submission: DHR Ruth"}, ("case", "Ruth", "subject")),
        ({"subject": "DHR report in respect of the death of 'Ruth'"}, ("case", "Ruth", "subject")),
        ({"words": "Here is our report into the death of Ruth."}, ("case", "Ruth", "message")),
        ({"words": "Please find attached the final report on Ruth, with its letter."}, ("case", "Ruth", "message")),
        ({"subject": "DHR final report - Ruth"}, ("case", "Ruth", "subject")),
        ({"subject": "Ruth DHR"}, ("case", "Ruth", "subject")),
        ({"words": "I attach Ruth’s final DHR."}, ("case", "Ruth", "message")),
        ({"file": "DHR_Overview_Report_Ruth_FINAL.pdf"}, ("case", "Ruth", "file name")),
        ({"subject": "FINAL DHR SUBMISSION - RUTH"}, ("case", "Ruth", "subject")),
        (
            {"words": "1. Report (Ruth)", "link": "https://www.carrowdale.gov.uk/dhr/dhr-ruth-2023"},
            ("case", "Ruth", "page’s address"),
        ),
        (
            {"subject": "Ruth’s, at last", "link": "https://www.carrowdale.gov.uk/reviews/ruth/"},
            ("case", "Ruth", "page’s address"),
        ),
        ({"words": "I attach version 4.", "file": "DHR v3.pdf"}, ("version", "4", "words")),
        ({"subject": "DHR Megan (v2.1)", "file": "DHR_Megan_v2.0.pdf"}, ("version", "2.1", "words")),
        ({"file": "DHR 21 final.pdf", "case": "DHR 12"}, ("case", "DHR 21", "file name")),
        ({"subject": "Final report: Adult A", "case": "Adult F"}, ("case", "Adult A", "subject")),
        (
            {"words": "From Wexbridge Community Safety Partnership."},
            ("partnership", "Wexbridge Community Safety Partnership", "message"),
        ),
        (
            {"address": "jo@wexbridge.gov.uk", "link": "https://www.wexbridge.gov.uk/dhr"},
            ("council", "wexbridge", "addresses"),
        ),
    ],
)
def test_what_the_report_does_not_hold_is_told(said: dict[str, str], clash: tuple[str, str, str]) -> None:
    assert found(**said) == [clash]


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"subject": "Final DHR submission - Megan (OFFICIAL-SENSITIVE)"},
        {"subject": "DHR Submission (FINAL)", "file": "DHR Report (clean) (1).pdf"},
        {"subject": "DHR Meghan final report", "words": f"On behalf of {CSP}, the report on the death of Megan."},
        {"words": "Dear DHR team,\nPlease find it attached."},
        {"words": "Yours\nJo Reed\nPartnerships & Prevention, Carrowdale CSP"},
        {"words": f"{CSP} worked with Wexbridge Community Safety Partnership on it."},
        {"file": "DHR 21 final.pdf"},
        {"address": "jo@carrowdaledc.gov.uk", "link": "https://www.carrowdaledc.gov.uk/dhr"},
        {"address": "jo@wexbridge.gov.uk"},
        {"address": "jo@wexbridge.gov.uk", "link": None},
        {"address": "jo@wmca.gov.uk", "link": "https://www.wmca.gov.uk/dhr"},
        {"words": "From our VAWG lead (VAWG team)", "link": "https://www.carrowdale.gov.uk/safety/publications"},
        {"subject": "FINAL DHR SUBMISSION - MEGAN", "link": "https://www.carrowdale.gov.uk/dhr/megan"},
        {"file": "NCSP_Review_final.pdf", "subject": "NCSP Domestic Homicide Review"},
        {"file": "RT-CSP-0417 Megan Final.pdf", "subject": "Our ref: RT/CSP/0417"},
        {"words": "Version 3, which replaces version 2.", "file": "DHR v3.0 final.pdf"},
        {"words": "It replaces version 2.", "file": "DHR final.pdf"},
    ],
)
def test_what_it_bears_out_or_says_nothing_of_is_not(said: dict[str, str]) -> None:
    assert found(**said) == []


def _report(text: str, csp: str = CSP) -> Report:
    claim = CaseIdentity(csp, "Megan")
    return Report(claim, claim, fold(text), fold(text), fold(text))


@pytest.mark.parametrize(("council", "told"), [("ruthp", True), ("ruth", False)])
def test_a_council_of_four_letters_is_initials(council: str, told: bool) -> None:
    said = Unpacked(subject="Report", sender=Address(f"jo@{council}.gov.uk"))
    found = clashes(said, "Here it is.", FILE, f"https://www.{council}.gov.uk/dhr", _report("nothing of it"))
    assert bool(found) is told


@pytest.mark.parametrize(("place", "told"), [("harrow", False), ("harro", True)])
def test_a_name_that_is_most_of_a_domain_bears_it_out(place: str, told: bool) -> None:
    said = Unpacked(subject="Report", sender=Address("jo@xharrowyyy.gov.uk"))
    found = clashes(said, "Here it is.", FILE, "https://www.xharrowyyy.gov.uk/dhr", _report(f"in {place} it was"))
    assert bool(found) is told


@pytest.mark.parametrize(("initials", "told"), [("CF", False), ("CX", True)])
def test_initials_stand_for_a_partnership(initials: str, told: bool) -> None:
    csp = "Carrow and Fenwick Community Safety Partnership"
    said = Unpacked(subject=f"{initials} Community Safety Partnership: report", sender=Address("jo@x.gov.uk"))
    found = clashes(said, "Here it is.", FILE, None, _report(csp, csp))
    assert any(clash.about == "partnership" for clash in found) is told


@pytest.mark.parametrize(("name", "told"), [("Zoe", True), ("Zo", False)])
def test_two_letters_are_no_pseudonym(name: str, told: bool) -> None:
    assert any(about == "case" for about, _, _ in found(subject=f"Report on the death of '{name}'")) is told
