"""Mail that is no submission: what else arrives in the mailbox, from people and from machines."""

from __future__ import annotations

import random

from intake.demo.page_layout import Sheets
from intake.demo.prose import Author
from intake.model import Kind
from tests.builders import File, a_message, signature
from tests.corpus.case import Case, Maker, Style, other
from tests.corpus.kit import Kit

AUTOMATIC = frozenset({Kind.AUTOMATIC})
BOUNCE = frozenset({Kind.BOUNCE})
_OUT_OF_OFFICE: tuple[tuple[str, dict[str, str]], ...] = (
    ("Automatic reply: Final DHR", {"X-Auto-Response-Suppress": "All", "Auto-Submitted": "auto-generated"}),
    ("Out of Office: your message", {"Precedence": "auto_reply"}),
    ("Automatic reply: DHR Enquiries", {}),
    ("Out of office AutoReply: RE: Final report", {"X-Autoreply": "yes"}),
    ("Autoreply: I am on leave", {"Auto-Submitted": "auto-replied", "Return-Path": "<>"}),
)


def person(rng: random.Random, style: Style, wanted: str) -> Case:
    """One of the style's mails of people."""
    kit = Kit(rng, style)
    kinds, subject, body = style.others[wanted]
    lines = signature(kit.review) if rng.random() < 0.7 else ""
    raw = a_message(
        subject=kit.words(subject),
        body=kit.words(body),
        signature=lines,
        review=kit.review,
        number=rng.randint(1, 400),
        html=rng.random() < 0.5,
    )
    return other(wanted, raw, kinds)


def annual_report(rng: random.Random, style: Style) -> Case:
    """The final version of another kind of report."""
    kit = Kit(rng, style)
    body = "Dear all\n\nPlease find attached the final annual report of our domestic abuse partnership board."
    file = File("Annual report FINAL.pdf", _annual_report(kit))
    raw = a_message(subject="Final annual report 2025/26", body=body, files=[file], review=kit.review)
    return other("annual-report", raw, frozenset({Kind.OTHER, Kind.ENQUIRY}))


def out_of_office(rng: random.Random, style: Style) -> Case:
    """An automatic answer, with or without the headers it should have."""
    kit = Kit(rng, style)
    subject, headers = rng.choice(_OUT_OF_OFFICE)
    body = "Thank you for your email. I am out of the office until Monday with no access to messages."
    raw = a_message(subject=subject, body=body, headers=headers, review=kit.review)
    return other("out-of-office", raw, AUTOMATIC)


def mailing_list(rng: random.Random, style: Style) -> Case:
    """A list's mail that speaks of final reports."""
    headers = {
        "List-Id": "<safety.lists.example>",
        "List-Unsubscribe": "<https://lists.example/u>",
        "Precedence": "bulk",
    }
    body = "Digest of the week: how do you send your final DHR report and the weblink? Three answers below."
    sender = "safety-digest@lists.example"
    raw = a_message(subject="Digest: final DHR reports", body=body, headers=headers, sender=sender)
    return other("mailing-list", raw, frozenset({Kind.AUTOMATIC, Kind.OTHER}))


def bounce(rng: random.Random, style: Style) -> Case:
    """A delivery report that carries a whole final submission back."""
    kit = Kit(rng, style)
    returned = kit.mail(kit.file(kit.report(pages=20)))
    return other("bounce", _BOUNCE.replace(b"%RETURNED%", returned), BOUNCE)


_BOUNCE = b"""From: Mail Delivery System <MAILER-DAEMON@mx.example>
To: dhrenquiries@intake.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <bounce-1@mx.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="edge"

--edge
Content-Type: text/plain; charset=us-ascii

I am sorry to have to tell you that your message could not be delivered.

--edge
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; colleague@council.example
Action: failed
Status: 5.1.1

--edge
Content-Type: message/rfc822

%RETURNED%
--edge--
"""


def read_receipt(rng: random.Random, style: Style) -> Case:
    """Somebody's mail program says that a mail was read."""
    headers = {"Auto-Submitted": "auto-generated", "Return-Path": "<>"}
    raw = a_message(subject="Read: Final DHR", body="Your message was read.", headers=headers)
    return other("read-receipt", raw, AUTOMATIC)


def empty(rng: random.Random, style: Style) -> Case:
    """Nothing at all."""
    kit = Kit(rng, style)
    raw = a_message(subject="", body="", review=kit.review)
    return other("empty", raw, frozenset({Kind.OTHER, Kind.ENQUIRY}))


def _annual_report(kit: Kit) -> bytes:
    author = Author(kit.review, 5)
    sheets = Sheets(title="Annual report")
    sheets.new_page()
    sheets.heading("Domestic Abuse Partnership Board: Annual Report 2025/26")
    for title in ("Foreword", "What we did", "Our services", "Numbers", "Next year"):
        sheets.heading(title, 2)
        for _ in range(4):
            sheets.text(author.paragraph("closing"))
    return sheets.finish()


MAKERS: tuple[Maker, ...] = (annual_report, out_of_office, mailing_list, bounce, read_receipt, empty)
