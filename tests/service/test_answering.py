"""What leaves: by mode, after the settle time, for follow-ups, and never to machines or beyond the caps."""

from __future__ import annotations

import hashlib
import os
import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import Envelope, Session

from intake.ledger import Act
from intake.model import MailKind, Outcome, OutgoingState
from intake.sandbox.sandbox import Sandbox
from intake.wiring.office import build_decisions
from tests.builders import NORTHMERE, File, a_letter, a_message, a_report
from tests.servers.dovecot import Dovecot
from tests.servers.relay import Relay
from tests.servers.smtp_sink import ReceivedMail, SmtpSink
from tests.service.world import COMMISSIONER, SERVICE, World, covering, named, stamped, submission

CSP = NORTHMERE.sender
FLOOD = int(os.environ.get("FLOOD", "30"))  # messages of a robot; FLOOD=200 for a longer one
INSISTENT = 12  # messages of somebody who is no robot: three times the cap


def pdfs(mail: ReceivedMail) -> list[bytes]:
    parts = message_from_bytes(mail.raw, policy=default).iter_attachments()
    return [part.get_content() for part in parts if part.get_content_type() == "application/pdf"]


def answer_to(mail: ReceivedMail, body: str, report: bytes | None = None, number: int = 90) -> bytes:
    message_id = str(message_from_bytes(mail.raw, policy=default)["Message-ID"])
    subject = "RE: " + str(message_from_bytes(mail.raw, policy=default)["Subject"])
    return stamped(a_message(subject=subject, body=body, number=number, in_reply_to=message_id, report=report))


def test_a_compliant_report_is_forwarded_byte_for_byte_and_then_acknowledged(world: World) -> None:
    world.start()
    report = a_report(pages=8)
    world.post(submission(report=report))
    world.run()
    (forward,) = world.sent(COMMISSIONER)
    (acknowledgement,) = world.sent(CSP)
    assert pdfs(forward) == [report]
    assert [mail.recipients for mail in world.sent()] == [forward.recipients, acknowledgement.recipients]


def test_no_acknowledgement_leaves_while_the_forward_is_refused(world: World) -> None:
    world.start()
    world.post(submission())
    world.relay.start(defer=["."])
    world.run()
    world.relay.forget()
    world.relay.start()
    world.run()
    assert world.sent(CSP) == []
    assert world.states_of(MailKind.ACKNOWLEDGEMENT) == [OutgoingState.QUEUED]


def test_in_trial_mode_only_the_listed_get_mail(world: World) -> None:
    world.changes |= {"mode": "trial", "allow": f'["{CSP}"]'}
    world.start()
    world.post(submission(1, named("Bea")))
    world.post(submission(2, named("Cora"), weblink=""))
    world.run()
    assert [mail.recipients for mail in world.sent() if mail.recipients != ("team@intake.example",)] == [(CSP,)]
    assert world.states_of(MailKind.FORWARD) == [OutgoingState.HELD]


def test_in_trial_mode_a_listed_domain_stands_for_its_addresses(world: World) -> None:
    domain = CSP.rpartition("@")[2]
    world.changes |= {"mode": "trial", "allow": f'["{domain.upper()}", "team@intake.example"]'}
    world.start()
    world.post(submission(2, named("Cora"), weblink=""))
    world.post(submission(1, named("Bea")))
    world.run()
    assert len(world.sent(CSP)) == 1
    assert world.sent(COMMISSIONER) == []
    assert world.states_of(MailKind.FORWARD) == [OutgoingState.HELD]


def test_in_supervised_mode_everything_waits_for_a_person(world: World) -> None:
    world.changes["mode"] = "supervised"
    world.start()
    world.post(submission())
    world.run()
    assert world.sent(COMMISSIONER) == world.sent(CSP) == []
    with world.office() as office:
        reference = office.archive.ledger.queries.submissions().rows[0].reference
        act = Act(by="Ana", reason="read it", at=datetime.now(UTC))
        build_decisions(office).release(reference, Outcome.COMPLIANT, act)
    world.run()
    assert len(world.sent(COMMISSIONER)) == len(world.sent(CSP)) == 1


