"""The servers that the other tests rely on do what those tests believe."""

from __future__ import annotations

import imaplib
import ssl
import threading
import time
from datetime import UTC, datetime
from email.message import EmailMessage

import aiosmtplib
import pytest
from imap_tools import MailBox, MailBoxUnencrypted

from tests.conftest import NetworkForbidden
from tests.servers.dovecot import Dovecot, MailUser
from tests.servers.fault_proxy import Direction, Fault, FaultProxy
from tests.servers.postfix import Postfix
from tests.servers.relay import Relay
from tests.servers.smtp_sink import SmtpSink

RAW = b"From: chair@council.test\r\nSubject: A report\r\n\r\n.dots stay\r\n..too\r\n"


def mail(subject: str = "A report", recipient: str = "desk@commissioner.test") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "intake@intake.test"
    message["To"] = recipient
    message["Subject"] = subject
    message.set_content("One line.\n.A dot.\n")
    return message


# --- Dovecot ----------------------------------------------------------------------------------------------


def test_mail_is_kept_byte_for_byte_with_its_flags_and_date(mail_user: MailUser) -> None:
    when = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
    uid = mail_user.append(RAW, flags=[r"\Seen"], internaldate=when)
    (stored,) = mail_user.messages()
    assert (stored.uid, stored.raw, stored.internaldate) == (uid, RAW, when)
    assert r"\Seen" in stored.flags


def test_users_do_not_see_each_other(dovecot: Dovecot) -> None:
    first, second = dovecot.add_user(), dovecot.add_user()
    first.append(RAW)
    assert second.messages() == []


def test_a_client_reads_and_moves_over_verified_tls(mail_user: MailUser) -> None:
    mail_user.append(RAW)
    context = ssl.create_default_context(cafile=mail_user.ca_file)
    with MailBox("127.0.0.1", mail_user.imaps_port, ssl_context=context) as box:
        box.login(mail_user.user, mail_user.password)
        box.folder.create("Processed")
        box.move(["1"], "Processed")
    assert mail_user.messages() == []
    assert [stored.raw for stored in mail_user.messages("Processed")] == [RAW]
    assert mail_user.folders() == ["INBOX", "Processed"]


def test_an_unknown_authority_is_refused(mail_user: MailUser) -> None:
    context = ssl.create_default_context()
    with pytest.raises(ssl.SSLCertVerificationError), MailBox("127.0.0.1", mail_user.imaps_port, ssl_context=context):
        pass


def test_a_wrong_password_is_refused(mail_user: MailUser) -> None:
    client = imaplib.IMAP4(mail_user.host, mail_user.imap_port, timeout=10)
    with pytest.raises(imaplib.IMAP4.error):
        client.login(mail_user.user, "wrong")
    client.shutdown()


def test_idle_tells_of_new_mail_at_once(mail_user: MailUser) -> None:
    with MailBoxUnencrypted(mail_user.host, mail_user.imap_port) as box:
        box.login(mail_user.user, mail_user.password)
        threading.Timer(0.2, mail_user.append, [RAW]).start()
        answers = box.idle.wait(timeout=10)
    assert any(b"EXISTS" in answer for answer in answers)


def test_a_new_uidvalidity_keeps_the_mail(mail_user: MailUser) -> None:
    mail_user.append(RAW)
    before = mail_user.uid_validity()
    mail_user.change_uid_validity()
    assert mail_user.uid_validity() != before
    assert [stored.raw for stored in mail_user.messages()] == [RAW]


def test_a_frozen_server_answers_again_when_thawed(own_dovecot: Dovecot) -> None:
    own_dovecot.append(RAW)
    own_dovecot.pause()
    with pytest.raises(TimeoutError):
        imaplib.IMAP4(own_dovecot.host, own_dovecot.imap_port, timeout=0.5)
    own_dovecot.resume()
    assert len(own_dovecot.messages()) == 1


def test_dropped_connections_are_seen_and_a_restart_keeps_mail_and_ports(own_dovecot: Dovecot) -> None:
    own_dovecot.append(RAW)
    client = imaplib.IMAP4(own_dovecot.host, own_dovecot.imap_port, timeout=10)
    client.login(own_dovecot.user, own_dovecot.password)
    own_dovecot.kill_connections()
    with pytest.raises((imaplib.IMAP4.abort, OSError)):
        client.noop()
    client.shutdown()
    own_dovecot.restart()
    assert len(own_dovecot.messages()) == 1


# --- smtp-sink ----------------------------------------------------------------------------------------------


async def test_the_sink_keeps_envelope_and_bytes(smtp_sink: SmtpSink) -> None:
    async with aiosmtplib.SMTP(hostname=smtp_sink.host, port=smtp_sink.port) as client:
        await client.sendmail("", ["a@b.test", "c@d.test"], RAW)
    (kept,) = smtp_sink.messages()
    assert (kept.sender, kept.recipients, kept.raw) == ("", ("a@b.test", "c@d.test"), RAW)


@pytest.mark.parametrize(("refuse", "defer", "code"), [(["RCPT"], [], 550), ([], ["RCPT"], 451)])
async def test_the_sink_refuses_and_defers_on_demand(
    smtp_sink: SmtpSink, refuse: list[str], defer: list[str], code: int
) -> None:
    smtp_sink.start(refuse=refuse, defer=defer)
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refused:
        await aiosmtplib.send(mail(), hostname=smtp_sink.host, port=smtp_sink.port)
    assert refused.value.recipients[0].code == code
    assert smtp_sink.messages() == []


async def test_the_sink_stalls_on_demand(smtp_sink: SmtpSink) -> None:
    smtp_sink.start(delays={".": 3})
    with pytest.raises(aiosmtplib.SMTPTimeoutError):
        await aiosmtplib.send(mail(), hostname=smtp_sink.host, port=smtp_sink.port, timeout=0.5)


