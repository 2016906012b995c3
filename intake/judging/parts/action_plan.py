"""Finding the action plan: a table whose headings stand close together, not a sentence that lists them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from intake.judging import phrases
from intake.judging.facts import ActionPlan
from intake.judging.parts.pages import FoldedPage, annex_title, is_contents
from intake.judging.wording import Wording
from intake.model import Certainty, Evidence

_NEAR = 4  # words that may stand between two headings of one row
_ROW = re.compile(
    r"^\W*(?:recommendation\s*)?(?:\d{1,2}(?:\.\d{1,2})?|[a-z]|[ivx]{1,4})[.):\s]", re.IGNORECASE | re.MULTILINE
)
_WHEN = re.compile(
    r"\b(?:20\d\d|\d+ (?:days?|weeks?|months?|years?)|(?:one|two|three|four|six|nine|twelve) (?:weeks|months)|"
    r"quarterly|annual(?:ly)?|monthly|immediate(?:ly)?|term|spring|summer|autumn|winter|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|"
    r"apr(?:il)?|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|q[1-4]|"
    r"\d{1,2} \d{1,2} \d{2})\b"
)
_SHORTEST_CUT, _MOST_PIECES = 5, 9
_NARROW, _NARROW_LINES = 25, 8
_DOING = frozenset({"action", "lead", "milestones"})
_TRACKING = frozenset({"target", "completion", "status", "milestones"})
_SHOWS_PROGRESS = frozenset({"completion", "status", "milestones", "evidence"})
_MANY_COLUMNS = 4
_NEARLY_ALL_COLUMNS = 6
_FEW_COLUMNS = 3
_LABEL_WORDS = 8
_TITLE_LINES = 3
_TITLE_PAGE_WORDS = 120
_LISTING = 2  # commas by which a sentence lists what a row would show
_SEVERAL = 3
_BLANK_BELOW = 12
_FEW_ROWS = 2
_OCR_TRUST = 0.6


@dataclass(frozen=True)
class Headings:
    """The table headings found on one page: which columns, the words of the row, how many words end with it."""

    columns: frozenset[str]
    words: str
    end: int = 0


# A heading's words after its first, and the column that they name.
_Column = tuple[list[str], str]


@lru_cache(maxsize=4)
def _by_first_word(wording: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[str, list[_Column]]:
    """Every heading (or phrase of a cell) by its first word; of two that begin alike the longer comes first."""
    known: dict[str, list[_Column]] = {}
    headings = {phrases.fold(words): name for name, variants in wording for words in variants}
    for heading in sorted(headings, key=len, reverse=True):
        first, *rest = heading.split()
        known.setdefault(first, []).append((rest, headings[heading]))
    return known


@dataclass(frozen=True, slots=True)
class _Hit:
    """A column's heading among a page's words, from `start` to before `end`."""

    start: int
    end: int
    column: str


def _hit_at(words: list[str], start: int, known: dict[str, list[_Column]]) -> _Hit | None:
    for rest, column in known.get(words[start], ()):
        end = start + 1 + len(rest)
        if not rest or words[start + 1 : end] == rest:
            return _Hit(start, end, column)
    return None


@lru_cache(maxsize=2)
def _closed_up(wording: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[str, str]:
    """The columns by their headings without spaces, those long enough to be told from other words."""
    headings = {phrases.fold(words).replace(" ", ""): name for name, variants in wording for words in variants}
    return {heading: name for heading, name in headings.items() if len(heading) >= _SHORTEST_CUT}


def _cut_hit_at(words: Sequence[str], start: int, closed_up: dict[str, str]) -> _Hit | None:
    """A heading with words that a narrow column cut: "Lead Agenc y", "Tar get Dat e"."""
    longest = None
    joined = words[start]
    for end in range(start + 2, min(start + _MOST_PIECES, len(words)) + 1):
        joined += words[end - 1]
        if joined in closed_up:
            longest = _Hit(start, end, closed_up[joined])
    return longest


def _runs(hits: Iterable[_Hit | None]) -> list[list[_Hit]]:
    """The headings that stand close together, in groups."""
    runs: list[list[_Hit]] = []
    for hit in hits:
        if hit is None or (runs and hit.start < runs[-1][-1].end):
            continue
        if runs and hit.start - runs[-1][-1].end <= _NEAR:
            runs[-1].append(hit)
        else:
            runs.append([hit])
    return runs


def table_headings(page: FoldedPage, wording: Wording) -> Headings | None:
    """The row of headings on this page that names most columns; None where fewer than three stand together."""
    columns = tuple(wording.action_plan.columns.items())
    known = _by_first_word(columns)
    words = page.folded.split()
    whole = [_hit_at(words, start, known) for start, word in enumerate(words) if word in known]
    runs = _runs(whole)
    best = _best_row(runs, words, page)
    few = best is None or len(best.columns) < _NEARLY_ALL_COLUMNS
    if few and any(_columns(run) > 1 for run in runs) and _is_narrow(page):
        cut = [_cut_hit_at(words, start, _closed_up(columns)) for start in range(len(words))]
        hits = sorted(filter(None, (*cut, *whole)), key=lambda hit: (hit.start, -hit.end))
        best = _more(_best_row(_runs(hits), words, page), best)
    return _more(best, _labelled_rows(page, known))


def _columns(run: Sequence[_Hit]) -> int:
    return len({hit.column for hit in run})


def _is_narrow(page: FoldedPage) -> bool:
    """Whether many lines are as short as a narrow column's, in which words may have been cut."""
    return sum(len(line) <= _NARROW for line, _ in page.written_lines) >= _NARROW_LINES


