"""Automatic mail, bounces and our own mail, told apart by what the headers say, before any file is opened.

Programs are shy of saying that they are programs: only half of real auto-replies carry `Auto-Submitted`. Each sign
is weighed; signs that gateways and mailing lists also put on a person's mail never decide alone, and decide nothing
where a report may be attached. What is not clearly automatic is left to the classification.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from intake.judging.bounces import bounce_signs
from intake.judging.doubts import doubt
from intake.judging.signs import Sign, may_hold_report, null_sender
from intake.model import Certainty, Classification, Doubt, Kind, PassedOn, PassedOnAs, Unpacked

_ENOUGH = 3
_MARKER = "X-Intake-Marker"
_AUTO_SUBJECT = re.compile(
    r"^\W*(?:(?:automatic|auto|automated)[\s-]?(?:reply|response|answer)|autoreply|out of (?:the )?office\b"
    r"|on (?:annual )?leave\b|away from (?:the |my )?office|absence notification"
    r"|r[ée]ponse automatique|absence du bureau|automatische antwort|abwesenheits\w+|respuesta autom[áa]tica"
    r"|risposta automatica|automatisch antwoord|ateb awtomatig|ymateb awtomatig|allan o'r swyddfa"
    r"|i ffwrdd o'r swyddfa)",
    re.IGNORECASE,
)
_ANSWER_SUBJECT = re.compile(r"^\s*(?:\[[^\]]{1,40}\]\s*)?(?:re|aw|sv|atb|ateb)\s*:", re.IGNORECASE)
_RECEIPT_SUBJECT = re.compile(
    r"^\W*(?:read|not read|delivered|relayed|recall|message recall (?:success|failure)|accepted|declined|tentative"
    r"|cancelled|canceled|meeting forward notification|darllenwyd|derbyniwyd|gwrthodwyd)\s*:",
    re.IGNORECASE,
)
# What programs write below such subjects, and people seldom do.
_RECEIPT_BODY = re.compile(
    r"\bwas (?:read|opened|deleted without being read) on\b|\bthis is a (?:read |return |delivery )?receipt for\b"
    r"|\bread receipt\b|\bhas (?:accepted|declined) (?:this|the|your) (?:meeting|invitation)\b",
    re.IGNORECASE,
)
_AWAY = (
    r"out of (?:the )?office|on (?:annual |maternity |sick )?leave|away (?:until|from (?:the |my )?(?:office|desk)?)"
)
_ABSENCE_BODY = re.compile(
    rf"\bi(?: am|['’](?:m|ll be)| will be)(?: currently| now)? (?:{_AWAY})\b"
    r"|\b(?:no longer work|have left) (?:for|the)\b",
    re.IGNORECASE,
)
_BODY_START = 600  # characters
_LIST_FIELDS = ("List-Id", "List-Unsubscribe", "List-Post", "Mailing-List", "Feedback-ID", "X-Campaign-ID")
_NO_REPLY = re.compile(r"^(?:no|do[-_.]?not)[-_.]?reply", re.IGNORECASE)
_WANTS_NO_ANSWER = "it asks for no automatic answer"


@dataclass(frozen=True, slots=True)
class OwnMail:
    """How the service knows its own mail when it comes back. Addresses are in lower case."""

    addresses: frozenset[str] = frozenset()
    marker_header: str = _MARKER
    message_id_domain: str = ""


def triage(unpacked: Unpacked, own: OwnMail) -> Classification | None:
    """OWN_MAIL, BOUNCE or AUTOMATIC with the reasons; None for mail by people."""
    if reasons := _own_reasons(unpacked, own):
        return Classification(Kind.OWN_MAIL, Certainty.CERTAIN, reasons)
    returns_ours = any(_is_marked(mail.header_all(own.marker_header), own) for mail in unpacked.passed_on)
    for kind, signs in (
        (Kind.BOUNCE, bounce_signs(unpacked, returns_ours=returns_ours)),
        (Kind.AUTOMATIC, _automatic_signs(unpacked)),
    ):
        found = list(signs)
        if sum(sign.points for sign in found) >= _ENOUGH:
            return Classification(kind, Certainty.CERTAIN, tuple(sign.reason for sign in found))
    return None


def signs_of_lists(unpacked: Unpacked) -> tuple[Doubt, ...]:
    """Signs of a list or a program that do not decide, yet forbid an automatic answer (RFC 3834, 2)."""
    signs = (*_distribution_signs(unpacked), *_shown_signs(unpacked))
    return tuple(doubt("list-mail", sign.reason) for sign in signs if sign.reason != _WANTS_NO_ANSWER)


def _own_reasons(unpacked: Unpacked, own: OwnMail) -> tuple[str, ...]:
    reasons = []
    if _is_marked(unpacked.header_all(own.marker_header), own):
        reasons.append("it carries this service's own mark")
    if _only_brings_ours(unpacked, own):
        reasons.append("it is nothing but an attached mail of this service")
    if unpacked.sender is not None and unpacked.sender.address.lower() in own.addresses:
        reasons.append("it is from this service's own address")
    return tuple(reasons)


def answers(unpacked: Unpacked) -> bool:
    """Whether its subject is that of a mail which it answers."""
    return _ANSWER_SUBJECT.match(unpacked.subject) is not None


def is_own(mail: PassedOn, own: OwnMail) -> bool:
    """Whether a mail that came along is one of ours."""
    return _is_marked(mail.header_all(own.marker_header), own)


def _is_marked(marks: list[str], own: OwnMail) -> bool:
    domain = own.message_id_domain.lower()
    return any(domain and mark.lower().endswith(f"@{domain}") for mark in marks)


def _only_brings_ours(unpacked: Unpacked, own: OwnMail) -> bool:
    """Whether a journal or a rule attached a mail of ours: it says nothing itself, or says so, and brings no file."""
    attached = [mail for mail in unpacked.passed_on if mail.how is PassedOnAs.ATTACHED]
    ours = bool(attached) and all(_is_marked(mail.header_all(own.marker_header), own) for mail in attached)
    journal = bool(unpacked.header_all("X-MS-Journal-Report"))
    silent = not unpacked.body.latest.strip() or journal
    return ours and silent and not any(not file.inline for file in unpacked.attachments)


def _automatic_signs(unpacked: Unpacked) -> Iterator[Sign]:
    yield from _declared_signs(unpacked)
    yield from _shown_signs(unpacked)
    yield from _worded_signs(unpacked)


def _declared_signs(unpacked: Unpacked) -> Iterator[Sign]:
    """What header fields made for the purpose say."""
    submitted = unpacked.header("Auto-Submitted").partition(";")[0].strip().lower()
    if submitted and submitted not in {"no", "auto-forwarded"}:  # RFC 3834, 5
        yield Sign(3, f"Auto-Submitted says {submitted[:40]}")
    elif submitted == "auto-forwarded":
        yield Sign(1, "a mailbox rule passed it on")
    if unpacked.content_type == "multipart/report" and unpacked.report_type not in {"delivery-status", ""}:
        yield Sign(3, "it is a read receipt or another report by a mail program")
    for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponse", "X-Mail-Autoreply", "X-Auto-Reply-From"):
        value = unpacked.header(name).lower()
        if value and value not in {"no", "false"}:
            yield Sign(3, f"{name} is set")
    if unpacked.header(_MARKER):
        yield Sign(3, "another service of this kind sent it")
    yield from _distribution_signs(unpacked)


def _distribution_signs(unpacked: Unpacked) -> Iterator[Sign]:
    """What lists, rules and gateways add, to a person's mail too."""
    precedence = unpacked.header("Precedence").strip().lower()
    if precedence in {"auto_reply", "auto-reply"}:
        yield Sign(3, "Precedence says auto_reply")
    # a list or a help desk passes on a person's mail with all of these: together they are one sign
    elif precedence in {"bulk", "junk", "list"} or any(unpacked.header(name) for name in _LIST_FIELDS):
        yield Sign(1, "it was sent through a mailing list or in bulk")
    if unpacked.header("X-Loop") or unpacked.header("X-MS-Exchange-Inbox-Rules-Loop"):
        yield Sign(1, "a mailbox rule passed it on")
    suppress = unpacked.header("X-Auto-Response-Suppress").strip().lower()
    if suppress and suppress != "none":  # some gateways set it on everything they let through
        yield Sign(1, _WANTS_NO_ANSWER)


