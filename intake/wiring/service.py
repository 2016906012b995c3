"""The whole service from its settings: every real part, made once and put together here."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from dkim.dnsplug import get_txt
from sqlalchemy import make_url

from intake import resources
from intake.checks import CATALOGUE
from intake.correspondence import CheckWords, Desk, Templates
from intake.credentials import Credentials
from intake.delivery import Relay
from intake.documents.budget import ReadingBudget
from intake.errors import ConfigurationError, StorageError
from intake.judging import Judge, Rules
from intake.ledger import Caps, Ledger
from intake.mailbox import IdleWatcher, Mailbox
from intake.message_store import MessageStore
from intake.outgoing import Correspondent, Postage
from intake.pipeline import Pipeline
from intake.placing import Placing
from intake.policy import MEGABYTE
from intake.releasing import Releasing
from intake.retry import Schedule
from intake.safety import Safety
from intake.sandbox.sandbox import Sandbox
from intake.scanner import Scanner
from intake.service.attention import Attention
from intake.service.canary import Canary
from intake.service.guard import RELAY_LIMIT_FACT, Guard
from intake.service.mailroom import Mailroom
from intake.service.only_one import OnlyOne
from intake.service.processing import Processing
from intake.service.purging import Purging
from intake.service.reminders import Reminders
from intake.service.sending import Sender
from intake.service.service import Crew, Threads, utc_now
from intake.service.watch import Watch
from intake.settings import Settings, read_secret
from intake.triage import OwnMail
from intake.unpacking import UnpackLimits
from intake.wiring.children import start_sandbox
from intake.wiring.rules import build_judge, load_rules

PRIVATE_UMASK = 0o077


@dataclass(frozen=True, slots=True)
class Archive:
    """What is kept: the ledger and the messages. All that the commands that only read need."""

    ledger: Ledger
    store: MessageStore


@dataclass(frozen=True, slots=True)
class Office:
    """The archive and everything that judges and composes: what staff actions need beside the ledger."""

    archive: Archive
    judge: Judge
    correspondent: Correspondent
    placing: Placing
    safety: Safety


@contextmanager
def open_archive(settings: Settings, *, migrate: bool = False) -> Iterator[Archive]:
    """Open the ledger and the message store. Only the service itself migrates."""
    os.umask(PRIVATE_UMASK)
    folder = settings.storage.data_folder
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"The folder {folder} cannot be made: {error.strerror}.", "Check [storage] folder and its permissions."
        ) from error
    with Ledger.open(ledger_url(settings), migrate=migrate, strikes=settings.limits.strikes) as ledger:
        yield Archive(ledger, MessageStore(folder / "messages"))


def ledger_url(settings: Settings) -> str:
    """The ledger's address, with its password where a file holds one: never to be shown."""
    storage = settings.storage
    if not storage.ledger_password_file:
        return storage.ledger_url
    password = read_secret(storage.ledger_password_file, "the ledger's password").reveal()
    return make_url(storage.ledger_url).set(password=password).render_as_string(hide_password=False)


@contextmanager
def open_office(settings: Settings, *, migrate: bool = False) -> Iterator[Office]:
    """The archive with a judge and a correspondent."""
    with open_archive(settings, migrate=migrate) as archive, start_sandbox() as sandbox:
        yield build_office(settings, archive, sandbox)


def build_office(settings: Settings, archive: Archive, sandbox: Sandbox) -> Office:
    """Everything that judges and composes. Raises ConfigurationError when a template is broken."""
    desk = build_desk(settings)
    judge = build_judge(sandbox, build_rules(settings), build_budget(settings))
    words = {check.id: CheckWords(check.title, check.reference) for check in CATALOGUE}
    correspondent = Correspondent(
        desk, load_templates(settings), words, archive.store, build_postage(settings, archive.ledger)
    )
    return Office(
        archive=archive,
        judge=judge,
        correspondent=correspondent,
        placing=Placing(archive.ledger, archive.store, judge, desk, settings.service.timezone),
        safety=build_safety(settings, archive.ledger),
    )


def build_crew(settings: Settings, office: Office, threads: Threads, credentials: Credentials) -> Crew:
    """Everybody who works in the service."""
    ledger, store = office.archive.ledger, office.archive.store
    folder = settings.storage.data_folder
    worker = f"{socket.gethostname()}:{folder}"  # the same after a restart: it takes back what its former self held
    lease = timedelta(seconds=settings.timing.lease_seconds)
    limits = settings.limits
    pipeline = Pipeline(
        ledger=ledger,
        store=store,
        judge=office.judge,
        safety=office.safety,
        placing=office.placing,
        correspondent=office.correspondent,
        filing={mailbox.name: mailbox.filing for mailbox in settings.mailboxes},
        caps=Caps(
            per_sender=limits.replies_per_sender_hour,
            per_submission=limits.replies_per_submission_hour,
            per_hour=limits.replies_per_hour,
            window=timedelta(hours=1),
        ),
    )
    relay = Relay(settings, credentials)
    old_after = timedelta(days=settings.timing.old_mail_days)
    return Crew(
        ledger=ledger,
        mailrooms=[Mailroom(box, Mailbox(box, credentials), ledger, store, old_after) for box in settings.mailboxes],
        processing=Processing(ledger, pipeline, lease, worker, utc_now, limits.message_mb * MEGABYTE),
        attention=Attention(ledger, office.correspondent, settings.service.timezone),
        sender=Sender(ledger, store, relay, build_schedule(settings), lease, worker, utc_now, threads.ledger),
        relay=relay,
        watchers={
            box.name: partial(IdleWatcher, box, credentials, box.folders[0]) for box in settings.mailboxes if box.idle
        },
        only_one=OnlyOne(folder),
        guard=build_guard(settings, office, relay, credentials),
    )


