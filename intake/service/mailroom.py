"""One mailbox: new mail into the store and the ledger, and judged mail into its folders.

The ledger is written before anything is told to the server: a UID is noted when it is listed, its bytes are on disk
before it is recorded, and filing is a step of its own that is tried again until the message is moved or gone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

import structlog

from intake.errors import MailboxError, MessageVanished
from intake.ledger import Filing, Ledger, NewArrival, Position
from intake.mailbox import Listed, MailboxAccess
from intake.message_store import MessageStore, Stored
from intake.service.first_look import FirstLook
from intake.service.sent_copies import settle_by_sent_copies
from intake.settings import MailboxSettings

log = structlog.get_logger()

_OLD = "it is too old for the service to take up by itself"
_LATE = "it was taken up on purpose from before the service started"
_CLOCKS_DIFFER = timedelta(days=1)
_FILING_BATCH = 50
_LOOK_BACK = 20  # UIDs
_FILING_RETRY = timedelta(minutes=10)


class Mailroom:
    """Receives from and files in one mailbox, over one connection that is made when it is needed."""

    def __init__(
        self,
        settings: MailboxSettings,
        mailbox: MailboxAccess,
        ledger: Ledger,
        store: MessageStore,
        old_after: timedelta,
        *,
        first_look: FirstLook,
        sent_folder: str,
    ) -> None:
        self.settings = settings
        self._sent_folder = sent_folder
        self.on_arrival: Callable[[], None] = lambda: None  # called where mail to be judged is in the ledger
        self._mailbox = mailbox
        self._ledger = ledger
        self._store = store
        self._old_after = old_after
        self._first_look = first_look

    def sweep(self, now: datetime, since: datetime | None = None) -> None:
        """Receive everything new in every watched folder. Raises MailboxError; what was recorded stays.

        A folder, or a message, that the server will not give keeps none of the others back: its error is raised last.
        """
        trouble: MailboxError | None = None
        with self._connected():
            for folder in self.settings.folders:
                try:
                    met = self._receive(folder, now, since)
                except MailboxError as error:
                    if not self._mailbox.connected:
                        raise
                    met = error
                trouble = trouble or met
            if self._sent_folder:
                settle_by_sent_copies(self._ledger, self._mailbox, self._sent_folder, now)
            if trouble is not None:
                raise trouble

    def file_due(self, now: datetime) -> int:
        """Move judged messages to their folders; how many were moved. Raises MailboxError when the server is away."""
        folders = self.settings.filing
        self._ledger.filings.require_overlooked(self.settings.name, folders.set_aside, folders.duplicate, now)
        due = [
            filing for filing in self._ledger.filings.due(now, _FILING_BATCH) if filing.mailbox == self.settings.name
        ]
        if not due:
            return 0
        with self._connected():
            return sum(self._file(filing, now) for filing in due)

    @property
    def certificate_expires(self) -> datetime | None:
        """When the server's certificate ends, as far as it is known."""
        return self._mailbox.certificate_expires if self._mailbox.connected else None

    def close(self) -> None:
        """Drop the connection."""
        self._mailbox.close()

    def _connected(self) -> _Connection:
        return _Connection(self._mailbox)

    def _receive(self, folder: str, now: datetime, since: datetime | None) -> MailboxError | None:
        """Take in what is new in one folder; the first trouble that a message met while the others came in."""
        status = self._mailbox.select(folder)
        position = self._ledger.arrivals.open_folder(
            self.settings.name, folder, status.uidvalidity, status.uidnext, now
        )
        if since is not None:
            late = [listed.uid for listed in self._mailbox.list_since(since.date()) if listed.uid < position.first_uid]
            self._ledger.arrivals.take_up(position, late, since, now)
        went_back = status.uidnext < position.next_uid
        if went_back:
            log.warning("uidnext-went-back", mailbox=self.settings.name)
            position = self._ledger.arrivals.rewind(position, status.uidnext, now)
        pending = self._ledger.arrivals.unfetched(position)
        if status.uidnext <= position.next_uid and not (pending or went_back):
            return None
        # Some that are known come along: a restored server may have given their UIDs to others.
        begin = 1 if went_back else max(1, min([position.next_uid - _LOOK_BACK, *pending]))
        found, withheld = self._mailbox.list_new(begin)
        listed = {one.uid: one for one in found}
        again = self._ledger.arrivals.given_again(
            position, {uid: (one.message_id, one.internal_date) for uid, one in listed.items()}
        )
        earlier = self._fetch(position, again, listed, now)
        fresh = [one for one in listed.values() if _is_ours(one, position, went_back=went_back)]
        self._ledger.arrivals.note_listed(
            position,
            [*(one.uid for one in fresh), *(uid for uid in withheld if uid >= position.next_uid)],
            max([status.uidnext, *(uid + 1 for uid in listed)]),
            now,
        )
        wanted = [uid for uid in self._ledger.arrivals.unfetched(position) if uid not in withheld]
        new = self._fetch(position, wanted, listed, now)
        return earlier or new or _not_given(withheld)

    def _fetch(
        self, position: Position, uids: Iterable[int], listed: dict[int, Listed], now: datetime
    ) -> MailboxError | None:
        trouble = None
        for uid in uids:
            one = listed.get(uid)
            try:
                stored = self._store_message(one) if one else None
            except MailboxError as error:
                if not self._mailbox.connected:
                    raise
                trouble = trouble or error
                continue
            if one is None or stored is None:
                self._ledger.arrivals.record_vanished(position, uid, now)
                continue
            sender, proved = self._first_look.at(stored.sha256)
            entry = NewArrival(
                position=position,
                uid=uid,
                sha256=stored.sha256,
                size=stored.size,
                message_id=one.message_id,
                internal_date=one.internal_date,
                hold_outgoing=self._hold(position, one, now),
                claimed_sender=sender,
                proved=proved,
            )
            arrival = self._ledger.arrivals.record(entry, now)
            self.on_arrival()
            log.info(
                "message-arrived",
                message=arrival.id,
                state=str(arrival.state),
                sha256=stored.sha256[:12],
                size=stored.size,
            )
        return trouble

    def _store_message(self, one: Listed) -> Stored | None:
        """The message's bytes, on disk; None when it is gone from its folder meanwhile."""
        try:
            return self._store.put(self._mailbox.fetch(one.uid, one.size))
        except MessageVanished:
            return None

    def _hold(self, position: Position, one: Listed, now: datetime) -> str | None:
        if one.uid < position.first_uid:
            return _LATE
        return _OLD if one.internal_date < now - self._old_after else None

    def _file(self, filing: Filing, now: datetime) -> bool:
        try:
            self._mailbox.select(filing.folder, filing.uidvalidity)
            moved = _is_the_one(self._mailbox.look(filing.uid), filing) and self._mailbox.move(
                filing.uid, filing.target
            )
        except MailboxError as error:
            self._ledger.filings.failed(filing.id, error.message, now + _FILING_RETRY, now)
            log.warning("filing-failed", message=filing.message, reason=error.message)
            return False
        if moved:
            self._ledger.filings.done(filing.id, now)
        else:
            self._ledger.filings.gone(filing.id, now)
        return moved


