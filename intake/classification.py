"""What a message is, and why: evidence from its documents, its words and its thread, weighed together.

Only the part of the body that the sender wrote this time counts. Where the evidence for a final submission and
against it are close, the kind is only *possible*, and a person decides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from intake import phrases
from intake.dossier import Dossier, LetterKind, WeblinkState
from intake.model import Certainty, Classification, Document, Kind, Unpacked
from intake.wording import MessageWords, Wording

_REFERENCE = re.compile(r"\bDHR-\d{4}-\d{4,6}\b")  # a partnership's own numbers are shorter
_ANSWERS = 3  # from here on it answers one of our own mails
_CLEAR_LEAD = 3  # by how much evidence for a final submission must outweigh the rest
_OWN_WORDS_LIMIT = 6000
_URL = re.compile(r"\S+://\S+")
_DRAFT = re.compile(r"\b(?:draft|v0 ?\d)\b")
_ONE_OF_SEVERAL = re.compile(r"\b(?:e ?mail|message|part) (?:\d|one|two|three) of (?:\d|two|three|four|five)\b")
_FEW_WORDS = 40  # a mail that only says thank you has no more


@dataclass
class _Scales:
    """Evidence gathered on each side, with the sentences that name it."""

    final: int = 0
    first_version: int = 0
    other: int = 0
    question: int = 0
    mends: int = 0
    strong: bool = False  # it speaks of the final report in so many words
    unfinished: bool = False  # its words take the report back, or call it a draft
    taken_back: bool = False  # its words take back what was sent before
    answers_something: bool = False  # it stands in a thread, or speaks of the weblink that was asked for
    disputes: bool = False  # it says that something is there already
    one_of_several: bool = False  # it counts itself among several mails
    answered: bool = False  # the Panel has written: its letter came along, or the message speaks of it
    words: int = 0  # what of `final` and `mends` was said, not only held
    reasons: list[str] = field(default_factory=list)

    def weigh(self, side: str, points: int, reason: str, *, said: bool = False) -> None:
        """Add evidence to one side."""
        self.words += points if said else 0
        setattr(self, side, getattr(self, side) + points)
        self.reasons.append(reason)


def classify(dossier: Dossier, wording: Wording, *, declared: bool = False) -> Classification:
    """What the message is. With `declared`, somebody says that this is a final submission (a file to pre-check)."""
    if declared:
        return Classification(
            Kind.FINAL_SUBMISSION,
            Certainty.CERTAIN,
            ("it was given to be checked as a final submission",),
        )
    scales = _Scales()
    _weigh_documents(dossier, scales)
    _weigh_words(dossier, wording, scales)
    _weigh_thread(dossier, wording, scales)
    if dossier.report is not None:
        return _with_report(dossier, scales)
    return _without_report(dossier, wording, scales)


def _weigh_documents(dossier: Dossier, scales: _Scales) -> None:
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


def _weigh_words(dossier: Dossier, wording: Wording, scales: _Scales) -> None:
    subject = phrases.fold(_REFERENCE.sub(" ", dossier.unpacked.subject))
    body = phrases.fold(dossier.words[:_OWN_WORDS_LIMIT])
    words = wording.message
    for text, where in ((subject, "subject"), (body, "message")):
        if phrases.find_any(words.final_strong, text):
            scales.strong = True
            scales.weigh("final", 3, f"the {where} speaks of the final report", said=True)
        if phrases.find_any(words.qa, text):
            scales.weigh("first_version", 4, f"the {where} speaks of a first version for the QA Panel")
        if phrases.find_any(words.other_business, text):
            scales.weigh("other", 4 if text is subject else 3, f"the {where} is about other business")
    both = f"{subject} {body}"
    helpful = sum(1 for phrase in words.final_helpful if phrases.find(phrase, both))
    if helpful:
        scales.weigh("final", min(helpful, 3), "it speaks of what a final submission holds", said=True)
    if _names_a_final_file(dossier):
        scales.weigh("final", 1, "an attachment's name says that it is final")
    if phrases.find_any(words.received, both):
        scales.weigh("other", 3, "it is from somebody who was given the report")
    asked = _questions(dossier, words)
    if asked:
        scales.weigh("question", asked, "it asks something")
    _weigh_standing(dossier, both, words, scales)


def _questions(dossier: Dossier, words: MessageWords) -> int:
    """How many of its sentences ask something; what closes a letter ("do let me know if …") is no question."""
    said = _URL.sub(" ", f"{dossier.unpacked.subject}\n\n{dossier.words[:_OWN_WORDS_LIMIT]}")
    asked = 0
    for sentence in phrases.sentences(said):
        folded = phrases.fold(sentence)
        if "?" in sentence or phrases.find_any(words.enquiry, folded):
            asked += phrases.find_any(words.courtesies, folded) is None
    return asked


def _weigh_standing(dossier: Dossier, spoken: str, words: MessageWords, scales: _Scales) -> None:
    """Whether the report is called a draft or taken back, and whether the Panel has written already."""
    while earlier := phrases.find_any(words.earlier_drafts, spoken):
        spoken = " ".join(f" {spoken} ".replace(f" {earlier} ", " ").split())
    scales.taken_back = phrases.find_any(words.taken_back, spoken) is not None
    if scales.taken_back or phrases.find_any(words.unfinished, spoken):
        scales.unfinished = True
        scales.reasons.append("its words take the report back, or call it a draft")
    scales.disputes = phrases.find_any(words.disputes, spoken) is not None
    scales.one_of_several = _ONE_OF_SEVERAL.search(spoken) is not None
    published = dossier.weblink.state in {WeblinkState.FOUND, WeblinkState.TO_FOLLOW}
    scales.answered = published or phrases.find_any(words.answered, spoken) is not None


def _weigh_thread(dossier: Dossier, wording: Wording, scales: _Scales) -> None:
    unpacked = dossier.unpacked
    body = phrases.fold(dossier.words[:_OWN_WORDS_LIMIT])
    if _REFERENCE.search(unpacked.subject):
        scales.weigh("mends", 3, "its subject carries one of our references", said=True)
    elif _REFERENCE.search(unpacked.body.latest) or _REFERENCE.search(unpacked.body.quoted):
        scales.weigh("mends", 2, "it quotes one of our references", said=True)
    answers = bool(unpacked.in_reply_to or unpacked.references) or unpacked.subject.lower().startswith("re:")
    asked_for = phrases.find_any(("weblink", "web link", "link", "url", "web address"), body) is not None
    scales.answers_something = answers or asked_for
    if answers:
        scales.weigh("mends", 1, "it answers an earlier mail")
    if phrases.find_any(wording.message.follow_up, body):
        scales.weigh("mends", 2, "it says that it mends an earlier submission", said=True)


def _with_report(dossier: Dossier, scales: _Scales) -> Classification:
    against = max(scales.first_version, scales.other)
    answers = scales.mends >= _ANSWERS
    if not scales.strong and not answers and scales.first_version <= 1 and (scales.question or scales.other):
        # A published review holds its letter too: a question about one is not a submission of it.
        scales.reasons.append("nothing in its words submits the report that it holds")
        return _of(Kind.ENQUIRY, Certainty.POSSIBLE, scales)
    if answers and scales.final + scales.mends > against:
        return _of(Kind.FOLLOW_UP, _unless_doubtful(scales), scales)
    if scales.first_version > scales.final and scales.first_version >= scales.other:
        certain = scales.first_version >= scales.final + 2 and not _has_final_letter(dossier)
        return _of(
            Kind.QA_SUBMISSION,
            Certainty.CERTAIN if certain else Certainty.POSSIBLE,
            scales,
        )
    if scales.other > scales.final + 1 and not _has_final_letter(dossier):
        return _of(Kind.OTHER, Certainty.CERTAIN, scales)
    if scales.final > against and not scales.answered and not _has_letter(dossier):
        scales.reasons.append("nothing says that the Panel has written: it may be a first version")
        return _of(Kind.FINAL_SUBMISSION, Certainty.POSSIBLE, scales)
    if scales.final >= against + _CLEAR_LEAD or (scales.final >= _CLEAR_LEAD and against == 0):
        return _of(Kind.FINAL_SUBMISSION, _unless_doubtful(scales), scales)
    scales.reasons.append("it is not clear whether this is a final submission")
    return _of(Kind.FINAL_SUBMISSION, Certainty.POSSIBLE, scales)


def _unless_doubtful(scales: _Scales) -> Certainty:
    """Certain, unless its words ask for a person: an automatic answer would pass over what they say."""
    disputed = scales.disputes and scales.mends >= _ANSWERS
    if disputed:
        scales.reasons.append("it says that something is there already")
    doubtful = scales.unfinished or scales.other or scales.question or disputed
    return Certainty.POSSIBLE if doubtful else Certainty.CERTAIN


def _without_report(dossier: Dossier, wording: Wording, scales: _Scales) -> Classification:
    """No document reads like a report: it may still be meant as one (Word, a link, a file that cannot be opened)."""
    files = [document for document in dossier.documents if not document.inline]
    if _only_thanks(dossier, wording.message, scales, files):
        scales.reasons.append("it says thank you, and brings nothing")
        return _of(Kind.OTHER, Certainty.CERTAIN, scales)
    if scales.mends >= _ANSWERS:
        brings = bool(files) or dossier.weblink.state is WeblinkState.FOUND
        return _of(Kind.FOLLOW_UP, _unless_doubtful(scales) if brings else Certainty.POSSIBLE, scales)
    if scales.taken_back and not scales.other:
        scales.reasons.append("it takes back something that was sent before")
        return _of(Kind.FOLLOW_UP, Certainty.POSSIBLE, scales)
    if scales.first_version > scales.final:
        return _of(Kind.QA_SUBMISSION, Certainty.CERTAIN, scales)
    spoken = phrases.fold(f"{dossier.unpacked.subject} {dossier.words[:_OWN_WORDS_LIMIT]}")
    strong = phrases.find_any(wording.message.final_strong, spoken) is not None
    objects = scales.disputes and scales.answers_something and not (files or scales.other)
    if objects or (strong and scales.unfinished and not scales.other) or (scales.one_of_several and files):
        return _of(Kind.FINAL_SUBMISSION, Certainty.POSSIBLE, scales)
    promised = phrases.find_any(wording.message.later, spoken) is not None
    attached = not promised and phrases.find_any(wording.message.attached, spoken) is not None
    return _claimed(dossier, scales, files, strong=strong, attached=attached)


def _speaks_of_publication(dossier: Dossier, scales: _Scales) -> bool:
    """A few words with the address of publication, or that there will be none, and nothing else: it mends something."""
    told = dossier.weblink.state in {WeblinkState.FOUND, WeblinkState.WITHHELD}
    alone = not (scales.question or scales.other or dossier.documents)
    return told and alone and scales.answers_something and dossier.words.count(" ") < 2 * _FEW_WORDS


def _claimed(
    dossier: Dossier, scales: _Scales, files: Sequence[Document], *, strong: bool, attached: bool
) -> Classification:
    """What is left to go by is that its words say that a report is there; and what could be one."""
    lead = scales.final - max(scales.first_version, scales.other)
    opaque = any(_could_be_a_report(document) for document in files) or bool(dossier.unpacked.problems)
    if strong and lead > 0 and (opaque or dossier.portal_links):
        scales.reasons.append("its words speak of the final report, and what came could be it")
        certain = lead >= _CLEAR_LEAD and (opaque or attached) and not (scales.question or scales.disputes)
        return _of(Kind.FINAL_SUBMISSION, Certainty.CERTAIN if certain else Certainty.POSSIBLE, scales)
    part = any(parts.letter or parts.plan for parts in dossier.parts)
    if attached and lead > 1 and scales.question <= 1 and ((strong and not part) or not files):
        scales.reasons.append("it says that the report is attached, but nothing like it is there")
        strange_link = dossier.weblink.state is WeblinkState.UNCLEAR  # it may lie behind it, or a stranger's trap
        clear = strong and not part and not (files or strange_link or scales.question)
        return _of(Kind.FINAL_SUBMISSION, Certainty.CERTAIN if clear else Certainty.POSSIBLE, scales)
    if part and not scales.question:
        return _parts_alone(dossier.unpacked, scales, submits=strong and attached)
    if opaque and attached and lead > 0 and not scales.question:
        return _of(Kind.FINAL_SUBMISSION, Certainty.POSSIBLE, scales)
    if _speaks_of_publication(dossier, scales):
        scales.reasons.append("it says where, or whether, a report will be published")
        return _of(Kind.FOLLOW_UP, Certainty.POSSIBLE, scales)
    return _no_submission(dossier.unpacked, scales)


def _parts_alone(unpacked: Unpacked, scales: _Scales, *, submits: bool) -> Classification:
    """A letter or a plan without the report."""
    if submits:
        scales.reasons.append("parts of a final report came, without the report")
        return _of(Kind.FINAL_SUBMISSION, Certainty.POSSIBLE, scales)
    if scales.mends >= 2:
        return _of(Kind.FOLLOW_UP, Certainty.POSSIBLE, scales)
    return _no_submission(unpacked, scales)


def _no_submission(unpacked: Unpacked, scales: _Scales) -> Classification:
    if any(not problem.name for problem in unpacked.problems):
        scales.reasons.append("the message itself could not be opened whole")
        return _of(Kind.OTHER, Certainty.POSSIBLE, scales)
    if scales.other > scales.question:
        return _of(Kind.OTHER, Certainty.CERTAIN, scales)
    return _of(Kind.ENQUIRY if scales.question else Kind.OTHER, Certainty.CERTAIN, scales)


def _only_thanks(dossier: Dossier, words: MessageWords, scales: _Scales, files: Sequence[Document]) -> bool:
    """Whether nothing in it needs an answer: a few words of thanks, no file, no address, no question."""
    said = phrases.fold(dossier.words or dossier.unpacked.body.signature)  # "Many thanks" may close an empty mail
    brings = files or dossier.unpacked.problems or dossier.weblink.state is not WeblinkState.NONE
    speaks_of_more = scales.question or scales.disputes or scales.unfinished or dossier.portal_links
    if brings or speaks_of_more or said.count(" ") >= _FEW_WORDS:
        return False
    return phrases.find_any(words.thanks, said) is not None and not phrases.find_any(words.attached, said)


def _could_be_a_report(document: Document) -> bool:
    """A file whose content could not be looked at. One that was read, and is no report, is none."""
    return document.problem is not None or not any(page.text for page in document.pages)


def _has_final_letter(dossier: Dossier) -> bool:
    return any(parts.letter is not None and parts.letter.kind is LetterKind.FINAL for parts in dossier.parts)


def _has_letter(dossier: Dossier) -> bool:
    return any(parts.letter is not None for parts in dossier.parts)


def _names_a_final_file(dossier: Dossier) -> bool:
    return any(
        re.search(r"\bfinal\b", phrases.fold(document.name)) for document in dossier.documents if not document.inline
    )


def _of(kind: Kind, certainty: Certainty, scales: _Scales) -> Classification:
    return Classification(
        kind,
        certainty,
        tuple(scales.reasons) or ("nothing in it speaks of a final submission",),
    )
