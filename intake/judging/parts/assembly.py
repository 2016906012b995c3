"""Putting the dossier together: each document's parts, which document is the report, what link it names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import takewhile

from intake.judging import phrases
from intake.judging.facts import ActionPlan, Dossier, Letter, Match, Parts
from intake.judging.parts import action_plan, claims, identity, letter, mentions, message_claim, place, report, weblink
from intake.judging.parts.own_words import own_words
from intake.judging.parts.pages import OCR_TRUST, FoldedPage, fold_pages
from intake.judging.wording import Wording
from intake.model import CaseIdentity, Certainty, Document, Page, TextSource, Unpacked

_FRONT_PAGES = 6  # a cover, contents, a foreword, and the first that say whose review it is
_HIDING = 0.35  # share of the page under a picture from which it may hide a scan
# The share of a page with a texture like writing's from which it is read by OCR. The tail of a letter shrunk to a third
# of the page has 0.014, a plan in a form's fields 0.015; a ruled and coloured table whose text is known 0.004 at most.
WRITING = 0.01
FEW_WORDS = 80  # on a page with a large picture: a caption and a footer; more is a page of text with a photograph
_COVER = 2  # pages: a cover's photograph has no text to read
_TITLE_WORDS = 150  # a title page with its council's address and a note on confidentiality; a page of text has more
_TITLE_LENGTH = 600  # characters: where the report begins without a title page, its title is what comes first
_RUNNING = 0.3  # the share of the pages over which a line runs that says what they are
_TAIL = 12  # pages at the end, one of which may be a letter in another language
_KEPT = 4  # documents: a message is put together anew after every look at its pages
_TOP_LABEL = 3  # letters: shorter parts of a name tell nobody ("gov", "uk")
_ILLEGIBLE_WORDS = 25  # OCR of a photograph gives a few; the shortest page of a letter, its signature, has more


def assemble(unpacked: Unpacked, documents: Sequence[Document], wording: Wording) -> Dossier:
    """All the facts that the classification and the checks need, from an unpacked message and its read documents."""
    folded = [_read(_as_read(document, wording)).pages for document in documents]
    parts = [describe(document, wording) for document in documents]
    own = own_words(unpacked)
    chosen, reason = choose_report(documents, parts)
    if chosen is None:
        return Dossier(
            unpacked=unpacked,
            documents=tuple(documents),
            parts=tuple(parts),
            words=own.text,
            weblink=weblink.find_weblink(own, (), wording, names=owner_names(unpacked, ())),
            portal_links=weblink.portal_links(own, wording),
        )
    own_pages = _without_letter(folded[chosen], parts[chosen].letter)
    found = weblink.find_weblink(
        own,
        own_pages,
        wording,
        names=owner_names(unpacked, parts),
        beside=[
            page
            for index, pages in enumerate(folded)
            if index != chosen
            for page in _without_letter(pages, parts[index].letter)
        ],
    )
    claim = _claim(own_pages, parts[chosen])
    return Dossier(
        unpacked=unpacked,
        documents=tuple(documents),
        parts=tuple(parts),
        report=documents[chosen],
        report_reason=reason,
        words=own.text,
        rivals=_rivals(documents, parts, chosen),
        match=_match(folded, parts, chosen, claim),
        clashes=message_claim.clashes(unpacked, own.text, documents[chosen].name, found.url, claim),
        plan_match=_plan_match(own_pages, parts[chosen]),
        weblink=found,
        portal_links=weblink.portal_links(own, wording),
    )


def owner_names(unpacked: Unpacked, parts: Sequence[Parts]) -> weblink.Names:
    """Whose site the report may be published on: the sender's organisation's, or the partnership's."""
    if unpacked.sender is None:
        return weblink.Names()
    identities = [part.identity for part in parts] + [part.letter.identity for part in parts if part.letter]
    owner = {
        label for label in unpacked.sender.domain.lower().replace("-", "").split(".")[:-1] if len(label) > _TOP_LABEL
    }
    owner |= {
        word for each in identities if each.csp for word in identity.distinctive(each.csp) if len(word) > _TOP_LABEL
    }
    case = next((phrases.fold(each.case) for each in identities if each.case), "")
    return weblink.Names(frozenset(owner), case if len(case) > _TOP_LABEL and " " not in case else "")


def describe(document: Document, wording: Wording) -> Parts:
    """What one document holds, as far as its pages show it."""
    parts = _read(_as_read(document, wording)).parts
    found, plan = parts.letter, parts.plan
    if found and _unconfirmed(found, document):
        found = replace(found, certainty=Certainty.POSSIBLE, unconfirmed=True)
    if plan and _unconfirmed(plan, document):
        plan = replace(plan, certainty=Certainty.POSSIBLE, unconfirmed=True)
    return replace(parts, letter=found, plan=plan, unread=_unread(document))


