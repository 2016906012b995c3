"""The ledger as one thing to hold: opens the database, brings it up to date, and offers its parts by subject."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from intake.ledger import schema
from intake.ledger.actions import Actions
from intake.ledger.arrivals import Arrivals
from intake.ledger.claims import STRIKES, Claims
from intake.ledger.corrections import Corrections
from intake.ledger.database import Database, connect
from intake.ledger.events import Events
from intake.ledger.evidence import Evidence
from intake.ledger.facts import Facts
from intake.ledger.filings import Filings
from intake.ledger.judgements import Judgements
from intake.ledger.leases import Leases
from intake.ledger.looking import Looking
from intake.ledger.mail_actions import MailActions
from intake.ledger.notices import Notices
from intake.ledger.numbering import Numbering
from intake.ledger.outbox import Outbox
from intake.ledger.people import People
from intake.ledger.queries import Queries
from intake.ledger.retention import Retention
from intake.ledger.statistics import Statistics
from intake.ledger.submissions import Submissions


class Ledger:
    """All its parts work on one database; each call is one transaction of its own."""

    def __init__(self, database: Database, strikes: int = STRIKES) -> None:
        self.database = database
        self.arrivals = Arrivals(database)
        self.numbering = Numbering(database)
        self.claims = Claims(database, strikes)
        self.judgements = Judgements(database)
        self.submissions = Submissions(database)
        self.actions = Actions(database)
        self.mail_actions = MailActions(database)
        self.corrections = Corrections(database)
        self.looking = Looking(database)
        self.leases = Leases(database)
        self.filings = Filings(database)
        self.outbox = Outbox(database)
        self.evidence = Evidence(database)
        self.notices = Notices(database)
        self.events = Events(database)
        self.facts = Facts(database)
        self.queries = Queries(database)
        self.statistics = Statistics(database)
        self.people = People(database)
        self.retention = Retention(database)

    @classmethod
    def open(cls, url: str, *, migrate: bool = True, strikes: int = STRIKES) -> Ledger:
        """Open the ledger that a URL names, made or brought up to date where `migrate` allows.

        A message that fails `strikes` times is set aside.

        Raises ConfigurationError for a URL that cannot be used or a ledger of another version, StorageError where the
        database does not answer.
        """
        database = connect(url)
        try:
            if migrate:
                schema.migrate(database)
            else:
                schema.require_current(database)
        except BaseException:
            database.close()
            raise
        return cls(database, strikes)

    @property
    def schema_version(self) -> str | None:
        return schema.current_version(self.database)

    def close(self) -> None:
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
