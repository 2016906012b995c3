"""The ledger: what arrived, what was found, what was decided, what was sent, and everything that happened.

`Ledger.open(url)` gives its parts by subject. Each call is one transaction; times are passed in; nothing here
composes, fetches or sends. The same code runs on SQLite (the default, in one file) and PostgreSQL.
"""

from intake.ledger.actions import Act, Actions
from intake.ledger.arrivals import Arrival, Arrivals, NewArrival, Position
from intake.ledger.backup import copy_ledger, hold_restored
from intake.ledger.balancing import Balance
from intake.ledger.claims import STRIKES, Claims, MessageClaim
from intake.ledger.database import SERVICE
from intake.ledger.events import ChainReport, EventRow, Events
from intake.ledger.evidence import Evidence, Proof, Tied
from intake.ledger.facts import SWEPT_FACT, WATCHED_FACT, Fact, Facts
from intake.ledger.filings import Filing, Filings
from intake.ledger.judgements import Judgements
from intake.ledger.leases import Leases
from intake.ledger.ledger import Ledger
from intake.ledger.looking import LASTS, Looking
from intake.ledger.mail_actions import MailActions
from intake.ledger.mail_queue import Put
from intake.ledger.notices import NoticeRow, Notices
from intake.ledger.outbox import Outbox, Recovered
from intake.ledger.people import Account, People, Role, Session
from intake.ledger.presence import Presence
from intake.ledger.queries import Counts, Page, Queries, SubmissionFilter, Waiting
from intake.ledger.records import (
    Caps,
    Committed,
    Delivery,
    Headers,
    Joining,
    Judgement,
    MailClaim,
    NewMail,
    NewNotice,
    RecipientResult,
    Stands,
    SubmissionRow,
)
from intake.ledger.references import found_in as references_in
from intake.ledger.references import installation_secret
from intake.ledger.retention import Overdue, Retention
from intake.ledger.statistics import CspCount, MonthCount, Statistics
from intake.ledger.submissions import Candidate, Hints, Submissions
from intake.ledger.tables import FilingState, RecipientState
from intake.ledger.turns import Shares
from intake.ledger.views import (
    AttemptRow,
    DoubtRow,
    FileRow,
    FindingRow,
    JudgementRow,
    LookingRow,
    MessageRow,
    MessageView,
    NoteRow,
    OutgoingRow,
    RecipientRow,
    SaidRow,
    SubmissionView,
)

__all__ = [
    "LASTS",
    "SERVICE",
    "STRIKES",
    "SWEPT_FACT",
    "WATCHED_FACT",
    "Account",
    "Act",
    "Actions",
    "Arrival",
    "Arrivals",
    "AttemptRow",
    "Balance",
    "Candidate",
    "Caps",
    "ChainReport",
    "Claims",
    "Committed",
    "Counts",
    "CspCount",
    "Delivery",
    "DoubtRow",
    "EventRow",
    "Events",
    "Evidence",
    "Fact",
    "Facts",
    "FileRow",
    "Filing",
    "FilingState",
    "Filings",
    "FindingRow",
    "Headers",
    "Hints",
    "Joining",
    "Judgement",
    "JudgementRow",
    "Judgements",
    "Leases",
    "Ledger",
    "Looking",
    "LookingRow",
    "MailActions",
    "MailClaim",
    "MessageClaim",
    "MessageRow",
    "MessageView",
    "MonthCount",
    "NewArrival",
    "NewMail",
    "NewNotice",
    "NoteRow",
    "NoticeRow",
    "Notices",
    "Outbox",
    "OutgoingRow",
    "Overdue",
    "Page",
    "People",
    "Position",
    "Presence",
    "Proof",
    "Put",
    "Queries",
    "RecipientResult",
    "RecipientRow",
    "RecipientState",
    "Recovered",
    "Retention",
    "Role",
    "SaidRow",
    "Session",
    "Shares",
    "Stands",
    "Statistics",
    "SubmissionFilter",
    "SubmissionRow",
    "SubmissionView",
    "Submissions",
    "Tied",
    "Waiting",
    "copy_ledger",
    "hold_restored",
    "installation_secret",
    "references_in",
]
