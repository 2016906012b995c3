"""The written settings: few keys, each with the example's comment; and the ten that the example marks."""

from __future__ import annotations

from pathlib import Path

from intake import resources
from intake.installing.answers import Answers, SecretFiles, settings_of
from intake.installing.example import EXAMPLE, MARK, read_comments, written
from intake.model import Mode
from intake.settings import parse_settings

ANSWERS = Answers(
    address="dhr@northmere.gov.uk",
    commissioner="reports@tidewell.gov.uk",
    staff=("team@northmere.gov.uk",),
    authserv_id="mx.northmere.gov.uk",
    border_host="mx.northmere.gov.uk",
)
BY_PASSWORD = SecretFiles(imap_password="imap-password", smtp_password="smtp-password")
FOLDER = Path("/etc/intake")


def marked() -> dict[int, tuple[str, str]]:
    """The keys that the example marks, by their numbers."""
    comments = read_comments(resources.read_text(EXAMPLE)).keys
    marks = {key: [int(found[1]) for line in lines if (found := MARK.match(line))] for key, lines in comments.items()}
    return {number: key for key, numbers in marks.items() for number in numbers}


def test_ten_keys_are_marked_and_every_new_file_holds_them() -> None:
    keys = marked()
    assert sorted(keys) == list(range(1, 11))
    text = written(settings_of(ANSWERS, BY_PASSWORD))
    assert set(keys.values()) <= set(read_comments(text).keys)


def test_beside_them_it_holds_the_mode_and_the_passwords_files_alone() -> None:
    keys = set(read_comments(written(settings_of(ANSWERS, BY_PASSWORD))).keys) - set(marked().values())
    assert keys == {("", "mode"), ("mailboxes", "password_file"), ("relay", "password_file")}


def test_every_key_has_its_comment_and_none_its_number() -> None:
    text = written(settings_of(ANSWERS, BY_PASSWORD))
    assert all(read_comments(text).keys.values())
    assert "/10)" not in text
    assert max(map(len, text.splitlines())) <= 120


def test_what_is_written_is_read_as_it_was_meant() -> None:
    meant = settings_of(ANSWERS, BY_PASSWORD)
    read = parse_settings(written(meant), "intake.toml", FOLDER)
    assert read.mode is Mode.TRIAL
    assert read.trial.allow == ("team@northmere.gov.uk",)
    assert read.mailboxes[0].password_file == "/etc/intake/imap-password"
    assert (read.service, read.recipients, read.senders) == (meant.service, meant.recipients, meant.senders)


def test_microsoft_365_needs_no_server_names() -> None:
    answers = Answers(
        address="dhr@northmere.gov.uk",
        commissioner="reports@tidewell.gov.uk",
        staff=("team@northmere.gov.uk",),
        sign_in="microsoft-365",
        tenant="11111111-2222-3333-4444-555555555555",
        client_id="intake",
        client_secret_expires="2028-03-31",
    )
    read = parse_settings(
        written(settings_of(answers, SecretFiles(client_secret="oauth-client-secret"))), "intake.toml", FOLDER
    )
    assert (read.mailboxes[0].host, read.mailboxes[0].auth) == ("outlook.office365.com", "xoauth2")
    assert (read.relay.host, read.relay.auth, read.relay.username) == (
        "smtp.office365.com",
        "xoauth2",
        "dhr@northmere.gov.uk",
    )
    assert "/11111111-2222-3333-4444-555555555555/" in read.oauth.token_endpoint
    assert read.oauth.client_secret_file == "/etc/intake/oauth-client-secret"