@dataclass(frozen=True, slots=True)
class _Text:
    """A document as it reads: a look at a typed page changes nothing of that."""

    document: Document
    wording: Wording = field(hash=False)


@dataclass(frozen=True, slots=True)
class _Folded:
    """A document's pages, folded, and the parts that their text holds."""

    pages: tuple[FoldedPage, ...]
    parts: Parts


def _as_read(document: Document, wording: Wording) -> _Text:
    pages = (page if page.scanned or page.sight is None else replace(page, sight=None) for page in document.pages)
    return _Text(replace(document, pages=tuple(pages), unread_pages=(), remarks=()), wording)


@lru_cache(maxsize=_KEPT)
def _read(text: _Text) -> _Folded:
    document, wording = text.document, text.wording
    pages = fold_pages(document)
    letters = letter.find_letters(pages, wording)
    found = letter.best(letters)
    if found and any(_of_another_case(other, found) for other in letters):
        found = replace(found, of_several=True)
    without = [page for page in pages if found is None or page.number not in found.pages]
    plan = action_plan.find_plan(without, wording)
    if plan is None and found:
        plan = _on_the_letters_sheets([page for page in pages if page.number in found.pages], wording)
    if found:
        found = _placed(found, plan, pages, wording)
    rest = [page for page in without if plan is None or page.number not in plan.pages]
    title_page = _title_page(rest)
    says = report.clues(rest, document.name, wording, both_annexes=bool(found and plan))
    recognised = [page.page.confidence for page in pages if page.fuzzy and page.word_count]
    parts = Parts(
        document=document.name,
        sha256=document.sha256,
        letter=found,
        plan=plan,
        summary=report.executive_summary(rest, wording),
        letter_mention=mentions.mention(rest, wording.mention.letter, wording),
        plan_mention=mentions.mention(rest, wording.mention.plan, wording),
        recommendations=action_plan.recommendations(rest, wording),
        identity=identity.of_report(title_page, "\n".join(page.page.text for page in rest[:_FRONT_PAGES])),
        titled=identity.of_title(title_page),
        title_by_ocr=any(page.fuzzy for page in rest[:1]),
        title=report.title(rest, wording),
        report_score=report.REPORT.score(says),
        is_report=report.REPORT.answer(says),
        weak_ocr=any(confidence < OCR_TRUST for confidence in recognised),
        other_language=report.other_language(without, wording)
        or any(report.other_language([page], wording) for page in without[-_TAIL:]),
    )
    return _Folded(pages, parts)


def _title_page(pages: Sequence[FoldedPage]) -> str:
    """The report's first pages as long as they are title pages, and what runs over most of its pages."""
    front = list(takewhile(lambda page: page.word_count < _TITLE_WORDS, pages[:_COVER]))
    text = "\n".join(line for page in front for line in page.unnumbered) or "".join(
        page.page.text[:_TITLE_LENGTH] for page in pages[:1]
    )
    ends = Counter(line for page in pages for line in {*page.unnumbered[:1], *page.unnumbered[-1:]})
    return "\n".join([text, *(line for line, times in ends.items() if times > len(pages) * _RUNNING)])


def _on_the_letters_sheets(pages: Sequence[FoldedPage], wording: Wording) -> ActionPlan | None:
    """Printed two pages to a sheet, a letter's page may hold a plan's as well: not for certain."""
    shared = action_plan.find_plan(pages, wording)
    return replace(shared, certainty=Certainty.POSSIBLE) if shared else None


def _placed(found: Letter, plan: ActionPlan | None, pages: Sequence[FoldedPage], wording: Wording) -> Letter:
    return replace(found, place=place.place(found, plan, pages, wording))


def _unread(document: Document) -> tuple[int, ...]:
    """Pages that may hold something the program could not see."""
    pages = {page.number for page in document.pages if shows_more(page) or _illegible(page)}
    beyond = range(len(document.pages) + 1, document.page_count + 1)
    return tuple(sorted(pages | set(document.unread_pages) | set(beyond)))


def _illegible(page: Page) -> bool:
    """A page picture that OCR made little of: a bad scan, though it may be a photograph. Not the cover."""
    if page.source is not TextSource.OCR or page.number <= _COVER:
        return False
    if page.picture < _HIDING and (page.sight is None or page.sight.drawn < WRITING):
        return False
    return page.confidence < OCR_TRUST or len(page.text.split()) < _ILLEGIBLE_WORDS


