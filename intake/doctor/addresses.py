"""Whom mail comes from and goes to: no address left over from the example, none that leads back to ourselves."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from intake import resources
from intake.doctor.check import Result, Surroundings, failure, ok, warning
from intake.model import Mode
from intake.senders.domains import within
from intake.senders.rules import SenderRules
from intake.settings import Settings, domain_matches, parse_settings

EXAMPLE = "config/intake.example.toml"
# Names that never lead anywhere on the Internet (RFC 2606, 2 and 3; RFC 6761, 6).
_RESERVED = ("example", "test", "invalid", "localhost", "example.com", "example.net", "example.org")
_PLACEHOLDER = "TENANT"


@lru_cache(maxsize=1)
def _example() -> Settings:
    return parse_settings(resources.read_text(EXAMPLE), EXAMPLE, Path("/etc/intake"))


def check_addresses(around: Surroundings) -> Iterator[Result]:
    """The addresses and servers that the settings name, against each other and against the example's."""
    found = [*_left_over(around.settings), *_circular(around.settings), *_dead(around.settings)]
    yield from found or [ok("Every address is one of your own, and none leads back to a watched mailbox.")]


def _left_over(settings: Settings) -> Iterator[Result]:
    mine, theirs = _named(settings), {one.lower() for one in _named(_example()).values()}
    left = [key for key, value in mine.items() if value.lower() in theirs]
    if left:
        yield failure(f"Still as in the example: {', '.join(left)}.", "Replace them with your own.")
    waiting = [key for key, value in _endpoints(settings).items() if _PLACEHOLDER in value]
    if waiting:
        yield failure(f"The tenant is still to be named in {', '.join(waiting)}.", "Put its id in place of TENANT.")
    addresses = {key: value for key, value in mine.items() if "@" in value and key not in left}
    nowhere = [key for key, value in addresses.items() if within(value.rpartition("@")[2].lower(), _RESERVED)]
    if nowhere:
        yield warning(
            f"In a domain that is reserved for examples and tests: {', '.join(nowhere)}.",
            "Mail to it reaches nobody on the Internet: use real addresses.",
        )


def _named(settings: Settings) -> dict[str, str]:
    """Every address and server by its key."""
    found = {"service.address": settings.service.address, "relay.host": settings.relay.host}
    for mailbox in settings.mailboxes:
        found[f"mailboxes.host ({mailbox.name})"] = mailbox.host
        found[f"mailboxes.username ({mailbox.name})"] = mailbox.username
    found["relay.username"] = settings.relay.username if settings.relay.auth != "none" else ""
    found["recipients.commissioner"] = settings.recipients.commissioner
    for number, address in enumerate(settings.recipients.staff, start=1):
        found[f"recipients.staff {number}"] = address
    return {key: value for key, value in found.items() if value}


def _endpoints(settings: Settings) -> dict[str, str]:
    return {"oauth.token_endpoint": settings.oauth.token_endpoint, "web.oidc.issuer": settings.web.oidc.issuer}


def watched(settings: Settings) -> set[str]:
    """The addresses whose mail comes into a mailbox that is watched, as far as the settings tell."""
    names = {settings.service.address, *(mailbox.username for mailbox in settings.mailboxes)}
    return {name.lower() for name in names if "@" in name}


def _circular(settings: Settings) -> Iterator[Result]:
    ours, staff = watched(settings), {address.lower() for address in settings.recipients.staff}
    commissioner = settings.recipients.commissioner.lower()
    if commissioner in ours:
        yield failure(
            "recipients.commissioner is a mailbox that is watched: reports would come back to us.",
            "Name the Commissioner's own address.",
        )
    if staff & ours:
        yield failure(
            f"recipients.staff names {min(staff & ours)}, a mailbox that is watched: notices would come back to "
            "us, and staff would not be told.",
            "Name addresses that people read.",
        )
    if commissioner in staff:
        yield warning(
            "The Commissioner's address is among recipients.staff, and would get every notice to staff.",
            "Take it out there.",
        )
    bounces = settings.relay.envelope_sender.lower()
    if bounces and bounces not in ours:
        yield warning(
            f"Bounces go to {bounces}, which is not a mailbox that is watched.",
            "Leave relay.envelope_sender empty, or have that address delivered to the mailbox.",
        )
    canary = settings.canary.address.lower()
    if settings.canary.enabled and canary and canary not in ours:
        yield warning(
            f"Test messages go to {canary}, which is not a mailbox that is watched: none would come back.",
            "Leave canary.address empty, or have that address delivered to the mailbox.",
        )


def _dead(settings: Settings) -> Iterator[Result]:
    rules = SenderRules.of(settings.senders)
    for key, value in _named(settings).items():
        if "@" in value and rules.retired(value):
            yield failure(f"{key} is in a retired domain that takes no mail.", "Name the address that took its place.")


def check_mode(around: Surroundings) -> Iterator[Result]:
    """What may leave, and whether that is what the mode is for."""
    settings = around.settings
    allow = settings.trial.allow
    if settings.mode is not Mode.TRIAL:
        yield ok(f"In {settings.mode} mode [trial] has no effect.")
        return
    if not allow:
        yield warning(
            "In trial mode mail goes only to the addresses in [trial] allow, and there are none: nothing is "
            "sent, not even notices to staff.",
            "Put there the addresses of those who follow the trial.",
        )
        return
    deaf = [address for address in settings.recipients.staff if not settings.trial.allows(address)]
    if deaf:
        yield warning(
            f"Notices to {deaf[0]} are held in trial mode: [trial] allow does not name it.", "Add it to [trial] allow."
        )
    if settings.trial.allows(settings.recipients.commissioner):
        yield warning(
            "[trial] allow names the Commissioner: the trial's forwards would go there.",
            "Take it out until the trial is over.",
        )
    wide = [one for one in allow if "@" not in one and domain_matches("council.gov.uk", (one,))]
    if wide:
        yield warning(f"[trial] allow lets mail go to every {wide[0]}.", "Name single addresses, or your own domain.")
    if not deaf and not wide:
        yield ok(f"In trial mode mail goes to {', '.join(allow)} alone.")
