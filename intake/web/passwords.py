"""Passwords of local accounts (argon2id), and the delay that guessing meets."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
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

_SHORTLY = timedelta(seconds=2)
_AT_ONCE = 2  # a comparison takes 64 MiB
_MOST_TRYING = 10
_LONGEST_MARK = 120

_hasher = PasswordHasher()


@dataclass(slots=True)
class _Crowd:
    """The tries that are under way in this process, whose memory they share."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    comparing: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(_AT_ONCE))
    trying: Counter[str] = field(default_factory=Counter)  # by name, address or device
    tries: int = 0


_CROWD = _Crowd()


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


def check_sign_in(
    people: People, name: str, password: str, address: str, now: datetime, *, mark: str = ""
) -> Account | None:
    """The account that name and password belong to. Raises TooMany, before anything is compared.

    `mark` is what a browser keeps in which this person signed in before: its failures are counted for themselves, so
    that nobody is kept out because others guess at the name or come from the same address.
    """
    name = name.strip().lower()
    account = people.account(name)
    known = account is not None and _is_marked(account, mark)
    keys = [f"device:{mark}"] if known else [f"name:{name}", f"address:{address}"]
    with _turn(people, keys, now):
        nobody = _nobodys_hash()  # made for everyone alike: the first answer must not tell who is known, either
        against = account.password_hash if account is not None and not account.disabled else nobody
        right = _matches(against, password[:LONGEST]) and account is not None and not account.disabled
        if not right or account is None:
            people.note_failure(keys, now, _FORGET)
            return None
    people.clear_failures(keys[:1])
    return account


def mark_for(account: Account) -> str:
    """What this person's browser keeps from now on. It opens nothing; a new password makes it worthless."""
    nonce = secrets.token_urlsafe(16)
    return f"{nonce}.{_marking(account, nonce)}"


def _is_marked(account: Account, mark: str) -> bool:
    nonce, _, proof = mark[:_LONGEST_MARK].partition(".")
    return bool(nonce) and hmac.compare_digest(proof.encode(), _marking(account, nonce).encode())


def _marking(account: Account, nonce: str) -> str:
    return hmac.new(account.password_hash.encode(), f"{account.name} {nonce}".encode(), hashlib.sha256).hexdigest()


@contextmanager
def _turn(people: People, keys: list[str], now: datetime) -> Iterator[None]:
    """A try that is counted before anything is compared; two are compared at once, and few may wait for their turn.

    Raises TooMany. However many come in the same moment, no more get a try than could fail one after another.
    """
    with _CROWD.lock:
        failures = people.failures(keys, now - _FORGET)
        wait = _wait(failures, now)
        trying = {key: _CROWD.trying[key] for key in keys}
        if any(count and count + failures.get(key, (0, now))[0] > _FREE for key, count in trying.items()):
            wait = max(wait, _SHORTLY)
        if wait > timedelta(0) or _CROWD.tries >= _MOST_TRYING:
            raise TooMany(wait or _SHORTLY)
        _CROWD.trying.update(keys)
        _CROWD.tries += 1
    try:
        with _CROWD.comparing:
            yield
    finally:
        with _CROWD.lock:
            _CROWD.tries -= 1
            _CROWD.trying.subtract(keys)
            _CROWD.trying += Counter()  # forgets those of whom none is left


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
