"""What an installation needs to be told, and the settings that follow from it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from intake.errors import ConfigurationError
from intake.model import Mode
from intake.settings import MailboxSettings, OAuth, RelaySettings, Settings
from intake.settings.reading import read_file, resolver
from intake.settings.sections import FilePath, Port, Recipients, SecretPath, Senders, Service, Storage, Tls, Trial
from intake.settings.strict_toml import read_table

_MICROSOFT = "microsoft-365"
_TOKENS = "https://login.microsoftonline.com/{}/oauth2/v2.0/token"


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """The answers, as an answers file gives them. "" and () mean: what follows from the others."""

    address: str
    commissioner: str
    staff: tuple[str, ...]
    sign_in: Literal["password", "microsoft-365"] = "password"
    imap_host: str = ""
    imap_port: Port = 993
    imap_tls: Tls = "implicit"
    imap_username: str = ""
    imap_password_file: SecretPath = ""
    tenant: str = ""
    client_id: str = ""
    client_secret_file: SecretPath = ""
    client_secret_expires: str = ""
    smtp_host: str = ""
    smtp_port: Port = 587
    smtp_tls: Tls = "starttls"
    smtp_auth: Literal["login", "none"] = "login"
    smtp_username: str = ""
    smtp_password_file: SecretPath = ""
    ca_file: FilePath = ""
    trial: tuple[str, ...] = ()
    folder: str = ""  # of the data; a relative one counts from the settings file's folder
    authserv_id: str = ""
    border_host: str = ""
    inner_hosts: tuple[str, ...] = ()

    @property
    def by_microsoft(self) -> bool:
        return self.sign_in == _MICROSOFT

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


class SecretFiles(msgspec.Struct, frozen=True, kw_only=True):
    """The files that hold the secrets, "" where there is none."""

    imap_password: str = ""
    smtp_password: str = ""
    client_secret: str = ""


def read_answers(file: Path) -> Answers:
    """An answers file, strictly. Raises ConfigurationError with every problem; paths count from its folder."""
    text = read_file(file, "answers file", "--answers")
    try:
        return read_table(text, str(file), Answers, resolver(file.resolve().parent))
    except ConfigurationError as error:
        raise ConfigurationError(error.message, "answers.example.toml explains every answer.") from None


def secrets_given(answers: Answers) -> SecretFiles:
    """Where the secrets are that this sign-in needs."""
    if answers.by_microsoft:
        return SecretFiles(client_secret=answers.client_secret_file)
    logged_in = answers.smtp_auth == "login"
    smtp = (answers.smtp_password_file or answers.imap_password_file) if logged_in else ""
    return SecretFiles(imap_password=answers.imap_password_file, smtp_password=smtp)


def settings_of(answers: Answers, secrets: SecretFiles | None = None) -> Settings:
    """The settings, in trial mode; `secrets` are where the answers have them unless others are named.

    Where an answer is still missing they are not whole.
    """
    secrets = secrets_given(answers) if secrets is None else secrets
    username = answers.imap_username or answers.address
    auth: Literal["xoauth2", "password"] = "xoauth2" if answers.by_microsoft else "password"
    mailbox = MailboxSettings(
        host=answers.imap_host or default_host(answers, "imap"),
        username=username,
        port=answers.imap_port,
        tls=answers.imap_tls,
        ca_file=answers.ca_file,
        auth=auth,
        password_file=secrets.imap_password,
    )
    relay = RelaySettings(
        host=answers.smtp_host or default_host(answers, "smtp"),
        port=answers.smtp_port,
        tls=answers.smtp_tls,
        ca_file=answers.ca_file,
        auth=auth if answers.smtp_auth == "login" else "none",
        username=(answers.smtp_username or username) if answers.smtp_auth == "login" else "",
        password_file=secrets.smtp_password,
    )
    return Settings(
        mode=Mode.TRIAL,
        service=Service(address=answers.address),
        mailboxes=(mailbox,),
        relay=relay,
        oauth=_oauth(answers, secrets),
        recipients=Recipients(commissioner=answers.commissioner, staff=answers.staff),
        trial=Trial(allow=answers.trial or answers.staff),
        storage=Storage(folder=answers.folder) if answers.folder else Storage(),
        senders=Senders(
            authserv_id=answers.authserv_id, border_host=answers.border_host, inner_hosts=answers.inner_hosts
        ),
    )


def default_host(answers: Answers, protocol: str) -> str:
    """The server that is likely, where none is named."""
    if answers.by_microsoft:
        return {"imap": "outlook.office365.com", "smtp": "smtp.office365.com"}[protocol]
    return f"{protocol}.{answers.domain}"


def _oauth(answers: Answers, secrets: SecretFiles) -> OAuth:
    if not answers.by_microsoft:
        return OAuth()
    return OAuth(
        token_endpoint=_TOKENS.format(answers.tenant) if answers.tenant else "",
        client_id=answers.client_id,
        client_secret_file=secrets.client_secret,
        secret_expires=answers.client_secret_expires,
    )
