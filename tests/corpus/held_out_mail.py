"""The held-out set's mail that is no submission. Rules must not be written against it."""

from __future__ import annotations

from intake.model import Kind

_OTHER = frozenset({Kind.OTHER, Kind.ENQUIRY})

OTHERS = {
    "more-time": (
        _OTHER,
        "Delay to {short} {name}",
        (
            "Good morning,\n\nWe won't be able to send the completed report by the due date, as the chair is "
            "unwell. Would it be possible to extend the deadline until the end of January?"
        ),
    ),
    "new-review": (
        _OTHER,
        "New {short} - {town}",
        (
            "Please be advised that the CSP agreed on Friday to commission a {kind} after the death of a resident. "
            "We will notify you once an independent chair is in post."
        ),
    ),
    "no-review": (
        _OTHER,
        "No review to be undertaken",
        (
            "Further to the scoping meeting, partners took the view that a {short} would not be proportionate. A "
            "copy of the minutes can be provided if required."
        ),
    ),
    "how-do-i": (
        _OTHER,
        "Quick question",
        (
            "Hi, what's the file size limit for the final report and does the feedback letter go at the front or "
            "at the back? Ta"
        ),
    ),
    "journalist": (
        _OTHER,
        "Press: {town} DHR",
        (
            "Hi, writing for the Lorne Gazette. Can you confirm whether the Home Office has received the final "
            "report into the {town} case and when it will be published?"
        ),
    ),
    "information-request": (
        _OTHER,
        "FOI - QA Panel",
        (
            "Please provide, under FOIA, the dates of all QA Panel meetings in 2025 and the number of final "
            "reports received after each of them."
        ),
    ),
    "relative": (
        _OTHER,
        "my dad",
        (
            "I'm sorry to bother you. The final report about my dad is meant to go online soon and I really don't "
            "want his name in it. Who can I talk to?"
        ),
    ),
    "conference": (
        _OTHER,
        "Invitation: learning from reviews conference",
        (
            "Join us in June for a day on turning final reports and action plans into change. Early booking ends "
            "soon: https://www.reviews-conference.example/book"
        ),
    ),
    "change-of-contact": (
        _OTHER,
        "Change of contact for {csp}",
        (
            "Please note that I am leaving the council. From Monday all correspondence about reviews should go to "
            "csp@{domain}."
        ),
    ),
    "promise": (
        _OTHER,
        "{short} {name} final report",
        (
            "Hi, we're nearly there with this one. I'll send the final version over together with the weblink once "
            "legal have cleared it."
        ),
    ),
}
