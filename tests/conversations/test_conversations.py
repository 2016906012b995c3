"""A short part of the conversations, those that say `fast = true`; `make conversations` runs them all."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from intake.pipeline import Pipeline
from intake.wiring.children import start_sandbox
from tests.conversations.reading import parse, read
from tests.conversations.relay import MoodyRelay
from tests.conversations.running import Servers, run, servers
from tests.conversations.ways import ByGraph, ByImapAndSmtp
from tests.servers.dovecot import Dovecot

_FILES = sorted(Path(__file__).parent.glob("*.toml"))
_FAST = [file for file in _FILES if "\nfast = true\n" in file.read_text(encoding="utf-8")]


@pytest.fixture(scope="module")
def shared(dovecot: Dovecot) -> Iterator[Servers]:
    with MoodyRelay() as relay, start_sandbox() as sandbox:
        yield Servers(ByImapAndSmtp(dovecot, relay), sandbox)


@pytest.fixture(scope="module")
def either(request: pytest.FixtureRequest) -> Iterator[Servers]:
    """Those of the way in and out that the test names."""
    if request.param == "imap-smtp":
        yield request.getfixturevalue("shared")
        return
    with servers("graph") as by_graph:
        yield by_graph
        assert isinstance(by_graph.way, ByGraph)
        assert by_graph.way.graph.broken == []


@pytest.fixture(autouse=True)
def own_logging() -> Iterator[None]:
    """Running a command quietens the logs of the whole process."""
    yield
    structlog.reset_defaults()
    logging.disable(logging.NOTSET)
    logging.captureWarnings(capture=False)


@pytest.mark.parametrize("either", ["imap-smtp", "graph"], indirect=True)
@pytest.mark.parametrize("file", _FAST, ids=lambda file: file.stem)
def test_a_conversation_goes_as_expected(file: Path, either: Servers) -> None:
    assert run(read(file), either) == []


@pytest.mark.parametrize("file", _FILES, ids=lambda file: file.stem)
def test_every_conversation_can_be_read(file: Path) -> None:
    assert read(file).title


_FIRST = """
title = "A report without a web address"
kind = "test"
[[step]]
[step.mail]
label = "first"
link = false
attach = [{ file = "report", label = "R1" }]
"""
_REPLY = '[[step.left]]\nkind = "reply"\n'


@pytest.mark.parametrize(
    ("expected", "told"),
    [
        ("", "also left: reply to joanna.reed@northmere.gov.example"),
        (_REPLY + _REPLY, "no reply to joanna.reed@northmere.gov.example left"),
        (_REPLY + 'to = "other@northmere.gov.example"', "expected other@northmere.gov.example"),
        (_REPLY + 'says = ["action plan is missing"]', "the reply does not say “action plan is missing”"),
        (_REPLY + 'never = ["web address"]', "the reply says “web address”"),
        (_REPLY + 'subject = "Hello"', "expected “Hello” in it"),
        (_REPLY + 'report = "R1"', "the reply carries nothing, expected the bytes of “R1”"),
        (_REPLY + '[[step.case]]\ncase = 1\nstate = "complete"', "has state waiting-for-CSP, expected complete"),
        (_REPLY + "[[step.case]]\ncase = 1\nversion = 7", "is version 1, expected 7"),
        (_REPLY + '[[step.case]]\ncase = 1\nweblink = "{weblink}"', "has the web address none, expected https://"),
        (_REPLY + '[[step.case]]\ncase = 1\nreport = "none"', "stands on the report “R1”, expected “none”"),
        (_REPLY + '[[step.case]]\ncase = 1\ndoubts = ["on-hold"]', "has the open doubts nothing, expected on-hold"),
        (_REPLY + "[[step.case]]\ncase = 2", "there is no case 2"),
        (_REPLY + '[step.messages]\nfirst = "ignored"', "the message “first” is processed, expected ignored"),
    ],
)
def test_an_expectation_that_is_not_fulfilled_is_told(expected: str, told: str, shared: Servers) -> None:
    (found,) = run(parse(_FIRST + expected, "test.toml"), shared)
    assert found.startswith("step 1 (mail: first): ")
    assert told in found


def test_keys_before_a_table_count_too(shared: Servers) -> None:
    text = _FIRST.replace("[[step]]\n", '[[step]]\nsubmissions = 2\noutbox = ["reply queued"]\n') + _REPLY
    assert [each.partition(": ")[2] for each in run(parse(text, "test.toml"), shared)] == [
        "first): in the outbox: nothing, expected reply queued",
        "first): there are 1 submissions, expected 2",
    ]


def test_a_command_that_ends_otherwise_than_expected_is_told(shared: Servers) -> None:
    step = '[[step]]\ncommand = ["hold", "case 1"]\n{}\n'
    text = _FIRST + _REPLY + step.format("refused = true") + step.format('prints = ["is gone"]')
    told = run(parse(text, "test.toml"), shared)
    assert len(told) == 2
    assert "the command ended with 0, expected a refusal (1 or 2)" in told[0]
    assert "the command does not say “is gone”" in told[1]


def test_a_message_that_the_program_fails_on_is_told(shared: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_self: Pipeline, _claim: object, _now: object) -> None:
        raise ValueError

    monkeypatch.setattr(Pipeline, "process", fail)
    told = run(parse(_FIRST, "test.toml"), shared)
    assert told == ["step 1 (mail: first): a message waits, since the program failed on it (ValueError)"]
