"""The settings file: what is refused, how it is said, and that the example tells the whole truth."""

from __future__ import annotations

import errno
import os
import pickle
import re
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import msgspec
import pytest

from intake.errors import ConfigurationError
from intake.model import Mode
from intake.settings import Secret, Settings, domain_matches, parse_settings, read_secret, read_settings
from intake.settings.secret import locate_secret

EXAMPLE = Path(__file__).parents[1] / "config" / "intake.example.toml"
EXAMPLE_TEXT = EXAMPLE.read_text(encoding="utf-8")

SMALLEST = """\
[service]
address = "dhr@example.gov.uk"
[[mailboxes]]
host = "imap.example.gov.uk"
username = "dhr"
password_file = "imap-password"
[relay]
host = "smtp.example.gov.uk"
username = "dhr"
password_file = "smtp-password"
[recipients]
commissioner = "dhr@commissioner.example"
staff = ["team@example.gov.uk"]
"""


def settings(text: str = SMALLEST) -> Settings:
    return parse_settings(text, "intake.toml", Path("/etc/intake"))


def refusal(text: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        settings(text)
    return caught.value.message


def records() -> list[tuple[str, type[msgspec.Struct]]]:
    """Every record of the settings with the section it stands in."""
    found: list[tuple[str, type[msgspec.Struct]]] = []

    def visit(section: str, record: type[msgspec.Struct]) -> None:
        found.append((section, record))
        for entry in msgspec.structs.fields(record):
            for kind in (entry.type, *getattr(entry.type, "__args__", ())):
                if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
                    visit(f"{section}.{entry.name}".lstrip("."), kind)

    visit("", Settings)
    return found


def documented_keys(text: str) -> dict[tuple[str, str], bool]:
    """(section, key) of every key in the example → whether a comment stands right above it."""
    keys: dict[tuple[str, str], bool] = {}
    section, before = "", ""
    for line in text.splitlines():
        if header := re.match(r"\[\[?([\w.]+)\]", line):
            section = header.group(1)
        elif key := re.match(r"(\w+) = ", line):
            keys[(section, key.group(1))] = before.startswith("#")
        before = line
    return keys


# --- the example ----------------------------------------------------------------------------------------------


def test_the_example_holds_every_key_with_a_comment_and_no_other() -> None:
    sections = {section for section, _ in records()}
    wanted = {
        (section, entry.name)
        for section, record in records()
        for entry in msgspec.structs.fields(record)
        if f"{section}.{entry.name}".lstrip(".") not in sections
    }
    keys = documented_keys(EXAMPLE_TEXT)
    assert set(keys) == wanted
    assert [key for key, commented in keys.items() if not commented] == []


def test_the_example_says_the_defaults() -> None:
    example = parse_settings(EXAMPLE_TEXT, "example", Path("/etc/intake"))

    # The only values that differ are those that an installation must give itself.
    given = {
        "service.address", "mailboxes.host", "mailboxes.username", "mailboxes.password_file", "relay.host",
        "relay.username", "relay.password_file", "recipients.commissioner", "recipients.staff",
    }  # fmt: skip

    def differing(record: Any, path: str) -> set[str]:
        found: set[str] = set()
        for entry in msgspec.structs.fields(record):
            value, name = getattr(record, entry.name), f"{path}.{entry.name}".lstrip(".")
            if isinstance(value, msgspec.Struct):
                found |= differing(value, name)
            elif value and isinstance(value, tuple) and isinstance(value[0], msgspec.Struct):
                found |= differing(value[0], name)
            elif entry.required or value != entry.default:
                found.add(name)
        return found

    assert differing(example, "") == given


# --- what is read ---------------------------------------------------------------------------------------------


def test_the_smallest_file_is_enough() -> None:
    read = settings()
    assert read.mode is Mode.TRIAL
    assert read.mailboxes[0].folders == ("INBOX",)
    assert read.envelope_sender == "dhr@example.gov.uk"
    assert read.message_id_domain == "example.gov.uk"
    assert read.storage.ledger_url == "sqlite:////var/lib/intake/ledger.sqlite"


def test_paths_count_from_the_files_folder(tmp_path: Path) -> None:
    file = tmp_path / "intake.toml"
    file.write_text(SMALLEST + '[storage]\nfolder = "data"\n[overrides]\ntemplates = "../mail"\n')
    read = read_settings(file)
    assert read.storage.folder == str(tmp_path / "data")
    assert read.overrides.templates == str(tmp_path.parent / "mail")
    assert read.mailboxes[0].password_file == str(tmp_path / "imap-password")


def test_credentials_that_may_not_be_looked_at_are_named_when_they_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    refused = PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    with monkeypatch.context() as closed:
        closed.setattr(Path, "stat", Mock(side_effect=refused))
        found = locate_secret("imap-password", tmp_path / "etc")
    assert found == str(tmp_path / "imap-password")
    monkeypatch.setattr(os, "open", Mock(side_effect=refused))
    with pytest.raises(ConfigurationError, match="cannot be read: Permission denied"):
        read_secret(found, "the mailbox password")


def test_a_bare_secret_name_is_taken_from_the_systemd_credentials(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "imap-password").write_text("from systemd\n")
    (tmp_path / "imap-password").chmod(0o440)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    read = settings()
    assert read_secret(read.mailboxes[0].password_file, "a password").reveal() == "from systemd"
    assert read.relay.password_file == "/etc/intake/smtp-password"


def test_settings_are_frozen() -> None:
    with pytest.raises(AttributeError):
        settings().service.name = "other"  # type: ignore[misc]


def test_a_missing_file_is_one_sentence() -> None:
    with pytest.raises(ConfigurationError, match=r"settings file /nowhere/intake.toml cannot be read: No such file"):
        read_settings(Path("/nowhere/intake.toml"))


# --- what is refused, and how it is said --------------------------------------------------------------------------


def test_a_mistyped_key_is_named_with_its_line_and_a_suggestion() -> None:
    told = refusal(SMALLEST.replace('staff = ["', 'staf = ["'))
    assert "line 13: recipients.staf is not a key that exists; did you mean staff?" in told
    assert "recipients.staff is missing" in told


def test_a_key_under_the_wrong_heading_is_told_where_it_belongs() -> None:
    assert "it belongs in [timing]" in refusal(SMALLEST + "settle_seconds = 0\n")
    assert "move it to the top" in refusal(SMALLEST + 'mode = "trial"\n')


def test_an_unknown_section_gets_a_suggestion() -> None:
    assert "line 14: senderz is not a key that exists; did you mean senders?" in refusal(SMALLEST + "[senderz]\n")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("[relay2]", "did you mean relay?"),
        ('[timing]\nsettle_seconds = "900"', "line 15: timing.settle_seconds must be a number of at least 0"),
        ("[web]\nport = 70000", "line 15: web.port must be a whole number from 1 to 65535, not this number"),
        ('[web]\nenabled = "yes"', "line 15: web.enabled must be true or false, without quotes, not this text"),
        ('[logging]\nlevel = "loud"', 'must be one of "debug", "error", "info", "warning", not this text'),
        ('[trial]\nallow = "x@y.uk"', "trial.allow must be a list of texts in quotes, in square brackets"),
        ("[storage]\nfolder = 5", "storage.folder must be text in quotes, not this number"),
        ("[limits]\nstrikes = 0", "limits.strikes must be a whole number of at least 1, not this number"),
        ('[trial]\nallow = ["not an address"]', "trial.allow holds email addresses and domains"),
        ("[scanner]\nrequired = true", "line 15: scanner.required needs scanner.address"),
        ('[web]\nhost = "0.0.0.0"', "web.host beyond this machine needs"),
        ('[web]\nsign_in = "oidc"', "needs issuer, client_id and client_secret_file"),
        ("[timing]\nretry_first_seconds = 7200", "must not be below retry_first_seconds"),
        ('[oauth]\ntoken_endpoint = "http://login.example/token"', "must begin with https://"),
        ('[oauth]\nsecret_expires = "soon"', "must be a date such as"),
        ('[storage]\nmessages = "database"', 'storage.messages = "database" needs a ledger in PostgreSQL'),
        ('[storage]\nmessages = "s3"', "needs storage.s3.bucket"),
        ('[storage.s3]\naccess_key_id = "a"', "access_key_id and secret_access_key_file together"),
        ('[storage.s3]\nendpoint = "http://s3.example"', "storage.s3.endpoint must begin with https://"),
    ],
)  # fmt: skip
def test_each_slip_is_one_plain_sentence(line: str, told: str) -> None:
    assert told in refusal(SMALLEST + line + "\n")


