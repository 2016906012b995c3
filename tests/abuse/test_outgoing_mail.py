"""What a stranger wrote reaches our mail as plain words or not at all: no header, no recipient, no markup, no code."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from intake.correspondence import Templates, compose_reply
from intake.correspondence.occasion import Occasion
from intake.correspondence.samples import SAMPLE_OCCASION, SAMPLE_WORDS, sample_verdicts
from intake.errors import IntakeError
from intake.model import CaseIdentity, OutgoingMail, Verdict

VERDICT = sample_verdicts()["letter separate"]
COUNCIL = SAMPLE_OCCASION.sender.address
ROOT = Path(__file__).parents[2]

HEADER_INJECTIONS = [
    "Final\r\nBcc: x@evil.example",
    "Final\nBcc: x@evil.example",
    "Final\rBcc: x@evil.example",
    "Final\r\n\r\n<html>own body</html>",
    "Final\r\n Bcc: x@evil.example",
    "Final\u2028Bcc: x@evil.example",
    "Final\x85Bcc: x@evil.example",
    "Final\x0bBcc: x@evil.example",
    "Final\x00Bcc: x@evil.example",
    "=?utf-8?q?Final=0D=0ABcc:_x=40evil.example?=",
    "=?utf-8?b?RmluYWwNCkJjYzogeEBldmlsLmV4YW1wbGU=?=",
    "Final%0d%0aBcc: x@evil.example",
    "x" * 100_000,
    "x " * 50_000,
    "\ud800\udfff",
    "\u202eelpmaxe.live@x",
]
MARKUP = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href='https://evil.example'>click</a>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "</p></body></html><h1>x</h1>",
    "<!--",
    "]]>",
    "javascript:alert(1)",
    "&lt;script&gt;",
    "<style>*{display:none}</style>",
    "<meta http-equiv=refresh content=0;url=https://evil.example>",
]
TEMPLATES = [
    "{{ 7*7 }}",
    "{{ config }}",
    "{% include '/etc/passwd' %}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{%raw%}",
    "{#",
    "${7*7}",
    "<%= 7*7 %>",
    "#{7*7}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
]


@pytest.fixture(scope="module")
def templates() -> Templates:
    return Templates(ROOT / "templates" / "mail")


def reply(templates: Templates, text: str) -> OutgoingMail:
    """A reply in which everything that a stranger chooses is `text`."""
    occasion = replace(
        SAMPLE_OCCASION, subject=text, sender=replace(SAMPLE_OCCASION.sender, name=text), message_id=f"<{text}@x>"
    )
    return compose_reply(hostile_verdict(text), occasion, SAMPLE_WORDS, templates)


def hostile_verdict(text: str) -> Verdict:
    files = tuple(replace(file, name=f"{text[:200]}.pdf") for file in VERDICT.files)
    return replace(VERDICT, files=files, report=files[0], identity=CaseIdentity(text, text))


def words(mail: OutgoingMail) -> tuple[str, str]:
    message = message_from_bytes(mail.content, policy=default)
    parts = [message.get_body((kind,)) for kind in ("plain", "html")]
    plain, html = (str(part.get_content()) if part else "" for part in parts)
    return plain, html


@pytest.mark.parametrize("text", HEADER_INJECTIONS, ids=lambda text: ascii(text)[:40])
def test_a_header_stays_one_header(text: str, templates: Templates) -> None:
    mail = reply(templates, text)
    message = message_from_bytes(mail.content)
    assert "bcc" not in {name.lower() for name in message}
    assert len(message.get_all("Subject", [])) == len(message.get_all("To", [])) == 1
    assert mail.recipients == (COUNCIL,)
    assert max(len(line) for line in mail.content.split(b"\r\n")) <= 998
    assert len(mail.content) < 200_000


@pytest.mark.parametrize("text", MARKUP)
def test_markup_is_shown_as_words(text: str, templates: Templates) -> None:
    _, honest = words(reply(templates, "plain"))
    _, html = words(reply(templates, text))
    for sign in (
        "<script",
        "<img",
        "<svg",
        "<a ",
        "<style",
        "<meta",
        "<!--",
        "</p>",
        "<h1",
        "</html>",
        "onmouseover='",
    ):
        assert html.lower().count(sign) == honest.lower().count(sign)


@pytest.mark.parametrize("text", TEMPLATES)
def test_a_template_in_a_name_is_not_worked_out(text: str, templates: Templates) -> None:
    plain, html = words(reply(templates, text))
    for shown in (plain, html):
        assert "49" not in shown.replace(text, "")
        assert "root:" not in shown
        assert "uid=" not in shown
        assert "&lt;class" not in shown


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@b@c.example",
        "a@x.example, b@evil.example",
        "a@x.example\r\nRCPT TO:<b@evil.example>",
        "a@x.example\nBcc: b@evil.example",
        "<a@x.example>",
        "a b@x.example",
        "a@x.example\x00",
        "a@",
        "@x.example",
    ],
    ids=ascii,
)
def test_an_odd_recipient_gets_nothing(address: str, templates: Templates) -> None:
    occasion: Occasion = replace(
        SAMPLE_OCCASION, reply_to=address, sender=replace(SAMPLE_OCCASION.sender, address=address)
    )
    with pytest.raises(IntakeError):
        compose_reply(VERDICT, occasion, SAMPLE_WORDS, templates)
