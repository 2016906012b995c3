"""Where a conversation takes place: one mailbox, one relay and one data folder, a clock, and what steps do to them."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import io
import json
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

from intake import cli
from intake.credentials import Credentials
from intake.ledger import OutgoingRow, SubmissionRow
from intake.model import OutgoingState
from intake.sandbox.sandbox import Sandbox
from intake.service.service import Service, Threads
from intake.settings import Settings, parse_settings
from intake.wiring import office as offices
from intake.wiring.office import Office, open_office
from intake.wiring.service import build_crew
from tests.conversations.clock import Clock, moment
from tests.conversations.composing import Thread, compose, delivery_report, names
from tests.conversations.configuration import as_toml, merged
from tests.conversations.files import Cabinet
from tests.conversations.outgoing import Sent, sha256_of
from tests.conversations.records import Bounce, Conversation, Mail, Step
from tests.conversations.ways import Way
from tests.durability.faults import Places, in_child
from tests.servers.dovecot import MailUser
from tests.servers.smtp_sink import SmtpSink
from tests.service.world import World

_MOST_PASSES = 4


class CannotGoOn(Exception):
    """The next step speaks of something that did not come to pass."""


class Kept(dict[str, bytes]):
    """Mails by their label."""

    def __missing__(self, label: str) -> bytes:
        raise CannotGoOn(f"the mail “{label}” never left")


_WAITING = (
    OutgoingState.HELD,
    OutgoingState.QUEUED,
    OutgoingState.SENDING,
    OutgoingState.DATA_STARTED,
    OutgoingState.DEFERRED,
    OutgoingState.UNCERTAIN,
    OutgoingState.FAILED,
)
_DECIDING = frozenset({"release", "hold", "retry", "override", "join", "split", "withdraw", "settle"})
_NAMED = re.compile(r"\{([a-z]+)\}")
_CASE = re.compile(r"\bcase (\d+)\b")


class Stage(World):
    """One conversation's world."""

    def __init__(self, folder: Path, way: Way, sandbox: Sandbox, conversation: Conversation) -> None:
        started = moment(conversation.starts)
        assert started is not None  # the reader saw to it
        self.time = Clock(started)
        self.way = way
        user = way.add_user()
        # Either keeps mail as a `MailUser` does; what left is asked of the way itself.
        super().__init__(folder, cast("MailUser", user), cast("SmtpSink", None), sandbox, clock=self.time)
        self.conversation = conversation
        self.labels = Kept()  # mails that came or left, by label
        self.uids: dict[str, list[int]] = {}  # of mails that came
        self.cabinet = Cabinet(self.labels)
        self.latest_sender = ""
        self._tables = merged(way.base(user), conversation.settings)
        self._known: tuple[str, Settings] | None = None
        self._life = contextlib.ExitStack()
        self._office: tuple[Settings, Office] | None = None

    # --- the configuration -----------------------------------------------------------------------------------

    @property
    def settings(self) -> Settings:
        text = as_toml(self._tables)
        if self._known is None or self._known[0] != text:
            secret = self.folder / "password"
            secret.touch(mode=0o600)
            secret.write_text(self.user.password, encoding="utf-8")
            (self.folder / "intake.toml").write_text(text, encoding="utf-8")
            self._known = text, parse_settings(text, "settings", self.folder)
        return self._known[1]

    def change(self, step: Step) -> None:
        """The step's circumstances, which last until another step changes them."""
        if step.restart:
            self.restart()
        self._tables = merged(self._tables, step.settings)
        if step.mailbox:
            self.way.mailbox(self._tables, self.user, step.mailbox)
        if step.relay:
            self.way.relay(self._tables, step.relay)

    # --- what happens ----------------------------------------------------------------------------------------

    def arrive(self, mail: Mail) -> None:
        """A mail comes in."""
        about = mail.about or self.conversation.about
        if mail.again:
            raw = self.labels[mail.again]
        else:
            files = [self.cabinet.attachment(each, about) for each in mail.attach]
            raw = compose(
                mail,
                about=about,
                files=files,
                answered=Thread.of(self.labels[mail.answers]) if mail.answers else None,
                message_id=self._message_id(mail),
                now=self.time(),
                fill=self.fill,
            )
        self._post(mail.label, raw, self.time() - timedelta(days=mail.days_old))
        self.latest_sender = str(message_from_bytes(raw, policy=default)["From"].addresses[0].addr_spec)

    def report_delivery(self, bounce: Bounce) -> None:
        """A delivery report on a mail of ours comes in."""
        raw = self.labels[bounce.of]
        message_id = str(message_from_bytes(raw, policy=default)["Message-ID"]).strip()
        row = next(row for row in self.outgoing() if row.message_id == message_id)
        self._post(bounce.label, delivery_report(bounce, raw, row.envelope_id, self.time()), self.time())

    def command(self, words: Sequence[str]) -> tuple[int, str]:
        """A member of staff runs a command; its exit code, and what it said."""
        name, *rest = [self._command_word(word) for word in words]
        if name in _DECIDING:
            rest += ["--by", "A. Caseworker"] if "--by" not in rest else []
            rest += ["--reason", "as the team agreed"] if "--reason" not in rest else []
        _ = self.settings  # writes the file, where it is new
        said = io.StringIO()
        with self._as_if_now(name), redirect_stdout(said), redirect_stderr(said):
            code = cli.main([name, *rest, "--config", str(self.folder / "intake.toml")])
        return code, said.getvalue()

    def move(self, step: Step) -> None:
        """Time goes by."""
        if step.advance:
            self.time.advance(step.advance)
        target = moment(step.until)
        if target is not None:
            self.time.until(target)

    def _command_word(self, word: str) -> str:
        kind, _, label = word.partition(" ")
        if kind == "message" and label in self.uids:
            return str(self.message_number(label))
        if kind == "mail" and label in self.labels:
            return str(self._outgoing_number(label))
        if kind == "file" and label in self.cabinet.labelled:
            return sha256_of(self.cabinet.labelled[label])
        if kind == "doubt":
            return self._doubt_number(label)
        return self.fill(word, self.conversation.about)

    @contextmanager
    def _as_if_now(self, name: str) -> Iterator[None]:
        """The command reads the conversation's clock, and its children are those that run already."""
        with contextlib.ExitStack() as stack:
            with contextlib.suppress(ModuleNotFoundError):
                module = importlib.import_module(f"intake.commands.{name}")
                if hasattr(module, "utc_now"):
                    stack.enter_context(patch.object(module, "utc_now", self.time))
            stack.enter_context(
                patch.object(offices, "start_sandbox", lambda *_, **__: contextlib.nullcontext(self.sandbox))
            )
            yield

    def serve(self, killed_at: Sequence[str] = ()) -> None:
        """The service does all it has to do now; where it is to be killed, a life begins and ends for each place."""
        if killed_at:
            self.restart()
        for place in killed_at:
            status = in_child(self._one_life, Places(place), self.folder / "service.log")
            if not os.WIFSIGNALED(status):
                raise RuntimeError(f"the service was not killed: it never comes by “{place}”")
        office = self._running()
        for _ in range(_MOST_PASSES):
            threads = Threads()
            crew = build_crew(self.settings, office, threads, Credentials(self.settings), self.time)
            try:
                asyncio.run(Service(crew, threads, 5).once())
            finally:
                threads.close()
            if not self._more_to_do(office.archive.ledger):
                break

    def restart(self) -> None:
        """The service ends; the next step finds it started anew."""
        self._life.close()
        self._office = None

    def _running(self) -> Office:
        """The service as it runs: from one step to the next, until its configuration changes."""
        if self._office is None or self._office[0] is not self.settings:
            self.restart()
            self._office = self.settings, self._life.enter_context(self.office())
        return self._office[1]

    def _one_life(self) -> None:
        with open_office(self.settings, migrate=True) as office:
            threads = Threads()
            crew = build_crew(self.settings, office, threads, Credentials(self.settings), self.time)
            asyncio.run(Service(crew, threads, 5).once())

    def _more_to_do(self, ledger: Any) -> bool:
        now = self.time()
        owed = ledger.notices.next_due()
        queued = ledger.queries.outgoing(states=(OutgoingState.QUEUED,), per_page=100).rows
        return (owed is not None and owed <= now) or any(self._may_leave(row, now) for row in queued)

    def _may_leave(self, row: OutgoingRow, now: datetime) -> bool:
        return row.due_at <= now and str(row.kind) != "acknowledgement"  # that one waits for its forward

    # --- looking ---------------------------------------------------------------------------------------------

    def left(self) -> list[Sent]:
        """What left since this was last asked."""
        return [Sent.of(mail) for mail in self.way.take()]

    def submissions(self) -> list[SubmissionRow]:
        """Case 1 first."""
        with self.ledger() as ledger:
            return sorted(ledger.queries.submissions(per_page=100).rows, key=lambda row: row.id)

    def show(self, reference: str) -> dict[str, Any]:
        """What `intake show REF --json` says."""
        code, said = self.command(("show", reference, "--json"))
        if code:
            raise RuntimeError(f"intake show failed: {said}")
        found: dict[str, Any] = json.loads(said)
        return found

    def waiting(self) -> list[str]:
        """What lies in the outbox and has not left for certain: `reply queued`, `forward held` …"""
        return sorted(f"{row.kind} {row.state}" for row in self.outgoing() if row.state in _WAITING)

    def message_number(self, label: str) -> int:
        """The ledger's number of a mail that came."""
        return next(row.id for row in self.messages() if row.uid == self.uids[label][-1])

    def message_state(self, label: str) -> str:
        """What became of a mail that came."""
        return next((str(row.state) for row in self.messages() if row.uid == self.uids[label][-1]), "not seen")

    def fill(self, text: str, about: str) -> str:
        """The text with {weblink}, {csp} … and {case 1} filled in."""
        known = names(about)
        text = _NAMED.sub(lambda found: known.get(found[1], found[0]), text)
        if "case " not in text:
            return text
        rows = self.submissions() if _CASE.search(text) else []
        bare = bool(_CASE.fullmatch(text))

        def reference(found: re.Match[str]) -> str:
            at = int(found[1]) - 1
            return rows[at].reference if at < len(rows) else found[0]

        pattern = _CASE if bare else re.compile(r"\{case (\d+)\}")
        return pattern.sub(reference, text)

    # --- inside ----------------------------------------------------------------------------------------------

    def _post(self, label: str, raw: bytes, received: datetime) -> None:
        if received > datetime.now(UTC):  # the mail server would not believe it
            raise CannotGoOn("its time has overtaken the mail server's clock; let it start earlier")
        self.labels[label] = raw
        self.uids.setdefault(label, []).append(self.post(raw, internaldate=received))

    def _message_id(self, mail: Mail) -> str:
        if mail.message_id:
            return Thread.of(self.labels[mail.message_id.removeprefix("same as ")]).message_id
        name = re.sub(r"[^A-Za-z0-9]+", "-", mail.label)
        return f"<{name}.{self.user.user}@mail.example>"

    def _outgoing_number(self, label: str) -> int:
        message_id = Thread.of(self.labels[label]).message_id
        return next(row.id for row in self.outgoing() if row.message_id == message_id)

    def _doubt_number(self, code: str) -> str:
        for row in self.submissions():
            for doubt in self.show(row.reference).get("doubts", []):
                if doubt["code"] == code and doubt["closed_at"] is None:
                    return str(doubt["id"])
        return code
