"""The mailbox: listing, fetching and filing messages by (folder, UIDVALIDITY, UID), and hearing of new ones at once.

By IMAP (`Mailbox`) or by Microsoft Graph (`GraphMailbox`).
"""

from intake.mailbox.access import MailboxAccess, Numbers
from intake.mailbox.graph import GraphMailbox
from intake.mailbox.idle import IdleWatcher
from intake.mailbox.listing import FolderStatus, Listed
from intake.mailbox.mailbox import FolderMissing, Mailbox, UidValidityChanged
from intake.mailbox.numbers import PassingNumbers

__all__ = [
    "FolderMissing",
    "FolderStatus",
    "GraphMailbox",
    "IdleWatcher",
    "Listed",
    "Mailbox",
    "MailboxAccess",
    "Numbers",
    "PassingNumbers",
    "UidValidityChanged",
]
