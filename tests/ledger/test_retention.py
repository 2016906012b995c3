"""What people wrote is nowhere once it is erased, and never in an event; a quote goes with its message."""

from __future__ import annotations

from intake.judging.doubts import doubt
from intake.ledger import Headers, Ledger, NewNotice
from intake.ledger.tables import metadata
from intake.model import MailKind, Outcome, OutgoingState, SubmissionState
from tests.ledger.cases import NOW, Desk, a_mail, a_verdict, act, digest, later

QUOTE = "Zephyrine's mother objects to it."
SAID = "Ossington telephoned about it."
PLANTED = ("Zephyrine", "Ossington", "zephyrine", "ossington")


def rows(ledger: Ledger, table: str) -> str:
    with ledger.database.read() as connection:
        return repr(connection.execute(metadata.tables[table].select()).all())


def where(ledger: Ledger) -> set[str]:
    """The tables that hold a planted word."""
    return {name for name in metadata.tables if any(word in rows(ledger, name) for word in PLANTED)}


def a_review(desk: Desk) -> str:
    """A submission in review with everything that people can have written; closed in the end."""
    asks = doubt("asks-for-a-person", "Zephyrine is named", quote=QUOTE, document="Zephyrine final.pdf", page=3)
    committed = desk.submits(
        "one",
        Outcome.REVIEW,
        doubts=(asks,),
        verdict=a_verdict(Outcome.REVIEW, doubts=(asks,)),
        reasons=("Zephyrine is named",),
        headers=Headers(sender="clerk@ossington.gov.uk", subject="Zephyrine", sent_at=NOW, authentication="ossington"),
        notices=(NewNotice(kind="review", key="review:1", reasons=(f"Zephyrine is named: “{QUOTE}”",)),),
    )
    assert committed.submission is not None
    reference = "DHR-2026-0001-JR"
    ledger = desk.ledger
    ledger.actions.note(reference, act(reason=SAID))
    (open_doubt,) = ledger.queries.submission(reference).doubts
    ledger.actions.settle_doubts(reference, [open_doubt.id], act(reason=SAID))
    ledger.actions.hold(reference, act(reason=SAID))
    ledger.actions.unhold(reference, act(reason=SAID))
    mail = a_mail(MailKind.REPLY, subject="Zephyrine", recipients=("clerk@ossington.gov.uk",))
    ledger.actions.release(reference, Outcome.GAPS, act(reason=SAID), mails=[mail], answers=1)
    desk.delivers(OutgoingState.FAILED, detail="550 Zephyrine Ossington is unknown")
    ledger.actions.judge_again(1, act(reason=SAID))
    claim = desk.claims(later(minutes=1))
    ledger.claims.set_aside(claim, "it could not be read", later(minutes=1))
    ledger.actions.move(reference, SubmissionState.CLOSED, act(reason=SAID))
    return reference


def test_events_hold_no_words_of_people(desk: Desk) -> None:
    a_review(desk)
    assert "events" not in where(desk.ledger)
    assert {"doubts", "judgements", "messages", "notes", "notices", "outgoing", "recipients"} <= where(desk.ledger)


def test_erasure_leaves_nothing_of_them_anywhere(desk: Desk) -> None:
    reference = a_review(desk)
    desk.ledger.retention.erase(reference, act(reason="the family asks"))
    assert where(desk.ledger) == set()
    (closed,) = [row for row in desk.ledger.queries.submission(reference).doubts if row.code == "asks-for-a-person"]
    assert (closed.summary, closed.quote, closed.page, closed.closed_by) == (
        "erased on request",
        None,
        3,
        "A. Caseworker",
    )
    assert desk.ledger.events.verify().sound


def test_a_quote_is_kept_no_longer_than_its_message(desk: Desk) -> None:
    reference = a_review(desk)
    desk.ledger.retention.note_deleted([digest("one")], later(days=400), "retention")
    assert not [name for name in metadata.tables if QUOTE in rows(desk.ledger, name)]
    doubts = desk.ledger.queries.submission(reference).doubts
    assert [(row.code, row.summary, row.quote) for row in doubts] == [("asks-for-a-person", "Zephyrine is named", None)]


def test_quotes_of_other_messages_stay(desk: Desk) -> None:
    reference = a_review(desk)
    desk.ledger.retention.note_deleted([digest("another")], later(days=400), "retention")
    assert [row.quote for row in desk.ledger.queries.submission(reference).doubts] == [QUOTE]
