"""Conversations of several messages, for lives that end in the middle of them."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from intake.ledger import OutgoingRow
from tests.builders import Review, a_message, a_report
from tests.service.world import stamped, submission


class Talk(StrEnum):
    """Conversations of several messages, which all end with one forward of the latest report."""

    LINK = "a web address that answers our reply"
    CORRECTED = "a corrected report after our reply"
    COPY = "the same report a second time"


def opening(talk: Talk, number: int, review: Review) -> bytes:
    """The first message of a conversation."""
    if talk is Talk.LINK:
        return submission(number, review, weblink="")
    if talk is Talk.CORRECTED:
        return submission(number, review, report=a_report(review=review, pages=8, letter=None))
    return submission(number, review)


def following(talk: Talk, number: int, review: Review, answer: OutgoingRow) -> bytes:
    """The second message of a conversation: an answer in our thread, or the same again."""
    if talk is Talk.COPY:
        return submission(number, review)
    thread: dict[str, Any] = {"subject": f"RE: {answer.subject}", "in_reply_to": answer.message_id}
    if talk is Talk.CORRECTED:
        return submission(number, review, **thread)
    words = f"Dear team,\n\nThe report will be published at {review.weblink}\n\nMany thanks"
    return stamped(a_message(number=number, review=review, body=words, **thread))
