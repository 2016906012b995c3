from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from intake.senders import SenderRules, assess
from intake.settings.sections import Senders
from tests.senders.mails import (
    BORDER,
    BOTH,
    BY_POSITION,
    COUNCIL,
    PINNED,
    SERVER,
    a_message,
    a_proved_message,
    received,
    results,
    signature,
    told,
)

ALL_RULES = pytest.mark.parametrize("rules", [PINNED, BY_POSITION, BOTH])


@ALL_RULES
def test_a_council_that_passes_dmarc_may_be_answered(rules: SenderRules) -> None:
    sender = assess(a_proved_message(), rules)
    assert sender.authenticated
    assert sender.how == ("dmarc",)
    assert sender.trusted
    assert sender.reply_to == COUNCIL
    assert (sender.domain, sender.organisational_domain) == ("northmere.gov.uk", "northmere.gov.uk")
    assert told(sender) == ()


@ALL_RULES
@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("spf=pass smtp.mailfrom=bounce@mail.northmere.gov.uk", ("spf",)),
        ("spf=pass smtp.mailfrom=northmere.gov.uk; dkim=pass header.d=northmere.gov.uk", ("spf", "dkim")),
        ("dkim=pass header.i=@northmere.gov.uk", ("dkim",)),
        ("dkim=fail header.d=other.example; dkim=pass header.d=mail.northmere.gov.uk", ("dkim",)),
        ("dmarc=none header.from=northmere.gov.uk; spf=pass smtp.mailfrom=northmere.gov.uk", ("spf",)),
    ],
)
def test_aligned_spf_or_dkim_is_proof_too(rules: SenderRules, text: str, how: tuple[str, ...]) -> None:
    sender = assess(a_message(results(text), received(BORDER), signature()), rules)
    assert sender.authenticated
    assert sender.how == how
    assert told(sender) == ()


@pytest.mark.parametrize("host", ["abc.eur01.prod.protection.outlook.example", "def.mail.protection.outlook.example"])
def test_exchange_onlines_form_counts_by_its_place(host: str) -> None:
    rules = replace(BY_POSITION, border_host="*.protection.outlook.example", inner_hosts=("*.prod.outlook.example",))
    message = a_message(
        received("inner.prod.outlook.example", of=host),
        results("spf=pass smtp.mailfrom=northmere.gov.uk;dmarc=pass action=none header.from=northmere.gov.uk", ""),
        ("Received-SPF", "Pass (protection.outlook.example: domain of northmere.gov.uk ...)"),
        received(host),
    )
    assert assess(message, rules).how == ("dmarc", "spf")


@pytest.mark.parametrize("rules", [PINNED, BOTH])
def test_separate_fields_above_the_servers_own_line_count_together(rules: SenderRules) -> None:
    rules = replace(rules, border_host=rules.border_host and SERVER)
    message = a_message(
        results("dkim=none"), results("spf=pass smtp.mailfrom=northmere.gov.uk"), received(SERVER), received("other")
    )
    assert assess(message, rules).how == ("spf",)


def test_below_the_servers_own_line_only_the_topmost_field_counts() -> None:
    genuine = results("dmarc=none header.from=northmere.gov.uk")
    forged = results("dmarc=pass header.from=northmere.gov.uk")
    for hop in ((), (received(SERVER),), (received("other"),)):
        assert not assess(a_message(received(SERVER), genuine, forged, *hop), PINNED).authenticated
    assert assess(a_message(received(SERVER), forged, genuine), PINNED).authenticated


def test_without_a_server_or_border_nothing_is_proved() -> None:
    sender = assess(a_proved_message(), SenderRules(trusted_domains=("*.gov.uk",)))
    assert not sender.authenticated
    assert sender.reply_to is None
    assert told(sender) == ("It is not proved that the message comes from the address it names.",)


def test_our_own_check_of_the_signature_is_proof() -> None:
    assert assess(a_message(signature()), PINNED, ("northmere.gov.uk",)).how == ("own-dkim",)
    assert not assess(a_message(signature()), PINNED, ("elsewhere.example",)).authenticated


