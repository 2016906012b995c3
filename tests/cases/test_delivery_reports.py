"""Delivery reports are believed for the names they hold; what names none of our mails moves nothing, and is told."""

from __future__ import annotations

import pytest

from intake.ledger import OutgoingRow
from intake.model import MailKind, MessageState, OutgoingState, SubmissionState
from tests.cases.office import Bench
from tests.service.world import COMMISSIONER, SERVICE, stamped, submission

_HEAD = (
    "From: MAILER-DAEMON@mx.example\r\nTo: {service}\r\nSubject: Undelivered Mail Returned to Sender\r\n"
    "Message-ID: <{number}@mx.example>\r\nReturn-Path: <>\r\n"
)


def a_report(number: int, action: str, *, envelope: str = "", message_id: str = "", status: str = "5.1.1") -> bytes:
    """A delivery report (RFC 3464) that names the mail in one of two ways, or not at all."""
    of = f"Original-Envelope-Id: {envelope}\r\n" if envelope else ""
    returned = f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\n\r\n" if message_id else ""
    return stamped(
        (
            _HEAD.format(service=SERVICE, number=number)
            + 'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
            f"--b\r\nContent-Type: message/delivery-status\r\n\r\n{of}Reporting-MTA: dns; mx.example\r\n\r\n"
            f"Final-Recipient: rfc822;{COMMISSIONER}\r\nAction: {action}\r\nStatus: {status}\r\n\r\n{returned}--b--\r\n"
        ).encode()
    )


def forward(bench: Bench) -> OutgoingRow:
    (mail,) = [mail for mail in bench.outgoing() if mail.kind is MailKind.FORWARD]
    return mail


def comes(bench: Bench, raw: bytes) -> None:
    bench.receives(raw)
    bench.judges()


def strays(bench: Bench) -> int:
    return sum(row.kind == "stray-report" for row in bench.ledger.notices.due(bench.now))


def forwarded(bench: Bench, outcome: OutgoingState) -> OutgoingRow:
    comes(bench, submission(1))
    bench.delivers(outcome)
    return forward(bench)


@pytest.mark.parametrize("by", ["envelope", "message_id"])
def test_a_failure_that_names_our_mail_is_believed(bench: Bench, by: str) -> None:
    mail = forwarded(bench, OutgoingState.SENT)
    names = {"envelope": mail.envelope_id, "message_id": mail.message_id}
    comes(bench, a_report(9, "failed", **{by: names[by]}))
    assert forward(bench).bounced_at is not None
    assert bench.submissions()[0].state is SubmissionState.REVIEW
    assert strays(bench) == 0


def test_an_acceptance_that_names_our_mail_settles_it(bench: Bench) -> None:
    mail = forwarded(bench, OutgoingState.UNCERTAIN)
    comes(bench, a_report(9, "delivered", envelope=mail.envelope_id, status="2.0.0"))
    assert forward(bench).state is OutgoingState.SENT
    assert strays(bench) == 0


@pytest.mark.parametrize("action", ["failed", "delivered", "delayed"])
@pytest.mark.parametrize("outcome", [OutgoingState.SENT, OutgoingState.UNCERTAIN])
def test_a_report_that_names_none_of_ours_moves_nothing(bench: Bench, action: str, outcome: OutgoingState) -> None:
    mail = forwarded(bench, outcome)
    before = bench.submissions()
    guessed = mail.message_id.replace(mail.message_id.split(".")[3][:8], "00000000")
    assert guessed != mail.message_id
    comes(bench, a_report(9, action, envelope="intake-1", message_id=guessed))
    assert (forward(bench), bench.submissions()) == (mail, before)
    assert strays(bench) == 1


def test_an_old_fashioned_bounce_counts_by_the_mail_that_it_returns(bench: Bench) -> None:
    mail = forwarded(bench, OutgoingState.SENT)
    words = "I could not deliver your message.\r\n\r\n--- Below is a copy of its header ---\r\n\r\n"
    for number, name in ((8, "<made-up@intake.example>"), (9, mail.message_id)):
        head = _HEAD.format(service=SERVICE, number=number)
        returned = f"Message-ID: {name}\r\nSubject: {mail.subject}\r\nTo: {COMMISSIONER}\r\n"
        head += f"X-Failed-Recipients: {COMMISSIONER}\r\nContent-Type: text/plain\r\n\r\n"
        comes(bench, stamped(f"{head}{words}{returned}".encode()))
        assert (forward(bench).bounced_at is not None) == (name == mail.message_id)
    assert strays(bench) == 1


def test_staff_hear_of_stray_reports_once_a_day(bench: Bench) -> None:
    for number in range(3):
        comes(bench, a_report(number, "failed", envelope=f"made-up-{number}"))
    assert strays(bench) == 1
    bench.passes(days=1)
    comes(bench, a_report(9, "failed"))
    assert strays(bench) == 2
    assert all(row.state is MessageState.IGNORED for row in bench.ledger.queries.messages().rows)
    assert bench.submissions() == ()


def test_an_envelope_is_named_by_the_installation_alone(bench: Bench) -> None:
    comes(bench, submission(1))
    names = {mail.message_id: mail.envelope_id for mail in bench.outgoing()}
    assert len(set(names.values())) == len(names)
    assert all(len(name) == 32 and name not in message_id for message_id, name in names.items())
