"""Delivery against real servers: the bytes arrive unchanged, and what became of each mail is known exactly."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from intake.credentials import Credentials
from intake.delivery import Delivery, Relay, sender_with_id, sender_without_id
from intake.delivery.content import END, wire_pieces, wire_size
from intake.delivery.envelope import cleaned, usable, xtext
from intake.errors import RelayError
from intake.model import MailKind, OutgoingMail, OutgoingState
from intake.settings import Settings, parse_settings
from tests.servers.dovecot import Dovecot
from tests.servers.fault_proxy import Direction, Fault, FaultProxy
from tests.servers.postfix import Postfix
from tests.servers.relay import Relay as LoginRelay
from tests.servers.smtp_sink import SmtpSink
from tests.test_credentials import TokenServer
from tests.test_settings import SMALLEST

SENT, DEFERRED, FAILED, UNCERTAIN = (
    OutgoingState.SENT, OutgoingState.DEFERRED, OutgoingState.FAILED, OutgoingState.UNCERTAIN,
)  # fmt: skip

CONTENT = b"From: dhr@intake.test\r\nSubject: A reply\r\n\r\nGood morning.\r\n"


@pytest.fixture(autouse=True)
async def connections_close() -> AsyncIterator[None]:
    """A connection that is given up closes its socket in the loop's next turns: the loop must live to see them."""
    yield
    await asyncio.sleep(0.01)


def a_mail(content: bytes = CONTENT, to: tuple[str, ...] = ("officer@council.test",), **changes: Any) -> OutgoingMail:
    given: dict[str, Any] = {
        "kind": MailKind.REPLY,
        "sender": "dhr@intake.test",
        "recipients": to,
        "subject": "A reply",
        "message_id": "<r1@intake.test>",
        "content": content,
    }
    return OutgoingMail(**(given | changes))


def relay_settings(port: int, **changes: Any) -> Settings:
    settings = parse_settings(SMALLEST, "intake.toml", Path("/nowhere"))
    plain = {"host": "127.0.0.1", "port": port, "tls": "none", "auth": "none", "hostname": "intake.test"}
    relay = msgspec.structs.replace(settings.relay, **(plain | {"timeout_seconds": 3} | changes))
    return msgspec.structs.replace(settings, relay=relay)


def login_settings(server: LoginRelay, tmp_path: Path, **changes: Any) -> Settings:
    password = tmp_path / "smtp-password"
    password.write_text(server.password)
    password.chmod(0o600)
    given = {
        "tls": "starttls",
        "ca_file": str(server.ca_file),
        "auth": "password",
        "username": server.user,
        "password_file": str(password),
    }
    return relay_settings(server.port, **(given | changes))


@asynccontextmanager
async def relay_for(settings: Settings, credentials: Credentials | None = None) -> AsyncIterator[Relay]:
    relay = Relay(settings, credentials or Credentials(settings))
    try:
        yield relay
    finally:
        await relay.close()


class Mark:
    """Stands for the ledger: counts how often *data-started* was committed."""

    def __init__(self, then: Callable[[], Awaitable[None]] | None = None) -> None:
        self.count = 0
        self._then = then

    async def __call__(self) -> None:
        self.count += 1
        if self._then:
            await self._then()


async def deliver(settings: Settings, mail: OutgoingMail | None = None, mark: Mark | None = None) -> Delivery:
    async with relay_for(settings) as relay:
        return await relay.deliver(mail or a_mail(), mark or Mark())


# --- what arrives ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        CONTENT,
        b"A: b\r\n\r\n.\r\n..\r\n...dots\r\n.\r\n",
        b"A: b\r\n\r\n" + b".x" * 200_000 + b"\r\n.\r\n",
        b"A: b\r\nB: folded\r\n\theader \r\n\r\ntrailing blanks   \r\n\r\n\r\n",
        b"A: b\r\n\r\n" + b"a line of a large report, in base64\r\n" * 60_000,
    ],
)
async def test_every_byte_arrives_as_it_was(smtp_sink: SmtpSink, content: bytes) -> None:
    mark = Mark()
    delivery = await deliver(relay_settings(smtp_sink.port), a_mail(content), mark)
    assert (delivery.state, delivery.code, delivery.refused, delivery.relay_down) == (SENT, 250, {}, False)
    (received,) = smtp_sink.wait_for(1)
    assert received.raw == content
    assert (received.sender, received.recipients) == ("dhr@intake.test", ("officer@council.test",))
    assert mark.count == 1


