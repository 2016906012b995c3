"""Faults of the ledger and of the log in the browser."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from typing import Any

from intake.doctor import Health
from intake.ledger import Account, Ledger, Role
from tests.doctor.site import Fault, Site


def _ledger(name: str, says: str, advises: str, plant: Callable[[Site], object]) -> Fault:
    return Fault(name, "ledger", says, advises, plant=plant)


def _schema(version: str) -> Callable[[Site], None]:
    return lambda site: _run(site, "UPDATE alembic_version SET version_num = ?", version)


def _run(site: Site, statement: str, *values: str) -> None:
    with closing(sqlite3.connect(site.ledger)) as connection, connection:
        connection.execute(statement, values)


def _opened(site: Site) -> Ledger:
    return site.stack.enter_context(Ledger.open(f"sqlite:///{site.ledger}", migrate=False))


def _alarm(site: Site) -> None:
    _opened(site).facts.alarm("relay", site.now, on=True, reason="It refuses connections.")


def _rewritten(site: Site) -> None:
    _alarm(site)
    # The ledger refuses a changed event; who can write to its file can take that refusal away.
    for trigger in _triggers(site):
        _run(site, f"DROP TRIGGER {trigger}")
    _run(site, "UPDATE events SET actor = 'somebody else'")


def _triggers(site: Site) -> list[str]:
    with closing(sqlite3.connect(site.ledger)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]


def _set_back(site: Site) -> None:
    site.now += timedelta(days=2)
    _alarm(site)
    site.now -= timedelta(days=2)


def _another_file(content: bytes) -> Callable[[Site], object]:
    return lambda site: site.put("data/ledger.sqlite", content)


def _torn(site: Site) -> None:
    whole = site.ledger.read_bytes()
    site.ledger.write_bytes(whole[:4096] + b"\xff" * 40_000 + whole[44_096:])


def _folder_as_ledger(site: Site) -> None:
    site.data.joinpath("ledger.sqlite").mkdir()


def _postgresql(name: str, says: str, advises: str, address: str, password: str | None = None) -> Fault:
    def plant(site: Site) -> None:
        site.set("storage.ledger", f"postgresql://{address.replace('PORT', str(site.servers.postgresql.port))}")
        if password is not None:
            site.put("ledger-password", password)
            site.set("storage.ledger_password_file", "ledger-password")

    return _ledger(name, says, advises, plant)


LEDGERS = (
    _ledger("a newer ledger", "written by a newer version of this program (schema 9999)", "Install that version",
        _schema("9999")),
    _ledger("an earlier ledger", "of an earlier version of this program (schema 0003)", "Start intake run once",
        _schema("0003")),
    _ledger("an empty file as ledger", "The ledger is empty", "Start intake run once", _another_file(b"")),
    _ledger("another file as ledger", "file is not a database", "Name the ledger's own file",
        _another_file(b"a spreadsheet\n" * 1000)),
    _ledger("a torn ledger", "malformed", "restore a backup", _torn),
    _ledger("a folder as ledger", "unable to open database file", "owner and permissions", _folder_as_ledger),
    _ledger("a rewritten ledger", "Event 1 is not as it was written", "who could write", _rewritten),
    Fault("an unknown kind of ledger", "ledger", "cannot live in a database of the kind mysql", "sqlite:////path", {
        "storage.ledger": "mysql://intake@127.0.0.1/intake"}),
    Fault("PostgreSQL is down", "ledger", "connection", "Start the database server", {
        "storage.ledger": "postgresql://intake@127.0.0.1:1/intake"}),
    _postgresql("PostgreSQL knows no such role", 'role "intake" does not exist', "createuser",
        "intake@127.0.0.1:PORT/postgres"),
    _postgresql("PostgreSQL has no such database", 'database "intake" does not exist', "createdb",
        "postgres@127.0.0.1:PORT/intake"),
    _postgresql("PostgreSQL's password is wrong", "password authentication failed", "ledger_password_file",
        "locked@127.0.0.1:PORT/postgres", "wrong"),
    _postgresql("PostgreSQL wants a password", "no password supplied", "ledger_password_file",
        "locked@127.0.0.1:PORT/postgres"),
    _postgresql("PostgreSQL bars the role", "pg_hba.conf rejects connection", "pg_hba.conf",
        "barred@127.0.0.1:PORT/postgres"),
    _postgresql("PostgreSQL has no TLS", "does not support SSL", "Switch TLS on",
        "postgres@127.0.0.1:PORT/postgres?sslmode=require"),
    _postgresql("PostgreSQL's database is empty", "The ledger is empty", "Start intake run once",
        "postgres@127.0.0.1:PORT/postgres"),
    Fault("a clock that was set back", "times", "This machine's clock was set back", "Set this machine's clock",
        plant=_set_back),
    Fault("an alarm", "waiting", "Alarm “relay” is on since", "It refuses connections", plant=_alarm,
        health=Health.WARNING),
)  # fmt: skip


# --- the log in the browser -------------------------------------------------------------------------------


def _taken(key: str) -> Callable[[Site], None]:
    def plant(site: Site) -> None:
        listening = site.stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        site.set(key, listening.getsockname()[1])

    return plant


def _served(key: str = "", **changes: Any) -> Callable[[Site], None]:
    """A certificate of the log's own, with these facts; `key` is whose key stands beside it."""

    def plant(site: Site) -> None:
        made = site.servers.certificate("log-" + "-".join(map(str, changes.values())), **changes)
        other = site.servers.certificate(key) if key else made
        site.set("web.tls_certificate_file", str(made.certificate))
        site.set("web.tls_key_file", str(other.key))

    return plant


