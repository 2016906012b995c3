"""Comparing what a step should have led to with what it led to: every difference is one sentence."""

from __future__ import annotations

from collections.abc import Iterator

from tests.conversations.outgoing import Sent, sha256_of
from tests.conversations.records import Case, Left, Step
from tests.conversations.stage import Stage
from tests.service.world import COMMISSIONER, STAFF

_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "\u00a0": " "})


def differences(stage: Stage, step: Step) -> list[str]:
    """What is otherwise than the step says; labels are given to the mail that left."""
    told = [f"a message waits, since {row.reason}" for row in stage.messages() if row.state == "arrived" and row.reason]
    told += _mail(stage, step)
    if step.outbox is not None and stage.waiting() != sorted(step.outbox):
        told.append(f"in the outbox: {_listed(stage.waiting())}, expected {_listed(sorted(step.outbox))}")
    for label, state in step.messages.items():
        if (found := stage.message_state(label)) != state:
            told.append(f"the message “{label}” is {found}, expected {state}")
    rows = stage.submissions() if step.submissions is not None or step.cases else []
    if step.submissions is not None and len(rows) != step.submissions:
        told.append(f"there are {len(rows)} submissions, expected {step.submissions}")
    for case in step.cases:
        if case.case > len(rows):
            told.append(f"there is no case {case.case}: {len(rows)} submissions are open")
        else:
            told += [f"case {case.case} {text}" for text in _case(stage, case, rows[case.case - 1].reference)]
    return told


def _mail(stage: Stage, step: Step) -> Iterator[str]:
    """Each mail that must have left is matched with one that did; what remains on either side is told."""
    rest = stage.left()
    pairs = []
    for wanted in step.left:
        found = next((sent for sent in rest if _fits(stage, wanted, sent)), None)
        found = found or next((sent for sent in rest if _same_kind(wanted, sent)), None)
        if found is None:
            yield f"no {_named(wanted)} to {_recipient(stage, wanted)} left"
            continue
        rest.remove(found)
        pairs.append((wanted, found))
    for wanted, found in pairs:
        _label(stage, wanted, found)
        yield from _content(stage, wanted, found)
    for sent in rest:
        stage.labels.setdefault(sent.kind, sent.raw)
        if {sent.kind, f"{sent.kind} {sent.about}"} & set(step.may_leave):
            continue
        about = f" ({sent.about})" if sent.about else ""
        reasons = f" saying “{_gist(sent)}”" if sent.kind == "notice" else ""
        yield f"also left: {sent.kind}{about} to {', '.join(sent.recipients)}: “{sent.subject}”{reasons}"


def _fits(stage: Stage, wanted: Left, sent: Sent) -> bool:
    return _same_kind(wanted, sent) and not list(_content(stage, wanted, sent))


def _same_kind(wanted: Left, sent: Sent) -> bool:
    return wanted.kind == sent.kind and wanted.about in {"", "any", sent.about}


def _named(wanted: Left) -> str:
    return f"{wanted.kind} ({wanted.about})" if wanted.about else wanted.kind


def _recipient(stage: Stage, wanted: Left) -> str:
    usual = {"forward": COMMISSIONER, "notice": STAFF}
    return wanted.to or usual.get(wanted.kind, stage.latest_sender)


def _label(stage: Stage, wanted: Left, sent: Sent) -> None:
    stage.labels[wanted.kind] = sent.raw
    if wanted.label:
        stage.labels[wanted.label] = sent.raw


def _content(stage: Stage, wanted: Left, sent: Sent) -> Iterator[str]:
    who = _recipient(stage, wanted)
    if sent.recipients != (who,):
        yield f"the {_named(wanted)} went to {', '.join(sent.recipients)}, expected {who}"
    about = stage.conversation.about
    said, everything = _plain(sent.text), _plain(sent.everything)
    for words in wanted.says:
        if _plain(stage.fill(words, about)) not in said:
            yield f"the {_named(wanted)} does not say “{stage.fill(words, about)}”"
    for words in wanted.never:
        if _plain(stage.fill(words, about)) in everything:
            yield f"the {_named(wanted)} says “{stage.fill(words, about)}”"
    subject = stage.fill(wanted.subject, about)
    if _plain(subject) not in _plain(sent.subject):
        yield f"the {_named(wanted)}'s subject is “{sent.subject}”, expected “{subject}” in it"
    yield from _attached(stage, wanted, sent)


