"""The service is stopped dead at place after place: nothing is lost, nothing leaves twice. `make chaos` does more."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake.ledger import outbox, settling
from intake.model import Outcome
from tests.durability.chaos import kill_at_random, kill_in_turn
from tests.durability.lives import Lives
from tests.servers.dovecot import MailUser
from tests.servers.smtp_sink import SmtpSink

EVERY = 7  # of the places; all of them in `make chaos`
RANDOM = 6


@pytest.fixture
def lives(tmp_path: Path, mail_user: MailUser, smtp_sink: SmtpSink) -> Lives:
    return Lives(tmp_path, mail_user, smtp_sink, 20261123)


def test_kills_at_one_kind_of_place_after_the_other_lose_and_double_nothing(lives: Lives) -> None:
    toll = kill_in_turn(lives, EVERY)
    assert (toll.lost, toll.doubled, toll.wrong) == ([], [], [])
    assert {place.partition(":")[0] for place in toll.places} == {"store", "ledger", "IMAP", "SMTP"}
    assert toll.uncertain <= toll.kills // 4


def test_kills_at_random_lose_and_double_nothing(lives: Lives) -> None:
    toll = kill_at_random(lives, RANDOM)
    assert (toll.kills, toll.lost, toll.doubled, toll.wrong) == (RANDOM, [], [], [])


def test_the_reckoning_notices_mail_that_left_twice(lives: Lives, monkeypatch: pytest.MonkeyPatch) -> None:
    """With an outbox that sends again what may have arrived, the same kills must be found out."""

    def send_again(writer: object, row: object, now: object) -> object:
        settling.requeue(writer, row, now, "interrupted", now)  # type: ignore[arg-type]
        return "queued"

    monkeypatch.setattr(outbox, "_recover", send_again)
    lives.post(Outcome.COMPLIANT)
    assert lives.live("SMTP: final dot, sent")
    assert lives.finish().doubled


def test_the_reckoning_notices_mail_that_was_lost(lives: Lives) -> None:
    lives.post(Outcome.COMPLIANT)
    lives.live(0)
    lives.sink.forget()
    assert lives.finish().lost
