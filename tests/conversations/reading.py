"""Reading a conversation file strictly: an unknown key or step, or a label that nothing has, is refused in a sentence.

Raises `FormatError`, whose text names the file, the step and what is expected there.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from tests.conversations import clock
from tests.conversations.files import review_of
from tests.conversations.records import Conversation, File, Mail, Step

HINT = "README.md beside the conversations explains every key."
RELAY = ("well", "down", "refuses", "defers", "drops")


class FormatError(Exception):
    """A conversation file says something that cannot be understood."""


def read(path: Path) -> Conversation:
    """Read one file. Raises FormatError."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FormatError(f"{path.name} cannot be read as UTF-8 text.") from error
    return parse(text, path.name)


def parse(text: str, source: str) -> Conversation:
    """Read a file's text. Raises FormatError."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FormatError(f"{source} is not valid TOML: {error}.") from error
    for told in _unknown_keys(_as_lists(table), Conversation, ""):
        raise FormatError(f"{source}{told}. {HINT}")
    try:
        read_in = msgspec.convert(table, Conversation, strict=True)
    except msgspec.ValidationError as error:
        raise FormatError(f"{source}{_sentence(str(error))}. {HINT}") from error
    for told in _misfits(read_in):
        raise FormatError(f"{source}, {told}. {HINT}")
    return read_in


def _as_lists(table: dict[str, Any]) -> dict[str, Any]:
    """`[step.mail]` is one mail and `[[step.mail]]` several: both are read as a list, here and in the table itself."""
    for step in table.get("step", []) if isinstance(table.get("step"), list) else []:
        for key in ("mail", "case", "left"):
            if isinstance(step, dict) and isinstance(step.get(key), dict):
                step[key] = [step[key]]
    return table


def _unknown_keys(table: Any, record: Any, where: str) -> Iterator[str]:
    """Each key that the records do not have, with the nearest that exists."""
    fields = {each.encode_name: each for each in msgspec.structs.fields(record)}
    for key, value in table.items():
        if key not in fields:
            near = difflib.get_close_matches(key, list(fields), n=1)
            told = f"did you mean “{near[0]}”?" if near else f"here may stand: {', '.join(fields)}"
            yield f"{where}: there is no key “{key}”; {told}".removesuffix("?")
            continue
        inner = _inner(fields[key].type)
        for number, each in enumerate(value if isinstance(value, list) else [value], 1):
            if inner is not None and isinstance(each, dict):
                yield from _unknown_keys(each, inner, f"{where}, {key} {number}")


def _inner(kind: Any) -> type[msgspec.Struct] | None:
    for candidate in (kind, *getattr(kind, "__args__", ())):
        if isinstance(candidate, type) and issubclass(candidate, msgspec.Struct):
            return candidate
    return None


def _sentence(told: str) -> str:
    """msgspec's words, with its path made readable: `$.step[2].mail[0].proof` is step 3, mail 1, proof."""
    problem, _, path = told.rpartition(" - at `$")
    where = path.rstrip("`") if problem else ""
    parts = []
    for part in where.strip(".").split("."):
        name, _, number = part.partition("[")
        parts.append(f"{name} {int(number.rstrip(']')) + 1}" if number.rstrip("]").isdigit() else name)
    place = ", ".join(part for part in parts if part)
    words = (problem or told).replace("`", "")
    return f"{', ' if place else ''}{place}: {words[:1].lower()}{words[1:]}"


def _misfits(conversation: Conversation) -> Iterator[str]:
    """What is wrong between keys that are each right by themselves."""
    yield from _times("the head", starts=conversation.starts)
    yield from _reviews("the head", conversation.about)
    if not conversation.steps:
        yield "the file has no step"
    known = Labels()
    for number, step in enumerate(conversation.steps, 1):
        place = f"step {number}"
        yield from _what_happens(place, step)
        for mail in step.mails:
            yield from _mail(f"{place}, mail {mail.label}", mail, known)
            known.mails.add(mail.label)
        if step.bounce is not None:
            if step.bounce.of not in known.left:
                yield f"{place}: no mail with the label “{step.bounce.of}” has left before"
            known.mails.add(step.bounce.label)
        for wanted in step.messages:
            if wanted not in known.mails:
                yield f"{place}: there is no mail with the label “{wanted}”"
        yield from _results(place, step, known)


