"""Whose case it is: claims held against each other, and the hints that count only from the case's own side."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from intake.cases.matching import Same, same_case
from intake.ledger import Act
from intake.model import CaseIdentity, MailKind, OutgoingState, SubmissionState
from intake.senders.domains import organisation_of
from tests.builders import NORTHMERE, THORNWICK, Review, a_message, a_report
from tests.cases.office import Bench
from tests.service.world import named, stamped, submission

LINK = f"Dear team,\n\nThe report will be published at {NORTHMERE.weblink}\n\nMany thanks"


# --- claim against claim ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Northmere Community Safety Partnership", "Northmere Community Safety Partnership", Same.YES),
        ("Northmere Community Safety Partnership", "Northmere CSP", Same.YES),
        ("The Northmere C.S.P.", "NORTHMERE CSP", Same.YES),
        ("Safer Northmere Partnership", "Northmere Community Safety Partnership", Same.YES),
        ("Rother & Dean CSP", "Rother and Dean Community Safety Partnership", Same.YES),
        ("Northmere Community Safety Partnership", None, Same.YES),
        (None, None, Same.YES),
        ("Northmere CSP", "Northmeer CSP", Same.YES),  # a slip of the keyboard
        ("Northmere CSP", "Thornwick CSP", Same.NO),
        ("Northmere CSP", "Wealdshire Community Safety Partnership", Same.NO),
    ],
)
def test_a_partnership_is_written_in_many_ways(one: str | None, other: str | None, same: Same) -> None:
    assert same_case(CaseIdentity(one, None), CaseIdentity(other, None)) is same
    assert same_case(CaseIdentity(other, None), CaseIdentity(one, None)) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Anna", "Anna", Same.YES),
        ("Anna", "ANNA", Same.YES),
        ("Anna", None, Same.YES),
        ("Anna", "Anne", Same.UNCLEAR),  # one letter apart: a slip, or another case
        ("Adult Anna", "Anna", Same.YES),
        ("Anna", "Anna B", Same.UNCLEAR),
        ("Anna", "Bea", Same.NO),
        ("DHR 12", "DHR 13", Same.NO),
        ("DHR 12", "DHR 12", Same.YES),
        ("DHR12", "DHR 12", Same.YES),  # one number, written in more ways than one
        ("DHR 012", "DHR 12", Same.YES),
        ("DHR 120", "DHR 12", Same.NO),
        ("Case A1", "Case A2", Same.NO),
    ],
)
def test_a_case_is_told_by_every_letter_and_number(one: str | None, other: str | None, same: Same) -> None:
    assert same_case(CaseIdentity("Northmere CSP", one), CaseIdentity("Northmere CSP", other)) is same
    assert same_case(CaseIdentity("Northmere CSP", other), CaseIdentity("Northmere CSP", one)) is same


def test_a_case_of_another_partnership_is_another_case() -> None:
    assert same_case(CaseIdentity("Northmere CSP", "Anna"), CaseIdentity("Thornwick CSP", "Anna")) is Same.NO


@pytest.mark.parametrize(
    ("domain", "organisation"),
    [
        ("northmere.gov.uk", "northmere.gov.uk"),
        ("cs.northmere.gov.uk", "northmere.gov.uk"),
        ("northmere.gov.uk.cjsm.net", "northmere.gov.uk"),
        ("cs.northmere.gov.uk.cjsm.net", "northmere.gov.uk"),
        ("thornwick.gov.uk.cjsm.net", "thornwick.gov.uk"),
        ("cjsm.net", "cjsm.net"),
        ("northmere.gov.uk.cjsm.net.example.org", "example.org"),
        ("", ""),
    ],
)
def test_the_organisation_behind_a_domain(domain: str, organisation: str) -> None:
    assert organisation_of(domain) == organisation


# --- hints, and from whom they count --------------------------------------------------------------------------------


def waits_for_link(bench: Bench, review: Review = NORTHMERE) -> str:
    """A submission that has been asked for its web address; its reference."""
    bench.receives(submission(1, review, weblink=""))
    bench.judges()
    bench.delivers(OutgoingState.SENT)
    (row,) = bench.submissions()
    assert row.state is SubmissionState.WAITING_FOR_CSP
    return row.reference


def sends_link(bench: Bench, **changes: Any) -> None:
    usual: dict[str, Any] = {"number": 2, "subject": "The web address", "body": LINK, "review": NORTHMERE}
    bench.receives(stamped(a_message(**(usual | changes))))
    bench.judges()


def state(bench: Bench, reference: str) -> SubmissionState:
    return bench.view(reference).submission.state


def codes(bench: Bench, reference: str) -> list[str]:
    return [row.code for row in bench.view(reference).doubts if row.closed_at is None]


def test_a_reference_with_its_letters_counts(bench: Bench) -> None:
    reference = waits_for_link(bench)
    sends_link(bench, subject=f"[{reference}] The web address")
    assert [row.joined_by for row in bench.view(reference).messages] == ["new", "reference"]
    assert state(bench, reference) is SubmissionState.OPEN  # its forward is queued


def test_a_reference_with_other_letters_is_none(bench: Bench) -> None:
    reference = waits_for_link(bench)
    sends_link(bench, subject=f"[{reference[:-2]}QQ] Our report", body=LINK.replace("The report", "It"))
    assert len(bench.view(reference).messages) == 1


def test_a_stranger_with_the_reference_is_shown_and_becomes_no_part(bench: Bench) -> None:
    reference = waits_for_link(bench)
    sends_link(bench, subject=f"[{reference}] The web address", sender=THORNWICK.sender)
    assert "other-organisation" in codes(bench, reference)
    assert [row.confirmed for row in bench.view(reference).messages] == [True, False]
    assert state(bench, reference) is SubmissionState.REVIEW
    assert bench.view(reference).submission.weblink is None


@pytest.mark.parametrize("sender", ["kim@cs.northmere.gov.uk", "kim@northmere.gov.uk.cjsm.net"])
def test_a_colleague_from_a_part_of_the_organisation_is_of_it(bench: Bench, sender: str) -> None:
    review = replace(NORTHMERE, domain="northmere.gov.uk")
    for address in (review.sender, sender):
        bench.ledger.actions.trust(address, Act(by="Ana", reason="known to us", at=bench.now))
    reference = waits_for_link(bench, review)
    sends_link(bench, subject=f"[{reference}] The web address", sender=sender)
    assert codes(bench, reference) == []
    assert [row.confirmed for row in bench.view(reference).messages] == [True, True]


def test_another_case_in_the_thread_makes_a_submission_of_its_own(bench: Bench) -> None:
    reference = waits_for_link(bench, named("Anna"))
    reply = next(mail for mail in bench.outgoing() if mail.kind is MailKind.REPLY)
    bench.receives(submission(2, named("Bea"), in_reply_to=reply.message_id))
    bench.judges()
    assert len(bench.view(reference).messages) == 1
    assert {row.case_name for row in bench.submissions()} == {"Anna", "Bea"}


def test_a_case_one_letter_apart_in_the_thread_waits_for_a_person(bench: Bench) -> None:
    reference = waits_for_link(bench, named("Anna"))
    reply = next(mail for mail in bench.outgoing() if mail.kind is MailKind.REPLY)
    bench.receives(submission(2, named("Anne"), in_reply_to=reply.message_id))
    bench.judges()
    assert "case-unclear" in codes(bench, reference)
    assert not [mail for mail in bench.outgoing() if mail.kind is MailKind.FORWARD]


def test_the_same_case_from_another_organisation_points_to_nothing(bench: Bench) -> None:
    reference = waits_for_link(bench)
    other = a_report(review=NORTHMERE, pages=8, seed=2)
    bench.receives(submission(2, NORTHMERE, sender=THORNWICK.sender, report=other))
    bench.judges()
    assert len(bench.view(reference).messages) == 1
    assert len(bench.submissions()) == 2


def test_the_same_report_from_another_organisation_waits_for_a_person(bench: Bench) -> None:
    report = a_report(review=NORTHMERE, pages=8)
    bench.receives(submission(1, NORTHMERE, report=report))
    bench.judges()
    bench.receives(submission(2, NORTHMERE, report=report, sender=THORNWICK.sender, subject="Our final report"))
    bench.judges()
    (row,) = bench.submissions()
    assert codes(bench, row.reference) == ["other-organisation"]
    assert [mail.state for mail in bench.outgoing() if mail.kind is MailKind.FORWARD] == [OutgoingState.CANCELLED]


def test_an_address_alone_completes_the_one_submission_that_waits_for_it(bench: Bench) -> None:
    reference = waits_for_link(bench)
    words = LINK.replace("Dear team,", "Dear team,\n\nFurther to my e-mail, here is the web address.")
    sends_link(bench, body=words)
    assert [row.joined_by for row in bench.view(reference).messages] == ["new", "waiting"]
    assert state(bench, reference) is SubmissionState.OPEN
