"""Whom the program would believe: whether our border's results reach it, and whether somebody else's do.

Anybody can write an Authentication-Results line. The border must remove those that bear its own name (RFC 8601, 5);
whether it does is tried with a message to ourselves that carries a forged one.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import format_datetime

from intake.doctor.check import Result, Surroundings, failure, not_checked, ok, warning
from intake.mailbox import MailboxAccess
from intake.model import MailKind, Mode, OutgoingMail, OutgoingState, Unpacked
from intake.senders.authentication_results import AuthenticationResults
from intake.senders.evidence import trustworthy_results
from intake.settings import MailboxSettings
from intake.settings.sections import Senders
from intake.wiring.post import build_carrier, build_mailbox

_LATEST = 10
_FEW = 3
_HEADER_BYTES = 128 * 1024
_WAIT_SECONDS = 60.0
_PAUSE_SECONDS = 1.0
_UNPACK = "intake.unpacking.message:unpack"
_REMOVE = "Have the border server remove every Authentication-Results line from what comes in from outside"


def check_senders(around: Surroundings) -> Iterator[Result]:
    """What the settings believe, and whether the latest messages carry it."""
    section = around.settings.senders
    # Where mail leaves by itself, who is not asked for a proof is answered, and a council's forger with them.
    grave = failure if around.settings.mode is Mode.AUTOMATIC else warning
    yield from _trusted(section)
    if not section.require_authentication:
        yield grave("Senders need no proof: anybody can write in a council's name.", "Set require_authentication.")
        return
    if not (section.authserv_id or section.border_host):
        if section.verify_dkim:
            yield ok("What proves a sender: DKIM signatures that we check ourselves.")
        else:
            yield grave(
                "Nothing proves a sender, so every submission waits for a person.",
                "Set [senders] authserv_id or border_host; `intake init` finds them in the headers of recent mail.",
            )
        return
    yield ok(f"What proves a sender: {_believed(section)}. That server must remove such lines from incoming mail.")
    for settings in around.settings.mailboxes:
        yield from _latest(around, settings)


def _trusted(section: Senders) -> Iterator[Result]:
    if not (section.trusted_domains or section.trusted_addresses):
        yield warning("No sender is trusted, so every submission waits for a person.", "Fill in trusted_domains.")
    wide = [pattern for pattern in section.trusted_domains if "." not in pattern.removeprefix("*.")]
    if wide:
        yield warning(
            f"{wide[0]} in [senders] trusted_domains trusts far too many senders.", "Name the domains you mean."
        )


def _believed(section: Senders) -> str:
    named = f"results that bear the name {section.authserv_id}" if section.authserv_id else "results"
    return f"{named} above the line of {section.border_host}" if section.border_host else named


def newest_headers(around: Surroundings, most: int) -> list[tuple[tuple[str, str], ...]]:
    """The header lines of the newest messages, up to so many of each watched folder."""
    return [
        tuple(each.headers) for settings in around.settings.mailboxes for each in _newest(around, settings, (), most)
    ]


def _latest(around: Surroundings, settings: MailboxSettings) -> Iterator[Result]:
    filing = settings.filing
    messages = _newest(around, settings, (filing.compliant, filing.gaps, filing.review), _LATEST)
    if len(messages) < _FEW:
        yield not_checked(f"{settings.name}: too few messages to see whether results arrive.")
        return
    proved = len([each for each in messages if _results(around, each)])
    if proved:
        yield ok(f"{settings.name}: {proved} of the latest {len(messages)} messages carry a result that counts.")
    else:
        yield warning(
            f"{settings.name}: none of the latest {len(messages)} messages carries a result that counts.",
            "See [senders] in the example configuration: authserv_id, border_host, inner_hosts.",
        )


def _newest(around: Surroundings, settings: MailboxSettings, beside: tuple[str, ...], most: int) -> list[Unpacked]:
    """The newest messages of the watched folders and of those beside them that are there."""
    found = []
    with build_mailbox(around.settings, settings, around.credentials) as mailbox:
        present = set(mailbox.folders())
        for folder in (each for each in (*settings.folders, *beside) if each in present):
            mailbox.select(folder, readonly=True)
            found += [_header(around, mailbox, uid) for uid in sorted(mailbox.uids())[-most:]]
    return found


def _header(around: Surroundings, mailbox: MailboxAccess, uid: int) -> Unpacked:
    first = next(iter(mailbox.fetch(uid)), b"")[:_HEADER_BYTES]
    head, _, _ = first.replace(b"\r\n", b"\n").partition(b"\n\n")
    return around.sandbox.run(_UNPACK, head + b"\n\n", returns=Unpacked)


def _results(around: Surroundings, message: Unpacked) -> tuple[AuthenticationResults, ...]:
    section = around.settings.senders
    return trustworthy_results(message.headers, section.authserv_id, section.border_host, section.inner_hosts)


def check_forgery(around: Surroundings) -> Iterator[Result]:
    """Send ourselves a message with a forged result, and see whether it would be believed."""
    section = around.settings.senders
    if not around.send_test:
        yield not_checked("No test message was sent.", "`intake doctor --send-test` tries a forged result.")
        return
    if not (section.authserv_id or section.border_host):
        yield not_checked("No server's results are believed, so none can be forged.")
        return
    token = secrets.token_hex(12)
    mail = _forged(around, token)
    delivery = asyncio.run(_deliver(around, mail))
    if delivery is not OutgoingState.SENT:
        yield failure("The relay did not take the test message.", "See what it says under Relay.")
        return
    arrived = _wait_for(around, mail.message_id)
    if arrived is None:
        yield warning("The test message did not arrive within a minute.", "Look for it, and try again.")
        return
    yield _judged(around, arrived, token)


def _judged(around: Surroundings, arrived: Unpacked, token: str) -> Result:
    believed = any(token in str(result) for result in _results(around, arrived))
    still_there = any(token in value for value in arrived.header_all("Authentication-Results"))
    if believed:
        return failure(
            "A forged result in a message to ourselves was believed.",
            f"{_REMOVE}, or set border_host. Until then anybody can pose as a council.",
        )
    if still_there:
        return ok("A forged result in a message to ourselves came through, but is not believed.")
    return ok("A forged result in a message to ourselves was removed on its way.")


def _forged(around: Surroundings, token: str) -> OutgoingMail:
    settings = around.settings
    sender, receiver = settings.service.address, settings.canary.address or settings.service.address
    server = settings.senders.authserv_id
    border = settings.senders.border_host.replace("*", "border") or server
    name = f"doctor.{token}@{settings.message_id_domain}"
    mail = EmailMessage()
    mail["Authentication-Results"] = f"{server + '; ' if server else ''}dmarc=pass header.from={token}.example"
    mail["Received"] = f"from {token}.example by {border} with ESMTP id {token}; {format_datetime(around.now)}"
    mail["From"], mail["To"] = sender, receiver
    mail["Subject"] = "Test message of the intake service: please leave it alone"
    mail["Date"], mail["Message-ID"] = format_datetime(around.now), f"<{name}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834, 5.1
    mail["X-Intake-Marker"] = name
    mail.set_content("Sent by `intake doctor`, to see whether a forged sender check would be believed.\n")
    return OutgoingMail(
        kind=MailKind.NOTICE,
        sender=settings.envelope_sender,
        recipients=(receiver,),
        subject=mail["Subject"],
        message_id=mail["Message-ID"],
        content=mail.as_bytes(),
    )


async def _deliver(around: Surroundings, mail: OutgoingMail) -> OutgoingState:
    relay = build_carrier(around.settings, around.credentials)

    async def nothing() -> None:
        return

    try:
        return (await relay.deliver(mail, nothing)).state
    finally:
        await relay.close()


def _wait_for(around: Surroundings, message_id: str) -> Unpacked | None:
    """The message, once a mailbox has it; it is then filed with the service's other test messages."""
    ends = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < ends:
        for settings in around.settings.mailboxes:
            with build_mailbox(around.settings, settings, around.credentials) as mailbox:
                for folder in settings.folders:
                    mailbox.select(folder)
                    for uid in mailbox.find_by_message_id(message_id):
                        found = _header(around, mailbox, uid)
                        if settings.filing.canary:
                            mailbox.move(uid, settings.filing.canary)
                        return found
        time.sleep(_PAUSE_SECONDS)
    return None
