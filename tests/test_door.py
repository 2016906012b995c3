"""What a newcomer reads stays true: the hooks run what `make check` runs, links lead somewhere, figures are counted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts import figures

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_the_hooks_before_a_commit_are_what_make_check_runs() -> None:
    recipe = re.search(r"^check:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert recipe is not None
    made = [line.strip().replace("$(PYTHON)", ".venv/bin/python") for line in recipe.group(1).splitlines()]
    hooks = re.findall(r"entry: (.*)", (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert hooks == made


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_link_to_a_file_of_ours_leads_to_one(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert not [link for link in links if not (page.parent / link).exists()]


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/architecture.md"])
def test_each_file_that_is_named_is_there(page: str) -> None:
    named = re.findall(r"`((?:intake|tests|config|reader|scripts|docs|templates)/[\w./-]+)`", (ROOT / page).read_text())
    assert named
    assert not [name for name in named if not (ROOT / name).exists()]


def test_figures_are_counted_as_they_say(tmp_path: Path) -> None:
    package = tmp_path / "pack"
    (package / "tests").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "one.py").write_text("from pack import two  # why\n\n\ndef short() -> int:\n    return two.x\n")
    (package / "two.py").write_text("from . import one\n\nx = 1\n")
    (package / "three.py").write_text("def late() -> None:\n    import pack.one\n\n\nimport pack.two\n")
    (package / "tests" / "test_one.py").write_text("assert 1\nassert 2\n")
    own, tests = figures.sources(package)
    assert figures.circles(own) == [{"pack.one", "pack.two"}]
    assert [source.module for source in tests] == ["pack.tests.test_one"]
    found = figures.figures(package)
    assert found["import circles, modules in them"] == "1, 2"
    assert found["lines that are not blank"] == "8"
    assert found["lines with a comment"] == "12.5%"
    assert found["lines of tests to a line of code"] == "0.25"
    assert found["lines a function: median, 90 %, longest"] == "2, 2, 2"
    assert found["names at the top"] == "3"
