"""What proves a sender, and what only looks as if it did: lines in between, partial and replayed signatures."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.model import Address, Unpacked
from intake.senders import SenderRules, assess
from tests.senders.mails import (
    BORDER,
    BOTH,
    BY_POSITION,
    COUNCIL,
    INNER,
    PINNED,
    RECEIVED_AT,
    SERVER,
    a_message,
    received,
    results,
    signature,
    told,
)

ALL_RULES = pytest.mark.parametrize("rules", [PINNED, BY_POSITION, BOTH], ids=["pinned", "by position", "both"])
PASS = "dmarc=pass header.from=northmere.gov.uk; spf=pass smtp.mailfrom=northmere.gov.uk"
DKIM = "dkim=pass header.d=northmere.gov.uk"
NAMES = ("Subject", "Date", "To", "Reply-To", "Content-Type", "Content-Transfer-Encoding", "MIME-Version")
FORGED = st.lists(
    st.one_of(
        st.builds(received, st.sampled_from([BORDER, INNER, SERVER, "by", "x.example"])),
        st.builds(results, st.just(PASS), st.sampled_from([SERVER, BORDER, ""])),
        st.just(("X-Other", "y")),
    ),
    max_size=8,
)


def with_fields(message: Unpacked, *names: str) -> Unpacked:
    return replace(message, headers=(*message.headers, *((name, "x") for name in names)))


@ALL_RULES
@given(forged=FORGED)
def test_nothing_below_a_strangers_line_is_believed(rules: SenderRules, forged: list[tuple[str, str]]) -> None:
    """The topmost line is by a host that we do not know: what follows may all be made up."""
    message = a_message(received("elsewhere.example"), *forged)
    assert not assess(message, rules).authenticated


@ALL_RULES
@given(forged=FORGED)
def test_nothing_below_the_borders_own_no_is_believed(rules: SenderRules, forged: list[tuple[str, str]]) -> None:
    genuine = results("dmarc=none header.from=northmere.gov.uk")
    message = a_message(received(INNER), genuine, received(BORDER), *forged)
    assert not assess(message, rules).authenticated


@ALL_RULES
@pytest.mark.parametrize("host", ["mx2.homeoffice.example", f"evil-{INNER}", "x.inner.homeoffice.example"])
def test_a_host_in_between_that_is_not_listed_ends_the_search(rules: SenderRules, host: str) -> None:
    proved = (results(PASS), received(BORDER))
    assert assess(a_message(received(INNER), *proved), rules).authenticated
    assert not assess(a_message(received(host), *proved), rules).authenticated


def test_hosts_in_between_may_be_named_by_their_network() -> None:
    rules = replace(BY_POSITION, inner_hosts=("2002:a05::/32", "10.0.0.0/8"))
    for host, believed in {
        "2002:a05:6a10::1": True,
        "[10.1.2.3]": True,
        "2002:a06::1": False,
        "[11.1.2.3]": False,
    }.items():
        message = a_message(received(host), results(PASS), received(BORDER))
        assert assess(message, rules).authenticated is believed, host


@pytest.mark.parametrize("name", NAMES)
def test_a_signature_that_leaves_out_what_shows_is_no_proof(name: str) -> None:
    covering = ":".join(["from", *(other.lower() for other in NAMES if other != name)])
    whole = ":".join(["from", *(other.lower() for other in NAMES)])
    for covered, believed in ((covering, False), (whole, True)):
        message = with_fields(a_message(results(DKIM), received(BORDER), signature(covering=covered)), *NAMES)
        assert assess(message, BOTH).authenticated is believed


@pytest.mark.parametrize(
    "spoiled",
    [
        signature(more="l=100; "),
        signature(covering="subject"),
        signature(more="d=evil.example; "),
        ("DKIM-Signature", "v=1; d=northmere.gov.uk"),
        ("DKIM-Signature", "d=northmere.gov.uk; h=from; " + "x" * 4000),
        ("DKIM-Signature", "nonsense"),
    ],
)
@pytest.mark.parametrize("text", [DKIM, "dmarc=pass header.from=northmere.gov.uk", f"{DKIM}; dmarc=pass header.from=x"])
def test_neither_dkim_nor_dmarc_is_believed_for_a_partial_signature(spoiled: tuple[str, str], text: str) -> None:
    for lines in ((spoiled,), (signature(), spoiled), (spoiled, signature())):
        sender = assess(a_message(results(text), received(BORDER), *lines), BOTH, ("northmere.gov.uk",))
        assert not sender.authenticated
        assert told(sender)


def test_the_path_proves_a_message_whose_signature_is_partial() -> None:
    sender = assess(a_message(results(PASS), received(BORDER), signature(more="l=100; ")), BOTH)
    assert sender.how == ("dmarc", "spf")
    assert told(sender) == ()


def test_a_result_without_a_signature_in_the_message_is_no_proof() -> None:
    assert not assess(a_message(results(DKIM), received(BORDER)), BOTH).authenticated


def test_others_signatures_do_not_matter() -> None:
    others = signature("lists.example", more="l=1; ")
    assert assess(a_message(results(DKIM), received(BORDER), others, signature()), BOTH).how == ("dkim",)


@pytest.mark.parametrize("late", [timedelta(days=3), timedelta(days=400), timedelta(days=-1)])
@pytest.mark.parametrize("text", [DKIM, "dmarc=pass header.from=northmere.gov.uk"])
def test_a_signature_of_another_time_is_a_doubt(late: timedelta, text: str) -> None:
    sender = assess(a_message(results(text), received(BORDER), signature(at=RECEIVED_AT - late)), BOTH)
    (doubt,) = told(sender)
    assert "signed long before or after" in doubt


def test_a_second_fresh_signature_does_not_hide_the_old_one() -> None:
    old = signature(at=RECEIVED_AT - timedelta(days=90))
    for lines in ((old, signature()), (signature(), old)):
        assert told(assess(a_message(results(DKIM), received(BORDER), *lines), BOTH))


def test_a_signature_without_its_time_is_a_doubt() -> None:
    undated = ("DKIM-Signature", "v=1; a=rsa-sha256; d=northmere.gov.uk; s=one; h=from; bh=AA=; b=AA=")
    (doubt,) = told(assess(a_message(results(DKIM), received(BORDER), undated), BOTH))
    assert "nothing says when" in doubt


def test_a_signed_message_to_somebody_else_is_a_doubt() -> None:
    rules = replace(BOTH, own_addresses=frozenset({"dhr@homeoffice.example"}))
    message = a_message(results(DKIM), received(BORDER), signature())
    (doubt,) = told(assess(replace(message, to=(Address("chair@elsewhere.example"),)), rules))
    assert "addressed to others" in doubt
    assert told(assess(replace(message, cc=(Address("DHR@homeoffice.example"),)), rules)) == ()


def test_the_path_makes_an_old_signature_harmless() -> None:
    old = signature(at=RECEIVED_AT - timedelta(days=90))
    assert told(assess(a_message(results(PASS), received(BORDER), old), BOTH)) == ()


@pytest.mark.parametrize("name", ["Subject", "Date", "To", "Reply-To", "Message-ID", "Content-Type", "sender", "CC"])
def test_a_line_that_stands_twice_is_a_doubt(name: str) -> None:
    message = a_message(results(PASS), received(BORDER))
    assert told(assess(with_fields(message, name), BOTH)) == ()
    sender = assess(with_fields(message, name, name.upper()), BOTH)
    assert told(sender) == (f"The message has more than one header line of a kind: {name.lower()}.",)
    assert sender.reply_to is None
    assert sender.release_to == COUNCIL