def test_a_reply_waits_its_settle_time_and_is_withdrawn_when_more_comes(world: World) -> None:
    world.changes["settle"] = 900
    world.start()
    first = submission(1, report=a_report(letter=None, pages=8))
    world.post(first)
    world.run()
    assert world.states_of(MailKind.REPLY) == [OutgoingState.QUEUED]
    thread = str(message_from_bytes(first, policy=default)["Message-ID"])
    world.post(submission(2, in_reply_to=thread, subject="E-mail 2 of 2"))
    world.run()
    assert world.states_of(MailKind.REPLY) == [OutgoingState.CANCELLED]
    assert len(world.sent(COMMISSIONER)) == 1
    assert len(world.sent(CSP)) == 1


def test_a_new_report_in_the_thread_is_version_two(world: World) -> None:
    world.start()
    letter = File("feedback letter.pdf", a_letter(NORTHMERE))
    world.post(submission(1, report=a_report(letter=None, pages=8), files=[letter]))
    world.run()
    (reply,) = world.sent(CSP)
    mended = a_report(pages=8, seed=3)
    world.post(answer_to(reply, covering(NORTHMERE), mended))
    world.run()
    (forward,) = world.sent(COMMISSIONER)
    assert pdfs(forward) == [mended]
    with world.ledger() as ledger:
        (row,) = ledger.queries.submissions().rows
    assert (row.version, row.outcome, row.state) == (2, "compliant", "complete")


def test_the_weblink_alone_completes_the_earlier_report(world: World) -> None:
    world.start()
    report = a_report(pages=8)
    world.post(submission(1, report=report, weblink=""))
    world.run()
    (reply,) = world.sent(CSP)
    body = f"Dear team,\n\nThe report will be published at {NORTHMERE.weblink}\n\nMany thanks"
    world.post(answer_to(reply, body))
    world.run()
    (forward,) = world.sent(COMMISSIONER)
    assert hashlib.sha256(pdfs(forward)[0]).hexdigest() == hashlib.sha256(report).hexdigest()


def test_replies_over_the_cap_are_held_and_staff_are_told_once(world: World) -> None:
    world.changes["limits"] = "replies_per_sender_hour = 3"
    world.start()
    for number in range(1, 7):
        world.post(submission(number, named(f"Bea{'abcdefg'[number]}"), weblink=""))
    world.run()
    assert len(world.sent(CSP)) == 3
    assert world.states_of(MailKind.REPLY).count(OutgoingState.HELD) == 3
    assert sum(mail.kind is MailKind.NOTICE for mail in world.outgoing()) == 1
    (told,) = [message_from_bytes(mail.raw, policy=default) for mail in world.sent("team@intake.example")]
    text = " ".join(told.get_body(("plain",)).get_content().split())  # type: ignore[union-attr]
    assert re.search(r"so (one mail is|(two|three) mails are) held for a person", text)
    assert "More replies to one sender within an hour than are allowed." in text
    with world.ledger() as ledger:
        assert ledger.queries.held_by_caps() == 3


def test_a_flood_from_one_robot_gets_no_answer(world: World) -> None:
    world.start()
    robot = {"Auto-Submitted": "auto-generated"}
    usual: dict[str, Any] = {"subject": "Final DHR report", "body": covering(NORTHMERE), "headers": robot}
    world.user.append_many([stamped(a_message(number=number, **usual)) for number in range(FLOOD)])
    world.run()
    assert world.states() == ["ignored"] * FLOOD
    assert world.sent() == []


def test_a_flood_that_does_not_look_like_a_robot_gets_no_more_than_the_cap(world: World) -> None:
    world.changes["limits"] = "replies_per_sender_hour = 4\nreplies_per_hour = 30"
    world.start()
    report = a_report(pages=8)
    world.user.append_many([submission(number, report=report, weblink="") for number in range(1, INSISTENT + 1)])
    world.run()
    assert len(world.sent(CSP)) <= 4
    assert len(world.sent()) <= 4 + 3
    assert "arrived" not in world.states()


