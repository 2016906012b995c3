"""The service itself from its settings: everybody who works in it, made once and put together here."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from intake.credentials import Credentials
from intake.delivery import Carrier
from intake.delivery.retry import Schedule
from intake.judging.policy import MEGABYTE
from intake.ledger import Caps, Shares
from intake.mailbox import IdleWatcher
from intake.pipeline import Patience, Pipeline
from intake.service.attention import Attention
from intake.service.canary import Canary
from intake.service.duties import Duties
from intake.service.first_look import FirstLook
from intake.service.guard import Guard
from intake.service.last_resort import LastResort
from intake.service.mailroom import Mailroom
from intake.service.only_one import OnlyOne
from intake.service.processing import Processing
from intake.service.purging import Purging
from intake.service.reminders import Reminders
from intake.service.rescanning import Rescanning
from intake.service.sending import Sender
from intake.service.service import Crew, Threads, utc_now
from intake.service.watch import Watch
from intake.settings import Settings
from intake.wiring.office import Office, build_scanner
from intake.wiring.post import build_carrier, build_mailbox


def build_crew(
    settings: Settings,
    office: Office,
    threads: Threads,
    credentials: Credentials,
    clock: Callable[[], datetime] = utc_now,
) -> Crew:
    """Everybody who works in the service. `clock` is the time that they go by."""
    ledger, store = office.archive.ledger, office.archive.store
    folder = settings.storage.data_folder
    worker = f"{socket.gethostname()}:{folder}"  # the same after a restart: it takes back what its former self held
    lease = timedelta(seconds=settings.timing.lease_seconds)
    limits = settings.limits
    pipeline = build_pipeline(settings, office)
    relay = build_carrier(settings, credentials)
    old_after = timedelta(days=settings.timing.old_mail_days)
    duties = Duties(
        ledger,
        store,
        worker,
        mailboxes=[box.name for box in settings.mailboxes],
        instances=settings.service.instances,
        lasts=timedelta(seconds=settings.timing.takeover_seconds),
        clock=clock,
    )
    first_look = FirstLook(store, office.judge, office.safety)
    return Crew(
        ledger=ledger,
        mailrooms=[
            Mailroom(
                box,
                build_mailbox(settings, box, credentials, ledger.numbering),
                ledger,
                store,
                old_after,
                first_look=first_look,
                sent_folder=settings.sent_folder(box),
            )
            for box in settings.mailboxes
        ],
        processing=Processing(
            ledger, pipeline, lease, worker, clock, limits.message_mb * MEGABYTE, build_shares(settings)
        ),
        attention=Attention(ledger, office.correspondent, settings.service.timezone),
        sender=Sender(
            ledger,
            store,
            relay,
            build_schedule(settings),
            lease,
            worker,
            clock,
            threads.ledger,
            duties.alarm("relay"),
        ),
        relay=relay,
        watchers={
            box.name: partial(IdleWatcher, box, credentials, box.folders[0])
            for box in settings.mailboxes
            if box.idle and not settings.by_graph
        },
        only_one=OnlyOne(folder),
        duties=duties,
        guard=build_guard(settings, office, relay, credentials, duties),
        last_resort=LastResort(settings, relay, clock),
        clock=clock,
    )


def build_pipeline(settings: Settings, office: Office) -> Pipeline:
    """The stages with their ledger."""
    limits = settings.limits
    return Pipeline(
        ledger=office.archive.ledger,
        store=office.archive.store,
        judge=office.judge,
        safety=office.safety,
        placing=office.placing,
        occasions=office.occasions,
        correspondent=office.correspondent,
        filing={mailbox.name: mailbox.filing for mailbox in settings.mailboxes},
        caps=Caps(
            per_sender=limits.replies_per_sender_hour,
            per_submission=limits.replies_per_submission_hour,
            per_hour=limits.replies_per_hour,
            window=timedelta(hours=1),
        ),
        patience=Patience(proved=limits.judging_seconds, unproved=limits.judging_seconds_unproved),
    )


def build_shares(settings: Settings) -> Shares:
    """How much of the processor's time judging may take within an hour."""
    limits = settings.limits
    return Shares(per_sender=limits.judging_per_sender_hour, in_all=limits.judging_per_hour)


def build_guard(settings: Settings, office: Office, relay: Carrier, credentials: Credentials, duties: Duties) -> Guard:
    """What watches over the service."""
    ledger, store, scanner = office.archive.ledger, office.archive.store, build_scanner(settings)
    return Guard(
        ledger=ledger,
        watch=Watch(settings, ledger, credentials, scanner, build_shares(settings), own=duties.alarm),
        reminders=Reminders(
            ledger,
            settings.timing.remind_working_days,
            settings.timing.silence_working_days,
            settings.service.timezone,
        ),
        canary=Canary(settings, ledger, store),
        purging=Purging(ledger, store, settings.storage.retention_days),
        rescanning=Rescanning(ledger, store, scanner),
        relay=relay,
        correspondent=office.correspondent,
        relay_alarm=duties.alarm("relay"),
    )


def build_schedule(settings: Settings) -> Schedule:
    """When a deferred mail is tried again."""
    timing = settings.timing
    return Schedule(
        first=timedelta(seconds=timing.retry_first_seconds),
        cap=timedelta(seconds=timing.retry_longest_seconds),
        give_up=timedelta(days=timing.retry_give_up_days),
    )