async def test_bare_line_ends_become_crlf_and_nothing_else(smtp_sink: SmtpSink) -> None:
    await deliver(relay_settings(smtp_sink.port), a_mail(b"A: b\n\n.one\ntwo\r\nthree"))
    assert smtp_sink.wait_for(1)[0].raw == b"A: b\r\n\r\n.one\r\ntwo\r\nthree\r\n"


async def test_the_null_sender_and_several_recipients(smtp_sink: SmtpSink) -> None:
    mail = a_mail(to=("a@council.test", "b@council.test"), sender="")
    assert (await deliver(relay_settings(smtp_sink.port), mail)).state is SENT
    (received,) = smtp_sink.wait_for(1)
    assert (received.sender, received.recipients) == ("", ("a@council.test", "b@council.test"))


async def test_several_mails_share_a_connection(smtp_sink: SmtpSink) -> None:
    with FaultProxy(smtp_sink.port) as proxy:
        async with relay_for(relay_settings(proxy.port)) as relay:
            for _ in range(5):
                assert (await relay.deliver(a_mail(), Mark())).state is SENT
            assert proxy.accepted == 1
            proxy.drop()
            assert (await relay.deliver(a_mail(), Mark())).state is SENT
            assert proxy.accepted == 2
    assert len(smtp_sink.wait_for(6)) == 6


async def test_many_at_once_wait_for_each_other(smtp_sink: SmtpSink) -> None:
    async with relay_for(relay_settings(smtp_sink.port)) as relay:
        deliveries = await asyncio.gather(*(relay.deliver(a_mail(), Mark()) for _ in range(10)))
    assert {delivery.state for delivery in deliveries} == {SENT}
    assert len(smtp_sink.wait_for(10)) == 10


# --- refusals ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA", "."])
@pytest.mark.parametrize(("manner", "state", "code"), [("refuse", FAILED, 550), ("defer", DEFERRED, 451)])
async def test_a_clear_refusal_is_never_uncertain(
    smtp_sink: SmtpSink, command: str, manner: str, state: OutgoingState, code: int
) -> None:
    smtp_sink.start(**{manner: [command]})  # type: ignore[arg-type]
    mark = Mark()
    async with relay_for(relay_settings(smtp_sink.port)) as relay:
        delivery = await relay.deliver(a_mail(), mark)
        assert (delivery.state, delivery.code, delivery.relay_down) == (state, code, False)
        assert "here" in delivery.text or "later" in delivery.text
        assert mark.count == (1 if command in {"DATA", "."} else 0)
        # the connection is fit for the next mail
        assert (await relay.deliver(a_mail(), Mark())).state is state


async def test_nobody_gets_it_when_one_recipient_is_refused(postfix: Postfix, dovecot: Dovecot) -> None:
    user = dovecot.add_user()
    mark = Mark()
    settings = relay_settings(postfix.port)
    async with relay_for(settings) as relay:
        mail = a_mail(to=(f"{user.user}@council.test", "nobody@elsewhere.test"))
        delivery = await relay.deliver(mail, mark)
        assert delivery.state is FAILED
        assert delivery.code == 550
        assert list(delivery.refused) == ["nobody@elsewhere.test"]
        assert mark.count == 0

        alone = await relay.deliver(a_mail(to=(f"{user.user}@council.test",)), mark)
        assert alone.state is SENT
    assert len(await arrivals(user.messages, 1)) == 1


async def test_what_is_too_large_is_not_even_offered(tmp_path: Path) -> None:
    with LoginRelay(size_limit=100_000) as small:
        mark = Mark()
        settings = login_settings(small, tmp_path)
        delivery = await deliver(settings, a_mail(b"A: b\r\n\r\n" + b"x\r\n" * 33_331), mark)
        assert (delivery.state, delivery.code) == (FAILED, 552)
        assert delivery.text == "The mail has 100,001 bytes; the relay takes at most 100,000."
        assert mark.count == 0
        assert (await deliver(settings, a_mail(b"A: b\r\n\r\n" + b"x\r\n" * 33_330))).state is SENT


