"""The ledger's tables, in SQLAlchemy Core, the same for SQLite and PostgreSQL.

A change here needs a migration in `migrations/versions`; a test compares the two. Times are UTC. Free text that a
person wrote (reasons, notes) stands in `notes` alone, so that it can be erased on request while the events, which
hold only its hash, stay an unbroken chain.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
)

from intake.model import MessageState, OutgoingState, SubmissionState


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware on both sides, UTC in the database (SQLite itself knows no time zones)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without its zone cannot go into the ledger")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class FilingState(StrEnum):
    """Where the moving of a message to its folder stands."""

    DUE = "due"
    DONE = "done"
    GONE = "gone"  # a person moved or deleted it first


class RecipientState(StrEnum):
    """What the relay said to one recipient of an outgoing mail."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REFUSED = "refused"


def _one_of(column: str, states: type[StrEnum]) -> CheckConstraint:
    listed = ", ".join(f"'{state.value}'" for state in states)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

epochs = Table(  # one life of a folder: from one UIDVALIDITY to the next (RFC 9051, 2.3.1.1)
    "epochs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mailbox", String(320), nullable=False),
    Column("folder", String(320), nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("first_uid", BigInteger, nullable=False),
    Column("next_uid", BigInteger, nullable=False),
    Column("watched_since", UtcDateTime, nullable=False),  # mail from before it is left alone
    Column("opened_at", UtcDateTime, nullable=False),
    Column("is_current", Boolean, nullable=False),
    UniqueConstraint("mailbox", "folder", "uidvalidity"),
)
Index(
    "uq_epochs_is_current",
    epochs.c.mailbox,
    epochs.c.folder,
    unique=True,
    sqlite_where=text("is_current"),
    postgresql_where=text("is_current"),
)

series = Table(  # of a folder whose messages have names and no numbers: those that it was given, one after another
    "series",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mailbox", String(320), nullable=False),
    Column("folder", String(320), nullable=False),  # as the mail system names it
    Column("uidvalidity", BigInteger, nullable=False),
    Column("next_uid", BigInteger, nullable=False),
    Column("cursor", Text, nullable=False),  # where the mail system's account of changes goes on; "" before the first
    UniqueConstraint("mailbox", "folder"),
)

