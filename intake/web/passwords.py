"""Passwords of local accounts (argon2id), and the delay that guessing meets."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from intake.errors import UsageError
from intake.ledger import Account, People

SHORTEST = 12
LONGEST = 200
_FREE = 3  # failures without a delay
_FORGET = timedelta(hours=1)
_LONGEST_DELAY = timedelta(minutes=5)

_hasher = PasswordHasher()


class TooMany(Exception):
    """Sign-in failed too often lately."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__()
        self.wait = wait


def hash_password(password: str) -> str:
    """The hash to keep. Raises UsageError for a password that is too short."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise UsageError(
            f"The password must have between {SHORTEST} and {LONGEST} characters.",
            "Three random words make a good one.",
        )
    return _hasher.hash(password)


def check_sign_in(people: People, name: str, password: str, address: str, now: datetime) -> Account | None:
    """The account that name and password belong to. Raises TooMany, before anything is compared."""
    name = name.strip().lower()
    keys = [f"name:{name}", f"address:{address}"]
    wait = _wait(people.failures(keys, now - _FORGET), now)
    if wait > timedelta(0):
        raise TooMany(wait)
    nobody = _nobodys_hash()  # made for everyone alike: the first answer must not tell who is known, either
    account = people.account(name)
    known = account.password_hash if account is not None and not account.disabled else nobody
    right = _matches(known, password[:LONGEST]) and account is not None and not account.disabled
    if not right or account is None:
        people.note_failure(keys, now, _FORGET)
        return None
    people.clear_failures(keys[:1])
    return account


@cache
def _nobodys_hash() -> str:
    """What an unknown name is checked against, so that the answer takes as long as for a known one."""
    return _hasher.hash("nobody has this password")


def _wait(failures: dict[str, tuple[int, datetime]], now: datetime) -> timedelta:
    """How long to wait: from the fourth failure on, two seconds, then twice as long each time."""
    waits = [
        latest + min(timedelta(seconds=2 ** min(count - _FREE, 20)), _LONGEST_DELAY) - now
        for count, latest in failures.values()
        if count > _FREE
    ]
    return max(waits, default=timedelta(0))


def _matches(known: str, password: str) -> bool:
    try:
        return _hasher.verify(known, password)
    except (VerificationError, InvalidHashError):
        return False
