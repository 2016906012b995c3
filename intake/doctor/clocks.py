"""The clock of this machine, by all who know the time: the kernel, the mail servers, and what the ledger last wrote."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from intake.doctor.check import Result, Surroundings, failure, not_checked, ok, warning
from intake.doctor.records import the_ledger
from intake.errors import IntakeError
from intake.settings import MailboxSettings
from intake.wiring.post import build_mailbox

_UNSYNCHRONISED = 5  # TIME_ERROR, adjtimex(2)
_TIMEX_BYTES = 1024  # more than any platform's struct timex
_LATEST = 5
_SET_IT = "Set this machine's clock, and run a time service such as systemd-timesyncd or chrony."


def check_clock(around: Surroundings) -> Iterator[Result]:
    """Is the clock kept right? The kernel knows whether somebody sets it."""
    try:
        state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    except (OSError, AttributeError):
        yield not_checked("This machine does not tell whether its clock is kept right.")
        return
    if state == _UNSYNCHRONISED:
        yield warning(
            f"It is {around.now:%d %b %Y %H:%M:%S} UTC here, but nothing seems to set this machine's clock.",
            "Run a time service such as systemd-timesyncd or chrony (in a container: on its host).",
        )
    elif state < 0:
        yield not_checked("This machine does not tell whether its clock is kept right.")
    else:
        yield ok(f"The clock is kept right: {around.now:%d %b %Y %H:%M:%S} UTC.")


def check_times(around: Surroundings) -> Iterator[Result]:
    """Our clock against what others wrote: nothing can have arrived, or been noted, later than now.

    That something is late may have many reasons, so that only a clock that is behind can be found in this way.
    """
    allowed = timedelta(seconds=around.settings.alarms.clock_seconds)
    compared, found = 0, []
    for settings in around.settings.mailboxes:
        try:
            arrivals = _arrivals(around, settings)
        except IntakeError:
            continue  # what is wrong with it is said under its own name
        compared += len(arrivals)
        ahead = [moment for moment in arrivals if moment - around.now > allowed]
        if len(ahead) * 2 > len(arrivals):
            told = (
                f"This machine's clock is behind: mailbox {settings.name} took mail in at {min(ahead):%d %b %H:%M:%S} "
                f"UTC, and here it is {around.now:%d %b %H:%M:%S}."
            )
            found.append(failure(told, _SET_IT))
    noted = _last_noted(around)
    if noted is not None and noted - around.now > allowed:
        told = (
            f"This machine's clock was set back: the ledger's latest entry is of {noted:%d %b %Y %H:%M:%S} UTC, and "
            f"here it is {around.now:%H:%M:%S}."
        )
        found.append(failure(told, _SET_IT))
    yield from found
    if found:
        return
    if not compared:
        yield not_checked("There is no message to compare this machine's clock by.")
    else:
        yield ok(f"The latest {compared} message{'s' if compared != 1 else ''} bore times that are past here.")


def _arrivals(around: Surroundings, settings: MailboxSettings) -> list[datetime]:
    """When the newest messages of the watched folders arrived, by the mail server's clock."""
    found: list[datetime] = []
    with build_mailbox(around.settings, settings, around.credentials) as mailbox:
        for folder in settings.folders:
            mailbox.select(folder, readonly=True)
            looked = [mailbox.look(uid) for uid in mailbox.uids()[-_LATEST:]]
            found += [listed.internal_date for listed in looked if listed is not None]
    return found


def _last_noted(around: Surroundings) -> datetime | None:
    try:
        with the_ledger(around) as ledger:
            latest = ledger.events.latest(1) if ledger is not None else []
    except IntakeError:
        return None  # the ledger's own check says why
    return latest[0].at if latest else None


def check_timezone(around: Surroundings) -> Iterator[Result]:
    """The zone that mail and pages show times in."""
    zone = ZoneInfo(around.settings.service.timezone)
    moment: datetime = around.now.astimezone(zone)
    yield ok(f"Times are shown in {zone.key}: {moment:%H:%M}.")