def test_a_disowned_message_is_not_rescued_by_spf_or_our_own_check() -> None:
    message = a_message(
        results("dmarc=fail header.from=northmere.gov.uk; spf=pass smtp.mailfrom=northmere.gov.uk"), received(BORDER)
    )
    assert not assess(message, PINNED, ("northmere.gov.uk",)).authenticated


def test_an_independent_chair_is_trusted_once_staff_added_the_address() -> None:
    message = a_proved_message("Chair.Person@private.example")
    assert told(assess(message, PINNED)) == ("The sender's address and domain are not on the list of trusted senders.",)
    known = SenderRules.of(Senders(authserv_id=PINNED.authserv_id), trusted=["chair.person@PRIVATE.example"])
    assert told(assess(message, known)) == ()
    # Trust in an address is no proof that the message comes from it.
    assert told(assess(a_message(sender="chair.person@private.example"), known)) == (
        "It is not proved that the message comes from the address it names.",
    )


def test_an_answer_may_go_to_a_colleague_in_the_same_organisation() -> None:
    sender = assess(a_proved_message(reply_to=("community.safety@mail.northmere.gov.uk",)), PINNED)
    assert sender.reply_to == "community.safety@mail.northmere.gov.uk"


@pytest.mark.parametrize(
    "reply_to",
    [
        ("someone@evil.example",),
        ("one@northmere.gov.uk", "two@northmere.gov.uk"),
        ("no-reply@northmere.gov.uk",),
        ("x@essex.gov.uk",),
        ("own@service.gov.uk",),
    ],
)
def test_any_other_reply_to_is_disregarded(reply_to: tuple[str, ...]) -> None:
    sender = assess(a_proved_message(reply_to=reply_to), PINNED)
    assert sender.reply_to == COUNCIL
    assert "Its Reply-To line was disregarded." in sender.reasons


@pytest.mark.parametrize(
    "domain", ["gsi.gov.uk", "northmere.gsi.gov.uk", "x.gcsx.gov.uk", "gsx.gov.uk", "a.gse.gov.uk"]
)
def test_retired_domains_are_never_written_to(domain: str) -> None:
    sender = assess(a_proved_message(f"dhr@{domain}"), SenderRules.of(Senders(authserv_id=PINNED.authserv_id)))
    assert sender.authenticated
    assert sender.reply_to is None
    assert sender.release_to is None
    assert "The sender's address is in a retired domain that takes no mail." in told(sender)


def test_cjsm_is_alive() -> None:
    rules = SenderRules.of(Senders(authserv_id=PINNED.authserv_id))
    assert told(assess(a_proved_message("dhr@northmere.gov.uk.cjsm.net"), rules)) == ()


@pytest.mark.parametrize("local", ["noreply", "no-reply", "DoNotReply", "mailer-daemon", "postmaster", "bounce+x=y"])
def test_unattended_addresses_get_no_answer(local: str) -> None:
    sender = assess(a_proved_message(f"{local}@northmere.gov.uk"), PINNED)
    assert sender.reply_to is None
    assert len(told(sender)) == 1


def test_our_own_addresses_get_no_answer() -> None:
    rules = SenderRules.of(Senders(authserv_id=PINNED.authserv_id), own=["DHR@northmere.gov.uk"])
    assert assess(a_proved_message(), rules).reply_to is None


def test_a_person_may_release_an_answer_to_an_unproved_sender() -> None:
    sender = assess(a_message(), PINNED)
    assert sender.reply_to is None
    assert sender.release_to == COUNCIL


def test_where_authentication_is_not_required_trust_alone_decides() -> None:
    sender = assess(a_message(), replace(PINNED, require_authentication=False))
    assert not sender.authenticated
    assert sender.reply_to == COUNCIL
    assert told(sender) == ()


def test_nobody_in_particular_is_nobody() -> None:
    for message in (a_proved_message(authors=2), a_message(sender=None)):
        sender = assess(message, PINNED)
        assert (sender.address, sender.authenticated, sender.reply_to, sender.release_to) == ("", False, None, None)
        assert told(sender) == ("The message does not name one usable sender address.",)


def test_the_judgement_path_does_not_pay_for_the_suffix_list() -> None:
    code = "import sys, intake.commands.check; print([m for m in sys.modules if 'tldextract' in m])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