class Labels:
    """The labels given so far: of mails that came, of mails that left, of files."""

    def __init__(self) -> None:
        self.mails: set[str] = set()
        self.left: set[str] = set()
        self.files: set[str] = set()


def _what_happens(place: str, step: Step) -> Iterator[str]:
    events = [
        name
        for name, there in (
            ("mail", step.mails),
            ("bounce", step.bounce),
            ("advance", step.advance),
            ("until", step.until),
            ("command", step.command),
        )
        if there
    ]
    if len(events) > 1:
        yield f"{place}: only one thing can happen in a step, not {' and '.join(events)}"
    if not events and not (step.relay or step.mailbox or step.settings):
        yield f"{place}: nothing happens in it; say mail, bounce, advance, until, command, relay, mailbox or settings"
    if (step.refused or step.prints) and not step.command:
        yield f"{place}: “refused” and “prints” go with a command"
    if step.relay and step.relay.split()[0] not in RELAY:
        yield f"{place}: the relay can be {', '.join(RELAY)}, not “{step.relay}”"
    yield from _times(place, until=step.until)
    if step.advance and clock.stretch(step.advance) is None:
        yield f"{place}: “{step.advance}” is no stretch of time; say it as “15 minutes” or “2 working days”"


def _times(place: str, **moments: str) -> Iterator[str]:
    for key, text in moments.items():
        if text and clock.moment(text) is None:
            yield f"{place}: {key} must be a date and time such as “2025-11-04 09:30”, not “{text}”"


def _reviews(place: str, *names: str) -> Iterator[str]:
    for name in names:
        if name and review_of(name) is None:
            yield f"{place}: “{name}” names no review; write a partnership and a name, such as “Northmere Anna”"


def _mail(place: str, mail: Mail, known: Labels) -> Iterator[str]:
    if mail.label in known.mails:
        yield f"{place}: the label is taken already"
    yield from _reviews(place, mail.about)
    if mail.answers and mail.answers not in known.mails | known.left:
        yield f"{place}: it answers “{mail.answers}”, which is no mail that came or left before"
    if mail.message_id and mail.message_id.removeprefix("same as ") not in known.mails:
        yield f"{place}: message_id must be “same as” and the label of an earlier mail"
    if mail.again and mail.again not in known.mails:
        yield f"{place}: no mail with the label “{mail.again}” came before"
    if mail.text is None and not mail.attach and not mail.again:
        yield f"{place}: it has neither text nor files"
    if mail.quotes and not mail.answers:
        yield f"{place}: “quotes” needs “answers”"
    for file in mail.attach:
        yield from _file(place, file, known)


def _file(place: str, file: File, known: Labels) -> Iterator[str]:
    yield from _reviews(place, file.about, file.letter_about)
    if file.file == "same" and file.of not in known.files:
        yield f"{place}: no file with the label “{file.of}” came before"
    if file.file == "mail" and file.of not in known.mails:
        yield f"{place}: no mail with the label “{file.of}” came before"
    if file.file == "zip" and not file.holds:
        yield f"{place}: a zip needs “holds”"
    for inner in file.holds:
        yield from _file(place, inner, known)
    if file.label:
        known.files.add(file.label)


def _results(place: str, step: Step, known: Labels) -> Iterator[str]:
    for left in step.left:
        if left.kind == "forward" and not left.report:
            yield f"{place}: a forward must say which “report” it carries, by the file's label"
        if left.kind == "notice" and not left.about:
            yield f"{place}: a notice must say what it is “about”, such as “review”"
        if left.report and left.report not in known.files:
            yield f"{place}: no file with the label “{left.report}” came before"
        if left.label in known.mails and left.label:
            yield f"{place}: the label “{left.label}” is taken already"
        known.left |= {left.kind, left.label} - {""}
    for case in step.cases:
        if case.report and case.report not in known.files | {"none"}:
            yield f"{place}: no file with the label “{case.report}” came before"
        for label in case.messages or ():
            if label not in known.mails:
                yield f"{place}: there is no mail with the label “{label}”"
