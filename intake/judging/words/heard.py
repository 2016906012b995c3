"""What is known of a message before it is said what it is: its documents, its sentences, its thread.

Only the part of the body that the sender wrote this time counts.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from intake.judging import phrases
from intake.judging.facts import Dossier, Letter, LetterKind, WeblinkState
from intake.judging.wording import MessageWords
from intake.judging.words.acts import Act, Reading
from intake.judging.words.asking import brings_nothing
from intake.model import Address, Document, Series

_REFERENCE = re.compile(r"\bDHR-\d{4}-\d{4,6}\b")  # a partnership's own numbers are shorter
_NUMBERS = ("one", "two", "three", "four", "five", "six")
_NUMBER = rf"(\d|{'|'.join(_NUMBERS)})"
_ONE_OF_SEVERAL = re.compile(rf"\b(?:e ?mail|message|part|mail) {_NUMBER} of {_NUMBER}\b")
_COUNTED = re.compile(rf"\b{_NUMBER} of {_NUMBER}\b")  # in a subject nothing but the mails is counted
_SURELY = 0.97  # the share of harmless acts from which no phrase speaks against a sentence
_HANDS_OVER = 0.5  # the share of handing in from which a sentence surely hands in
_AGAINST = frozenset({Act.DISPUTES, Act.RESTRICTS, Act.TAKES_BACK, Act.HOLDS_PUBLICATION})
_NEVER_A_REPORT = ("audio/", "video/", "text/html", "text/calendar", "image/svg", "application/javascript")
_NO_ADDRESS = frozenset({WeblinkState.NONE, WeblinkState.UNCLEAR, WeblinkState.ONLY_HOME_PAGE})


@dataclass(frozen=True, slots=True)
class Heard:
    """One message: `subject` and `body` are folded, the body without standing notices, both without our references."""

    dossier: Dossier
    readings: tuple[Reading, ...]
    words: MessageWords
    own: frozenset[str]  # the mailbox's addresses, in small letters
    subject: str
    body: str
    doubtful: str  # the subject and the sentences that are not surely harmless, folded
    without_addresses: str  # both, folded, without web addresses: an address speaks of where it leads

    def says(self, listed: Collection[str]) -> bool:
        """Whether a phrase of the list stands in its subject or body."""
        return self.subject_says(listed) or self.body_says(listed)

    def subject_says(self, listed: Collection[str]) -> bool:
        return phrases.find_any(listed, self.subject) is not None

    def body_says(self, listed: Collection[str]) -> bool:
        return phrases.find_any(listed, self.body) is not None

    def hints_at(self, listed: Collection[str]) -> bool:
        """Whether a phrase of the list stands where the reader is not sure that nothing asks for a person.

        "Our press office has its lines ready" is harmless in so many words: a phrase alone says no more than they do.
        """
        return phrases.find_any(listed, self.doubtful) is not None

    def count_of(self, *acts: Act) -> int:
        """How many of the body's sentences do this and are not harmless."""
        return sum(each.act in acts and not each.harmless for each in self._body)

    @property
    def _body(self) -> list[Reading]:
        return [each for each in self.readings if not each.in_subject]

    @property
    def handing_in(self) -> list[Reading]:
        """The sentences of the body that surely hand something in."""
        return [each for each in self._body if each.hands_in >= _HANDS_OVER]

    @property
    def hands_over(self) -> bool:
        """Whether a sentence of the body surely hands something in."""
        return bool(self.handing_in)

    @property
    def speaks_against(self) -> bool:
        """Whether a sentence objects, restricts, takes back or holds back publication."""
        return self.count_of(*_AGAINST) > 0

    @property
    def report_came(self) -> bool:
        return self.dossier.report is not None

    @property
    def files(self) -> list[Document]:
        return [document for document in self.dossier.documents if not document.inline]

    @property
    def could_be_it(self) -> bool:
        """Whether something came that could be a report, and could not be read as one."""
        return any(map(_could_be_a_report, self.files)) or bool(self.dossier.unpacked.problems)

    @property
    def part_came(self) -> bool:
        """Whether a letter or a plan came without its report."""
        return not self.report_came and any(parts.letter or parts.plan for parts in self.dossier.parts)

    @property
    def address_found(self) -> bool:
        return self.dossier.weblink.state is WeblinkState.FOUND

    @property
    def publication_settled(self) -> bool:
        """Whether it says where the report is published, that this follows, or that it will not be."""
        return self.dossier.weblink.state in {WeblinkState.FOUND, WeblinkState.TO_FOLLOW, WeblinkState.WITHHELD}

    @property
    def address_alone(self) -> bool:
        """Whether it brings where, or whether, a report is published, and nothing else."""
        more = self.files or self.dossier.portal_links or self.body_says(self.words.attached)
        return self.publication_settled and not more and not self.count_of(Act.ASKS, Act.OTHER)

    @property
    def brings_something(self) -> bool:
        """Whether a report, a part of one, what could be one, a place to fetch it from or an address came."""
        came = self.report_came or self.part_came or self.could_be_it or bool(self.dossier.portal_links)
        return came or self.hands_over or self.series is not None or self.publication_settled

    @property
    def letter_inside(self) -> Letter | None:
        return self.dossier.report_parts.letter if self.dossier.report_parts else None

    @property
    def letter_beside(self) -> Letter | None:
        return next((parts.letter for _, parts in self.dossier.others() if parts.letter), None)

    def letters(self, kind: LetterKind) -> int:
        """How many of the letters, inside the report and beside it, are of this kind."""
        return sum(letter is not None and letter.kind is kind for letter in (self.letter_inside, self.letter_beside))

    @property
    def letter_came(self) -> bool:
        return self.letter_inside is not None or self.letter_beside is not None

    @property
    def answers(self) -> bool:
        unpacked = self.dossier.unpacked
        return bool(unpacked.in_reply_to or unpacked.references) or unpacked.subject.lower().startswith("re:")

    @property
    def reference_in_subject(self) -> bool:
        return _REFERENCE.search(self.dossier.unpacked.subject) is not None

    @property
    def reference_below(self) -> bool:
        body = self.dossier.unpacked.body
        return any(_REFERENCE.search(text) for text in (body.latest, body.quoted))

    @property
    def answers_ours(self) -> bool:
        """Whether it plainly answers one of our own mails."""
        return self.reference_in_subject or (self.reference_below and self.answers)

    @property
    def copied(self) -> bool:
        """Whether it is addressed to somebody else, with a copy to this mailbox."""
        unpacked = self.dossier.unpacked
        meant = any(self._ours(to) or to.domain in self.words.commissioner_domains for to in unpacked.to)
        return bool(unpacked.to) and not meant and any(map(self._ours, unpacked.cc))

    def _ours(self, address: Address) -> bool:
        return address.address.lower() in self.own or address.domain in self.words.our_domains

    @property
    def brings_nothing(self) -> bool:
        """Whether it says thank you in whatever words: nothing comes, nothing is asked."""
        dossier = self.dossier
        comes = self.files or dossier.unpacked.problems or dossier.portal_links
        if comes or dossier.weblink.state not in _NO_ADDRESS:
            return False
        return (self.answers or self.reference_in_subject) and brings_nothing(self.readings)

    @property
    def series(self) -> Series | None:
        """Which of several mails it says that it is."""
        found = _ONE_OF_SEVERAL.search(f"{self.subject} {self.body}") or _COUNTED.search(self.subject)
        if found is None:
            return None
        number, of = (_NUMBERS.index(word) + 1 if word in _NUMBERS else int(word) for word in found.groups())
        return Series(number, of) if 1 <= number <= of and of > 1 else None


