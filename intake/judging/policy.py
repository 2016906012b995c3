"""What a gap does: `config/policy.toml`, read once. The checks themselves do not know their policy."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from intake.errors import ConfigurationError
from intake.judging.wording import Record, parse_toml
from intake.model import Policy

MEGABYTE = 1024 * 1024


class Limits(Record, frozen=True):
    """Limits that a reply names."""

    report_size_mb: float = msgspec.field(name="report-size-mb", default=20.0)


class PolicyTable(Record, frozen=True):
    """Which checks are required, advisory or off."""

    checks: Mapping[str, Policy]
    limits: Limits = Limits()

    @property
    def report_size_bytes(self) -> int:
        """A report must be smaller than this."""
        return int(self.limits.report_size_mb * MEGABYTE)

    def of(self, check: str) -> Policy:
        """The policy of a check; one that the table does not name is required, the safe side."""
        return self.checks.get(check, Policy.REQUIRED)


def read_policy(text: str, source: str, known: frozenset[str] = frozenset()) -> PolicyTable:
    """Read the file's text; `known` are the checks there are. Raises ConfigurationError when it is not right."""
    try:
        table = msgspec.convert(parse_toml(text, source), PolicyTable)
    except msgspec.ValidationError as error:
        raise ConfigurationError(
            f"{source}: {error}.", 'A check is "required", "advisory" or "off"; see `intake explain`.'
        ) from error
    unknown = sorted(set(table.checks) - known) if known else []
    if unknown:
        raise ConfigurationError(
            f"{source} names a check that does not exist: {', '.join(unknown)}.", "See `intake explain`."
        )
    return table