@pytest.mark.parametrize(
    "to", [("a@b\r\nRCPT TO:<c@d>",), ("a b@c.test",), ("<a@b.test>",), ("nothing",), ("a@b.test> SIZE=1",), ()]
)
async def test_an_odd_address_never_reaches_the_relay(smtp_sink: SmtpSink, to: tuple[str, ...]) -> None:
    delivery = await deliver(relay_settings(smtp_sink.port), a_mail(to=to))
    assert (delivery.state, delivery.code) == (FAILED, 553)
    assert smtp_sink.messages() == []


async def test_a_mark_that_cannot_be_set_stops_the_mail(smtp_sink: SmtpSink) -> None:
    async def full_disk() -> None:
        raise OSError("disk full")

    async with relay_for(relay_settings(smtp_sink.port)) as relay:
        with pytest.raises(OSError, match="disk full"):
            await relay.deliver(a_mail(), Mark(full_disk))
        assert smtp_sink.messages() == []
        assert (await relay.deliver(a_mail(), Mark())).state is SENT
    assert len(smtp_sink.wait_for(1)) == 1


# --- connections that break -----------------------------------------------------------------------------------------


async def test_a_relay_that_is_not_there_is_down_and_the_mail_deferred() -> None:
    delivery = await deliver(relay_settings(1))
    assert (delivery.state, delivery.relay_down) == (DEFERRED, True)
    assert "127.0.0.1:1 refuses connections." in delivery.text


