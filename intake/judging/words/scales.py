"""The evidence of what a message is: from its documents, its words and its thread, weighed on scales.

Only the part of the body that the sender wrote this time counts.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from intake.judging import phrases
from intake.judging.facts import Dossier, LetterKind, WeblinkState
from intake.judging.wording import MessageWords, Wording
from intake.judging.words.acts import Act, Reading
from intake.judging.words.asking import hands_in
from intake.model import Address, Series, Unpacked

_OWN_WORDS_LIMIT = 6000
_REFERENCE = re.compile(r"\bDHR-\d{4}-\d{4,6}\b")  # a partnership's own numbers are shorter
_URL = re.compile(r"\S+://\S+")
_DRAFT = re.compile(r"\b(?:draft|v0 ?\d)\b")
_NUMBERS = ("one", "two", "three", "four", "five", "six")
_NUMBER = rf"(\d|{'|'.join(_NUMBERS)})"
_ONE_OF_SEVERAL = re.compile(rf"\b(?:e ?mail|message|part|mail) {_NUMBER} of {_NUMBER}\b")
_HANDS_OVER = 0.5  # the share of handing in from which a sentence hands in, whatever words it has
_ASKED_FOR = ("weblink", "web link", "link", "url", "web address")


@dataclass
class Scales:
    """Evidence gathered on each side, with the sentences that name it."""

    said: str = ""  # what the sender wrote, as it is written, without the sentences of a disclaimer
    final: int = 0
    first_version: int = 0
    other: int = 0
    question: int = 0
    mends: int = 0
    submits: bool = False  # what the sender wrote hands a report in, or there is nothing that they wrote
    in_passing: bool = False  # it only speaks of the report, or leaves its submission to somebody else
    copied: bool = False  # it is addressed to somebody else
    strong: bool = False  # it speaks of the final report in so many words
    unfinished: bool = False  # its words take the report back, or call it a draft
    taken_back: bool = False  # its words take back what was sent before
    asked_for: bool = False  # it speaks of the weblink that was asked for
    answers_something: bool = False  # it does, or stands in a thread
    disputes: bool = False  # it says that something is there already
    series: Series | None = None  # it counts itself among several mails
    answered: bool = False  # the Panel has written: its letter came along, or the message speaks of it
    reasons: list[str] = field(default_factory=list)

    def weigh(self, side: str, points: int, reason: str) -> None:
        """Add evidence to one side."""
        setattr(self, side, getattr(self, side) + points)
        self.reasons.append(reason)


def weigh(dossier: Dossier, wording: Wording, own: Collection[str], readings: Sequence[Reading] = ()) -> Scales:
    """All the evidence of one message that came to a mailbox with these addresses of its `own`."""
    scales = Scales(said=_said(readings) if readings else _own_words(dossier, wording.message))
    scales.copied = _only_copied(dossier.unpacked, own, wording.message)
    if scales.copied:
        scales.reasons.append("it is addressed to somebody else, with a copy to this mailbox")
    _weigh_documents(dossier, scales)
    _weigh_words(dossier, wording, scales)
    _weigh_thread(dossier, wording, scales)
    _weigh_acts(readings, scales)
    return scales


def _said(readings: Sequence[Reading]) -> str:
    """The body's sentences without what stands under every mail: a disclaimer speaks of nothing."""
    spoken = (each for each in readings if not each.in_subject and (each.act is not Act.FURNITURE or not each.harmless))
    return "\n\n".join(each.sentence for each in spoken)


def _weigh_acts(readings: Sequence[Reading], scales: Scales) -> None:
    """What the sentences do counts for more than the words that stand in them.

    Where every sentence is understood and harmless, a word that may object ("draft", "could you") objected to nothing.
    Where one is not, it is a doubt of its own.
    """
    if not readings:
        return
    handed = max((each.hands_in for each in readings if not each.in_subject), default=0.0)
    if handed >= _HANDS_OVER:
        scales.weigh("final", 2, "its words hand the report in")
    if hands_in(readings):
        scales.submits = True
    if all(each.harmless for each in readings):
        scales.in_passing = scales.unfinished = scales.taken_back = scales.disputes = False
        scales.question = 0


def _own_words(dossier: Dossier, words: MessageWords) -> str:
    said = phrases.sentences(dossier.words[:_OWN_WORDS_LIMIT])
    return "\n\n".join(one for one in said if not phrases.find_any(words.disclaimers, phrases.fold(one)))


def _weigh_documents(dossier: Dossier, scales: Scales) -> None:
    inside = dossier.report_parts.letter if dossier.report_parts else None
    beside = next((parts.letter for _, parts in dossier.others() if parts.letter), None)
    for letter, where in ((inside, "inside the report"), (beside, "beside the report")):
        if letter is None or dossier.report is None:
            continue
        if letter.kind is LetterKind.FINAL:
            scales.weigh("final", 5, f"the QA Panel's final feedback letter is {where}")
        elif letter.kind is LetterKind.RESUBMIT:
            scales.weigh("first_version", 1, f"the letter {where} asks to see the report again")
            scales.weigh("final", 1, f"a feedback letter is {where}")
        else:
            scales.weigh("final", 3, f"a feedback letter is {where}")
    if dossier.report is not None and _DRAFT.search(phrases.fold(dossier.report.name)):
        scales.weigh("first_version", 1, "the report's file name calls it a draft")


