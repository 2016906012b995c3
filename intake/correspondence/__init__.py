"""Outgoing mail: a verdict and the occasion for writing become one finished RFC 5322 message.

Replies, acknowledgements and receipts go to the CSP, forwards to the Commissioner, notices to staff. Nothing
here sends, stores or asks the clock: equal input gives a byte-identical mail, so that a mail composed again
after a restart is the same mail. The only thing read from disk is the templates, once, when `Templates` is made.
Mail names files, pages and our own words for what was found, and never holds a sentence of a report.
"""

from intake.correspondence.forwards import compose_forward
from intake.correspondence.notices import compose_notice
from intake.correspondence.occasion import CheckWords, Desk, Notice, NoticeKind, Occasion, Replaced, already_copied
from intake.correspondence.replies import compose_acknowledgement, compose_receipt, compose_reply
from intake.correspondence.templates import TemplateProblem, Templates

__all__ = [
    "CheckWords",
    "Desk",
    "Notice",
    "NoticeKind",
    "Occasion",
    "Replaced",
    "TemplateProblem",
    "Templates",
    "already_copied",
    "compose_acknowledgement",
    "compose_forward",
    "compose_notice",
    "compose_receipt",
    "compose_reply",
]
