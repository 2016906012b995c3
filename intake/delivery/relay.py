"""Handing one mail to the relay, so that afterwards it is known whether it took it.

The order is MAIL, RCPT, then the caller's mark is committed, then DATA. A mail is *uncertain* only when the connection
broke after its last piece was handed to the network and before the relay answered: it may have been taken. Whatever
broke earlier is deferred, as a relay never takes a mail without its final dot (RFC 5321, 4.1.1.4).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, NoReturn

import aiosmtplib

from intake.credentials import Credentials, network_trouble
from intake.delivery.carrier import Delivery, Ended
from intake.delivery.content import END, has_raw_utf8_headers, is_seven_bit, wire_pieces, wire_size
from intake.delivery.envelope import cleaned, mail_report_options, recipient_report_options, sender_with_id, usable
from intake.delivery.session import RelayFacts, Session, open_session
from intake.errors import ConfigurationError, RelayError
from intake.model import OutgoingMail, OutgoingState
from intake.settings import Settings

REUSE_SECONDS = 20.0  # relays close idle connections soon
REUSE_MAILS = 50
# A refusal of us rather than of this mail: a login or TLS is wanted, or the relay is closing down.
SESSION_CODES = frozenset({421, 454, 530, 534, 535, 538})


class Relay:
    """The relay; one mail at a time, over a connection that is used again for the next."""

    def __init__(self, settings: Settings, credentials: Credentials) -> None:
        self._settings = settings.relay
        self._credentials = credentials
        self._server = f"{settings.relay.host}:{settings.relay.port}"
        self._session: Session | None = None
        self._turn = asyncio.Lock()

    async def probe(self) -> RelayFacts:
        """Connect and log in as for a mail, and tell what the relay offers. Raises RelayError, ConfigurationError."""
        session = await open_session(self._settings, self._credentials)
        await session.quit()
        return session.facts

    async def close(self) -> None:
        """End the connection, if there is one."""
        async with self._turn:
            await self._leave()

    async def deliver(
        self, mail: OutgoingMail, on_data_start: Callable[[], Awaitable[None]], envelope_id: str = ""
    ) -> Delivery:
        """Hand over one mail. `on_data_start` is awaited right before DATA: what it raises is passed on, nothing sent.

        `envelope_id` comes back in delivery reports (and in the address of bounces, with relay.verp).
        """
        async with self._turn:
            try:
                session = await self._ready_session()
                await self._offer(session, mail, envelope_id)
                await on_data_start()
                delivery = await self._send(session, mail.content)
            except Ended as ended:
                delivery = ended.delivery
            except (RelayError, ConfigurationError) as error:
                text = f"{error.message} {error.hint}".strip()
                delivery = Delivery(OutgoingState.DEFERRED, 0, text, relay_down=True)
            except BaseException:
                self._break_off()
                raise
            await self._settle(delivery)
            return delivery

    # --- the session ----------------------------------------------------------------------------------------

    async def _ready_session(self) -> Session:
        session = self._session
        now = asyncio.get_running_loop().time()
        if session is not None:
            if session.mails < REUSE_MAILS and now - session.used_at < REUSE_SECONDS and await _answers(session):
                return session
            await self._leave()
        self._session = await open_session(self._settings, self._credentials)
        return self._session

    async def _leave(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.quit()

    def _break_off(self) -> None:
        """After an interruption from outside: nothing more of this mail goes out."""
        session, self._session = self._session, None
        if session is not None:
            session.abort()

    async def _settle(self, delivery: Delivery) -> None:
        session = self._session
        if session is None:
            return
        if delivery.relay_down or delivery.state is OutgoingState.UNCERTAIN or not session.client.is_connected:
            session.abort()
            self._session = None
            return
        session.used_at = asyncio.get_running_loop().time()
        session.mails += 1
        if delivery.state is not OutgoingState.SENT and not await _answers(session):
            await self._leave()

    # --- the mail -------------------------------------------------------------------------------------------

    async def _offer(self, session: Session, mail: OutgoingMail, envelope_id: str) -> None:
        """MAIL and RCPT. Raises Ended unless the relay takes the sender and every recipient."""
        sender = sender_with_id(mail.sender, envelope_id) if self._settings.verp and mail.sender else mail.sender
        options, encoding = self._mail_options(session.facts, mail, sender, envelope_id)
        reports = self._reports(session.facts, mail)
        refused: dict[str, tuple[int, str]] = {}
        try:
            await session.client.mail(sender, options=options, encoding=encoding)
            for recipient in mail.recipients:
                asked = recipient_report_options(recipient, success=self._settings.dsn_success) if reports else []
                try:
                    await session.client.rcpt(recipient, options=asked, encoding=encoding)
                except aiosmtplib.SMTPRecipientRefused as error:
                    if error.code in SESSION_CODES:
                        raise
                    refused[recipient] = (error.code, cleaned(error.message))
        except aiosmtplib.SMTPResponseException as error:
            raise Ended(_refusal(error.code, error.message)) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            self._lost(error)
        if refused:
            # One of several recipients would get the mail, and later again with the others: so nobody gets it now.
            code, text = next((reply for reply in refused.values() if reply[0] >= 500), next(iter(refused.values())))
            raise Ended(Delivery(_state(code), code, text, refused))

    def _mail_options(
        self, facts: RelayFacts, mail: OutgoingMail, sender: str, envelope_id: str
    ) -> tuple[list[str], str]:
        """The options of MAIL, and the addresses' encoding. Raises Ended when the relay could not take this mail."""
        if not mail.recipients or not all(usable(each) for each in (*mail.recipients, *([sender] if sender else []))):
            raise Ended(Delivery(OutgoingState.FAILED, 553, "An address of this email cannot be written to."))
        size = wire_size(mail.content)
        if facts.size_limit is not None and size > facts.size_limit:
            text = f"The mail has {size:,} bytes; the relay takes at most {facts.size_limit:,}."
            raise Ended(Delivery(OutgoingState.FAILED, 552, text))
        options, encoding = [f"SIZE={size}"] if facts.size_limit is not None else [], "ascii"
        if not is_seven_bit(mail.content):
            if not facts.eight_bit:
                raise Ended(Delivery(OutgoingState.FAILED, 554, "The relay takes only 7-bit mail, and this is not."))
            options.append("BODY=8BITMIME")
        if has_raw_utf8_headers(mail.content) or not all(each.isascii() for each in (sender, *mail.recipients)):
            if not facts.utf8:
                raise Ended(Delivery(OutgoingState.FAILED, 553, "The relay takes no addresses beyond ASCII letters."))
            options.append("SMTPUTF8")
            encoding = "utf-8"
        if self._reports(facts, mail):
            options += mail_report_options(envelope_id or mail.message_id.strip("<>"))
        return options, encoding

    def _reports(self, facts: RelayFacts, mail: OutgoingMail) -> bool:
        return bool(self._settings.dsn and facts.dsn and mail.sender)

    async def _send(self, session: Session, content: bytes) -> Delivery:
        """DATA, the content, and the relay's answer."""
        try:
            # A refusal closes nothing; a break here is before any content.
            response = await session.client.execute_command(b"DATA")
        except (aiosmtplib.SMTPException, OSError) as error:
            self._lost(error)
        if response.code != 354:
            return _refusal(response.code, response.message)
        protocol = session.client.protocol
        if protocol is None:
            self._lost(ConnectionResetError())
        transfer = Transfer(protocol, self._settings.data_timeout_seconds)
        try:
            answer = await transfer.send(content)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            if not transfer.complete:
                self._lost(error)
            told, _ = network_trouble(error, self._server)
            text = f"{told} The mail was complete by then, so the relay may have accepted it."
            return Delivery(OutgoingState.UNCERTAIN, 0, text, relay_down=True)
        if not transfer.complete and answer.code < 400:
            self._lost(ConnectionResetError())  # a yes to half a mail is none
        if 200 <= answer.code < 300:
            return Delivery(OutgoingState.SENT, answer.code, cleaned(answer.message))
        if answer.code < 400:
            text = f"The relay gave an unexpected answer to the whole mail: {cleaned(answer.message)}"
            return Delivery(OutgoingState.UNCERTAIN, answer.code, text, relay_down=True)
        delivery = _refusal(answer.code, answer.message)
        if not transfer.complete:
            session.abort()  # the rest of the mail must not be taken for commands
        return delivery

    def _lost(self, error: BaseException) -> NoReturn:
        """The connection broke before the relay can have taken the mail."""
        told, hint = network_trouble(error, self._server)
        raise Ended(Delivery(OutgoingState.DEFERRED, 0, f"{told} {hint}", relay_down=True)) from error


