"""The examination as the service would meet it: by systemd-run, with the unit's account, credentials and confinement.

What systemd keeps for the service alone, and what the unit forbids it, cannot be seen from a shell of root's.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from intake.errors import UsageError

UNIT = "intake.service"
# The log in the browser has secrets of its own, which doctor looks at as well.
PAGES_UNIT = "intake-web.service"
_CREDENTIAL = re.compile(r"(?:Load|Set|Import)Credential(?:Encrypted)?")
# What says how a service lives, not what it may do; and what would be taken down beside the running one at the end.
_LEFT_OUT = re.compile(
    r"Type|NotifyAccess|Exec\w+|WatchdogSec|Restart\w*|Timeout\w+|KillMode|Kill\w*Signal|SuccessExitStatus|PIDFile|BusName|"
    r"RemainAfterExit|Standard\w+|Sockets|FileDescriptorStoreMax|OOMPolicy|RuntimeDirectory\w*|RemoveIPC"
)
_PREFIXES = "@-:+!|"  # before a program (systemd.service(5))
_COMMANDS = frozenset({"run", "web"})


@dataclass(frozen=True, slots=True)
class Unit:
    """The part of a unit that says what its service may do, and the command that it starts."""

    properties: tuple[tuple[str, str], ...]
    program: tuple[str, ...]  # without its subcommand
    configuration: str


def read_unit(text: str) -> Unit:
    """A unit as `systemctl cat` prints it, drop-ins behind. Raises UsageError where it starts nothing."""
    lines = [*_service_lines(text)]
    started = [value for name, value in lines if name == "ExecStart" and value]
    if not started:
        raise UsageError("The unit does not say what it starts.", "Look at it: systemctl cat intake.service.")
    words = shlex.split(started[-1].lstrip(_PREFIXES))
    end = next((at for at, word in enumerate(words) if word in _COMMANDS), 1)
    named = words.index("--config") + 1 if "--config" in words[:-1] else 0
    return Unit(
        properties=tuple((name, value) for name, value in lines if not _LEFT_OUT.fullmatch(name)),
        program=tuple(words[:end]),
        configuration=words[named] if named else "",
    )


def _service_lines(text: str) -> Iterator[tuple[str, str]]:
    section = ""
    # A line that ends in a backslash goes on; comments may stand in between (systemd.syntax(7)).
    whole = re.sub(r"\\\n(?:[#;].*\n)*", " ", text)
    for line in map(str.strip, whole.splitlines()):
        if line.startswith("["):
            section = line
        elif section == "[Service]" and "=" in line and line[0] not in "#;":
            name, _, value = line.partition("=")
            yield name.strip(), value.strip()


def command(unit: Unit, arguments: Sequence[str]) -> list[str]:
    """What is run: `doctor` with these arguments, as the unit's service."""
    properties = [part for name, value in unit.properties for part in ("--property", f"{name}={value}")]
    configuration = [] if "--config" in arguments or not unit.configuration else ["--config", unit.configuration]
    columns = shutil.get_terminal_size().columns
    return [
        "systemd-run",
        *("--quiet", "--pipe", "--wait", "--collect", "--service-type=exec", f"--setenv=COLUMNS={columns}"),
        *properties,
        "--",
        *unit.program,
        "doctor",
        *configuration,
        *arguments,
    ]


def with_credentials_of(unit: Unit, text: str) -> Unit:
    """The unit, given the credentials of another one as well."""
    more = [(name, value) for name, value in _service_lines(text) if _CREDENTIAL.fullmatch(name) and value]
    return replace(unit, properties=(*unit.properties, *(each for each in more if each not in unit.properties)))


def examine_as_service(arguments: Sequence[str]) -> int:
    """Run it; its exit code. Raises UsageError where it cannot be run in this way."""
    if os.geteuid() != 0:
        raise UsageError("Only root can run it as the service.", "Run: sudo intake doctor --as-service")
    if not (shutil.which("systemctl") and shutil.which("systemd-run")):
        raise UsageError("systemd is not here.", "Run `intake doctor` as the account that runs the service.")
    shown = _shown(UNIT)
    if not shown:
        raise UsageError(f"systemd knows no unit {UNIT}.", "Install it first: see systemd/README.md.")
    unit = with_credentials_of(read_unit(shown), _shown(PAGES_UNIT))
    return subprocess.run(command(unit, arguments), check=False).returncode


def _shown(unit: str) -> str:
    """A unit's text, "" where systemd knows none of that name."""
    answer = subprocess.run(["systemctl", "cat", unit], capture_output=True, text=True, check=False)
    return "" if answer.returncode else answer.stdout