def hear(dossier: Dossier, words: MessageWords, readings: Sequence[Reading], own: Collection[str]) -> Heard:
    """What is known of a message."""
    spoken = [each for each in readings if not each.in_subject and (each.act is not Act.FURNITURE or not each.harmless)]
    said = "\n\n".join(each.sentence for each in spoken)
    doubtful = [each.sentence for each in readings if each.in_subject or each.sure < _SURELY or not each.harmless]
    subject = dossier.unpacked.subject
    return Heard(
        dossier=dossier,
        readings=tuple(readings),
        words=words,
        own=frozenset(own),
        subject=phrases.fold(_REFERENCE.sub(" ", subject)),
        body=phrases.fold(said),
        doubtful=phrases.fold(_without_addresses("\n\n".join(doubtful))),
        without_addresses=phrases.fold(_without_addresses(f"{subject}\n{said}")),
    )


def _without_addresses(text: str) -> str:
    return " ".join(word for word in text.split() if "://" not in word)


def _could_be_a_report(document: Document) -> bool:
    """A file whose content could not be looked at, or a photograph of a page. One that was read whole is none."""
    if document.media_type.startswith(_NEVER_A_REPORT):
        return False
    picture = document.media_type.startswith("image/")
    return picture or document.problem is not None or not any(page.text for page in document.pages)
