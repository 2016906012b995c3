"""Faults of the settings file: doctor repeats what reading it says, with line and key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.doctor.site import Fault, Site

_EXPLAINED = "intake.example.toml explains every key"


def _fault(name: str, says: str, keys: dict[str, Any], advises: str = _EXPLAINED) -> Fault:
    return Fault(name, "configuration", says, advises, keys)


def _file(name: str, says: str, advises: str, change: Callable[[str], str | bytes]) -> Fault:
    """The file's text is changed as a whole."""

    def plant(site: Site) -> None:
        site.whole = change(site.configuration.read_text(encoding="utf-8"))

    return Fault(name, "configuration", says, advises, plant=plant)


def _gone(site: Site) -> None:
    site.set("service", None)
    site.monkeypatch.setattr(Site, "configuration", property(lambda self: self.folder / "elsewhere.toml"))


def _twice(text: str) -> str:
    own = text[text.index("[[mailboxes]]") : text.index("[relay]")]
    return text.replace(own, own + own, 1)


FAULTS = (
    Fault("no file", "configuration", "cannot be read: No such file", "--config", plant=_gone),
    _file("not TOML", "is not valid TOML", "Correct that line", lambda text: text.replace("[service]", "[service", 1)),
    _file("UTF-16", "it is not UTF-8 text", "--config", lambda text: text.encode("utf-16")),
    _file("Latin-1", "it is not UTF-8 text", "--config", lambda text: f"# caf\xe9\n{text}".encode("latin-1")),
    _file("two mailboxes of one name", "must be different for each mailbox", _EXPLAINED, _twice),
    _fault("misspelt key", "did you mean username?", {"mailboxes.user_name": "x"}),
    _fault("key in another section", "it belongs in [timing]", {"limits.settle_seconds": 3}),
    _fault("password in the file", "no secret belongs in this file", {"mailboxes.password": "hunter"}),
    _fault("number in quotes", "mailboxes.port must be a whole number", {"mailboxes.port": "993"}),
    _fault("text where true or false belongs", "web.enabled must be true or false", {"web.enabled": "yes"}),
    _fault("port out of range", "from 1 to 65535", {"relay.port": 99999}),
    _fault("unknown mode", 'one of "trial", "supervised", "automatic"', {"mode": "live"}),
    _fault("no relay", "relay.host must be a server's name or address", {"relay": None}),
    _fault("no Commissioner", "recipients.commissioner is missing", {"recipients.commissioner": None}),
    _fault("no staff", "recipients.staff needs at least one address", {"recipients.staff": []}),
    _fault("staff as one text", "must be a list of texts", {"recipients.staff": "team@northmere.gov.uk"}),
    _fault("address without @", "service.address must be an email address", {"service.address": "northmere"}),
    _fault(
        "name beside the address",
        "recipients.commissioner must be an email address",
        {"recipients.commissioner": "The Commissioner <x@y.gov.uk>"},
    ),
    _fault("open line to another machine", "only possible to this machine itself", {"relay.host": "smtp.x.gov.uk"}),
    _fault("URL as a host", "must be a server's name or address", {"mailboxes.host": "https://mail.x.gov.uk"}),
    _fault("login without a name", "relay.auth needs relay.username too", {"relay.auth": "password"}),
    _fault("login without a password", "mailboxes.password_file must name", {"mailboxes.password_file": ""}),
    _fault("no folder", "needs at least one folder", {"mailboxes.folders": []}),
    _fault(
        "watching where it files",
        "cannot also be one that messages are filed in",
        {"mailboxes.folders": ["Intake/Review"]},
    ),
    _fault("OAuth2 without its server", "oauth.token_endpoint and oauth.client_id", {"mailboxes.auth": "xoauth2"}),
    _fault(
        "secret and certificate",
        "and not both",
        {
            "mailboxes.auth": "xoauth2",
            "oauth.token_endpoint": "https://login.northmere.gov.uk/token",
            "oauth.client_id": "x",
            "oauth.client_secret_file": "password",
            "oauth.certificate_file": "a.pem",
            "oauth.certificate_key_file": "a.key",
        },
    ),
    _fault("token over an open line", "must begin with https://", {"oauth.token_endpoint": "http://login.x.gov.uk"}),
    _fault("a day that is none", 'must be a date such as "2027-03-31"', {"oauth.secret_expires": "next spring"}),
    _fault("unknown time zone", "is not a time zone that this machine knows", {"service.timezone": "Europe/Leeds"}),
    _fault("longest wait below the first", "must not be below", {"timing.retry_longest_seconds": 1}),
    _fault("scanner wanted, none named", "scanner.required needs scanner.address", {"scanner.required": True}),
    _fault("scanner by a bare path", 'must begin with "unix:/" or "tcp:"', {"scanner.address": "/run/clamd"}),
    _fault("pages open to the network", "needs tls_certificate_file", {"web.host": "192.0.2.7"}),
    _fault("sign-in without its issuer", "needs issuer, client_id", {"web.sign_in": "oidc"}),
    _fault("domain with a blank", "holds domains such as", {"senders.trusted_domains": ["north mere.gov.uk"]}),
    _fault("trial list of nonsense", "trial.allow holds email addresses and domains", {"trial.allow": ["a b"]}),
    _fault("unknown protection", "must be", {"sandbox.allow_missing": ["everything"]}),
    _fault(
        "password in the ledger's address",
        "storage.ledger holds a password",
        {"storage.ledger": "postgresql://intake:hunter@127.0.0.1/intake"},
    ),
    _fault(
        "password behind the ledger's address",
        "storage.ledger holds a password",
        {"storage.ledger": "postgresql://intake@127.0.0.1/intake?password=hunter"},
    ),
    _fault("a ledger's address that is none", "is not a database URL", {"storage.ledger": "the big server"}),
    _fault("ledger's address cut short", "is not a database URL", {"storage.ledger": "postgresql://[::1/intake"}),
)
