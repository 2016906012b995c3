"""What is asked, in which order, and how each group of answers is tried before the next is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from intake.doctor import CHECKS, Check, Result, Surroundings
from intake.installing.answers import Answers, default_host, settings_of
from intake.service.service import utc_now
from intake.settings import Settings
from intake.settings.reading import broken_rules

_PORTS = {
    "imap": {"implicit": 993, "starttls": 143, "none": 143},
    "smtp": {"implicit": 465, "starttls": 587, "none": 25},
}
_TLS = ("implicit", "starttls", "none")


def _always(_answers: Answers) -> bool:
    return True


def _by_password(answers: Answers) -> bool:
    return not answers.by_microsoft


def _by_microsoft(answers: Answers) -> bool:
    return answers.by_microsoft


def _with_login(answers: Answers) -> bool:
    return answers.smtp_auth == "login" and not answers.by_microsoft


@dataclass(frozen=True, slots=True)
class Question:
    """One answer, by the name of its key. What is proposed follows from the answers so far."""

    key: str
    text: str
    proposed: Callable[[Answers], str] = lambda _: ""
    wanted: Callable[[Answers], bool] = _always
    choices: tuple[str, ...] = ()
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """Questions that belong together; the sections of the settings that they fill, and doctor's checks of those."""

    title: str
    questions: tuple[Question, ...]
    sections: frozenset[str]
    checks: tuple[str, ...]


STEPS = (
    Step(
        "The mailbox",
        (
            Question("address", "The mailbox's address"),
            Question("sign_in", "How to sign in to it", lambda _: "password", choices=("password", "microsoft-365")),
            Question("imap_host", "IMAP server", lambda so_far: default_host(so_far, "imap")),
            Question("imap_tls", "TLS", lambda _: "implicit", _by_password, _TLS),
            Question("imap_port", "Port", lambda so_far: str(_PORTS["imap"][so_far.imap_tls]), _by_password),
            Question("ca_file", "File of a private certificate authority, if there is one", wanted=_by_password),
            Question("imap_username", "Name to log in with", lambda so_far: so_far.address),
            Question("imap_password_file", "Its password", wanted=_by_password, secret=True),
            Question("tenant", "The tenant's id", wanted=_by_microsoft),
            Question("client_id", "The application's (client) id", wanted=_by_microsoft),
            Question("client_secret_file", "The client secret's value", wanted=_by_microsoft, secret=True),
            Question("client_secret_expires", "The day it ends (YYYY-MM-DD), if you know it", wanted=_by_microsoft),
        ),
        frozenset({"service", "mailboxes", "oauth"}),
        ("mailbox",),
    ),
    Step(
        "Who gets what",
        (
            Question("commissioner", "The Commissioner's address for reports"),
            Question("staff", "Staff addresses for notices, separated by commas"),
            Question("trial", "Who may get mail during the trial", lambda so_far: ", ".join(so_far.staff)),
        ),
        frozenset({"recipients", "trial"}),
        ("mode", "addresses"),
    ),
    Step(
        "The relay",
        (
            Question("smtp_host", "SMTP server", lambda so_far: default_host(so_far, "smtp")),
            Question("smtp_tls", "TLS", lambda _: "starttls", _by_password, _TLS),
            Question("smtp_port", "Port", lambda so_far: str(_PORTS["smtp"][so_far.smtp_tls]), _by_password),
            Question("smtp_auth", "Does it need a login", lambda _: "login", _by_password, ("login", "none")),
            Question("smtp_username", "Name to log in with", lambda so_far: so_far.imap_username, _with_login),
            Question("smtp_password_file", "Its password (empty: the mailbox's)", wanted=_with_login, secret=True),
        ),
        frozenset({"relay"}),
        ("relay", "envelope"),
    ),
    Step(
        "What is kept",
        (Question("folder", "Folder for messages and ledger", lambda so_far: so_far.folder),),
        frozenset({"storage"}),
        ("data-folder", "disk"),
    ),
)


def broken(settings: Settings, step: Step) -> list[str]:
    """What cannot be right in the answers of this step."""
    return [text for where, text in broken_rules(settings) if where[0] in step.sections]


def tried(answers: Answers, checks: Sequence[str]) -> Iterator[tuple[Check, Result]]:
    """What doctor's checks say of the answers so far."""
    with closing(Surroundings(utc_now(), settings_of(answers))) as around:
        for check in CHECKS:
            if check.id in checks:
                for result in check.results(around):
                    yield check, result