def _attached(stage: Stage, wanted: Left, sent: Sent) -> Iterator[str]:
    if not wanted.report:
        if sent.files:
            yield f"the {_named(wanted)} carries {_listed([name for name, _ in sent.files])}, expected no file"
        return
    due = sha256_of(stage.cabinet.labelled[wanted.report])
    known = {sha256_of(content): label for label, content in stage.cabinet.labelled.items()}
    carried = [sha256_of(content) for _, content in sent.files]
    if carried != [due]:
        told = _listed([known.get(each, "a file that never came") for each in carried])
        yield f"the {_named(wanted)} carries {told}, expected the bytes of “{wanted.report}”"
    if wanted.file and [name for name, _ in sent.files] != [wanted.file]:
        yield f"the {_named(wanted)}'s file is {_listed([name for name, _ in sent.files])}, expected “{wanted.file}”"


def _case(stage: Stage, case: Case, reference: str) -> Iterator[str]:
    shown = stage.show(reference)
    row = shown["submission"]
    states = (case.state,) if isinstance(case.state, str) else case.state
    for key, wanted in (("state", states), ("outcome", (case.outcome,) if case.outcome else ())):
        if wanted and row[key] not in wanted:
            reasons = shown["judgements"][-1]["reasons"] if shown["judgements"] else []
            why = f" ({'; '.join(reasons)})" if reasons else ""
            yield f"has {key} {row[key]}, expected {' or '.join(wanted)}{why}"
    if case.version is not None and row["version"] != case.version:
        yield f"is version {row['version']}, expected {case.version}"
    if case.weblink is not None:
        link = "" if case.weblink == "none" else stage.fill(case.weblink, stage.conversation.about)
        if (row["weblink"] or "") != link:
            yield f"has the web address {row['weblink'] or 'none'}, expected {link or 'none'}"
    if case.on_hold is not None and row["on_hold"] != case.on_hold:
        yield f"is {'' if row['on_hold'] else 'not '}on hold"
    yield from _report(stage, case, row["report_sha256"] or "")
    yield from _doubts(case, shown)
    if case.messages is not None:
        numbers = {message["id"] for message in shown["messages"]}
        there = sorted(label for label in stage.uids if stage.message_number(label) in numbers)
        if there != sorted(case.messages):
            yield f"holds the messages {_listed(there)}, expected {_listed(sorted(case.messages))}"


def _report(stage: Stage, case: Case, sha256: str) -> Iterator[str]:
    if case.report is None:
        return
    known = {sha256_of(content): label for label, content in stage.cabinet.labelled.items()} | {"": "none"}
    if known.get(sha256) != case.report and sha256 != _hash_of(stage, case.report):
        yield f"stands on the report “{known.get(sha256, 'a file without a label')}”, expected “{case.report}”"


def _hash_of(stage: Stage, label: str) -> str:
    return sha256_of(stage.cabinet.labelled[label]) if label != "none" else ""


def _doubts(case: Case, shown: dict[str, object]) -> Iterator[str]:
    if case.doubts is None:
        return
    listed = shown.get("doubts")
    found = listed if isinstance(listed, list) else []
    opened = sorted({each["code"] for each in found if each["closed_at"] is None})
    if "any" in case.doubts and opened:
        return
    if opened != sorted(set(case.doubts)):
        told = "; ".join(each["summary"] for each in found if each["closed_at"] is None)
        yield f"has the open doubts {_listed(opened)}, expected {_listed(sorted(set(case.doubts)))}" + (
            f" ({told})" if told else ""
        )


def _gist(sent: Sent) -> str:
    flat = " ".join(sent.text.split())
    return flat[flat.find("Reason") :][:200] if "Reason" in flat else flat[:160]


def _plain(text: str) -> str:
    return " ".join(text.translate(_QUOTES).split()).casefold()


def _listed(values: list[str]) -> str:
    return ", ".join(values) if values else "nothing"
