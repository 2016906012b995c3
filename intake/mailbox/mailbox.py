"""One connection to one mailbox: look, fetch and file, by (folder, UIDVALIDITY, UID).

Nothing here marks a message as seen, and nothing expunges what somebody else marked as deleted. `select()` a folder
first; every other method acts on that one. Folder names have "/" between their levels, whatever the server uses.
"""

from __future__ import annotations

import contextlib
import imaplib
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Self

import structlog
from imap_tools import BaseMailBox
from imap_tools.errors import UnexpectedCommandStatusError
from imap_tools.imap_utf7 import utf7_encode

from intake.credentials import Credentials, certificate_expiry
from intake.errors import MailboxError, MessageVanished
from intake.mailbox.connection import hang_up, open_connection, server, troubles
from intake.mailbox.listing import MONTHS, Answer, FolderStatus, Listed, answers, listed, uid_sets
from intake.settings import MailboxSettings

PIECE = 1024 * 1024
BATCH = 500  # messages listed with one command
LISTING = "(UID RFC822.SIZE INTERNALDATE FLAGS BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])"

log = structlog.get_logger()


class UidValidityChanged(MailboxError):
    """The folder was made anew: its UIDs no longer name the messages that the ledger knows."""


class FolderMissing(MailboxError):
    """There is no folder of that name."""


