"""What travels between the parent, the fork server and a child: requests, endings and answer marks."""

from __future__ import annotations

import msgspec

from intake.sandbox.limits import Limits

RESULT_FD = 3  # where a child writes its answer
CONTENT_FD = 4  # where it finds the content, until that is mapped

# The first byte of an answer.
ANSWER, OUT_OF_MEMORY, TOO_LARGE, RAISED = b"A", b"M", b"O", b"E"
UNPROTECTED = b"U"  # a protection is missing, and nothing was opened; its names follow

# What a child gives up before it sees a stranger's byte. Settings may allow it to go on without some of them.
PROTECTIONS = ("parent's death", "no dump", "no new rights", "capabilities", "landlock", "limits", "seccomp")


class Request(msgspec.Struct, frozen=True, tag="request"):
    """One task for the fork server: `task` is "package.module:function".

    With `prepared` its child is started only when all that was to be loaded and prepared is.
    """

    task: str
    arguments: list[object]
    limits: Limits
    prepared: bool = False


class Preparation(msgspec.Struct, frozen=True, tag="preparation"):
    """Something of our own for the fork server itself to do once, with content of ours: its children inherit it."""

    task: str


class Ending(msgspec.Struct, frozen=True):
    """How a child ended: the signal that killed it (0 for none), its exit code, its largest size, what it used."""

    signal: int
    code: int
    peak_bytes: int
    processor_seconds: float


class Setup(msgspec.Struct, frozen=True):
    """What the fork server needs to start: where modules are found, and which to load beforehand.

    `allow_missing` names the protections without which children work all the same.
    """

    path: list[str]
    preload: list[str]
    allow_missing: list[str] = []
