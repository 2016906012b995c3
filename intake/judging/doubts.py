"""Every doubt that the program can have, declared once: what does not close, why it matters, what a person can do.

A doubt stays until a person closes it. The few whose declaration names a fact are closed by that fact as well. What
could act on a reader's machine is said here, too: such a file is never forwarded by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from intake.model import Document, Doubt


class Closing(StrEnum):
    """What ends a doubt without a person."""

    PERSON = "person"  # nothing does
    SCANNER_BACK = "scanner-back"  # the message was scanned after all, and found clean
    REST_CAME = "rest-came"  # all the mails that it counts itself among have come
    FILE_CAME = "file-came"  # the message came again with the file that it announced
    HOLD_ENDED = "hold-ended"  # somebody took the submission off hold


@dataclass(frozen=True, slots=True)
class Declared:
    """One kind of doubt.

    `source` is the account that does not close: words, pages, identity, sender, safety or case. `momentary` says
    that only the moment of arrival could tell, so that judging again later carries it over from the record.
    """

    code: str
    source: str
    title: str
    why: str
    action: str
    closes: Closing = Closing.PERSON
    momentary: bool = False


_READ_IT = "Read the message, then release the submission or write to the sender yourself."
_ASK_SENDER = "Ask the sender by telephone or at an address that you know, then release it or have it ignored."
_CLEAN_COPY = "Look at the page, and ask the sender for a clean copy where it matters."
_LOOK_AT_FILE = "Look at the file and say what the check should find, then release it."

DOUBTS: tuple[Declared, ...] = (
    # --- words ----------------------------------------------------------------------------------------------------
    Declared(
        "kind-uncertain",
        "words",
        "It is not certain what this message is",
        "Only what is clearly a final submission is answered by the program.",
        _READ_IT,
    ),
    Declared(
        "more-to-come",
        "words",
        "It is one of several emails",
        "What is missing may come with the next one.",
        "Wait a little. If the others do not come, ask the sender.",
        Closing.REST_CAME,
    ),
    Declared(
        "publication-withheld",
        "words",
        "Publication may be withheld, or not yet allowed",
        "Publication can be withheld lawfully: nobody should then be asked for a web address.",
        _READ_IT,
    ),
    Declared(
        "foreign-site",
        "words",
        "The web address is on a site that nobody vouches for",
        "No public body decides what appears there, and the Commissioner would be sent there.",
        "See whose site it is. If the report will be published there, release it: the site is known from then on.",
    ),
    # --- pages ----------------------------------------------------------------------------------------------------
    Declared(
        "check-unsure",
        "pages",
        "A check could not be decided",
        "What could not be read or told for certain is never reported as missing, and never as met.",
        _LOOK_AT_FILE,
    ),
    Declared(
        "message-unreadable",
        "pages",
        "The message could not be opened",
        "What nobody has read cannot be judged.",
        "Open the message in the mailbox with care, and answer it by hand.",
    ),
    Declared(
        "judging-stopped",
        "pages",
        "Judging the message was stopped",
        "It took more time or memory than any message may: a file may have been made to keep the program busy.",
        "Look at the message in the mailbox with care, and answer it by hand.",
    ),
    Declared(
        "file-awaited",
        "pages",
        "The mail system still holds the file back",
        "A placeholder came; the file itself may follow under the same Message-ID within minutes.",
        "Wait a little. If the file does not come, ask the sender to send it again.",
        Closing.FILE_CAME,
    ),
    Declared(
        "not-retrieved",
        "pages",
        "The mail server gave a stand-in instead of the message",
        "What the mail server could not convert was not seen by the program at all.",
        "Open the message in the mailbox and answer it by hand.",
    ),
    Declared(
        "asks-for-a-person",
        "words",
        "The sender wrote something that a person should answer",
        "A question, an objection, a restriction or anything that is not understood is never passed over by a program.",
        "Read the sentence, speak or write to the sender if need be, then release the submission.",
    ),
    Declared(
        "not-handed-in",
        "words",
        "Nothing in its words says that it submits the report",
        "A report may come with an email that is about something else.",
        _READ_IT,
    ),
    Declared(
        "words-unread",
        "words",
        "Not all of its words could be read",
        "What nobody has read may ask for anything.",
        _READ_IT,
    ),
    Declared(
        "forms-differ",
        "words",
        "Its plain and its formatted text say different things",
        "People see one of the two, and programs the other.",
        "Open the message in the mailbox, compare both forms, then release the submission or ask the sender.",
    ),
    Declared(
        "file-removed",
        "pages",
        "A mail gateway took a file out",
        "What was taken out may be the report, or a part of it.",
        "Ask your mail administrators for the file, or the sender to send it again.",
    ),
    Declared(
        "not-all-opened",
        "pages",
        "Something in the message could not be opened",
        "What was not opened was not checked.",
        "Open the message in the mailbox with care, then release the submission or ask the sender.",
    ),
    Declared(
        "comments",
        "pages",
        "Reviewers’ comments are left in the report",
        "What was meant for colleagues would go to the Commissioner and be published.",
        _CLEAN_COPY,
    ),
    Declared(
        "tracked-changes",
        "pages",
        "Tracked changes are left in the report",
        "Readers would see what was struck out.",
        _CLEAN_COPY,
    ),
    Declared(
        "draft",
        "pages",
        "The report calls itself a draft",
        "Only the final report is passed on.",
        _CLEAN_COPY,
    ),
    Declared(
        "left-open",
        "pages",
        "Passages of the report were left to be filled in",
        "Whoever wrote it meant to come back to them: it may not be the final report.",
        _CLEAN_COPY,
    ),
    Declared(
        "redaction-not-applied",
        "safety",
        "Redaction marks were never applied",
        "What was meant to be hidden is still there, and may expose somebody.",
        _CLEAN_COPY,
    ),
    Declared(
        "text-under-box",
        "safety",
        "There is text under black boxes",
        "It can be copied out of the file, and may expose somebody.",
        _CLEAN_COPY,
    ),
    Declared(
        "name-in-properties",
        "safety",
        "The file’s properties name somebody",
        "A name in a file’s properties can undo a pseudonym.",
        _CLEAN_COPY,
    ),
    # --- identity -------------------------------------------------------------------------------------------------
    Declared(
        "rival-reports",
        "identity",
        "There are several different reports in one message",
        "Only one of them can be the final one, or each is a case of its own.",
        "Choose the report that is meant, or ask the sender.",
    ),
    Declared(
        "message-about-another",
        "identity",
        "The message names a different review from the report",
        "The wrong file may be attached.",
        "Compare message and report, and ask the sender which review is meant.",
    ),
    Declared(
        "case-unclear",
        "identity",
        "It may belong to another case",
        "The message points to this submission, but names another case or partnership.",
        "Leave it here, join it to another submission, or split it off.",
        momentary=True,
    ),
    # --- sender ---------------------------------------------------------------------------------------------------
    Declared(
        "sender-unnamed",
        "sender",
        "The message names no usable sender",
        "There is nobody to answer, and nobody stands behind the message.",
        _ASK_SENDER,
    ),
    Declared(
        "sender-unproved",
        "sender",
        "It is not proved who sent it",
        "Anyone can write any name into a From line.",
        _ASK_SENDER,
    ),
    Declared(
        "sender-untrusted",
        "sender",
        "The sender is not on the list of trusted senders",
        "Reports come from councils, partnerships and those who act for them.",
        "If the sender is right, trust the address (administrators can), then release the submission.",
    ),
    Declared(
        "sender-retired",
        "sender",
        "The sender's address no longer takes mail",
        "An answer would be lost, or reach somebody else one day.",
        "Ask the sender for their present address and answer by hand.",
    ),
    Declared(
        "sender-doubled-fields",
        "sender",
        "A header line that may appear only once appears twice",
        "Mail programs read one of the two and people see the other: this is how a sender is disguised.",
        "Look at the message's source with your mail administrators before you trust who sent it.",
    ),
    Declared(
        "sender-replayed",
        "sender",
        "An old signed message may have been sent again",
        "A signature proves who wrote a message once, not that they send it now.",
        _ASK_SENDER,
    ),
    Declared(
        "no-answer-address",
        "sender",
        "An answer cannot go to the sender's address",
        "Nobody reads mail there, or it is our own address.",
        "Find out whom to answer, and write by hand.",
    ),
    Declared(
        "other-organisation",
        "sender",
        "Somebody from outside the case's own organisation wrote",
        "What strangers to a case send never becomes part of it by itself.",
        "Read the message. If it belongs to the case, settle this doubt; if not, have it ignored or split off.",
        momentary=True,
    ),
    Declared(
        "passed-on",
        "sender",
        "It passes on what somebody else wrote",
        "Whoever passes an email on may only want it to be seen.",
        _READ_IT,
    ),
    Declared(
        "list-mail",
        "sender",
        "It came through a list or from a program",
        "Such mail is not answered by programs (RFC 3834, 2).",
        _READ_IT,
    ),
    # --- safety ---------------------------------------------------------------------------------------------------
    Declared(
        "scanner-found",
        "safety",
        "The virus scanner found something harmful",
        "Such a file must not go to anybody.",
        "Do not open anything. Tell your security team, and ask the sender for a clean copy.",
    ),
    Declared(
        "scanner-too-large",
        "safety",
        "A file is too large for the virus scanner",
        "What was not scanned is not passed on by the program.",
        "Have the file scanned by hand, then release the submission.",
    ),
    Declared(
        "scanner-away",
        "safety",
        "The virus scanner could not check every file",
        "What was not scanned is not passed on by the program.",
        "Wait for the scanner, or have the file scanned by hand and release the submission.",
        Closing.SCANNER_BACK,
    ),
    Declared(
        "active-content",
        "safety",
        "The file holds more than pages",
        "What runs, reaches out or hides in a file could harm whoever opens it.",
        "Ask for a plain PDF, or look at what it holds with the help of your security team.",
    ),
    # --- case -----------------------------------------------------------------------------------------------------
    Declared(
        "on-hold",
        "case",
        "The submission is on hold",
        "A colleague asked that nothing of it be sent.",
        "Ask your colleague, then take it off hold.",
        Closing.HOLD_ENDED,
        momentary=True,
    ),
    Declared(
        "old-mail",
        "case",
        "The message is too old for the service to take up by itself",
        "It may have been dealt with while the service was away.",
        "See whether it has already been answered, then release it or have it ignored.",
        momentary=True,
    ),
    Declared(
        "case-ended",
        "case",
        "The submission was withdrawn or closed before",
        "Something new came for a case that had ended.",
        "Find out what the partnership wants, then release it, or close it again.",
        momentary=True,
    ),
    Declared(
        "answers-unknown",
        "case",
        "It answers a submission that is not known here",
        "The program cannot tell what it completes.",
        "Find the submission it belongs to and join it, or answer by hand.",
        momentary=True,
    ),
    Declared(
        "unplaced",
        "case",
        "It is not clear what it completes",
        "More than one submission of this organisation could be meant, or none for certain.",
        "Find the submission it belongs to and join it.",
        momentary=True,
    ),
    Declared(
        "nothing-new",
        "case",
        "The same submission came again after our answer",
        "We named gaps, and what came since changes none of them: a second reply in the same words would not help.",
        "Ring or write to the partnership yourself, then release the submission.",
        momentary=True,
    ),
    Declared(
        "forward-in-doubt",
        "case",
        "An earlier copy may be on its way",
        "A forward to the Commissioner is uncertain, failed or came back: sending another could make a second copy.",
        "Settle the earlier forward first, then release the submission.",
        momentary=True,
    ),
    Declared(
        "put-right",
        "case",
        "A person changed what the program found",
        "After a correction, a person says what follows.",
        "Release the submission as it is right now.",
        momentary=True,
    ),
    Declared(
        "changed-after-forward",
        "case",
        "Something changed after the report went to the Commissioner",
        "The Commissioner's office still has what was true then.",
        "Tell the Commissioner's office, then release the submission or have the message ignored.",
        momentary=True,
    ),
    Declared(
        "reopened",
        "case",
        "A person asked for another look",
        "It was opened again for review.",
        "Release the submission when you have looked at it.",
        momentary=True,
    ),
    Declared(
        "forward-returned",
        "case",
        "The forward to the Commissioner did not arrive",
        "It was refused, was given up, or came back as undeliverable.",
        "Check the address, send it again or deliver it another way, then release the submission.",
        momentary=True,
    ),
    Declared(
        "earlier-reason",
        "case",
        "A reason from before doubts were recorded",
        "The submission waited for a person when the program was updated.",
        _READ_IT,
        momentary=True,
    ),
)

_BY_CODE = {each.code: each for each in DOUBTS}


def declared(code: str) -> Declared:
    """The declaration of a code; an unknown one (of another version's ledger) counts as an earlier reason."""
    return _BY_CODE.get(code, _BY_CODE["earlier-reason"])


def doubt(
    code: str,
    summary: str,
    *,
    quote: str | None = None,
    document: str | None = None,
    page: int | None = None,
    sha256: str | None = None,
) -> Doubt:
    """A doubt of a declared kind; what it is about as in `Doubt`."""
    return Doubt(code, _BY_CODE[code].source, summary, quote, document, page, sha256)


_ACTIVE = {
    "javascript": "It holds JavaScript.",
    "launch": "It can start a program on the reader's machine.",
    "open-action": "It does something by itself when it is opened.",
    "embedded-file": "It has other files inside, which the checks do not cover.",
    "external-file": "It links to a file outside itself.",
    "submit-form": "It holds a form that sends what is entered to an address.",
    "rich-media": "It holds sound, film or 3D content.",
    "macros": "It holds macros.",
    "xfa": "It holds a form with instructions of its own.",
    "postscript": "It holds a program for printers.",
    "other-action": "It does something that is not known here.",
    "disagreement": "Programs may read it in different ways.",
    "unfinished": "It could not be examined to the end.",
}


def active_content(documents: Iterable[Document]) -> tuple[Doubt, ...]:
    """Why these files must not be forwarded by themselves, each reason once; the names are `Document.active_content`.

    A PDF that merely opens at a certain page or zoom names none.
    """
    found: dict[str, Doubt] = {}
    for document in documents:
        known = [sentence for name, sentence in _ACTIVE.items() if name in document.active_content]
        unknown = set(document.active_content) - _ACTIVE.keys()
        for sentence in [*known, *(["It holds active content."] if unknown else [])]:
            summary = f"The file to be forwarded needs a look: {sentence[0].lower()}{sentence[1:]}"
            about = doubt("active-content", summary, document=document.name, sha256=document.sha256)
            found.setdefault(summary, about)
    return tuple(found.values())
