"""Changes every named number of some modules, and every weight of the wording, one at a time, and counts how many the
tests notice.

`python scripts/mutate.py SOURCE… --tests TESTS…` works on a copy of the project; SOURCE is a module, a folder of them,
or a TOML file. A number that can be changed unnoticed is one that nobody has shown to be needed.
"""

from __future__ import annotations

import argparse
import ast
import importlib.util
import os
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".servers", ".cache", ".*_cache", "__pycache__", "dist", "demo-run*")
SECONDS = 600
# The project, and what pytest loads itself in a way of its own.
OWN = ("intake", "tests", "_pytest", "pytest", "_hypothesis", "hypothesis.extra", "__main__")
OPTIONS = ("-q", "-x", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")
_KEY = re.compile(r"^(?P<name>\w+) = (?P<value>\d+)\b")


@dataclass(frozen=True, slots=True)
class Number:
    """A number at the head of a module: its name, where it is written, and what stands there."""

    module: Path
    name: str
    line: int
    start: int
    end: int
    value: float

    def changed(self, text: str, value: float) -> str:
        """The module's text with another value."""
        lines = text.splitlines(keepends=True)
        line = lines[self.line - 1].encode()
        lines[self.line - 1] = (line[: self.start] + repr(value).encode() + line[self.end :]).decode()
        return "".join(lines)


def numbers(file: Path) -> Iterator[Number]:
    """The numbers that a module, or a TOML file, names."""
    yield from _keys(file) if file.suffix == ".toml" else _constants(file)


def _keys(file: Path) -> Iterator[Number]:
    for at, line in enumerate((ROOT / file).read_text().splitlines(), start=1):
        if found := _KEY.match(line):
            yield Number(file, found["name"], at, *found.span("value"), int(found["value"]))


def _constants(module: Path) -> Iterator[Number]:
    for statement in ast.parse((ROOT / module).read_text()).body:
        if not isinstance(statement, ast.Assign | ast.AnnAssign) or statement.value is None:
            continue
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        names = " ".join(ast.unparse(target) for target in targets)
        for part in ast.walk(statement.value):
            value = part.value if isinstance(part, ast.Constant) else None
            if isinstance(part, ast.Constant) and isinstance(value, int | float) and not isinstance(value, bool):
                yield Number(module, names, part.lineno, part.col_offset, part.end_col_offset or 0, value)


def others(value: float) -> tuple[float, float]:
    """A smaller and a larger value: one step for a small whole number, half as much for any other."""
    if isinstance(value, int) and value < 10:
        return value - 1, value + 1
    return type(value)(value / 1.5), type(value)(value * 1.5)


def main() -> int:
    """The command; prints what went unnoticed and the share that was noticed."""
    parser = argparse.ArgumentParser(prog="python scripts/mutate.py", description=__doc__)
    parser.add_argument("source", type=Path, nargs="+", help="modules, folders of them, TOML files")
    parser.add_argument("--tests", nargs="+", required=True, help="the tests that should notice")
    chosen = parser.parse_args()
    modules = [
        file for source in chosen.source for file in (sorted(source.rglob("*.py")) if source.is_dir() else [source])
    ]
    noticed = every = 0
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / "project"
        shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
        _warm(copy, chosen.tests)
        if not _passes(chosen.tests):
            print("The tests fail as they are.")
            return 2
        for number in (found for module in modules for found in numbers(module)):
            text = (ROOT / number.module).read_text()
            nearest = _nearest(copy, number.module, chosen.tests)
            for value in others(number.value):
                (copy / number.module).write_text(number.changed(text, value))
                every += 1
                # Most changes are noticed by the module's own tests: the rest is asked only where those are not.
                if (not nearest or _passes(nearest)) and _passes(chosen.tests):
                    print(
                        f"unnoticed: {number.module}:{number.line} {number.name}: {number.value} as {value}", flush=True
                    )
                else:
                    noticed += 1
            (copy / number.module).write_text(text)
    print(f"{noticed} of {every} changes noticed ({100 * noticed / max(1, every):.0f} %)")
    return 0


def _nearest(folder: Path, module: Path, tests: list[str]) -> list[str]:
    """The tests that are named after a module."""
    found = (path for name in tests for path in (folder / name).rglob(f"test_{module.stem}.py"))
    return [str(path.relative_to(folder)) for path in found]


def _warm(folder: Path, tests: list[str]) -> None:
    """Loads the libraries that the tests need, and nothing of the project: each change is tried in a fork of this."""
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    sys.dont_write_bytecode = True  # of two changes within one second, the first one's bytecode would stand for both
    names = folder / "loaded"
    child = os.fork()
    if child == 0:
        with _silence():
            pytest.main(["--collect-only", *OPTIONS, *tests])
        names.write_text("\n".join(sys.modules))
        os._exit(0)
    os.waitpid(child, 0)
    # A slow machine, or another draw of examples, says nothing of whether a change was noticed.
    hypothesis.settings.register_profile("same", deadline=None, derandomize=True)
    hypothesis.settings.load_profile("same")
    for name in names.read_text().split():
        if not name.startswith(OWN) and importlib.util.find_spec(name.partition(".")[0]):
            with suppress(ImportError):
                importlib.import_module(name)


def _passes(tests: list[str]) -> bool:
    child = os.fork()
    if child == 0:
        signal.alarm(SECONDS)
        with _silence():
            os._exit(int(pytest.main([*OPTIONS, *tests])))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@contextmanager
def _silence() -> Iterator[None]:
    """What pytest prints is of no interest."""
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        yield


if __name__ == "__main__":
    sys.exit(main())
