"""Messages made to break the program: each has an answer in the ledger, and what lies behind them is dealt with."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from intake.judging.judge import Judge
from intake.ledger import Act
from intake.model import MailKind, MessageState
from intake.sandbox.sandbox import Sandbox
from intake.wiring.children import start_sandbox
from tests.builders import File, a_message
from tests.durability.lives import Lives
from tests.servers.dovecot import MailUser
from tests.servers.smtp_sink import SmtpSink
from tests.service.test_filing import breaking_on
from tests.service.world import COMMISSIONER, STAFF, World, covering, named, stamped, submission

ANSWERED = {"processed", "ignored", "duplicate", "set-aside"}
HEAD = "From: joanna@northmere.gov.example\r\nTo: dhr@intake.example\r\nSubject: Final DHR report\r\n"


def _zip_bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(50):
            archive.writestr(f"{number}.pdf", bytes(10_000_000))
    return packed.getvalue()


def _nested(count: int) -> bytes:
    opened = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(count))
    return f"{HEAD}MIME-Version: 1.0\r\n{opened}".encode()


def _side_by_side(count: int) -> bytes:
    parts = "--b\r\n\r\nx\r\n" * count
    return f'{HEAD}MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n{parts}--b--\r\n'.encode()


def _poison() -> dict[str, bytes]:
    whole = submission()
    return {
        "empty": b"\r\n",
        "only a header": HEAD.encode(),
        "truncated in the header": whole[:200],
        "truncated in the report": whole[: len(whole) // 2],
        "50,000 parts": _side_by_side(50_000),
        "nested parts": _nested(5_000),
        "zip bomb": stamped(a_message(body=covering(named("Zed")), files=[File("report.zip", _zip_bomb())], number=80)),
        "bad charset": f"{HEAD}Content-Type: text/plain; charset=x-nothing\r\n\r\n\xff\xfe".encode("latin-1"),
        "bad date": f"{HEAD}Date: Mon, 99 Foo 0000 99:99:99 +9999\r\n\r\nFinal report".encode(),
        "100,000 headers": (HEAD + "X-Filler: y\r\n" * 100_000 + "\r\nFinal report").encode(),
        "NULs": whole.replace(b"Dear", b"D\x00\x00r").replace(b"Subject: F", b"Subject: \x00F"),
        "8-bit header": b"From: \xff\xfe <\x80@\x81>\r\nSubject: \xf0\x28\x8c\x28\r\n\r\nFinal",
        "no colon anywhere": b"x" * 100_000,
        "one long line": HEAD.encode() + b"X-Long: " + b"a" * 2_000_000 + b"\r\n\r\nFinal",
    }


@pytest.fixture
def world(tmp_path: Path, mail_user: MailUser, smtp_sink: SmtpSink) -> World:
    return World(tmp_path, mail_user, smtp_sink, Sandbox())


def test_every_poisonous_message_has_an_answer_and_the_backlog_finishes(world: World) -> None:
    with start_sandbox() as world.sandbox:
        world.start()
        poison = _poison()
        for raw in poison.values():
            world.post(raw)
        behind = submission(70, named("Cora"))
        world.post(behind)
        world.run()
    states = world.states()
    assert len(states) == len(poison) + 1
    assert set(states) <= ANSWERED
    assert world.where(behind) == ["Intake/Complete"]
    assert len(world.sent(COMMISSIONER)) <= 2  # the NULs may leave a sound report
    assert world.balance().balanced
    assert world.sound()


def test_three_deaths_set_a_message_aside_across_restarts(
    tmp_path: Path, mail_user: MailUser, smtp_sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process itself dies each time: nothing in it can count."""
    lives = Lives(tmp_path, mail_user, smtp_sink, 1)
    for name in ("Bea", "Cora"):
        mail_user.append(submission(len(name), named(name)))
    monkeypatch.setattr(Judge, "judge", breaking_on(b"Bea", fatal=True))
    for _ in range(3):
        assert lives.live(0)
    assert not lives.live(0)
    world = World(tmp_path, mail_user, smtp_sink, Sandbox())
    assert world.states() == ["set-aside", "processed"]
    assert sum(mail.kind is MailKind.NOTICE for mail in world.outgoing()) == len(world.sent(STAFF)) == 1
    monkeypatch.undo()
    with world.ledger() as ledger:
        (stuck,) = ledger.queries.messages(states=(MessageState.SET_ASIDE,)).rows
        ledger.actions.judge_again(stuck.id, Act(by="Ana", reason="mended", at=stuck.arrived_at))
    lives.live(0)
    assert world.states() == ["processed", "processed"]
    assert len(world.sent(COMMISSIONER)) == 2
