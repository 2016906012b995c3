from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.commands.conftest import bare_run, settled
from tests.doctor.site import Servers, Site
from tests.servers.dovecot import Dovecot

__all__ = ["bare_run", "settled"]


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory, dovecot: Dovecot) -> Iterator[Servers]:
    made = Servers(tmp_path_factory.mktemp("servers"), dovecot)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def site(tmp_path: Path, servers: Servers, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """An installation in which all is well."""
    with ExitStack() as stack:
        yield Site(tmp_path, servers, monkeypatch, stack)
