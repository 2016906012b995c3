"""Wording, policy and a judge, from the files that come with the program or from those that replace them."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

import msgspec

from intake import resources
from intake.documents.budget import ReadingBudget
from intake.documents.reader import Reader
from intake.errors import ConfigurationError
from intake.judging.checks import CATALOGUE
from intake.judging.exchange import Rules
from intake.judging.judge import Judge
from intake.judging.policy import PolicyTable, read_policy
from intake.judging.wording import Wording, read_wording
from intake.sandbox.sandbox import Sandbox

_SEAT = "intake.wiring.bench:seat"


def load_wording(override: Path | None = None) -> Wording:
    """The wording in force. Raises ConfigurationError when an override cannot be read."""
    return read_wording(_text("config/wording.toml", override), override.name) if override else packaged_wording()


def load_policy(override: Path | None = None) -> PolicyTable:
    """The policy in force. Raises ConfigurationError when an override cannot be read or names an unknown check."""
    known = frozenset(check.id for check in CATALOGUE)
    return read_policy(
        _text("config/policy.toml", override),
        override.name if override else "policy.toml",
        known,
    )


@lru_cache(maxsize=1)
def packaged_wording() -> Wording:
    """The wording that comes with the program."""
    return read_wording(resources.read_text("config/wording.toml"), "wording.toml")


@lru_cache(maxsize=1)
def packaged_policy() -> PolicyTable:
    """The policy that comes with the program."""
    return load_policy()


def load_rules(wording: Path | None = None, policy: Path | None = None) -> Rules:
    """Packaged or overridden wording and policy."""
    return Rules(load_wording(wording), load_policy(policy))


def build_judge(sandbox: Sandbox, rules: Rules, budget: ReadingBudget | None = None) -> Judge:
    """A judge on the real reader."""
    return Judge(sandbox, lambda turn: Reader(turn, budget), rules, seat(sandbox, rules))


def seat(sandbox: Sandbox, rules: Rules) -> str:
    """Has the sandbox prepare itself with these rules when it has the time; the digest that it knows them by."""
    packed = msgspec.msgpack.encode(rules, order="deterministic")
    sandbox.prepare(_SEAT, packed)
    return hashlib.sha256(packed).hexdigest()


def _text(packaged: str, override: Path | None) -> str:
    if override is None:
        return resources.read_text(packaged)
    try:
        return override.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{override} cannot be read.", "Check [overrides] in intake.toml.") from error
