"""What the tests' Microsoft Graph keeps: one mailbox's folders and messages, also as they look from outside."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from typing import Any

from tests.servers.dovecot import StoredMail

_INTERNET_HEADERS = "String {00020386-0000-0000-C000-000000000046} Name "
_TAGS = {"String 0x1042": "In-Reply-To", "String 0x1039": "References"}
_OWN = {
    "inbox": "INBOX",
    "sentitems": "Sent Items",
    "drafts": "Drafts",
    "deleteditems": "Deleted Items",
    "junkemail": "Junk Email",
}


@dataclass(frozen=True)
class Folder:
    """A folder; `parent` is "" at the top."""

    id: str
    name: str
    parent: str
    known: str = ""


@dataclass
class StoredMessage:
    """A message; `id` stays, and `moves` is part of the id of those who did not ask for one that does."""

    raw: bytes
    message_id: str
    recipients: tuple[str, ...]
    received: datetime
    is_draft: bool = False
    id: str = ""
    folder: str = ""
    moves: int = 0
    changed: int = 0
    files: list[tuple[str, str, bytes]] = field(default_factory=list)

    def attach(self, name: str, media_type: str, content: bytes) -> None:
        self.files.append((name, media_type, content))

    def as_sent(self) -> bytes:
        """The whole message, with what was attached to it."""
        if not self.files:
            return self.raw
        mail = message_from_bytes(self.raw, policy=default)
        assert isinstance(mail, EmailMessage)
        for name, media_type, content in self.files:
            main, _, sub = media_type.partition("/")
            mail.add_attachment(content, maintype=main, subtype=sub, filename=name)
        return mail.as_bytes(policy=SMTP)


class GraphStore:
    """One user's mailbox, which tests look at as at Dovecot's `MailUser`."""

    def __init__(self, address: str, lock: threading.RLock) -> None:
        self.address = address
        self.user = address.partition("@")[0]
        self.password = "a secret"  # of the application
        self.folders_made = itertools.count(1)
        self.tree: list[Folder] = []
        self.held: dict[str, StoredMessage] = {}
        self.left: dict[str, list[tuple[int, str]]] = {}
        self.tokens: dict[str, tuple[int, int, str, int]] = {}
        self.clock = 0
        self._numbers = itertools.count(1)
        self._lock = lock
        self._seen: dict[str, dict[str, int]] = {}
        for known, name in _OWN.items():
            self.tree.append(Folder(f"F-{known}=", "Inbox" if name == "INBOX" else name, "", known))

    # --- what the server does -------------------------------------------------------------------------------

    def folder(self, name: str) -> Folder | None:
        """By id or well-known name."""
        return next((each for each in self.tree if name == each.id or name.lower() == each.known), None)

    def folder_entry(self, folder: Folder) -> dict[str, Any]:
        return {
            "id": folder.id,
            "displayName": folder.name,
            "parentFolderId": folder.parent or "root",
            "childFolderCount": sum(each.parent == folder.id for each in self.tree),
            "totalItemCount": sum(each.folder == folder.id for each in self.held.values()),
        }

    def make_folder(self, name: str, parent: str) -> Folder | None:
        if any(each.parent == parent and each.name.lower() == name.lower() for each in self.tree):
            return None
        made = Folder(f"F/{next(self.folders_made)}+=", name, parent)  # ids are base64: they need quoting
        self.tree.append(made)
        return made

    def keep(self, message: StoredMessage, folder: str) -> StoredMessage:
        """Put a message into a folder; one that lies elsewhere goes there."""
        target = self.folder(folder)
        assert target is not None
        if message.id in self.held:
            self.put_into(message, target.id)
            return message
        message.id = f"M/{next(self._numbers):06}+="
        message.folder = target.id
        message.changed = self._tick()
        self.held[message.id] = message
        return message

    def put_into(self, message: StoredMessage, folder: str) -> None:
        self.left.setdefault(message.folder, []).append((self._tick(), message.id))
        message.folder, message.changed = folder, self._tick()
        message.moves += 1

    def remove(self, message: StoredMessage | int, folder: str = "INBOX") -> None:
        """Delete a message for good; from outside by its place in a folder (see `append`)."""
        with self._lock:
            found = self._by_number(message, folder) if isinstance(message, int) else message
            self.left.setdefault(found.folder, []).append((self._tick(), found.id))
            del self.held[found.id]

    def by_id(self, name: str, *, immutable: bool) -> StoredMessage | None:
        if immutable:
            return self.held.get(name)
        return next((each for each in self.held.values() if f"{each.id}.{each.moves}" == name), None)

    def passing_id(self, name: str) -> str:
        found = self.held.get(name)
        return f"{name}.{found.moves - 1 if found else 0}"

    def new_token(self, state: tuple[int, int, str, int]) -> str:
        token = f"t{len(self.tokens) + 1}"
        self.tokens[token] = state
        return token

    def _tick(self) -> int:
        self.clock += 1
        return self.clock

    # --- looked at from outside -----------------------------------------------------------------------------

    def append(
        self, raw: bytes, folder: str = "INBOX", flags: Iterable[str] = (), internaldate: datetime | None = None
    ) -> int:
        """Put a mail into a folder, made if absent; its place among all that ever came there, from 1 on."""
        del flags
        with self._lock:
            message = draft_from_mime(raw)
            message.received = (internaldate or datetime.now(UTC)).replace(microsecond=0)
            self.keep(message, self._path(folder).id)
            return self._number(message, folder)

    def messages(self, folder: str = "INBOX") -> list[StoredMail]:
        with self._lock:
            try:
                identity = self._find(folder).id
            except KeyError:
                return []
            found = [each for each in self.held.values() if each.folder == identity]
            return [
                StoredMail(self._number(each, folder), each.as_sent(), frozenset(), each.received) for each in found
            ]

    def folders(self) -> list[str]:
        return sorted(self._shown(each) for each in self.tree)

    def move(self, uid: int, source: str, target: str) -> None:
        """Move one mail, as a person would."""
        with self._lock:
            self.put_into(self._by_number(uid, source), self._path(target).id)

    def forget_changes(self) -> None:
        """Every account of changes is too old from now on."""
        with self._lock:
            self.tokens.clear()

    def make_anew(self, folder: str) -> None:
        """Somebody removes a folder and makes another of that name."""
        with self._lock:
            old = self._find(folder)
            self.tree.remove(old)
            self.tree.append(Folder(f"F/{next(self.folders_made)}+=", old.name, old.parent))
            for each in list(self.held.values()):
                if each.folder == old.id:
                    del self.held[each.id]

    def _number(self, message: StoredMessage, folder: str) -> int:
        known = self._seen.setdefault(folder, {})
        return known.setdefault(message.id, len(known) + 1)

    def _by_number(self, uid: int, folder: str) -> StoredMessage:
        name = next(name for name, number in self._seen[folder].items() if number == uid)
        return self.held[name]

    def _shown(self, folder: Folder) -> str:
        name = "INBOX" if folder.known == "inbox" else folder.name
        above = next((each for each in self.tree if each.id == folder.parent), None)
        return f"{self._shown(above)}/{name}" if above else name

    def _find(self, path: str) -> Folder:
        found = next((each for each in self.tree if self._shown(each).lower() == path.lower()), None)
        if found is None:
            raise KeyError(path)
        return found

    def _path(self, path: str) -> Folder:
        try:
            return self._find(path)
        except KeyError:
            above, _, name = path.rpartition("/")
            made = self.make_folder(name, self._path(above).id if above else "")
            assert made is not None
            return made


def draft_from_mime(raw: bytes) -> StoredMessage:
    """A message of these bytes."""
    mail = message_from_bytes(raw, policy=default)
    named = [each for name in ("To", "Cc", "Bcc") if mail[name] for each in mail[name].addresses]
    return StoredMessage(
        raw, str(mail["Message-ID"] or "").strip(), tuple(each.addr_spec for each in named), datetime.now(UTC)
    )


def draft_from_json(given: dict[str, Any]) -> StoredMessage:
    """A draft as Exchange makes a message of the JSON."""
    mail = EmailMessage(policy=default)
    mail["From"] = _shown(given["from"])
    for name, key in (("To", "toRecipients"), ("Cc", "ccRecipients"), ("Reply-To", "replyTo")):
        if given.get(key):
            mail[name] = ", ".join(_shown(each) for each in given[key])
    mail["Subject"] = given["subject"]
    mail["Message-ID"] = given["internetMessageId"]
    for header in given.get("internetMessageHeaders", []):
        mail[header["name"]] = header["value"]
    for each in given.get("singleValueExtendedProperties", []):
        mail[_TAGS.get(each["id"]) or each["id"].removeprefix(_INTERNET_HEADERS)] = each["value"]
    mail.set_content("as text: " + given["body"]["content"])
    if given["body"]["contentType"] == "html":
        mail.add_alternative(given["body"]["content"], subtype="html")
    people = [each for key in ("toRecipients", "ccRecipients", "bccRecipients") for each in given.get(key, [])]
    recipients = tuple(each["emailAddress"]["address"] for each in people)
    return StoredMessage(
        mail.as_bytes(policy=SMTP), given["internetMessageId"], recipients, datetime.now(UTC), is_draft=True
    )


def _shown(one: dict[str, Any]) -> str:
    address = one["emailAddress"]
    return f'"{address["name"]}" <{address["address"]}>' if address.get("name") else str(address["address"])
