"""The settings: what `config/intake.toml` says, as one frozen `Settings`.

`config/intake.example.toml` shows and explains every key; `reading.py` reads and judges it. Secrets stand in
files of their own, which the settings only name. Paths are absolute here, whatever the file said. The limit that a
reply names (20 MB) is a rule, and stands in `policy.toml`.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, field

from intake.model import Mode

Count = Annotated[int, Meta(ge=0)]
Some = Annotated[int, Meta(ge=1)]
Seconds = Annotated[float, Meta(ge=0)]
Port = Annotated[int, Meta(ge=1, le=65535)]
FilePath = Annotated[str, Meta(extra={"path": "file"})]
SecretPath = Annotated[str, Meta(extra={"path": "secret"})]
Tls = Literal["implicit", "starttls", "none"]


def domain_matches(domain: str, patterns: Iterable[str]) -> bool:
    """`*.gov.uk` stands for every name below gov.uk (never gov.uk itself, nor `fakegov.uk`)."""
    name = domain.lower().rstrip(".")
    return any(
        name.endswith(pattern[1:]) and len(name) > len(pattern) - 1 if pattern.startswith("*.") else name == pattern
        for pattern in (one.lower() for one in patterns)
    )


def address_matches(address: str, addresses: Iterable[str], domains: Iterable[str]) -> bool:
    """Whether an address is one of these, or in one of these domains."""
    known = address.lower() in (one.lower() for one in addresses)
    return known or domain_matches(address.rpartition("@")[2], domains)


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A section of the file."""


class Service(Section, frozen=True, kw_only=True):
    """Who the service is to the people it writes to."""

    address: str
    name: str = "DHR enquiries"
    team: str = "The DHR enquiries team"
    timezone: str = "Europe/London"
    instances: Some = 1


class Filing(Section, frozen=True, kw_only=True):
    """The folder that a message is moved to once it is dealt with; "" leaves it where it is."""

    compliant: str = "Intake/Complete"
    gaps: str = "Intake/Waiting for CSP"
    review: str = "Intake/Review"
    duplicate: str = "Intake/Duplicate"
    set_aside: str = "Intake/Set aside"
    canary: str = "Intake/Canary"


class MailboxSettings(Section, frozen=True, kw_only=True):
    """One mailbox that is watched."""

    username: str
    host: str = ""
    name: str = "main"
    port: Port = 993
    tls: Tls = "implicit"
    ca_file: FilePath = ""
    auth: Literal["password", "xoauth2", "oauthbearer"] = "password"
    password_file: SecretPath = ""
    folders: tuple[str, ...] = ("INBOX",)
    sent_folder: str = ""
    sweep_seconds: Annotated[float, Meta(gt=0)] = 300
    idle: bool = True
    idle_seconds: Annotated[float, Meta(gt=0, le=1500)] = 240
    timeout_seconds: Annotated[float, Meta(gt=0)] = 60
    filing: Filing = Filing()


class RelaySettings(Section, frozen=True, kw_only=True):
    """The SMTP server, or with Microsoft Graph the mailbox, that takes outgoing mail."""

    host: str = ""
    port: Port = 587
    tls: Tls = "starttls"
    ca_file: FilePath = ""
    auth: Literal["none", "password", "xoauth2"] = "password"
    username: str = ""
    password_file: SecretPath = ""
    envelope_sender: str = ""
    verp: bool = False
    message_id_domain: str = ""
    hostname: str = ""
    timeout_seconds: Annotated[float, Meta(gt=0)] = 60
    data_timeout_seconds: Annotated[float, Meta(gt=0)] = 600
    dsn: bool = True
    dsn_success: bool = False


class OAuth(Section, frozen=True, kw_only=True):
    """Where access tokens come from, for mailboxes and a relay that sign in with OAuth2."""

    token_endpoint: str = ""
    client_id: str = ""
    scope: str = ""
    client_secret_file: SecretPath = ""
    certificate_file: FilePath = ""
    certificate_key_file: SecretPath = ""
    secret_expires: str = ""
    ca_file: FilePath = ""


class Graph(Section, frozen=True, kw_only=True):
    """Microsoft Graph, where it is the way in and out."""

    endpoint: str = "https://graph.microsoft.com/v1.0"
    ca_file: FilePath = ""


class Proxy(Section, frozen=True, kw_only=True):
    """The HTTP proxy that stands between this machine and the web."""

    url: str = ""
    username: str = ""
    password_file: SecretPath = ""
    direct: tuple[str, ...] = ()


class Recipients(Section, frozen=True, kw_only=True):
    """Who gets what leaves, beside the CSP."""

    commissioner: str
    staff: tuple[str, ...]


