"""A domain that only looks like a public body's is not one, however well its owner signs it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from intake.model import Address
from intake.senders import SenderRules, assess, doubts
from intake.senders.domains import normal_domain
from intake.settings.sections import Senders
from tests.senders.mails import BORDER, SERVER, a_message, received, results

RULES = SenderRules.of(Senders(authserv_id=SERVER, border_host=BORDER))

LOOK_ALIKES = [
    "kent.gov.uk.example.com",
    "kentgov.uk",
    "kent-gov.uk",
    "kent.gov-uk.com",
    "kent.govuk.com",
    "kent.gov.ukk",
    "kent.gov.co.uk",
    "kent.g0v.uk",
    "kent.qov.uk",
    "kent.gov.uk-mail.example",
    "xgov.uk",
    "gov.uk",
    "uk",
    "fakepolice.uk",
    "police.uk",
    "kent.police.uk.evil.example",
    "kent.p0lice.uk",
    "nhs.net.evil.example",
    "evilnhs.net",
    "nhs.uk",
    "nhs.uk.com",
    "trust.nhs.co.uk",
    "xgov.wales",
    "gov.wales.example",
    "fakellyw.cymru",
    "cjsm.net",
    "kent.gov.uk.cjsm.net.evil.example",
    "xparliament.uk",
    "kent.gov.uk.",
    ".kent.gov.uk",
    "kent..gov.uk",
    "-kent.gov.uk",
    "kent-.gov.uk",
    "kent_council.gov.uk",
    "kent gov.gov.uk",
    "kent.gov.uk\u200b",
    "ke\u200bnt.gov.uk",
    "kent\u00ad.gov.uk",
    "kent\u2024gov\u2024uk",
    "kent。gov。uk",
    "kent.ｇｏｖ.uk",
    "ｋｅｎｔ.gov.uk",
    "kent.gov.\u1d1c\u1d0b",
    "kent.g\u043ev.uk",
    "kent.gov.u\u043a",
    "k\u0435nt.gov.uk",
    "xn--knt-zmc.gov.uk",
    "kent.xn--gv-gmc.uk",
    "kent.ɡov.uk",
    "kеnt.police.uk",
    "ⓚent.gov.uk",
    "kent.gov.uk\x00.evil.example",
    "kent.gov.uk\r\n.evil.example",
    "[203.0.113.9]",
    "203.0.113.9",
    "a" * 64 + ".gov.uk",
    ("a." * 130) + "gov.uk",
    "",
]


@pytest.mark.parametrize("domain", LOOK_ALIKES, ids=ascii)
def test_a_look_alike_is_not_trusted_and_not_answered_by_itself(domain: str) -> None:
    message = a_message(results(f"dmarc=pass header.from={domain}"), received(BORDER))
    sender = assess(replace(message, sender=Address(f"dhr@{domain}")), RULES)
    assert not sender.trusted
    assert doubts(sender)


@pytest.mark.parametrize(
    "domain",
    ["kent.gov.uk", "KENT.GOV.UK", "a.b.kent.gov.uk", "nhs.net", "kent.police.uk", "llyw.cymru", "x.gov.wales"],
)
def test_the_real_ones_are_trusted(domain: str) -> None:
    message = a_message(results(f"dmarc=pass header.from={domain}"), received(BORDER))
    assert doubts(assess(replace(message, sender=Address(f"dhr@{domain}")), RULES)) == ()


@pytest.mark.parametrize("one", LOOK_ALIKES, ids=ascii)
def test_no_look_alike_has_the_spelling_of_a_real_name(one: str) -> None:
    real = {"kent.gov.uk", "kent.police.uk", "nhs.net", "llyw.cymru"}
    assert normal_domain(one) not in real
