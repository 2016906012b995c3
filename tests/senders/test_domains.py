from __future__ import annotations

import pytest

from intake.senders.domains import aligned, matches, normal_address, normal_domain, organisational_domain, within


@pytest.mark.parametrize(
    ("name", "organisation"),
    [
        ("kent.gov.uk", "kent.gov.uk"),
        ("mail.kent.gov.uk", "kent.gov.uk"),
        ("kent.police.uk", "kent.police.uk"),
        ("secure.kent.police.uk", "kent.police.uk"),
        ("trust.nhs.uk", "trust.nhs.uk"),
        ("nhs.net", "nhs.net"),
        ("a.b.example.co.uk", "example.co.uk"),
        ("gov.uk", "gov.uk"),
        ("one.blogspot.com", "one.blogspot.com"),  # two tenants of one host are two organisations
    ],
)
def test_the_organisation_behind_a_name(name: str, organisation: str) -> None:
    assert organisational_domain(name) == organisation


def test_alignment_is_relaxed_within_one_organisation_only() -> None:
    assert aligned("bounce.kent.gov.uk", "kent.gov.uk")
    assert aligned("KENT.gov.uk", "democratic.kent.gov.uk")
    assert not aligned("essex.gov.uk", "kent.gov.uk")
    assert not aligned("gov.uk", "kent.gov.uk")
    assert not aligned("", "kent.gov.uk")


def test_retired_domains_include_what_is_below_them() -> None:
    assert within("gsi.gov.uk", ["*.gsi.gov.uk"])
    assert within("homeoffice.gsi.gov.uk", ["gsi.gov.uk"])
    assert not within("notgsi.gov.uk", ["gsi.gov.uk"])


def test_a_wildcard_stands_for_names_below_not_for_itself() -> None:
    assert matches("kent.gov.uk", ["*.gov.uk"])
    assert matches("a.kent.gov.uk", ["*.gov.uk"])
    assert not matches("gov.uk", ["*.gov.uk"])
    assert not matches("kentgov.uk", ["*.gov.uk"])


def test_internationalised_names_have_one_spelling() -> None:
    assert normal_domain("bücher.example") == "xn--bcher-kva.example"


@pytest.mark.parametrize("address", ["o'neil@kent.gov.uk", "a.b+c@kent.gov.uk", "A_B@Kent.Gov.UK"])
def test_ordinary_addresses_are_kept(address: str) -> None:
    local, _, domain = address.partition("@")
    assert normal_address(address) == f"{local}@{domain.lower()}"
