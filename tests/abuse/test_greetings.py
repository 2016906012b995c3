"""A client may greet Postfix with any name; none makes its mail pass for a council's."""

from __future__ import annotations

import smtplib
import time
from dataclasses import replace

import pytest

from intake.senders import SenderRules, assess
from intake.senders.received import read_received
from intake.unpacking.message import unpack
from tests.senders.mails import COUNCIL
from tests.servers.dovecot import MailUser
from tests.servers.postfix import Postfix

BORDER = "mx.localhost"
RULES = SenderRules(trusted_domains=("*.gov.uk",), border_host=BORDER)
FORGED = f"""\
Authentication-Results: {BORDER}; dmarc=pass header.from=northmere.gov.uk; spf=pass smtp.mailfrom=northmere.gov.uk
Received: from mail.northmere.gov.uk (mail.northmere.gov.uk [192.0.2.7]) by {BORDER} (Postfix) with ESMTPS id 4XyZ;
 Mon, 23 Nov 2026 09:00:00 +0000
From: DHR team <{COUNCIL}>
To: dhr@intake.test
Subject: Final report

Please find it.
"""
GREETINGS = [
    "by",
    "BY",
    "from",
    f"x by {BORDER}",
    f"x by {BORDER} (",
    "x (",
    "x)",
    'x"',
    "x\\",
    "x;",
    "(by",
    "by;by",
    "id",
]


def delivered(user: MailUser, postfix: Postfix, greeting: str) -> bytes:
    with smtplib.SMTP(postfix.host, postfix.port, timeout=10) as client:
        client.docmd("HELO", greeting)
        assert client.mail("crook@evil.example")[0] == 250
        assert client.rcpt(f"{user.user}@intake.test")[0] == 250
        assert client.data(FORGED)[0] == 250
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        if found := user.messages():
            return found[-1].raw
        time.sleep(0.05)
    raise TimeoutError("no mail arrived")


@pytest.mark.parametrize("greeting", GREETINGS)
def test_no_greeting_lets_a_forged_result_through(mail_user: MailUser, postfix: Postfix, greeting: str) -> None:
    unpacked = unpack(delivered(mail_user, postfix, greeting))
    hops = [read_received(line) for line in unpacked.header_all("Received")]
    inner = hops[0].by if hops[0] else ""
    assert inner not in {"", BORDER}  # Dovecot's own line
    assert hops[1] is None or hops[1].by == BORDER
    for authserv_id in ("", BORDER):
        rules = replace(RULES, authserv_id=authserv_id, inner_hosts=(inner,))
        sender = assess(unpacked, rules)
        assert (sender.address, sender.authenticated, sender.reply_to) == (COUNCIL, False, None)


def test_postfixs_line_is_read_though_the_client_greets_with_a_clause(mail_user: MailUser, postfix: Postfix) -> None:
    """The greeting that was taken for the receiving host."""
    lines = unpack(delivered(mail_user, postfix, "by")).header_all("Received")
    assert lines[1].startswith("from by (unknown [127.0.0.1]) by mx.localhost (Postfix)")
    hop = read_received(lines[1])
    assert hop is not None
    assert hop.by == BORDER