class Trial(Section, frozen=True, kw_only=True):
    """In trial mode mail goes only here."""

    allow: tuple[str, ...] = ()  # addresses, and domains: "*.x" is every name below x

    def allows(self, address: str) -> bool:
        """May mail go to this address?"""
        return address_matches(address, self.allow, self.allow)


class Timing(Section, frozen=True, kw_only=True):
    """How long things wait."""

    settle_seconds: Seconds = 900
    old_mail_days: Annotated[float, Meta(gt=0)] = 3
    lease_seconds: Annotated[float, Meta(ge=30)] = 900
    takeover_seconds: Annotated[float, Meta(ge=2, le=45)] = 45
    retry_first_seconds: Annotated[float, Meta(gt=0)] = 300
    retry_longest_seconds: Annotated[float, Meta(gt=0)] = 3600
    retry_give_up_days: Annotated[float, Meta(gt=0)] = 5
    remind_working_days: Count = 1
    silence_working_days: Count = 20
    receipts: bool = False
    stop_seconds: Annotated[float, Meta(gt=0)] = 10


class Limits(Section, frozen=True, kw_only=True):
    """What is too much."""

    message_mb: Some = 150
    ocr_pages: Count = 60
    ocr_seconds: Seconds = 90
    unpack_files: Some = 500
    unpack_depth: Some = 8
    unpack_total_mb: Some = 300
    unpack_ratio: Some = 200
    strikes: Some = 3
    judging_seconds: Seconds = 600
    judging_seconds_unproved: Seconds = 90
    judging_per_sender_hour: Seconds = 900
    judging_per_hour: Seconds = 1800
    replies_per_sender_hour: Count = 4
    replies_per_submission_hour: Count = 3
    replies_per_hour: Count = 30


class S3(Section, frozen=True, kw_only=True):
    """A bucket in an S3-compatible store."""

    bucket: str = ""
    endpoint: str = ""
    region: str = ""
    prefix: str = ""
    access_key_id: str = ""
    secret_access_key_file: SecretPath = ""
    ca_file: FilePath = ""


class Storage(Section, frozen=True, kw_only=True):
    """Where it keeps what it keeps, and how long."""

    folder: FilePath = "/var/lib/intake"
    ledger: str = ""
    ledger_password_file: SecretPath = ""
    messages: Literal["folder", "database", "s3"] = "folder"
    messages_folder: FilePath = ""
    retention_days: Count = 365
    s3: S3 = S3()

    @property
    def store_folder(self) -> Path:
        """Where messages lie, if in a folder."""
        return Path(self.messages_folder) if self.messages_folder else self.data_folder / "messages"

    @property
    def in_postgresql(self) -> bool:
        """Whether the ledger lives there."""
        return self.ledger.startswith("postgres")

    @property
    def data_folder(self) -> Path:
        return Path(self.folder)

    @property
    def ledger_url(self) -> str:
        """The SQLAlchemy URL, without any password."""
        return self.ledger or f"sqlite:///{self.data_folder / 'ledger.sqlite'}"


class Senders(Section, frozen=True, kw_only=True):
    """Whose mail may lead to automatic answers."""

    trusted_domains: tuple[str, ...] = (
        "*.gov.uk",
        "*.police.uk",
        "*.nhs.uk",
        "nhs.net",
        "*.nhs.net",
        "nhs.scot",
        "*.nhs.wales",
        "gov.wales",
        "*.gov.wales",
        "llyw.cymru",
        "*.llyw.cymru",
        "*.cjsm.net",
        "parliament.uk",
        "*.parliament.uk",
    )
    trusted_addresses: tuple[str, ...] = ()
    retired_domains: tuple[str, ...] = ("*.gsi.gov.uk", "*.gse.gov.uk", "*.gsx.gov.uk", "*.gcsx.gov.uk")
    require_authentication: bool = True
    authserv_id: str = ""
    border_host: str = ""
    inner_hosts: tuple[str, ...] = ()
    verify_dkim: bool = False

    def trusts(self, address: str) -> bool:
        """Is this the address of a body (or a person) whose mail may be answered automatically?"""
        return address_matches(address, self.trusted_addresses, self.trusted_domains)

    def retired(self, address: str) -> bool:
        """Is this an address in a domain that no longer takes mail?"""
        return domain_matches(address.rpartition("@")[2], self.retired_domains)


class Scanner(Section, frozen=True, kw_only=True):
    """The virus scanner (clamd)."""

    address: str = ""
    required: bool = False
    timeout_seconds: Annotated[float, Meta(gt=0)] = 120
    signatures_max_age_days: Some = 7