@pytest.mark.parametrize("command", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA"])
async def test_a_break_before_the_content_is_deferred(smtp_sink: SmtpSink, command: str) -> None:
    smtp_sink.start(hang_up=[command])
    delivery = await deliver(relay_settings(smtp_sink.port))
    assert (delivery.state, delivery.relay_down) == (DEFERRED, True)
    assert smtp_sink.messages() == []


@pytest.mark.parametrize("size", [100, 3_000_000])
async def test_a_lost_answer_to_the_whole_mail_is_uncertain(smtp_sink: SmtpSink, size: int) -> None:
    mark = Mark()
    with FaultProxy(smtp_sink.port) as proxy:
        proxy.spoil(Fault(lose_answer_to_data=True))
        delivery = await deliver(relay_settings(proxy.port), a_mail(CONTENT + b"y\r\n" * size), mark)
    assert (delivery.state, delivery.relay_down) == (UNCERTAIN, True)
    assert "may have accepted it" in delivery.text
    assert mark.count == 1
    assert len(smtp_sink.wait_for(1)) == 1  # and indeed it was taken


async def test_a_lost_final_dot_is_uncertain_too(smtp_sink: SmtpSink) -> None:
    with FaultProxy(smtp_sink.port) as proxy:
        proxy.spoil(Fault(lose_final_dot=True))
        delivery = await deliver(relay_settings(proxy.port))
    assert delivery.state is UNCERTAIN  # from here nobody can tell


async def test_a_break_in_the_middle_of_a_large_mail_is_deferred(smtp_sink: SmtpSink) -> None:
    mark = Mark()
    with FaultProxy(smtp_sink.port) as proxy:
        proxy.spoil(Fault(cut_after=1_000_000, cut_direction=Direction.TO_SERVER))
        mail = a_mail(CONTENT + b"a line of a large report\r\n" * 1_000_000)
        delivery = await deliver(relay_settings(proxy.port), mail, mark)
    assert (delivery.state, delivery.relay_down) == (DEFERRED, True)
    assert mark.count == 1
    assert smtp_sink.messages() == []


@pytest.mark.alone
async def test_no_answer_in_time_is_uncertain_and_bounded(smtp_sink: SmtpSink) -> None:
    smtp_sink.start(delays={".": 30})
    began = time.monotonic()
    delivery = await deliver(relay_settings(smtp_sink.port, data_timeout_seconds=0.5))
    assert delivery.state is UNCERTAIN
    assert "did not answer in time" in delivery.text
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("command", ["EHLO", "MAIL", "RCPT", "DATA"])
async def test_no_answer_before_the_content_is_deferred(smtp_sink: SmtpSink, command: str) -> None:
    smtp_sink.start(delays={command: 30})
    delivery = await deliver(relay_settings(smtp_sink.port, timeout_seconds=0.5))
    assert (delivery.state, delivery.relay_down) == (DEFERRED, True)


async def test_a_relay_that_freezes_in_the_middle_is_deferred(smtp_sink: SmtpSink) -> None:
    async def freeze() -> None:
        smtp_sink.pause()

    settings = relay_settings(smtp_sink.port, timeout_seconds=0.5, data_timeout_seconds=1)
    delivery = await deliver(settings, a_mail(CONTENT + b"x\r\n" * 9_000_000), Mark(freeze))
    smtp_sink.resume()
    assert (delivery.state, delivery.relay_down) == (DEFERRED, True)


async def test_an_interrupted_delivery_leaves_no_half_mail(smtp_sink: SmtpSink) -> None:
    smtp_sink.start(delays={"DATA": 5})
    async with relay_for(relay_settings(smtp_sink.port, timeout_seconds=30)) as relay:
        started = asyncio.Event()

        async def note() -> None:
            started.set()

        task = asyncio.create_task(relay.deliver(a_mail(), Mark(note)))
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        smtp_sink.start()
        assert (await relay.deliver(a_mail(), Mark())).state is SENT
    assert len(smtp_sink.wait_for(1)) == 1


# --- a relay that says what a test tells it ---------------------------------------------------------------------


@asynccontextmanager
async def scripted_relay(
    answers: dict[str, bytes], ehlo: bytes = b"250 hi\r\n"
) -> AsyncIterator[tuple[int, list[bytes]]]:
    """Answers each command by its verb; "content" is what follows DATA, "early" comes in its middle."""
    lines: list[bytes] = []
    writers: list[asyncio.StreamWriter] = []
    usual = {"MAIL": b"250 ok\r\n", "RCPT": b"250 ok\r\n", "DATA": b"354 go\r\n", "content": b"250 ok\r\n"}
    manner = (
        {"greeting": b"220 scripted\r\n", "EHLO": ehlo, "RSET": b"250 ok\r\n", "QUIT": b"221 bye\r\n"} | usual | answers
    )

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await talk(reader, writer)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        writer.write(manner["greeting"])
        while line := await reader.readline():
            lines.append(line)
            verb = line.split()[0].decode().upper() if line.split() else ""
            answer = manner.get(verb, b"500 what?\r\n")
            writer.write(answer)
            if verb == "DATA" and answer.startswith(b"354"):
                if early := manner.get("early"):
                    await reader.readexactly(200_000)
                    writer.write(early)
                    while await reader.read(65536):  # and throws the rest away
                        pass
                else:
                    await reader.readuntil(b"\r\n" + END)
                    writer.write(manner["content"])

    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=100_000_000)
    try:
        yield server.sockets[0].getsockname()[1], lines
    finally:
        server.close()
        for writer in writers:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


@pytest.mark.parametrize(
    ("answer", "state", "code"),
    [
        (b"251 2.1.5 passed on\r\n", SENT, 251),
        (b"421 4.3.2 closing down\r\n", DEFERRED, 421),
        (b"452-4.3.1 no\r\n452 room\r\n", DEFERRED, 452),
        (b"554 5.6.0 no\r\n", FAILED, 554),
        (b"354 more?\r\n", UNCERTAIN, 354),
        (b"what?\r\n", UNCERTAIN, 0),
    ],
)
async def test_every_answer_to_the_whole_mail_has_its_meaning(answer: bytes, state: OutgoingState, code: int) -> None:
    async with scripted_relay({"content": answer}) as (port, _):
        delivery = await deliver(relay_settings(port))
    assert (delivery.state, delivery.code) == (state, code)


