"""The command line: which command, with which arguments; the one place where errors become exit codes.

Commands are loaded when they are asked for, so that `intake check` starts without the service's libraries.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

from intake import __version__
from intake.errors import IntakeError

_COMMANDS: tuple[tuple[str, str], ...] = (
    ("demo", "run the whole service on sample mail, on this machine only"),
    ("init", "set up an installation: asks what it needs to know, tries each answer, writes the settings"),
    ("run", "run the service"),
    ("once", "do one pass over the mailbox and stop"),
    (
        "check",
        "judge a message (.eml) or a report (PDF) before it is sent; sends and stores nothing",
    ),
    ("explain", "explain what is checked, and why"),
    ("doctor", "check the configuration, the servers and this machine"),
    ("alive", "say whether the service is at work"),
    ("log", "list the submissions"),
    ("show", "show one submission"),
    ("release", "decide a submission that waits for a person"),
    ("override", "correct what a check found"),
    ("settle", "close an open doubt"),
    ("join", "move a message to another submission"),
    ("split", "make a message a submission of its own"),
    ("withdraw", "note that the CSP has withdrawn a submission"),
    ("hold", "keep a submission from going on by itself"),
    ("retry", "try again what was set aside, or a delivery that failed"),
    ("replay", "judge the stored messages by today's rules, and show what would change"),
    ("verify", "compare every stored file with its hash, and the events with their chain"),
    ("backup", "copy the ledger and the messages while the service runs"),
    ("restore", "put a backup in place; everything unsent is held"),
    ("purge", "delete the messages of submissions closed long ago; the facts stay"),
    ("web", "serve the log as web pages"),
    ("user", "make and change the accounts that sign in to the web pages"),
)
_SANDBOXED = frozenset({"check"})
_INTERNAL = 70  # EX_SOFTWARE, sysexits.h
_STOPPED = 130
_PIPE_CLOSED = 141


def build_parser() -> argparse.ArgumentParser:
    """The parser with every command's name; a command adds its own arguments when it is loaded."""
    parser = argparse.ArgumentParser(
        prog="intake",
        description="Submission intake for Domestic Homicide Review final reports.",
    )
    parser.add_argument("--version", action="version", version=f"intake {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, summary in _COMMANDS:
        commands.add_parser(name, help=summary, add_help=False)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code: 0 fine, 1 the answer is no, 2 usage or configuration, 70 internal."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    names = dict(_COMMANDS)
    try:
        if not arguments or arguments[0] not in names:
            build_parser().parse_args(arguments or ["--help"])
        name = arguments[0]
        # Its children take longest to be ready: they start while the command's own libraries load.
        with _sandbox(name) as sandbox:
            # Only here is something imported late: a command's libraries load when the command is asked for.
            gc.disable()  # what loading makes stays: looking through it again and again would only take time
            command = importlib.import_module(f"intake.commands.{name}")
            gc.freeze()
            gc.enable()
            parser = argparse.ArgumentParser(prog=f"intake {name}", description=names[name].capitalize() + ".")
            command.add_arguments(parser)
            parser.set_defaults(sandbox=sandbox)
            return int(command.run(parser.parse_args(arguments[1:])))
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 2
    except IntakeError as error:
        print(
            " ".join(part for part in (f"intake: {error.message}", error.hint, error.command) if part),
            file=sys.stderr,
        )
        return error.exit_code
    except KeyboardInterrupt:
        print("intake: stopped.", file=sys.stderr)
        return _STOPPED
    except BrokenPipeError:
        # Whoever read our output (a pager, `head`) has gone: nothing more to say, and no traceback at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _PIPE_CLOSED
    except Exception as error:
        print(
            f"intake: internal error ({type(error).__name__}). Nothing was sent. Please report it.",
            file=sys.stderr,
        )
        if os.environ.get("INTAKE_TRACEBACK"):
            raise
        return _INTERNAL


def _sandbox(name: str) -> AbstractContextManager[object]:
    """The sandbox of a command that needs one, already starting; nothing for the others."""
    if name not in _SANDBOXED:
        return nullcontext()
    started: AbstractContextManager[object] = importlib.import_module("intake.wiring.children").start_sandbox()
    return started


if __name__ == "__main__":
    sys.exit(main())