class SandboxSettings(Section, frozen=True, kw_only=True):
    """How strangers' files are opened."""

    allow_missing: tuple[Literal["landlock", "seccomp", "capabilities", "no dump", "parent's death"], ...] = ()


class Alarms(Section, frozen=True, kw_only=True):
    """What staff are told about the service itself."""

    enabled: bool = True
    silent_sweeps: Some = 2
    certificate_days: Count = 21
    secret_days: Count = 30
    disk_free_mb: Count = 1000
    clock_seconds: Annotated[float, Meta(gt=0)] = 120
    queue_hours: Annotated[float, Meta(gt=0)] = 4


class Canary(Section, frozen=True, kw_only=True):
    """The service's own test message, sent round on a schedule."""

    enabled: bool = False
    every_minutes: Some = 360
    wait_minutes: Some = 15
    address: str = ""


class Oidc(Section, frozen=True, kw_only=True):
    """Single sign-on for the web log."""

    issuer: str = ""
    client_id: str = ""
    client_secret_file: SecretPath = ""
    groups_claim: str = "groups"
    reader_groups: tuple[str, ...] = ()
    caseworker_groups: tuple[str, ...] = ()
    administrator_groups: tuple[str, ...] = ()
    ca_file: FilePath = ""


class Web(Section, frozen=True, kw_only=True):
    """The web log."""

    enabled: bool = False
    host: str = "127.0.0.1"
    port: Port = 8025
    public_url: str = ""
    sign_in: Literal["local", "oidc"] = "local"
    session_minutes: Some = 60
    tls_certificate_file: FilePath = ""
    tls_key_file: SecretPath = ""
    trusted_proxies: tuple[str, ...] = ()
    health_port: Annotated[int, Meta(ge=0, le=65535)] = 0
    metrics_token_file: SecretPath = ""
    oidc: Oidc = Oidc()


class Logging(Section, frozen=True, kw_only=True):
    """The log of what the program does: references and hashes only."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["json", "text"] = "json"


class Overrides(Section, frozen=True, kw_only=True):
    """Own templates, wording and policy in place of the shipped ones."""

    templates: FilePath = ""
    wording: FilePath = ""
    policy: FilePath = ""


class Settings(Section, frozen=True, kw_only=True):
    """Everything `intake.toml` says."""

    service: Service
    mailboxes: tuple[MailboxSettings, ...]
    recipients: Recipients
    mode: Mode = Mode.TRIAL
    transport: Literal["imap-smtp", "graph"] = "imap-smtp"
    relay: RelaySettings = field(default_factory=RelaySettings)
    oauth: OAuth = field(default_factory=OAuth)
    graph: Graph = field(default_factory=Graph)
    proxy: Proxy = field(default_factory=Proxy)
    trial: Trial = field(default_factory=Trial)
    timing: Timing = field(default_factory=Timing)
    limits: Limits = field(default_factory=Limits)
    storage: Storage = field(default_factory=Storage)
    senders: Senders = field(default_factory=Senders)
    scanner: Scanner = field(default_factory=Scanner)
    sandbox: SandboxSettings = field(default_factory=SandboxSettings)
    alarms: Alarms = field(default_factory=Alarms)
    canary: Canary = field(default_factory=Canary)
    web: Web = field(default_factory=Web)
    logging: Logging = field(default_factory=Logging)
    overrides: Overrides = field(default_factory=Overrides)

    @property
    def envelope_sender(self) -> str:
        """Where bounces go."""
        return self.relay.envelope_sender or self.service.address

    @property
    def by_graph(self) -> bool:
        """Does mail come and go by Microsoft Graph, and not by IMAP and SMTP?"""
        return self.transport == "graph"

    @property
    def sending_mailbox(self) -> str:
        """The mailbox that Microsoft Graph sends from."""
        return self.relay.username or self.service.address

    @property
    def token_scope(self) -> str:
        """What an access token is asked for."""
        if self.oauth.scope:
            return self.oauth.scope
        if not self.by_graph:
            return "https://outlook.office365.com/.default"
        parts = urlsplit(self.graph.endpoint)
        return f"{parts.scheme}://{parts.netloc}/.default"

    def sent_folder(self, mailbox: MailboxSettings) -> str:
        """Where copies of what was sent are looked for; "" where there is no such place.

        Microsoft Graph always keeps a copy in the mailbox that sends.
        """
        sends = self.by_graph and mailbox.username.lower() == self.sending_mailbox.lower()
        return mailbox.sent_folder or ("Sent Items" if sends else "")

    @property
    def message_id_domain(self) -> str:
        """The right-hand side of our Message-IDs."""
        return self.relay.message_id_domain or self.service.address.rpartition("@")[2]
