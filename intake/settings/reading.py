"""Reading the settings file: strictly, and with what must hold between settings that are each right by themselves.

Unknown and mistyped keys are refused with their line and a suggestion; relative paths count from the file's folder; a
password never goes over an unencrypted connection. Broken rules are yielded as a place in the file and one sentence.
"""

from __future__ import annotations

import ipaddress
import os
import re
import zoneinfo
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from intake.errors import ConfigurationError
from intake.settings.secret import locate_secret
from intake.settings.sections import MailboxSettings, Proxy, RelaySettings, Settings, Storage
from intake.settings.strict_toml import Where, read_table

ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
DOMAIN = re.compile(r"(?:\*\.)?[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")

Broken = Iterator[tuple[Where, str]]


def read_settings(path: Path) -> Settings:
    """Read the settings file. Raises ConfigurationError, with every problem, when it is not right."""
    return parse_settings(read_file(path, "settings file", "--config"), str(path), path.resolve().parent)


def read_file(path: Path, what: str, option: str) -> str:
    """The text of a file that an option names. Raises ConfigurationError."""
    try:
        return path.read_text(encoding="utf-8-sig")  # an editor may have put a byte-order mark in front
    except (OSError, UnicodeDecodeError) as error:
        told = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ConfigurationError(
            f"The {what} {path} cannot be read: {told}.", f"Name the right one with {option}."
        ) from error


def parse_settings(text: str, source: str, folder: Path) -> Settings:
    """The settings in `text`; relative paths count from `folder`."""
    return read_table(text, source, Settings, resolver(folder), broken_rules)


def resolver(folder: Path) -> Callable[[str, str], str]:
    """Makes the paths that a file in this folder names whole."""

    def resolve(sort: str, value: str) -> str:
        return locate_secret(value, folder) if sort == "secret" else os.path.normpath(folder / value)

    return resolve


def broken_rules(settings: Settings) -> Broken:
    """Everything that does not fit together."""
    yield from _addresses(settings)
    yield from _mailboxes(settings)
    yield from _graph(settings) if settings.by_graph else _relay(settings.relay)
    yield from _oauth(settings)
    yield from _proxy(settings.proxy)
    yield from _web(settings)
    yield from _storage(settings)
    yield from _others(settings)


