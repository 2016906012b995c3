"""Finding the Home Office's feedback letters in a document, by their form and by several of their phrases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from intake.judging import phrases
from intake.judging.facts import Letter, LetterKind
from intake.judging.parts import identity, letter_certainty
from intake.judging.parts.pages import FoldedPage, annex_title, is_contents
from intake.judging.parts.tables import table_headings
from intake.judging.wording import Anchor, FeedbackLetter, LetterKinds, Wording
from intake.model import Certainty

# A page without any of these cannot be part of a letter's recognition: saves matching every phrase on every page.
_TRIGGERS = ("panel", "dear", "home office", "sincerely", "weblink", "digital copy", "marsham")
_EVIDENCE = 4  # passages: enough for a person to see what it is
_SIGNATURE_WORDS = 25  # a name, a title and an address
_NOT_ASKED = ("not", "no", "without", "rather than")
_JUST_BEFORE = 5  # words: "there is therefore no need to resubmit"
_NO_DENIAL = ("not need", "no need", "need not", "not only", "not have to")
_GREETING_WORDS = 9  # blanks: a sentence may begin with "Dear"; no greeting is so long
_CLOSE_WORDS = 8  # blanks: "Kind regards" and a name
_SURE_OPENING = 2  # anchors: a report that quotes the letter's first sentence has that one, and one beside it


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
        return openings > 0 and (not alone or len(self.found) > _SURE_OPENING or (self.close and len(self.found) > 1))

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
    certainty = letter_certainty.scale(wording.feedback_letter).answer(_clues(span, wording))
    if certainty is None:
        return None
    pages = [part.page for part in span]
    by_ocr = any(page.fuzzy for page in pages)
    evidence = tuple(page.evidence(words) for page, words in list(_anchors_of(span).values())[:_EVIDENCE])
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


def clues(pages: Sequence[FoldedPage], wording: Wording) -> Mapping[str, int]:
    """What says that these pages are one feedback letter, by the clues' ids."""
    return _clues([_PageAnchors(page, wording.feedback_letter) for page in pages], wording)


def _clues(span: Sequence[_PageAnchors], wording: Wording) -> Mapping[str, int]:
    return letter_certainty.clues(
        [part.page for part in span],
        list(_anchors_of(span)),
        wording.feedback_letter,
        form=any(part.salutation or part.close for part in span),
        close=any(part.close for part in span),
    )


def _anchors_of(span: Sequence[_PageAnchors]) -> dict[str, tuple[FoldedPage, str]]:
    """Every anchor of a letter by its id: where it stands first, and its words."""
    found: dict[str, tuple[FoldedPage, str]] = {}
    for part in span:
        for name, words in part.found.items():
            found.setdefault(name, (part.page, words))
    return found


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
