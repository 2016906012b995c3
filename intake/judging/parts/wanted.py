"""Which pages are worth a look, or OCR, next: only as many as a certain answer needs.

A page's text is believed where it decides only once it was compared with the page's picture; and before a part counts
as missing, every page was. Both are one look, which is cheap; OCR reads what a look finds to show more than its text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from intake.judging.facts import Dossier, LetterKind, Mention, Parts
from intake.judging.parts.assembly import FEW_WORDS, shows_more
from intake.model import Certainty, Document, Page, ReadProblem, TextSource

_BATCH = 4  # pages: a letter or a plan is mostly shorter, and two cores are kept busy
_FRONT = 3  # pages on which a scanned report says what it is
_BEHIND = 4  # pages from a part's title on that may be the part
# An executive summary is only advised: it is looked for by OCR where that costs a few seconds.
_FEW_CANDIDATES = 8  # pages: some fifteen seconds
_A_PART_ALONE = 30  # pages: the longest plan that was seen has 24


def pages_to_recognise(dossier: Dossier) -> dict[int, tuple[int, ...]]:
    """The next pages to look at or recognise, by the document's index; empty when nothing would change the answer.

    The title comes first, so that the report is known for one; the annexes are looked for from the tail.
    """
    found = {}
    for index, (document, parts) in enumerate(zip(dossier.documents, dossier.parts, strict=True)):
        if document.inline or document.problem is ReadProblem.PASSWORD:
            continue
        given_up = set(document.unread_pages)
        pages = {page.number: page for page in document.pages if page.number not in given_up}
        wanted = _unread_title(pages, parts)
        if document is dossier.report and document.is_pdf:
            wanted = wanted or _of_report(pages, parts, dossier) or _next_candidates(pages, parts)
        elif not _is_part_alone(document, parts):
            wanted = wanted or _next_candidates(pages, parts)
        if wanted:
            found[index] = wanted
    return found


def _unread_title(pages: Mapping[int, Page], parts: Parts) -> tuple[int, ...]:
    front = (pages[number] for number in range(1, _FRONT + 1) if number in pages)
    return tuple(page.number for page in front if shows_more(page)) if parts.title is None else ()


def _of_report(pages: Mapping[int, Page], parts: Parts, dossier: Dossier) -> tuple[int, ...]:
    """The report's pages to be looked at: those that decide, those with dark boxes, and all where a part is missing."""
    deciding = [pages[number] for number in _deciding(parts, dossier) if number in pages]
    boxed = [page for page in pages.values() if page.boxed]
    if unlooked := _unlooked((*deciding, *boxed)):
        return unlooked
    # The text under a scanned page is whatever a scanner made of it.
    if under := tuple(page.number for page in deciding if page.scanned and shows_more(page)):
        return under
    if not _settled(parts):
        return _unlooked(pages.values())
    # A summary is only advised: it is looked for where hardly anything is typed.
    return _unlooked(page for page in pages.values() if len(page.text.split()) < FEW_WORDS) if not parts.summary else ()


def _deciding(parts: Parts, dossier: Dossier) -> list[int]:
    """The pages that a requirement is met by."""
    numbers = [*(parts.letter.pages if parts.letter else ()), *(parts.plan.pages if parts.plan else ())]
    return numbers + [
        evidence.page
        for evidence in dossier.weblink.evidence
        if evidence.page is not None and evidence.document == parts.document
    ]


def _unlooked(pages: Iterable[Page]) -> tuple[int, ...]:
    unlooked = (page.number for page in pages if page.sight is None and page.source is TextSource.LAYER)
    return tuple(dict.fromkeys(unlooked))


def _next_candidates(pages: Mapping[int, Page], parts: Parts) -> tuple[int, ...]:
    """Pages that show more than their text: those where a part is titled first, then from the end."""
    titled = [
        number
        for how, where in (parts.letter_mention, parts.plan_mention)
        if how in {Mention.HEADING, Mention.TITLE_PAGE} and where and where.page
        for number in range(where.page, where.page + _BEHIND)
    ]
    order = dict.fromkeys([*titled, *reversed(list(pages))])
    candidates = [number for number in order if number in pages and shows_more(pages[number])]
    if _settled(parts) and (parts.summary or len(candidates) > _FEW_CANDIDATES):
        return ()
    return tuple(candidates[:_BATCH])


def _settled(parts: Parts) -> bool:
    """Letter and plan are both there for certain."""
    letter = (
        parts.letter is not None
        and parts.letter.certainty is Certainty.CERTAIN
        and parts.letter.kind is LetterKind.FINAL
    )
    return letter and parts.plan is not None and parts.plan.certainty is Certainty.CERTAIN


def _is_part_alone(document: Document, parts: Parts) -> bool:
    """A letter or a plan that came by itself: known for what it is, the rest of it changes nothing."""
    known = (parts.letter is not None and parts.letter.certainty is Certainty.CERTAIN) or parts.plan is not None
    return known and document.page_count <= _A_PART_ALONE
