"""`python scripts/figures.py PACKAGE [TESTS]`: how a Python package is built, in figures, for `docs/architecture.md`.

PACKAGE is a package's folder, TESTS the folder of its tests; folders called `tests` or `testing` inside the package
count as tests too. Only the standard library is used, so that any package can be measured in the same way.
"""

from __future__ import annotations

import ast
import sys
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

_TESTS = {"tests", "testing"}


@dataclass(frozen=True, slots=True)
class Source:
    """One file: its module's dotted name, its tree, its lines and how many of them hold words or a comment."""

    module: str
    is_package: bool
    tree: ast.Module
    lines: int
    written: int  # not blank
    comments: int  # with a comment, alone or behind code

    @property
    def functions(self) -> list[int]:
        """The length of each function, in lines, from `def` to its last."""
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
        return [
            (node.end_lineno or node.lineno) - node.lineno + 1
            for node in ast.walk(self.tree)
            if isinstance(node, kinds)
        ]


def read(path: Path, module: str) -> Source:
    """One file. Raises SyntaxError where this Python cannot read it."""
    with tokenize.open(path) as file:
        text = file.read()
    with path.open("rb") as raw:
        comments = sum(token.type == tokenize.COMMENT for token in tokenize.tokenize(raw.readline))
    lines = text.splitlines()
    return Source(
        module,
        path.stem == "__init__",
        ast.parse(text),
        len(lines),
        sum(bool(line.strip()) for line in lines),
        comments,
    )


def sources(package: Path) -> tuple[list[Source], list[Source]]:
    """The package's own files, and the tests among them."""
    own: list[Source] = []
    tests: list[Source] = []
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package.parent).with_suffix("").parts
        module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        (tests if _TESTS & set(parts[1:-1]) else own).append(read(path, module))
    return own, tests


def circles(own: list[Source]) -> list[set[str]]:
    """The sets of modules that import each other while they are being imported."""
    modules = {source.module for source in own}
    reach = {source.module: modules & set(_imported(source, modules)) for source in own}
    while True:
        wider = {name: seen.union(*(reach[each] for each in seen)) for name, seen in reach.items()}
        if wider == reach:
            return _mutual(reach)
        reach = wider


def _mutual(reach: Mapping[str, set[str]]) -> list[set[str]]:
    found: list[set[str]] = []
    for name, seen in reach.items():
        if name in seen and not any(name in circle for circle in found):
            found.append({other for other in seen if name in reach[other]})
    return found


def _imported(source: Source, modules: set[str]) -> Iterator[str]:
    """What a file imports of the package when it is imported itself: not in functions, not for types alone."""
    for node in _at_import(source.tree.body):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            of = _named_from(source, node)
            for alias in node.names:
                yield f"{of}.{alias.name}" if f"{of}.{alias.name}" in modules else of


def _named_from(source: Source, node: ast.ImportFrom) -> str:
    """The module that a `from … import` names, dots in front resolved."""
    if not node.level:
        return node.module or ""
    package = source.module.split(".")[: None if source.is_package else -1]
    return ".".join([*package[: len(package) - node.level + 1], *filter(None, [node.module])])


def _at_import(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        yield node
        if isinstance(node, ast.If) and "TYPE_CHECKING" not in ast.unparse(node.test):
            yield from _at_import([*node.body, *node.orelse])
        elif isinstance(node, ast.Try):
            yield from _at_import([*node.body, *chain.from_iterable(each.body for each in node.handlers), *node.orelse])
        elif isinstance(node, ast.ClassDef):
            yield from _at_import(node.body)


def at(values: list[int], share: float) -> int:
    """The value below which that share of them lies; 0 where there are none."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else 0


def figures(package: Path, tests: Path | None = None) -> dict[str, str]:
    """What is measured, by its name, as it is printed."""
    own, own_tests = sources(package)
    if tests is not None:
        own_tests += [read(path, path.stem) for path in sorted(tests.rglob("*.py"))]
    written = sum(source.written for source in own)
    files = [source.lines for source in own]
    functions = list(chain.from_iterable(source.functions for source in own))
    tops = {source.module.split(".")[1] for source in own if "." in source.module} - {"__main__"}
    mutual = circles(own)
    return {
        "files": f"{len(files):,}",
        "lines that are not blank": f"{written:,}",
        "lines a file: median, 90 %, longest": f"{at(files, 0.5)}, {at(files, 0.9)}, {max(files):,}",
        "lines a function: median, 90 %, longest": f"{at(functions, 0.5)}, {at(functions, 0.9)}, {max(functions):,}",
        "functions over 60 lines": str(sum(each > 60 for each in functions)),
        "lines with a comment": f"{sum(source.comments for source in own) / written:.1%}",
        "lines of tests to a line of code": (
            f"{sum(source.written for source in own_tests) / written:.2f}" if own_tests else "not there"
        ),
        "import circles, modules in them": f"{len(mutual)}, {sum(map(len, mutual))}",
        "names at the top": str(len(tops)),
    }


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 3:
        sys.exit(__doc__)
    for name, value in figures(*map(Path, sys.argv[1:])).items():
        print(f"{name:45}{value}")
