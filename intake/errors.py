"""The errors that cross a stage's edge: few, each with a sentence for people and a hint on what to do.

Expected outcomes (a gap, a refused recipient, a vanished message) are values, not exceptions.
`cli.py` is the one place that turns these into exit codes.
"""

from __future__ import annotations


class IntakeError(Exception):
    """The base of every error the program raises on purpose.

    `hint` says what a person can do about it, `command` how in a terminal, where pages have a way of their own.
    All parts are safe to show and to log (no document text, no file names, no personal data).
    """

    exit_code = 70

    def __init__(self, message: str, hint: str = "", command: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.command = command


class ConfigurationError(IntakeError):
    """A setting, template, wording or policy file is missing, unreadable or wrong."""

    exit_code = 2


class UsageError(IntakeError):
    """A command was given something it cannot work with, such as a file that is not there."""

    exit_code = 2


class NotFound(IntakeError):
    """A reference is not in the ledger."""

    exit_code = 2


class Conflict(IntakeError):
    """Somebody else changed the row first; nothing was done the second time."""

    exit_code = 1


class MailboxError(IntakeError):
    """The IMAP server could not be reached, refused the login, or broke off; try again later."""


class MessageVanished(MailboxError):
    """The message was listed but is no longer in its folder (moved or deleted by a person meanwhile)."""


class RelayError(IntakeError):
    """The SMTP relay could not be reached or refused the session before any mail was offered."""


class StorageError(IntakeError):
    """The message store or the ledger cannot be written or read (full disk, permissions, damage)."""


class Damaged(StorageError):
    """What lies in the message store is not what was stored."""


class Overstep(IntakeError):
    """A sandboxed child was stopped: it took too long, too much memory, died on its input, or was not safe to run.

    `reason` is one of "time", "memory", "crashed", "output", "unprotected".
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message, "The file is left for a person to look at.")
        self.reason = reason


class SignInRefused(IntakeError):
    """The sign-in provider did not say, in a way that can be believed, who this is; or they may not come in."""
