"""What a database's refusals come down to, with what a person can do about each."""

from __future__ import annotations

import re

from sqlalchemy.exc import DBAPIError

from intake.errors import StorageError

_USUAL = "Check free disk space, permissions and that the database runs; nothing was half written."
_NOT_OURS = "Name the ledger's own file, or move that one away: it is no ledger of this program."
# In this order: the first that fits is told. PostgreSQL's words are those of its English messages, and of libpq.
_KNOWN = (
    (re.compile(r"role \"[^\"]*\" does not exist"), "Make the role: createuser NAME; it is named in [storage] ledger."),
    (re.compile(r"database \"[^\"]*\" does not exist"), "Make the database: createdb --owner=ROLE NAME."),
    (re.compile(r"password authentication failed"), "Check the file that ledger_password_file names, and the role."),
    (re.compile(r"no password supplied"), "Put the role's password into a file, named in ledger_password_file."),
    (
        re.compile(r"no pg_hba\.conf entry|pg_hba\.conf rejects"),
        "Let this machine and role in: pg_hba.conf on the database server.",
    ),
    (re.compile(r"permission denied for schema"), "Let the role own the database: ALTER DATABASE … OWNER TO …."),
    (
        re.compile(r"certificate verify failed|root certificate file"),
        "Check sslmode and sslrootcert in [storage] ledger.",
    ),
    (re.compile(r"server does not support SSL"), "Switch TLS on in the database server, or leave sslmode out."),
    (re.compile(r"too many (clients|connections)|remaining connection slots"), "Raise max_connections there."),
    (
        re.compile(r"failed to resolve host|could not translate host name"),
        "Check the host in [storage] ledger, and DNS.",
    ),
    (re.compile(r"connection refused", re.IGNORECASE), "Start the database server, and check host and port."),
    (re.compile(r"timeout expired|timed out"), "Check host, port and firewall of the database server."),
    (re.compile(r"read-only transaction"), "That is a standby: name the primary server in [storage] ledger."),
    (re.compile(r"file is not a database"), _NOT_OURS),
    (re.compile(r"malformed"), "Keep a copy of the file as it is, and restore a backup: `intake restore`."),
    (re.compile(r"readonly database"), "Check the file's owner and mode, and that its disk can be written."),
    (re.compile(r"unable to open database file"), "Check the folder's owner and permissions."),
    (
        re.compile(r"database or disk is full|No space left"),
        "Free disk space where the ledger lies; nothing was half written.",
    ),
    (re.compile(r"database is locked"), "Another program holds the file: stop it."),
)


def storage_error(error: DBAPIError) -> StorageError:
    """The error for people; the database's own first line, which holds no row's content, is repeated."""
    said = str(error.orig) if error.orig else ""
    cause = _line(said) or "no answer"
    hint = next((hint for pattern, hint in _KNOWN if pattern.search(said)), _USUAL)
    return StorageError(f"The ledger's database did not take the change or answer: {cause}.", hint)


def _line(said: str) -> str:
    """The first line; of a failed connection, what the server itself said at its end."""
    first = next(iter(said.splitlines()), "")
    return first.partition("FATAL: ")[2].strip() or first.strip().rstrip(".")
