"""Messages of a mail system that gives them names and no numbers, and the numbers that they are given here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Named:
    """A message as such a system names it. `received_at` is when it arrived, in UTC; `message_id` has its <>."""

    name: str
    received_at: datetime
    message_id: str


@dataclass(frozen=True, slots=True)
class Numbered:
    """The same, with its number in the folder it lies in."""

    uid: int
    name: str
    received_at: datetime
    message_id: str


@dataclass(frozen=True, slots=True)
class NumberedFolder:
    """A folder whose messages have such numbers. `cursor` is where the system's account of changes goes on."""

    id: int
    uidvalidity: int
    next_uid: int
    cursor: str