class Mailbox:
    """One connection, for one thread at a time. After a MailboxError, `close()` it and connect again."""

    def __init__(self, settings: MailboxSettings, credentials: Credentials) -> None:
        self._settings = settings
        self._credentials = credentials
        self._mailbox: BaseMailBox | None = None
        self._delimiter: str | None = None
        self._folder = ""

    # --- the connection -------------------------------------------------------------------------------------

    def connect(self) -> None:
        """Connect, verify and log in. Raises MailboxError, ConfigurationError."""
        self.close()
        self._mailbox = open_connection(self._settings, self._credentials)

    def close(self) -> None:
        """Log out, without waiting for a server that does not answer."""
        mailbox, self._mailbox, self._folder, self._delimiter = self._mailbox, None, "", None
        if mailbox is None:
            return
        with contextlib.suppress(Exception):
            mailbox.client.sock.settimeout(2)
            mailbox.client.logout()
        hang_up(mailbox)

    def __enter__(self) -> Self:
        self.connect()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def connected(self) -> bool:
        """Was there a connection when it was last used?"""
        return self._mailbox is not None

    @property
    def line(self) -> BaseMailBox:
        """The connection itself, for IDLE."""
        return self._box

    @property
    def capabilities(self) -> frozenset[str]:
        """What the server offers now that we are logged in."""
        return frozenset(self._client.capabilities)

    @property
    def certificate_expires(self) -> datetime | None:
        """When the server's certificate ends; None on a plain line."""
        peer = getattr(self._client.sock, "getpeercert", None)
        return certificate_expiry(peer() if peer else None)

    # --- folders ----------------------------------------------------------------------------------------------

    def folders(self) -> list[str]:
        """Every folder that can hold messages."""
        with self._troubles():
            infos = self._box.folder.list()
        return [self._shown(info.name) for info in infos if r"\noselect" not in (flag.lower() for flag in info.flags)]

    def select(self, folder: str, uidvalidity: int | None = None, *, readonly: bool = False) -> FolderStatus:
        """Make `folder` the one that is acted on.

        Raises FolderMissing, and UidValidityChanged when it is not the folder of that `uidvalidity` any more.
        """
        client, self._folder = self._client, ""
        encoded = self._encoded(folder)
        with self._troubles():
            typ, _ = client.select(encoded, readonly)  # type: ignore[arg-type]
        if typ != "OK":
            raise FolderMissing(
                f'There is no folder "{folder}" in mailbox {self._settings.name}.',
                "Make it in the mailbox, or correct its name in the settings; `intake doctor` lists the folders.",
            )
        status = FolderStatus(self._number("UIDVALIDITY"), self._number("UIDNEXT"), self._number("EXISTS"))
        if not status.uidvalidity or not status.uidnext:
            with self._troubles():
                told = self._box.folder.status(self._encoded(folder))
            status = FolderStatus(told.get("UIDVALIDITY", 0), told.get("UIDNEXT", 0), status.exists)
        if uidvalidity is not None and status.uidvalidity != uidvalidity:
            raise UidValidityChanged(
                f'The folder "{folder}" in mailbox {self._settings.name} was made again by the mail server.',
                "Its messages are listed again; nothing was moved.",
            )
        self._folder = folder
        return status

    # --- looking ------------------------------------------------------------------------------------------------

    def uids(self) -> list[int]:
        """Every UID in the folder."""
        self._catch_up()
        return self._search("ALL")

    def list_new(self, from_uid: int) -> tuple[list[Listed], list[int]]:
        """The messages from `from_uid` on: only those are asked about, and only their Message-ID is read.

        Beside them the UIDs that the server names and will not list, though they are still there.
        """
        self._catch_up()
        # RFC 3501, 6.4.8: `n:*` names the last message even when its UID is below n.
        named = [uid for uid in self._search(f"UID {from_uid}:*") if uid >= from_uid]
        found = self._listed(named)
        left_out = set(named) - {one.uid for one in found}
        return found, sorted(uid for uid in left_out if self._is_there(uid))

    def look(self, uid: int) -> Listed | None:
        """The message that is there under this UID now."""
        self._catch_up()
        return next(iter(self._listed([uid])), None)

    def list_since(self, day: date) -> list[Listed]:
        """The messages that arrived on or after `day`."""
        return self._listed(self._search(f"SINCE {day.day}-{MONTHS[day.month - 1].title()}-{day.year}"))

    def find_by_message_id(self, wanted: str) -> list[int]:
        """The UIDs of the messages with exactly this Message-ID."""
        if not wanted.isascii() or not wanted.isprintable() or not wanted:
            return []
        escaped = wanted.replace("\\", "\\\\").replace('"', '\\"')
        near = self._search(f'HEADER Message-ID "{escaped}"')  # finds parts of the text as well
        return [each.uid for each in self._listed(near) if each.message_id == wanted]

    def fetch(self, uid: int, size: int | None = None) -> Iterator[bytes]:
        """The message's bytes, in pieces of at most 1 MiB. Raises MessageVanished when it is gone.

        `size` is what the listing said. Some servers only estimate it, so it alone never ends the message.
        """
        taken = 0
        while True:
            answer = self._fetch_one(uid, f"(UID RFC822.SIZE BODY.PEEK[]<{taken}.{PIECE}>)")
            size = (answer and answer.size) or size
            piece = answer.body if answer else b""
            taken += len(piece)
            if piece:
                yield piece
            if not piece or (len(piece) < PIECE and taken == size):
                break
        if taken and taken == size:
            return
        # Dovecot answers with emptiness for a message that another client has just removed.
        if not self._is_there(uid):
            raise MessageVanished(f"Message {uid} is no longer in its folder.", "Somebody moved or deleted it.")
        log.warning("message-size-differs", mailbox=self._settings.name, uid=uid, announced=size, taken=taken)
        if taken < (size or 1) // 2:
            raise MailboxError(
                f"{server(self._settings)} gave only a part of message {uid}.", "It will be tried again."
            )

    # --- filing -------------------------------------------------------------------------------------------------

    def move(self, uid: int, target: str) -> bool:
        """Move a message to another folder, made if it is missing. False when the message is gone already."""
        if not self._is_there(uid):
            return False
        if "MOVE" in self.capabilities:
            return self._into(target, "MOVE", uid)
        if not self._into(target, "COPY", uid):
            return False
        self._command("STORE", str(uid), "+FLAGS.SILENT", r"(\Deleted)")
        # RFC 4315, 2.1: a plain EXPUNGE would remove what other people marked. Without UIDPLUS the mark has to do.
        if "UIDPLUS" in self.capabilities:
            self._command("EXPUNGE", str(uid))
        return True

    def _into(self, target: str, command: str, uid: int) -> bool:
        """MOVE or COPY. False when the server says that nothing was there to move."""
        client, folder = self._client, self._encoded(target)
        client.untagged_responses.pop("COPYUID", None)
        with self._troubles():
            typ, _ = client.uid(command, str(uid), folder)  # type: ignore[arg-type]
        if typ != "OK":
            if not self._is_there(uid):
                return False
            self._make(target)
            with self._troubles():
                typ, _ = client.uid(command, str(uid), folder)  # type: ignore[arg-type]
        if typ != "OK":
            raise MailboxError(
                f'A message could not be filed in the folder "{target}".', "Check the folder's name and permissions."
            )
        return "UIDPLUS" not in self.capabilities or "COPYUID" in client.untagged_responses

    def _make(self, folder: str) -> None:
        client, encoded = self._client, self._encoded(folder)
        with self._troubles():
            typ, _ = client.create(encoded)  # type: ignore[arg-type]
            if typ == "OK":
                client.subscribe(encoded)  # type: ignore[arg-type] # else most mail programs hide it
                log.info("folder-made", mailbox=self._settings.name)
                return
            exists = bool(self._box.folder.list("", encoded))  # type: ignore[arg-type]
        if not exists:
            raise MailboxError(
                f'The folder "{folder}" could not be made in mailbox {self._settings.name}.',
                'Make it by hand, or try a name below the inbox, such as "INBOX/Intake".',
            )

    # --- inside -------------------------------------------------------------------------------------------------

    @property
    def _box(self) -> BaseMailBox:
        if self._mailbox is None:
            raise MailboxError(f"Mailbox {self._settings.name} is not connected.", "It will be tried again.")
        return self._mailbox

    @property
    def _client(self) -> imaplib.IMAP4:
        return self._box.client

    @contextlib.contextmanager
    def _troubles(self) -> Iterator[None]:
        """After an error in the middle of a command the line is out of step: it is never used again."""
        with troubles(self._settings):
            try:
                yield
            except UnexpectedCommandStatusError:
                raise  # the server said no, which is an answer
            except BaseException:
                if self._mailbox is not None:
                    hang_up(self._mailbox)
                    self._mailbox, self._folder = None, ""
                raise

    def _command(self, name: str, *arguments: str) -> list[Any]:
        """A UID command in the selected folder."""
        client = self._client
        if not self._folder:
            raise MailboxError("No folder is selected.", "This is a fault of the program.")
        with self._troubles():
            typ, data = client.uid(name, *arguments)
        if typ != "OK":
            raise MailboxError(f"{server(self._settings)} refused {name}.", "It will be tried again.")
        return list(data)

    def _catch_up(self) -> None:
        """A server need not show what arrived since the folder was selected before a NOOP (RFC 3501, 5.2)."""
        with self._troubles():
            self._client.noop()

    def _is_there(self, uid: int) -> bool:
        self._catch_up()
        return bool(self._search(f"UID {uid}"))

    def _search(self, criteria: str) -> list[int]:
        found = self._command("SEARCH", criteria)
        return sorted({int(uid) for line in found if line for uid in line.split() if uid.isdigit()})

    def _listed(self, uids: list[int]) -> list[Listed]:
        wanted, found = set(uids), {}
        for some in uid_sets(uids, BATCH):
            for answer in answers(self._command("FETCH", some, LISTING)):
                if answer.uid in wanted and answer.has_body:
                    found[answer.uid] = listed(answer)
        return [found[uid] for uid in sorted(found)]

    def _fetch_one(self, uid: int, items: str) -> Answer | None:
        try:
            found = self._command("FETCH", str(uid), items)
        except MailboxError:
            if self._mailbox is not None and not self._is_there(uid):
                return None
            raise
        return next((answer for answer in answers(found) if answer.uid == uid and answer.has_body), None)

    def _number(self, name: str) -> int:
        told = (self._client.untagged_responses.get(name) or [b""])[-1]
        return int(told) if isinstance(told, bytes) and told.isdigit() else 0

    def _encoded(self, folder: str) -> bytes:
        """A folder's name as the server writes it: its own delimiter, modified UTF-7 (RFC 3501, 5.1.3), quoted."""
        delimiter = self._separator()
        name = folder.replace("/", delimiter) if delimiter else folder
        return b'"' + utf7_encode(name).replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'

    def _shown(self, name: str) -> str:
        delimiter = self._separator()
        return name.replace(delimiter, "/") if delimiter else name

    def _separator(self) -> str:
        """What stands between the levels of a folder's name; "" where the server knows no levels."""
        if self._delimiter is None:
            with self._troubles():
                infos = self._box.folder.list("", "INBOX")
            told = infos[0].delim if infos else "/"
            self._delimiter = "" if told.upper() == "NIL" else told
        return self._delimiter
