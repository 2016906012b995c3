"""The servers as pytest fixtures. `tests/conftest.py` imports them, so every test can ask for them by name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers import postfix as postfix_server
from tests.servers.dovecot import Dovecot, MailUser
from tests.servers.graph import GraphServer
from tests.servers.postfix import Postfix
from tests.servers.relay import Relay
from tests.servers.smtp_sink import SmtpSink


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """One Dovecot for all tests: make users of your own on it, leave it running."""
    with Dovecot() as server:
        yield server


@pytest.fixture
def mail_user(dovecot: Dovecot) -> MailUser:
    """A user with an empty mailbox that no other test has."""
    return dovecot.add_user()


@pytest.fixture
def own_dovecot() -> Iterator[Dovecot]:
    """A Dovecot that the test may freeze, stop and restart."""
    with Dovecot() as server:
        yield server


@pytest.fixture
def smtp_sink() -> Iterator[SmtpSink]:
    """A running sink; `smtp_sink.start(refuse=["RCPT"])` changes its manners."""
    with SmtpSink() as server:
        yield server


@pytest.fixture
def graph() -> Iterator[GraphServer]:
    """A Microsoft Graph without users."""
    with GraphServer() as server:
        yield server


@pytest.fixture
def relay() -> Iterator[Relay]:
    """A relay with STARTTLS, a login and a size limit."""
    with Relay() as server:
        yield server


@pytest.fixture(scope="session")
def postfix(dovecot: Dovecot) -> Iterator[Postfix]:
    """Real Postfix in front of `dovecot`: mail to USER@intake.test reaches that user."""
    if not postfix_server.is_possible():
        pytest.skip("Postfix's master runs only under root")
    with Postfix(dovecot.lmtp_port) as server:
        yield server