def _weigh_words(dossier: Dossier, wording: Wording, scales: Scales) -> None:
    subject = phrases.fold(_REFERENCE.sub(" ", dossier.unpacked.subject))
    words = wording.message
    body = phrases.fold(scales.said)
    for text, where in ((subject, "subject"), (body, "message")):
        if phrases.find_any(words.final_strong, text):
            scales.strong = True
            scales.weigh("final", 3, f"the {where} speaks of the final report")
        if phrases.find_any(words.qa, text):
            scales.weigh("first_version", 4, f"the {where} speaks of a first version for the QA Panel")
        if phrases.find_any(words.other_business, text):
            scales.weigh("other", 4 if text is subject else 3, f"the {where} is about other business")
    both = f"{subject} {body}"
    helpful = sum(1 for phrase in words.final_helpful if phrases.find(phrase, both))
    if helpful:
        scales.weigh("final", min(helpful, 3), "it speaks of what a final submission holds")
    if _names_a_final_file(dossier):
        scales.weigh("final", 1, "an attachment's name says that it is final")
    # An address speaks of where it leads, not of what came.
    named = phrases.fold(_URL.sub(" ", f"{dossier.unpacked.subject}\n{scales.said}"))
    if phrases.find_any(words.other_reviews, named) and not phrases.find_any(words.this_review, named):
        scales.weigh("other", 3, "it speaks of a review of another kind")
    _weigh_handing_in(body, dossier, words, scales)
    if phrases.find_any(words.received, both):
        scales.weigh("other", 3, "it is from somebody who was given the report")
    answers = dossier.unpacked.subject.lower().startswith("re:")
    asked = _questions("" if answers else dossier.unpacked.subject, scales.said, words)
    if asked:
        scales.weigh("question", asked, "it asks something")
    _weigh_standing(dossier, both, words, scales)


def _weigh_handing_in(body: str, dossier: Dossier, words: MessageWords, scales: Scales) -> None:
    scales.in_passing = phrases.find_any(words.in_passing, body) is not None
    if scales.in_passing:
        scales.reasons.append("it speaks of the report in passing, or leaves its submission to somebody else")
    scales.submits = not scales.in_passing and _submits(body, words, dossier)


def _only_copied(unpacked: Unpacked, own: Collection[str], words: MessageWords) -> bool:
    def ours(address: Address) -> bool:
        return address.address.lower() in own or address.domain in words.our_domains

    meant = any(ours(address) or address.domain in words.commissioner_domains for address in unpacked.to)
    return bool(unpacked.to) and not meant and any(map(ours, unpacked.cc))


def _submits(said: str, words: MessageWords, dossier: Dossier) -> bool:
    """Whether the message's own text, and not only its subject, hands something in."""
    if not said or dossier.weblink.state in {WeblinkState.FOUND, WeblinkState.TO_FOLLOW, WeblinkState.WITHHELD}:
        return True
    return any(phrases.find_any(some, said) for some in (words.final_strong, words.final_helpful, words.attached))


def _questions(subject: str, body: str, words: MessageWords) -> int:
    """How many of its sentences ask something; what closes a letter ("do let me know if …") is no question."""
    said = _URL.sub(" ", f"{subject}\n\n{body}")
    asked = 0
    for sentence in phrases.sentences(said):
        folded = phrases.fold(sentence)
        if "?" in sentence or phrases.find_any(words.enquiry, folded):
            asked += phrases.find_any(words.courtesies, folded) is None
    return asked


def _weigh_standing(dossier: Dossier, spoken: str, words: MessageWords, scales: Scales) -> None:
    """Whether the report is called a draft or taken back, and whether the Panel has written already."""
    spoken = phrases.without(words.earlier_drafts, spoken)
    scales.taken_back = phrases.find_any(words.taken_back, spoken) is not None
    if scales.taken_back or phrases.find_any(words.unfinished, spoken):
        scales.unfinished = True
        scales.reasons.append("its words take the report back, or call it a draft")
    scales.disputes = phrases.find_any(words.disputes, spoken) is not None
    scales.series = _series(spoken)
    published = dossier.weblink.state in {WeblinkState.FOUND, WeblinkState.TO_FOLLOW}
    scales.answered = published or phrases.find_any(words.answered, spoken) is not None


def _series(spoken: str) -> Series | None:
    """Which of several mails it says that it is."""
    found = _ONE_OF_SEVERAL.search(spoken)
    if found is None:
        return None
    number, of = (_NUMBERS.index(word) + 1 if word in _NUMBERS else int(word) for word in found.groups())
    return Series(number, of) if 1 <= number <= of and of > 1 else None


def _weigh_thread(dossier: Dossier, wording: Wording, scales: Scales) -> None:
    unpacked = dossier.unpacked
    body = phrases.fold(scales.said)
    if _REFERENCE.search(unpacked.subject):
        scales.weigh("mends", 3, "its subject carries one of our references")
    elif _REFERENCE.search(unpacked.body.latest) or _REFERENCE.search(unpacked.body.quoted):
        scales.weigh("mends", 2, "it quotes one of our references")
    answers = bool(unpacked.in_reply_to or unpacked.references) or unpacked.subject.lower().startswith("re:")
    scales.asked_for = phrases.find_any(_ASKED_FOR, body) is not None
    scales.answers_something = answers or scales.asked_for
    if answers:
        scales.weigh("mends", 1, "it answers an earlier mail")
    if phrases.find_any(wording.message.follow_up, body):
        scales.weigh("mends", 2, "it says that it mends an earlier submission")


def _names_a_final_file(dossier: Dossier) -> bool:
    return any(
        re.search(r"\bfinal\b", phrases.fold(document.name)) for document in dossier.documents if not document.inline
    )
