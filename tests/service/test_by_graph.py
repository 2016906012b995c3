"""The whole service by Microsoft Graph: old mail, large forwards, a way that breaks, and each mail at most once."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from functools import partial
from pathlib import Path
from typing import cast

import pytest

from intake.credentials import Credentials
from intake.delivery import GraphCarrier
from intake.delivery.upload import SESSION_FROM
from intake.demo.files import noise_picture
from intake.keeping.restoring import reconcile
from intake.model import MailKind, OutgoingState
from intake.sandbox.sandbox import Sandbox
from intake.service.service import Service, Threads
from intake.settings import Settings, parse_settings
from intake.wiring.office import open_office
from intake.wiring.post import build_mailbox
from intake.wiring.service import build_crew
from tests.builders import NORTHMERE, a_report
from tests.conversations.configuration import as_toml, by_graph
from tests.durability.faults import Places, in_child
from tests.servers.dovecot import MailUser
from tests.servers.graph import Fault, GraphServer
from tests.servers.graph_mailbox import GraphStore
from tests.servers.smtp_sink import ReceivedMail, SmtpSink
from tests.service.world import COMMISSIONER, STAFF, World, enquiry, named, submission


@dataclass
class GraphWorld(World):
    """One mailbox in Microsoft Graph, which also sends."""

    graph: GraphServer | None = None

    @property
    def server(self) -> GraphServer:
        assert self.graph is not None
        return self.graph

    @property
    def settings(self) -> Settings:
        secret = self.folder / "password"
        secret.touch(mode=0o600)
        secret.write_text("a secret")
        tables = by_graph(cast("GraphStore", self.user).address, self.server)
        return parse_settings(as_toml(tables), "intake.toml", self.folder)

    def sent(self, recipient: str | None = None) -> list[ReceivedMail]:
        return [mail for mail in self.server.sent if recipient is None or recipient in mail.recipients]

    def alarms(self) -> set[str]:
        with self.ledger() as ledger:
            return set(ledger.facts.alarms())


@pytest.fixture
def by(graph: GraphServer, tmp_path: Path, sandbox: Sandbox) -> Iterator[GraphWorld]:
    user = cast("MailUser", graph.add_user())
    yield GraphWorld(tmp_path, user, cast("SmtpSink", None), sandbox, graph=graph)
    assert graph.broken == []


def test_a_submission_is_taken_up_forwarded_answered_and_filed(by: GraphWorld) -> None:
    old = by.post(enquiry())
    by.start()
    raw = submission()
    by.post(raw)
    by.run(2)
    assert by.states() == ["processed"]
    assert by.where(raw) == ["Intake/Complete"]
    assert len(by.sent(COMMISSIONER)) == 1
    assert {str(row.state) for row in by.outgoing()} == {"sent"}
    assert by.balance().balanced
    assert by.sound()
    assert [mail.uid for mail in by.user.messages()] == [old]  # what was there before is left alone


def test_mail_from_before_the_start_is_taken_up_on_purpose_and_held(by: GraphWorld) -> None:
    now = datetime.now(UTC)
    by.post(submission(1, named("Bea")), internaldate=now - timedelta(days=9))
    by.post(submission(2, named("Cora")), internaldate=now - timedelta(days=2))
    by.run(since=now - timedelta(days=5))
    (message,) = by.messages()
    assert (message.uid, by.states()) == (2, ["processed"])
    assert by.sent(COMMISSIONER) == []
    assert set(by.states_of(MailKind.FORWARD)) <= {OutgoingState.HELD}


def test_a_large_report_reaches_the_commissioner_in_the_same_bytes(by: GraphWorld) -> None:
    order = ("summary", "body", "picture", "plan", "letter")
    report = a_report(review=NORTHMERE, pages=8, order=order, extra_picture=noise_picture(5))
    assert len(report) > SESSION_FROM
    by.start()
    by.post(submission(report=report))
    by.run(2)
    (forward,) = by.sent(COMMISSIONER)
    (pdf,) = (
        part
        for part in message_from_bytes(forward.raw, policy=default).walk()
        if part.get_content_type() == "application/pdf"
    )
    assert pdf.get_payload(decode=True) == report
    assert by.user.messages("Drafts") == []


@pytest.mark.parametrize(
    ("place", "left"),
    [("Graph: before the request that sends", 0), ("Graph: the request that sends, answered", 1)],
)
def test_a_service_that_dies_in_the_middle_of_sending_sends_nothing_twice(
    by: GraphWorld, place: str, left: int
) -> None:
    by.start()
    by.post(submission(weblink=""))

    def one_life() -> None:
        with open_office(by.settings, migrate=True) as office:
            crew = build_crew(by.settings, office, Threads(), Credentials(by.settings), by.clock)
            asyncio.run(Service(crew, Threads(), 5).once())

    assert os.WIFSIGNALED(in_child(one_life, Places(place), by.folder / "log"))
    assert len(by.sent()) == left
    by.run(3)
    (reply,) = by.outgoing(MailKind.REPLY)
    assert reply.state is (OutgoingState.SENT if left else OutgoingState.UNCERTAIN)
    assert len([mail for mail in by.sent() if STAFF not in mail.recipients]) == left


def test_a_mailbox_that_is_busy_is_an_alarm_until_it_is_not(by: GraphWorld) -> None:
    by.start()
    by.post(submission())
    by.server.spoil(Fault("/inbox$", status=429, retry_after="900"))
    by.run()
    assert by.alarms() == {"mailbox:main"}
    by.server.spoil()
    by.run(2)
    assert by.alarms() == set()
    assert by.states() == ["processed"]


def test_a_way_out_that_is_away_loses_no_attempt(by: GraphWorld) -> None:
    by.start()
    by.post(submission())
    by.server.spoil(Fault("sentitems", status=503, retry_after="60", times=100))
    by.run()
    assert "relay" in by.alarms()
    (forward,) = by.outgoing(MailKind.FORWARD)
    assert (forward.state, by.server.sent) == (OutgoingState.QUEUED, [])


def test_changes_that_are_too_old_double_and_lose_nothing(by: GraphWorld) -> None:
    by.start()
    by.post(submission(1, named("Anna")))
    by.run(2)
    by.post(submission(2, named("Bea")))
    cast("GraphStore", by.user).forget_changes()
    by.run(2)
    assert by.states() == ["processed", "processed"]
    assert len(by.sent(COMMISSIONER)) == 2
    assert by.balance().balanced


def test_a_copy_of_an_earlier_time_settles_nothing(by: GraphWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intake.wiring.post.GraphCarrier", partial(GraphCarrier, looks=()))
    by.start()
    by.post(submission(weblink=""))
    by.server.keeps_copies = False
    by.server.spoil(Fault("/sendMail$", cut="after"))
    by.run()
    assert by.states_of(MailKind.REPLY) == [OutgoingState.UNCERTAIN]
    (reply,) = [mail for mail in by.sent() if STAFF not in mail.recipients]
    by.post(reply.raw, "Sent Items", internaldate=datetime.now(UTC) - timedelta(hours=1))
    by.run()
    assert by.states_of(MailKind.REPLY) == [OutgoingState.UNCERTAIN]
    by.post(reply.raw, "Sent Items")
    by.run()
    assert by.states_of(MailKind.REPLY) == [OutgoingState.SENT]
    assert len([mail for mail in by.sent() if STAFF not in mail.recipients]) == 1


def test_after_a_restore_what_was_filed_since_goes_back_and_what_left_is_known(by: GraphWorld) -> None:
    """The ledger is empty, as one that was restored from before all of it."""
    by.post(submission(), "Intake/Complete")
    box = by.settings.mailboxes[0]
    with by.ledger() as ledger, build_mailbox(by.settings, box, Credentials(by.settings), ledger.numbering) as mailbox:
        now = datetime.now(UTC)
        sent = by.settings.sent_folder(box)
        found = reconcile(ledger, box, mailbox, sent, made=now - timedelta(hours=1), now=now)
    assert (found.moved_back, found.settled) == (1, 0)
    assert len(by.user.messages()) == 1
