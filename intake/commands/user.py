"""`intake user`: local accounts for the web log."""

from __future__ import annotations

import argparse
import getpass
import re
import sys

from intake.commands.configuration import add_config, configured
from intake.errors import UsageError
from intake.ledger import Account, People, Role
from intake.service.service import utc_now
from intake.web.passwords import hash_password
from intake.wiring.archive import open_archive

_NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,119}")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_config(parser)
    parser.add_argument("action", choices=["add", "password", "role", "disable", "enable", "list"], help="what to do")
    parser.add_argument("name", nargs="?", default="", metavar="NAME", help="the account, such as a.baker")
    parser.add_argument("--display-name", default="", metavar="TEXT", help="the name their actions are recorded under")
    parser.add_argument(
        "--role", choices=[str(role) for role in Role], default=str(Role.CASEWORKER), help="(caseworker)"
    )
    parser.add_argument(
        "--password-stdin", action="store_true", help="read the password from standard input, without asking twice"
    )


def run(arguments: argparse.Namespace) -> int:
    """Make, change or list accounts."""
    settings = configured(arguments)
    with open_archive(settings, migrate=True) as archive:
        people = archive.ledger.people
        if arguments.action == "list":
            for account in people.accounts():
                ended = "  (disabled)" if account.disabled else ""
                print(f"{account.name}  {account.role}  {account.display_name}{ended}")
            return 0
        name = arguments.name.strip().lower()
        if not _NAME.fullmatch(name):
            raise UsageError(
                "Name the account: lower-case letters, digits and . _ @ + -.", "For example: intake user add a.baker"
            )
        if arguments.action == "add":
            _add(people, name, arguments)
        else:
            _change(people, name, arguments)
    return 0


def _add(people: People, name: str, arguments: argparse.Namespace) -> None:
    if people.account(name) is not None:
        raise UsageError(f"There is already an account {name}.", "Use `intake user password` for it.")
    account = Account(
        name=name,
        display_name=arguments.display_name.strip() or name,
        role=Role(arguments.role),
        password_hash=hash_password(_password(arguments)),
        disabled=False,
        created_at=utc_now(),
    )
    people.add(account)
    print(f"{name} can sign in as {account.role}.")


def _change(people: People, name: str, arguments: argparse.Namespace) -> None:
    match arguments.action:
        case "password":
            people.change(name, utc_now(), password_hash=hash_password(_password(arguments)))
        case "role":
            people.change(name, utc_now(), role=Role(arguments.role))
        case action:
            people.change(name, utc_now(), disabled=action == "disable")
    print(f"{name} is changed; their sessions have ended.")


def _password(arguments: argparse.Namespace) -> str:
    if arguments.password_stdin:
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("The password again: ") != password:
        raise UsageError("The two passwords differ.", "Nothing was changed; try again.")
    return password
