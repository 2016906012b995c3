"""Whether our border's results arrive, and whether a forged one would be believed, tried on real servers."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake.doctor import Health, Result, Surroundings
from intake.doctor.senders import check_forgery, check_senders
from intake.senders.received import read_received
from intake.service.service import utc_now
from intake.settings import Settings
from intake.unpacking.message import unpack
from tests.servers.dovecot import MailUser
from tests.servers.postfix import Postfix
from tests.service.world import enquiry, settings_of

BORDER = "mx.localhost"


def settings_with(folder: Path, user: MailUser, smtp_port: int, senders: str) -> Settings:
    """An installation whose mail comes through Postfix to Dovecot."""
    changes = {"border": f'{BORDER}"\n{senders}#"', "service": f"{user.user}@intake.test"}
    return settings_of(folder, user.imap_port, smtp_port, user.user, user.password, **changes)


def examined(settings: Settings, *, send: bool = True) -> Result:
    around = Surroundings(utc_now(), settings, send_test=send)
    try:
        (result,) = check_forgery(around)
    finally:
        around.close()
    return result


@pytest.fixture
def inner(tmp_path: Path, mail_user: MailUser, postfix: Postfix) -> str:
    """The host by whose name Dovecot's own Received line goes."""
    examined(settings_with(tmp_path, mail_user, postfix.port, ""))
    (folder,) = [name for name in mail_user.folders() if name.endswith("Canary")]
    (stored,) = mail_user.messages(folder)
    hop = read_received(unpack(stored.raw).header("Received"))
    assert hop is not None
    return hop.by


def test_a_forged_result_that_would_be_believed_is_a_failure(
    tmp_path: Path, mail_user: MailUser, postfix: Postfix, inner: str
) -> None:
    """This Postfix removes nothing: its name alone is no proof."""
    result = examined(settings_with(tmp_path, mail_user, postfix.port, f'inner_hosts = ["{inner}"]\n'))
    assert (result.health, result.message) == (
        Health.FAILURE,
        "A forged result in a message to ourselves was believed.",
    )
    assert "remove every Authentication-Results line" in result.hint


def test_the_place_above_the_borders_line_cannot_be_forged(
    tmp_path: Path, mail_user: MailUser, postfix: Postfix, inner: str
) -> None:
    wanted = f'inner_hosts = ["{inner}"]\nborder_host = "{BORDER}"\n'
    result = examined(settings_with(tmp_path, mail_user, postfix.port, wanted))
    assert (result.health, "not believed" in result.message) == (Health.OK, True)
    assert len(mail_user.messages()) == 0  # it is filed with the other test messages


def test_nothing_is_sent_unasked(tmp_path: Path, mail_user: MailUser) -> None:
    result = examined(settings_with(tmp_path, mail_user, 1, ""), send=False)
    assert (result.health, "--send-test" in result.hint) == (Health.NOT_CHECKED, True)


def test_a_relay_that_does_not_take_it_is_a_failure(tmp_path: Path, mail_user: MailUser) -> None:
    assert examined(settings_with(tmp_path, mail_user, 1, "")).health is Health.FAILURE


@pytest.mark.parametrize(
    ("border", "health", "words"),
    [
        ("mx.demo.example", Health.WARNING, "none of the latest 3 messages"),
        ("", Health.OK, "3 of the latest 3 messages"),
    ],
)
def test_it_tells_whether_results_arrive(
    tmp_path: Path, mail_user: MailUser, border: str, health: Health, words: str
) -> None:
    changes = {"border": border} if border else {}
    settings = settings_of(tmp_path, mail_user.imap_port, 1, mail_user.user, mail_user.password, **changes)
    for number in range(3):
        mail_user.append(enquiry(number))
    around = Surroundings(utc_now(), settings)
    try:
        told, result = check_senders(around)
    finally:
        around.close()
    assert "must remove such lines" in told.message
    assert (result.health, words in result.message) == (health, True)
