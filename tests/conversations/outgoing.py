"""A mail that left, read as its reader would see it: kind, words, and the bytes of its report."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from intake.correspondence.notice_words import NOTICES
from tests.servers.smtp_sink import ReceivedMail


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail that left, as the relay got it."""

    kind: str
    about: str  # a notice's kind
    recipients: tuple[str, ...]
    subject: str
    text: str  # its subject and plain words
    everything: str  # all that can be read in it, the manifest and file names included
    files: tuple[tuple[str, bytes], ...]  # name and bytes of each PDF
    raw: bytes

    @classmethod
    def of(cls, mail: ReceivedMail) -> Sent:
        parsed = message_from_bytes(mail.raw, policy=default)
        assert isinstance(parsed, EmailMessage)
        marker = str(parsed["X-Intake-Marker"] or "").partition("@")[0]
        plain = parsed.get_body(("plain",))
        words = f"{parsed['Subject']}\n{plain.get_content() if plain is not None else ''}"
        parts = list(parsed.walk())
        read = [str(part.get_content()) for part in parts if part.get_content_maintype() == "text"]
        read += [part.get_content().decode() for part in parts if part.get_content_type() == "application/json"]
        read += [part.get_filename() or "" for part in parts]
        pdfs = [part for part in parsed.iter_attachments() if part.get_content_type() == "application/pdf"]
        return cls(
            kind=marker or "mail of an unknown kind",
            about=_notice_kind(words) if marker == "notice" else "",
            recipients=mail.recipients,
            subject=str(parsed["Subject"]),
            text=words,
            everything="\n".join([str(parsed["Subject"]), *read]),
            files=tuple((part.get_filename() or "", part.get_content()) for part in pdfs),
            raw=mail.raw,
        )


def _notice_kind(words: str) -> str:
    """What a notice is about: each kind has a title of its own, and the longest that stands in it is meant."""
    flat = " ".join(words.split())
    found = [(len(each.title), str(kind)) for kind, each in NOTICES.items() if each.title in flat]
    return max(found)[1] if found else "unknown"


def sha256_of(content: bytes) -> str:
    """The hash by which files are compared."""
    return hashlib.sha256(content).hexdigest()