def _more(one: Headings | None, other: Headings | None) -> Headings | None:
    """The one that names more columns; of two that name as many the other."""
    return one if one and (other is None or len(one.columns) > len(other.columns)) else other


def _best_row(runs: Sequence[Sequence[_Hit]], words: Sequence[str], page: FoldedPage) -> Headings | None:
    best: Headings | None = None
    written: list[re.Match[str]] = []
    for run in runs:
        if _columns(run) < _FEW_COLUMNS:
            continue
        written = written or phrases.words_in(page.page.text)
        row = _row(run, written)
        names = frozenset(hit.column for hit in row)
        if len(names) >= _FEW_COLUMNS and (best is None or len(names) > len(best.columns)):
            best = Headings(names, " ".join(words[row[0].start : row[-1].end]), row[-1].end)
    return best


def _row(run: Sequence[_Hit], written: Sequence[re.Match[str]]) -> Sequence[_Hit]:
    """The part of a run that is a row of headings, nothing where it is a sentence that names them.

    Headings begin with a capital. A sentence above the table ("as actions are completed and outcomes delivered")
    may run into it: what it says in small letters at either end is left out.
    """
    capital = [written[hit.start].group()[0].isupper() for hit in run]
    if True not in capital:
        return ()
    first, last = capital.index(True), len(run) - 1 - capital[::-1].index(True)
    row, begins = run[first : last + 1], capital[first : last + 1]
    text = written[row[0].start].string[written[row[0].start].start() : written[row[-1].end - 1].end()]
    listed = text.count(",") + text.count(";") >= _LISTING
    return () if listed or sum(begins) * 2 < len(row) else row


def _labelled_rows(page: FoldedPage, known: dict[str, list[_Column]]) -> Headings | None:
    """A plan set out as labels before or above their values ("Lead agency: …"), instead of as a table.

    A colon makes a label; without one, labels are known by coming again with every recommendation.
    """
    found: dict[str, str] = {}
    times: Counter[str] = Counter()
    colons = 0
    for line, folded in page.written_lines:
        if folded.partition(" ")[0] not in known:  # most lines
            continue
        words = folded.split(" ", _LABEL_WORDS)
        hit = _hit_at(words, 0, known)
        if hit is None:
            continue
        label, colon, _ = line.partition(":")
        if not (hit.end <= len(label.split()) <= _LABEL_WORDS if colon else _begins_a_value(line, hit)):
            continue
        found.setdefault(hit.column, " ".join(words[: hit.end]))
        times[hit.column] += 1
        colons += bool(colon)
    again = sum(count > 1 for count in times.values()) >= _FEW_COLUMNS
    if len(found) < _MANY_COLUMNS or not (colons >= _MANY_COLUMNS or again):
        return None
    if found.keys() & _DOING and found.keys() & _TRACKING:
        return Headings(frozenset(found), next(iter(found.values())))
    return None


def _begins_a_value(line: str, label: _Hit) -> bool:
    """Whether a line is a label alone, or goes on with a value: one begins with a capital or a figure."""
    written = phrases.words_in(line)
    return len(written) == label.end or not written[label.end].group()[0].islower()


def find_plan(pages: Sequence[FoldedPage], wording: Wording) -> ActionPlan | None:
    """The action plan among these pages (the feedback letter's pages must have been left out)."""
    tables = [(index, found) for index, page in enumerate(pages) if (found := table_headings(page, wording))]
    others = _of_others(pages, [index for index, _ in tables], wording)
    rated = [
        (index, found, Certainty.POSSIBLE if index in others else _rate(pages, index, found, wording))
        for index, found in tables
    ]
    accepted = [(index, found, certainty) for index, found, certainty in rated if certainty is not None]
    if not accepted:
        return None
    certain = [entry for entry in accepted if entry[2] is Certainty.CERTAIN]
    index, headings, certainty = (certain or accepted)[0]
    members = _extent(pages, index, [entry[0] for entry in (certain or accepted)], wording)
    rows = {pages[position].number: found.end for position, found in tables}
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
        updates=_updates(members, rows, wording) if headings.columns & _SHOWS_PROGRESS else None,
        live_note=_live_note(around, pages, wording),
        by_ocr=by_ocr,
        blank=(len(members) == 1 and _words_below(members[0], headings) < _BLANK_BELOW)
        or bool(headings.columns & _TRACKING and not _filled_in(members, rows, wording)),
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
    looks_like_one = works and (len(columns) >= _MANY_COLUMNS or pages[index].dates > 0)
    return Certainty.POSSIBLE if titled or looks_like_one else None


