"""Whatever a stranger writes into the header, a message that fails our border's checks proves nothing."""

from __future__ import annotations

import pytest

from intake.senders import Sender, assess, doubts
from intake.unpacking.message import unpack
from tests.senders.mails import BORDER, BOTH, BY_POSITION, COUNCIL, PINNED, SERVER

RULES = pytest.mark.parametrize("rules", [PINNED, BY_POSITION, BOTH], ids=["pinned", "by position", "both"])
GENUINE_FAIL = f"""\
Received: from {BORDER} by inner.homeoffice.example; Mon, 23 Nov 2026 09:00:01 +0000
Authentication-Results: {SERVER}; spf=pass smtp.mailfrom=evil.example; dmarc=none header.from=northmere.gov.uk
Received: from evil.example ([203.0.113.9]) by {BORDER} with ESMTP; Mon, 23 Nov 2026 09:00:00 +0000
"""
PASS = "dmarc=pass header.from=northmere.gov.uk; spf=pass smtp.mailfrom=northmere.gov.uk"

# Lines that travelled with the message: they stand below the border's own.
FORGED_BELOW = {
    "our server's name": f"Authentication-Results: {SERVER}; {PASS}",
    "in capitals": f"AUTHENTICATION-RESULTS: {SERVER.upper()}; {PASS}",
    "no server": f"Authentication-Results: {PASS}",
    "a hundred times": "\n".join([f"Authentication-Results: {SERVER}; {PASS}"] * 100),
    "under a forged border line": f"Authentication-Results: {SERVER}; {PASS}\nReceived: from x by {BORDER}; now",
    "under a forged inner hop": f"Received: from {BORDER} by inner.homeoffice.example; now\n"
    f"Authentication-Results: {SERVER}; {PASS}\nReceived: from x by {BORDER}; now",
    "folded": f"Authentication-Results:\n {SERVER};\n {PASS.replace('; ', ';' + chr(10) + chr(9))}",
    "another header's name": f"X-Authentication-Results: {SERVER}; {PASS}",
    "ARC": f"ARC-Authentication-Results: i=1; {SERVER}; {PASS}",
    "ARC seal": "ARC-Seal: i=1; a=rsa-sha256; cv=pass; d=homeoffice.example; s=x; b=AAAA",
    "Received-SPF": "Received-SPF: Pass (mx.homeoffice.example: domain of northmere.gov.uk)",
    "original results": f"Authentication-Results-Original: {SERVER}; {PASS}",
    "Exchange's verdict": "X-MS-Exchange-Organization-AuthAs: Internal",
    "a DKIM signature": "DKIM-Signature: v=1; a=rsa-sha256; d=northmere.gov.uk; s=x; h=from; bh=AAAA; b=AAAA",
    "a return path": "Return-Path: <dhr@northmere.gov.uk>",
    "a sender line": "Sender: dhr@northmere.gov.uk",
    "a comment": f"Subject: x\nAuthentication-Results: ({SERVER}; {PASS}) {SERVER}; none",
}

# What the border might truthfully record about a hostile message, with what the sender could choose in it.
RECORDED = {
    "another author": "dmarc=pass header.from=evil.example",
    "an author that begins alike": "dmarc=pass header.from=northmere.gov.uk.evil.example",
    "an author that ends alike": "dmarc=pass header.from=evilnorthmere.gov.uk",
    "two authors": "dmarc=pass header.from=northmere.gov.uk header.from=evil.example",
    "no author": "dmarc=pass action=none",
    "a guess": "dmarc=bestguesspass header.from=northmere.gov.uk",
    "fail, but SPF passes": "dmarc=fail header.from=northmere.gov.uk; spf=pass smtp.mailfrom=northmere.gov.uk",
    "fail, and pass": "dmarc=fail header.from=northmere.gov.uk; dmarc=pass header.from=northmere.gov.uk",
    "a passing reason": 'dmarc=fail reason="dmarc=pass" header.from=northmere.gov.uk',
    "a passing comment": "dmarc=fail (dmarc=pass header.from=northmere.gov.uk) header.from=northmere.gov.uk",
    "an open comment": f"spf=pass smtp.mailfrom=x (; {PASS}",
    "an open quotation": f'spf=pass smtp.mailfrom="x; {PASS}',
    "a quoted envelope sender": f'spf=pass smtp.mailfrom="x; {PASS}; y"@evil.example',
    "escapes in it": f'spf=pass smtp.mailfrom="x\\"; {PASS}; y=\\""@evil.example',
    "SPF of the greeting": "spf=pass smtp.helo=northmere.gov.uk",
    "SPF of another name": "spf=pass smtp.mailfrom=evil.example smtp.mailfrom=northmere.gov.uk",
    "SPF of a subdomain trick": "spf=pass smtp.mailfrom=northmere.gov.uk.evil.example",
    "SPF with the name as the local part": "spf=pass smtp.mailfrom=northmere.gov.uk@evil.example",
    "SPF of the suffix": "spf=pass smtp.mailfrom=gov.uk",
    "SPF of a neighbour": "spf=pass smtp.mailfrom=southmere.gov.uk",
    "soft fail": "spf=softfail smtp.mailfrom=northmere.gov.uk",
    "neutral": "spf=neutral smtp.mailfrom=northmere.gov.uk",
    "a pass in the value": "spf=pass=x smtp.mailfrom=northmere.gov.uk",
    "a pass that is longer": "spf=passed smtp.mailfrom=northmere.gov.uk",
    "DKIM of another": "dkim=pass header.d=evil.example header.i=@northmere.gov.uk",
    "DKIM that failed": "dkim=fail header.d=northmere.gov.uk",
    "DKIM's identity alone": "dkim=pass header.i=northmere.gov.uk@evil.example",
    "DKIM's selector": "dkim=pass header.d=evil.example header.s=northmere.gov.uk",
    "DKIM's signature": "dkim=pass header.d=evil.example header.b=x=;header.d=northmere.gov.uk",
    "an unknown method": "x-magic=pass header.from=northmere.gov.uk",
    "Exchange's own score": "compauth=pass reason=100",
    "an IP address": "iprev=pass policy.iprev=203.0.113.9",
    "a login": "auth=pass smtp.auth=dhr@northmere.gov.uk",
    "an encoded envelope sender": "spf=pass smtp.mailfrom="
    "=?utf-8?q?x=3B_dmarc=3Dpass_header=2Efrom=3Dnorthmere=2Egov=2Euk=3B_a=3D?=@evil.example",
    "NUL bytes": "spf=pass smtp.mailfrom=evil.example\0; dmarc=pass header.from=northmere.gov.uk\0.evil.example",
}