class Transfer:
    """The content on its way. `complete` says that the final dot was handed to the network."""

    def __init__(self, protocol: aiosmtplib.protocol.SMTPProtocol, timeout: float) -> None:
        self.complete = False
        self._protocol = protocol
        self._timeout = timeout

    async def send(self, content: bytes) -> aiosmtplib.SMTPResponse:
        """Send it all, unless the relay answers before its end; its answer."""
        # Listening from the start: a relay may refuse in the middle of a large mail.
        answer = asyncio.ensure_future(self._protocol.read_response(None))
        try:
            async with asyncio.timeout(self._timeout):
                for piece in wire_pieces(content):
                    self._protocol.write(piece)
                    await self._room(answer)
                    if answer.done():
                        return answer.result()
            self._protocol.write(END)  # raises only when nothing of it was written
            self.complete = True
            async with asyncio.timeout(self._timeout):
                return await answer
        finally:
            answer.add_done_callback(_heard)
            answer.cancel()

    async def _room(self, answer: asyncio.Future[aiosmtplib.SMTPResponse]) -> None:
        """Wait until the network has taken what was written, or the relay answers."""
        drained: asyncio.Future[Any] = asyncio.ensure_future(self._protocol._drain_helper())  # noqa: SLF001 - else all would be buffered
        try:
            either: set[asyncio.Future[Any]] = {drained, answer}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if drained.done():
                drained.result()
        finally:
            drained.cancel()


def _heard(answer: asyncio.Future[aiosmtplib.SMTPResponse]) -> None:
    """Nobody waits for it any more: an error in it is not worth a warning."""
    if not answer.cancelled():
        answer.exception()


async def _answers(session: Session) -> bool:
    """Is the relay there, and ready for the next mail?"""
    try:
        await session.client.rset()
    except (aiosmtplib.SMTPException, OSError):
        return False
    return True


def _state(code: int) -> OutgoingState:
    return OutgoingState.FAILED if code >= 500 else OutgoingState.DEFERRED


def _refusal(code: int, text: str) -> Delivery:
    if code in SESSION_CODES:
        return Delivery(OutgoingState.DEFERRED, code, cleaned(text), relay_down=True)
    return Delivery(_state(code), code, cleaned(text))