def _of_others(pages: Sequence[FoldedPage], tables: Sequence[int], wording: Wording) -> set[int]:
    """Which tables are another plan's: by the title on their page or before it, or as that table's next page."""
    found: set[int] = set()
    for index in tables:
        title_page = pages[index - 1 : index] if index and pages[index - 1].word_count < _TITLE_PAGE_WORDS else ()
        goes_on = index - 1 in found and not pages[index].heading_of(wording.action_plan.titles)
        if goes_on or any(_another_plan(page, wording) for page in (*title_page, pages[index])):
            found.add(index)
    return found


def _another_plan(page: FoldedPage, wording: Wording) -> bool:
    """Whether the page's title is that of a strategy's plan, or another that is not this review's."""
    titles = [line for line in page.top[:_TITLE_LINES] if "plan" in line]  # not the partnership's own name
    return any(name in line for line in titles for name in wording.action_plan.other_plans)


def _extent(pages: Sequence[FoldedPage], start: int, tables: Sequence[int], wording: Wording) -> list[FoldedPage]:
    """The plan's pages: from its title page or first table on, as long as the pages go on looking like it."""
    first = start
    if (
        start
        and pages[start - 1].heading_of(wording.action_plan.titles)
        and pages[start - 1].word_count < _TITLE_PAGE_WORDS
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
    return page.dates >= 1 and page.dates + _done_words(page, wording) >= 3


def _could_be_a_table(page: FoldedPage) -> bool:
    """Dates beside the rows, or a page turned for a wide table: more than a list of recommendations."""
    return page.page.landscape or page.dates >= _FEW_ROWS


def _done_words(page: FoldedPage, wording: Wording) -> int:
    return sum(len(re.findall(rf"\b{re.escape(word)}\b", page.folded)) for word in wording.action_plan.done)


def _done_below(page: FoldedPage, rows: Mapping[int, int], wording: Wording) -> Iterator[_Hit]:
    """The words of a plan's page that say that something was done; `rows` has how many words end with its headings."""
    done = _by_first_word((("done", wording.action_plan.done),))
    words = page.folded.split()
    hits = (_hit_at(words, start, done) for start in range(rows.get(page.number, 0), len(words)))
    return (hit for hit in hits if hit is not None)


def _filled_in(members: Sequence[FoldedPage], rows: Mapping[int, int], wording: Wording) -> bool:
    """Whether anything stands in the plan but the recommendations: when, or how far it has come."""
    for page in members:
        below = " ".join(page.folded.split()[rows.get(page.number, 0) :])
        if _WHEN.search(below) or any(_done_below(page, rows, wording)):
            return True
    return False


def _words_below(page: FoldedPage, headings: Headings) -> int:
    _, _, below = page.folded.partition(headings.words)
    return len(below.split())


def _updates(members: Sequence[FoldedPage], rows: Mapping[int, int], wording: Wording) -> Evidence | None:
    """Evidence that the plan's rows show what was done: not its headings, nor what stands above them.

    A cell begins with a capital ("Completed June 2023"); in small letters such words are also those of an action that
    is still to be done ("before a case is closed"), and count only together.
    """
    passing: dict[str, Evidence] = {}
    for page in members:
        words, written = page.folded.split(), phrases.words_in(page.page.text)
        for hit in _done_below(page, rows, wording):
            said = " ".join(words[hit.start : hit.end])
            if written[hit.start].group()[0].isupper():
                return page.evidence(said)
            passing.setdefault(said, page.evidence(said))
    return next(iter(passing.values())) if len(passing) >= _SEVERAL else None


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
    before = None  # what the page before is titled
    for index, page in enumerate(pages):
        near = pages[max(0, index - 1) : index + 1]
        titled = page.heading_of(wording.action_plan.titles)
        titled = None if titled and is_contents(page, wording) else titled
        planned, before = before or titled, titled
        heading = page.heading_of(wording.action_plan.recommendations)
        listed = planned or (heading and any(annex_title(other, wording) for other in near))
        if not listed or is_contents(page, wording) or any(map(_could_be_a_table, near)):
            continue
        if len(_ROW.findall(page.page.text)) >= _FEW_ROWS:
            return page.evidence(heading or planned or "")
    return None