numbers = Table(  # a message that lies in such a folder now
    "numbers",
    metadata,
    Column("series_id", ForeignKey("series.id"), primary_key=True),
    Column("uid", BigInteger, primary_key=True),
    Column("name", Text, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("mail_id", Text, nullable=False),
    UniqueConstraint("series_id", "name"),
)

seen_uids = Table(  # written when the server lists a UID, apart from `messages`, so that the two can be compared
    "seen_uids",
    metadata,
    Column("epoch_id", ForeignKey("epochs.id"), primary_key=True),
    Column("uid", BigInteger, primary_key=True),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("late", Boolean, nullable=False),  # taken up on purpose with --since
)

messages = Table(
    "messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("epoch_id", ForeignKey("epochs.id"), nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("incarnation", Integer, nullable=False),  # 0, or higher where the server gave one UID twice
    Column("state", String(20), nullable=False),
    Column("sha256", String(64)),
    Column("size", BigInteger),
    Column("message_id", Text),
    Column("internal_date", UtcDateTime),
    Column("arrived_at", UtcDateTime, nullable=False),
    Column("hold_outgoing", Text),  # why nothing may leave by itself because of this message
    Column("duplicate_of", ForeignKey("messages.id")),
    Column("reason", Text),  # why it was set aside, or is not here
    Column("claimed_sender", Text, nullable=False, server_default=""),  # as its header says; "" where nobody is named
    Column("proved", Boolean, nullable=False, server_default=false()),  # that sender, and trusted, when it came
    # judging: strikes are counted before the work starts, so that they survive a crash in the middle
    Column("strikes", Integer, nullable=False),
    Column("round", Integer, nullable=False),  # 1, and one more for each time a person asks to judge it again
    Column("not_before", UtcDateTime),
    Column("claim_token", String(32)),
    Column("claim_worker", Text),
    Column("claim_until", UtcDateTime),
    Column("reserved_reference", String(40)),
    # what judging found
    Column("kind", String(20)),
    Column("outcome", String(20)),
    Column("sender", Text),
    Column("sender_domain", Text),
    Column("subject", Text),
    Column("sent_at", UtcDateTime),
    Column("authentication", Text),
    Column("judged_at", UtcDateTime),
    Column("submission_id", ForeignKey("submissions.id")),
    Column("version", Integer),
    Column("joined_by", String(20)),
    Column("confirmed", Boolean, nullable=False, server_default=false()),  # of the case's own, or placed by a person
    Column("left_out", Boolean, nullable=False, server_default=false()),  # a person said that it is no part of it
    Column("seen_at", UtcDateTime),  # a person dealt with it by hand: nothing more is to be done about it
    Column("seen_by", Text),
    UniqueConstraint("epoch_id", "uid", "incarnation"),
    _one_of("state", MessageState),
    Index(None, "sha256"),
    Index(None, "message_id"),
    Index(None, "submission_id"),
    Index(None, "state", "id"),
    Index(None, "arrived_at"),
    Index(None, "reserved_reference"),
)

filings = Table(
    "filings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("message_id", ForeignKey("messages.id"), nullable=False),
    Column("target", String(320), nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("error", Text),
    Column("settled_at", UtcDateTime),
    UniqueConstraint("message_id"),
    _one_of("state", FilingState),
    Index(None, "state", "due_at"),
)

message_words = Table(  # what a message says, kept as long as its bytes: for people to read and to search in
    "message_words",
    metadata,
    Column("message_id", ForeignKey("messages.id"), primary_key=True),
    Column("words", Text, nullable=False),  # what the sender wrote this time
    Column("below", Text, nullable=False),  # signature and earlier mails of the thread
    Column("terms", Text, nullable=False),  # each word of subject, sender, file names and `words` once, folded
)

judgements = Table(
    "judgements",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("message_id", ForeignKey("messages.id"), nullable=False),
    Column("round", Integer, nullable=False),
    Column("judged_at", UtcDateTime, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("certainty", String(20), nullable=False),
    Column("outcome", String(20), nullable=False),  # what follows; may be more careful than the verdict alone
    Column("reasons", JSON, nullable=False),
    Column("verdict", JSON, nullable=False),
    Column("rules_version", Text, nullable=False),
    Column("unpack_seconds", Float, nullable=False, server_default="0"),
    Column("read_seconds", Float, nullable=False, server_default="0"),
    Column("recognise_seconds", Float, nullable=False, server_default="0"),
    Column("decide_seconds", Float, nullable=False, server_default="0"),
    Column("ocr_pages", Integer, nullable=False, server_default="0"),
    Column("processor_seconds", Float, nullable=False, server_default="0"),
    UniqueConstraint("message_id", "round"),
    Index(None, "judged_at"),
)

findings = Table(
    "findings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("judgement_id", ForeignKey("judgements.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("check_id", String(60), nullable=False),
    Column("status", String(10), nullable=False),
    Column("policy", String(10), nullable=False),
    Column("certainty", String(10), nullable=False),
    Column("fault", String(60)),
    Column("summary", Text, nullable=False),
    Column("remedy", Text, nullable=False),
    Column("evidence", JSON, nullable=False),
    Column("blocked_by", String(60)),
    Column("rules_version", Text, nullable=False),
    UniqueConstraint("judgement_id", "position"),
    Index(None, "check_id", "status", "judgement_id"),
)

files = Table(
    "files",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("judgement_id", ForeignKey("judgements.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("media_type", Text, nullable=False),
    Column("page_count", Integer, nullable=False),
    Column("role", String(40), nullable=False),
    Column("active_content", JSON, nullable=False),
    Column("is_report", Boolean, nullable=False),
    Index(None, "judgement_id"),
    Index(None, "sha256"),
)

doubts = Table(  # what does not close: open until `closed_at`
    "doubts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("submission_id", ForeignKey("submissions.id"), nullable=False),
    Column("message_id", ForeignKey("messages.id")),  # what raised it
    Column("code", String(60), nullable=False),
    Column("source", String(20), nullable=False),
    Column("summary", Text, nullable=False),
    Column("quote", Text),
    Column("document", Text),
    Column("page", Integer),
    Column("sha256", String(64)),  # of the file
    Column("raised_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("closed_by", Text),  # a person's name, or the service's where a fact closed it
    Column("closed_why", Text),
    Index(None, "submission_id", "closed_at"),
    Index(None, "message_id"),
    Index(None, "code", "closed_at"),
)

submissions = Table(
    "submissions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reference", String(40), nullable=False),
    Column("state", String(20), nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("version", Integer, nullable=False),
    Column("csp", Text),
    Column("case_name", Text),
    Column("csp_key", Text),  # folded for comparison
    Column("case_key", Text),
    Column("sender", Text),
    Column("sender_domain", Text),
    Column("weblink", Text),
    Column("report_sha256", String(64)),
    Column("on_hold", Boolean, nullable=False),
    Column("released_sha256", String(64)),  # of the report that a person released, whatever its checks say
    Column("judgement_id", Integer),  # the latest that counts; no foreign key, that would close a circle
    Column("opened_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("state_since", UtcDateTime, nullable=False),
    Column("completed_at", UtcDateTime),
    Column("search_text", Text, nullable=False),  # reference, CSP, case, senders, file names: lower case
    Column("row_version", Integer, nullable=False),
    UniqueConstraint("reference"),
    _one_of("state", SubmissionState),
    Index(None, "opened_at"),
    Index(None, "changed_at"),
    Index(None, "state", "state_since"),
    Index(None, "outcome", "opened_at"),
    Index(None, "csp_key", "case_key", "sender_domain"),
)

looking = Table(  # who is looking at a submission: told to colleagues, and over by itself
    "looking",
    metadata,
    Column("submission_id", ForeignKey("submissions.id"), primary_key=True),
    Column("by", Text, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
)

notes = Table(
    "notes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("submission_id", ForeignKey("submissions.id")),
    Column("message_id", ForeignKey("messages.id")),
    Column("outgoing_id", ForeignKey("outgoing.id")),
    Column("at", UtcDateTime, nullable=False),
    Column("by", Text, nullable=False),
    Column("about", String(40), nullable=False),  # "note", or the action that this is the reason for
    Column("text", Text, nullable=False),
    Index(None, "submission_id"),
)

_ALIVE = text("state != 'cancelled'")
_ANSWER = text("kind IN ('reply', 'acknowledgement', 'receipt') AND state != 'cancelled'")
_FORWARD = text("kind = 'forward' AND state != 'cancelled'")

outgoing = Table(
    "outgoing",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("submission_id", ForeignKey("submissions.id")),
    Column("version", Integer),
    Column("answers_id", ForeignKey("messages.id")),  # the message that led to this mail
    Column("sender", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("message_id", Text, nullable=False),  # fixed when queued
    Column("envelope_id", String(64), nullable=False),  # DSN ENVID (RFC 3461, 4.4)
    Column("sha256", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("report_sha256", String(64)),  # of the report that a forward takes or an answer speaks of
    Column("gist", String(32)),  # what a reply asks for, as a digest
    Column("hold_reason", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("first_attempt_at", UtcDateTime),
    Column("attempts", Integer, nullable=False),
    Column("claim_token", String(32)),
    Column("claim_worker", Text),
    Column("claim_until", UtcDateTime),
    Column("settled_at", UtcDateTime),
    Column("evidence", String(20)),  # what proved that it was accepted, where the relay's answer did not
    Column("bounced_at", UtcDateTime),
    Column("last_code", Integer),
    Column("last_detail", Text),
    Column("row_version", Integer, nullable=False),
    _one_of("state", OutgoingState),
    # A cancelled mail never left: the one remade in its place may carry the same Message-ID.
    Index("uq_outgoing_message_id", "message_id", unique=True, sqlite_where=_ALIVE, postgresql_where=_ALIVE),
    Index("uq_outgoing_envelope_id", "envelope_id", unique=True, sqlite_where=_ALIVE, postgresql_where=_ALIVE),
    # One answer of a kind to each message, and each report to the Commissioner once, whatever goes wrong elsewhere.
    Index("uq_outgoing_answer", "answers_id", "kind", unique=True, sqlite_where=_ANSWER, postgresql_where=_ANSWER),
    Index("uq_outgoing_report", "report_sha256", unique=True, sqlite_where=_FORWARD, postgresql_where=_FORWARD),
    Index(None, "state", "due_at"),
    Index(None, "submission_id"),
    Index(None, "created_at"),
)

recipients = Table(
    "recipients",
    metadata,
    Column("outgoing_id", ForeignKey("outgoing.id"), primary_key=True),
    Column("address", String(320), primary_key=True),
    Column("state", String(10), nullable=False),
    Column("code", Integer),
    Column("detail", Text),
    _one_of("state", RecipientState),
    Index(None, "address"),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("outgoing_id", ForeignKey("outgoing.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("worker", Text, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("data_started_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("outcome", String(20)),
    Column("code", Integer),
    Column("detail", Text),
    UniqueConstraint("outgoing_id", "number"),
)

notices = Table(  # what staff are owed a mail about: written with the thing itself, mailed later, once
    "notices",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("submission_id", ForeignKey("submissions.id")),
    Column("message_id", ForeignKey("messages.id")),
    Column("about_id", ForeignKey("outgoing.id")),
    Column("reasons", JSON, nullable=False),
    Column("settled_at", UtcDateTime),
    Column("outgoing_id", ForeignKey("outgoing.id")),  # the mail that told them; none where it was moot by then
    UniqueConstraint("key"),
    Index(None, "settled_at", "due_at"),
)

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("actor", Text, nullable=False),
    Column("submission_id", ForeignKey("submissions.id")),
    Column("message_id", ForeignKey("messages.id")),
    Column("outgoing_id", ForeignKey("outgoing.id")),
    Column("data", Text, nullable=False),  # canonical JSON: references, hashes, states; no free text
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    UniqueConstraint("hash"),
    Index(None, "submission_id"),
    Index(None, "message_id"),
    Index(None, "outgoing_id"),
    Index(None, "kind", "at"),
)

counters = Table(  # named numbers; their rows are also what PostgreSQL's writers queue up behind
    "counters",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", BigInteger, nullable=False),
    Column("hash", String(64)),  # of the latest event, in the row "events"
)

facts = Table(  # the latest of each kind: last sweep, alarms, a hold on everything
    "facts",
    metadata,
    Column("name", String(120), primary_key=True),
    Column("value", JSON, nullable=False),
    Column("since", UtcDateTime, nullable=False),  # of the present value
    Column("updated_at", UtcDateTime, nullable=False),
)

secrets = Table(  # made once for an installation: what our own Message-IDs and references are told by
    "secrets",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", String(64), nullable=False),
)

trusted_senders = Table(
    "trusted_senders",
    metadata,
    Column("pattern", String(320), primary_key=True),
    Column("added_by", Text, nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
)

accounts = Table(  # people who sign in to the web log with a password of its own
    "accounts",
    metadata,
    Column("name", String(120), primary_key=True),  # lower case
    Column("display_name", Text, nullable=False),
    Column("role", String(20), nullable=False),
    Column("password_hash", Text, nullable=False),  # argon2id
    Column("disabled", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

sessions = Table(  # who is signed in: the cookie's token is known by its hash alone
    "sessions",
    metadata,
    Column("token_sha256", String(64), primary_key=True),
    Column("name", String(320), nullable=False),
    Column("display_name", Text, nullable=False),
    Column("role", String(20), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Index(None, "name"),
    Index(None, "seen_at"),
)

sign_in_failures = Table(  # by the hash of a name or an address: what the delay is counted from
    "sign_in_failures",
    metadata,
    Column("key_sha256", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("latest_at", UtcDateTime, nullable=False),
)

leases = Table(  # what only one instance may do at a time, and the sign of life of each
    "leases",
    metadata,
    Column("name", String(400), primary_key=True),
    Column("holder", Text, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),  # by the database's clock
)

kept_messages = Table(  # the message store, where it lies in this database: see message_store/database.py
    "kept_messages",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("size", BigInteger, nullable=False),
)

kept_pieces = Table(
    "kept_pieces",
    metadata,
    Column("sha256", ForeignKey("kept_messages.sha256", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)
