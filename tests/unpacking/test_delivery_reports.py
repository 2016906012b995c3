from __future__ import annotations

import pytest

from intake.model import DeliveryReport
from intake.unpacking.message import unpack


def report(status: str, kind: str = "message/delivery-status", returned: str = "text/rfc822-headers") -> bytes:
    return (
        "From: Mail Delivery System <mailer-daemon@mx.example>\r\nSubject: Undelivered Mail\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
        f"--b\r\nContent-Type: {kind}\r\n\r\n{status}\r\n"
        f"--b\r\nContent-Type: {returned}\r\n\r\nMessage-ID: <ours@intake.example>\r\nSubject: Report\r\n\r\n--b--\r\n"
    ).encode()


POSTFIX = """Reporting-MTA: dns; mx.example
Original-Envelope-Id: abc123
X-Postfix-Queue-ID: 4B0C

Final-Recipient: rfc822; dhr@commissioner.example
Original-Recipient: rfc822;dhr@commissioner.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 No such user
"""
EXCHANGE = """Reporting-MTA: dns;LO2P265MB0001.GBRP265.PROD.OUTLOOK.COM
Received-From-MTA: dns;LO2P265MB0002.GBRP265.PROD.OUTLOOK.COM
Arrival-Date: Mon, 23 Nov 2026 10:00:00 +0000

Final-Recipient: rfc822;dhr@commissioner.example
Action: failed
Status: 5.7.1 (access denied)
Diagnostic-Code: smtp;550 5.7.1 RESOLVER.RST.NotAuthorized
X-Display-Name: Commissioner
"""
TWO = """Reporting-MTA: dns; mx.example


Original-Recipient: rfc822;a+2Bb@one.example
Final-Recipient: rfc822;other@two.example
Action: Delayed
Status: 4.4.1


Final-Recipient: RFC822;<c@one.example>
Action: delivered (to mailbox)
Status: 2.0.0
"""


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (POSTFIX, [DeliveryReport("dhr@commissioner.example", "failed", "5.1.1", "abc123")]),
        (EXCHANGE, [DeliveryReport("dhr@commissioner.example", "failed", "5.7.1")]),
        (
            TWO,
            [
                DeliveryReport("a+b@one.example", "delayed", "4.4.1"),
                DeliveryReport("c@one.example", "delivered", "2.0.0"),
            ],
        ),
        ("Final-Recipient: rfc822; x@y.example\nAction: exploded\n", []),
        ("no fields at all", []),
        ("", []),
    ],
)
def test_each_recipient_has_its_record(status: str, expected: list[DeliveryReport]) -> None:
    assert list(unpack(report(status)).delivery_reports) == expected
    assert list(unpack(report(status.replace("\n", "\r\n"))).delivery_reports) == expected


def test_international_reports_are_read_too() -> None:
    unpacked = unpack(report(POSTFIX, "message/global-delivery-status", "message/global-headers"))
    assert unpacked.delivery_reports[0].action == "failed"


def test_a_forwarded_report_is_no_report_on_our_mail() -> None:
    outer = (
        b'From: a@b.example\r\nContent-Type: multipart/mixed; boundary="o"\r\n\r\n--o\r\nContent-Type: message/rfc822'
    )
    assert unpack(outer + b"\r\n\r\n" + report(POSTFIX) + b"\r\n--o--\r\n").delivery_reports == ()


def test_thousands_of_recipients_are_not_all_read() -> None:
    group = "\nFinal-Recipient: rfc822; x@y.example\nAction: failed\nStatus: 5.0.0\n"
    assert len(unpack(report("Reporting-MTA: dns; mx.example\n" + group * 5000)).delivery_reports) <= 200
