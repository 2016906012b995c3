"""The records of what the parts stage found in a message and its documents; the checks read only these."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from intake.model import CaseIdentity, Certainty, Document, Evidence, Link, Unpacked


class LetterKind(StrEnum):
    """Which of the Home Office's letters it is."""

    FINAL = "final"  # the review may be published once the last changes are made
    RESUBMIT = "resubmit"  # the Panel asks to see the report again
    UNCLEAR = "unclear"


class Place(StrEnum):
    """Where in a report a part stands."""

    TAIL = "tail"  # after the report
    FRONT = "front"  # before the report's own text
    MIDDLE = "middle"  # the report goes on after it
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Letter:
    """A feedback letter found in a document: pages from 1, inclusive."""

    document: str
    first: int
    last: int
    kind: LetterKind
    certainty: Certainty
    identity: CaseIdentity
    evidence: tuple[Evidence, ...]
    place: Place = Place.UNCLEAR
    by_ocr: bool = False
    unconfirmed: bool = False  # its text could not be compared with what its pages show
    of_several: bool = False  # another letter in the same document is about another case

    @property
    def pages(self) -> range:
        return range(self.first, self.last + 1)


@dataclass(frozen=True, slots=True)
class ActionPlan:
    """An action plan found in a document, with what its tables show."""

    document: str
    first: int
    last: int
    certainty: Certainty
    evidence: tuple[Evidence, ...]
    identity: CaseIdentity = field(default_factory=CaseIdentity)  # as its heading says
    updates: Evidence | None = None
    live_note: Evidence | None = None
    by_ocr: bool = False
    blank: bool = False  # the headings of a table and nothing in it
    unsettled: bool = False  # several of its cells say that they are still to be confirmed
    unconfirmed: bool = False  # its text could not be compared with what its pages show

    @property
    def pages(self) -> range:
        return range(self.first, self.last + 1)


class Mention(StrEnum):
    """How a part that is not there is spoken of."""

    NONE = "none"
    CONTENTS = "contents"  # only in the table of contents
    PROSE = "prose"  # in a sentence
    HEADING = "heading"  # a heading, with something behind it
    TITLE_PAGE = "title-page"  # a title page, and nothing behind it


@dataclass(frozen=True, slots=True)
class Parts:
    """What one document holds. `unread` are the pages that could hold more but could not be read."""

    document: str
    sha256: str
    letter: Letter | None = None
    plan: ActionPlan | None = None
    summary: Evidence | None = None
    letter_mention: tuple[Mention, Evidence | None] = (Mention.NONE, None)
    plan_mention: tuple[Mention, Evidence | None] = (Mention.NONE, None)
    recommendations: Evidence | None = None
    identity: CaseIdentity = field(default_factory=CaseIdentity)
    titled: CaseIdentity = field(default_factory=CaseIdentity)  # from the title page and the running header alone
    title_by_ocr: bool = False
    title: Evidence | None = None  # says of itself that it is a review's report
    report_score: int = 0
    is_report: bool = False
    unread: tuple[int, ...] = ()
    weak_ocr: bool = False
    other_language: bool = False


class Match(StrEnum):
    """Whether a letter speaks of the same CSP and case as the report it came with."""

    SAME = "same"
    DIFFERENT = "different"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Clash:
    """Something the message says of whose report it brings that the report does not bear out.

    `about` is case, partnership, council or version; `said` the message's words, `own` the report's claim (of a
    version, its file's name); `source` where it was said: subject, message, file name, page’s address, addresses or
    words.
    """

    about: str
    said: str
    own: str | None
    source: str


class WeblinkState(StrEnum):
    """What the message and report say of the place of publication."""

    FOUND = "found"
    HOME_PAGE_NAMED = "home-page-named"  # a home page, said to be the place
    UNCLEAR = "unclear"  # a page is linked, and nothing says that it is the place
    TO_FOLLOW = "to-follow"
    FILE_SHARE = "file-share"
    ONLY_HOME_PAGE = "only-home-page"
    NONE = "none"
    WITHHELD = "withheld"  # said that the report will not be published


@dataclass(frozen=True, slots=True)
class Weblink:
    """The address of publication, as far as it is given."""

    state: WeblinkState
    url: str | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything the classification and the checks look at: facts, no opinion on what should follow."""

    unpacked: Unpacked
    documents: tuple[Document, ...] = ()
    parts: tuple[Parts, ...] = ()  # one for each document, in the same order
    report: Document | None = None
    report_reason: str = ""
    words: str = ""  # the message's own: what the sender wrote this time, or the mail that they only passed on
    rivals: tuple[Document, ...] = ()  # other, different reports in the same message
    match: Match = Match.UNCLEAR
    clashes: tuple[Clash, ...] = ()  # of the message's claim with the report's
    plan_match: Match = Match.SAME  # a plan's heading need not say whose it is
    weblink: Weblink = field(default_factory=lambda: Weblink(WeblinkState.NONE))
    portal_links: tuple[Link, ...] = ()

    def parts_of(self, document: Document | None) -> Parts | None:
        """The parts of one document."""
        if document is None:
            return None
        return next((p for d, p in zip(self.documents, self.parts, strict=True) if d is document), None)

    @property
    def report_parts(self) -> Parts | None:
        return self.parts_of(self.report)

    def others(self) -> list[tuple[Document, Parts]]:
        """The documents beside the report, with their parts."""
        return [(d, p) for d, p in zip(self.documents, self.parts, strict=True) if d is not self.report]
