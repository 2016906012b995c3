"""A message that Outlook saved as a file is opened like any message that came attached."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake.model import Address, PassedOnAs, Unpacked
from intake.sandbox.sandbox import Sandbox
from intake.unpacking import UnpackLimits
from intake.unpacking.message import unpack
from tests.unpacking.mails import PDF, faults, names, one_part, opened, stored_rtf
from tests.unpacking.saved_messages import Saved, a_msg
from tests.unpacking.test_any_input import demand_sound

HOLD = "Please wait with it."


def sent(content: bytes, name: str = "Final report.msg") -> bytes:
    return one_part(f'Content-Type: application/vnd.ms-outlook; name="{name}"', content)


def test_a_saved_message_gives_its_files_its_words_and_its_author() -> None:
    saved = Saved(HOLD, sender="sam.hill@northshire.gov.uk", name="Sam Hill", files={"report.pdf": PDF.ljust(5000)})
    unpacked = opened(sent(a_msg(saved)))
    assert [(f.name, f.containers) for f in unpacked.attachments] == [("report.pdf", ("Final report.msg",))]
    assert unpacked.attachments[0].content == PDF.ljust(5000)
    assert (unpacked.body.latest, unpacked.body.quoted, faults(unpacked)) == ("Hello", HOLD, [])
    assert [(mail.author, mail.how, mail.own) for mail in unpacked.passed_on] == [
        (Address("sam.hill@northshire.gov.uk", "Sam Hill"), PassedOnAs.ATTACHED, False)
    ]


@pytest.mark.parametrize(
    "saved",
    [
        Saved(HOLD),
        Saved(html=f"<p>{HOLD}</p>".encode()),
        Saved(rtf=stored_rtf(b"{\\rtf1\\ansi Please wait with it.}")),
        Saved(HOLD, sender="/o=Exchange/cn=jane", headers="From: Jane <jane.smith@northshire.gov.uk>\r\n"),
    ],
    ids=["plain", "HTML", "rich text", "author in the headers"],
)
def test_a_saved_message_of_the_senders_own_speaks_too(saved: Saved) -> None:
    unpacked = opened(sent(a_msg(saved)))
    assert unpacked.body.latest == f"Hello\n\n{HOLD}"
    assert [mail.own for mail in unpacked.passed_on] == [True]


def test_a_message_inside_a_saved_one_is_opened_too() -> None:
    inner = Saved("Inner.", sender="sam@x.uk", files={"report.pdf": PDF})
    unpacked = opened(sent(a_msg(Saved(HOLD, inner={"Inner mail": inner}))))
    assert [f.containers for f in unpacked.attachments] == [("Final report.msg", "Inner mail")]
    assert [mail.own for mail in unpacked.passed_on] == [True, False]


def test_a_saved_mail_of_our_own_gives_no_file() -> None:
    saved = Saved("We sent it on.", headers="X-Intake-Marker: forward@intake.example\r\n", files={"r.pdf": PDF})
    unpacked = opened(sent(a_msg(saved)))
    assert (unpacked.attachments, unpacked.body.quoted) == ((), "We sent it on.")


def test_a_saved_message_is_known_by_its_bytes_and_a_word_file_is_none() -> None:
    assert names(opened(sent(a_msg(Saved(files={"report.pdf": PDF})), "unnamed"))) == ["report.pdf"]
    office = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2000)
    assert (names(opened(sent(office, "report.doc"))), faults(opened(sent(office, "report.doc")))) == (
        ["report.doc"],
        [],
    )


def test_a_damaged_one_is_told_and_stays() -> None:
    unpacked = opened(sent(a_msg(Saved(HOLD))[:3000] + "__properties_version1.0".encode("utf-16-le")))
    assert (faults(unpacked), names(unpacked)) == (["msg-damaged"], ["Final report.msg"])


def test_one_that_holds_more_than_is_read_is_told() -> None:
    content = a_msg(Saved(HOLD, files={"report.pdf": bytes(20_000)}))
    assert [p.fault for p in unpack(sent(content), UnpackLimits(archive_total=15_000)).problems] == ["msg-damaged"]
    deep = Saved(HOLD)
    for _ in range(8):
        deep = Saved("x", inner={"inner": deep})
    assert faults(opened(sent(a_msg(deep)))) == ["msg-damaged"]


@given(st.data())
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_damage_is_answered(data: st.DataObject) -> None:
    raw = bytearray(a_msg(Saved(HOLD, files={"report.pdf": PDF}, inner={"x": Saved("y")})))
    directory = raw.index("Root Entry".encode("utf-16-le"))
    for _ in range(data.draw(st.integers(1, 8))):
        where = data.draw(st.sampled_from([0, directory, len(raw) - 512]))
        raw[where + data.draw(st.integers(0, 511))] = data.draw(st.integers(0, 255))
    demand_sound(unpack(sent(bytes(raw))))


def test_a_sandboxed_child_opens_it_too() -> None:
    raw = sent(a_msg(Saved(HOLD, files={"report.pdf": PDF})))
    with Sandbox() as sandbox:
        assert sandbox.run(unpack, raw, returns=Unpacked) == unpack(raw)
