"""The rules as the sandbox's server gets them: put together there once, for all children that judge by them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import msgspec

from intake.judging import deliberation, phrases
from intake.judging.exchange import Rules
from intake.senders.domains import organisation_of
from intake.wiring.reading import sentence_reader


def seat(content: bytes) -> None:
    """In the server: encoded rules, ready to be judged by; phrases, weights and suffixes are loaded for good."""
    rules = msgspec.msgpack.decode(content, type=Rules)
    deliberation.seat(hashlib.sha256(content).hexdigest(), rules, sentence_reader())
    organisation_of("example.gov.uk")  # loads the public suffixes
    for phrase in _strings(msgspec.to_builtins(rules.wording)):
        phrases.prepare(phrase)


def _strings(table: object) -> Iterator[str]:
    """Every string in a table of tables and lists."""
    if isinstance(table, str):
        yield table
    elif isinstance(table, dict | list | tuple):
        for value in table.values() if isinstance(table, dict) else table:
            yield from _strings(value)
