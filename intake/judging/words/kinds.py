"""From the scales to a kind: what the message is, and whether that is certain."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from intake.judging import phrases
from intake.judging.facts import Dossier, LetterKind, WeblinkState
from intake.judging.wording import MessageWords, Wording
from intake.judging.words.acts import Act, Reading
from intake.judging.words.asking import brings_nothing
from intake.judging.words.scales import Scales, weigh
from intake.model import Certainty, Classification, Document, Kind, Unpacked

_ANSWERS = 3  # from here on it answers one of our own mails
_CLEAR_LEAD = 3  # by how much evidence for a final submission must outweigh the rest
_NEVER_A_REPORT = ("audio/", "video/", "text/html", "text/calendar", "image/svg", "application/javascript")
_NOT_SUBMITTED = "nothing in its words submits the report that it holds"
_NO_ADDRESS = frozenset({WeblinkState.NONE, WeblinkState.UNCLEAR, WeblinkState.ONLY_HOME_PAGE})
_AGAINST = frozenset({Act.DISPUTES, Act.RESTRICTS, Act.TAKES_BACK, Act.HOLDS_PUBLICATION})
_SURELY_NOT = 0.2  # the share of harmless acts below which a sentence is surely not harmless
_FEW_WORDS = 40  # a mail that only says thank you has no more


def classify(
    dossier: Dossier,
    wording: Wording,
    readings: Sequence[Reading] = (),
    *,
    own: Collection[str] = (),
    declared: bool = False,
) -> Classification:
    """What the message is.

    `readings` are the sentences that the sender wrote; `own` are the mailbox's addresses, in small letters. With
    `declared`, somebody says that this is a final submission (a file to pre-check).
    """
    if declared:
        return Classification(
            Kind.FINAL_SUBMISSION,
            Certainty.CERTAIN,
            ("it was given to be checked as a final submission",),
        )
    scales = weigh(dossier, wording, own, readings)
    if dossier.report is not None:
        return _with_report(dossier, scales)
    return _without_report(dossier, wording, scales, readings)


def _with_report(dossier: Dossier, scales: Scales) -> Classification:
    against = max(scales.first_version, scales.other)
    answers = scales.mends >= _ANSWERS
    if not scales.strong and not answers and scales.first_version <= 1 and (scales.question or scales.other):
        # A published review holds its letter too: a question about one is not a submission of it.
        scales.reasons.append(_NOT_SUBMITTED)
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
    if scales.final > against and scales.first_version and not _has_letter(dossier):
        scales.reasons.append("it may be a first version: no letter of the Panel came with it")
        return _of(Kind.FINAL_SUBMISSION, Certainty.POSSIBLE, scales)
    if scales.final > against and not scales.answered and not _has_letter(dossier):
        scales.reasons.append("nothing says that the Panel has written: it may be a first version")
        return _of(Kind.FINAL_SUBMISSION, Certainty.POSSIBLE, scales)
    if scales.final >= against + _CLEAR_LEAD or (scales.final >= _CLEAR_LEAD and against == 0):
        if not (scales.submits or scales.in_passing):
            scales.reasons.append(_NOT_SUBMITTED)
        certainty = _unless_doubtful(scales) if scales.submits else Certainty.POSSIBLE
        return _of(Kind.FINAL_SUBMISSION, certainty, scales)
    scales.reasons.append("it is not clear whether this is a final submission")
    return _of(Kind.FINAL_SUBMISSION, Certainty.POSSIBLE, scales)


def _unless_doubtful(scales: Scales) -> Certainty:
    """Certain, unless its words ask for a person: an automatic answer would pass over what they say."""
    disputed = scales.disputes and scales.mends >= _ANSWERS
    if disputed:
        scales.reasons.append("it says that something is there already")
    elsewhere = scales.in_passing or scales.copied
    doubtful = scales.unfinished or scales.other or scales.question or disputed or elsewhere
    return Certainty.POSSIBLE if doubtful else Certainty.CERTAIN


def _without_report(dossier: Dossier, wording: Wording, scales: Scales, readings: Sequence[Reading]) -> Classification:
    """No document reads like a report: it may still be meant as one (Word, a link, a file that cannot be opened)."""
    files = [document for document in dossier.documents if not document.inline]
    if _only_thanks(dossier, wording.message, scales, files) or _says_nothing(dossier, readings, files):
        scales.reasons.append("it says thank you, and brings nothing")
        return _of(Kind.OTHER, Certainty.CERTAIN, scales)
    if _speaks_against(readings):
        scales.reasons.append("it objects, restricts or takes back, and brings no report")
        return _of(Kind.FOLLOW_UP if scales.answers_something else Kind.OTHER, Certainty.POSSIBLE, scales)
    if scales.mends >= _ANSWERS:
        brings = bool(files) or dossier.weblink.state is WeblinkState.FOUND
        return _of(Kind.FOLLOW_UP, _unless_doubtful(scales) if brings else Certainty.POSSIBLE, scales)
    if scales.taken_back and not scales.other:
        scales.reasons.append("it takes back something that was sent before")
        return _of(Kind.FOLLOW_UP, Certainty.POSSIBLE, scales)
    if scales.first_version > scales.final:
        return _of(Kind.QA_SUBMISSION, Certainty.CERTAIN, scales)
    said = f"{dossier.unpacked.subject}\n\n{scales.said}"
    strong = phrases.find_any(wording.message.final_strong, phrases.fold(said)) is not None
    objects = scales.disputes and not (files or scales.other)
    if objects or (strong and scales.unfinished and not scales.other):
        return _of(Kind.FINAL_SUBMISSION, Certainty.POSSIBLE, scales)
    if scales.series is not None and not scales.other:
        return _of(Kind.FINAL_SUBMISSION, _unless_doubtful(scales), scales)
    attached = any(_says_attached(phrases.fold(sentence), wording) for sentence in phrases.sentences(said))
    return _claimed(dossier, scales, files, strong=strong, attached=attached)


def _says_attached(sentence: str, wording: Wording) -> bool:
    promised = phrases.find_any(wording.message.later, sentence) is not None
    return not promised and phrases.find_any(wording.message.attached, sentence) is not None


def _speaks_of_publication(dossier: Dossier, scales: Scales, files: Sequence[Document]) -> bool:
    """A few words with the address of publication, or that there will be none, and nothing else: it mends something."""
    clear = dossier.weblink.state in {WeblinkState.FOUND, WeblinkState.WITHHELD}
    told = clear or (scales.asked_for and dossier.weblink.state is WeblinkState.UNCLEAR)
    alone = not (scales.question or scales.other or files)
    # A new mail without a thread may be "further to my e-mail": which submission waits for it, the case knows.
    tied = scales.answers_something or dossier.weblink.state is WeblinkState.FOUND
    return told and alone and tied and dossier.words.count(" ") < 2 * _FEW_WORDS


def _claimed(
    dossier: Dossier, scales: Scales, files: Sequence[Document], *, strong: bool, attached: bool
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
    if _speaks_of_publication(dossier, scales, files):
        scales.reasons.append("it says where, or whether, a report will be published")
        found = dossier.weblink.state is WeblinkState.FOUND
        return replace(_of(Kind.FOLLOW_UP, Certainty.POSSIBLE, scales), completes=found)
    return _no_submission(dossier.unpacked, scales)


def _parts_alone(unpacked: Unpacked, scales: Scales, *, submits: bool) -> Classification:
    """A letter or a plan without the report."""
    if submits:
        scales.reasons.append("parts of a final report came, without the report")
        return _of(Kind.FINAL_SUBMISSION, Certainty.POSSIBLE, scales)
    if scales.mends >= 2:
        return _of(Kind.FOLLOW_UP, Certainty.POSSIBLE, scales)
    return _no_submission(unpacked, scales)


def _no_submission(unpacked: Unpacked, scales: Scales) -> Classification:
    if any(not problem.name for problem in unpacked.problems):
        scales.reasons.append("the message itself could not be opened whole")
        return _of(Kind.OTHER, Certainty.POSSIBLE, scales)
    if scales.other > scales.question:
        return _of(Kind.OTHER, Certainty.CERTAIN, scales)
    return _of(Kind.ENQUIRY if scales.question else Kind.OTHER, Certainty.CERTAIN, scales)


def _only_thanks(dossier: Dossier, words: MessageWords, scales: Scales, files: Sequence[Document]) -> bool:
    """Whether nothing in it needs an answer: a few words of thanks, no file, no address, no question."""
    said = phrases.fold(dossier.words or dossier.unpacked.body.signature)  # "Many thanks" may close an empty mail
    brings = files or dossier.unpacked.problems or dossier.weblink.state is not WeblinkState.NONE
    speaks_of_more = scales.question or scales.disputes or scales.unfinished or dossier.portal_links
    if brings or speaks_of_more or said.count(" ") >= _FEW_WORDS:
        return False
    return phrases.find_any(words.thanks, said) is not None and not phrases.find_any(words.attached, said)


def _says_nothing(dossier: Dossier, readings: Sequence[Reading], files: Sequence[Document]) -> bool:
    """Whether it answers with thanks, a reaction or a receipt in whatever words: nothing comes, nothing is asked."""
    unpacked = dossier.unpacked
    answers = bool(unpacked.in_reply_to or unpacked.references)
    comes = files or unpacked.problems or dossier.portal_links or dossier.weblink.state not in _NO_ADDRESS
    return bool(readings) and answers and not comes and brings_nothing(readings)


def _speaks_against(readings: Sequence[Reading]) -> bool:
    """Whether a sentence objects, restricts, takes back or holds back publication: somebody has to see that."""
    body = (each for each in readings if not each.in_subject and not each.harmless)
    return any(each.act in _AGAINST and each.sure < _SURELY_NOT for each in body)


def _could_be_a_report(document: Document) -> bool:
    """A file whose content could not be looked at, or a photograph of a page. One that was read whole is none."""
    if document.media_type.startswith(_NEVER_A_REPORT):
        return False
    picture = document.media_type.startswith("image/")
    return picture or document.problem is not None or not any(page.text for page in document.pages)


def _has_final_letter(dossier: Dossier) -> bool:
    return any(parts.letter is not None and parts.letter.kind is LetterKind.FINAL for parts in dossier.parts)


def _has_letter(dossier: Dossier) -> bool:
    return any(parts.letter is not None for parts in dossier.parts)


def _of(kind: Kind, certainty: Certainty, scales: Scales) -> Classification:
    return Classification(
        kind,
        certainty,
        tuple(scales.reasons) or ("nothing in it speaks of a final submission",),
        series=scales.series,
    )
