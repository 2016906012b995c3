"""What the pages work with: the office, the settings, page pictures, and the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from intake.cases.staff_decisions import StaffDecisions
from intake.ledger import Ledger
from intake.message_store import MessageStore
from intake.settings import Settings
from intake.web.pages import Pages
from intake.web.shelf import Shelf
from intake.wiring.office import Office, build_decisions

if TYPE_CHECKING:
    from intake.web.oidc import Provider

_LONGEST_SESSION = timedelta(hours=12)


def utc_now() -> datetime:
    """The time, aware."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Workplace:
    """Everything that the pages share; made once, by the application factory."""

    office: Office
    settings: Settings
    pages: Pages
    shelf: Shelf
    provider: Provider | None = None  # of single sign-on
    now: Callable[[], datetime] = utc_now

    @property
    def ledger(self) -> Ledger:
        return self.office.archive.ledger

    @property
    def store(self) -> MessageStore:
        return self.office.archive.store

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.settings.service.timezone)

    @property
    def session_idle(self) -> timedelta:
        """How long a session lasts without use."""
        return timedelta(minutes=self.settings.web.session_minutes)

    @property
    def session_longest(self) -> timedelta:
        """How long a session lasts in any case."""
        return max(_LONGEST_SESSION, self.session_idle)

    @property
    def secure(self) -> bool:
        """Whether browsers reach these pages by HTTPS, so that cookies may insist on it."""
        web = self.settings.web
        return bool(web.tls_certificate_file) or web.public_url.startswith("https://")

    @property
    def decisions(self) -> StaffDecisions:
        """What composes and records a person's decision."""
        return build_decisions(self.office)
