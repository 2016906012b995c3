"""Handing one mail to Microsoft Graph, so that afterwards it is known whether it took it.

A mail of up to 3 MB goes as it is, in one request. A larger one is made as a draft, its files are uploaded, what lies
there is compared with what was meant, and the draft is sent. In both, one single request sends: before it the caller's
mark is committed, and it is never repeated. A mail is *uncertain* where that request may have been carried out and was
not confirmed: its last byte was handed to the network and no answer came, or an answer that says nothing of it (a 5xx:
the server asked may have passed it on). Then Sent Items is looked into for the Message-ID: a copy that was not there
before proves that it left. Whatever ends earlier is deferred.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import httpx

from intake.credentials import network_trouble
from intake.delivery.carrier import Delivery, Ended
from intake.delivery.draft import addressees, take_apart
from intake.delivery.envelope import usable
from intake.delivery.session import RelayFacts
from intake.delivery.upload import attach, is_whole, message_path
from intake.errors import ConfigurationError, RelayError
from intake.graph import GraphError, GraphLine, error_code
from intake.model import OutgoingMail, OutgoingState

T = TypeVar("T")

AT_ONCE = 3_000_000  # bytes: as base64 just below the 4 MB that one request may have
LOOKS = (1.0, 3.0, 6.0, 10.0)  # seconds before each look into Sent Items
# Statuses that say of this mail that it will never be taken, and of us that nothing is taken now.
NEVER = frozenset({400, 405, 406, 409, 411, 413, 415, 422})
US = frozenset({401, 402, 403, 404, 407, 423, 429, 507, 509})
CONNECTING = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)


@dataclass(slots=True)
class Handing:
    """One mail on its way. `complete` says that the last byte of the request that sends was handed to the network."""

    mail: OutgoingMail
    before: frozenset[str] = frozenset()  # copies in Sent Items from before this attempt
    draft: str = ""
    complete: bool = False
    abandoned: bool = False

    def body(self) -> Iterator[bytes]:
        """The request's body: the whole mail, or nothing where a draft is sent."""
        if self.draft:
            return
        encoded = base64.b64encode(self.mail.content)
        half = len(encoded) // 2
        yield encoded[:half]
        if self.abandoned:
            raise httpx.WriteError("the program stops")
        self.complete = True
        yield encoded[half:]

    @property
    def length(self) -> int:
        return 0 if self.draft else 4 * ((len(self.mail.content) + 2) // 3)


class GraphCarrier:
    """Sends from one mailbox; one mail at a time.

    `patience` is how many seconds the answer to a whole mail may take, `looks` how many pass before each look for it.
    """

    def __init__(self, line: GraphLine, patience: float, looks: tuple[float, ...] = LOOKS) -> None:
        self._line = line
        self._patience = patience
        self._looks = looks
        self._turn = asyncio.Lock()

    async def probe(self) -> RelayFacts:
        """See whether we may look into the mailbox that sends. Raises RelayError, ConfigurationError."""
        async with self._turn:
            try:
                await asyncio.to_thread(self._line.get, "mailFolders/sentitems", **{"$select": "id"})
            except GraphError as error:
                raise RelayError(error.message, error.hint) from error
            finally:
                self._line.close()
        # Graph names no limit: a tenant's own (35 MB by default) shows when it refuses.
        return RelayFacts(
            size_limit=None,
            dsn=False,
            eight_bit=True,
            utf8=True,
            starttls=False,
            auth=(),
            banner="Microsoft Graph",
            certificate_expires=self._line.certificate_expires,
            tls_version="",
        )

    async def close(self) -> None:
        """End the connection, if there is one."""
        async with self._turn:
            self._line.close()

    async def deliver(
        self,
        mail: OutgoingMail,
        on_data_start: Callable[[], Awaitable[None]],
        envelope_id: str = "",  # noqa: ARG002
    ) -> Delivery:
        """Hand over one mail. `on_data_start` is awaited right before the request that sends."""
        async with self._turn:
            handing = Handing(mail)
            try:
                await asyncio.to_thread(self._prepare, handing)
                await on_data_start()
                return await self._sent(handing)
            except Ended as ended:
                delivery = ended.delivery
            except GraphError as error:
                delivery = _refused(error.status, error.code, f"{error.message} {error.hint}".strip())
            except (RelayError, ConfigurationError) as error:
                text = f"{error.message} {error.hint}".strip()
                delivery = Delivery(OutgoingState.DEFERRED, 0, text, relay_down=True)
            except BaseException:
                handing.abandoned = True
                raise
            await self._clear_away(handing)
            return delivery

    # --- before it is sent ----------------------------------------------------------------------------------

    def _prepare(self, handing: Handing) -> None:
        """All that can be done, and can go wrong, before anything leaves. Raises Ended, GraphError."""
        mail = handing.mail
        if not mail.recipients or not all(usable(each) for each in mail.recipients):
            raise Ended(Delivery(OutgoingState.FAILED, 553, "An address of this email cannot be written to."))
        if addressees(mail.content) != {each.lower() for each in mail.recipients}:
            told = "Microsoft Graph would send it to everyone its headers name, and these are not its recipients."
            raise Ended(Delivery(OutgoingState.FAILED, 553, told))
        handing.before = self._copies(mail.message_id)
        if len(mail.content) > AT_ONCE:
            self._make_draft(handing)

    def _make_draft(self, handing: Handing) -> None:
        try:
            draft = take_apart(handing.mail.content)
        except RelayError as error:
            raise Ended(Delivery(OutgoingState.FAILED, 554, f"{error.message} {error.hint}")) from error
        for left_over in self._found("drafts", handing.mail.message_id):  # by a former self that was interrupted
            self._line.delete(message_path(left_over))
        handing.draft = str(self._line.post("messages", draft.message)["id"])
        path = message_path(handing.draft)
        for file in draft.files:
            attach(self._line, path, file, lambda: self._check_going_on(handing))
        if not is_whole(self._line, path, draft):
            told = "The draft that Microsoft Graph made is not the email that it was given: it was not sent."
            raise Ended(Delivery(OutgoingState.FAILED, 554, told))

    def _check_going_on(self, handing: Handing) -> None:
        if handing.abandoned:
            raise Ended(Delivery(OutgoingState.DEFERRED, 0, "The program stopped.", relay_down=True))

    async def _clear_away(self, handing: Handing) -> None:
        """A draft that will not be sent by this attempt is nobody's."""
        if handing.draft:
            try:
                await asyncio.to_thread(self._line.delete, message_path(handing.draft))
            except GraphError:
                return  # the next attempt removes it

    # --- the request that sends -----------------------------------------------------------------------------

    async def _sent(self, handing: Handing) -> Delivery:
        try:
            answer = await asyncio.to_thread(self._send, handing)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            told, hint = network_trouble(error, self._line.server)
            if isinstance(error, CONNECTING) or not handing.complete:
                raise Ended(Delivery(OutgoingState.DEFERRED, 0, f"{told} {hint}", relay_down=True)) from error
            text = f"{told} The mail was complete by then, so Microsoft Graph may have accepted it."
            return await self._settled_by_copy(handing, Delivery(OutgoingState.UNCERTAIN, 0, text, relay_down=True))
        status = answer.status_code
        if status == httpx.codes.ACCEPTED and handing.complete:
            return Delivery(OutgoingState.SENT, status, "Accepted by Microsoft Graph.")
        code = error_code(answer)
        if status in NEVER | US:
            raise Ended(_refused(status, code, _told(status, code)))
        text = f"{_told(status, code)} That says nothing about the mail, which may have been accepted."
        return await self._settled_by_copy(handing, Delivery(OutgoingState.UNCERTAIN, status, text, relay_down=True))

    def _send(self, handing: Handing) -> httpx.Response:
        handing.complete = bool(handing.draft)  # such a request is its header alone
        path = f"{message_path(handing.draft)}/send" if handing.draft else "sendMail"
        return self._line.send_once(path, handing.body(), handing.length, self._patience)

    async def _settled_by_copy(self, handing: Handing, uncertain: Delivery) -> Delivery:
        for wait in self._looks:
            await asyncio.sleep(wait)
            try:
                copies = await asyncio.to_thread(self._copies, handing.mail.message_id)
            except (RelayError, ConfigurationError):
                continue
            if copies - handing.before:
                text = "Accepted by Microsoft Graph: a copy is in Sent Items, though the answer was lost."
                return Delivery(OutgoingState.SENT, uncertain.code, text)
        return uncertain

    def _copies(self, message_id: str) -> frozenset[str]:
        return frozenset(self._found("sentitems", message_id))

    def _found(self, folder: str, message_id: str) -> list[str]:
        """The messages of ours in a folder. Raises RelayError, as a look that fails says nothing of the mail."""
        try:
            return [str(each["id"]) for each in self._line.by_message_id(folder, message_id, "id")]
        except GraphError as error:
            raise RelayError(error.message, error.hint) from error


def _told(status: int, code: str) -> str:
    return f"Microsoft Graph answered {', '.join(filter(None, (str(status), code)))}."


def _refused(status: int, code: str, text: str) -> Delivery:
    if status in NEVER:
        return Delivery(OutgoingState.FAILED, status, _told(status, code))
    # To be asked to wait is no outage: this mail waits, and an alarm would be over before it is read.
    return Delivery(OutgoingState.DEFERRED, status, text, relay_down=status not in {429, 509})