@pytest.mark.parametrize("server", ["imap", "smtp"])
def test_a_server_without_a_name_is_refused(server: str) -> None:
    section = {"imap": "mailboxes", "smtp": "relay"}[server]
    told = refusal(SMALLEST.replace(f'host = "{server}.example.gov.uk"\n', ""))
    assert f"{section}.host must be a server's name or address" in told


GRAPH = """\
transport = "graph"
[service]
address = "dhr@example.gov.uk"
[[mailboxes]]
username = "dhr@example.gov.uk"
[oauth]
token_endpoint = "https://login.example/token"
client_id = "an-application"
client_secret_file = "client-secret"
[recipients]
commissioner = "dhr@commissioner.example"
staff = ["team@example.gov.uk"]
"""


def test_microsoft_graph_needs_no_servers_and_asks_for_its_own_tokens() -> None:
    by_graph = settings(GRAPH)
    assert by_graph.by_graph
    assert by_graph.token_scope == "https://graph.microsoft.com/.default"
    assert by_graph.sending_mailbox == "dhr@example.gov.uk"
    assert by_graph.sent_folder(by_graph.mailboxes[0]) == "Sent Items"
    assert settings().token_scope == "https://outlook.office365.com/.default"
    assert settings().sent_folder(settings().mailboxes[0]) == ""


