"""The last resort: one mail straight to the way out, where the ledger is away and no notice can be kept.

An alarm goes through the ledger, which sees to it that staff hear of it once. When the ledger is what fails, nobody
would hear of anything. So staff then get one mail that the ledger knows nothing of. That it was sent is marked by a
file in the data folder, which a restart finds again and which goes when the ledger is back.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import structlog

from intake.delivery import Carrier
from intake.errors import IntakeError
from intake.model import MailKind, OutgoingMail, OutgoingState
from intake.settings import Settings

log = structlog.get_logger()

_GRACE = timedelta(minutes=1)  # a lock that is held for a moment, or a database that starts again, is no outage
_PAUSE = timedelta(minutes=5)  # between tries at an outgoing server that is away as well
_SUBJECT = "Alarm: the intake service cannot reach its ledger"
_TEXT = """\
The intake service cannot read or write its ledger:

    {reason}

Nothing is judged, answered or forwarded until it can. Nothing is lost: mail stays in the mailbox, and is taken up
when the ledger is back. Run "intake doctor" on the machine, and look at its disk and its database.

No alarm could be kept, so this mail went straight to the outgoing server. It is sent once for each outage.
"""


async def _nothing() -> None:
    """No ledger, no mark."""


@dataclass(slots=True)
class LastResort:
    """Tells staff of a ledger that is away. `clock` is the time that the service goes by."""

    settings: Settings
    carrier: Carrier
    clock: Callable[[], datetime]
    _failing_since: datetime | None = field(default=None, init=False)
    _next_try: datetime | None = field(default=None, init=False)
    _told: bool = field(default=False, init=False)

    def ledger_answers(self) -> None:
        """All is well: the next outage is another one."""
        if self._failing_since is None and not self._told and not self._mark.exists():
            return
        self._failing_since, self._next_try, self._told = None, None, False
        self._mark.unlink(missing_ok=True)

    async def ledger_failed(self, error: Exception, grace: timedelta = _GRACE) -> None:
        """It failed just now; staff are told once that has lasted for `grace`, which is none for one that starts."""
        now = self.clock()
        self._failing_since = self._failing_since or now
        early = now - self._failing_since < grace or (self._next_try is not None and now < self._next_try)
        if self._told or early or self._mark.exists():
            return
        self._next_try = now + _PAUSE
        reason = error.message if isinstance(error, IntakeError) else f"The program failed ({type(error).__name__})."
        if not self._marked() and not grace:
            # A service that cannot start is started again and again: without a mark each start would send one.
            log.error("ledger-away", told="nobody", reason=reason)
            return
        delivery = await self.carrier.deliver(self._compose(reason, now), _nothing)
        log.error("ledger-away", told=str(delivery.state), reason=reason)
        self._told = delivery.state in {OutgoingState.SENT, OutgoingState.UNCERTAIN}
        if not self._told:
            with suppress(OSError):
                self._mark.unlink(missing_ok=True)

    def _marked(self) -> bool:
        try:
            self._mark.touch()
        except OSError:  # the disk may be what is broken
            return False
        return True

    @property
    def _mark(self) -> Path:
        return self.settings.storage.data_folder / "last-resort"

    def _compose(self, reason: str, now: datetime) -> OutgoingMail:
        settings = self.settings
        staff = settings.recipients.staff
        name = f"notice.{secrets.token_hex(12)}@{settings.message_id_domain}"
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = settings.service.address, ", ".join(staff), _SUBJECT
        mail["Date"], mail["Message-ID"] = format_datetime(now), f"<{name}>"
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834, 5.1
        mail["X-Auto-Response-Suppress"] = "OOF, AutoReply, RN, NRN"
        mail["X-Intake-Marker"] = f"notice@{settings.message_id_domain}"
        mail.set_content(_TEXT.format(reason=reason))
        return OutgoingMail(
            kind=MailKind.NOTICE,
            sender=settings.envelope_sender,
            recipients=staff,
            subject=_SUBJECT,
            message_id=f"<{name}>",
            content=mail.as_bytes(),
        )