def test_two_services_that_write_to_each_other_stop_after_one_exchange(
    tmp_path: Path, dovecot: Dovecot, smtp_sink: SmtpSink, sandbox: Sandbox
) -> None:
    worlds = {}
    for name in ("one.gov.example", "two.gov.example"):
        folder = tmp_path / name
        folder.mkdir()
        world = World(folder, dovecot.add_user(), smtp_sink, sandbox)
        world.changes = {"service": f"dhr@{name}", "staff": f"team@{name}"}
        worlds[f"dhr@{name}"] = world
        world.start()
    first, second = worlds
    raw = a_message(report=a_report(pages=8), sender=second, subject="Final DHR", body=covering(NORTHMERE, ""))
    worlds[first].post(stamped(raw))
    exchanged = []
    for _ in range(4):
        for world in worlds.values():
            world.run()
        mails = [mail for mail in smtp_sink.messages() if set(mail.recipients) & set(worlds)]
        smtp_sink.forget()
        exchanged.append(len(mails))
        for mail in mails:
            for recipient in mail.recipients:
                worlds[recipient].post(stamped(mail.raw))
    assert exchanged == [1, 0, 0, 0]


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "auto-replied"},
        {"Precedence": "bulk", "List-Id": "<news.northmere.gov.example>"},
        {"X-Auto-Response-Suppress": "All", "Auto-Submitted": "auto-generated"},
        {"X-Intake-Marker": f"reply@{SERVICE.partition('@')[2]}"},
    ],
)
def test_automatic_mail_gets_no_mail(world: World, headers: dict[str, str]) -> None:
    world.start()
    world.post(stamped(a_message(subject="Final DHR report", body=covering(NORTHMERE, ""), headers=headers)))
    world.run()
    assert world.sent(CSP) == world.sent(COMMISSIONER) == []


def test_mail_is_deferred_for_its_time_when_the_relay_is_not_ready(world: World) -> None:
    world.start()
    world.post(submission())
    world.relay.start(defer=["RCPT"])
    world.run()
    (forward,) = world.outgoing(MailKind.FORWARD)
    assert forward.state is OutgoingState.DEFERRED
    assert forward.due_at - datetime.now(UTC) > timedelta(minutes=3)


def test_one_refused_recipient_does_not_keep_the_mail_from_the_others(world: World) -> None:
    """Staff are two people here; the relay knows one of them."""
    world.changes["staff"] = 'gone@intake.example", "team@intake.example'
    world.start()
    with world.ledger() as ledger:
        ledger.facts.alarm("tests", datetime.now(UTC), on=True, reason="Something is wrong.")
    with Choosy(starttls=False, login=False) as relay:
        world.changes["smtp_port"] = relay.port
        world.run(2)
        assert [mail.recipients for mail in relay.received] == [("team@intake.example",)]
    (notice,) = world.outgoing(MailKind.NOTICE)
    assert notice.state is OutgoingState.SENT


class Choosy(Relay):
    """A relay that does not know one of the addresses."""

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: object, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address.startswith("gone@"):
            return "550 5.1.1 No such person here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"


def test_thanks_for_an_answer_lead_to_nothing(world: World) -> None:
    world.start()
    world.post(submission(weblink=""))
    world.run()
    (reply,) = world.sent(CSP)
    thanks = answer_to(reply, "Thank you, that is very helpful.")
    world.post(thanks)
    world.run()
    assert world.states() == ["processed", "ignored"]
    assert world.where(thanks) == ["INBOX"]
    assert world.sent(CSP) == [reply]


@pytest.mark.parametrize(
    "body", ["The letter was in the report, on page 9.", "Please ignore my e-mail: wrong version."]
)
def test_an_answer_that_says_more_waits_for_a_person(world: World, body: str) -> None:
    world.start()
    world.post(submission(weblink=""))
    world.run()
    (reply,) = world.sent(CSP)
    world.post(answer_to(reply, body))
    world.run()
    assert world.messages()[-1].outcome == "review"
    assert world.sent(CSP) == [reply]
