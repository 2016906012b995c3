"""A PostgreSQL server of the tests' own on a loopback port, with a new database for each test."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import time
from pathlib import Path

import psycopg

from tests.servers import places
from tests.servers.process import START_SECONDS, ServerError, ServerProcess

_HOST = "127.0.0.1"
# As a firewall or a restart of the server breaks them.
BREAK_SESSIONS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid != pg_backend_pid()"
)


class PostgreSQL:
    """A cluster that forgets everything when it stops: no password, and no fsync unless it is asked for."""

    def __init__(self, fsync: str = "off") -> None:
        self._folder = places.own_folder("postgresql")
        self.binaries, self.libraries = binaries, libraries = _binaries()
        environment = {"LD_LIBRARY_PATH": libraries} if libraries else {}
        (self.port,) = places.free_ports(1)
        account, data = places.server_account(), self._folder / "data"
        subprocess.run(
            [binaries / "initdb", "-D", data, "-A", "trust", "-U", "postgres", "-N", "--locale=C", "-E", "UTF8"],
            check=True,
            capture_output=True,
            cwd=self._folder,
            env={"PATH": os.environ["PATH"], **environment},
            user=account.uid if account.differs else None,
            group=account.gid if account.differs else None,
        )
        settings = {
            "listen_addresses": _HOST,
            "unix_socket_directories": self._folder,
            "port": self.port,
            "fsync": fsync,
            "max_connections": 60,
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self._server = ServerProcess(
            [str(binaries / "postgres"), "-D", str(data), *options],
            folder=self._folder,
            log=self._folder / "log",
            account=account,
            environment=environment,
        )
        self._server.wait_for(self.port)
        self._wait()
        self._numbers = itertools.count(1)

    def new_database(self, template: str = "template1") -> str:
        """The URL of a new database."""
        name = f"ledger_{next(self._numbers)}"
        with psycopg.connect(host=_HOST, port=self.port, user="postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return f"postgresql://postgres@{_HOST}:{self.port}/{name}"

    def let_in(self, rules: str, statements: str) -> None:
        """Put rules before those that let everybody in (pg_hba.conf), and run these statements."""
        file = self._folder / "data" / "pg_hba.conf"
        file.write_text(f"{rules}\n{file.read_text()}")
        with psycopg.connect(host=_HOST, port=self.port, user="postgres", autocommit=True) as connection:
            connection.execute(statements.encode())
            connection.execute("SELECT pg_reload_conf()")

    def _wait(self) -> None:
        """It takes connections a moment before it serves them."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(host=_HOST, port=self.port, user="postgres").close()
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        self._server.stop()
        shutil.rmtree(self._folder)


def _binaries() -> tuple[Path, str]:
    """The folder with initdb and postgres, and the libraries they need: unpacked ones first, then the machine's."""
    given = os.environ.get("INTAKE_SERVERS")
    roots = [Path(given)] if given else []
    if (places.SERVERS / "postgresql").is_dir():
        roots.append(places.unpacked("postgresql"))
    for root in roots:
        for found in sorted(root.glob("usr/lib/postgresql/*/bin"), reverse=True):
            return found, places.library_path(root)
    for found in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        return found, ""
    raise ServerError("PostgreSQL is not here: run scripts/servers.py postgresql, or set INTAKE_SERVERS")