def _shown_signs(unpacked: Unpacked) -> Iterator[Sign]:
    """What the mail looks like. With a possible report attached these weigh less."""
    less = 1 if may_hold_report(unpacked) else 0
    if null_sender(unpacked):
        yield Sign(2 - less, "it has no return address")
    if _AUTO_SUBJECT.match(unpacked.subject):
        yield Sign(3 - less, "its subject is that of an automatic reply")
    elif _RECEIPT_SUBJECT.match(unpacked.subject):
        yield Sign(2 - less, "its subject is that of a receipt, a recall or an answer to an invitation")
    if unpacked.content_type == "text/calendar" or _is_invitation(unpacked):
        yield Sign(3 - 2 * less, "it is a calendar invitation")
    if unpacked.sender is not None and _NO_REPLY.match(unpacked.sender.address):
        yield Sign(1, "it is from an address that takes no answers")


def _worded_signs(unpacked: Unpacked) -> Iterator[Sign]:
    """What its first words say. People write of their holidays, too: with a report attached this counts for nothing."""
    start = (unpacked.body.latest or unpacked.body.quoted)[:_BODY_START]
    if may_hold_report(unpacked):
        return
    if _RECEIPT_BODY.search(start):
        yield Sign(2, "its words are those of a receipt")
    if _ABSENCE_BODY.search(start):
        yield Sign(2, "its words are those of an absence notice")


def _is_invitation(unpacked: Unpacked) -> bool:
    declared = unpacked.header("Content-Class").lower().endswith("calendarmessage")
    return declared or any(file.declared_type == "text/calendar" and file.inline for file in unpacked.attachments)
