"""The evidence of what a message is, declared: each piece by name, with what it speaks for, its weight, and why.

Weights are small whole numbers. A piece that by itself says what a message is weighs 3, what `kinds.MARGIN` asks
for; the Panel's final letter, which nobody has before the Panel has written, weighs more than any words; what is found
in other mail as well weighs 1 or 2. An *obstacle* weighs nothing: while it stands, the kinds that it names are never
certain. A test holds an example of each that fires it, and one that must not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from intake.judging import phrases
from intake.judging.facts import LetterKind, WeblinkState
from intake.judging.words.acts import Act
from intake.judging.words.heard import Heard
from intake.model import Kind

FINAL, FOLLOW_UP, FIRST = Kind.FINAL_SUBMISSION, Kind.FOLLOW_UP, Kind.QA_SUBMISSION
SUBMISSIONS = frozenset({FINAL, FOLLOW_UP})
LEFT_ALONE = frozenset({FIRST, Kind.ENQUIRY, Kind.OTHER})

_DRAFT = re.compile(r"\b(?:draft|v0 ?\d)\b")
_FINAL_NAME = re.compile(r"\bfinal\b")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A piece of evidence; `found` says how often it is there, and it counts up to `most` times."""

    id: str
    speaks_for: Kind
    weight: int
    why: str
    found: Callable[[Heard], int]
    most: int = 1


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What keeps some kinds from being certain."""

    id: str
    unsettles: frozenset[Kind]
    why: str
    stands: Callable[[Heard], bool]


def _of_another_kind(heard: Heard) -> bool:
    return _names_another_kind(heard, heard.without_addresses)


def _hands_in_another_kind(heard: Heard) -> bool:
    return any(_names_another_kind(heard, phrases.fold(each.sentence)) for each in heard.handing_in)


def _names_another_kind(heard: Heard, said: str) -> bool:
    """Whether folded words name a review of another kind, and none of this one."""
    another = phrases.find_any(heard.words.other_reviews, said) is not None
    return another and phrases.find_any(heard.words.this_review, said) is None


def _panel_has_written(heard: Heard) -> bool:
    """Whether it says so; a report that is published, or will be, has been before the Panel."""
    published = heard.dossier.weblink.state in {WeblinkState.FOUND, WeblinkState.TO_FOLLOW}
    return published or heard.says(heard.words.answered)


def _speaks_of_a_first_version(heard: Heard) -> bool:
    return heard.says(heard.words.qa) or _named_a_draft(heard)


def _named_a_draft(heard: Heard) -> bool:
    report = heard.dossier.report
    return report is not None and _DRAFT.search(phrases.fold(report.name)) is not None


def _claims_a_report(heard: Heard) -> bool:
    """Whether it plainly says that a final report is there, and what came could be it, or nothing came at all."""
    if heard.series is not None:
        return True
    if heard.answers_ours:
        return bool(heard.files) or heard.address_found
    if not heard.says(heard.words.final_strong):
        return False
    strange_link = heard.dossier.weblink.state is WeblinkState.UNCLEAR  # it may lie behind it, or a stranger's trap
    nothing = not heard.files and not strange_link
    return heard.could_be_it or (heard.hands_over and not heard.part_came and nothing)


EVIDENCE: tuple[Evidence, ...] = (
    # The Panel's letter.
    Evidence(
        "final-letter", FINAL, 5, "the QA Panel’s final feedback letter came with it",
        lambda heard: heard.report_came and heard.letters(LetterKind.FINAL), most=2,
    ),
    Evidence(
        "some-letter", FINAL, 3, "a feedback letter came with it",
        lambda heard: heard.report_came and heard.letters(LetterKind.UNCLEAR), most=2,
    ),
    Evidence(
        "letter-to-resubmit", FIRST, 1, "the letter that came with it asks to see the report again",
        lambda heard: heard.report_came and heard.letters(LetterKind.RESUBMIT),
    ),
    # Words.
    Evidence(
        "final-in-subject", FINAL, 3, "the subject speaks of the final report",
        lambda heard: heard.subject_says(heard.words.final_strong),
    ),
    Evidence(
        "final-in-message", FINAL, 3, "the message speaks of the final report",
        lambda heard: heard.body_says(heard.words.final_strong),
    ),
    Evidence(
        "what-belongs-to-it", FINAL, 1, "it speaks of what a final submission holds",
        lambda heard: sum(heard.says((phrase,)) for phrase in heard.words.final_helpful), most=3,
    ),
    Evidence(
        "hands-in", FINAL, 2, "its words hand something in",
        lambda heard: heard.hands_over and not heard.says(heard.words.qa),  # a first version is handed in as well
    ),
    Evidence(
        "one-of-several", FINAL, 3, "it counts itself among several mails",
        lambda heard: heard.series is not None,
    ),
    Evidence(
        "first-in-subject", FIRST, 4, "the subject speaks of a first version for the QA Panel",
        lambda heard: heard.subject_says(heard.words.qa),
    ),
    Evidence(
        "first-in-message", FIRST, 4, "the message speaks of a first version for the QA Panel",
        lambda heard: heard.body_says(heard.words.qa),
    ),
    Evidence(
        "other-in-subject", Kind.OTHER, 4, "the subject is about other business",
        lambda heard: heard.subject_says(heard.words.other_business),
    ),
    Evidence(
        "other-in-message", Kind.OTHER, 3, "the message is about other business",
        lambda heard: heard.hints_at(heard.words.other_business),
    ),
    Evidence(
        "was-given-it", Kind.OTHER, 3, "it is from somebody who was given the report",
        lambda heard: heard.hints_at(heard.words.received),
    ),
    Evidence(
        "other-review", Kind.OTHER, 3, "it speaks of a review of another kind, and of no domestic homicide",
        _of_another_kind,
    ),
    # What its sentences do.
    Evidence(
        "asks", Kind.ENQUIRY, 2, "it asks something",
        lambda heard: heard.count_of(Act.ASKS), most=3,
    ),
    Evidence(
        "other-sentence", Kind.OTHER, 2, "a sentence is about other business",
        lambda heard: heard.count_of(Act.OTHER), most=3,
    ),
    Evidence(
        "about-a-report", Kind.OTHER, 1, "it speaks of a report without handing it in",
        lambda heard: heard.count_of(Act.ABOUT), most=2,
    ),
    Evidence(
        "takes-back", FOLLOW_UP, 3, "it takes back something that was sent before",
        lambda heard: not heard.report_came and heard.count_of(Act.TAKES_BACK),
    ),
    # Files.
    Evidence(
        "final-file-name", FINAL, 1, "a file’s name says that it is final",
        lambda heard: any(_FINAL_NAME.search(phrases.fold(file.name)) for file in heard.files),
    ),
    Evidence(
        "draft-file-name", FIRST, 1, "the report’s file name calls it a draft",
        _named_a_draft,
    ),
    Evidence(
        "part-alone", FINAL, 2, "parts of a final report came, without the report",
        lambda heard: heard.part_came,
    ),
    # The thread.
    Evidence(
        "our-reference", FOLLOW_UP, 3, "its subject carries one of our references",
        lambda heard: heard.reference_in_subject,
    ),
    Evidence(
        "quotes-our-reference", FOLLOW_UP, 2, "it quotes one of our references",
        lambda heard: heard.reference_below and not heard.reference_in_subject,
    ),
    Evidence(
        "answers", FOLLOW_UP, 1, "it answers an earlier mail",
        lambda heard: heard.answers,
    ),
    Evidence(
        "mends", FOLLOW_UP, 2, "it says that it mends an earlier submission",
        lambda heard: heard.body_says(heard.words.follow_up),
    ),
    Evidence(
        "address-alone", FOLLOW_UP, 3, "it says where, or whether, a report will be published",
        lambda heard: heard.address_alone,
    ),
)  # fmt: skip

OBSTACLES: tuple[Obstacle, ...] = (
    Obstacle(
        "addressed-elsewhere", SUBMISSIONS, "it is addressed to somebody else, with a copy to this mailbox",
        lambda heard: heard.copied,
    ),
    Obstacle(
        "other-words", SUBMISSIONS, "it speaks of other business as well",
        lambda heard: (
            heard.hints_at((*heard.words.other_business, *heard.words.received)) or _of_another_kind(heard)
        ),
    ),
    Obstacle(
        "hands-in-another-kind", SUBMISSIONS, "what it hands in is, by its words, a review of another kind",
        _hands_in_another_kind,
    ),
    Obstacle(
        "panel-not-heard-of", SUBMISSIONS, "nothing says that the Panel has written: it may be a first version",
        lambda heard: heard.report_came and not heard.letter_came and not _panel_has_written(heard),
    ),
    Obstacle(
        "draft-without-letter", SUBMISSIONS, "it may be a first version: no letter of the Panel came with it",
        lambda heard: heard.report_came and not heard.letter_came and _speaks_of_a_first_version(heard),
    ),
    Obstacle(
        "nothing-clear-came", SUBMISSIONS, "what came is not a report, and may not be meant as one",
        lambda heard: not heard.report_came and not _claims_a_report(heard),
    ),
    Obstacle(
        "final-letter-came", LEFT_ALONE, "the QA Panel’s final feedback letter came with a report",
        lambda heard: heard.report_came and heard.letters(LetterKind.FINAL) > 0,
    ),
    Obstacle(
        "asks-with-a-report", frozenset({Kind.ENQUIRY}), "a report came with what it asks",
        lambda heard: heard.report_came,
    ),
    Obstacle(
        "speaks-against", LEFT_ALONE, "it objects, restricts or takes back",
        lambda heard: heard.speaks_against,
    ),
    Obstacle(
        "not-opened-whole", LEFT_ALONE, "the message itself could not be opened whole",
        lambda heard: any(not problem.name for problem in heard.dossier.unpacked.problems),
    ),
)  # fmt: skip
