"""The signs of a bounce. Many servers write one without a null sender, without multipart/report, without an address."""

from __future__ import annotations

import re
from collections.abc import Iterator

from intake.judging.signs import Sign, may_hold_report, null_sender
from intake.model import Unpacked

# Nobody but a mail server writes under the first; a person may be a postmaster.
_DAEMON = re.compile(r"mailer[-_. ]?daemon|mail[-_]daemon|\bmdaemon@", re.IGNORECASE)
_MAIL_SERVER = re.compile(
    r"\bpost[-_]?master\b|\bmail (?:delivery|administrator|system)\b|\bdelivery (?:sub)?system\b"
    r"|\b(?:bounces?|ndr|dsn)@|<\s{0,9}>\s{0,9}$",
    re.IGNORECASE,
)
_MAIL = r"(?:mail|message|e-?mail)"
_SUBJECTS = (
    rf"(?:{_MAIL} )?(?:is |was )?undeliver(?:able|ed)|non[\s-]?deliver|undelivery",
    rf"(?:permanent )?(?:{_MAIL} )?delivery (?:status|failure|failed|error|problem|notification|report|delayed)",
    rf"(?:{_MAIL} )?delivery (?:warning|has failed)",
    rf"{_MAIL} (?:delivery )?(?:failed|failure|system error|status - undeliverable|delayed|rejected)",
    r"mail delivery system",
    rf"{_MAIL} (?:was |is |has )?(?:could )?not (?:been |be )?delivered|failed (?:mail|delivery|to deliver)",
    rf"(?:your )?{_MAIL}(?: to \S{{1,200}})? (?:could not|couldn.t|can ?not|was not) be(?:en)? (?:sent|delivered)",
    r"(?:unable|not able|failed) to deliver|returned mail|return(?:ed)? to sender",
    r"failure (?:notice|delivery|notification)|(?:notice|warning)\W{1,3}(?:mail|message|could not|e-?mail)",
    r"could not (?:send|deliver)|user unknown|bounced?\b|postmaster notify|rejected(?: mail| message|:)|delayed:",
    r"delivery to \S{1,200} (?:failed|has been)|unzustellbar|non remis|[ée]chec de (?:la )?remise",
    r"mancato recapito|heb ei ddanfon|methu danfon|ni ddanfonwyd",
)
_SUBJECT = re.compile(rf"^\W*(?:{'|'.join(_SUBJECTS)})", re.IGNORECASE)
# What servers write in the body; with a report attached or below a greeting it counts for nothing: people write so too.
_BODY = re.compile(
    r"\b(?:could not|couldn.t|cannot|can.t|was not|wasn.t able to|unable to|failed to) (?:be )?deliver(?:ed)?\b"
    r"|\bdelivery (?:has |to the following |of the following )?(?:failed|recipient|status notification)"
    r"|\bundeliverable\b|\bpermanent (?:fatal )?(?:errors?|failure)\b|\bqmail-send program\b"
    r"|\breturned to (?:sender|you)\b|\bmail delivery (?:software|system)\b|\b5\d\d[ -]#?5\.\d\.\d{1,3}\b"
    r"|\b(?:user|recipient|mailbox) (?:is )?(?:unknown|not found)|\bdiagnostic[- ]code\b"
    r"|\bdid not reach the following recipient|\bheb ei ddanfon\b"
    r"|\bfailed recipients?\b|\bmailbox unavailable\b|\bsmtp error\b|\bn.a pas pu [eê]tre (?:d[eé]livr|remis)",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"\W*(?:dear|hello|hiya?|good (?:morning|afternoon|day)|annwyl|bore da)\b(?!\. this is)", re.IGNORECASE
)
_BODY_START = 2000  # characters
_LONGEST_AUTHOR = 500


def bounce_signs(unpacked: Unpacked, *, returns_ours: bool) -> Iterator[Sign]:
    """What speaks for a bounce; `returns_ours`: a mail of this service came back inside it."""
    yield from _declared(unpacked)
    author = unpacked.header("From")[:_LONGEST_AUTHOR]
    if _DAEMON.search(author):
        yield Sign(3, "it is from a mail server's own address")
    elif _MAIL_SERVER.search(author):
        yield Sign(2, "it is from a mail server's own address")
    if _SUBJECT.match(unpacked.subject):
        yield Sign(2, "its subject is that of a delivery failure")
    words = unpacked.body.latest[:_BODY_START]
    if _BODY.search(words) and not (may_hold_report(unpacked) or _GREETING.match(words)):
        yield Sign(1, "its words are those of a delivery failure")
    if returns_ours:
        yield Sign(1, "it returns an email from this service")


def _declared(unpacked: Unpacked) -> Iterator[Sign]:
    """What header fields and the structure say."""
    if unpacked.content_type == "multipart/report" and unpacked.report_type in {"delivery-status", ""}:
        yield Sign(3, "it is a delivery report")
    if unpacked.header_all("X-MS-Exchange-Message-Is-Ndr"):  # Exchange writes it without a value
        yield Sign(3, "Exchange marks it as a non-delivery report")
    if unpacked.header("X-Failed-Recipients"):
        yield Sign(3, "it names recipients that could not be reached")
    if null_sender(unpacked):
        yield Sign(1, "it has no return address")
    if unpacked.returned_headers:
        yield Sign(1, "it returns another mail's header")
