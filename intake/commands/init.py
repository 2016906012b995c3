"""`intake init`: set up an installation. Each answer is tried as it is given; the settings are written at the end."""

from __future__ import annotations

import argparse
import getpass
import sys
from contextlib import closing
from pathlib import Path

import msgspec
from rich.console import Console

from intake.commands.doctor import line_of
from intake.doctor import Check, Result
from intake.errors import ConfigurationError, UsageError
from intake.installing.answers import Answers, read_answers, secrets_given, settings_of
from intake.installing.example import written
from intake.installing.interview import Interview, Terminal, failed, with_proofs
from intake.installing.places import ALL, Places, Pocket
from intake.installing.steps import STEPS, broken
from intake.logs import keep_quiet
from intake.settings import parse_settings

_NO = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="the settings file to write (/etc/intake/intake.toml for root, else intake.toml here)",
    )
    parser.add_argument(
        "--secrets",
        type=Path,
        metavar="DIR",
        help="where to write passwords (/etc/credstore beside /etc/intake, else beside the settings file)",
    )
    parser.add_argument("--answers", type=Path, metavar="FILE", help="take the answers from this file and ask nothing")
    parser.add_argument("--untried", action="store_true", help="write the answers down without trying them")


def run(arguments: argparse.Namespace) -> int:
    """Ask or read, try, write; 1 where answers from a file fail, and nothing is written then."""
    keep_quiet()
    places = Places.of(arguments.config, arguments.secrets)
    console = Console(highlight=False, soft_wrap=True)

    def show(check: Check, result: Result) -> None:
        console.print(line_of(check, result))

    with closing(Pocket()) as pocket:
        trying = not arguments.untried
        if arguments.answers is not None:
            answers = _with_folder(read_answers(arguments.answers), places)
            _demand_right(answers)
            places.demand_room(secrets_given(answers))
            failures = [failed(answers, step.checks, show) for step in STEPS] if trying else []
            if any(failures):
                print("Nothing was written. Correct the answers, or write them down all the same with --untried.")
                return _NO
        else:
            answers = _asked(Interview(Terminal(input, getpass.getpass, print, show), pocket, trying=trying), places)
        if trying and not (answers.authserv_id or answers.border_host):
            print("\nWhat proves a sender")
            answers = with_proofs(answers, print)
        done = _write(answers, places)
    print("\nWritten: " + ", ".join(map(str, done)))
    print(_next_steps(places))
    return 0


def _asked(interview: Interview, places: Places) -> Answers:
    if not sys.stdin.isatty():
        raise UsageError("Nobody can be asked: this is not a terminal.", "Give the answers in a file: --answers FILE.")
    places.demand_room(ALL)
    print(f"The settings will be written to {places.configuration}, passwords to {places.secrets}.")
    print("Every answer is tried: nothing is sent, and nothing in the mailbox is changed.")
    try:
        nothing = Answers(address="", commissioner="", staff=())
        return _with_folder(interview.hold(_with_folder(nothing, places)), places)
    except EOFError:
        print()
        raise UsageError("The answers ended too early.", "Nothing was written.") from None


def _with_folder(answers: Answers, places: Places) -> Answers:
    return msgspec.structs.replace(answers, folder=places.data(answers.folder))


def _demand_right(answers: Answers) -> None:
    settings = settings_of(answers)
    wrong = [sentence for step in STEPS for sentence in broken(settings, step)]
    if wrong:
        raise ConfigurationError("The answers do not fit: " + "; ".join(wrong) + ".", "Nothing was written.")


def _write(answers: Answers, places: Places) -> tuple[Path, ...]:
    given = secrets_given(answers)
    text = written(settings_of(answers, places.names(given)))
    parse_settings(text, str(places.configuration), places.configuration.parent)
    return places.write(text, given)


def _next_steps(places: Places) -> str:
    if places.by_systemd:
        steps = (
            "intake doctor --as-service        tries it all out as the service will run",
            "systemctl enable --now intake intake-web",
            "sudo -u intake intake user add NAME        who signs in to the log",
            "send a sample report to the mailbox; `sudo -u intake intake log` shows what became of it",
        )
    else:
        option = f"--config {places.configuration}"
        steps = (
            f"intake doctor {option}        tries it all out",
            f"intake run {option}",
            f"intake user add NAME {option}        who signs in to the log, then: intake web {option}",
            f"send a sample report to the mailbox; `intake log {option}` shows what became of it",
        )
    numbered = "\n".join(f"  {number}. {step}" for number, step in enumerate(steps, start=1))
    return (
        f'\nNext:\n{numbered}\nThe mode is "trial": mail goes only to the addresses in [trial] allow. When the team is '
        'content, mode = "supervised" makes every email wait for a release, and later "automatic" lets them go.'
    )
