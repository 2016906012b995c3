"""People who use the web log: accounts, who is signed in, and how often a sign-in failed.

Passwords are hashed by the caller; session tokens are kept as hashes only, so that a copy of the ledger opens no
session.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from intake.errors import NotFound, UsageError
from intake.ledger.database import SERVICE, Database, insert_new
from intake.ledger.tables import accounts, sessions, sign_in_failures


class Role(StrEnum):
    """What a person may do; each may all that those before it may."""

    READER = "reader"
    CASEWORKER = "caseworker"
    ADMINISTRATOR = "administrator"

    def covers(self, other: Role) -> bool:
        """Whether this role may do what the other may."""
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(other)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A local account."""

    name: str
    display_name: str
    role: Role
    password_hash: str
    disabled: bool
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A person who is signed in."""

    name: str
    display_name: str
    role: Role
    started_at: datetime
    seen_at: datetime


class People:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, account: Account, *, by: str = SERVICE) -> None:
        """Make an account. Raises UsageError for a name that is taken."""
        row = {name: getattr(account, name) for name in Account.__slots__}
        with self._database.write() as writer:
            if writer.connection.execute(select(accounts).where(accounts.c.name == account.name)).first():
                raise UsageError(f"There is already an account {account.name}.", "Use `intake user password` for it.")
            writer.connection.execute(insert(accounts).values(**row))
            writer.event("account-added", account.created_at, actor=by, account=account.name, role=account.role)

    def change(self, name: str, now: datetime, *, by: str = SERVICE, **values: Any) -> None:
        """Change role, password_hash, disabled or display_name, and end the person's sessions. Raises NotFound."""
        with self._database.write() as writer:
            changed = writer.connection.execute(update(accounts).where(accounts.c.name == name).values(**values))
            if changed.rowcount != 1:
                raise NotFound(f"There is no account {name[:40]}.", "`intake user list` shows them.")
            writer.connection.execute(delete(sessions).where(sessions.c.name == name))
            writer.event("account-changed", now, actor=by, account=name, what=sorted(values))

    def account(self, name: str) -> Account | None:
        """The account of that name."""
        with self._database.read() as connection:
            row = connection.execute(select(accounts).where(accounts.c.name == name)).one_or_none()
        return _account(row) if row is not None else None

    def accounts(self) -> list[Account]:
        """All accounts, by name."""
        with self._database.read() as connection:
            return [_account(row) for row in connection.execute(select(accounts).order_by(accounts.c.name))]

    def start_session(self, token: str, session: Session, idle: timedelta) -> None:
        """Sign a person in; sessions that have ended are swept out on the way."""
        row = {name: getattr(session, name) for name in Session.__slots__}
        with self._database.write() as writer:
            ended = sessions.c.seen_at < session.started_at - idle
            writer.connection.execute(delete(sessions).where(ended))
            writer.connection.execute(insert(sessions).values(token_sha256=_digest(token), **row))
            writer.event("signed-in", session.started_at, actor=session.display_name, role=session.role)

    def session(self, token: str) -> Session | None:
        """The session of that token; the caller judges its age."""
        with self._database.read() as connection:
            row = connection.execute(select(sessions).where(sessions.c.token_sha256 == _digest(token))).one_or_none()
        if row is None:
            return None
        return Session(
            name=row.name,
            display_name=row.display_name,
            role=Role(row.role),
            started_at=row.started_at,
            seen_at=row.seen_at,
        )

    def touch_session(self, token: str, now: datetime) -> None:
        """The session was used."""
        with self._database.write() as writer:
            found = sessions.c.token_sha256 == _digest(token)
            writer.connection.execute(update(sessions).where(found).values(seen_at=now))

    def end_session(self, token: str) -> None:
        """Sign out."""
        with self._database.write() as writer:
            writer.connection.execute(delete(sessions).where(sessions.c.token_sha256 == _digest(token)))

    def failures(self, keys: list[str], since: datetime) -> dict[str, tuple[int, datetime]]:
        """How often sign-in failed lately for these names or addresses, and when last."""
        wanted = {_digest(key): key for key in keys}
        table = sign_in_failures
        query = select(table).where(table.c.key_sha256.in_(list(wanted)), table.c.latest_at >= since)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return {wanted[row.key_sha256]: (row.failures, row.latest_at) for row in rows}

    def note_failure(self, keys: list[str], now: datetime, forget: timedelta) -> None:
        """A sign-in failed; counts older than `forget` begin anew."""
        table = sign_in_failures
        with self._database.write() as writer:
            writer.connection.execute(delete(table).where(table.c.latest_at < now - forget))
            fresh: list[dict[str, Any]] = [
                {"key_sha256": _digest(key), "failures": 0, "latest_at": now} for key in sorted(keys)
            ]
            insert_new(writer.connection, table, fresh)
            known = table.c.key_sha256.in_([row["key_sha256"] for row in fresh])
            writer.connection.execute(update(table).where(known).values(failures=table.c.failures + 1, latest_at=now))

    def clear_failures(self, keys: list[str]) -> None:
        """A sign-in worked."""
        gone = sign_in_failures.c.key_sha256.in_([_digest(key) for key in keys])
        with self._database.write() as writer:
            writer.connection.execute(delete(sign_in_failures).where(gone))


def _account(row: Row[Any]) -> Account:
    return Account(
        name=row.name,
        display_name=row.display_name,
        role=Role(row.role),
        password_hash=row.password_hash,
        disabled=row.disabled,
        created_at=row.created_at,
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
