"""Reading a TOML file strictly: every unknown, mistyped or missing key is refused, all in one answer.

`read_table()` turns a file's text into one frozen msgspec record. Each problem is one sentence that names the line,
the key and what is expected; a key that nearly exists gets a suggestion. Values are never repeated in a message,
as one of them may be a secret that somebody put in the wrong place.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec
from msgspec import inspect as shapes

from intake.errors import ConfigurationError

T = TypeVar("T", bound=msgspec.Struct)
Where = tuple[str | int, ...]  # ("mailboxes", 0, "port")

TABLE = re.compile(r"^\s*(\[\[?)([^\[\]]+)\]\]?\s*(?:#.*)?$")
KEY = re.compile(r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"))*)\s*=""")
LIKELY_SECRETS = frozenset({"password", "secret", "client_secret", "token", "passphrase", "key"})


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong at one place of the file."""

    where: Where
    text: str


@dataclass(slots=True)
class Reading:
    """One file being read: the lines where keys stand, and the problems so far."""

    lines: dict[Where, int]
    resolve: Callable[[str, str], str]  # (sort of path, value) → absolute path
    sections: dict[str, list[str]]  # key → the sections that have it, for suggestions
    problems: list[Problem] = field(default_factory=list)

    def note(self, where: Where, text: str) -> None:
        self.problems.append(Problem(where, text))


def read_table(
    text: str,
    source: str,
    record: type[T],
    resolve: Callable[[str, str], str] = lambda _sort, value: value,
    judge: Callable[[T], Iterator[tuple[Where, str]]] | None = None,
) -> T:
    """Read `text` as one `record`; `judge` yields what is wrong between keys that are each right by themselves.

    A field whose type carries `Meta(extra={"path": SORT})` has its value passed through `resolve(SORT, value)`.
    Raises ConfigurationError with every problem found.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{source} is not valid TOML: {error}.", "Correct that line and try again.") from error
    reading = Reading(lines_of_keys(text), resolve, _sections(record))
    result = _record(table, record, (), reading)
    if result is not None and not reading.problems and judge is not None:
        reading.problems.extend(Problem(where, told) for where, told in judge(result))
    if reading.problems or result is None:
        raise ConfigurationError(_told(source, reading), "intake.example.toml explains every key.")
    return result


def lines_of_keys(text: str) -> dict[Where, int]:
    """Where each table and key stands: tomllib does not tell. Counts from 1; good enough for a hint."""
    lines: dict[Where, int] = {}
    counts: dict[tuple[str, ...], int] = {}
    here: Where = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := TABLE.match(line):
            names = _split(header.group(2).strip())
            if header.group(1) == "[[":
                counts[names] = counts.get(names, -1) + 1
            here = _indexed(names, counts)
            lines.setdefault(here, number)
        elif key := KEY.match(line):
            lines.setdefault((*here, *_split(key.group(1))), number)
    return lines


