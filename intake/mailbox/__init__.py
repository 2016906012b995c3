"""The mailbox: listing, fetching and filing messages by (folder, UIDVALIDITY, UID), and hearing of new ones at once."""

from intake.mailbox.idle import IdleWatcher
from intake.mailbox.listing import FolderStatus, Listed
from intake.mailbox.mailbox import FolderMissing, Mailbox, UidValidityChanged

__all__ = ["FolderMissing", "FolderStatus", "IdleWatcher", "Listed", "Mailbox", "UidValidityChanged"]
