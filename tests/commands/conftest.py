"""A service that has done some work, once for all these tests; each gets a copy of its folder."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from intake import cli
from intake.ledger import Ledger
from intake.wiring.children import start_sandbox
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink
from tests.service.world import World, enquiry, named, submission


@dataclass(frozen=True)
class Answer:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Answer]


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory, dovecot: Dovecot) -> Iterator[World]:
    """DHR-…-0001 is complete, DHR-…-0002 waits for the CSP, message 3 was left alone."""
    with SmtpSink() as relay, start_sandbox() as sandbox:
        yield settle(World(tmp_path_factory.mktemp("settled"), dovecot.add_user(), relay, sandbox))


def settle(world: World) -> World:
    """DHR-…-0001 is complete, DHR-…-0002 waits for the CSP, message 3 was left alone."""
    world.start()
    for raw in (submission(1, named("Bea")), submission(2, named("Cora"), weblink=""), enquiry(3)):
        world.post(raw)
    world.run(2)
    return world


@pytest.fixture
def folder(settled: World, tmp_path: Path) -> Path:
    """A copy of its folder: configuration, secret, ledger and messages."""
    copy = tmp_path / "installation"
    shutil.copytree(settled.folder, copy)
    return copy


@pytest.fixture
def ledger(folder: Path) -> Iterator[Ledger]:
    with Ledger.open(f"sqlite:///{folder / 'data' / 'ledger.sqlite'}", migrate=False) as opened:
        yield opened


@pytest.fixture
def bare_run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Run a command with exactly these arguments."""
    monkeypatch.setenv("COLUMNS", "80")

    def run(*arguments: object) -> Answer:
        capsys.readouterr()
        code = cli.main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Answer(code, said.out, said.err)

    yield run
    structlog.reset_defaults()
    logging.disable(logging.NOTSET)
    logging.captureWarnings(capture=False)


@pytest.fixture
def run(bare_run: Run, folder: Path) -> Run:
    """Run a command on the copy."""
    return lambda *arguments: bare_run(*arguments, "--config", folder / "intake.toml")
