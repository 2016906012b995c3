"""Finding the action plan: a table whose headings stand close together, not a sentence that lists them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from intake import phrases
from intake.dossier import ActionPlan
from intake.model import Certainty, Evidence
from intake.parts.pages import FoldedPage, annex_title, is_contents
from intake.wording import Wording

_NEAR = 4  # words that may stand between two headings of one row
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*"
_DATE = re.compile(
    rf"\b(?:\d{{1,2}}[/.]\d{{1,2}}[/.](?:20)?\d{{2}}|{_MONTH}\s+(?:20)?\d{{2}}|\d{{1,2}}/20\d{{2}}|q[1-4] 20\d{{2}})\b",
    re.IGNORECASE,
)
_ROW = re.compile(
    r"^\W*(?:recommendation\s*)?(?:\d{1,2}(?:\.\d{1,2})?|[a-z]|[ivx]{1,4})[.):\s]", re.IGNORECASE | re.MULTILINE
)
_DOING = frozenset({"action", "lead", "milestones"})
_TRACKING = frozenset({"target", "completion", "status", "milestones"})
_SHOWS_PROGRESS = frozenset({"completion", "status", "milestones", "evidence"})
_MANY_COLUMNS = 4
_NEARLY_ALL_COLUMNS = 6
_FEW_COLUMNS = 3
_BLANK_BELOW = 12
_FEW_ROWS = 2
_OCR_TRUST = 0.6


@dataclass(frozen=True)
class Headings:
    """The table headings found on one page: which columns, and the words of the row."""

    columns: frozenset[str]
    words: str


@lru_cache(maxsize=4)
def _column_pattern(columns: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[re.Pattern[str], dict[str, str]]:
    concept = {phrases.fold(words): name for name, variants in columns for words in variants}
    longest_first = sorted(concept, key=len, reverse=True)
    return re.compile(r"\b(?:" + "|".join(map(re.escape, longest_first)) + r")\b"), concept


def table_headings(page: FoldedPage, wording: Wording) -> Headings | None:
    """The row of headings on this page that names most columns; None where fewer than three stand together."""
    pattern, concept = _column_pattern(tuple(wording.action_plan.columns.items()))
    runs: list[list[re.Match[str]]] = []
    for match in pattern.finditer(page.folded):
        gap = page.folded[runs[-1][-1].end() : match.start()].split() if runs else []
        if runs and len(gap) <= _NEAR:
            runs[-1].append(match)
        else:
            runs.append([match])
    best: Headings | None = None
    for run in runs:
        names = frozenset(concept[match.group()] for match in run)
        if len(names) < _FEW_COLUMNS or (best and len(names) <= len(best.columns)):
            continue
        words = page.folded[run[0].start() : run[-1].end()]
        if not _is_prose(page.page.text, words, [match.group() for match in run]):
            best = Headings(names, words)
    return best or _labelled_rows(page, pattern, concept)


def _is_prose(original: str, words: str, hits: Sequence[str]) -> bool:
    """Whether the headings are only listed in a sentence: with commas, and mostly in small letters."""
    quoted = phrases.quote(original, words, limit=2000)
    if quoted.count(",") + quoted.count(";") >= 2:
        return True
    capitals = sum(
        1
        for hit in hits
        if re.search(r"[\W_]+".join(map(re.escape, (hit[0].upper() + hit[1:]).split())), quoted, re.IGNORECASE)
        and _capital(quoted, hit)
    )
    return capitals * 2 < len(hits)


def _capital(quoted: str, hit: str) -> bool:
    match = re.search(r"[\W_]+".join(map(re.escape, hit.split())), quoted, re.IGNORECASE)
    return bool(match and match.group()[0].isupper())


def _labelled_rows(page: FoldedPage, pattern: re.Pattern[str], concept: dict[str, str]) -> Headings | None:
    """A plan set out as labels ("Lead agency: …") instead of as a table."""
    found: dict[str, str] = {}
    if page.page.text.count(":") < _MANY_COLUMNS:
        return None
    for line in page.page.text.splitlines():
        label, colon, _ = line.partition(":")
        folded = phrases.fold(label)
        if colon and len(folded.split()) <= 8 and (match := pattern.match(folded)):
            found.setdefault(concept[match.group()], match.group())
    if len(found) >= _MANY_COLUMNS and found.keys() & _DOING and found.keys() & _TRACKING:
        return Headings(frozenset(found), next(iter(found.values())))
    return None


def find_plan(pages: Sequence[FoldedPage], wording: Wording) -> ActionPlan | None:
    """The action plan among these pages (the feedback letter's pages must have been left out)."""
    tables = [(index, found) for index, page in enumerate(pages) if (found := table_headings(page, wording))]
    rated = [(index, found, _rate(pages, index, found, wording)) for index, found in tables]
    accepted = [(index, found, certainty) for index, found, certainty in rated if certainty is not None]
    if not accepted:
        return None
    certain = [entry for entry in accepted if entry[2] is Certainty.CERTAIN]
    index, headings, certainty = (certain or accepted)[0]
    members = _extent(pages, index, [entry[0] for entry in (certain or accepted)], wording)
    by_ocr = any(page.fuzzy for page in members)
    if by_ocr and min(page.page.confidence for page in members if page.fuzzy) < _OCR_TRUST:
        certainty = Certainty.POSSIBLE
    around = [page for page in pages if members[0].number - 1 <= page.number <= members[-1].number + 1]
    return ActionPlan(
        document=members[0].document,
        first=members[0].number,
        last=members[-1].number,
        certainty=certainty,
        evidence=(pages[index].evidence(headings.words),),
        updates=_updates(members, wording) if headings.columns & _SHOWS_PROGRESS else None,
        live_note=_live_note(around, pages, wording),
        by_ocr=by_ocr,
        blank=len(members) == 1 and _words_below(members[0], headings) < _BLANK_BELOW,
    )


def _rate(pages: Sequence[FoldedPage], index: int, headings: Headings, wording: Wording) -> Certainty | None:
    columns = headings.columns
    titled = any(
        page.heading_of(wording.action_plan.titles)
        for page in pages[max(0, index - 2) : index + 1]
        if not is_contents(page, wording)
    )
    works = bool(columns & _DOING) and bool(columns & _TRACKING)
    if works and (titled or len(columns) >= _NEARLY_ALL_COLUMNS):
        return Certainty.CERTAIN
    # Without its title, a table of what agencies did may be something else: a person looks.
    return Certainty.POSSIBLE if titled or (works and len(columns) >= _MANY_COLUMNS) else None


def _extent(pages: Sequence[FoldedPage], start: int, tables: Sequence[int], wording: Wording) -> list[FoldedPage]:
    """The plan's pages: from its title page or first table on, as long as the pages go on looking like it."""
    first = start
    if (
        start
        and pages[start - 1].heading_of(wording.action_plan.titles)
        and pages[start - 1].word_count < 120
        and not is_contents(pages[start - 1], wording)
    ):
        first = start - 1
    last = start
    for index in range(start + 1, len(pages)):
        page = pages[index]
        if page.number != pages[index - 1].number + 1:  # the letter stands between
            break
        goes_on = (
            index in tables or (pages[start].page.landscape and page.page.landscape) or _looks_like_rows(page, wording)
        )
        if not goes_on or (annex_title(page, wording) and index not in tables):
            break
        last = index
    return list(pages[first : last + 1])


def _looks_like_rows(page: FoldedPage, wording: Wording) -> bool:
    return (
        len(_DATE.findall(page.page.text)) + _done_words(page, wording) >= 3 and len(_DATE.findall(page.page.text)) >= 1
    )


def _could_be_a_table(page: FoldedPage) -> bool:
    """Dates beside the rows, or a page turned for a wide table: more than a list of recommendations."""
    return page.page.landscape or len(_DATE.findall(page.page.text)) >= _FEW_ROWS


def _done_words(page: FoldedPage, wording: Wording) -> int:
    return sum(len(re.findall(rf"\b{re.escape(word)}\b", page.folded)) for word in wording.action_plan.done)


def _words_below(page: FoldedPage, headings: Headings) -> int:
    _, _, below = page.folded.partition(headings.words)
    return len(below.split())


def _updates(members: Sequence[FoldedPage], wording: Wording) -> Evidence | None:
    """Evidence that the plan shows what was done, beyond the headings of its columns."""
    hits: list[Evidence] = []
    heading_words = {phrases.fold(words) for variants in wording.action_plan.columns.values() for words in variants}
    for page in members:
        for word in wording.action_plan.done:
            if word in heading_words:
                pattern = rf"\b{re.escape(word)}\b(?=[\W_]*(?:\d|$|[a-z]))"
                found = re.search(
                    pattern,
                    re.sub(
                        "|".join(map(re.escape, sorted(heading_words, key=len, reverse=True))),
                        " ",
                        page.folded,
                        count=12,
                    ),
                )
            else:
                found = re.search(rf"\b{re.escape(word)}\b", page.folded)
            if found:
                hits.append(page.evidence(word))
    return hits[0] if len(hits) >= 2 or any(_DATE.search(page.page.text) for page in members if hits) else None


def _live_note(around: Sequence[FoldedPage], pages: Sequence[FoldedPage], wording: Wording) -> Evidence | None:
    for page in around:
        words = page.find_any(wording.action_plan.live_note)
        if words:
            return page.evidence(words)
    for page in pages:
        words = page.find_any([f"action plan ... {note}" for note in wording.action_plan.live_note])
        if words:
            return page.evidence(words)
    return None


def recommendations(pages: Sequence[FoldedPage], wording: Wording) -> Evidence | None:
    """A list of recommendations standing where the plan should: in an annex, or under the plan's own heading.

    The recommendations in the report's own text are every report's, and say nothing about the plan.
    """
    for index, page in enumerate(pages):
        near = pages[max(0, index - 1) : index + 1]
        if (
            is_contents(page, wording)
            or len(_ROW.findall(page.page.text)) < _FEW_ROWS
            or any(map(_could_be_a_table, near))
        ):
            continue
        planned = any(
            other.heading_of(wording.action_plan.titles) and not is_contents(other, wording) for other in near
        )
        heading = page.heading_of(wording.action_plan.recommendations)
        if planned or (heading and any(annex_title(other, wording) for other in near)):
            return page.evidence(heading or wording.action_plan.titles[0])
    return None