def test_another_mailbox_than_the_one_that_sends_keeps_no_copies() -> None:
    apart = settings(GRAPH + '[relay]\nusername = "DHR-out@example.gov.uk"\n')
    assert apart.sending_mailbox == "DHR-out@example.gov.uk"
    assert apart.sent_folder(apart.mailboxes[0]) == ""


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ('[graph]\nendpoint = "http://graph.example/v1.0"', "graph.endpoint must begin with https://"),
        ("[relay]\nverp = true", "with Microsoft Graph bounces go to the sending mailbox"),
        ('[proxy]\nurl = "proxy.example:3128"', "proxy.url must be an address such as http://"),
        ('[proxy]\nurl = "http://me:pw@proxy.example:3128"', "with the name in proxy.username"),
        ('[proxy]\nurl = "http://proxy.example:3128"\nusername = "me"', "proxy.password_file go together"),
        ('[proxy]\ndirect = ["https://login.example"]', "proxy.direct holds names"),
    ],
)
def test_slips_about_graph_and_the_proxy_are_plain_sentences(change: str, told: str) -> None:
    assert told in refusal(GRAPH + change + "\n")


def test_microsoft_graph_without_an_application_is_refused() -> None:
    told = refusal(GRAPH.replace('client_id = "an-application"\n', ""))
    assert "signing in with OAuth2 needs oauth.token_endpoint and oauth.client_id" in told


@pytest.mark.parametrize(
    ("storage", "told"),
    [
        ("", "service.instances above 1 needs a ledger in PostgreSQL"),
        ('ledger = "postgresql://intake@db.example/intake"', "needs messages that all reach"),
    ],
)
def test_several_services_need_a_ledger_and_messages_that_all_reach(storage: str, told: str) -> None:
    several = SMALLEST.replace("[service]\n", "[service]\ninstances = 2\n")
    assert told in refusal(f"{several}[storage]\n{storage}\n")


def test_a_wrong_mode_names_the_right_ones() -> None:
    assert 'line 1: mode must be one of "trial", "supervised", "automatic", not this text' in refusal(
        'mode = "live"\n' + SMALLEST
    )


def test_several_problems_are_told_together_in_the_order_of_the_file() -> None:
    told = refusal("[service]\nnam = 1\ntimezone = 5\n[relay]\nport = true\n")
    assert told.startswith("intake.toml has 6 problems:")
    for part in (
        "service.nam",
        "service.address is missing",
        "service.timezone",
        "relay.port",
    ):
        assert part in told
    assert "mailboxes is missing" in told
    assert "recipients is missing" in told
    lines = [int(number) for number in re.findall(r"line (\d+)", told)]
    assert lines == sorted(lines)


def test_a_broken_file_names_the_line() -> None:
    assert "not valid TOML" in refusal("[service\n")
    assert "line 1" in refusal("[service\n")


def test_no_message_repeats_a_value() -> None:
    told = refusal(SMALLEST.replace('password_file = "imap-password"', 'password = "hunter2-hunter2"'))
    assert "no secret belongs in this file" in told
    assert "hunter2" not in told


