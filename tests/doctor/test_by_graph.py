"""What `intake doctor` says where mail comes and goes by Microsoft Graph."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.conftest import Run
from tests.conversations.configuration import as_toml, by_graph
from tests.servers.graph import Fault, GraphServer
from tests.service.world import submission


@pytest.fixture
def configuration(graph: GraphServer, tmp_path: Path) -> Path:
    user = graph.add_user()
    user.append(submission())
    secret = tmp_path / "password"
    secret.touch(mode=0o600)
    secret.write_text("a secret")
    file = tmp_path / "intake.toml"
    file.write_text(as_toml(by_graph(user.address, graph)), encoding="utf-8")
    return file


def said(run: Run, configuration: Path, check: str) -> list[tuple[str, str]]:
    rows = map(json.loads, run("doctor", "--json", "--config", configuration).out.splitlines())
    return [(row["status"], f"{row['message']} {row['hint']}") for row in rows if row["id"] == check]


def test_a_mailbox_that_lets_us_in_is_said_and_nothing_of_imap(
    bare_run: Run, configuration: Path, graph: GraphServer
) -> None:
    told = said(bare_run, configuration, "mailbox")
    assert {status for status, _ in told} == {"ok"}
    text = " ".join(text for _, text in told)
    assert "Microsoft Graph lets us into u1@graph.example" in text
    assert "INBOX holds 1 message" in text
    assert "IDLE" not in text
    sends = said(bare_run, configuration, "relay")
    assert sends[0] == ("ok", "Microsoft Graph lets us into u1@graph.example, which sends. ")
    assert graph.broken == []


def test_a_mailbox_that_is_closed_to_the_application_is_a_failure_with_a_hint(
    bare_run: Run, configuration: Path, graph: GraphServer
) -> None:
    graph.spoil(Fault("/(inbox|sentitems)$", status=403, code="ErrorAccessDenied", times=10))
    for check in ("mailbox", "relay"):
        ((status, text),) = said(bare_run, configuration, check)
        assert status == "failure"
        assert "403, ErrorAccessDenied" in text
        assert "docs/microsoft-365.md" in text