def build_guard(settings: Settings, office: Office, relay: Relay, credentials: Credentials) -> Guard:
    """What watches over the service."""
    ledger, store = office.archive.ledger, office.archive.store
    return Guard(
        ledger=ledger,
        watch=Watch(settings, ledger, credentials, build_scanner(settings)),
        reminders=Reminders(ledger, settings.timing.remind_working_days, settings.service.timezone),
        canary=Canary(settings, ledger, store),
        purging=Purging(ledger, store, settings.storage.retention_days),
        relay=relay,
        correspondent=office.correspondent,
    )


def build_rules(settings: Settings) -> Rules:
    """What messages are judged by."""
    limits = settings.limits
    rules = load_rules(_path(settings.overrides.wording), _path(settings.overrides.policy))
    bounds = UnpackLimits(
        files=limits.unpack_files,
        archive_depth=limits.unpack_depth,
        archive_total=limits.unpack_total_mb * MEGABYTE,
        archive_ratio=limits.unpack_ratio,
    )
    return replace(rules, own=own_mail(settings), unpack_limits=bounds)


def build_budget(settings: Settings) -> ReadingBudget:
    """How much reading one message is worth."""
    return ReadingBudget(ocr_pages=settings.limits.ocr_pages, ocr_seconds=settings.limits.ocr_seconds)


def build_desk(settings: Settings) -> Desk:
    """Who writes."""
    return Desk(
        service_name=settings.service.name,
        service_address=settings.service.address,
        team_name=settings.service.team,
        commissioner_address=settings.recipients.commissioner,
        staff_addresses=settings.recipients.staff,
        message_id_domain=settings.message_id_domain,
        mode=settings.mode,
        envelope_sender=settings.envelope_sender,
        log_url=settings.web.public_url,
    )


def build_postage(settings: Settings, ledger: Ledger) -> Postage:
    """What decides whether mail may leave by itself; the relay's limit is the one that it named last."""
    known = ledger.facts.get(RELAY_LIMIT_FACT)
    return Postage(
        mode=settings.mode,
        allow=frozenset(address.lower() for address in settings.trial.allow),
        settle=timedelta(seconds=settings.timing.settle_seconds),
        receipts=settings.timing.receipts,
        relay_limit=known.value if known else None,
    )


def build_schedule(settings: Settings) -> Schedule:
    """When a deferred mail is tried again."""
    timing = settings.timing
    return Schedule(
        first=timedelta(seconds=timing.retry_first_seconds),
        cap=timedelta(seconds=timing.retry_longest_seconds),
        give_up=timedelta(days=timing.retry_give_up_days),
    )


def build_safety(settings: Settings, ledger: Ledger) -> Safety:
    """Who is believed, and the virus scanner where there is one."""
    own = (settings.service.address, settings.recipients.commissioner, *settings.recipients.staff)
    dns = get_txt if settings.senders.verify_dkim else None
    return Safety(settings.senders, own, ledger.actions.trusted, build_scanner(settings), dns)


def build_scanner(settings: Settings) -> Scanner | None:
    """The virus scanner, where one is configured."""
    section = settings.scanner
    if not section.address:
        return None
    return Scanner(
        section.address,
        timeout_seconds=section.timeout_seconds,
        signatures_max_age_days=section.signatures_max_age_days,
    )


def own_mail(settings: Settings) -> OwnMail:
    """How the service knows its own mail again."""
    return OwnMail(
        addresses=frozenset({settings.service.address.lower()}), message_id_domain=settings.message_id_domain
    )


def load_templates(settings: Settings) -> Templates:
    """The mail templates, each rendered once: a broken one must not wait for the moment of sending."""
    templates = Templates(resources.path("templates/mail"), _path(settings.overrides.templates))
    problems = templates.check()
    if problems:
        raise ConfigurationError(
            f"A mail template does not work: {problems[0]}.", "Mend it, or remove it from [overrides] templates."
        )
    return templates


def _path(text: str) -> Path | None:
    return Path(text) if text else None


def build_releasing(office: Office) -> Releasing:
    """What staff's decisions need."""
    return Releasing(
        ledger=office.archive.ledger,
        store=office.archive.store,
        judge=office.judge,
        placing=office.placing,
        safety=office.safety,
        correspondent=office.correspondent,
    )
