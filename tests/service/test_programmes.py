"""Several programmes in one installation: each has settings, a data folder and a service of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake import resources
from intake.model import MailKind
from intake.sandbox.sandbox import Sandbox
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import ReceivedMail, SmtpSink
from tests.service.world import COMMISSIONER, World, named, submission

WELSH_COMMISSIONER = "adolygiadau@commissioner.example"
MORE = """
[mailboxes.filing]
compliant = "Wales/Done"
gaps = "Wales/Asked"
[overrides]
templates = "templates"
wording = "wording.toml"
policy = "policy.toml"
"""


@pytest.fixture
def english(tmp_path: Path, dovecot: Dovecot, smtp_sink: SmtpSink, sandbox: Sandbox) -> World:
    folder = tmp_path / "england"
    folder.mkdir()
    return World(folder, dovecot.add_user(), smtp_sink, sandbox)


@pytest.fixture
def welsh(tmp_path: Path, dovecot: Dovecot, smtp_sink: SmtpSink, sandbox: Sandbox) -> World:
    """Another programme: the weblink is only advised, and files, templates and addresses are its own."""
    folder = tmp_path / "wales"
    (folder / "templates").mkdir(parents=True)
    own = resources.read_text("templates/mail/acknowledgement.txt.j2").replace("Hello,", "Helo,")
    (folder / "templates" / "acknowledgement.txt.j2").write_text(own, encoding="utf-8")
    wording = resources.read_text("config/wording.toml")
    (folder / "wording.toml").write_text(wording.replace('version = "', 'version = "wales-', 1), encoding="utf-8")
    policy = resources.read_text("config/policy.toml").replace('weblink = "required"', 'weblink = "advisory"')
    (folder / "policy.toml").write_text(policy, encoding="utf-8")
    changes = {"folders": '["INBOX", "Reviews"]', "commissioner": WELSH_COMMISSIONER, "more": MORE}
    user = dovecot.add_user()
    with user.connect() as client:
        client.create("Reviews")
    return World(folder, user, smtp_sink, sandbox, dict(changes))


def to(mails: list[ReceivedMail], recipient: str) -> int:
    return sum(recipient in mail.recipients for mail in mails)


def test_each_goes_by_its_own_policy_words_addresses_and_folders(english: World, welsh: World) -> None:
    english.start()
    welsh.start()
    without_address = submission(1, named("Bea"), weblink="")
    english.post(without_address)
    welsh.post(without_address, "Reviews")
    welsh.run()
    assert to(english.sent(), WELSH_COMMISSIONER) == 1
    english.run()

    assert [mail.kind for mail in english.outgoing()] == [MailKind.REPLY]
    assert {mail.kind for mail in welsh.outgoing()} == {MailKind.FORWARD, MailKind.ACKNOWLEDGEMENT}
    assert (to(english.sent(), COMMISSIONER), to(english.sent(), WELSH_COMMISSIONER)) == (0, 1)
    texts = [mail.raw for mail in english.sent()]
    assert sum(b"Helo," in raw for raw in texts) == 1
    assert english.where(without_address) == ["Intake/Waiting for CSP"]
    assert welsh.where(without_address) == ["Wales/Done"]
    with english.ledger() as one, welsh.ledger() as other:
        versions = [
            ledger.queries.submission(ledger.queries.submissions().rows[0].reference).judgements[-1].rules_version
            for ledger in (one, other)
        ]
    assert ["wales-" in version for version in versions] == [False, True]
    assert english.balance().balanced
    assert welsh.balance("Reviews").balanced
