"""Finding the Home Office's feedback letters in a document, by their form and by several of their phrases."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from intake.judging import phrases
from intake.judging.facts import Letter, LetterKind
from intake.judging.parts import identity
from intake.judging.parts.pages import FoldedPage, annex_title, is_contents
from intake.judging.parts.tables import table_headings
from intake.judging.wording import Anchor, FeedbackLetter, LetterKinds, Wording
from intake.model import Certainty

# A page without any of these cannot be part of a letter's recognition: saves matching every phrase on every page.
_TRIGGERS = ("panel", "dear", "home office", "sincerely", "weblink", "digital copy", "marsham")
_OCR_TRUST = 0.6
_FORMLESS_ANCHORS = 6  # prose about a letter may hold a few of its phrases, never so many
_EVIDENCE = 4
_SIGNATURE_WORDS = 25
_NOT_ASKED = ("not", "no", "without", "rather than")
_JUST_BEFORE = 5  # words
_NO_DENIAL = ("not need", "no need", "need not", "not only", "not have to")
_SPEAKS_OF_THE_REPORT = frozenset({"thanks-for-report", "considered"})
_GREETING_WORDS = 9
_CLOSE_WORDS = 8
_END = frozenset({"on-behalf"})
# What a partnership writes under each of the Panel's points; one such line may be the Panel's own.
_REPLY = re.compile(
    r"\W{0,3}(?:(?:The )?(?:CSP|Partnership|Author|Chair|Panel|Review Panel|Local Authority)(?:['’]s)? )?"
    r"(?:[Rr]esponse|[Rr]eply|[Cc]omment|[Aa]ction taken|[Aa]mendment made|[Aa]ddressed|[Aa]mended|[Aa]ctioned)"
    r" ?(?:[:–-]|$)"
)
_SEVERAL_REPLIES = 2
_COPY = re.compile(
    r"(?:This is a )?(?:Copy|Text|Transcript|(?:[Tt]yped|[Rr]etyped) copy) of (?:the|our) (?:\w+ ){0,5}letter\b"
)
# The whole of a short letter; a report's own pages are numbered over a hundred.
_PAGE_OF = re.compile(r"\bPage (?P<number>[1-9]) of (?P<all>[1-9])\b", re.IGNORECASE)


class _PageAnchors:
    """The anchors found on one page, and the page's letter form; looked for only when they are asked for."""

    def __init__(self, page: FoldedPage, wording: FeedbackLetter) -> None:
        self.page = page
        self._wording = wording
        self._words: dict[str, str | None] = {}
        self._worth = page.fuzzy or any(trigger in page.folded for trigger in _TRIGGERS)
        self._lenient = page.fuzzy or "qa panel" in page.folded or "quality assurance" in page.folded

    @cached_property
    def found(self) -> dict[str, str]:
        """The words of every anchor on the page, by the anchor's id."""
        return {anchor.id: words for anchor in self._wording.anchor if (words := self._look(anchor))}

    @cached_property
    def opens(self) -> bool:
        """Whether a letter may begin here without a salutation: one phrase alone may stand in a report's own text."""
        openings = sum(1 for anchor in self._wording.anchor if anchor.opening and self._look(anchor))
        alone = openings == 1 and not self.page.fuzzy
        return openings > 0 and (not alone or len(self.found) > 2 or (self.close and len(self.found) > 1))

    @cached_property
    def salutation(self) -> bool:
        greetings = tuple(f"{greeting} " for greeting in self._wording.salutation)
        return self._has_line(greetings, _GREETING_WORDS)

    @cached_property
    def close(self) -> bool:
        return self._has_line(tuple(self._wording.close), _CLOSE_WORDS)

    def _look(self, anchor: Anchor) -> str | None:
        if anchor.id not in self._words:
            wanted = anchor.phrases if self._worth else ()
            self._words[anchor.id] = phrases.find_any(wanted, self.page.folded, fuzzy=self._lenient)
        return self._words[anchor.id]

    def _has_line(self, starts: tuple[str, ...], most: int) -> bool:
        return self._worth and any(line.startswith(starts) and line.count(" ") < most for line in self.page.lines)


def find_letters(pages: Sequence[FoldedPage], wording: Wording) -> list[Letter]:
    """Every feedback letter in the document, in page order."""
    anchors = [_PageAnchors(page, wording.feedback_letter) for page in pages]
    letters: list[Letter] = []
    index = 0
    while index < len(anchors):
        letter = _letter_at(anchors, index, wording)
        if letter is None:
            index += 1
        else:
            letters.append(letter)
            index = next(i for i, page in enumerate(pages) if page.number == letter.last) + 1
    return letters


