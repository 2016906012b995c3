"""Raw messages, named by the SHA-256 of their bytes: what came in and what went out, behind one interface.

They lie in a folder, in the ledger's own PostgreSQL or in an S3-compatible store; the settings say where. Whatever it
is, once `put` returns the bytes are safe there, no reader ever sees half a message, and what is read is compared with
its name.
"""

from intake.message_store.database import DatabaseStore
from intake.message_store.folder import FolderStore, free_bytes
from intake.message_store.store import MessageStore, Stored, StoreReport

__all__ = ["DatabaseStore", "FolderStore", "MessageStore", "StoreReport", "Stored", "free_bytes"]