def shows_more(page: Page) -> bool:
    """Whether a page shows, or may show, more than its text says, and OCR has not read it."""
    if page.recognised or page.source is TextSource.OCR:
        return False
    if page.source is TextSource.NONE:
        return True
    if page.sight is None:
        return page.picture >= _HIDING and len(page.text.split()) < FEW_WORDS
    return page.scanned or page.sight.drawn >= WRITING


def _unconfirmed(found: Letter | ActionPlan | None, document: Document) -> bool:
    """Whether a page of a part was to be compared with its picture and could not be."""
    return found is not None and not set(document.unread_pages).isdisjoint(found.pages)


def choose_report(documents: Sequence[Document], parts: Sequence[Parts]) -> tuple[int | None, str]:
    """The index of the document that is the report, and why; None when none looks like one."""
    rated = [
        (part.report_score, document.is_pdf, document.page_count, -index)
        for index, (document, part) in enumerate(zip(documents, parts, strict=True))
        if part.is_report and not document.inline
    ]
    if not rated:
        return None, "no document reads like a review's report"
    pdf_first = max(rated, key=lambda entry: (entry[1], entry[0], entry[2], entry[3]))
    return -pdf_first[3], "it is titled and set out like a review's report"


def _rivals(documents: Sequence[Document], parts: Sequence[Parts], chosen: int) -> tuple[Document, ...]:
    """Other PDFs that look like reports too: other reviews, or other versions, and nobody said which one counts."""
    return tuple(
        document
        for index, (document, part) in enumerate(zip(documents, parts, strict=True))
        if index != chosen and document.is_pdf and part.is_report and document.sha256 != documents[chosen].sha256
    )


def _without_letter(pages: Sequence[FoldedPage], found: Letter | None) -> list[FoldedPage]:
    return [page for page in pages if found is None or page.number not in found.pages]


def _match(folded: Sequence[Sequence[FoldedPage]], parts: Sequence[Parts], chosen: int, claim: claims.Report) -> Match:
    """Whether the letter in the report, or else the one that came beside it, is about this review."""
    others = [index for index in range(len(parts)) if index != chosen]
    holder = next((index for index in (chosen, *others) if parts[index].letter), None)
    found = parts[holder].letter if holder is not None else None
    if holder is None or found is None or found.of_several:
        return Match.UNCLEAR
    letter_text = " ".join(page.folded for page in folded[holder] if page.number in found.pages)
    return claims.of_letter(found.identity, letter_text, claim)


def _of_another_case(letter: Letter, than: Letter) -> bool:
    """Whether another letter names another case, or none where this one does: there may be two reviews in one file."""
    one, other = letter.identity.case, than.identity.case
    if letter is than or letter.certainty is not Certainty.CERTAIN or one == other:
        return False
    return one is None or other is None or claims.compare_names(one, other) is not Match.SAME


def _plan_match(own_pages: Sequence[FoldedPage], parts: Parts) -> Match:
    if parts.plan is None:
        return Match.SAME
    others = [page for page in own_pages if page.number not in parts.plan.pages]
    return claims.of_plan(parts.plan.identity, _claim(others, parts))


def _claim(own_pages: Sequence[FoldedPage], parts: Parts) -> claims.Report:
    return claims.Report(
        titled=parts.titled,
        identity=parts.identity,
        title_page=phrases.fold(_title_page(own_pages)),
        front=" ".join(page.folded for page in own_pages[:_FRONT_PAGES]),
        whole=" ".join(page.folded for page in own_pages),
    )


def case_identity(dossier: Dossier) -> CaseIdentity:
    """Whose review it is, as the report's title page spells it; the letter's spelling where the report has none.

    What OCR read comes last; a letter that may be another review's says nothing.
    """
    own = dossier.report_parts
    letters = [part.letter for part in dossier.parts if part.letter and part.letter.certainty is Certainty.CERTAIN]
    if own is not None and dossier.match is not Match.SAME:
        letters = []
    said = [(own.titled, own.title_by_ocr), (own.identity, own.title_by_ocr)] if own else []
    said += [(found.identity, found.by_ocr) for found in letters]
    typed = [source for source, by_ocr in said if not by_ocr]
    recognised = [source for source, by_ocr in said if by_ocr]
    sources = [*typed, *recognised]
    csp = next((source.csp for source in sources if source.csp), None)
    case = next((source.case for source in sources if source.case), None)
    return CaseIdentity(csp, case)
