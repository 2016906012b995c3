"""Everything that judges and composes, made from the settings: what staff's actions need, and the service."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from intake import resources
from intake.cases.answering import RELAY_LIMIT_FACT, Correspondent, Postage
from intake.cases.matching import Placing
from intake.cases.occasions import Occasions
from intake.cases.staff_decisions import StaffDecisions
from intake.correspondence import CheckWords, Desk, Templates
from intake.documents.budget import ReadingBudget
from intake.documents.reader import demand_recognition
from intake.errors import ConfigurationError
from intake.judging.checks import CATALOGUE
from intake.judging.exchange import Rules
from intake.judging.judge import Judge
from intake.judging.policy import MEGABYTE
from intake.judging.triage import OwnMail
from intake.ledger import Ledger, installation_secret
from intake.sandbox.sandbox import Sandbox
from intake.sandbox.scanner import Scanner
from intake.senders.safety import Safety
from intake.settings import Settings
from intake.unpacking import UnpackLimits
from intake.wiring.archive import Archive, open_archive
from intake.wiring.children import start_sandbox
from intake.wiring.rules import build_judge, load_rules


@dataclass(frozen=True, slots=True)
class Office:
    """The archive, and everything that judges and composes."""

    archive: Archive
    judge: Judge
    correspondent: Correspondent
    placing: Placing
    occasions: Occasions
    safety: Safety


@contextmanager
def open_office(settings: Settings, *, migrate: bool = False) -> Iterator[Office]:
    """The archive with a judge and a correspondent. Raises ConfigurationError where files cannot be opened safely."""
    allowed = settings.sandbox.allow_missing
    with open_archive(settings, migrate=migrate) as archive, start_sandbox(allowed) as sandbox:
        sandbox.demand_protection()
        demand_recognition(sandbox)
        office = build_office(settings, archive, sandbox)
        office.judge.demand_ready()
        yield office


def build_office(settings: Settings, archive: Archive, sandbox: Sandbox) -> Office:
    """Everything that judges and composes. Raises ConfigurationError when a template is broken."""
    desk = build_desk(settings, installation_secret(archive.ledger.database))
    judge = build_judge(sandbox, build_rules(settings), build_budget(settings))
    words = {check.id: CheckWords(check.title, check.reference) for check in CATALOGUE}
    correspondent = Correspondent(
        desk, load_templates(settings), words, archive.store, build_postage(settings, archive.ledger)
    )
    return Office(
        archive=archive,
        judge=judge,
        correspondent=correspondent,
        placing=Placing(archive.ledger),
        occasions=Occasions(archive.store, judge, desk, ZoneInfo(settings.service.timezone)),
        safety=build_safety(settings, archive.ledger),
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
    return Rules(rules.wording, rules.policy, own_mail(settings), bounds)


def build_budget(settings: Settings) -> ReadingBudget:
    """How much reading one message is worth."""
    return ReadingBudget(ocr_pages=settings.limits.ocr_pages, ocr_seconds=settings.limits.ocr_seconds)


def build_desk(settings: Settings, secret: bytes) -> Desk:
    """Who writes; `secret` is the installation's."""
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
        secret=secret,
    )


def build_postage(settings: Settings, ledger: Ledger) -> Postage:
    """What decides whether mail may leave by itself; the relay's limit is the one that it named last."""
    known = ledger.facts.get(RELAY_LIMIT_FACT)
    return Postage(
        mode=settings.mode,
        trial=settings.trial,
        settle=timedelta(seconds=settings.timing.settle_seconds),
        receipts=settings.timing.receipts,
        relay_limit=known.value if known else None,
    )


def build_safety(settings: Settings, ledger: Ledger) -> Safety:
    """Who is believed, and the virus scanner where there is one."""
    own = (settings.service.address, settings.recipients.commissioner, *settings.recipients.staff)
    # What asks the name servers is loaded only where they are asked.
    dns = importlib.import_module("dkim.dnsplug").get_txt if settings.senders.verify_dkim else None
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
    """The mail templates. Where some are the office's own, all are tried: a broken one must not wait until it sends."""
    own = _path(settings.overrides.templates)
    if own is None:
        return packaged_templates()
    templates = Templates(resources.path("templates/mail"), own)
    problems = templates.check()
    if problems:
        raise ConfigurationError(
            f"A mail template does not work: {problems[0]}.", "Correct it, or remove it from [overrides] templates."
        )
    return templates


@lru_cache(maxsize=1)
def packaged_templates() -> Templates:
    """The templates that come with the program."""
    return Templates(resources.path("templates/mail"))


def _path(text: str) -> Path | None:
    return Path(text) if text else None


def build_decisions(office: Office) -> StaffDecisions:
    """What staff's decisions need."""
    return StaffDecisions(
        ledger=office.archive.ledger,
        store=office.archive.store,
        judge=office.judge,
        safety=office.safety,
        correspondent=office.correspondent,
        occasions=office.occasions,
    )