def _letter_at(anchors: Sequence[_PageAnchors], start: int, wording: Wording) -> Letter | None:
    first = anchors[start]
    if not (first.salutation or first.opens) or is_contents(first.page, wording):
        return None
    span = _span(anchors, start, wording)
    found: dict[str, tuple[FoldedPage, str]] = {}
    for part in span:
        for name, words in part.found.items():
            found.setdefault(name, (part.page, words))
    weights = {anchor.id: anchor.weight for anchor in wording.feedback_letter.anchor}
    score = sum(weights[name] for name in found)
    form = any(part.salutation or part.close for part in span)
    opening = bool(found.keys() & _SPEAKS_OF_THE_REPORT)  # a circular to all partnerships speaks of none
    certainty = _certainty(score, len(found), form, opening, wording.feedback_letter)
    if certainty is None:
        return None
    if not any(part.close or part.found.keys() & _END for part in span):
        certainty = Certainty.POSSIBLE  # a letter without its end may be only half of it
    pages = [part.page for part in span]
    words = " ".join(page.folded for page in pages)
    if phrases.find_any(wording.feedback_letter.answers, words):
        certainty = Certainty.POSSIBLE  # it may be the partnership's answer, or a letter about something else
    if _is_annotated(pages) or not _is_whole(pages):
        certainty = Certainty.POSSIBLE
    by_ocr = any(page.fuzzy for page in pages)
    if by_ocr and min(page.page.confidence for page in pages if page.fuzzy) < _OCR_TRUST:
        certainty = Certainty.POSSIBLE
    evidence = tuple(page.evidence(words) for page, words in list(found.values())[:_EVIDENCE])
    return Letter(
        document=pages[0].document,
        first=pages[0].number,
        last=pages[-1].number,
        kind=letter_kind("\n".join(page.page.text for page in pages), wording.feedback_letter.kind, fuzzy=by_ocr),
        certainty=certainty,
        identity=identity.of_letter(" ".join(page.page.text for page in pages)),
        evidence=evidence,
        by_ocr=by_ocr,
    )


def _is_annotated(pages: Sequence[FoldedPage]) -> bool:
    """Whether the partnership's replies stand between the Panel's points, or it is said to be a copy of a letter."""
    # A capital and a colon: the Panel's own words may begin any line where one breaks.
    lines = [line for page in pages for line, _ in page.written_lines]
    replies = sum(1 for line in lines if _REPLY.match(line) and line.lstrip(" •-–")[:1].isupper())
    return replies >= _SEVERAL_REPLIES or any(_COPY.match(line) for line in lines)


def _is_whole(pages: Sequence[FoldedPage]) -> bool:
    """Whether the letter's pages, where they are numbered ("Page 2 of 3"), are all there and in order."""
    numbered = [match for page in pages for match in [_PAGE_OF.search(page.page.text)] if match]
    if not numbered:
        return True
    found = [int(match["number"]) for match in numbered]
    return len(found) < len(pages) or found == list(range(1, int(numbered[0]["all"]) + 1))


def _span(anchors: Sequence[_PageAnchors], start: int, wording: Wording) -> list[_PageAnchors]:
    """The pages from `start` to the letter's close, or to its last recognised page."""
    last = start
    for index in range(start, min(start + wording.feedback_letter.longest, len(anchors))):
        part = anchors[index]
        turned = part.page.page.landscape is not anchors[start].page.page.landscape
        if index > start and (part.salutation or _is_other_part(part.page, wording, turned=turned)):
            break
        if part.found:
            last = index
        if part.close and (part.found or index > start):
            last = index
            follower = anchors[index + 1] if index + 1 < len(anchors) else None
            if follower and follower.found and follower.page.word_count <= _SIGNATURE_WORDS:
                last = index + 1  # the signatory alone on the next page
            break
    return list(anchors[start : last + 1])


def _is_other_part(page: FoldedPage, wording: Wording, *, turned: bool) -> bool:
    """Whether the page begins something else: an annex, the action plan, a contents page."""
    table = not page.fuzzy and (turned or table_headings(page, wording) is not None)
    return table or annex_title(page, wording) is not None or is_contents(page, wording)


def _certainty(score: int, count: int, form: bool, opening: bool, wording: FeedbackLetter) -> Certainty | None:
    if form and opening and score >= wording.certain and count >= wording.anchors:
        return Certainty.CERTAIN
    if (form and score >= wording.possible and count >= 2) or count >= _FORMLESS_ANCHORS:
        return Certainty.POSSIBLE
    return None


def letter_kind(text: str, wording: LetterKinds, *, fuzzy: bool = False) -> LetterKind:
    """Which letter it is: the one that lets the report go ahead, or the one that asks to see it again."""
    sentences = [phrases.fold(sentence) for sentence in phrases.sentences(text)]
    final = any(
        _asserted(phrase, sentence, wording.denied_by, fuzzy=fuzzy)
        for sentence in sentences
        for phrase in wording.final
    )
    resubmit = any(
        _asserted(phrase, sentence, _NOT_ASKED, within=_JUST_BEFORE, harmless=())
        for sentence in sentences
        for phrase in wording.resubmit
    )
    if final and not resubmit:
        return LetterKind.FINAL
    if resubmit and not final:
        return LetterKind.RESUBMIT
    return LetterKind.UNCLEAR


def _asserted(
    phrase: str,
    sentence: str,
    denied_by: Sequence[str],
    *,
    fuzzy: bool = False,
    within: int | None = None,
    harmless: Sequence[str] = _NO_DENIAL,
) -> bool:
    """Whether a sentence says so, and does not take it back in what stands before it (the last `within` words)."""
    words = phrases.find(phrase, sentence, fuzzy=fuzzy)
    if words is None:
        return False
    before = sentence[: sentence.find(words)].split()
    said_before = phrases.without(harmless, " ".join(before[-within:] if within else before))
    return phrases.find_any(denied_by, said_before) is None


def best(letters: Sequence[Letter]) -> Letter | None:
    """The letter that counts: a final one before an earlier one, a certain one before a possible one."""
    order = {LetterKind.FINAL: 0, LetterKind.UNCLEAR: 1, LetterKind.RESUBMIT: 2}
    chosen = min(
        letters,
        key=lambda found: (order[found.kind], found.certainty is Certainty.POSSIBLE, -found.first),
        default=None,
    )
    finals = {
        identity.distinctive(one.identity.csp) for one in letters if one.kind is LetterKind.FINAL and one.identity.csp
    }
    if chosen is not None and len(finals) > 1:  # another partnership's letter is in it too
        return replace(chosen, certainty=Certainty.POSSIBLE)
    return chosen