def _not_given(withheld: Sequence[int]) -> MailboxError | None:
    """What the server names and does not give stays in hand, and somebody has to know."""
    if not withheld:
        return None
    return MailboxError(
        f"The mail server names message {withheld[0]} and does not give it.",
        "It is tried again; look whether another mail program can open it.",
    )


def _is_the_one(there: Listed | None, filing: Filing) -> bool:
    """Whether what is there is the message that was judged: a restored server may give its UID to another."""
    if there is None or there.message_id != filing.mail_id:
        return False
    return filing.internal_date is None or there.internal_date == filing.internal_date


def _is_ours(one: Listed, position: Position, *, went_back: bool) -> bool:
    """Whether a listed message is to be taken in.

    In a folder's first life the UID alone decides: dates are a sender's or another clock's word. After a change of
    UIDVALIDITY, or where the server counts on from an earlier UID, UIDs say nothing of what is new, and mail from
    well before the service's first start is left alone.
    """
    if one.uid < position.next_uid and not went_back:
        return False
    return not (position.renewed or went_back) or one.internal_date >= position.watched_since - _CLOCKS_DIFFER


class _Connection:
    """The mailbox, connected; a connection that failed is dropped, so that the next use makes a new one."""

    def __init__(self, mailbox: MailboxAccess) -> None:
        self._mailbox = mailbox

    def __enter__(self) -> None:
        if not self._mailbox.connected:
            self._mailbox.connect()

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if kind is not None and not issubclass(kind, MessageVanished):
            self._mailbox.close()