FROM_LINES = {
    "two fields": "From: dhr@northmere.gov.uk\nFrom: crook@evil.example",
    "two fields, the other way round": "From: crook@evil.example\nFrom: dhr@northmere.gov.uk",
    "two authors": "From: dhr@northmere.gov.uk, crook@evil.example",
    "an address for a name": "From: dhr@northmere.gov.uk <crook@evil.example>",
    "a comment for an address": "From: crook@evil.example (dhr@northmere.gov.uk)",
    "after a bracket": "From: dhr@northmere.gov.uk)crook@evil.example",
    "a group": "From: council:dhr@northmere.gov.uk;",
    "brackets in brackets": "From: <<dhr@northmere.gov.uk>crook@evil.example>",
    "a route": "From: <@evil.example:dhr@northmere.gov.uk>",
    "a percent sign": "From: dhr%northmere.gov.uk@evil.example",
    "an encoded address": "From: =?utf-8?q?dhr=40northmere.gov.uk?=",
    "an encoded line break": "From: =?utf-8?q?x=0D=0AFrom=3A_dhr=40northmere=2Egov=2Euk?= <crook@evil.example>",
    "nothing": "From: ",
    "the null sender": "From: <>",
    "an IP address": "From: dhr@[203.0.113.9]",
    "no domain": "From: dhr",
    "two at signs": "From: dhr@northmere.gov.uk@evil.example",
    "a blank in front of the colon": "From : crook@evil.example\nFrom: dhr@northmere.gov.uk",
    "no field": "X-From: dhr@northmere.gov.uk",
}


def judged(trace: str, author: str, rules: object) -> Sender:
    raw = f"{trace}{author}\nSubject: Final report\nDate: Mon, 23 Nov 2026 09:00:00 +0000\n\nPlease find it.\n"
    return assess(unpack(raw.replace("\n", "\r\n").encode()), rules)  # type: ignore[arg-type]


@RULES
@pytest.mark.parametrize("name", FORGED_BELOW)
def test_a_forged_line_below_our_borders_proves_nothing(name: str, rules: object) -> None:
    sender = judged(GENUINE_FAIL + FORGED_BELOW[name] + "\n", f"From: {COUNCIL}", rules)
    assert not sender.authenticated
    assert sender.reply_to is None
    assert doubts(sender)


@RULES
@pytest.mark.parametrize("name", RECORDED)
def test_what_the_border_truly_recorded_is_not_misread(name: str, rules: object) -> None:
    trace = f"Authentication-Results: {SERVER}; {RECORDED[name]}\nReceived: from evil.example by {BORDER}; now\n"
    sender = judged(trace, f"From: {COUNCIL}", rules)
    assert not sender.authenticated
    assert sender.reply_to is None
    assert doubts(sender)


@pytest.mark.parametrize("name", FROM_LINES)
def test_an_odd_from_line_is_never_the_council(name: str) -> None:
    trace = (
        f"Authentication-Results: {SERVER}; dmarc=pass header.from=evil.example\nReceived: from x by {BORDER}; now\n"
    )
    sender = judged(trace, FROM_LINES[name], PINNED)
    assert sender.address in {"", "crook@evil.example"}
    assert sender.reply_to in {None, "crook@evil.example"}
    assert doubts(sender)


@RULES
def test_the_same_message_with_an_honest_pass_is_believed(rules: object) -> None:
    trace = f"Authentication-Results: {SERVER}; {PASS}\nReceived: from x by {BORDER}; now\n"
    assert judged(trace, f"From: {COUNCIL}", rules).reply_to == COUNCIL


def test_without_a_border_line_nothing_counts_by_position() -> None:
    trace = f"Authentication-Results: {SERVER}; {PASS}\nReceived: from {BORDER} by elsewhere.example; now\n"
    assert not judged(trace, f"From: {COUNCIL}", BY_POSITION).authenticated


@pytest.mark.parametrize(
    "received",
    [
        f"from x (by {BORDER}) by elsewhere.example; now",
        f"from by.{BORDER} by evil-{BORDER}; now",
        f"from x by {BORDER}.evil.example; now",
        f"from {BORDER} ; now",
        f"({'(' * 5000}by {BORDER}",
    ],
)
def test_a_received_line_that_only_mentions_the_border_is_not_the_borders(received: str) -> None:
    trace = f"Authentication-Results: {SERVER}; {PASS}\nReceived: {received}\n"
    assert not judged(trace, f"From: {COUNCIL}", BY_POSITION).authenticated
