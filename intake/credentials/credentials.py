"""The program's own proofs of identity: one `Credentials` for everything, read when needed, safe between threads."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from datetime import time as time_of_day

from intake.credentials.tokens import TokenSource, read_certificate
from intake.settings import Secret, Settings, read_secret


@dataclass(frozen=True, slots=True)
class Expiry:
    """A proof of ours that ends one day."""

    what: str
    when: datetime


class Credentials:
    """Passwords from their files, and access tokens."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._oauth = settings.oauth
        self._tokens = TokenSource(settings.oauth, settings.token_scope, settings.proxy, clock)

    def password(self, path: str, wanted_for: str) -> Secret:
        """The password in a file, read each time: a new one needs no restart. Raises ConfigurationError."""
        return read_secret(path, wanted_for)

    def access_token(self) -> Secret:
        """An access token; may take a while. Raises TokenRefused, ConfigurationError."""
        return self._tokens.token()

    async def access_token_async(self) -> Secret:
        """The same, off the event loop."""
        return await asyncio.to_thread(self._tokens.token)

    def forget_token(self, token: Secret) -> None:
        """A server refused it."""
        self._tokens.forget(token)

    def expiries(self) -> tuple[Expiry, ...]:
        """What of ours ends when, as far as it is known. Raises ConfigurationError."""
        found = []
        if self._oauth.secret_expires:
            day = date.fromisoformat(self._oauth.secret_expires)
            found.append(Expiry("The OAuth client secret", datetime.combine(day, time_of_day.min, tzinfo=UTC)))
        if self._oauth.certificate_file:
            ends = read_certificate(self._oauth.certificate_file).not_valid_after_utc
            found.append(Expiry("The OAuth certificate", ends))
        return tuple(found)
