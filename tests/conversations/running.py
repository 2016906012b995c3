"""Running conversations: each in a mailbox and a data folder of its own, on servers that all of them share."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from intake.errors import IntakeError
from intake.logs import keep_quiet
from intake.sandbox.sandbox import Sandbox
from intake.wiring.children import start_sandbox
from tests.conversations.expectations import differences
from tests.conversations.reading import FormatError, read
from tests.conversations.records import Conversation, Step
from tests.conversations.relay import MoodyRelay
from tests.conversations.stage import CannotGoOn, Stage
from tests.conversations.ways import ByGraph, ByImapAndSmtp, Way
from tests.servers.dovecot import Dovecot
from tests.servers.graph import GraphServer

_MEMORY = Path("/dev/shm")  # noqa: S108 - where there is one, nobody waits for the disk


@dataclass(frozen=True, slots=True)
class Servers:
    """What all conversations share."""

    way: Way
    sandbox: Sandbox


@dataclass(frozen=True, slots=True)
class Result:
    """How one conversation went: nothing told means as expected."""

    name: str
    title: str
    told: tuple[str, ...]
    seconds: float

    @property
    def as_expected(self) -> bool:
        return not self.told


@contextmanager
def servers(transport: str = "imap-smtp") -> Iterator[Servers]:
    """Those of one way in and out, and a sandbox."""
    with ExitStack() as stack:
        if transport == "graph":
            way: Way = ByGraph(stack.enter_context(GraphServer()))
        else:
            way = ByImapAndSmtp(stack.enter_context(Dovecot()), stack.enter_context(MoodyRelay()))
        yield Servers(way, stack.enter_context(start_sandbox()))


def run_file(path: Path, shared: Servers) -> Result:
    """Read a file and run it; what is wrong with the file is told like any other difference."""
    started = time.monotonic()
    try:
        conversation = read(path)
    except FormatError as error:
        return Result(path.name, "cannot be read", (str(error),), time.monotonic() - started)
    told = run(conversation, shared)
    return Result(path.name, conversation.title, tuple(told), time.monotonic() - started)


def run(conversation: Conversation, shared: Servers) -> list[str]:
    """Every difference, with the step it showed at. A step that cannot be carried out ends the conversation."""
    keep_quiet()
    folder = Path(tempfile.mkdtemp(prefix="conversation-", dir=_MEMORY if _MEMORY.is_dir() else None))
    stage = Stage(folder, shared.way, shared.sandbox, conversation)
    told = []
    try:
        stage.serve()
        for number, step in enumerate(conversation.steps, 1):
            told += [f"step {number} ({_what(step)}): {text}" for text in _take(stage, step)]
        told += _at_the_end(stage)
    except CannotGoOn as error:
        told.append(f"cannot go on: {error}")
    except Exception as error:  # noqa: BLE001 - whatever it is, the other conversations go on
        message = error.message if isinstance(error, IntakeError) else str(error)
        told.append(f"stopped by {type(error).__name__}: {message}")
    finally:
        stage.restart()
        shutil.rmtree(folder, ignore_errors=True)
    return told


def _take(stage: Stage, step: Step) -> Iterator[str]:
    """Let the step happen, let the service do what it has to, and compare."""
    stage.change(step)
    for mail in step.mails:
        stage.arrive(mail)
    if step.bounce is not None:
        stage.report_delivery(step.bounce)
    if step.advance or step.until:
        stage.move(step)
    if step.command:
        yield from _command(stage, step)
    stage.serve(step.killed_at)
    yield from differences(stage, step)


def _command(stage: Stage, step: Step) -> Iterator[str]:
    code, said = stage.command(step.command)
    flat = " ".join(said.split())
    if step.refused and code not in {1, 2}:
        yield f"the command ended with {code}, expected a refusal (1 or 2): {flat}"
    if not step.refused and code != 0:
        yield f"the command was refused ({code}): {flat}"
    for words in step.prints:
        wanted = " ".join(stage.fill(words, stage.conversation.about).split())
        if wanted.casefold() not in flat.casefold():
            yield f"the command does not say “{wanted}”, but “{flat}”"


def _at_the_end(stage: Stage) -> Iterator[str]:
    """What holds after every conversation, whatever it was about."""
    if not stage.balance().balanced:
        yield "at the end: the mailbox's account does not balance"
    if not stage.sound():
        yield "at the end: the chain of events is broken"


def _what(step: Step) -> str:
    if step.note:
        return step.note
    if step.mails:
        return "mail: " + ", ".join(mail.label for mail in step.mails)
    if step.bounce is not None:
        return f"delivery report on {step.bounce.of}"
    if step.command:
        return "intake " + " ".join(step.command)
    return step.advance or step.until or step.relay or step.mailbox or "settings"
