"""What a delivery status notification says of each recipient (RFC 3464), read as tolerantly as servers write it."""

from __future__ import annotations

import re

from intake.model import DeliveryReport
from intake.unpacking.headers import Block, decode_header, read_block
from intake.unpacking.limits import UnpackLimits
from intake.unpacking.structure import Part

STATUS_PARTS = frozenset({"message/delivery-status", "message/global-delivery-status"})  # the second: RFC 6533
_MOST_RECIPIENTS = 200
_STATUS = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
_XTEXT = re.compile(r"\+([0-9A-F]{2})")  # RFC 3461, 4
_DAEMONS = ("mailer-daemon", "postmaster")
_ACTIONS = frozenset({"failed", "delayed", "delivered", "relayed", "expanded"})


def read_delivery_reports(content: bytes, limits: UnpackLimits) -> tuple[DeliveryReport, ...]:
    """One record for each recipient that the report names."""
    blocks = _blocks(content, limits)
    envelope_id = next((found for block in blocks if (found := _value(block, "original-envelope-id"))), "")
    reports = (_report(block, envelope_id) for block in blocks)
    return tuple(report for report in reports if report is not None)


def _blocks(content: bytes, limits: UnpackLimits) -> list[Block]:
    """The groups of fields, which blank lines divide; more of these than one also occur."""
    blocks: list[Block] = []
    start, end = 0, min(len(content), limits.header_bytes)
    while start < end and len(blocks) <= _MOST_RECIPIENTS:
        if content[start : start + 1] in {b"\r", b"\n", b" ", b"\t"}:
            start += 1
            continue
        block = read_block(content, start, end, limits.header_bytes, limits.headers)
        blocks.append(block)
        start = max(block.body_start, start + 1)
    return blocks


def _report(block: Block, envelope_id: str) -> DeliveryReport | None:
    action = _value(block, "action").partition(" ")[0].lower()
    status = _STATUS.search(_value(block, "status"))
    if action not in _ACTIONS:
        return None
    # The address that we wrote to comes first: behind a forwarding rule the final one is another.
    recipient = _address(block, "original-recipient") or _address(block, "final-recipient")
    return DeliveryReport(recipient, action, status[0] if status else "", envelope_id)


def _address(block: Block, name: str) -> str:
    """The address in `rfc822; someone@somewhere`, without its type and brackets."""
    kind, mark, address = _value(block, name).partition(";")
    found = (address if mark else kind).strip().strip("<>")
    found = _XTEXT.sub(lambda match: chr(int(match[1], 16)), found) if name.startswith("original") else found
    return found if "@" in found else ""


def _value(block: Block, name: str) -> str:
    return decode_header(block.first(name)).strip()[:1000]


def is_delivery_report(part: Part) -> bool:
    """Whether a message speaks of another mail's delivery: what it returns is no submission (RFC 6522)."""
    if part.media_type == "multipart/report":
        return True
    if part.media_type != "multipart/mixed":
        return False
    header = part.header
    sender = decode_header(header.first("from")).lower()
    from_daemon = any(f"{name}@" in sender for name in _DAEMONS) or "mailer-daemon" in sender
    null_sender = any(value.replace(" ", "") == "<>" for value in header.every("return-path"))
    return bool(header.first("x-failed-recipients")) or from_daemon or (null_sender and _is_ndr(header))


def _is_ndr(header: Block) -> bool:
    return bool(header.first("x-ms-exchange-message-is-ndr") or header.first("x-ms-exchange-organization-scl-ndr"))