@pytest.mark.parametrize(
    ("early", "state"),
    [(b"552 5.3.4 too large\r\n", FAILED), (b"451 4.3.0 busy\r\n", DEFERRED), (b"250 ok\r\n", DEFERRED)],
)
async def test_an_answer_in_the_middle_of_a_mail_counts_at_once(early: bytes, state: OutgoingState) -> None:
    async with scripted_relay({"early": early}) as (port, _):
        began = time.monotonic()
        delivery = await deliver(relay_settings(port), a_mail(CONTENT + b"x\r\n" * 9_000_000))
    assert delivery.state is state
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("code", [b"421", b"454", b"530", b"535"])
async def test_a_refusal_of_us_is_the_relays_trouble_and_not_the_mails(code: bytes) -> None:
    for command in ("MAIL", "RCPT", "DATA"):
        async with scripted_relay({command: code + b" not now\r\n"}) as (port, _):
            delivery = await deliver(relay_settings(port))
        assert (delivery.state, delivery.relay_down, delivery.code) == (DEFERRED, True, int(code))


async def test_a_relays_words_are_made_safe() -> None:
    async with scripted_relay({"RCPT": b"550 no\x1b[31m \xff <b>such</b>\t" + b"x" * 900 + b"\r\n"}) as (port, _):
        delivery = await deliver(relay_settings(port))
    assert delivery.text.isprintable()
    assert len(delivery.text) == 300
    assert delivery.refused["officer@council.test"] == (550, delivery.text)


async def test_options_are_only_used_where_offered() -> None:
    eight_bit = a_mail("A: b\r\n\r\n£\r\n".encode())
    utf8 = a_mail("A: £\r\n\r\n£\r\n".encode(), to=("dñr@council.test",))
    async with scripted_relay({}) as (port, lines):
        assert (await deliver(relay_settings(port))).state is SENT
        assert b"MAIL FROM:<dhr@intake.test>\r\n" in lines
        assert (await deliver(relay_settings(port), eight_bit)).code == 554
        assert (await deliver(relay_settings(port), utf8)).state is FAILED
    ehlo = b"250-hi\r\n250-SIZE 1000\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 DSN\r\n"
    async with scripted_relay({}, ehlo) as (port, lines):
        settings = relay_settings(port, dsn_success=True)
        assert (await deliver(settings)).state is SENT
        assert b"MAIL FROM:<dhr@intake.test> SIZE=58 RET=HDRS ENVID=r1@intake.test\r\n" in lines
        assert (
            b"RCPT TO:<officer@council.test> NOTIFY=FAILURE,DELAY,SUCCESS ORCPT=rfc822;officer@council.test\r\n"
            in lines
        )
        assert (await deliver(settings, eight_bit)).state is SENT
        assert any(b" BODY=8BITMIME" in line and b"SMTPUTF8" not in line for line in lines)
        assert (await deliver(settings, utf8)).state is SENT
        assert any(b" BODY=8BITMIME SMTPUTF8" in line for line in lines)
        lines.clear()
        assert (await deliver(relay_settings(port, dsn=False))).state is SENT
        assert b"MAIL FROM:<dhr@intake.test> SIZE=58\r\n" in lines
        lines.clear()
        assert (await deliver(settings, a_mail(sender=""))).state is SENT
        assert b"MAIL FROM:<> SIZE=58\r\n" in lines


async def test_each_mail_can_have_a_sender_of_its_own(smtp_sink: SmtpSink) -> None:
    settings = relay_settings(smtp_sink.port, verp=True)
    async with relay_for(settings) as relay:
        await relay.deliver(a_mail(), Mark(), "out-17")
    assert smtp_sink.wait_for(1)[0].sender == "dhr+out-17@intake.test"
    assert sender_without_id("DHR+out-17@Intake.test", "dhr@intake.test") == "out-17"
    assert sender_without_id("dhr@intake.test", "dhr@intake.test") == ""
    assert sender_without_id("other+out-17@intake.test", "dhr@intake.test") == ""
    assert sender_with_id("dhr@intake.test", "a b>") == "dhr@intake.test"
    assert sender_with_id("", "x") == ""


# --- TLS and login -------------------------------------------------------------------------------------------------