# --- relay and Postfix ----------------------------------------------------------------------------------------


async def test_the_relay_wants_starttls_and_a_login(relay: Relay) -> None:
    context = ssl.create_default_context(cafile=relay.ca_file)
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=relay.port, start_tls=True, tls_context=context) as client:
        await client.ehlo()
        assert client.esmtp_extensions["size"] == "31457280"
        with pytest.raises(aiosmtplib.SMTPException):
            await client.send_message(mail())
        await client.rset()
        await client.login(relay.user, relay.password)
        await client.send_message(mail())
    assert [kept.recipients for kept in relay.received] == [("desk@commissioner.test",)]


async def test_the_relay_lets_a_known_token_in(relay: Relay) -> None:
    relay.tokens.add("good")
    context = ssl.create_default_context(cafile=relay.ca_file)
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=relay.port, start_tls=True, tls_context=context) as client:
        with pytest.raises(aiosmtplib.SMTPAuthenticationError):
            await client.auth_xoauth2(relay.user, "bad")
        await client.auth_xoauth2(relay.user, "good")
        await client.send_message(mail())
    assert len(relay.received) == 1


async def test_postfix_delivers_to_dovecot(postfix: Postfix, mail_user: MailUser) -> None:
    context = ssl.create_default_context(cafile=postfix.ca_file)
    await aiosmtplib.send(
        mail(recipient=f"{mail_user.user}@intake.test"),
        hostname="127.0.0.1",
        port=postfix.port,
        start_tls=True,
        tls_context=context,
    )
    assert b"\r\nSubject: A report\r\n" in arrived(mail_user)


async def test_postfix_returns_what_it_cannot_deliver(postfix: Postfix, mail_user: MailUser) -> None:
    await aiosmtplib.send(
        mail(),
        sender=f"{mail_user.user}@intake.test",
        recipients=["no-such-person@commissioner.test"],
        hostname=postfix.host,
        port=postfix.port,
        start_tls=False,
    )
    report = arrived(mail_user)
    assert b"multipart/report" in report
    assert b"Action: failed" in report


async def test_postfix_refuses_what_is_over_its_size(postfix: Postfix) -> None:
    async with aiosmtplib.SMTP(hostname=postfix.host, port=postfix.port, start_tls=False) as client:
        response = await client.execute_command(b"MAIL", b"FROM:<a@intake.test>", b"SIZE=40000000")
    assert response.code == 552


def arrived(user: MailUser) -> bytes:
    """The first mail of a mailbox, once it is there."""
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        if found := user.messages():
            return found[0].raw
        time.sleep(0.05)
    raise TimeoutError("no mail arrived")


# --- the fault proxy ----------------------------------------------------------------------------------------


async def test_the_proxy_passes_mail_when_nothing_is_wrong(smtp_sink: SmtpSink) -> None:
    with FaultProxy(smtp_sink.port) as proxy:
        await aiosmtplib.send(RAW, sender="a@b.test", recipients=["c@d.test"], hostname=proxy.host, port=proxy.port)
    assert [kept.raw for kept in smtp_sink.messages()] == [RAW]


async def test_the_proxy_loses_the_answer_to_a_mail_that_was_taken(smtp_sink: SmtpSink) -> None:
    with FaultProxy(smtp_sink.port) as proxy:
        proxy.spoil(Fault(lose_answer_to_data=True))
        with pytest.raises(aiosmtplib.SMTPServerDisconnected):
            await aiosmtplib.send(mail(), hostname=proxy.host, port=proxy.port)
        assert proxy.cuts == 1
    assert len(smtp_sink.wait_for(1)) == 1


async def test_the_proxy_cuts_before_the_final_dot(smtp_sink: SmtpSink) -> None:
    with FaultProxy(smtp_sink.port) as proxy:
        proxy.spoil(Fault(lose_final_dot=True))
        with pytest.raises(aiosmtplib.SMTPServerDisconnected):
            await aiosmtplib.send(mail(), hostname=proxy.host, port=proxy.port)
    assert smtp_sink.messages() == []


def test_the_proxy_cuts_after_so_many_bytes(mail_user: MailUser) -> None:
    mail_user.append(RAW + b"x" * 100_000)
    with FaultProxy(mail_user.imap_port) as proxy:
        proxy.spoil(Fault(cut_after=20_000, cut_direction=Direction.TO_CLIENT))
        client = imaplib.IMAP4(proxy.host, proxy.port, timeout=10)
        client.login(mail_user.user, mail_user.password)
        client.select()
        with pytest.raises(imaplib.IMAP4.abort):
            client.uid("FETCH", "1", "(BODY.PEEK[])")
        client.shutdown()


def test_the_proxy_hangs_drops_and_heals(mail_user: MailUser) -> None:
    with FaultProxy(mail_user.imap_port) as proxy:
        proxy.spoil(Fault(hang=True))
        with pytest.raises(TimeoutError):
            imaplib.IMAP4(proxy.host, proxy.port, timeout=0.5)
        proxy.heal()
        client = imaplib.IMAP4(proxy.host, proxy.port, timeout=10)
        client.login(mail_user.user, mail_user.password)
        proxy.drop()
        with pytest.raises((imaplib.IMAP4.abort, OSError)):
            client.noop()
        client.shutdown()


# --- the guard ------------------------------------------------------------------------------------------------


def test_the_network_beyond_loopback_is_out_of_reach() -> None:
    with pytest.raises(NetworkForbidden):
        imaplib.IMAP4("mail.example.org", timeout=1)
    with pytest.raises(NetworkForbidden):
        imaplib.IMAP4("192.0.2.1", timeout=1)
