"""How mail comes and goes, by the one setting that says so: IMAP and SMTP, or Microsoft Graph."""

from __future__ import annotations

from intake.credentials import Credentials
from intake.delivery import Carrier, GraphCarrier, Relay
from intake.graph import GraphLine
from intake.mailbox import GraphMailbox, Mailbox, MailboxAccess, Numbers, PassingNumbers
from intake.settings import MailboxSettings, Settings


def build_mailbox(
    settings: Settings, box: MailboxSettings, credentials: Credentials, numbers: Numbers | None = None
) -> MailboxAccess:
    """The way into one mailbox. `numbers` is the ledger's; without, they last as long as this look."""
    if not settings.by_graph:
        return Mailbox(box, credentials)
    line = GraphLine(settings, credentials, box.username, timeout=box.timeout_seconds)
    return GraphMailbox(box, line, numbers or PassingNumbers())


def build_carrier(settings: Settings, credentials: Credentials) -> Carrier:
    """The way out."""
    if not settings.by_graph:
        return Relay(settings, credentials)
    relay = settings.relay
    line = GraphLine(settings, credentials, settings.sending_mailbox, timeout=relay.timeout_seconds)
    return GraphCarrier(line, relay.data_timeout_seconds)
