"""Lives of the service that end in the middle, and what must be true after all of them.

Each life is a process of its own that makes one pass and is stopped dead at a numbered place. Between lives new mail
comes in. Afterwards the service runs undisturbed until nothing is left to do; then what was posted, what the ledger
says and what the relay was given are compared.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from email.policy import default
from functools import partial
from pathlib import Path
from random import Random
from typing import Self

from msgspec import structs

from intake.credentials import Credentials
from intake.ledger import Act, Ledger, OutgoingRow
from intake.logs import set_up_logging
from intake.model import MailKind, MessageState, Outcome, OutgoingState
from intake.service.service import Service, Threads
from intake.settings import Settings
from intake.wiring.archive import open_archive
from intake.wiring.office import open_office
from intake.wiring.service import build_crew
from tests.builders import NORTHMERE, Review
from tests.durability.faults import Places, in_child
from tests.durability.talks import Talk, following, opening
from tests.servers.dovecot import MailUser
from tests.servers.smtp_sink import SmtpSink
from tests.service.world import crlf, enquiry, named, settings_of, submission

_SYLLABLES = ("ba", "ce", "di", "fo", "gu", "ha", "ke", "li", "mo", "nu", "pa", "re", "si", "to", "va", "we")
_LIMITS = "replies_per_hour = 100000\nreplies_per_sender_hour = 100000\nreplies_per_submission_hour = 100"
_ANSWERS = frozenset({MailKind.REPLY, MailKind.ACKNOWLEDGEMENT})
_UNSETTLED = (
    OutgoingState.QUEUED,
    OutgoingState.SENDING,
    OutgoingState.DATA_STARTED,
    OutgoingState.DEFERRED,
)


@dataclass(frozen=True, slots=True)
class Posted:
    """One message that was put into the mailbox, and what must come of it.

    `case` is whose it is, where it is one of several of a conversation: what must leave then is told for them all.
    """

    message_id: str
    sha256: str
    outcome: Outcome
    case: str = ""


@dataclass(slots=True)
class Toll:
    """What the lives cost."""

    kills: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)  # any other thing that must hold and does not
    uncertain: int = 0
    places: Counter[str] = field(default_factory=Counter)

    def __iadd__(self, other: Toll) -> Self:
        self.kills += other.kills
        self.uncertain += other.uncertain
        self.lost += other.lost
        self.doubled += other.doubled
        self.wrong += other.wrong
        self.places += other.places
        return self


def serve(settings: Settings, *, once: bool) -> None:
    """The service: for one round, or until it is stopped."""
    set_up_logging(settings.logging)
    with open_office(settings, migrate=True) as office:
        threads = Threads()
        service = Service(build_crew(settings, office, threads, Credentials(settings)), threads, 5)
        asyncio.run(service.once() if once else service.run())


class Lives:
    """One mailbox and data folder, lived in by one process after another."""

    def __init__(
        self,
        folder: Path,
        user: MailUser,
        sink: SmtpSink,
        seed: int,
        change: Callable[[Settings], Settings] = lambda settings: settings,
    ) -> None:
        self.folder = folder
        self.user = user
        self.sink = sink
        self.dice = Random(seed)
        self.posted: list[Posted] = []
        self.open_talks: list[tuple[Talk, Review, str]] = []
        self.toll = Toll()
        plain = settings_of(folder, user.imap_port, sink.port, user.user, user.password, limits=_LIMITS)
        self.settings: Settings = change(plain)
        self.live(0)  # the first start leaves alone what is there

    def post(self, outcome: Outcome) -> None:
        """Put a message into the mailbox that must have this outcome."""
        number = len(self.posted) + 1
        review = named(_name(number), NORTHMERE)
        self._append(_message(outcome, number, review), outcome)

    def begin(self, talk: Talk) -> None:
        """The first message of a conversation; `go_on` posts what follows once we have answered."""
        number = len(self.posted) + 1
        review = named(_name(number), NORTHMERE)
        outcome = Outcome.COMPLIANT if talk is Talk.COPY else Outcome.GAPS
        self._append(opening(talk, number, review), outcome, review.name)
        self.open_talks.append((talk, review, self.posted[-1].message_id))

    def go_on(self) -> None:
        """What follows in each conversation whose first message has been answered by now."""
        with self._ledger() as ledger:
            sent = ledger.queries.outgoing(states=(OutgoingState.SENT,), per_page=10_000).rows
            first = {row.message_id: row.id for row in ledger.queries.messages(per_page=10_000).rows}
        for talk in list(self.open_talks):
            kind, review, message_id = talk
            answer = next((row for row in sent if row.answers == first.get(message_id) and row.kind in _ANSWERS), None)
            if answer is not None:
                self.open_talks.remove(talk)
                self._append(following(kind, len(self.posted) + 1, review, answer), Outcome.COMPLIANT, review.name)

    def _append(self, raw: bytes, outcome: Outcome, case: str = "") -> None:
        self.user.append(raw)
        header = str(BytesHeaderParser(policy=default).parsebytes(raw)["Message-ID"]).strip()
        self.posted.append(Posted(header, hashlib.sha256(crlf(raw)).hexdigest(), outcome, case))

    def live(self, die_at: int | str, folder: Path | None = None) -> bool:
        """One pass, in this data folder where one is named; True when the process was killed in it."""
        place = self.folder / "died-at"
        place.unlink(missing_ok=True)
        status = in_child(partial(self._pass, folder), Places(die_at, place), self.folder / "service.log")
        if os.WIFSIGNALED(status):
            self.toll.kills += 1
            self.toll.places[place.read_text(encoding="utf-8") if place.exists() else "elsewhere"] += 1
            return True
        if os.WEXITSTATUS(status) != 0:
            raise RuntimeError(f"a pass ended with status {os.WEXITSTATUS(status)}: see {self.folder}/service.log")
        return False

    def places(self) -> list[str]:
        """The places that a pass goes through which deals with what is posted now."""
        names, places = self.folder / "places", Places()

        def noted() -> None:
            self._pass()
            names.write_text("\n".join(places.passed), encoding="utf-8")

        in_child(noted, places, self.folder / "service.log")
        return names.read_text(encoding="utf-8").splitlines()

    def finish(self) -> Toll:
        """Let the service run until nothing is left to do, then compare."""
        for _ in range(8):
            self.live(0)
            self.go_on()
            with self._ledger() as ledger:
                if self.is_done(ledger) and not self.open_talks and self._all_arrived(ledger):
                    break
                self._take_up_again(ledger)
        with self._ledger() as ledger:
            self._compare(ledger)
        with open_archive(self.settings) as archive:
            stored = archive.store.verify(archive.ledger.queries.stored())
        self.toll.lost += [f"{name} is in no sound state in the message store" for name in stored.damaged]
        self.toll.lost += [f"{name} is not in the message store" for name in stored.missing]
        return self.toll

    def _pass(self, folder: Path | None = None) -> None:
        settings = self.settings
        if folder is not None:
            settings = structs.replace(settings, storage=structs.replace(settings.storage, folder=str(folder)))
        serve(settings, once=True)

    def _ledger(self) -> Ledger:
        return Ledger.open(self.settings.storage.ledger_url)

    def is_done(self, ledger: Ledger) -> bool:
        counts = ledger.queries.counts()
        waiting = {MessageState.ARRIVED, MessageState.SET_ASIDE}
        if any(counts.messages.get(state) for state in waiting) or counts.filings_due:
            return False
        rows = ledger.queries.outgoing(per_page=10_000, states=_UNSETTLED).rows
        return all(row.kind is MailKind.ACKNOWLEDGEMENT for row in rows)  # one whose forward is uncertain waits

    def _all_arrived(self, ledger: Ledger) -> bool:
        known = {row.message_id for row in ledger.queries.messages(per_page=100_000).rows}
        return all(posted.message_id in known for posted in self.posted)

    def _take_up_again(self, ledger: Ledger) -> None:
        """What was killed three times stands aside for a person; here is the person."""
        for row in ledger.queries.messages(states=(MessageState.SET_ASIDE,), per_page=10_000).rows:
            act = Act(by="Chaos", reason="its process was killed three times", at=datetime.now(UTC))
            ledger.actions.judge_again(row.id, act)

    def _compare(self, ledger: Ledger) -> None:
        toll = self.toll
        received = Counter(_message_id(mail.raw) for mail in self.sink.messages())
        outgoing = ledger.queries.outgoing(per_page=100_000).rows
        toll.doubled += [f"{each} arrived {count} times" for each, count in received.items() if count > 1]
        known = {row.message_id: row for row in outgoing}
        toll.doubled += [f"{each} arrived, and the ledger does not know it" for each in received if each not in known]
        per_version = Counter(
            (row.reference, row.version, row.kind, None if row.kind is MailKind.FORWARD else row.answers)
            for each in received
            if (row := known.get(each)) is not None and row.kind is not MailKind.NOTICE
        )
        toll.doubled += [f"{key} left {count} times" for key, count in per_version.items() if count > 1]
        toll.uncertain += sum(row.state is OutgoingState.UNCERTAIN for row in outgoing)
        self._account_for_messages(ledger)
        for row in outgoing:
            if row.state is OutgoingState.SENT and row.message_id not in received:
                toll.lost.append(f"mail {row.id} ({row.kind}) is sent, and never arrived")
        if not ledger.events.verify().sound:
            toll.wrong.append("the chain of events is broken")
        if not ledger.arrivals.balance("main", "INBOX", datetime.now(UTC)).balanced:
            toll.wrong.append("the mailbox ledger does not balance")

    def _account_for_messages(self, ledger: Ledger) -> None:
        toll = self.toll
        rows = {row.message_id: row for row in ledger.queries.messages(per_page=100_000).rows}
        stored = set(ledger.queries.stored())
        mails: dict[int | None, list[tuple[MailKind, OutgoingState]]] = {}
        for mail in ledger.queries.outgoing(per_page=100_000).rows:
            mails.setdefault(mail.answers, []).append((mail.kind, mail.state))
        kept = [crlf(mail.raw) for folder in self.user.folders() for mail in self.user.messages(folder)]
        in_mailbox = Counter(hashlib.sha256(raw).hexdigest() for raw in kept)
        for posted in self.posted:
            row = rows.get(posted.message_id)
            if row is None or row.sha256 != posted.sha256 or posted.sha256 not in stored:
                toll.lost.append(f"{posted.message_id} is not in the ledger with its own bytes")
                continue
            if in_mailbox[posted.sha256] != 1:
                toll.lost.append(f"{posted.message_id} is {in_mailbox[posted.sha256]} times in the mailbox")
            if row.outcome != posted.outcome:
                toll.wrong.append(f"{posted.message_id} became {row.outcome}, not {posted.outcome}: {row.state}")
            if not posted.case or posted.outcome is Outcome.GAPS:
                toll.lost += _missing(posted, mails.get(row.id, []))
        self._account_for_talks(ledger)

    def _account_for_talks(self, ledger: Ledger) -> None:
        """Each conversation is one submission, and each of its reports went once."""
        toll, names = self.toll, {posted.case for posted in self.posted if posted.case}
        rows = ledger.queries.submissions(per_page=10_000).rows
        for name in names:
            mine = [row for row in rows if row.case_name == name]
            if len(mine) != 1:
                toll.wrong.append(f"the conversation about {name} became {len(mine)} submissions")
                continue
            mails = [mail for mail in ledger.queries.submission(mine[0].reference).outgoing if _left(mail)]
            reports = Counter(mail.report_sha256 for mail in mails if mail.kind is MailKind.FORWARD)
            if not reports:
                toll.lost.append(f"the report of {name} never went")
            toll.doubled += [f"a report of {name} went {count} times" for count in reports.values() if count > 1]


def _left(mail: OutgoingRow) -> bool:
    return mail.state in {OutgoingState.SENT, OutgoingState.UNCERTAIN}


def _missing(posted: Posted, mails: list[tuple[MailKind, OutgoingState]]) -> list[str]:
    """The mail that a message must have led to and that neither left nor is flagged."""
    left = {kind for kind, state in mails if state in {OutgoingState.SENT, OutgoingState.UNCERTAIN}}
    sent = {kind for kind, state in mails if state is OutgoingState.SENT}
    due = {Outcome.COMPLIANT: {MailKind.FORWARD}, Outcome.GAPS: {MailKind.REPLY}}.get(posted.outcome, set())
    if MailKind.FORWARD in sent:
        due = due | {MailKind.ACKNOWLEDGEMENT}
    return [f"{posted.message_id}: no {kind}" for kind in due - left]


def _message(outcome: Outcome, number: int, review: Review) -> bytes:
    match outcome:
        case Outcome.COMPLIANT:
            return submission(number, review)
        case Outcome.GAPS:
            return submission(number, review, weblink="")
    return enquiry(number)


def _name(number: int) -> str:
    """A pseudonym for each number: two submissions must not be taken for one case."""
    name = ""
    for _ in range(3):
        number, place = divmod(number, len(_SYLLABLES))
        name += _SYLLABLES[place]
    return name.title()


def _message_id(raw: bytes) -> str:
    found = re.search(rb"^Message-ID:\s*(<[^>]+>)", raw, re.MULTILINE | re.IGNORECASE)
    return found[1].decode() if found else ""
