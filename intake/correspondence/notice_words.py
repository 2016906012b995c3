"""What each notice to staff is called, what it means and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from intake.correspondence.display import clean_line, counted, time_text
from intake.correspondence.occasion import Desk, Notice, NoticeKind
from intake.correspondence.view import desk_view
from intake.model import MailKind


@dataclass(frozen=True, slots=True)
class NoticeWords:
    """`{mail}` is replaced by what the notice is about, `{count}` by how many."""

    title: str
    meaning: str
    action: str


NOTICES = {
    NoticeKind.REVIEW: NoticeWords(
        "For you to look at",
        "A submission needs a person to decide. Until then nothing more of it will be sent.",
        "Look at it and release it as compliant, as having gaps, or as not a submission.",
    ),
    NoticeKind.REMINDER: NoticeWords(
        "Still waiting for you",
        "This submission has waited for a decision for a working day or more. This is the only reminder.",
        "Look at it and release it as compliant, as having gaps, or as not a submission.",
    ),
    NoticeKind.SILENCE: NoticeWords(
        "The CSP has not answered",
        "The partnership was asked for what is missing, and nothing has come since.",
        "Ring or write to the partnership, or withdraw the submission.",
    ),
    NoticeKind.SET_ASIDE: NoticeWords(
        "A message was set aside",
        "The program could not handle this message, after several attempts. The message itself is safe and "
        "the messages after it are not held up.",
        "Read the message in the mailbox and answer it by hand, or let the program try again.",
    ),
    NoticeKind.UNCERTAIN: NoticeWords(
        "It is not certain that an email arrived",
        "The connection broke while {mail} was being handed over. It may have arrived, so it has not been sent again.",
        "Ask the other side, or look in the Sent folder; then mark it as arrived, or send it again.",
    ),
    NoticeKind.FAILED: NoticeWords(
        "An email could not be sent",
        "{mail} was refused or could not be delivered in the time allowed. It will not be tried again automatically.",
        "Check the address and the reason given, then send it again or deliver it another way.",
    ),
    NoticeKind.BOUNCE: NoticeWords(
        "An email came back",
        "{mail} was accepted at first and then returned as undeliverable.",
        "Check the address and the reason given, then send it again or deliver it another way.",
    ),
    NoticeKind.CAP: NoticeWords(
        "Mail is being held: a limit on it was reached",
        "The limit on automatic mail was reached, so {count} held for a person. This protects against two programs "
        "answering each other.",
        "Look at what is held. Release what is right and cancel the rest.",
    ),
    NoticeKind.ALARM: NoticeWords(
        "Alarm: the service needs attention",
        "Something the service depends on is not working. No message is lost; what is in the mailbox waits there.",
        "Put the cause right. A second email will say when all is well again.",
    ),
    NoticeKind.RECOVERED: NoticeWords(
        "All is well again",
        "What the last alarm was about works again. The service is catching up by itself.",
        "There is nothing to do.",
    ),
    NoticeKind.RELAY_TOO_SMALL: NoticeWords(
        "A report is too large for the mail server",
        "{mail} is larger than the outgoing mail server accepts, though the report itself is within the limit. It "
        "has not been sent.",
        "Ask for the server's limit to be raised and then send it again, or deliver the report another way.",
    ),
    NoticeKind.STRAY_REPORT: NoticeWords(
        "A delivery report came that names none of our emails",
        "It may be about an email that a colleague sent by hand, or somebody may have used our address or made the "
        "report up. Nothing was changed because of it. If more of them come today, you will not be told again.",
        "Look at it. If it is about an email that one of you sent, see to that; otherwise there is nothing to do.",
    ),
}
_MAILS = {
    MailKind.REPLY: "the reply to the CSP",
    MailKind.ACKNOWLEDGEMENT: "the acknowledgement to the CSP",
    MailKind.RECEIPT: "the receipt to the CSP",
    MailKind.FORWARD: "the forward to the Commissioner",
    MailKind.NOTICE: "a notice to staff",
    None: "an outgoing mail",
}
_REASONS = {  # the ledger's words for a limit that was reached
    "cap-sender": "More replies to one sender within an hour than are allowed.",
    "cap-submission": "More replies about one submission within an hour than are allowed.",
    "cap-hour": "More replies in all within an hour than are allowed.",
}
_COMMANDS = {
    NoticeKind.SET_ASIDE: "intake retry {reference}",
    NoticeKind.RECOVERED: "",
}


def _link(notice: Notice, desk: Desk) -> str:
    """Where the web log shows what the notice is about; "" where there is none."""
    if not desk.log_url:
        return ""
    if notice.reference:
        place = f"/submissions/{notice.reference}"
    else:
        place = f"/messages/{notice.message}" if notice.message else "/"
    return f"{desk.log_url.rstrip('/')}{place}"


def notice_view(notice: Notice, desk: Desk) -> dict[str, object]:
    """What the notice's templates know."""
    words = NOTICES[notice.kind]
    held = counted(notice.count, "mail is", "mails are")
    meaning = words.meaning.replace("{mail}", _MAILS[notice.mail]).replace("{count}", held)
    command = _COMMANDS.get(notice.kind, "intake show {reference}").replace("{reference}", notice.reference)
    return desk_view(desk) | {
        "kind": notice.kind.value,
        "reference": notice.reference,
        "version": notice.version,
        "title": words.title,
        "meaning": " ".join((meaning[:1].upper() + meaning[1:], *notice.truth)),
        "action": words.action,
        "reasons": tuple(clean_line(_REASONS.get(reason, reason)) for reason in notice.reasons),
        "when": time_text(notice.now),
        "link": _link(notice, desk),
        "command": command if notice.reference else "",
    }