def _accounts(*roles: Role, disabled: bool = False) -> Callable[[Site], None]:
    def plant(site: Site) -> None:
        assert site.ledger.exists()
        for number, role in enumerate(roles):
            account = Account(
                name=f"a{number}",
                display_name="A",
                role=role,
                password_hash="x",
                disabled=disabled,
                created_at=site.now,
            )
            _opened(site).people.add(account)

    return plant


def _by_provider(issuer: Callable[[Site], str], **groups: list[str]) -> Callable[[Site], None]:
    def plant(site: Site) -> None:
        site.put("oidc-secret", "s")
        site.set("web.sign_in", "oidc")
        keys = {"issuer": issuer(site), "client_id": "log", "client_secret_file": "oidc-secret"}
        for key, value in {"caseworker_groups": ["team"], **groups, **keys}.items():
            site.set(f"web.oidc.{key}", value)

    return plant


def _pages(name: str, says: str, advises: str, plant: Callable[[Site], object], **more: Any) -> Fault:
    return Fault(name, "pages", says, advises, plant=plant, **more)


def _sign_in(name: str, says: str, advises: str, plant: Callable[[Site], object], **more: Any) -> Fault:
    return Fault(name, "sign-in", says, advises, plant=plant, **more)


def _no_secret(site: Site) -> None:
    _by_provider(lambda _: site.servers.provider.issuer)(site)
    (site.folder / "oidc-secret").unlink()


def _same_port(site: Site) -> None:
    site.set("web.health_port", site.values["web"]["port"])


PAGES = (
    _pages("the log's port is taken", "Something else listens on 127.0.0.1", "name another port", _taken("web.port")),
    _pages("health's port is taken", "Something else listens on 127.0.0.1", "name another port",
        _taken("web.health_port")),
    _pages("one port for both", "web.health_port is web.port", "another health_port", _same_port),
    Fault("another machine's address", "pages", "cannot be served on 192.0.2.7", "Correct [web] host", {
        "web.host": "192.0.2.7", "web.trusted_proxies": ["192.0.2.8"]}),
    Fault("a certificate without its key", "pages", "one of them is not named", "Name both", {
        "web.tls_certificate_file": "a.pem"}),
    Fault("no certificate of the log", "pages", "cannot be read", "both files' names", {
        "web.tls_certificate_file": "a.pem", "web.tls_key_file": "a.key"}),
    _pages("another certificate's key", "do not belong together", "tls_certificate_file", _served(key="another")),
    _pages("the log's certificate is over", "certificate has ended", "renewed", _served(days=-2)),
    _pages("the log's certificate is nearly over", "certificate ends in", "renewed", _served(days=4),
        health=Health.WARNING),
    Fault("an address without https://", "pages", "is not the address of a page", "https://", {
        "web.public_url": "log.northmere.gov.uk"}),
    Fault("the log over an open line", "pages", "begins with http", "Use https", {
        "web.public_url": "http://log.northmere.gov.uk"}, health=Health.WARNING),
)  # fmt: skip

SIGN_INS = (
    _sign_in("nobody has an account", "there is no account", "intake user add", _accounts(), health=Health.WARNING),
    _sign_in("every account is switched off", "there is no account", "intake user add",
        _accounts(Role.CASEWORKER, disabled=True), health=Health.WARNING),
    _sign_in("readers alone", "may act", "intake user role", _accounts(Role.READER, Role.READER),
        health=Health.WARNING),
    _sign_in("no group may sign in", "Nobody can sign in: no group is named", "caseworker_groups",
        _by_provider(lambda site: site.servers.provider.issuer, caseworker_groups=[])),
    _sign_in("no group may act", "Nobody may act: no group is named", "caseworker_groups",
        _by_provider(lambda site: site.servers.provider.issuer, caseworker_groups=[], reader_groups=["all"])),
    _sign_in("the issuer is away", "refuses connections", "Check host", _by_provider(lambda _: "http://127.0.0.1:1")),
    _sign_in("an unknown issuer", "is not an issuer: it answers 404", "Check [web.oidc] issuer",
        _by_provider(lambda site: f"{site.servers.provider.issuer}/tenant")),
    _sign_in("an issuer of another name", "says that it is another one", "what the provider calls itself",
        _by_provider(lambda site: site.servers.provider.issuer.replace("127.0.0.1", "localhost"))),
    _sign_in("no secret of the sign-in", "cannot be read", "mode 0600", _no_secret),
)  # fmt: skip

FAULTS = (*LEDGERS, *PAGES, *SIGN_INS)
