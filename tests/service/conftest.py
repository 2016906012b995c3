from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.sandbox.sandbox import Sandbox
from intake.wiring.children import start_sandbox
from tests.servers.dovecot import MailUser
from tests.servers.smtp_sink import SmtpSink
from tests.service.world import World


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with start_sandbox() as opened:
        yield opened


@pytest.fixture
def world(tmp_path: Path, mail_user: MailUser, smtp_sink: SmtpSink, sandbox: Sandbox) -> World:
    """A service that was never started, and an empty mailbox."""
    return World(tmp_path, mail_user, smtp_sink, sandbox)
