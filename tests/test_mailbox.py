"""The mailbox against a real Dovecot: it finds what is new, changes nothing it should not, and says what is wrong."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import msgspec
import pytest

from intake.credentials import Credentials
from intake.errors import MailboxError, MessageVanished
from intake.mailbox import IdleWatcher, Mailbox, UidValidityChanged
from intake.mailbox.listing import UNKNOWN_DATE, answers, internal_date, listed, message_id, uid_sets
from intake.settings import MailboxSettings, Settings, parse_settings
from tests.servers.dovecot import Dovecot, MailUser
from tests.servers.fault_proxy import Direction, Fault, FaultProxy
from tests.test_credentials import TokenServer
from tests.test_settings import SMALLEST


def a_mail(number: int = 1, size: int = 200) -> bytes:
    head = f"From: a@council.test\r\nSubject: {number}\r\nMessage-ID: <m{number}@council.test>\r\n\r\n".encode()
    line = b"0123456789abcdefghijklmnopqrstuvwxyz\r\n"
    return (head + line * (size // len(line) + 1))[:size] if size > len(head) else head


def mailbox_settings(user: MailUser, tmp_path: Path, **changes: Any) -> MailboxSettings:
    password = tmp_path / "imap-password"
    password.write_text(user.password)
    password.chmod(0o600)
    plain = MailboxSettings(
        host=user.host,
        username=user.user,
        port=user.imaps_port,
        ca_file=str(user.ca_file),
        password_file=str(password),
        timeout_seconds=5,
    )
    return msgspec.structs.replace(plain, **changes)


def credentials(text: str = "") -> Credentials:
    return Credentials(all_settings(text))


def all_settings(text: str = "") -> Settings:
    return parse_settings(SMALLEST + text, "intake.toml", Path("/nowhere"))


@pytest.fixture
def mailbox(mail_user: MailUser, tmp_path: Path) -> Iterator[Mailbox]:
    with Mailbox(mailbox_settings(mail_user, tmp_path), credentials()) as connected:
        yield connected


@contextmanager
def commands(mailbox: Mailbox) -> Iterator[list[bytes]]:
    """What the mailbox sends meanwhile."""
    sent: list[bytes] = []
    client = mailbox.line.client
    send = client.send

    def recording(data: bytes) -> None:
        sent.append(bytes(data))
        send(data)

    client.send = recording  # type: ignore[method-assign, assignment]
    try:
        yield sent
    finally:
        client.send = send  # type: ignore[method-assign]


# --- connecting -----------------------------------------------------------------------------------------------


def test_a_verified_connection_knows_what_the_server_offers_once_logged_in(mailbox: Mailbox) -> None:
    assert {"MOVE", "UIDPLUS", "IDLE"} <= mailbox.capabilities
    expires = mailbox.certificate_expires
    assert expires is not None
    assert timedelta(days=28) < expires - datetime.now(UTC) < timedelta(days=31)


def test_an_unknown_authority_is_refused(mail_user: MailUser, tmp_path: Path) -> None:
    for changes in ({}, {"tls": "starttls", "port": mail_user.imap_port}):
        settings = mailbox_settings(mail_user, tmp_path, ca_file="", **changes)
        with pytest.raises(MailboxError, match=r"certificate of 127\.0\.0\.1:\d+ cannot be verified") as caught:
            Mailbox(settings, credentials()).connect()
        assert "ca_file" in caught.value.hint


def test_another_servers_name_is_refused(mail_user: MailUser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lookup = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda _host, *rest, **more: lookup("127.0.0.1", *rest, **more))
    settings = mailbox_settings(mail_user, tmp_path, host="imap.elsewhere.example")
    with pytest.raises(MailboxError, match="cannot be verified: Hostname mismatch"):
        Mailbox(settings, credentials()).connect()


def test_an_expired_certificate_is_refused(tmp_path: Path) -> None:
    with Dovecot(certificate_days=-1) as dovecot:
        settings = mailbox_settings(dovecot.account(), tmp_path)
        with pytest.raises(MailboxError, match="cannot be verified: certificate has expired"):
            Mailbox(settings, credentials()).connect()


def test_starttls_works(mail_user: MailUser, tmp_path: Path) -> None:
    settings = mailbox_settings(mail_user, tmp_path, tls="starttls", port=mail_user.imap_port)
    with Mailbox(settings, credentials()) as mailbox:
        assert isinstance(mailbox.line.client.sock, ssl.SSLSocket)
        assert mailbox.select("INBOX").exists == 0


def test_plain_text_works_to_this_machine_and_is_refused_elsewhere(mail_user: MailUser, tmp_path: Path) -> None:
    settings = mailbox_settings(mail_user, tmp_path, tls="none", port=mail_user.imap_port)
    with Mailbox(settings, credentials()) as mailbox:
        assert mailbox.certificate_expires is None
    with pytest.raises(MailboxError, match=r"unencrypted connection to 192\.0\.2\.1 is refused"):
        Mailbox(msgspec.structs.replace(settings, host="192.0.2.1"), credentials()).connect()


@pytest.mark.parametrize(
    "greeting", [b"* OK [CAPABILITY IMAP4rev1] hello\r\n", b"* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n"]
)
def test_a_stripped_starttls_is_refused_before_anything_is_sent(
    mail_user: MailUser, tmp_path: Path, greeting: bytes
) -> None:
    with scripted_server(greeting) as (port, heard):
        settings = mailbox_settings(mail_user, tmp_path, tls="starttls", port=port)
        with pytest.raises(MailboxError, match="offers no STARTTLS, so nothing was sent to it"):
            Mailbox(settings, credentials()).connect()
    assert b"".join(heard).split(b" ", 1)[1] == b"CAPABILITY\r\n"


def test_a_wrong_password_is_one_sentence_without_the_password(mail_user: MailUser, tmp_path: Path) -> None:
    settings = mailbox_settings(mail_user, tmp_path)
    Path(settings.password_file).write_text("wr0ng")
    with pytest.raises(MailboxError) as caught:
        Mailbox(settings, credentials()).connect()
    told = f"{caught.value.message} {caught.value.hint} {caught.value.__cause__!r}"
    assert "refused the login of mailbox main (AUTHENTICATIONFAILED)" in told
    assert "wr0ng" not in told


def test_a_password_of_any_characters_works(dovecot: Dovecot, tmp_path: Path) -> None:
    user = dovecot.add_user(password='p "ä\\{5}€')
    with Mailbox(mailbox_settings(user, tmp_path), credentials()) as mailbox:
        assert mailbox.connected


@pytest.mark.parametrize("fault", [Fault(refuse=True), Fault(cut_after=0), Fault(cut_after=200), Fault(hang=True)])
def test_a_server_that_breaks_off_or_hangs_is_one_sentence(mail_user: MailUser, tmp_path: Path, fault: Fault) -> None:
    with FaultProxy(mail_user.imaps_port) as proxy:
        proxy.spoil(fault)
        settings = mailbox_settings(mail_user, tmp_path, port=proxy.port, timeout_seconds=0.5)
        with pytest.raises(MailboxError) as caught:
            Mailbox(settings, credentials()).connect()
    assert caught.value.message.count("127.0.0.1") == 1
    assert "Traceback" not in caught.value.message


def test_a_server_that_is_not_there_is_one_sentence(mail_user: MailUser, tmp_path: Path) -> None:
    with pytest.raises(MailboxError, match=r"127\.0\.0\.1:1 refuses connections"):
        Mailbox(mailbox_settings(mail_user, tmp_path, port=1), credentials()).connect()


def test_a_connection_that_broke_is_not_used_again(mail_user: MailUser, tmp_path: Path) -> None:
    with FaultProxy(mail_user.imaps_port) as proxy:
        mailbox = Mailbox(mailbox_settings(mail_user, tmp_path, port=proxy.port), credentials())
        mailbox.connect()
        mailbox.select("INBOX")
        proxy.drop()
        with pytest.raises(MailboxError):
            mailbox.uids()
        assert not mailbox.connected
        with pytest.raises(MailboxError, match="is not connected"):
            mailbox.uids()
        mailbox.connect()
        assert mailbox.select("INBOX").exists == 0
        mailbox.close()


# --- OAuth2 -----------------------------------------------------------------------------------------------------


@contextmanager
def introspection(good: Callable[[str], bool]) -> Iterator[str]:
    """Where Dovecot asks whose a token is."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            known = good(form.get("token", [""])[0])
            answer = json.dumps({"active": known, "username": "intake"} if known else {"active": False}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def test_both_forms_of_token_log_in_and_a_refused_one_is_fetched_anew(tmp_path: Path) -> None:
    good = {"token-1"}
    (tmp_path / "client-secret").write_text("s")
    (tmp_path / "client-secret").chmod(0o600)
    with (
        introspection(lambda token: token in good) as url,
        Dovecot(introspection_url=url) as dovecot,
        TokenServer() as tokens,
    ):
        oauth = f'[oauth]\ntoken_endpoint = "{tokens.url}"\nclient_id = "a"\nclient_secret_file = "client-secret"\n'
        ours = Credentials(parse_settings(SMALLEST + oauth, "intake.toml", tmp_path))
        for auth in ("xoauth2", "oauthbearer"):
            with Mailbox(mailbox_settings(dovecot.account(), tmp_path, auth=auth), ours) as mailbox:
                assert mailbox.select("INBOX").exists == 0
        assert len(tokens.forms) == 1

        good.clear()
        good.add("token-2")
        with Mailbox(mailbox_settings(dovecot.account(), tmp_path, auth="xoauth2"), ours) as mailbox:
            assert mailbox.connected
        assert len(tokens.forms) == 2

        good.clear()
        for auth in ("xoauth2", "oauthbearer"):
            with pytest.raises(MailboxError, match="refused the login of mailbox main") as caught:
                Mailbox(mailbox_settings(dovecot.account(), tmp_path, auth=auth), ours).connect()
            assert "token-" not in str(caught.value)


def test_a_token_server_that_is_down_is_a_mailbox_error(mail_user: MailUser, tmp_path: Path) -> None:
    secret = tmp_path / "client-secret"
    secret.write_text("s")
    secret.chmod(0o600)
    oauth = '[oauth]\ntoken_endpoint = "http://127.0.0.1:1/"\nclient_id = "a"\nclient_secret_file = "client-secret"\n'
    ours = Credentials(parse_settings(SMALLEST + oauth, "intake.toml", tmp_path))
    with pytest.raises(MailboxError, match="refuses connections"):
        Mailbox(mailbox_settings(mail_user, tmp_path, auth="xoauth2"), ours).connect()


# --- looking ----------------------------------------------------------------------------------------------------


def test_only_what_is_new_is_listed(mail_user: MailUser, mailbox: Mailbox) -> None:
    arrived = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    first = mail_user.append(a_mail(1))
    second = mail_user.append(a_mail(2, 5000), flags=[r"\Flagged"], internaldate=arrived)
    status = mailbox.select("INBOX")
    assert (status.exists, status.uidnext, status.uidvalidity) == (2, second + 1, mail_user.uid_validity())

    (only,), _ = mailbox.list_new(second)
    assert (only.uid, only.size, only.internal_date) == (second, 5000, arrived)
    assert only.message_id == "<m2@council.test>"
    assert r"\Flagged" in only.flags
    assert [each.uid for each in mailbox.list_new(1)[0]] == [first, second]
    assert mailbox.list_new(status.uidnext) == ([], [])  # a server answers n:* with the last message all the same


def test_looking_changes_no_flag(mail_user: MailUser, mailbox: Mailbox) -> None:
    uid = mail_user.append(a_mail())
    mailbox.select("INBOX")
    mailbox.list_new(1)
    b"".join(mailbox.fetch(uid))
    mailbox.find_by_message_id("<m1@council.test>")
    assert not mail_user.messages()[0].flags & {r"\Seen", r"\Flagged", r"\Deleted", r"\Answered"}


def test_old_messages_cost_nothing_however_many(mail_user: MailUser, mailbox: Mailbox) -> None:
    mail_user.append(a_mail())
    with mail_user.connect() as client:
        client.select()
        for _ in range(10):
            client.uid("COPY", "1:*", "INBOX")  # twice as many each time
    status = mailbox.select("INBOX")
    new = mail_user.append(a_mail(9001))
    with commands(mailbox) as sent:
        assert [each.uid for each in mailbox.list_new(status.uidnext)[0]] == [new]
    assert len(sent) == 3  # catch up, search, list
    assert b"BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]" in sent[2]

    with commands(mailbox) as sent:
        everything, _ = mailbox.list_new(1)
    assert len(everything) == 1025
    assert len(sent) == 2 + 3  # 1,025 messages in batches of 500
    assert [each.uid for each in everything] == mailbox.uids()


def test_a_message_that_goes_while_it_is_fetched_is_never_taken_for_whole(
    mail_user: MailUser, mailbox: Mailbox
) -> None:
    uid = mail_user.append(a_mail(1, 3_000_000))
    mailbox.select("INBOX")
    pieces = mailbox.fetch(uid)
    next(pieces)
    mail_user.remove(uid)
    try:
        rest = b"".join(pieces)
    except MessageVanished:
        return
    assert len(rest) == 3_000_000 - 1024 * 1024  # Dovecot may still hold the open file


def test_a_server_that_dies_in_the_middle_is_an_error(mail_user: MailUser, tmp_path: Path) -> None:
    uid = mail_user.append(a_mail(1, 3_000_000))
    with FaultProxy(mail_user.imap_port) as proxy:
        settings = mailbox_settings(mail_user, tmp_path, tls="none", port=proxy.port)
        with Mailbox(settings, credentials()) as mailbox:
            mailbox.select("INBOX")
            proxy.spoil(Fault(cut_after=1_500_000, cut_direction=Direction.TO_CLIENT))
            with pytest.raises(MailboxError):
                list(mailbox.fetch(uid))


# --- filing -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("without", [(), ("MOVE",), ("MOVE", "UIDPLUS")])
def test_a_message_is_moved_and_nothing_else_happens(
    mail_user: MailUser, mailbox: Mailbox, without: tuple[str, ...]
) -> None:
    other = mail_user.append(a_mail(1), flags=[r"\Deleted"])  # another person is about to remove it
    uid = mail_user.append(a_mail(2))
    mailbox.select("INBOX")
    client = mailbox.line.client
    client.capabilities = tuple(each for each in client.capabilities if each not in without)

    assert mailbox.move(uid, "Intake/Waiting for CSP") is True

    filed = mail_user.messages("Intake.Waiting for CSP") or mail_user.messages("Intake/Waiting for CSP")
    assert [mail.raw for mail in filed] == [a_mail(2)]
    assert not filed[0].flags & {r"\Seen", r"\Deleted"}
    left = {mail.uid: mail.flags for mail in mail_user.messages()}
    assert other in left
    if without == ("MOVE", "UIDPLUS"):
        assert r"\Deleted" in left[uid]
    else:
        assert uid not in left


def test_a_folder_is_made_once_and_subscribed(mail_user: MailUser, mailbox: Mailbox) -> None:
    uids = [mail_user.append(a_mail(number)) for number in (1, 2)]
    mailbox.select("INBOX")
    with commands(mailbox) as sent:
        for uid in uids:
            mailbox.move(uid, "Intake/Complete")
    assert sum(b" CREATE " in command for command in sent) == 1
    assert sum(b" SUBSCRIBE " in command for command in sent) == 1
    assert not any(b" EXPUNGE" in command or b" STORE " in command for command in sent)


def test_nothing_is_done_in_a_folder_that_was_made_anew(mail_user: MailUser, mailbox: Mailbox) -> None:
    uid = mail_user.append(a_mail())
    known = mailbox.select("INBOX").uidvalidity
    assert mailbox.select("INBOX", known).uidvalidity == known
    mailbox.close()
    mail_user.change_uid_validity()
    mailbox.connect()
    with pytest.raises(UidValidityChanged):
        mailbox.select("INBOX", known)
    with pytest.raises(MailboxError, match="No folder is selected"):
        mailbox.move(uid, "Intake/Complete")
    assert len(mail_user.messages()) == 1


# --- listening --------------------------------------------------------------------------------------------------


class News:
    """Counts the calls."""

    def __init__(self) -> None:
        self.calls = 0
        self._heard = threading.Condition()

    def __call__(self) -> None:
        with self._heard:
            self.calls += 1
            self._heard.notify_all()

    def wait_for(self, calls: int, seconds: float = 5) -> bool:
        with self._heard:
            return self._heard.wait_for(lambda: self.calls >= calls, seconds)


@contextmanager
def watching(settings: MailboxSettings) -> Iterator[tuple[IdleWatcher, News]]:
    news = News()
    watcher = IdleWatcher(settings, credentials(), "INBOX", news)
    watcher.start()
    try:
        yield watcher, news
    finally:
        began = time.monotonic()
        watcher.stop()
        assert not watcher.is_alive()
        assert time.monotonic() - began < 2


@pytest.mark.alone
def test_new_mail_is_heard_of_at_once(mail_user: MailUser, tmp_path: Path) -> None:
    for changes in ({}, {"tls": "none", "port": mail_user.imap_port}):
        with watching(mailbox_settings(mail_user, tmp_path, **changes)) as (watcher, news):
            assert news.wait_for(1)
            assert watcher.problem == ""
            for number in (2, 3):
                began = time.monotonic()
                mail_user.append(a_mail(number))
                assert news.wait_for(number)
                assert time.monotonic() - began < 2
            assert watcher.last_heard is not None
            assert datetime.now(UTC) - watcher.last_heard < timedelta(seconds=3)


def test_a_quiet_folder_is_asked_again_and_again(mail_user: MailUser, tmp_path: Path) -> None:
    with watching(mailbox_settings(mail_user, tmp_path, idle_seconds=0.2)) as (watcher, news):
        assert news.wait_for(1)
        first = watcher.last_heard
        assert first is not None
        deadline = time.monotonic() + 10
        for _ in range(2):
            while watcher.last_heard == first and time.monotonic() < deadline:
                time.sleep(0.02)
            assert watcher.last_heard is not None
            assert watcher.last_heard > first
            first = watcher.last_heard
        assert news.calls == 1


def test_a_connection_that_breaks_is_made_anew(own_dovecot: Dovecot, tmp_path: Path) -> None:
    user = own_dovecot.add_user()
    with watching(mailbox_settings(user, tmp_path)) as (watcher, news):
        assert news.wait_for(1)
        own_dovecot.kill_connections()
        assert news.wait_for(2)
        own_dovecot.restart()  # says BYE first
        assert news.wait_for(3)
        user.append(a_mail())
        assert news.wait_for(4)
        assert watcher.problem == ""


def test_a_server_that_hangs_is_noticed(own_dovecot: Dovecot, tmp_path: Path) -> None:
    settings = mailbox_settings(own_dovecot.account(), tmp_path, idle_seconds=0.3, timeout_seconds=0.5)
    with watching(settings) as (watcher, news):
        assert news.wait_for(1)
        own_dovecot.pause()
        try:
            deadline = time.monotonic() + 5
            while not watcher.problem and time.monotonic() < deadline:
                time.sleep(0.05)
            assert "did not answer in time" in watcher.problem
        finally:
            own_dovecot.resume()
        assert news.wait_for(2, 10)
        assert watcher.problem == ""


def test_listening_stops_at_once_even_when_the_server_hangs(own_dovecot: Dovecot, tmp_path: Path) -> None:
    settings = mailbox_settings(own_dovecot.account(), tmp_path, idle_seconds=0.1, timeout_seconds=30)
    with watching(settings) as (_, news):
        assert news.wait_for(1)
        own_dovecot.pause()
        time.sleep(0.3)
    own_dovecot.resume()


def test_a_refused_login_is_a_problem_and_not_an_end(mail_user: MailUser, tmp_path: Path) -> None:
    settings = mailbox_settings(mail_user, tmp_path)
    password = Path(settings.password_file)
    password.write_text("wrong")
    with watching(settings) as (watcher, news):
        deadline = time.monotonic() + 5
        while "refused the login" not in watcher.problem and time.monotonic() < deadline:
            time.sleep(0.05)
        assert "refused the login" in watcher.problem
        password.write_text(mail_user.password)
        assert news.wait_for(1, 10)


def test_one_that_was_never_started_can_be_stopped(mail_user: MailUser, tmp_path: Path) -> None:
    watcher = IdleWatcher(mailbox_settings(mail_user, tmp_path), credentials(), "INBOX", News())
    watcher.stop()
    watcher.stop()


# --- what servers say ---------------------------------------------------------------------------------------------


def test_answers_that_nobody_asked_for_and_attributes_behind_a_literal() -> None:
    data: list[bytes | tuple[bytes, bytes] | None] = [
        b"3 (FLAGS (\\Seen))",
        (b"4 (BODY[HEADER.FIELDS (MESSAGE-ID)] {20}", b"Message-ID: <a@b>\r\n\r\n"),
        b' UID 9 RFC822.SIZE 77 INTERNALDATE " 1-Nov-2026 10:00:00 +0100" FLAGS (\\Seen $Label))',
        None,
        b"5 (UID 10 RFC822.SIZE 5 BODY[HEADER.FIELDS (MESSAGE-ID)] NIL)",
    ]
    seen, first, second = answers(data)
    assert (seen.uid, seen.has_body) == (0, False)
    record = listed(first)
    assert (record.uid, record.size, record.message_id) == (9, 77, "<a@b>")
    assert record.internal_date == datetime(2026, 11, 1, 9, tzinfo=UTC)
    assert record.flags == {r"\Seen", "$Label"}
    assert (listed(second).uid, listed(second).message_id) == (10, "")
    assert listed(second).internal_date == UNKNOWN_DATE


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (b"Message-ID: <a@b>\r\n\r\n", "<a@b>"),
        (b"MESSAGE-id:\r\n\t<a@b>\r\n\r\n", "<a@b>"),
        (b"Message-ID: bare@b\r\n\r\n", "bare@b"),
        (b"Message-ID: <a@b> (comment)\r\n", "<a@b>"),
        (b"Message-ID: <\xff@b>\r\n", "<\\xff@b>"),
        (b"\r\n", ""),
        (b"", ""),
    ],
)
def test_message_ids_of_all_kinds(header: bytes, found: str) -> None:
    assert message_id(header) == found


@pytest.mark.parametrize("odd", ["", "nonsense", "32-Nov-2026 10:00:00 +0000", "01-Foo-2026 10:00:00 +0000"])
def test_a_date_that_cannot_be_read_counts_as_old(odd: str) -> None:
    assert internal_date(odd) == UNKNOWN_DATE


def test_uids_are_asked_for_in_short_sets() -> None:
    assert list(uid_sets([5, 3, 4, 9, 9], 10)) == ["3:5,9"]
    assert list(uid_sets(range(1, 6), 2)) == ["1:2", "3:4", "5"]
    assert list(uid_sets([], 2)) == []


# --- a server that says what a test tells it ------------------------------------------------------------------------


@contextmanager
def scripted_server(greeting: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """Greets, answers CAPABILITY, and keeps what it is sent."""
    listener = socket.create_server(("127.0.0.1", 0))
    heard: list[bytes] = []

    def serve() -> None:
        line, _ = listener.accept()
        with line:
            line.sendall(greeting)
            while data := line.recv(4096):
                heard.append(data)
                tag = data.split(b" ", 1)[0]
                line.sendall(b"* CAPABILITY IMAP4rev1\r\n" + tag + b" OK done\r\n")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], heard
    finally:
        thread.join(5)
        listener.close()
