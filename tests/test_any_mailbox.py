"""What a mailbox does whichever way it is reached: by IMAP against a real Dovecot, by Microsoft Graph over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from intake.errors import MailboxError, MessageVanished
from intake.mailbox import FolderMissing, Mailbox, MailboxAccess
from tests.graph import graph_mailbox
from tests.servers.dovecot import MailUser
from tests.servers.graph import GraphServer
from tests.servers.graph_mailbox import GraphStore
from tests.test_mailbox import a_mail, credentials, mailbox_settings

AnyUser = MailUser | GraphStore


@pytest.fixture(params=["imap", "graph"])
def user(request: pytest.FixtureRequest) -> Iterator[AnyUser]:
    """A mailbox that nobody has looked at."""
    if request.param == "imap":
        yield request.getfixturevalue("mail_user")
        return
    graph: GraphServer = request.getfixturevalue("graph")
    yield graph.add_user()
    assert graph.broken == []


@pytest.fixture
def mailbox(user: AnyUser, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MailboxAccess]:
    if isinstance(user, MailUser):
        opened: MailboxAccess = Mailbox(mailbox_settings(user, tmp_path), credentials())
    else:
        opened = graph_mailbox(request.getfixturevalue("graph"), user, tmp_path)
    with opened as connected:
        yield connected


def test_only_what_is_new_is_listed_and_earlier_numbers_stay(user: AnyUser, mailbox: MailboxAccess) -> None:
    arrived = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    first = user.append(a_mail(1), internaldate=datetime(2026, 11, 20, 9, tzinfo=UTC))
    second = user.append(a_mail(2), internaldate=arrived)
    status = mailbox.select("INBOX")
    assert (status.exists, status.uidnext) == (2, second + 1)

    (only,), withheld = mailbox.list_new(second)
    assert (only.uid, only.internal_date, only.message_id) == (second, arrived, "<m2@council.test>")
    assert withheld == []
    assert [each.uid for each in mailbox.list_new(1)[0]] == [first, second]
    assert mailbox.list_new(status.uidnext) == ([], [])

    third = user.append(a_mail(3), internaldate=arrived)
    assert [each.uid for each in mailbox.list_new(status.uidnext)[0]] == [third]
    user.remove(first)
    assert mailbox.uids() == [second, third]


def test_a_message_that_comes_back_has_another_number(user: AnyUser, mailbox: MailboxAccess) -> None:
    uid = user.append(a_mail(1))
    mailbox.select("INBOX")
    assert mailbox.move(uid, "Aside")
    mailbox.select("Aside")
    assert mailbox.move(mailbox.uids()[0], "INBOX")
    status = mailbox.select("INBOX", readonly=False)
    (back,), _ = mailbox.list_new(uid + 1)
    assert back.uid > uid
    assert status.uidnext == back.uid + 1
    assert mailbox.look(uid) is None
    assert mailbox.look(back.uid) == back


def test_a_message_is_moved_and_its_bytes_stay(user: AnyUser, mailbox: MailboxAccess) -> None:
    other, uid = user.append(a_mail(1)), user.append(a_mail(2))
    mailbox.select("INBOX")
    assert mailbox.move(uid, "Intake/Waiting for CSP") is True
    assert [
        mail.raw for mail in user.messages("Intake/Waiting for CSP") or user.messages("Intake.Waiting for CSP")
    ] == [a_mail(2)]
    assert mailbox.uids() == [other]


def test_messages_since_a_day_are_listed(user: AnyUser, mailbox: MailboxAccess) -> None:
    user.append(a_mail(1), internaldate=datetime(2026, 11, 1, 12, tzinfo=UTC))
    later = user.append(a_mail(2), internaldate=datetime(2026, 11, 10, 12, tzinfo=UTC))
    mailbox.select("INBOX")
    assert [each.uid for each in mailbox.list_since(date(2026, 11, 10))] == [later]


@pytest.mark.parametrize("size", [1, 300, 1024 * 1024 - 1, 1024 * 1024, 1024 * 1024 + 1, 3 * 1024 * 1024])
def test_a_message_comes_whole_in_pieces(user: AnyUser, mailbox: MailboxAccess, size: int) -> None:
    raw = a_mail(1, size) if size > 1 else b"x"
    uid = user.append(raw)
    stored = user.messages()[0].raw
    mailbox.select("INBOX")
    pieces = list(mailbox.fetch(uid))
    assert b"".join(pieces) == stored
    assert max(map(len, pieces)) <= 1024 * 1024


def test_an_eight_bit_message_is_not_changed(user: AnyUser, mailbox: MailboxAccess) -> None:
    raw = b"Subject: \xff\xfe\r\n\r\n" + bytes(range(1, 256)).replace(b"\r", b"").replace(b"\n", b"") + b") \r\n{5}\r\n"
    uid = user.append(raw)
    mailbox.select("INBOX")
    assert b"".join(mailbox.fetch(uid)) == raw


def test_a_message_that_is_gone_has_vanished(user: AnyUser, mailbox: MailboxAccess) -> None:
    uid = user.append(a_mail())
    mailbox.select("INBOX")
    user.remove(uid)
    with pytest.raises(MessageVanished):
        list(mailbox.fetch(uid))
    with pytest.raises(MessageVanished):
        list(mailbox.fetch(uid + 100))
    assert mailbox.connected


def test_a_message_is_found_by_its_exact_id(user: AnyUser, mailbox: MailboxAccess) -> None:
    wanted = user.append(a_mail(1))
    user.append(b"Message-ID: <xm1@council.testx>\r\nSubject: <m1@council.test>\r\n\r\n")
    folded = user.append(b"Subject: x\r\nMessage-Id:\r\n <m77@council.test>\r\n\r\n")
    mailbox.select("INBOX")
    assert mailbox.find_by_message_id("<m1@council.test>") == [wanted]
    assert mailbox.find_by_message_id("<m77@council.test>") == [folded]
    assert mailbox.find_by_message_id("<none@council.test>") == []
    assert mailbox.find_by_message_id('<a"b\\c@council.test>') == []
    for odd in ("", "<ä@b>", "<a\r\nA1 DELETE INBOX>"):
        assert mailbox.find_by_message_id(odd) == []


def test_a_message_that_is_gone_is_not_moved(user: AnyUser, mailbox: MailboxAccess) -> None:
    uid = user.append(a_mail())
    mailbox.select("INBOX")
    user.move(uid, "INBOX", "Elsewhere")
    assert mailbox.move(uid, "Intake/Complete") is False
    assert mailbox.move(4711, "Intake/Complete") is False
    assert mailbox.connected


@pytest.mark.parametrize("name", ["Geprüft & gezählt", "日本", 'with "quotes"', "a (b) {3}", "Deep/er/and deeper"])
def test_folders_of_any_name(user: AnyUser, mailbox: MailboxAccess, name: str) -> None:
    uid = user.append(a_mail())
    mailbox.select("INBOX")
    assert mailbox.move(uid, name) is True
    assert name in mailbox.folders()
    assert mailbox.select(name).exists == 1
    assert mailbox.find_by_message_id("<m1@council.test>") == mailbox.uids()


def test_a_folder_that_cannot_be_made_is_one_sentence(user: AnyUser, mailbox: MailboxAccess) -> None:
    uid = user.append(a_mail())
    mailbox.select("INBOX")
    with pytest.raises(MailboxError, match="could not be made in mailbox main"):
        mailbox.move(uid, "a//b")
    assert mailbox.uids() == [uid]


def test_a_missing_folder_is_told_apart(mailbox: MailboxAccess) -> None:
    with pytest.raises(FolderMissing, match='no folder "DHR" in mailbox main'):
        mailbox.select("DHR")
    with pytest.raises(MailboxError, match="No folder is selected"):
        mailbox.uids()
    assert mailbox.connected


def test_a_message_can_be_sought_in_a_folder_that_may_only_be_read(user: AnyUser, mailbox: MailboxAccess) -> None:
    uid = user.append(a_mail(), "Sent")
    mailbox.select("Sent", readonly=True)
    assert mailbox.find_by_message_id("<m1@council.test>") == [uid]
