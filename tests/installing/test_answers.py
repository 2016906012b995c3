"""The example of an answers file tells the whole truth, and what is left out follows from the rest."""

from __future__ import annotations

from pathlib import Path

import msgspec

from intake import resources
from intake.installing.answers import Answers, read_answers, secrets_given, settings_of
from intake.settings.strict_toml import lines_of_keys

EXAMPLE = "config/answers.example.toml"
GIVEN = {"address", "commissioner", "staff", "imap_password_file"}


def test_the_example_holds_every_answer_with_what_is_taken_without_it() -> None:
    keys = {where[0] for where in lines_of_keys(resources.read_text(EXAMPLE))}
    assert keys == set(Answers.__struct_fields__)
    read = read_answers(resources.path(EXAMPLE))
    for entry in msgspec.structs.fields(Answers):
        assert entry.name in GIVEN or getattr(read, entry.name) == entry.default, entry.name


def test_the_relay_is_signed_in_to_as_the_mailbox_is(tmp_path: Path) -> None:
    read = read_answers(resources.path(EXAMPLE))
    settings = settings_of(read, secrets_given(read))
    assert settings.relay.username == settings.mailboxes[0].username == read.address
    assert settings.relay.password_file == settings.mailboxes[0].password_file
    assert (settings.mailboxes[0].host, settings.relay.host) == ("imap.example.gov.uk", "smtp.example.gov.uk")


def test_a_relay_without_a_login_gets_no_password() -> None:
    read = msgspec.structs.replace(read_answers(resources.path(EXAMPLE)), smtp_auth="none")
    relay = settings_of(read, secrets_given(read)).relay
    assert (relay.auth, relay.username, relay.password_file) == ("none", "", "")
