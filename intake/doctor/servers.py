"""The mail servers: they let us in, they are who they say, and they offer and allow what the service needs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from intake.delivery.session import RelayFacts
from intake.doctor.check import Result, Surroundings, failure, ok, warning
from intake.errors import IntakeError
from intake.mailbox import MailboxAccess
from intake.settings import MailboxSettings
from intake.wiring.post import build_carrier, build_mailbox
from intake.wiring.rules import load_policy

_WANTED = {
    "IDLE": "New mail is found by the sweeps only.",
    "MOVE": "Messages are filed by copying and deleting.",
    "UIDPLUS": "Without MOVE, messages that were filed stay marked as deleted.",
}
# Base64 makes four letters of three bytes and adds a line end to every 76 of them (RFC 2045, 6.8).
_AS_MAIL = 4 / 3 * 78 / 76
_COVER_NOTE = 100_000
_MEGABYTE = 1_000_000


def check_mailboxes(around: Surroundings) -> Iterator[Result]:
    """Log in to each mailbox and look at its folders."""
    for settings in around.settings.mailboxes:
        try:
            with build_mailbox(around.settings, settings, around.credentials) as mailbox:
                if around.settings.by_graph:
                    yield ok(f"{settings.name}: Microsoft Graph lets us into {settings.username}.")
                else:
                    yield ok(f"{settings.name}: logged in to {settings.host} as {settings.username}.")
                    yield from _offers(settings, mailbox)
                tls = _tls(around, settings.tls)
                yield from _certificate(around, settings.name, tls, mailbox.certificate_expires)
                yield from _folders(settings, mailbox, around.settings.sent_folder(settings))
        except IntakeError as error:
            yield failure(f"{settings.name}: {error.message}", error.hint)


def _folders(settings: MailboxSettings, mailbox: MailboxAccess, sent: str) -> Iterator[Result]:
    for folder in settings.folders:
        status = mailbox.select(folder, readonly=True)
        yield ok(f"{settings.name}: {folder} holds {status.exists} message{'' if status.exists == 1 else 's'}.")
    present = set(mailbox.folders())
    filing = settings.filing
    targets = (filing.compliant, filing.gaps, filing.review, filing.duplicate, filing.set_aside)
    missing = [target for target in targets if target and target not in present]
    if missing:
        yield ok(f"{settings.name}: made when first needed: {', '.join(missing)}.")
    if sent and sent not in present:
        yield failure(f"{settings.name}: there is no folder {sent}.", "Correct sent_folder.")


def _offers(settings: MailboxSettings, mailbox: MailboxAccess) -> Iterator[Result]:
    lacking = [name for name in _WANTED if name not in mailbox.capabilities]
    for name in lacking:
        yield warning(f"{settings.name}: the server offers no {name}.", _WANTED[name])
    if not lacking:
        yield ok(f"{settings.name}: the server offers {', '.join(_WANTED)}.")


def _tls(around: Surroundings, said: str) -> str:
    """Graph's TLS is in its address."""
    if not around.settings.by_graph:
        return said
    return "implicit" if around.settings.graph.endpoint.startswith("https:") else "none"


def check_relay(around: Surroundings) -> Iterator[Result]:
    """Log in to the relay and ask what it takes."""
    settings = around.settings.relay
    facts = asyncio.run(build_carrier(around.settings, around.credentials).probe())
    if around.settings.by_graph:
        yield ok(f"Microsoft Graph lets us into {around.settings.sending_mailbox}, which sends.")
    else:
        login = f" as {settings.username}" if settings.auth != "none" else ""
        yield ok(f"{settings.host}:{settings.port} takes mail from us{login}.")
    name = "Microsoft Graph" if around.settings.by_graph else settings.host
    yield from _certificate(around, name, _tls(around, settings.tls), facts.certificate_expires)
    yield from _size(around, facts)
    if around.settings.by_graph:
        return  # what cannot be delivered comes back to the mailbox as a mail
    if facts.dsn:
        yield ok("It reports what becomes of mail (DSN).")
    elif settings.dsn:
        yield warning("It offers no delivery reports (DSN).", "Bounces are still tied to their mail, by Message-ID.")


def _size(around: Surroundings, facts: RelayFacts) -> Iterator[Result]:
    own = around.settings.overrides.policy
    report = load_policy(Path(own) if own else None).report_size_bytes
    needed = int(report * _AS_MAIL) + _COVER_NOTE
    told = f"a report of {report / _MEGABYTE:.1f} MB is a mail of {needed / _MEGABYTE:.1f} MB"
    if facts.size_limit is None:
        yield warning(f"The relay names no size limit; {told}.", "Ask whether it takes mail of that size.")
    elif facts.size_limit < needed:
        yield warning(
            f"The relay takes mail of up to {facts.size_limit / _MEGABYTE:.1f} MB, but {told}.",
            "Have its limit raised; until then a larger forward is held, and staff are told.",
        )
    else:
        yield ok(f"The relay takes mail of up to {facts.size_limit / _MEGABYTE:.1f} MB; {told}.")


def _certificate(around: Surroundings, name: str, tls: str, ends: datetime | None) -> Iterator[Result]:
    if ends is None:
        if tls == "none":
            yield ok(f"{name}: an unencrypted connection, which is allowed to this machine only.")
        else:
            yield warning(f"{name}: the certificate does not say when it ends.")
        return
    left = ends - around.now
    if left < timedelta(days=around.settings.alarms.certificate_days):
        yield warning(f"{name}: the server's certificate ends in {left.days} days.", "Tell whoever runs the server.")
    else:
        yield ok(f"{name}: the certificate is verified and good for {left.days} days.")
