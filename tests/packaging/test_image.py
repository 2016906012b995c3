"""The container files, held to what the package and the program are; they are built where a builder is at hand."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from intake import cli
from scripts.wheel import ROOT

CONTAINERFILE = (ROOT / "Containerfile").read_text()
COMPOSE = (ROOT / "compose.yaml").read_text()


def last_stage() -> str:
    return CONTAINERFILE.split("\nFROM ")[-1]


def service(name: str) -> str:
    """One service's lines."""
    found = re.search(rf"^  {name}:\n((?:    .*\n|\n)+)", COMPOSE, re.MULTILINE)
    assert found is not None, name
    return found[1]


def test_the_image_runs_as_an_account_that_is_not_root() -> None:
    (user,) = re.findall(r"^USER (.+)$", last_stage(), re.MULTILINE)
    assert user == "990:990"
    assert f"--uid {user.partition(':')[0]} " in last_stage()
    assert last_stage().rindex("\nRUN ") < last_stage().index("\nUSER ")


def test_it_starts_and_asks_after_commands_that_there_are() -> None:
    names = {name for name, _ in cli._COMMANDS}
    asked = re.search(r'HEALTHCHECK .*CMD \["/opt/intake/bin/intake", "(\w+)"\]', last_stage())
    started = re.search(r'^CMD \["(\w+)"\]', last_stage(), re.MULTILINE)
    assert asked is not None
    assert started is not None
    assert {asked[1], started[1]} <= names


def test_what_is_built_from_holds_no_secret_and_nothing_that_was_made_here() -> None:
    left_out = (ROOT / ".containerignore").read_text().split()
    assert {".git", ".venv", "build", "dist", "secrets", "intake.toml"} <= set(left_out)


def test_both_of_our_containers_are_closed_and_read_only() -> None:
    shared = COMPOSE.split("\nservices:")[0]
    for line in ("read_only: true", "cap_drop: [ALL]", 'security_opt: ["no-new-privileges:true"]'):
        assert line in shared
    for name in ("intake", "web"):
        assert "<<: *intake" in service(name)


def test_nothing_is_published_beyond_this_machine() -> None:
    assert re.findall(r"ports: \[(.+)\]", COMPOSE) == ['"127.0.0.1:8025:8025"']
    assert "internal: true" in COMPOSE
    assert "networks: [inside]" in service("postgresql")


@pytest.mark.parametrize("key", ["ledger", "ledger_password_file", "address", "required", "host", "trusted_proxies"])
def test_each_key_that_it_asks_for_is_one_of_the_settings(key: str) -> None:
    asked = re.search(rf"^#   \[(\w+)\].*\b{key} = ", COMPOSE, re.MULTILINE)
    assert asked is not None
    example = tomllib.loads((ROOT / "config/intake.example.toml").read_text())
    assert key in example[asked[1]]


def test_no_image_and_no_step_names_a_registry() -> None:
    """What is fetched comes from where the machine is set up to fetch it from."""
    images = re.findall(r"^ *image: (\S+)|^ARG BASE=(\S+)", COMPOSE + CONTAINERFILE, re.MULTILINE)
    assert len(images) == 4
    assert all("." not in (one or other).partition("/")[0].partition(":")[0] for one, other in images)
    assert "--index-url" not in CONTAINERFILE
    assert Path(ROOT / "scripts/image").stat().st_mode & 0o111
