"""What beside the content speaks against acting by itself: who sent a message, and what the virus scanner says."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence

from intake.model import Attachment, Doubt, Unpacked
from intake.sandbox.scanner import Scanner, scan_doubts
from intake.senders import Sender, SenderRules, assess, doubts
from intake.senders.own_dkim import dkim_verified_domains
from intake.settings.sections import Senders

DnsLookup = Callable[[bytes, int], bytes | None]


class Safety:
    """Judges senders by the settings and by the addresses that staff have trusted since."""

    def __init__(
        self,
        section: Senders,
        own: Collection[str],
        trusted: Callable[[], Collection[str]],
        scanner: Scanner | None = None,
        dns: DnsLookup | None = None,
    ) -> None:
        self._section = section
        self._own = own
        self._trusted = trusted
        self._scanner = scanner
        self._dns = dns

    def sender(self, unpacked: Unpacked, raw: bytes) -> Sender:
        """Who sent it, as far as that is proved."""
        rules = SenderRules.of(self._section, self._trusted(), self._own)
        verified = dkim_verified_domains(raw, self._dns) if self._dns else ()
        return assess(unpacked, rules, verified)

    def vouched(self, unpacked: Unpacked) -> tuple[str, bool]:
        """The author that a header names ("" for nobody), and whether it proves, by itself, one who is trusted."""
        sender = assess(unpacked, SenderRules.of(self._section, self._trusted(), self._own))
        return sender.address, sender.authenticated and not doubts(sender)

    def doubts(
        self, sender: Sender, raw: bytes, files: Sequence[Attachment], until: float = math.inf
    ) -> tuple[Doubt, ...]:
        """What is open about sender and files; any one of them sends the message to review.

        The scanner sees the message and each of its files: what it cannot unpack as we do must not hide from it.
        What it has not seen by `until`, on the monotonic clock, it has not checked.
        """
        contents = (raw, *(file.content for file in files))
        scans = (self._scanner.scan(content, until) for content in contents) if self._scanner else ()
        return (*doubts(sender), *scan_doubts(scans))
