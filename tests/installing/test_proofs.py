"""What our own mail system writes into headers is told from what strangers write, or nothing is said."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from intake.installing.proofs import Headers, find_proofs

_DATE = "Tue, 1 Dec 2026 10:00:00 +0000"
COUNCILS = ("tidewell.gov.uk", "harrowdale.gov.uk", "eastmarsh.gov.uk", "coldbeck.gov.uk")


def received(host: str) -> tuple[str, str]:
    return "Received", f"from elsewhere.example by {host} with ESMTPS id 1; {_DATE}"


def results(server: str, domain: str) -> tuple[str, str]:
    return "Authentication-Results", f"{server}{'; ' if server else ''}dmarc=pass header.from={domain}"


def sent_by(domain: str) -> list[tuple[str, str]]:
    """What the sender's own side wrote, a result of its own among it."""
    return [received(f"out.{domain}"), results(f"mail.{domain}", domain), ("From", f"Officer <o@{domain}>")]


def through(*lines: str, server: str = "mx.northmere.gov.uk", domains: Sequence[str] = COUNCILS) -> list[Headers]:
    """Messages whose topmost lines are these: a host's Received line, or "=" for the results."""
    return [
        [*(results(server, domain) if line == "=" else received(line) for line in lines), *sent_by(domain)]
        for domain in domains
    ]


def test_a_server_of_ones_own_is_known_by_its_name_and_its_place() -> None:
    found = find_proofs(through("imap.northmere.gov.uk", "=", "mx.northmere.gov.uk"))
    assert (found.authserv_id, found.border_host) == ("mx.northmere.gov.uk", "mx.northmere.gov.uk")
    assert found.inner_hosts == ("imap.northmere.gov.uk",)
    assert (found.proved, found.looked_at) == (4, 4)


def test_results_below_the_servers_own_line_are_known_by_its_name_alone() -> None:
    found = find_proofs(through("mx.northmere.gov.uk", "="))
    assert (found.authserv_id, found.border_host, found.inner_hosts) == ("mx.northmere.gov.uk", "", ())


def test_exchange_online_is_known_by_its_border() -> None:
    messages = [
        message
        for number, domain in enumerate(COUNCILS)
        for message in through(
            f"A{number}.eurprd0{number}.prod.outlook.com",
            f"B{number}.eurprd07.prod.outlook.com",
            "=",
            f"C{number}.mail.protection.outlook.com",
            server="",
            domains=(domain,),
        )
    ]
    found = find_proofs(messages)
    assert (found.authserv_id, found.border_host) == ("", "*.mail.protection.outlook.com")
    assert found.inner_hosts == ("*.prod.outlook.com",)
    assert found.proved == 4


def test_some_messages_from_within_do_no_harm() -> None:
    within: list[Headers] = [[received("imap.northmere.gov.uk"), ("From", "colleague@northmere.gov.uk")]] * 3
    found = find_proofs([*within, *through("imap.northmere.gov.uk", "=", "mx.northmere.gov.uk")])
    assert (found.authserv_id, found.proved, found.looked_at) == ("mx.northmere.gov.uk", 4, 7)


@pytest.mark.parametrize(
    ("messages", "why"),
    [
        ([], "too few to tell"),
        (through("=", "mx.northmere.gov.uk", domains=COUNCILS[:2]), "too few to tell"),
        ([[received("imap.northmere.gov.uk"), *sent_by(domain)] for domain in COUNCILS], "by several servers"),
        (through("=", "mx.northmere.gov.uk", domains=COUNCILS[:1] * 5), "from one organisation"),
        ([[results("", domain), *sent_by(domain)] for domain in COUNCILS], "do not stand where our own"),
    ],
    ids=["an empty mailbox", "two messages", "the senders' own results alone", "one correspondent", "no trace"],
)
def test_where_it_is_not_clear_nothing_is_proposed(messages: list[Headers], why: str) -> None:
    found = find_proofs(messages)
    assert not found.found
    assert why in found.why_not


def test_a_stranger_who_writes_often_does_not_choose_the_border() -> None:
    """One sender's hosts below the results belong to nobody of ours: the name alone is proposed."""
    domains = ("a.tidewell.gov.uk", "b.tidewell.gov.uk", "c.tidewell.gov.uk", "harrowdale.gov.uk")
    ours, theirs = received("mx.northmere.gov.uk"), received("out.tidewell.gov.uk")
    messages: list[Headers] = [
        [ours, results("mx.northmere.gov.uk", each), theirs, ("From", f"o@{each}")] for each in domains
    ]
    found = find_proofs(messages)
    assert (found.authserv_id, found.border_host) == ("mx.northmere.gov.uk", "")
