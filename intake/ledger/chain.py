"""The events' chain: each event's hash covers its own content and the hash of the one before it.

Whoever changes, removes or slips in an event afterwards has to change every later one too, and the ledger's own
record of the latest hash. Reading and writing rows is done elsewhere; this is what a link is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

COUNTER = "events"  # the row of `counters` that holds the latest number and hash
START = "0" * 64


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, before it has its place in the chain."""

    kind: str
    at: datetime
    actor: str
    submission: int | None
    message: int | None
    outgoing: int | None
    data: Mapping[str, Any]


def link(event: Event, number: int, previous: str) -> dict[str, Any]:
    """The event's row, chained behind `previous`."""
    row = {
        "id": number,
        "at": event.at,
        "kind": event.kind,
        "actor": event.actor,
        "submission_id": event.submission,
        "message_id": event.message,
        "outgoing_id": event.outgoing,
        "data": canonical(event.data),
        "previous": previous,
    }
    return {**row, "hash": digest(row)}


def digest(row: Mapping[str, Any]) -> str:
    """The SHA-256 of a row's canonical form, its own hash left out."""
    content = {name: row[name] for name in _HASHED} | {"at": _moment(row["at"])}
    return hashlib.sha256(canonical(content).encode("ascii")).hexdigest()


def canonical(value: Mapping[str, Any]) -> str:
    """JSON that is the same for the same content: sorted keys, no blanks, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=str)


_HASHED = ("id", "kind", "actor", "submission_id", "message_id", "outgoing_id", "data", "previous")


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
