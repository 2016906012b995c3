"""The format of the conversations: what cannot be understood is refused in one clear sentence."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from tests.conversations.__main__ import main
from tests.conversations.clock import Clock, moment
from tests.conversations.reading import FormatError, parse
from tests.conversations.records import Bounce, Case, Conversation, File, Left, Mail, Step

RECORDS = (Bounce, Case, Conversation, File, Left, Mail, Step)
_HEAD = 'title = "A title"\nkind = "test"\n'
_MAIL = '[[step]]\n[step.mail]\nlabel = "first"\nattach = [{ file = "report", label = "R1" }]\n'


def refusal(text: str) -> str:
    with pytest.raises(FormatError) as caught:
        parse(text, "test.toml")
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("title = ", "test.toml is not valid TOML"),
        (_HEAD, "test.toml: object missing required field step"),
        (_HEAD + "step = []", "test.toml, the file has no step"),
        (_HEAD + "titel = 1\n" + _MAIL, "test.toml: there is no key “titel”; did you mean “title”"),
        (_HEAD + '[[step]]\nwait = "1 day"', "test.toml, step 1: there is no key “wait”; here may stand: note, mail"),
        (_HEAD + _MAIL + "fromm = 1", "test.toml, step 1, mail 1: there is no key “fromm”; did you mean “from”"),
        (_HEAD + _MAIL.replace("label =", "lable ="), "step 1, mail 1: there is no key “lable”"),
        (_HEAD + _MAIL.replace('"report"', '"drawing"'), "test.toml, step 1, mail 1, attach 1, file: invalid enum"),
        (_HEAD + _MAIL + 'proof = "perhaps"', "test.toml, step 1, mail 1, proof: invalid enum value 'perhaps'"),
        (_HEAD + _MAIL + 'answers = "second"', "step 1, mail first: it answers “second”, which is no mail that came"),
        (_HEAD + _MAIL + 'message_id = "x"', "message_id must be “same as” and the label of an earlier mail"),
        (_HEAD + _MAIL + _MAIL, "step 2, mail first: the label is taken already"),
        (_HEAD + '[[step]]\n[step.mail]\nlabel = "a"', "step 1, mail a: it has neither text nor files"),
        (_HEAD + _MAIL + 'about = "Anna"', "“Anna” names no review; write a partnership and a name"),
        (_HEAD + '[[step]]\nnote = "x"', "step 1: nothing happens in it"),
        (_HEAD + '[[step]]\nadvance = "soon"', "“soon” is no stretch of time; say it as “15 minutes”"),
        (_HEAD + '[[step]]\nuntil = "noon"', "until must be a date and time such as “2025-11-04 09:30”, not “noon”"),
        (_HEAD + '[[step]]\nrelay = "tired"', "the relay can be well, down, refuses, defers, drops, not “tired”"),
        (
            _HEAD + '[[step]]\nadvance = "1 day"\ncommand = ["log"]',
            "only one thing can happen in a step, not advance and command",
        ),
        (_HEAD + '[[step]]\nadvance = "1 day"\nrefused = true', "“refused” and “prints” go with a command"),
        (_HEAD + _MAIL + '[[step.left]]\nkind = "forward"', "a forward must say which “report” it carries"),
        (_HEAD + _MAIL + '[[step.left]]\nkind = "notice"', "a notice must say what it is “about”, such as “review”"),
        (
            _HEAD + _MAIL + '[[step.left]]\nkind = "forward"\nreport = "R9"',
            "no file with the label “R9” came before",
        ),
        (_HEAD + _MAIL + '[step.messages]\nsecond = "ignored"', "there is no mail with the label “second”"),
        (_HEAD + '[[step]]\n[step.bounce]\nof = "forward"', "no mail with the label “forward” has left before"),
    ],
)
def test_what_cannot_be_understood_is_refused_in_a_sentence(text: str, told: str) -> None:
    sentence = refusal(text)
    assert told in sentence
    assert "\n" not in sentence


def test_one_mail_and_several_mails_are_both_understood() -> None:
    one = parse(_HEAD + _MAIL, "test.toml")
    several = parse(_HEAD + _MAIL.replace("[step.mail]", "[[step.mail]]"), "test.toml")
    assert one == several
    assert one.steps[0].mails[0].attach[0].file == "report"


@pytest.mark.parametrize(
    ("start", "stretch", "then"),
    [
        ("2025-11-04 09:30", "15 minutes", "2025-11-04 09:45"),
        ("2025-11-04 09:30", "1 week", "2025-11-11 09:30"),
        ("2025-11-07 16:00", "1 working day", "2025-11-10 16:00"),
        ("2025-11-08 10:00", "2 working days", "2025-11-11 10:00"),
    ],
)
def test_the_clock_moves_as_it_is_told(start: str, stretch: str, then: str) -> None:
    begun = moment(start)
    assert begun is not None
    clock = Clock(begun)
    clock.advance(stretch)
    assert clock().replace(second=0, microsecond=0) == moment(then)


def test_the_clock_goes_on_by_itself() -> None:
    begun = moment("2025-11-04 09:30")
    assert isinstance(begun, datetime)
    clock = Clock(begun)
    assert begun <= clock() <= clock()


def test_the_example_in_the_readme_is_a_conversation() -> None:
    readme = (Path(__file__).parent / "README.md").read_text(encoding="utf-8")
    example = readme.partition("```toml\n")[2].partition("```")[0]
    assert len(parse(example, "README.md").steps) == 2


def test_the_readme_names_every_key() -> None:
    readme = (Path(__file__).parent / "README.md").read_text(encoding="utf-8")
    keys = {key.encode_name for record in RECORDS for key in msgspec.structs.fields(record)} - {"step", "left", "case"}
    assert sorted(key for key in keys if f"`{key}" not in readme and f"{key} = " not in readme) == []


def test_an_empty_folder_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 2
    assert "There is no conversation (*.toml)" in capsys.readouterr().err