def is_loopback(host: str) -> bool:
    """Does this name only this machine? Names other than `localhost` are not looked up."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _addresses(settings: Settings) -> Broken:
    relay, service, recipients = settings.relay, settings.service, settings.recipients
    single: list[tuple[Where, str, bool]] = [
        (("service", "address"), service.address, True),
        (("recipients", "commissioner"), recipients.commissioner, True),
        (("relay", "envelope_sender"), relay.envelope_sender, False),
        (("canary", "address"), settings.canary.address, False),
    ]
    single += [(("recipients", "staff"), address, True) for address in recipients.staff]
    single += [(("senders", "trusted_addresses"), address, True) for address in settings.senders.trusted_addresses]
    for where, address, needed in single:
        if (needed or address) and not ADDRESS.fullmatch(address):
            yield where, f"{'.'.join(map(str, where))} must be an email address such as name@example.gov.uk"
    for where, patterns in (
        (("senders", "trusted_domains"), settings.senders.trusted_domains),
        (("senders", "retired_domains"), settings.senders.retired_domains),
    ):
        if not all(DOMAIN.fullmatch(pattern) for pattern in patterns):
            yield where, f'{".".join(where)} holds domains such as "example.gov.uk" or "*.gov.uk"'
    if not all(ADDRESS.fullmatch(one) or DOMAIN.fullmatch(one) for one in settings.trial.allow):
        yield ("trial", "allow"), "trial.allow holds email addresses and domains"
    if not recipients.staff:
        yield ("recipients", "staff"), "recipients.staff needs at least one address: reviews and alarms go there"


def _mailboxes(settings: Settings) -> Broken:
    if not settings.mailboxes:
        yield ("mailboxes",), "at least one [[mailboxes]] section is needed"
    names = [mailbox.name for mailbox in settings.mailboxes]
    for index, mailbox in enumerate(settings.mailboxes):
        where: Where = ("mailboxes", index)
        if names.index(mailbox.name) != index:
            yield (*where, "name"), "mailboxes.name must be different for each mailbox: the ledger knows them by it"
        if not settings.by_graph:
            yield from _line("mailboxes", where, mailbox)
            if mailbox.auth == "password" and not mailbox.password_file:
                yield (*where, "auth"), "mailboxes.password_file must name the file that holds the password"
        if not mailbox.folders or not all(mailbox.folders):
            yield (*where, "folders"), 'mailboxes.folders needs at least one folder, such as "INBOX"'
        filing = mailbox.filing
        targets = {filing.compliant, filing.gaps, filing.review, filing.duplicate, filing.set_aside, filing.canary}
        if targets & set(mailbox.folders):
            yield (*where, "folders"), "a folder that is watched cannot also be one that messages are filed in"


def _line(name: str, where: Where, line: MailboxSettings | RelaySettings) -> Broken:
    if line.tls == "none" and not is_loopback(line.host):
        yield (
            (*where, "tls"),
            f'{name}.tls = "none" is only possible to this machine itself (127.0.0.1, ::1 or localhost)',
        )
    if not line.host or not re.fullmatch(r"[\w.:\[\]-]+", line.host):
        yield (*where, "host"), f"{name}.host must be a server's name or address"


def _relay(relay: RelaySettings) -> Broken:
    yield from _line("relay", ("relay",), relay)
    if relay.auth != "none" and not relay.username:
        yield ("relay", "auth"), "relay.auth needs relay.username too"
    if relay.auth == "password" and not relay.password_file:
        yield ("relay", "auth"), "relay.password_file must name the file that holds the password"


def _graph(settings: Settings) -> Broken:
    if not _is_web_address(settings.graph.endpoint):
        yield ("graph", "endpoint"), "graph.endpoint must begin with https://"
    if settings.relay.verp or settings.relay.envelope_sender:
        yield (
            ("relay",),
            "relay.verp and relay.envelope_sender are for SMTP: with Microsoft Graph bounces go to the sending mailbox",
        )


def _proxy(proxy: Proxy) -> Broken:
    parts = urlsplit(proxy.url)
    if proxy.url and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.username):
        yield (
            ("proxy", "url"),
            "proxy.url must be an address such as http://proxy.example.gov.uk:3128, with the name in proxy.username",
        )
    if bool(proxy.username) != bool(proxy.password_file):
        yield ("proxy", "username"), "proxy.username and proxy.password_file go together"
    if not all(DOMAIN.fullmatch(pattern) for pattern in proxy.direct):
        yield ("proxy", "direct"), 'proxy.direct holds names such as "login.example.gov.uk" or "*.example.gov.uk"'


def _is_web_address(text: str) -> bool:
    """Is it https, or this machine itself?"""
    parts = urlsplit(text)
    host = parts.hostname or ""
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host)))


def _oauth(settings: Settings) -> Broken:
    oauth = settings.oauth
    by_token = settings.relay.auth == "xoauth2" or any(mailbox.auth != "password" for mailbox in settings.mailboxes)
    wanted = settings.by_graph or by_token
    if wanted and not (oauth.token_endpoint and oauth.client_id):
        yield ("oauth",), "signing in with OAuth2 needs oauth.token_endpoint and oauth.client_id"
    by_certificate = bool(oauth.certificate_file and oauth.certificate_key_file)
    if wanted and by_certificate == bool(oauth.client_secret_file):
        yield (
            ("oauth",),
            "[oauth] needs client_secret_file, or certificate_file with certificate_key_file, and not both",
        )
    if oauth.token_endpoint and not _is_web_address(oauth.token_endpoint):
        yield ("oauth", "token_endpoint"), "oauth.token_endpoint must begin with https://"
    if oauth.secret_expires:
        try:
            date.fromisoformat(oauth.secret_expires)
        except ValueError:
            yield ("oauth", "secret_expires"), 'oauth.secret_expires must be a date such as "2027-03-31"'


def _web(settings: Settings) -> Broken:
    web = settings.web
    protected = bool(web.trusted_proxies) or bool(web.tls_certificate_file and web.tls_key_file)
    if not is_loopback(web.host) and not protected:
        yield (
            ("web", "host"),
            "web.host beyond this machine needs tls_certificate_file and tls_key_file, or trusted_proxies",
        )
    if web.sign_in == "oidc" and not (web.oidc.issuer and web.oidc.client_id and web.oidc.client_secret_file):
        yield ("web", "sign_in"), 'web.sign_in = "oidc" needs issuer, client_id and client_secret_file in [web.oidc]'


def _ledger(settings: Settings) -> Broken:
    """Whoever may read the settings must not learn a password from them."""
    address = settings.storage.ledger
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = None
    if parts is None or (address and "://" not in address):
        yield (
            ("storage", "ledger"),
            "storage.ledger is not a database URL, such as postgresql://intake@db.example/intake",
        )
        return
    if parts.password is not None or any(name.startswith("password=") for name in parts.query.split("&")):
        yield (
            ("storage", "ledger"),
            "storage.ledger holds a password: put it into a file of its own and name that in ledger_password_file",
        )


def _storage(settings: Settings) -> Broken:
    storage, several = settings.storage, settings.service.instances > 1
    if several and not storage.in_postgresql:
        yield (
            ("service", "instances"),
            "service.instances above 1 needs a ledger in PostgreSQL, which all of them reach",
        )
    if storage.messages == "database" and not storage.in_postgresql:
        yield ("storage", "messages"), 'storage.messages = "database" needs a ledger in PostgreSQL'
    yield from _bucket(storage)
    if several and storage.messages == "folder" and not storage.messages_folder:
        yield (
            ("storage", "messages"),
            'service.instances above 1 needs messages that all reach: "database", "s3", or a shared messages_folder',
        )


def _bucket(storage: Storage) -> Broken:
    bucket = storage.s3
    if storage.messages == "s3" and not bucket.bucket:
        yield ("storage", "messages"), 'storage.messages = "s3" needs storage.s3.bucket'
    if bool(bucket.access_key_id) != bool(bucket.secret_access_key_file):
        yield ("storage", "s3"), "[storage.s3] needs access_key_id and secret_access_key_file together, or neither"
    if bucket.endpoint and not _is_web_address(bucket.endpoint):
        yield ("storage", "s3", "endpoint"), "storage.s3.endpoint must begin with https://"


def _others(settings: Settings) -> Broken:
    try:
        zoneinfo.ZoneInfo(settings.service.timezone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        yield (
            ("service", "timezone"),
            "service.timezone is not a time zone that this machine knows, such as Europe/London",
        )
    timing = settings.timing
    if timing.retry_longest_seconds < timing.retry_first_seconds:
        yield ("timing", "retry_longest_seconds"), "timing.retry_longest_seconds must not be below retry_first_seconds"
    yield from _ledger(settings)
    if settings.scanner.required and not settings.scanner.address:
        yield ("scanner", "required"), "scanner.required needs scanner.address"
    if settings.scanner.address and not settings.scanner.address.startswith(("unix:/", "tcp:")):
        yield ("scanner", "address"), 'scanner.address must begin with "unix:/" or "tcp:"'