async def test_login_over_starttls_and_what_the_relay_offers(relay: LoginRelay, tmp_path: Path) -> None:
    settings = login_settings(relay, tmp_path)
    async with relay_for(settings) as ours:
        facts = await ours.probe()
        assert facts.size_limit == 31_457_280
        assert facts.starttls
        assert facts.tls_version in {"TLSv1.2", "TLSv1.3"}
        assert "plain" in facts.auth
        assert facts.certificate_expires is not None
        assert facts.banner
        assert (await ours.deliver(a_mail(), Mark())).state is SENT
    assert relay.received[0].raw == CONTENT


async def test_an_unknown_authority_is_refused_before_anything_is_sent(relay: LoginRelay, tmp_path: Path) -> None:
    settings = login_settings(relay, tmp_path, ca_file="")
    delivery = await deliver(settings)
    assert (delivery.state, delivery.relay_down) == (DEFERRED, True)
    assert "cannot be verified" in delivery.text
    async with relay_for(settings) as ours:
        with pytest.raises(RelayError, match=r"certificate of 127\.0\.0\.1:\d+ cannot be verified"):
            await ours.probe()


async def test_a_stripped_starttls_is_refused(smtp_sink: SmtpSink) -> None:
    delivery = await deliver(relay_settings(smtp_sink.port, tls="starttls"))
    assert (delivery.state, delivery.relay_down) == (DEFERRED, True)
    assert "offers no STARTTLS, so nothing was sent to it" in delivery.text
    assert smtp_sink.messages() == []


async def test_plain_text_elsewhere_is_refused() -> None:
    delivery = await deliver(relay_settings(25, host="192.0.2.1"))
    assert "An unencrypted connection to 192.0.2.1 is refused" in delivery.text


async def test_a_wrong_password_is_the_relays_trouble_and_is_not_told(relay: LoginRelay, tmp_path: Path) -> None:
    settings = login_settings(relay, tmp_path)
    (tmp_path / "smtp-password").write_text("wr0ng")
    delivery = await deliver(settings)
    assert (delivery.state, delivery.relay_down) == (DEFERRED, True)
    assert "refused our login (535)" in delivery.text
    assert "wr0ng" not in delivery.text


async def test_a_missing_password_file_is_told(relay: LoginRelay, tmp_path: Path) -> None:
    delivery = await deliver(login_settings(relay, tmp_path, password_file=str(tmp_path / "none")))
    assert (delivery.state, delivery.relay_down) == (DEFERRED, True)
    assert "cannot be read" in delivery.text


async def test_a_token_logs_in_and_a_refused_one_is_fetched_anew(tmp_path: Path) -> None:
    (tmp_path / "client-secret").write_text("s")
    (tmp_path / "client-secret").chmod(0o600)
    with TokenServer() as tokens, LoginRelay(tokens=["token-1"]) as relay:
        oauth = f'[oauth]\ntoken_endpoint = "{tokens.url}"\nclient_id = "a"\nclient_secret_file = "client-secret"\n'
        credentials = Credentials(parse_settings(SMALLEST + oauth, "intake.toml", tmp_path))
        settings = login_settings(relay, tmp_path, auth="xoauth2")
        async with relay_for(settings, credentials) as ours:
            assert (await ours.deliver(a_mail(), Mark())).state is SENT
        relay.tokens.clear()
        relay.tokens.add("token-2")
        async with relay_for(settings, credentials) as ours:
            assert (await ours.deliver(a_mail(), Mark())).state is SENT
        relay.tokens.clear()
        async with relay_for(settings, credentials) as ours:
            delivery = await ours.deliver(a_mail(), Mark())
        assert (delivery.state, delivery.relay_down) == (DEFERRED, True)
        assert "token-" not in delivery.text


async def test_a_login_that_is_not_offered_is_told() -> None:
    async with scripted_relay({}) as (port, lines):
        delivery = await deliver(relay_settings(port, auth="password", username="a"))
    assert "offers no login by password" in delivery.text
    assert not any(b"AUTH" in line for line in lines)


