"""What servers and gateways put in the place of something else: a scanner's placeholder, a note of what was taken out.

Microsoft 365 first delivers a mail with a placeholder and, minutes later, the same one with its file; Exchange gives a
few words for a message that it cannot convert. None of it was written by the sender.
"""

from __future__ import annotations

import re

_SCANNING = re.compile(
    r"\bscan(?:ning)? (?:is )?in progress\b|\bsafe attachments (?:is|are) (?:still )?scanning\b|"
    r"\battachments? (?:is|are) (?:still )?being scanned\b",
    re.IGNORECASE,
)
_TEXT_FILE = re.compile(r"(?:\.txt|\.html?|\.rtf|(?:^|[^.]{4}))$", re.IGNORECASE)
_TAKEN = r"(?:removed|blocked|stripped|deleted|quarantined|replaced|unsafe|unsupported)"
_REMOVED = re.compile(
    r"\b(?:malware|virus|threat) ?(?:alert|warning|notice|found|removed)|"
    rf"\b(?:attachment|file)s? (?:was |were |has been |have been )?{_TAKEN}|\b{_TAKEN} (?:attachment|file)|"
    r"\battachment protection\b|^deleted\d{0,3} txt$|^warning\d{0,3} (?:txt|html?)$",
    re.IGNORECASE,
)
_BETWEEN_WORDS = re.compile(r"[\W_]+")
_STAND_IN = re.compile(
    r"\s{0,100}(?:retrieval using the (?:imap4?|pop3) protocol failed for the following message|"
    r"the server couldn.t retrieve the following message)",
    re.IGNORECASE,
)
_LARGEST_NOTE = 200_000


def is_scanners_placeholder(name: str) -> bool:
    """Whether a message or file so called, or so worded, stands for a file that a scanner still holds."""
    return _SCANNING.search(name[:2000]) is not None


def is_removal_note(name: str, size: int) -> bool:
    """Whether a file is a gateway's note that it took another one out."""
    if size >= _LARGEST_NOTE or not _TEXT_FILE.search(name):
        return False
    return _REMOVED.search(_BETWEEN_WORDS.sub(" ", name).strip()) is not None


def is_stand_in(text: str) -> bool:
    """Whether a body is what Exchange gives for a message that it could not convert."""
    return _STAND_IN.match(text) is not None
