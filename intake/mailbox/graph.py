"""One mailbox by Microsoft Graph, looked at, fetched from and filed in as `Mailbox` does by IMAP.

Graph knows no UIDs. What lies in a folder is learned from its delta query (what came and went since the last look),
and each message gets the folder's next number when it is first seen there: by these numbers the rest of the program
knows it, in whatever ledger they are kept. Ids are immutable ones, so that a number means the same message for good.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from typing import Any, Self

import structlog

from intake.errors import MailboxError, MessageVanished
from intake.graph import GraphError, GraphLine, segment
from intake.mailbox.access import Numbers
from intake.mailbox.graph_folders import GraphFolders
from intake.mailbox.listing import LONGEST_ID, UNKNOWN_DATE, FolderStatus, Listed
from intake.mailbox.mailbox import PIECE, FolderMissing, UidValidityChanged
from intake.model import Named, Numbered, NumberedFolder
from intake.settings import MailboxSettings

_PAGE = "odata.maxpagesize=500"
_SHOWN = "receivedDateTime,internetMessageId"
_WHERE = f"{_SHOWN},parentFolderId"
_NO_ITEM = "ErrorItemNotFound"
_GONE = 410  # the account of changes begins anew (learn.microsoft.com/graph/delta-query-overview)

log = structlog.get_logger()


def _utc_now() -> datetime:
    return datetime.now(UTC)


class GraphMailbox:
    """One line, for one thread at a time. After a MailboxError, `close()` it and connect again."""

    def __init__(
        self,
        settings: MailboxSettings,
        line: GraphLine,
        numbers: Numbers,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._settings = settings
        self._line = line
        self._numbers = numbers
        self._now = now
        self._folders = GraphFolders(line)
        self._connected = False
        self._id = ""  # of the selected folder
        self._known: NumberedFolder | None = None

    # --- the connection -------------------------------------------------------------------------------------

    def connect(self) -> None:
        """See whether the mailbox lets us in. Raises MailboxError, ConfigurationError."""
        self.close()
        try:
            with self._troubles():
                self._line.get("mailFolders/inbox", **{"$select": "id"})
        except BaseException:
            self.close()
            raise
        self._connected = True

    def close(self) -> None:
        """Drop the connection."""
        self._connected, self._known, self._id = False, None, ""
        self._folders.forget()
        self._line.close()

    def __enter__(self) -> Self:
        self.connect()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def connected(self) -> bool:
        """Was there a connection when it was last used?"""
        return self._connected

    @property
    def capabilities(self) -> frozenset[str]:
        """None by which the program would act otherwise."""
        return frozenset()

    @property
    def certificate_expires(self) -> datetime | None:
        """When the certificate that we are shown ends; None on a plain line."""
        return self._line.certificate_expires

    # --- folders --------------------------------------------------------------------------------------------

    def folders(self) -> list[str]:
        """Every folder."""
        with self._troubles():
            return self._folders.paths()

    def select(self, folder: str, uidvalidity: int | None = None, *, readonly: bool = False) -> FolderStatus:
        """Make `folder` the one that is acted on; with `readonly` nothing is numbered before it is asked for.

        Raises FolderMissing, and UidValidityChanged when it is not the folder of that `uidvalidity` any more.
        """
        self._known, self._id = None, ""
        self._demand_line()
        with self._troubles():
            identity = self._folders.find(folder)
            if identity is None:
                raise FolderMissing(
                    f'There is no folder "{folder}" in mailbox {self._settings.name}.',
                    "Make it in the mailbox, or correct its name in the settings; `intake doctor` lists the folders.",
                )
            known = self._numbers.open(self._settings.name, identity, self._now())
            if uidvalidity is not None and known.uidvalidity != uidvalidity:
                raise UidValidityChanged(
                    f'The folder "{folder}" in mailbox {self._settings.name} is not the same one as before.',
                    "Its messages are listed again; nothing was moved.",
                )
            self._known, self._id = known, identity
            if readonly:
                exists = int(
                    self._line.get(f"mailFolders/{segment(identity)}", **{"$select": "totalItemCount"})[
                        "totalItemCount"
                    ]
                )
                return FolderStatus(known.uidvalidity, known.next_uid, exists)
        known = self._caught_up(known)
        return FolderStatus(known.uidvalidity, known.next_uid, self._numbers.count(known))

    # --- looking --------------------------------------------------------------------------------------------

    def uids(self) -> list[int]:
        """The number of every message in the folder."""
        return [one.uid for one in self._numbers.messages(self._catch_up())]

    def list_new(self, from_uid: int) -> tuple[list[Listed], list[int]]:
        """The messages from `from_uid` on; none is named and not given."""
        return [_listed(one) for one in self._numbers.messages(self._catch_up(), from_uid)], []

    def look(self, uid: int) -> Listed | None:
        """The message that is there under this number now."""
        one = self._numbers.message(self._selected, uid)
        return _listed(one) if one is not None and self._is_here(one) else None

    def list_since(self, day: date) -> list[Listed]:
        """The messages that arrived on or after `day`, in UTC."""
        since = datetime.combine(day, time.min, tzinfo=UTC)
        found = self._numbers.messages(self._catch_up())
        return [_listed(one) for one in found if one.received_at >= since]

    def find_by_message_id(self, wanted: str) -> list[int]:
        """The numbers of the messages with exactly this Message-ID."""
        known = self._selected
        if not wanted.isascii() or not wanted.isprintable() or not wanted:
            return []
        with self._troubles():
            found = [_named(entry) for entry in self._line.by_message_id(self._id, wanted, _SHOWN)]
        exact = {one.name: one for one in found if one.message_id == wanted}
        if not exact:
            return []
        self._known = known = self._numbers.note(known, list(exact.values()), (), known.cursor)
        return [one.uid for one in self._numbers.messages(known) if one.name in exact]

    def fetch(self, uid: int, size: int | None = None) -> Iterator[bytes]:  # noqa: ARG002 - HTTP says where it ends
        """The message's bytes, in pieces of at most 1 MiB. Raises MessageVanished when it is gone."""
        one = self._numbers.message(self._selected, uid)
        if one is None or not self._is_here(one):
            raise MessageVanished(f"Message {uid} is no longer in its folder.", "Somebody moved or deleted it.")
        taken = 0
        with self._troubles(uid):
            for piece in self._line.stream(f"messages/{segment(one.name)}/$value", PIECE):
                taken += len(piece)
                yield piece
        if not taken:
            raise MailboxError(f"{self._line.server} gave nothing of message {uid}.", "It will be tried again.")

    # --- filing ---------------------------------------------------------------------------------------------

    def move(self, uid: int, target: str) -> bool:
        """Move a message to another folder, made if it is missing. False when the message is gone already."""
        one = self._numbers.message(self._selected, uid)
        if one is None or not self._is_here(one):
            return False
        identity = self._made(target)
        try:
            with self._troubles(uid):
                self._line.post(f"messages/{segment(one.name)}/move", {"destinationId": identity})
        except MessageVanished as error:
            if not self._is_here(one):
                return False
            # It is the other folder that has gone since it was found.
            raise MailboxError(f'The folder "{target}" is not there any more.', "It will be tried again.") from error
        # At once, so that it has another number should somebody put it back before the next look.
        known = self._selected
        self._known = self._numbers.note(known, (), {one.name}, known.cursor)
        return True

    def _made(self, folder: str) -> str:
        if not all(name.strip() for name in folder.split("/")):
            raise self._cannot_make(folder)
        with self._troubles():
            try:
                identity, made = self._folders.make(folder)
            except GraphError as error:
                if error.status in {400, 403}:
                    raise self._cannot_make(folder) from error
                raise
        if made:
            log.info("folder-made", mailbox=self._settings.name)
        return identity

    def _cannot_make(self, folder: str) -> MailboxError:
        return MailboxError(
            f'The folder "{folder}" could not be made in mailbox {self._settings.name}.',
            'Make it by hand, or try a name below the inbox, such as "INBOX/Intake".',
        )

    # --- inside ---------------------------------------------------------------------------------------------

    @property
    def _selected(self) -> NumberedFolder:
        self._demand_line()
        if self._known is None:
            raise MailboxError("No folder is selected.", "This is a fault of the program.")
        return self._known

    def _demand_line(self) -> None:
        if not self._connected:
            raise MailboxError(f"Mailbox {self._settings.name} is not connected.", "It will be tried again.")

    def _catch_up(self) -> NumberedFolder:
        """Learn what came and went since the last look, and number what is new."""
        before = self._selected
        known = self._numbers.open(self._settings.name, self._id, self._now())  # another may have looked meanwhile
        if known.uidvalidity != before.uidvalidity:
            raise UidValidityChanged("The numbering of a folder has started afresh.", "Its messages are listed again.")
        return self._caught_up(known)

    def _caught_up(self, known: NumberedFolder) -> NumberedFolder:
        with self._troubles():
            try:
                self._known = self._learn(known, whole=not known.cursor)
            except GraphError as error:
                if error.status != _GONE or not known.cursor:
                    raise
                log.info("delta-begins-anew", mailbox=self._settings.name)
                self._known = self._learn(known, whole=True)
        return self._known

    def _learn(self, known: NumberedFolder, *, whole: bool) -> NumberedFolder:
        """One round of the delta query. Its order means nothing, and one message may come more than once."""
        here: dict[str, Named] = {}
        gone: dict[str, None] = {}
        following = f"mailFolders/{segment(self._id)}/messages/delta" if whole else known.cursor
        query = {"$select": _SHOWN} if whole else {}
        while True:
            page = self._line.get(following, prefer=_PAGE, **query)
            for entry in page.get("value", []):
                name = entry["id"]
                if "@removed" in entry:
                    here.pop(name, None)
                    gone[name] = None
                else:
                    gone.pop(name, None)
                    here[name] = _named(entry)
            following, query = str(page.get("@odata.nextLink") or ""), {}
            if not following:
                break
        cursor = str(page.get("@odata.deltaLink") or "")
        ordered = sorted(here.values(), key=lambda one: (one.received_at, one.name))
        return self._numbers.note(known, ordered, gone, cursor, whole=whole)

    def _is_here(self, one: Numbered) -> bool:
        """Does it lie in the selected folder still?"""
        with self._troubles():
            try:
                found = self._line.get(f"messages/{segment(one.name)}", **{"$select": _WHERE})
            except GraphError as error:
                if error.code == _NO_ITEM:
                    return False
                raise
        return bool(found.get("parentFolderId") == self._id)

    @contextlib.contextmanager
    def _troubles(self, uid: int = 0) -> Iterator[None]:
        """Graph's errors come out as MailboxError; a message that was asked for and is not there has vanished."""
        try:
            yield
        except GraphError as error:
            if error.code == _NO_ITEM:
                self._folders.forget()
            if uid and error.code == _NO_ITEM:
                told = f"Message {uid} is no longer in its folder."
                raise MessageVanished(told, "Somebody moved or deleted it.") from error
            if error.status == 0:
                self._connected = False
            raise MailboxError(error.message, error.hint) from error


def _named(entry: dict[str, Any]) -> Named:
    told = " ".join(str(entry.get("internetMessageId") or "").split())[:LONGEST_ID]
    return Named(str(entry["id"]), _moment(entry.get("receivedDateTime")), told)


def _moment(told: Any) -> datetime:
    try:
        return datetime.fromisoformat(str(told)).astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        return UNKNOWN_DATE


def _listed(one: Numbered) -> Listed:
    return Listed(one.uid, 0, one.received_at, one.message_id, frozenset())
