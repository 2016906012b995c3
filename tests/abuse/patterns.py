"""Every regular expression of the program, and strings made from each to make it slow.

Run as a program it prints one JSON object a pattern: where it stands, and the worst that was found for it. Its
arguments are the beginnings of places to pass over.
"""

from __future__ import annotations

import ast
import functools
import importlib
import itertools
import json
import pkgutil
import re
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from types import FrameType
from typing import Any

import intake

ROOT = Path(intake.__file__).parent
# The first finds what doubles with each sign, the second costs a linear pattern some ten microseconds.
SIZES = (24, 1000)
LARGE = 4000
HOPELESS = 0.25  # seconds after which a pattern is stopped
SUSPICIOUS, TOO_SLOW = 0.0005, 0.005  # seconds for a thousand signs, and for four thousand
GROWTH = 2.9  # for twice the length; quadratic is 4
REPEATS = {op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT}
WAYS = {"match": "match", "fullmatch": "fullmatch"}
ANY_WAY = frozenset({"match", "fullmatch", "search"})
SOME = "a1A .,-_\n\t/:;@\"'()<>=&%#"


@dataclass(frozen=True)
class Found:
    """A pattern, where it was compiled, and how it is used: "match", "fullmatch", or "search" for all that searches."""

    place: str
    pattern: re.Pattern[Any]
    ways: frozenset[str]


def of_the_program() -> list[Found]:
    """What is compiled when every module is loaded and the rules are read, and what stands in functions."""
    seen: dict[tuple[str | bytes, int], Found] = {}

    def note(path: Path, line: int, pattern: re.Pattern[Any]) -> None:
        place = f"{path.relative_to(ROOT.parent)}:{line}"
        seen.setdefault((pattern.pattern, pattern.flags), Found(place, pattern, _ways(path, line)))

    _listen(note)
    for module in pkgutil.walk_packages(intake.__path__, "intake."):
        if not module.name.endswith(("__main__", "migrations.env")):
            importlib.import_module(module.name)
    rules = importlib.import_module("intake.wiring.rules")
    rules.load_rules(None, None)
    for path in sorted(ROOT.rglob("*.py")):
        for line, pattern in _written(path):
            note(path, line, pattern)
    return list(seen.values())


