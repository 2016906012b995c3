"""Checks DKIM signatures ourselves (RFC 6376), for mailboxes whose server records no results.

The name look-ups are the caller's, and so are the thread and the time limit: verifying 25 MB takes half a second.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable

from intake.senders.domains import normal_domain
from intake.senders.signature import Signature, counted

MOST_SIGNATURES = 5
SMALLEST_KEY = 1024
_FIELD = re.compile(rb"(?im)^dkim-signature[ \t]*:")
_FROM = re.compile(rb"(?im)^from[ \t]*:")
_HEAD_END = re.compile(rb"\r?\n\r?\n")


def dkim_verified_domains(raw: bytes, dnsfunc: Callable[[bytes, int], bytes | None]) -> tuple[str, ...]:
    """The domains with a good signature over the whole body and over all that a header shows.

    `dnsfunc(name, timeout)` answers a TXT record's text, None when there is none.
    """
    end = _HEAD_END.search(raw)
    head = raw[: end.start()] if end else raw
    count = len(_FIELD.findall(head))
    # With two From fields a signature may cover the one that is not shown (RFC 6376, 8.15).
    if not count or len(_FROM.findall(head)) != 1:
        return ()
    found: list[str] = []
    for index in range(min(count, MOST_SIGNATURES)):
        domain = _verified(raw, index, dnsfunc)
        if domain and domain not in found:
            found.append(domain)
    return tuple(found)


def _verified(raw: bytes, index: int, dnsfunc: Callable[[bytes, int], bytes | None]) -> str:
    def answer(name: bytes, timeout: int = 5) -> bytes | None:
        return dnsfunc(name, timeout)

    dkim = importlib.import_module("dkim")  # most installations never need it, and it brings a DNS library along
    try:
        checker = dkim.DKIM(raw, minkey=SMALLEST_KEY)
        good = checker.verify(idx=index, dnsfunc=answer)
        fields = checker.signature_fields
    # dkimpy lets many kinds of error through on crafted fields and keys; all mean "not verified".
    except Exception:  # noqa: BLE001
        return ""
    domain = fields.get(b"d", b"").decode("ascii", "replace")
    signed = Signature(domain, _names(fields.get(b"h", b"")), b"l" in fields, None)
    present = counted(name.decode("latin-1") for name, _ in checker.headers)
    return normal_domain(domain) if good and signed.covers(present) else ""


def _names(covered: bytes) -> tuple[str, ...]:
    return tuple(name.strip().lower() for name in covered.decode("latin-1").split(":"))
