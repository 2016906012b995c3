"""References that can be read aloud and cannot be guessed: DHR-2026-0007-KX, its last letters made with a secret.

Whoever names one has had it from us. The secret is made once for an installation and stays in its ledger, so that a
restored ledger knows its own references and Message-IDs again.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import datetime

from sqlalchemy import Connection, select

from intake.ledger.database import Database, insert_new, next_value
from intake.ledger.tables import secrets as table

# No vowels, so that no words come about; none that looks or sounds like another.
_LETTERS = "BCDFGHJKLMNPRSTVWXZ"
_FORM = re.compile(r"\b([A-Z]{2,10}-\d{4}-\d{4,6})(?:-([A-Z]{2}))?\b")
_NAME = "installation"


def found_in(text: str) -> tuple[str, ...]:
    """Everything in a text that has the form of a reference, with or without its check letters."""
    return tuple(match[0] for match in _FORM.finditer(text.upper()))


def new_reference(connection: Connection, prefix: str, now: datetime) -> str:
    """The next reference of a year."""
    number = next_value(connection, f"{prefix}-{now.year}")
    plain = f"{prefix}-{now.year}-{number:04d}"
    return f"{plain}-{_letters(secret(connection), plain)}"


def envelope_id(key: bytes, message_id: str) -> str:
    """What a mail is called in its envelope: whoever names it in a delivery report has had it, or carried it.

    RFC 3461, 4.4: up to 100 characters.
    """
    return hmac.digest(key, f"envelope\n{message_id}".encode(), hashlib.sha256).hex()[:32]


def secret(connection: Connection) -> bytes:
    """The installation's secret, made at its first use."""
    query = select(table.c.value).where(table.c.name == _NAME)
    known = connection.execute(query).scalar()
    if known is None:
        insert_new(connection, table, [{"name": _NAME, "value": secrets.token_hex(32)}])
        known = connection.execute(query).scalar_one()
    return bytes.fromhex(known)


def installation_secret(database: Database) -> bytes:
    """The installation's secret, in a transaction of its own."""
    with database.write() as writer:
        return secret(writer.connection)


def _letters(key: bytes, plain: str) -> str:
    digest = hmac.digest(key, plain.encode(), hashlib.sha256)
    return "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest[:2])