@functools.cache
def _source(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@functools.cache
def _ways(path: Path, line: int) -> frozenset[str]:
    """How the pattern of this line is used, as far as its name or the function of `re` tells."""
    names: set[str] = set()
    for node in ast.walk(_source(path)):
        if not isinstance(node, ast.Call | ast.Assign) or not node.lineno <= line <= (node.end_lineno or line):
            continue
        if isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
            continue
        asked_of = getattr(node.func, "value", None)
        asked_for = getattr(node.func, "attr", "compile")
        if getattr(asked_of, "id", "") == "re" and asked_for != "compile":
            return frozenset({WAYS.get(asked_for, "search")})
    asked = [
        node
        for node in ast.walk(_source(path))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in names
    ]
    named = [node for node in ast.walk(_source(path)) if isinstance(node, ast.Name) and node.id in names]
    if names and asked and len(named) == len(asked) + len(names):
        return frozenset(WAYS.get(node.attr, "search") for node in asked)
    return ANY_WAY  # it is handed on, and anything may become of it


def _listen(note: Any) -> None:
    """Hear of each pattern that the program compiles, whichever function of `re` it calls."""
    compile_it = re._compile  # type: ignore[attr-defined]

    @functools.wraps(compile_it)
    def listening(pattern: Any, flags: int) -> re.Pattern[Any]:
        made: re.Pattern[Any] = compile_it(pattern, flags)
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename == re.__file__:
            frame = frame.f_back
        if frame is not None and frame.f_code.co_filename.startswith(str(ROOT)):
            note(Path(frame.f_code.co_filename), frame.f_lineno, made)
        return made

    re._compile = listening  # type: ignore[attr-defined]


def _written(path: Path) -> Iterator[tuple[int, re.Pattern[Any]]]:
    """The patterns that are written out in calls of `re`."""
    for node in ast.walk(_source(path)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        first = node.args[0]
        called = isinstance(node.func.value, ast.Name) and node.func.value.id == "re"
        if called and isinstance(first, ast.Constant) and isinstance(first.value, str | bytes):
            flags = sum(getattr(re, name) for name in ("DOTALL", "IGNORECASE", "MULTILINE") if name in ast.dump(node))
            yield node.lineno, re.compile(first.value, flags)


# --- strings made from a pattern ---------------------------------------------------------------------------


def hostile(pattern: re.Pattern[Any]) -> Iterator[tuple[str, str, str]]:
    """Beginnings, what to repeat, and ends: for each repetition what it takes, and what leads to it."""
    tree = parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    units: dict[tuple[str, str], None] = {}
    for before, body in _repetitions(tree, ""):
        takes = list(dict.fromkeys(itertools.islice(_samples(body), 10)))
        for unit in [*takes, *(one + other for one, other in itertools.combinations(takes[:5], 2))]:
            units[before, unit] = None
            units["", before + unit] = None
        units["", before] = None
    whole = next(_samples(tree), "")
    units["", whole] = None
    for before, unit in itertools.islice(units, 60):
        if unit:
            for end in ("", "\n!"):
                yield before, unit, end


def _repetitions(tree: Any, before: str) -> Iterator[tuple[str, Any]]:
    """What stands before each long repetition, and what it repeats."""
    for kind, given in tree:
        if kind in REPEATS:
            _, most, body = given
            if most == op.MAXREPEAT or most > 8:
                yield before, body
            yield from _repetitions(body, before)
        elif kind is op.BRANCH:
            for branch in given[1]:
                yield from _repetitions(branch, before)
        elif kind is op.SUBPATTERN:
            yield from _repetitions(given[3], before)
        elif kind is op.ATOMIC_GROUP:
            yield from _repetitions(given, before)
        elif kind in {op.ASSERT, op.ASSERT_NOT}:
            yield from _repetitions(given[1], before)
        before += next(_samples([(kind, given)]), "")


def _samples(tree: Any) -> Iterator[str]:
    """Some strings that these parts take: each part's choices in turn."""
    choices = [list(dict.fromkeys(itertools.islice(_of_part(kind, given), 8))) or [""] for kind, given in tree]
    for turn in range(max(map(len, choices), default=1)):
        yield "".join(options[min(turn, len(options) - 1)] for options in choices)


def _of_part(kind: Any, given: Any) -> Iterator[str]:
    if kind is op.LITERAL:
        yield chr(given)
    elif kind is op.NOT_LITERAL:
        yield from (sign for sign in SOME if ord(sign) != given)
    elif kind is op.ANY:
        yield from "a ."
    elif kind is op.IN:
        yield from _of_set(given)
    elif kind is op.BRANCH:
        for branch in given[1]:
            yield from _samples(branch)
    elif kind is op.SUBPATTERN:
        yield from _samples(given[3])
    elif kind is op.ATOMIC_GROUP:
        yield from _samples(given)
    elif kind in REPEATS:
        least, _, body = given
        yield from (text * max(1, min(least, 4)) for text in _samples(body))
        yield ""


def _of_set(given: Any) -> Iterator[str]:
    negated = given[0][0] is op.NEGATE
    if negated:
        inside = set(_of_set(given[1:])) if len(given) > 1 else set()
        yield from (sign for sign in SOME if sign not in inside)
        return
    for kind, value in given:
        if kind is op.LITERAL:
            yield chr(value)
        elif kind is op.RANGE:
            yield from (chr(value[0]), chr(value[1]))
        elif kind is op.CATEGORY:
            yield from {
                op.CATEGORY_DIGIT: "1",
                op.CATEGORY_SPACE: " \n\t",
                op.CATEGORY_WORD: "a1_",
                op.CATEGORY_NOT_DIGIT: "a .",
                op.CATEGORY_NOT_SPACE: "a1.-",
                op.CATEGORY_NOT_WORD: " .-(",
            }.get(value, "")


# --- measuring ----------------------------------------------------------------------------------------------


def worst(found: Found) -> tuple[float, float, str] | None:
    """Seconds, growth and the string's beginning, where the pattern takes more than its length's worth."""
    for before, unit, end in hostile(found.pattern):
        slow = _measured(found, before, unit, end)
        if slow is not None:
            return *slow, (before + unit * 3)[:80]
    return None


def _measured(found: Found, before: str, unit: str, end: str) -> tuple[float, float] | None:
    seconds = 0.0
    for size in SIZES:
        seconds = _seconds(found, before, unit, end, size)
        if seconds >= HOPELESS:
            return seconds, 99.0
    if seconds < SUSPICIOUS:
        return None
    # On a busy machine a single time says little: the least of a few is what the pattern itself takes, and what grows
    # grows at both doublings.
    once = _least(found, before, unit, end, LARGE)
    if once >= HOPELESS:  # twice the length would be stopped at the same moment, and look like no growth
        return once, 99.0
    if once <= TOO_SLOW:
        return None
    twice = _least(found, before, unit, end, LARGE * 2)
    growth = twice / once
    if growth > GROWTH and twice < HOPELESS:
        four_times = _least(found, before, unit, end, LARGE * 4)
        growth = growth if four_times >= HOPELESS else min(growth, four_times / twice)
    return (once, growth) if growth > GROWTH else None


def _least(found: Found, before: str, unit: str, end: str, size: int) -> float:
    return min(_seconds(found, before, unit, end, size) for _ in range(3))


def _seconds(found: Found, before: str, unit: str, end: str, size: int) -> float:
    text: Any = before + (unit * (size // len(unit) + 1))[:size] + end
    if isinstance(found.pattern.pattern, bytes):
        text = text.encode("latin-1", "replace")
    started = time.process_time()
    # The engine hears signals while it works; one that doubles with each sign would never end.
    signal.signal(signal.SIGPROF, _stop)
    try:
        signal.setitimer(signal.ITIMER_PROF, HOPELESS)
        _use(found, text, size)
        signal.setitimer(signal.ITIMER_PROF, 0)  # in here: the signal may come just before
    except TimeoutError:
        return HOPELESS
    return time.process_time() - started


def _stop(*_: object) -> None:
    raise TimeoutError


def _use(found: Found, text: Any, size: int) -> None:
    if "fullmatch" in found.ways:
        found.pattern.fullmatch(text)
    if "match" in found.ways:
        found.pattern.match(text)
    if "search" in found.ways:
        for _ in itertools.islice(found.pattern.finditer(text), size * 2):
            pass


def main() -> None:
    for found in of_the_program():
        line = {"place": found.place, "pattern": str(found.pattern.pattern), "slow": worst(found)}
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