def _split(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def _indexed(names: tuple[str, ...], counts: dict[tuple[str, ...], int]) -> Where:
    where: list[str | int] = []
    for end, name in enumerate(names, start=1):
        where.append(name)
        if names[:end] in counts:
            where.append(counts[names[:end]])
    return tuple(where)


def _record(table: dict[str, Any], record: type[T], where: Where, reading: Reading) -> T | None:
    fields = {entry.encode_name: entry for entry in msgspec.structs.fields(record)}
    before = len(reading.problems)
    for key in table:
        if key not in fields:
            reading.note((*where, key), _unknown(key, where, fields, reading))
    values: dict[str, Any] = {}
    for key, entry in fields.items():
        if key in table:
            values[entry.name] = _value(table[key], entry.type, (*where, key), reading)
        elif entry.required:
            kind = "section" if _inner(entry.type) else "key"
            reading.note(where, f"{_place((*where, key))} is missing: this {kind} has no default")
    return None if len(reading.problems) > before else record(**values)


def _value(value: Any, kind: Any, where: Where, reading: Reading) -> Any:
    inner = _inner(kind)
    if inner and isinstance(kind, type):
        if isinstance(value, dict):
            return _record(value, inner, where, reading)
        reading.note(where, f"{_place(where)} is a section of its own: write [{_place(where)}] and its keys below")
        return None
    if inner:
        if isinstance(value, list) and all(isinstance(item, dict) for item in value):
            return tuple(_record(item, inner, (*where, index), reading) for index, item in enumerate(value))
        reading.note(where, f"{_place(where)} is a list of sections: write [[{_place(where)}]], with two brackets")
        return None
    try:
        right = msgspec.convert(value, kind, strict=True)
    except msgspec.ValidationError:
        reading.note(where, f"{_place(where)} must be {_expected(shapes.type_info(kind))}, not {_given(value)}")
        return None
    shape = shapes.type_info(kind)
    sort = (shape.extra or {}).get("path") if isinstance(shape, shapes.Metadata) else None
    return reading.resolve(sort, right) if sort and right else right


def _inner(kind: Any) -> type[msgspec.Struct] | None:
    """The record a field holds, by itself or as a tuple of them; None for plain values."""
    for candidate in (kind, *getattr(kind, "__args__", ())):
        if isinstance(candidate, type) and issubclass(candidate, msgspec.Struct):
            return candidate
    return None


def _unknown(key: str, where: Where, fields: dict[str, Any], reading: Reading) -> str:
    sentence = f"{_place((*where, key))} is not a key that exists"
    if key in LIKELY_SECRETS:
        return f"{sentence}: no secret belongs in this file; put it in a file of its own and name it in a *_file key"
    # TOML puts a key below the last [section] however far away: a right key under a wrong heading is the usual slip.
    elsewhere = [section for section in reading.sections.get(key, []) if section != _section(where)]
    if elsewhere:
        return (
            f"{sentence} here; it belongs in [{elsewhere[0]}]"
            if elsewhere[0]
            else f"{sentence} here; move it to the top"
        )
    near = difflib.get_close_matches(key, list(fields), n=1)
    return f"{sentence}; did you mean {near[0]}?" if near else f"{sentence}; allowed here: {', '.join(fields)}"


def _sections(record: type[msgspec.Struct], section: str = "") -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for entry in msgspec.structs.fields(record):
        inner = _inner(entry.type)
        if inner is None:
            found.setdefault(entry.encode_name, []).append(section)
        else:
            below = f"{section}.{entry.encode_name}" if section else entry.encode_name
            for key, places in _sections(inner, below).items():
                found.setdefault(key, []).extend(places)
    return found


def _section(where: Where) -> str:
    return ".".join(part for part in where if isinstance(part, str))


def _place(where: Where) -> str:
    """How a person would name it: `mailboxes.port`, with the number of the mailbox where there are several."""
    text = ""
    for part in where:
        if isinstance(part, int):
            text += f" {part + 1}" if part else ""
        else:
            text += f".{part}" if text else part
    return text


def _expected(shape: shapes.Type) -> str:
    match shape:
        case shapes.Metadata():
            told = _expected(shape.type)
        case shapes.EnumType():
            told = "one of " + ", ".join(f'"{member.value}"' for member in shape.cls)
        case shapes.LiteralType():
            told = "one of " + ", ".join(f'"{value}"' for value in shape.values)
        case shapes.VarTupleType():
            told = "a list of texts in quotes, in square brackets"
        case shapes.BoolType():
            told = "true or false, without quotes"
        case shapes.IntType():
            told = "a whole number" + _range(shape)
        case shapes.FloatType():
            told = "a number" + _range(shape)
        case _:
            told = "text in quotes"
    return told


def _range(shape: shapes.IntType | shapes.FloatType) -> str:
    if shape.ge is not None and shape.le is not None:
        return f" from {shape.ge} to {shape.le}"
    if shape.ge is not None:
        return f" of at least {shape.ge}"
    return f" above {shape.gt}" if shape.gt is not None else ""


def _given(value: Any) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "this number"
    if isinstance(value, str):
        return "this text"
    return "a list" if isinstance(value, list) else "a section" if isinstance(value, dict) else "a date"


def _told(source: str, reading: Reading) -> str:
    def sentence(problem: Problem) -> str:
        where = problem.where
        while where and where not in reading.lines:
            where = where[:-1]
        line = reading.lines.get(where)
        return (f"line {line}: " if line else "") + problem.text + ("" if problem.text.endswith("?") else ".")

    ordered = sorted(reading.problems, key=lambda one: reading.lines.get(one.where, 0))
    if len(ordered) == 1:
        return f"{source}, {sentence(ordered[0])}"
    return "\n".join([f"{source} has {len(ordered)} problems:", *(f"  {sentence(problem)}" for problem in ordered)])
