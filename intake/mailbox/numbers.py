"""Numbers that last no longer than the program: for one who only looks, and has no ledger."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from intake.model import Named, Numbered, NumberedFolder


class PassingNumbers:
    """Counts in memory, as the ledger's `Numbering` does in its tables."""

    def __init__(self) -> None:
        self._folders: dict[tuple[str, str], NumberedFolder] = {}
        self._messages: dict[int, dict[str, Numbered]] = {}

    def open(self, mailbox: str, folder: str, now: datetime) -> NumberedFolder:
        """The folder's series, begun where there is none."""
        key = (mailbox, folder)
        if key not in self._folders:
            begun = NumberedFolder(len(self._folders) + 1, int(now.timestamp()) + len(self._folders), 1, "")
            self._folders[key], self._messages[begun.id] = begun, {}
        return self._folders[key]

    def note(
        self, known: NumberedFolder, here: Sequence[Named], gone: Collection[str], cursor: str, *, whole: bool = False
    ) -> NumberedFolder:
        """Enter what is here and what has gone since."""
        there = self._messages[known.id]
        named = {one.name for one in here}
        for name in [name for name in there if name in gone or (whole and name not in named)]:
            del there[name]
        following = known.next_uid
        for one in here:
            if one.name not in there:
                there[one.name] = Numbered(following, one.name, one.received_at, one.message_id)
                following += 1
        key = next(key for key, folder in self._folders.items() if folder.id == known.id)
        self._folders[key] = replace(known, next_uid=following, cursor=cursor)
        return self._folders[key]

    def messages(self, known: NumberedFolder, from_uid: int = 1) -> list[Numbered]:
        """The messages that lie in the folder, from a number on, in order."""
        found = (one for one in self._messages[known.id].values() if one.uid >= from_uid)
        return sorted(found, key=lambda one: one.uid)

    def message(self, known: NumberedFolder, uid: int) -> Numbered | None:
        """The message that has this number."""
        return next((one for one in self._messages[known.id].values() if one.uid == uid), None)

    def count(self, known: NumberedFolder) -> int:
        """How many messages lie in the folder."""
        return len(self._messages[known.id])
