"""What a check of the installation is, and what it may need to look at."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from intake.credentials import Credentials
from intake.errors import ConfigurationError, IntakeError
from intake.sandbox.sandbox import Sandbox
from intake.settings import Settings
from intake.wiring.children import start_sandbox


class Health(StrEnum):
    """How it stands."""

    OK = "ok"
    WARNING = "warning"  # it works, but not for long, or not for everything
    FAILURE = "failure"  # the service cannot do its work
    NOT_CHECKED = "not-checked"


@dataclass(frozen=True, slots=True)
class Result:
    """What a check found, in one sentence; `hint` says what to do about it."""

    health: Health
    message: str
    hint: str = ""


def ok(message: str) -> Result:
    return Result(Health.OK, message)


def warning(message: str, hint: str = "") -> Result:
    return Result(Health.WARNING, message, hint)


def failure(message: str, hint: str = "") -> Result:
    return Result(Health.FAILURE, message, hint)


def not_checked(why: str, hint: str = "") -> Result:
    return Result(Health.NOT_CHECKED, why, hint)


@dataclass(slots=True)
class Surroundings:
    """What checks look at. `told` is why there are no settings, where there are none.

    `send_test` allows a check to send a message, to ourselves alone.
    """

    now: datetime
    configuration: Settings | None = None
    told: ConfigurationError | None = None
    send_test: bool = False
    _stack: ExitStack = field(default_factory=ExitStack)
    _credentials: Credentials | None = None
    _sandbox: Sandbox | None = None

    @property
    def settings(self) -> Settings:
        """The settings. Raises ConfigurationError, which makes a check *not checked*, where there are none."""
        if self.configuration is None:
            raise ConfigurationError("It needs a configuration that can be read.")
        return self.configuration

    @property
    def credentials(self) -> Credentials:
        """One for all checks, so that an access token is asked for once."""
        if self._credentials is None:
            self._credentials = Credentials(self.settings)
        return self._credentials

    @property
    def sandbox(self) -> Sandbox:
        """One sandbox for all checks, started by the first that needs it."""
        if self._sandbox is None:
            allowed = self.configuration.sandbox.allow_missing if self.configuration else ()
            self._sandbox = self._stack.enter_context(start_sandbox(allowed))
        return self._sandbox

    def close(self) -> None:
        self._stack.close()


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is looked at; it may have several results, such as one for each mailbox."""

    id: str
    title: str
    function: Callable[[Surroundings], Iterable[Result]]

    def results(self, surroundings: Surroundings) -> list[Result]:
        """What was found. An error that the program knows is a failure; any other is one of the check itself."""
        found: list[Result] = []
        try:
            found.extend(self.function(surroundings))
        except IntakeError as error:
            lacking = surroundings.configuration is None and isinstance(error, ConfigurationError)
            found.append(Result(Health.NOT_CHECKED if lacking else Health.FAILURE, error.message, error.hint))
        except Exception as error:  # noqa: BLE001 - the other checks are still answered
            found.append(failure(f"The check itself failed ({type(error).__name__}).", "Please report it."))
        return found