def test_plain_text_is_only_possible_to_this_machine() -> None:
    plain = SMALLEST.replace('host = "imap.example.gov.uk"', 'host = "{}"\ntls = "none"')
    assert 'mailboxes.tls = "none" is only possible to this machine itself' in refusal(
        plain.format("imap.example.gov.uk")
    )
    assert "only possible to this machine" in refusal(plain.format("127.0.0.1.example.org"))
    for here in ("127.0.0.1", "::1", "localhost"):
        assert settings(plain.format(here)).mailboxes[0].tls == "none"


def test_two_mailboxes_need_two_names_and_the_second_is_the_one_named() -> None:
    second = '[[mailboxes]]\nhost = "b"\nusername = "b"\npassword_file = "b"\n'
    assert "line 14: mailboxes.name must be different for each mailbox" in refusal(SMALLEST + second)
    assert len(settings(SMALLEST + second + 'name = "second"\n').mailboxes) == 2
    assert "line 18: mailboxes 2.port must be" in refusal(SMALLEST + second + 'port = "x"\n')


def test_a_folder_is_not_both_watched_and_filed_into() -> None:
    assert "cannot also be one that messages are filed in" in refusal(
        SMALLEST.replace("[relay]", '[mailboxes.filing]\nreview = "INBOX"\n[relay]')
    )


def test_signing_in_with_oauth_needs_its_section() -> None:
    text = SMALLEST.replace('password_file = "imap-password"', 'auth = "xoauth2"')
    assert "needs oauth.token_endpoint and oauth.client_id" in refusal(text)
    oauth = '[oauth]\ntoken_endpoint = "https://login.example/token"\nclient_id = "intake"\n'
    assert "needs client_secret_file, or certificate_file" in refusal(text + oauth)
    assert settings(text + oauth + 'client_secret_file = "s"\n').oauth.client_secret_file == "/etc/intake/s"


# --- senders ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "trusted"),
    [
        ("officer@kent.gov.uk", True),
        ("Officer@KENT.GOV.UK", True),
        ("a@nhs.net", True),
        ("a@essex.police.uk", True),
        ("a@llyw.cymru", True),
        ("a@fakegov.uk", False),
        ("a@gov.uk.example.org", False),
        ("a@gov.uk", False),
        ("a@.gov.uk", False),
        ("a@kent.gоv.uk", False),
        ("chair@example.org", False),
        ("", False),
    ],
)
def test_public_bodies_are_trusted_by_default(address: str, trusted: bool) -> None:
    assert settings().senders.trusts(address) is trusted


def test_a_single_person_can_be_trusted_and_retired_domains_are_known() -> None:
    senders = settings(SMALLEST + '[senders]\ntrusted_addresses = ["Chair@example.org"]\n').senders
    assert senders.trusts("chair@EXAMPLE.org")
    assert not senders.trusts("other@example.org")
    assert senders.retired("a@kent.gcsx.gov.uk")
    assert not senders.retired("a@kent.gov.uk")


def test_a_pattern_without_a_star_is_only_itself() -> None:
    assert domain_matches("gov.wales", ["gov.wales"])
    assert not domain_matches("x.gov.wales", ["gov.wales"])


# --- secrets --------------------------------------------------------------------------------------------------------


def test_a_secret_is_never_shown() -> None:
    secret = Secret("hunter2")
    assert "hunter2" not in f"{secret} {secret!r} {secret:>20} {[secret]}"
    assert secret.reveal() == "hunter2"
    assert secret == Secret("hunter2")
    assert secret != Secret("hunter3")
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_a_secret_file_is_read_without_its_line_end(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("s ecret \r\n")
    file.chmod(0o600)
    assert read_secret(str(file), "the password").reveal() == "s ecret "


def test_a_secret_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("secret")
    for mode in (0o640, 0o604, 0o620):
        file.chmod(mode)
        with pytest.raises(ConfigurationError, match="Other users") as caught:
            read_secret(str(file), "the password")
        assert "chmod 600" in caught.value.hint


def test_a_secret_file_that_is_not_right_is_refused(tmp_path: Path) -> None:
    empty, binary, pipe = tmp_path / "empty", tmp_path / "binary", tmp_path / "pipe"
    empty.write_bytes(b"\n")
    binary.write_bytes(b"\xff\xfe")
    os.mkfifo(pipe)
    for file in (empty, binary, pipe):
        file.chmod(0o600)
        with pytest.raises(ConfigurationError, match="the password"):
            read_secret(str(file), "the password")
    with pytest.raises(ConfigurationError, match="cannot be read: No such file"):
        read_secret(str(tmp_path / "none"), "the password")
    with pytest.raises(ConfigurationError, match="No file is named"):
        read_secret("", "the password")
