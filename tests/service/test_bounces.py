"""What comes back: real delivery reports by Postfix, old-fashioned bounces, and the copy in the Sent folder."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest

from intake.model import MailKind, OutgoingState, SubmissionState
from intake.sandbox.sandbox import Sandbox
from tests.servers.dovecot import Dovecot
from tests.servers.fault_proxy import Fault, FaultProxy
from tests.servers.postfix import Postfix
from tests.servers.smtp_sink import SmtpSink
from tests.service.world import COMMISSIONER, STAFF, World, stamped, submission


@pytest.fixture
def delivered(tmp_path: Path, dovecot: Dovecot, postfix: Postfix, smtp_sink: SmtpSink, sandbox: Sandbox) -> World:
    """A service whose relay is Postfix: its own mailbox is where bounces come back to."""
    user = dovecot.add_user()
    world = World(tmp_path, user, smtp_sink, sandbox)
    world.changes = {
        "smtp_port": postfix.port,
        "service": f"{user.user}@intake.test",
        "staff": f"{dovecot.add_user().user}@intake.test",
        "commissioner": f"nobody-{user.user}@commissioner.test",
    }
    return world


def wait_for_mail(world: World, count: int = 1) -> None:
    deadline = time.monotonic() + 20
    while len(world.user.messages()) < count:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_forward_that_bounces_reopens_the_submission_and_alerts_staff(delivered: World) -> None:
    delivered.start()
    delivered.post(submission(sender="joanna@council.gov.example"))
    delivered.run()
    assert [row.state for row in delivered.outgoing(MailKind.FORWARD)] == [OutgoingState.SENT]
    wait_for_mail(delivered)
    delivered.run()
    (forward,) = delivered.outgoing(MailKind.FORWARD)
    assert forward.bounced_at is not None
    with delivered.ledger() as ledger:
        (row,) = ledger.queries.submissions().rows
        (recipient,) = ledger.queries.mail(forward.id).recipients
    assert row.state is SubmissionState.REVIEW
    assert (str(recipient.state), recipient.code) == ("refused", 511)
    assert len(delivered.outgoing(MailKind.NOTICE)) >= 1


def report_on(world: World, action: str, status: str) -> bytes:
    (forward,) = world.outgoing(MailKind.FORWARD)
    with world.ledger() as ledger:
        envelope = ledger.queries.mail(forward.id).envelope_id
    return stamped(
        (
            "From: MAILER-DAEMON@mx.example\r\nTo: dhr@intake.example\r\nSubject: Delivery report\r\n"
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
            f"--b\r\nContent-Type: message/delivery-status\r\n\r\nOriginal-Envelope-Id: {envelope}\r\n\r\n"
            f"Final-Recipient: rfc822;{COMMISSIONER}\r\nAction: {action}\r\nStatus: {status}\r\n\r\n--b--\r\n"
        ).encode()
    )


def with_uncertain_forward(world: World) -> None:
    """The relay takes the forward, and the line breaks before it can say so."""
    world.start()
    world.post(submission())
    with FaultProxy(world.relay.port) as proxy:
        proxy.spoil(Fault(lose_answer_to_data=True))
        world.changes["smtp_port"] = proxy.port
        world.run()
    del world.changes["smtp_port"]
    assert world.states_of(MailKind.FORWARD) == [OutgoingState.UNCERTAIN]


def test_a_delay_changes_nothing(world: World) -> None:
    with_uncertain_forward(world)
    world.post(report_on(world, "delayed", "4.4.1"))
    world.run()
    assert world.states_of(MailKind.FORWARD) == [OutgoingState.UNCERTAIN]
    assert len(world.sent(COMMISSIONER)) == 1


def test_a_report_of_success_settles_what_was_uncertain(world: World) -> None:
    with_uncertain_forward(world)
    world.post(report_on(world, "delivered", "2.0.0"))
    world.run()
    assert world.states_of(MailKind.FORWARD) == [OutgoingState.SENT]
    assert world.states_of(MailKind.ACKNOWLEDGEMENT) == [OutgoingState.SENT]
    assert len(world.sent(COMMISSIONER)) == 1


def test_the_copy_in_the_sent_folder_settles_what_was_uncertain(world: World) -> None:
    with_uncertain_forward(world)
    (forward,) = world.sent(COMMISSIONER)
    with world.user.connect() as client:
        client.create("Sent")
    # The copy of an earlier time, before a person sent it again, proves nothing.
    world.post(forward.raw, "Sent", internaldate=world.clock() - timedelta(hours=1))
    world.changes["sent_folder"] = "Sent"
    world.run()
    assert world.states_of(MailKind.FORWARD) == [OutgoingState.UNCERTAIN]
    world.post(forward.raw, "Sent")
    world.run()
    assert world.states_of(MailKind.FORWARD) == [OutgoingState.SENT]
    assert len(world.sent(COMMISSIONER)) == 1


def test_what_stays_uncertain_is_told_once_and_never_sent_again(world: World) -> None:
    with_uncertain_forward(world)
    world.run(2)
    told = len(world.sent(STAFF))
    world.run(2)
    assert told == len(world.sent(STAFF)) == 3  # the relay's alarm and its all-clear, and the mail in doubt
    assert len(world.sent(COMMISSIONER)) == 1
    assert world.sent("joanna.reed@northmere.gov.example") == []
