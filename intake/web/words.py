"""The ledger's states and kinds in the team's own words, each with the colour of its tag.

Colour only helps: every tag says its state in words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from intake.errors import NotFound
from intake.judging.checks import CATALOGUE
from intake.judging.doubts import declared


@dataclass(frozen=True, slots=True)
class Label:
    """A tag: its words and its colour class."""

    text: str
    colour: str = "grey"

    @property
    def classes(self) -> str:
        return f"govuk-tag--{self.colour} app-tag"


SUBMISSION = {
    "open": Label("Being forwarded", "blue"),
    "review": Label("Needs review", "orange"),
    "waiting-for-CSP": Label("Waiting for CSP", "yellow"),
    "complete": Label("Complete", "green"),
    "withdrawn": Label("Withdrawn"),
    "closed": Label("Closed"),
}
MESSAGE = {
    "arrived": Label("Being checked", "blue"),
    "processed": Label("Checked", "green"),
    "ignored": Label("Left in mailbox"),
    "duplicate": Label("Duplicate"),
    "set-aside": Label("Set aside", "red"),
    "vanished": Label("Vanished", "orange"),
}
MAIL = {
    "held": Label("Held for a person", "orange"),
    "queued": Label("Waiting to leave", "blue"),
    "sending": Label("Being sent", "blue"),
    "data-started": Label("Being sent", "blue"),
    "sent": Label("Sent", "green"),
    "deferred": Label("Will be tried again", "yellow"),
    "failed": Label("Failed", "red"),
    "uncertain": Label("May have arrived", "orange"),
    "cancelled": Label("Cancelled"),
    "bounced": Label("Came back", "red"),
}
STATUS = {"met": Label("Met", "green"), "gap": Label("Gap", "red"), "unsure": Label("Unsure", "orange")}
OUTCOME = {
    "compliant": Label("Compliant", "green"),
    "gaps": Label("Gaps", "red"),
    "review": Label("For a person", "orange"),
    "ignore": Label("Not a submission"),
}
MAIL_KIND = {
    "reply": "Reply to the CSP",
    "acknowledgement": "Acknowledgement to the CSP",
    "receipt": "Receipt to the CSP",
    "forward": "Forward to the Commissioner",
    "notice": "Notice to staff",
}
MAIL_WHY = {  # what a person is asked to settle
    "uncertain": "It may have arrived: say whether it did, or send it again",
    "failed": "It could not be delivered",
    "held": "It waits for a person’s release",
}
MAIL_SHORT = {
    "reply": "reply",
    "acknowledgement": "acknowledgement",
    "receipt": "receipt",
    "forward": "forward note",
    "notice": "notice",
}
MESSAGE_KIND = {
    "final-submission": "Final submission",
    "follow-up": "Answer to a reply",
    "qa-submission": "First version, for the QA Panel",
    "enquiry": "Enquiry",
    "automatic": "Automatic mail",
    "bounce": "Delivery report",
    "own-mail": "Our own mail",
    "other": "Something else",
}
ROLE = {
    "report": "Report",
    "feedback-letter": "Feedback letter",
    "action-plan": "Action plan",
    "executive-summary": "Executive summary",
    "other": "Other file",
}
PERSON = {"reader": "Reader", "caseworker": "Caseworker", "administrator": "Administrator"}
POLICY = {"required": "Required", "advisory": "Advisory", "off": "Not checked"}
ACTIVE = {
    "javascript": "runs a script",
    "launch": "starts a program",
    "open-action": "acts when it is opened",
    "embedded-file": "holds other files",
    "external-file": "points to files elsewhere",
    "submit-form": "sends a form",
    "rich-media": "holds audio or video",
    "macros": "holds macros",
}
DEED = {  # what a person did, for the timeline
    "released": "decided",
    "held": "put it on hold",
    "unheld": "took it off hold",
    "moved": "changed its state",
    "note": "wrote a note",
    "judge-again": "had the checks run again",
    "resend": "had an email sent again",
    "mark-arrived": "marked an email as arrived",
    "hold-mail": "held an email",
    "release-mail": "let an email go",
    "cancel-mail": "cancelled an email",
    "override": "overrode a check",
    "joined": "joined a message to this submission",
    "joined-to": "joined a message of this submission to another",
    "split": "split a message off another submission",
    "split-from": "split a message off this submission",
    "trusted": "trusted a sender",
    "settled": "settled a doubt",
    "seen": "marked the message as seen",
    "answered-by-hand": "answered the message by hand",
    "looking": "began to look at this",
    "looked": "stopped looking at this",
}
NOTED = {  # the same, to the person who did it
    "held": "On hold. Nothing of this submission will be sent until you take it off hold.",
    "unheld": "No longer on hold.",
    "note": "Your note was added.",
    "judge-again": "The checks will run again within a minute.",
    "override": "Your correction was recorded. Nothing was sent: now say what follows.",
    "joined": "The message was joined to this submission. You can undo this from the timeline below.",
    "split": "The message is now a submission of its own. You can join it back from the timeline below.",
    "trusted": "The sender is trusted from now on.",
    "distrusted": "The sender is no longer trusted.",
    "resend": "The email will be sent again within a minute.",
    "mark-arrived": "Recorded that the email arrived.",
    "hold-mail": "The email stays here until somebody lets it go.",
    "release-mail": "The email will be sent within a minute.",
    "cancel-mail": "The email was cancelled. It will never be sent.",
    "settled": "The doubt is settled. This sent nothing.",
    "seen": "Marked as seen: there is nothing more to do about this message.",
    "answered-by-hand": "Recorded that it was answered by hand.",
    "looking": "Colleagues see that you are looking at this, for an hour.",
    "looked": "Colleagues no longer see you here.",
}
_DECIDED = {
    "compliant": "Released as compliant.",
    "gaps": "The reply to the CSP is on its way out.",
    "ignore": "Marked as not a submission. No mail is sent.",
}
_MOVED = {
    "review": "Open again, for review. Nothing was sent.",
    "withdrawn": "Marked as withdrawn. Nothing more will be sent.",
}
_YOUR = re.compile(r"\b[Yy]our\b")
_CHECKS = {check.id: check for check in CATALOGUE}


def check_title(identity: str) -> str:
    """A check's title; its id where the catalogue no longer has it."""
    return _CHECKS[identity].title if identity in _CHECKS else identity


def check_named(identity: str) -> str:
    """The title of a check that must exist. Raises NotFound."""
    if identity not in _CHECKS:
        raise NotFound("There is no such check.", "Go back to the submission.")
    return _CHECKS[identity].title


def mail_state(state: str, *, bounced: bool) -> Label:
    """Where a mail stands; one that was sent and came back says so."""
    return MAIL["bounced"] if bounced and state == "sent" else MAIL[state]


def to_staff(summary: str) -> str:
    """A finding's sentence, which is written to the CSP, as it is said to staff."""
    return _YOUR.sub(lambda found: "The" if found[0][0].isupper() else "the", summary)


def noted(about: str, data: Mapping[str, Any]) -> str:
    """What somebody has done, told to them; "" for what is no deed of theirs."""
    if about == "released":
        return _DECIDED.get(data.get("outcome", ""), "")
    return _MOVED.get(data.get("state", ""), "") if about == "moved" else NOTED.get(about, "")


def doubt_action(code: str) -> str:
    """What a person can do about a doubt of this kind."""
    return declared(code).action
