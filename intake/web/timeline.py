"""The story of a submission, from the ledger's rows: what came in, was found, was done, and went out. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from intake.judging.doubts import declared
from intake.ledger import EventRow, JudgementRow, MessageRow, MessageView, NoteRow, OutgoingRow, SubmissionView
from intake.web import words

_ROBOT = "intake"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `by` is empty for what the program did itself."""

    at: datetime
    kind: str  # message, judgement, mail, delivery, deed, state
    title: str
    by: str = ""
    text: str = ""
    message: MessageRow | None = None
    judgement: JudgementRow | None = None
    mail: OutgoingRow | None = None
    other: str = ""  # the submission that a message came from or went to
    undo: str = ""  # the page that undoes it


def story(view: SubmissionView | MessageView) -> list[Entry]:
    """Everything that happened to a submission, or to a message that belongs to none, latest first."""
    messages = {message.id: message for message in _messages(view)}
    mails = {mail.id: mail for mail in view.outgoing} if isinstance(view, SubmissionView) else {}
    judgements = {judgement.id: judgement for judgement in view.judgements}
    notes = {note.id: note for note in view.notes}
    entries = []
    for event in view.events:
        entry = _entry(event, messages, mails, judgements, notes)
        if entry is not None:
            entries.append((event.id, entry))
    return [entry for _, entry in sorted(entries, key=lambda pair: pair[0], reverse=True)]


def _messages(view: SubmissionView | MessageView) -> tuple[MessageRow, ...]:
    return view.messages if isinstance(view, SubmissionView) else (view.message,)


def _entry(
    event: EventRow,
    messages: dict[int, MessageRow],
    mails: dict[int, OutgoingRow],
    judgements: dict[int, JudgementRow],
    notes: dict[int, NoteRow],
) -> Entry | None:
    message = messages.get(event.message or 0)
    mail = mails.get(event.outgoing or 0)
    match event.kind:
        case "message-arrived" if message is not None:
            return Entry(event.at, "message", "Message arrived", message=message)
        case "message-judged" if message is not None:
            judgement = judgements.get(event.data.get("judgement", 0))
            outcome = words.OUTCOME.get(event.data.get("outcome", ""), words.Label("checked"))
            return Entry(
                event.at, "judgement", f"Checked: {outcome.text.lower()}", judgement=judgement, message=message
            )
        case kind if kind.startswith("staff-"):
            return _deed(event, kind.removeprefix("staff-"), notes, mail)
        case kind if kind.startswith("mail-"):
            return _about_mail(event, kind.removeprefix("mail-"), mail)
        case "doubt-raised" | "doubt-closed" | "filing-failed":
            return _of_itself(event, message)
        case "submission-state":
            state = words.SUBMISSION.get(event.data.get("state", ""))
            by = "" if event.actor == _ROBOT else event.actor
            return Entry(event.at, "state", f"Now: {state.text.lower() if state else '?'}", by=by)
        case "set-aside" | "message-set-aside":
            return Entry(event.at, "state", "The message was set aside for a person", message=message)
        case "submission-joined":
            return Entry(event.at, "state", f"Joined as version {event.data.get('version', '')}", message=message)
    return None


def _of_itself(event: EventRow, message: MessageRow | None) -> Entry | None:
    """What no person did and no mail tells."""
    if event.kind == "filing-failed":
        return Entry(event.at, "state", "The message could not be filed in the mailbox; it will be tried again")
    title = declared(str(event.data.get("code", ""))).title
    words_of_it = title[:1].lower() + title[1:]
    if event.kind == "doubt-raised":
        return Entry(event.at, "state", f"In doubt: {words_of_it}", message=message)
    return Entry(event.at, "state", f"No longer in doubt: {words_of_it}") if event.actor == _ROBOT else None


def _deed(event: EventRow, about: str, notes: dict[int, NoteRow], mail: OutgoingRow | None) -> Entry:
    note = notes.get(event.data.get("note", 0))
    done = words.DEED.get(about, about.replace("-", " "))
    if about == "released":
        outcome = words.OUTCOME.get(event.data.get("outcome", ""))
        done = f"decided: {outcome.text.lower()}" if outcome else done
    if about == "override":
        done = f"overrode “{words.check_title(event.data.get('check', ''))}”"
    other = str(event.data.get("source") or event.data.get("target") or "")
    moved = about in {"joined", "split"} and event.message is not None and other
    return Entry(
        event.at,
        "deed",
        f"{event.actor} {done}",
        by=event.actor,
        text=note.text if note else "",
        mail=mail,
        other=other,
        undo=f"/messages/{event.message}/actions/join?reference={other}" if moved else "",
    )


_MAIL_STORY: dict[str, str] = {
    "queued": "{kind} written",
    "held": "{kind} written, and held for a person",
    "sent": "{kind} sent",
    "deferred": "{kind} not taken yet; it will be tried again",
    "failed": "{kind} could not be delivered",
    "uncertain": "{kind} may or may not have arrived",
    "bounced": "{kind} came back",
    "cancelled": "{kind} cancelled before it left",
    "settled": "{kind} proved to have arrived",
}


def _about_mail(event: EventRow, what: str, mail: OutgoingRow | None) -> Entry | None:
    kind = words.MAIL_KIND.get(str(mail.kind) if mail else event.data.get("mail", ""), "Mail")
    sentence = _MAIL_STORY.get(what)
    if sentence is None:
        return None
    code = event.data.get("code")
    text = f"The mail server answered {code}." if code and what in {"failed", "deferred", "bounced"} else ""
    shown = "mail" if what in {"queued", "held"} else "delivery"
    return Entry(event.at, shown, sentence.format(kind=kind), text=text, mail=mail)


@dataclass(frozen=True, slots=True)
class Change:
    """One check in two versions, side by side."""

    check: str
    title: str
    before: Any
    after: Any

    @property
    def changed(self) -> bool:
        return self.before is None or self.after is None or self.before.status != self.after.status


def latest_judgements(view: SubmissionView) -> list[JudgementRow]:
    """The judgement that counts of each message that was checked, oldest first."""
    by_message: dict[int, JudgementRow] = {}
    for judgement in view.judgements:
        if judgement.findings:
            by_message[judgement.message] = judgement
    return list(by_message.values())


def compare(before: JudgementRow, after: JudgementRow) -> list[Change]:
    """Check by check, what a further version changed."""
    earlier = {finding.check: finding for finding in before.findings}
    later = {finding.check: finding for finding in after.findings}
    names = dict.fromkeys([*earlier, *later])
    return [Change(name, words.check_title(name), earlier.get(name), later.get(name)) for name in names]
