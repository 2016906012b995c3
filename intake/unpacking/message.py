"""One message, opened: walks its structure and gathers words, files, links and problems within the limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from intake.model import Attachment, Unpacked, UnpackProblem
from intake.unpacking.addresses import read_addresses, read_sender
from intake.unpacking.charsets import clean_line
from intake.unpacking.contents import Contents
from intake.unpacking.headers import Block, decode_header
from intake.unpacking.html import referenced_pictures
from intake.unpacking.identifiers import read_identifiers
from intake.unpacking.limits import UnpackLimits
from intake.unpacking.reading import read_words
from intake.unpacking.structure import Part, read_part
from intake.unpacking.transfer import mend_line_ends
from intake.unpacking.walk import walk_message

_DEFAULT_LIMITS = UnpackLimits()
# Written by servers, never with encoded words (RFC 2047, 5). Decoding them would let a sender's address such as
# =?utf-8?q?x=3B_dmarc=3Dpass?=@example.org turn into a server's own words.
_NEVER_ENCODED = frozenset({"authentication-results", "received", "received-spf", "return-path", "dkim-signature"})
_EARLIEST, _LATEST = 1990, 2100


def unpack(raw: bytes | memoryview, limits: UnpackLimits = _DEFAULT_LIMITS) -> Unpacked:
    """Open a message. Never raises for what is in it: what could not be opened is in `problems`."""
    try:
        data = mend_line_ends(bytes(raw))
        part = read_part(data, 0, len(data), limits)
        result = _read_headers(part)
    except Exception as error:  # noqa: BLE001 - a stranger's bytes: any fault of ours must become a case for a person
        return Unpacked(problems=(UnpackProblem("damaged-mime", detail=type(error).__name__),))
    contents = Contents(limits, result.sender)
    try:
        walk_message(part, contents)
    except Exception as error:  # noqa: BLE001 - as above; what was gathered until then is kept
        contents.note("damaged-mime", detail=type(error).__name__)
    try:
        result = read_words(contents, result)
    except Exception as error:  # noqa: BLE001 - as above
        contents.note("damaged-mime", detail=type(error).__name__)
    return replace(
        result,
        returned_headers=contents.returned_headers,
        delivery_reports=contents.delivery_reports,
        attachments=_finish_attachments(contents),
        problems=tuple(contents.problems),
    )


def unpack_within(raw: memoryview, files: int, archive_depth: int, archive_total: int, archive_ratio: int) -> Unpacked:
    """`unpack` with the limits that a configuration names, in the simple values that a sandbox hands over."""
    limits = UnpackLimits(
        files=files, archive_depth=archive_depth, archive_total=archive_total, archive_ratio=archive_ratio
    )
    return unpack(raw, limits)


def _read_headers(part: Part) -> Unpacked:
    header = part.header
    return Unpacked(
        headers=tuple((name, _readable(name, value)) for name, value in header.fields),
        subject=decode_header(header.first("subject"))[:1000].rstrip(),
        message_id=next(iter(read_identifiers(header.first("message-id"))), ""),
        in_reply_to=read_identifiers(header.first("in-reply-to")),
        references=read_identifiers(header.first("references")),
        sender=read_sender(header.every("from")),
        reply_to=read_addresses(header.first("reply-to")),
        to=read_addresses(", ".join(header.every("to"))),
        cc=read_addresses(", ".join(header.every("cc"))),
        date=_read_date(header),
        content_type=part.media_type,
        report_type=part.parameters.get("report-type", "").lower()[:100],
    )


def _readable(name: str, value: str) -> str:
    return clean_line(value) if name.lower() in _NEVER_ENCODED else decode_header(value)


def _read_date(header: Block) -> datetime | None:
    try:
        date = parsedate_to_datetime(decode_header(header.first("date"))[:200])
        date = date if date.tzinfo else date.replace(tzinfo=UTC)
        return date if _EARLIEST <= date.astimezone(UTC).year < _LATEST else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _finish_attachments(contents: Contents) -> tuple[Attachment, ...]:
    shown: set[str] = set()
    for section in (*contents.sections, *contents.quoted_sections):
        shown |= referenced_pictures(section.html)
    return tuple(
        replace(file.attachment, inline=file.attachment.inline or (file.picture and file.content_id in shown))
        for file in contents.files
    )