async def test_a_wrong_password_is_tried_only_once(tmp_path: Path) -> None:
    (tmp_path / "p").write_text("wr0ng")
    (tmp_path / "p").chmod(0o600)
    async with scripted_relay({"AUTH": b"535 no\r\n"}, b"250-hi\r\n250 AUTH CRAM-MD5 LOGIN PLAIN\r\n") as (port, lines):
        await deliver(relay_settings(port, auth="password", username="a", password_file=str(tmp_path / "p")))
    assert sum(line.startswith(b"AUTH") for line in lines) == 1


# --- a real mail system -----------------------------------------------------------------------------------------------


async def test_postfix_takes_it_whole_and_reports_what_it_could_not_deliver(postfix: Postfix, dovecot: Dovecot) -> None:
    sender, receiver = dovecot.add_user(), dovecot.add_user()
    settings = relay_settings(postfix.port, tls="starttls", ca_file=str(postfix.ca_file))
    body = b"A line with a dot.\r\n.\r\n..\r\n" * 50_000
    content = b"From: dhr@intake.test\r\nMessage-ID: <r9@intake.test>\r\n\r\n" + body
    async with relay_for(settings) as relay:
        facts = await relay.probe()
        assert facts.dsn
        assert facts.size_limit == 31_457_280
        good = a_mail(content, to=(f"{receiver.user}@council.test",), sender=f"{sender.user}@intake.test")
        assert (await relay.deliver(good, Mark(), "out-9")).state is SENT
        bad = a_mail(to=("no-such-person@council.test",), sender=f"{sender.user}@intake.test")
        assert (await relay.deliver(bad, Mark(), "out=10 +")).state is SENT

    (arrived,) = await arrivals(receiver.messages, 1)
    assert arrived.raw.endswith(content.partition(b"\r\n\r\n")[2])
    (report,) = await arrivals(sender.messages, 1)
    assert b"Original-Envelope-Id: out=10 +" in report.raw or b"out+3D10+20+2B" in report.raw


async def test_a_large_forward_is_sent_in_pieces_and_quickly(smtp_sink: SmtpSink) -> None:
    content = (
        CONTENT + b"JVBERi0xLjcKJeLjz9MKMSAwIG9iago8PC9UeXBlL0NhdGFsb2cvUGFnZXMgMiAwIFI+PgplbmRvYg==\r\n" * 340_000
    )
    began = time.monotonic()
    assert (await deliver(relay_settings(smtp_sink.port), a_mail(content))).state is SENT
    assert time.monotonic() - began < 10
    assert len(smtp_sink.wait_for(1)[0].raw) == len(content)


async def arrivals(look: Callable[[], list[Any]], count: int) -> list[Any]:
    """What `look` sees once it sees that many, or after a while."""

    def watch() -> list[Any]:
        deadline = time.monotonic() + 15
        while len(found := look()) < count and time.monotonic() < deadline:
            time.sleep(0.1)
        return found

    return await asyncio.to_thread(watch)


# --- bytes and words --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content", [b"", b"a", b"a\n", b"\n\n", b"a\rb\r", b"a\r\nb", b".\n.\r.\r\n", b"\r\n" * 200_000]
)
def test_the_announced_size_is_that_of_the_wire_without_doubled_dots(content: bytes) -> None:
    wire = b"".join(wire_pieces(content))
    undone = wire.replace(b"\r\n..", b"\r\n.") if not wire.startswith(b"..") else wire[1:].replace(b"\r\n..", b"\r\n.")
    assert content == b"" or len(undone) == wire_size(content)
    assert content == b"" or wire.endswith(b"\r\n")
    assert b"\r\n.\r\n" not in b"\r\n" + wire


def test_addresses_that_may_be_written() -> None:
    for good in ("a@b.uk", "o'neill+x@council.gov.uk", "dñr@council.test"):
        assert usable(good)
    for bad in ("", "a", "@b", "a@", "a@b@c", "a b@c", "a@b\n", "<a@b>", "a@b>", '"a"@b', "a@[127.0.0.1]", "a,b@c"):
        assert not usable(bad)


def test_words_for_the_envelope() -> None:
    assert xtext("a+b=c d") == "a+2Bb+3Dc+20d"
    assert cleaned("one\r\ntwo\x00\udcff") == "one two"
