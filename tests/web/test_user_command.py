from __future__ import annotations

import io
from pathlib import Path

import pytest

from intake.cli import main
from intake.ledger import Ledger, Role

SETTINGS = """
[service]
address = "dhr@demo.example"
[[mailboxes]]
host = "127.0.0.1"
tls = "none"
username = "intake"
password_file = "password"
[relay]
host = "127.0.0.1"
tls = "none"
auth = "none"
[recipients]
commissioner = "dhr@commissioner.example"
staff = ["team@demo.example"]
[storage]
folder = "data"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "password").write_text("x")
    (tmp_path / "password").chmod(0o600)
    (tmp_path / "data").mkdir(mode=0o700)
    path = tmp_path / "intake.toml"
    path.write_text(SETTINGS)
    return path


def user(config: Path, *words: str, typed: str = "", monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed + "\n"))
    return main(["user", *words, "--config", str(config), "--password-stdin"])


def test_accounts_are_made_listed_and_changed(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert user(config, "add", "A.Baker", "--role", "reader", typed="three random words", monkeypatch=monkeypatch) == 0
    assert user(config, "role", "a.baker", "--role", "administrator", monkeypatch=monkeypatch) == 0
    assert user(config, "disable", "a.baker", monkeypatch=monkeypatch) == 0
    assert user(config, "list", monkeypatch=monkeypatch) == 0
    assert "a.baker  administrator  a.baker  (disabled)" in capsys.readouterr().out
    with Ledger.open(f"sqlite:///{next(config.parent.glob('data/*.sqlite'))}") as ledger:
        account = ledger.people.account("a.baker")
    assert account is not None
    assert account.role is Role.ADMINISTRATOR
    assert account.password_hash.startswith("$argon2id$")
    assert "three random words" not in account.password_hash


@pytest.mark.parametrize(
    ("words", "typed", "said"),
    [
        (["add", "a b"], "three random words", "Name the account"),
        (["add", "a.baker"], "short", "between 12 and 200"),
        (["password", "nobody"], "three random words", "There is no account nobody"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    config: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    typed: str,
    said: str,
) -> None:
    assert user(config, *words, typed=typed, monkeypatch=monkeypatch) == 2
    assert said in capsys.readouterr().err


def test_a_name_is_given_once(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert user(config, "add", "ada", typed="three random words", monkeypatch=monkeypatch) == 0
    assert user(config, "add", "ada", typed="three random words", monkeypatch=monkeypatch) == 2
    assert "already" in capsys.readouterr().err
