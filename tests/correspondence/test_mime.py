"""Nothing that a stranger writes becomes a header, a recipient, or markup."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.header import decode_header, make_header
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.correspondence import Templates, compose_reply
from intake.correspondence.display import clean_line
from intake.correspondence.samples import SAMPLE_DESK, SAMPLE_OCCASION, SAMPLE_WORDS, sample_verdicts
from intake.model import Address, CaseIdentity

VERDICT = sample_verdicts()["letter separate"]
HEADERS = [
    "from",
    "to",
    "reply-to",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "auto-submitted",
    "x-auto-response-suppress",
    "x-intake-marker",
    "x-intake-reference",
    "x-intake-version",
    "x-intake-outcome",
    "content-language",
    "mime-version",
    "content-type",
]
HOSTILE = st.one_of(
    st.text(max_size=300),
    st.lists(
        st.sampled_from(
            ["\r\n", "\n", "\r", "Bcc: x@evil.example", "=?utf-8?q?=0D=0ABcc:_x=40evil.example?=", "=?", "?=", "\u202e",
             "\x00", "\u2028", "\x85", "<script>", "{{ 7*7 }}", "{% raw %}", '"', "\\", ",", ";", "é", "報", "\ud800",
             "a" * 90, " ", "\t", "<a@b.example>", "%0d%0a", "--=_alternative_"]
        ),
        max_size=12,
    ).map("".join),
)  # fmt: skip


def check_harmless(content: bytes) -> Any:
    message = message_from_bytes(content)
    assert [name.lower() for name in message.keys()] == HEADERS  # noqa: SIM118 - a header may stand twice
    for name, value in message.items():
        shown = str(make_header(decode_header(value))) if name in {"Subject", "To", "From"} else value
        assert not set(shown.replace("\r\n ", " ").replace("\n ", " ")) & set("\r\n\x00\u202e\u2028\x85"), name
    assert all(len(line) <= 998 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b"\r" not in content.replace(b"\r\n", b"")
    assert content.isascii()
    return message


@settings(max_examples=150, deadline=None)
@given(HOSTILE, HOSTILE, HOSTILE)
def test_hostile_names_subjects_and_files_stay_words(templates: Templates, one: str, two: str, three: str) -> None:
    occasion = replace(SAMPLE_OCCASION, subject=one, sender=replace(SAMPLE_OCCASION.sender, name=two))
    facts = replace(VERDICT.files[0], name=three)
    verdict = replace(VERDICT, files=(facts,), identity=CaseIdentity(two, one), weblink=f"https://x.example/{three}")
    mail = compose_reply(verdict, occasion, SAMPLE_WORDS, templates)
    message = check_harmless(mail.content)
    assert mail.recipients == (SAMPLE_OCCASION.sender.address,)
    html = message.get_payload()[1].get_payload(decode=True).decode()
    assert "<script" not in html
    assert "{{ 7*7 }}" in html or "{{ 7*7 }}" not in clean_line(three, 120)  # shown as written, not worked out


@settings(max_examples=80, deadline=None)
@given(HOSTILE, st.lists(HOSTILE, max_size=4))
def test_hostile_message_ids_stay_out(templates: Templates, one: str, more: list[str]) -> None:
    occasion = replace(SAMPLE_OCCASION, message_id=f"<{one}>", references=("<ok@x.example>", *more))
    message = message_from_bytes(compose_reply(VERDICT, occasion, SAMPLE_WORDS, templates).content)
    assert set(message.keys()) <= {name for name in message if name.lower() in HEADERS}
    assert message["References"].startswith("<ok@x.example>")
    assert "Bcc" not in message


def test_the_thread_is_kept_and_long_ones_keep_their_ends(templates: Templates, parse: Any) -> None:
    thread = tuple(f"<{number}@x.example>" for number in range(50))
    message = parse(
        compose_reply(VERDICT, replace(SAMPLE_OCCASION, references=thread), SAMPLE_WORDS, templates)
    ).message
    ids = str(message["References"]).split()
    assert (ids[0], ids[-1], len(ids)) == (thread[0], SAMPLE_OCCASION.message_id, 20)
    assert message["In-Reply-To"] == SAMPLE_OCCASION.message_id


def test_a_message_id_without_brackets_gets_them(templates: Templates, parse: Any) -> None:
    occasion = replace(SAMPLE_OCCASION, message_id="first@x.example")
    assert (
        parse(compose_reply(VERDICT, occasion, SAMPLE_WORDS, templates)).message["In-Reply-To"] == "<first@x.example>"
    )


def test_automatic_mail_says_so_and_still_lets_bounces_come(templates: Templates, parse: Any) -> None:
    message = parse(compose_reply(VERDICT, SAMPLE_OCCASION, SAMPLE_WORDS, templates)).message
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["X-Auto-Response-Suppress"] == "OOF, AutoReply, RN, NRN"
    assert message["X-Intake-Marker"] == "reply@intake.example"
    assert message["X-Intake-Reference"] == "DHR-2026-0001"
    assert message["X-Intake-Version"] == "1"
    assert message["X-Intake-Outcome"] == "gaps"
    assert message["Date"].datetime == SAMPLE_OCCASION.now
    assert message["Reply-To"].addresses[0].addr_spec == SAMPLE_DESK.service_address


def test_the_given_message_id_is_used_and_the_derived_one_is_fixed(templates: Templates, parse: Any) -> None:
    given_one = compose_reply(VERDICT, SAMPLE_OCCASION, SAMPLE_WORDS, templates, message_id="<mine@intake.example>")
    assert given_one.message_id == parse(given_one).message["Message-ID"] == "<mine@intake.example>"
    first, again = (compose_reply(VERDICT, SAMPLE_OCCASION, SAMPLE_WORDS, templates) for _ in range(2))
    assert first == again


@pytest.mark.parametrize("name", ["Siân Gwyn-Jones", 'O"Hara, "Pat" \\', "Hale, Morgan (Council)", "報" * 10, ""])
def test_display_names_survive(name: str, templates: Templates, parse: Any) -> None:
    occasion = replace(SAMPLE_OCCASION, sender=Address("m.hale@brackenshire.example", name))
    shown = parse(compose_reply(VERDICT, occasion, SAMPLE_WORDS, templates)).message["To"].addresses
    assert [(one.display_name, one.addr_spec) for one in shown] == [(name, "m.hale@brackenshire.example")]


def test_a_domain_in_another_script_is_written_for_relays(templates: Templates) -> None:
    occasion = replace(SAMPLE_OCCASION, sender=Address("clerk@llŷn.example"))
    mail = compose_reply(VERDICT, occasion, SAMPLE_WORDS, templates)
    assert mail.recipients == ("clerk@xn--lln-zpa.example",) or mail.recipients[0].startswith("clerk@xn--")
