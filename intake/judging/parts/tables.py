"""The headings of a table among a page's words: a row of them, labels before their values, or a row cut into pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from intake.judging import phrases
from intake.judging.parts.pages import FoldedPage
from intake.judging.wording import Wording

_NEAR = 4  # words that may stand between two headings of one row
_SHORTEST_CUT = 5  # letters: a shorter heading is put together by chance from what stands side by side
_MOST_PIECES = 9  # "L e ad A g en c y"
_NARROW = 25  # characters: a column of a table with six
_NARROW_LINES = 8  # a title page has a few such lines
# What a plan's table says must be done, and how it is followed up: one of each makes a plan of a table.
DOING = frozenset({"action", "lead", "milestones"})
TRACKING = frozenset({"target", "completion", "status", "milestones"})
MANY_COLUMNS = 4  # a chronology has three: when, who, what
NEARLY_ALL_COLUMNS = 6  # of the Home Office's seven
_FEW_COLUMNS = 3  # two headings side by side are words of a sentence
_LABEL_WORDS = 8  # "Key milestones achieved in enacting the recommendation" has seven
_LISTING = 2  # commas by which a sentence lists what a row would show
# A table printed wider than its paper has its first columns on one run of pages and the next on another.
_CUT_COLUMNS = 2  # of one strip; a single word at the top of a page is a title
_TOP_WORDS = 60  # within which a page's row of headings begins, under a title and a note
_RUN = 12  # pages of one strip of such a table


@dataclass(frozen=True)
class Headings:
    """The table headings found on one page: which columns, the words of the row, how many words end with it."""

    columns: frozenset[str]
    words: str
    end: int = 0


# A heading's words after its first, and the column that they name.
_Column = tuple[list[str], str]


@lru_cache(maxsize=4)
def by_first_word(wording: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[str, list[_Column]]:
    """Every heading (or phrase of a cell) by its first word; of two that begin alike the longer comes first."""
    known: dict[str, list[_Column]] = {}
    headings = {phrases.fold(words): name for name, variants in wording for words in variants}
    for heading in sorted(headings, key=len, reverse=True):
        first, *rest = heading.split()
        known.setdefault(first, []).append((rest, headings[heading]))
    return known


@dataclass(frozen=True, slots=True)
class Hit:
    """A column's heading among a page's words, from `start` to before `end`."""

    start: int
    end: int
    column: str


def hit_at(words: list[str], start: int, known: dict[str, list[_Column]]) -> Hit | None:
    for rest, column in known.get(words[start], ()):
        end = start + 1 + len(rest)
        if not rest or words[start + 1 : end] == rest:
            return Hit(start, end, column)
    return None


@lru_cache(maxsize=2)
def _closed_up(wording: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[str, str]:
    """The columns by their headings without spaces, those long enough to be told from other words."""
    headings = {phrases.fold(words).replace(" ", ""): name for name, variants in wording for words in variants}
    return {heading: name for heading, name in headings.items() if len(heading) >= _SHORTEST_CUT}


def _cut_hit_at(words: Sequence[str], start: int, closed_up: dict[str, str]) -> Hit | None:
    """A heading with words that a narrow column cut: "Lead Agenc y", "Tar get Dat e"."""
    longest = None
    joined = words[start]
    for end in range(start + 2, min(start + _MOST_PIECES, len(words)) + 1):
        joined += words[end - 1]
        if joined in closed_up:
            longest = Hit(start, end, closed_up[joined])
    return longest


def _runs(hits: Iterable[Hit | None], near: int = _NEAR) -> list[list[Hit]]:
    """The headings that stand close together, in groups."""
    runs: list[list[Hit]] = []
    for hit in hits:
        if hit is None or (runs and hit.start < runs[-1][-1].end):
            continue
        if runs and hit.start - runs[-1][-1].end <= near:
            runs[-1].append(hit)
        else:
            runs.append([hit])
    return runs


def table_headings(page: FoldedPage, wording: Wording) -> Headings | None:
    """The row of headings on this page that names most columns; None where fewer than three stand together."""
    columns = tuple(wording.action_plan.columns.items())
    known = by_first_word(columns)
    words = page.folded.split()
    whole = [hit_at(words, start, known) for start, word in enumerate(words) if word in known]
    runs = _runs(whole)
    best = _best_row(runs, words, page)
    few = best is None or len(best.columns) < NEARLY_ALL_COLUMNS
    if few and any(_columns(run) > 1 for run in runs) and _is_narrow(page):
        cut = [_cut_hit_at(words, start, _closed_up(columns)) for start in range(len(words))]
        hits = sorted(filter(None, (*cut, *whole)), key=lambda hit: (hit.start, -hit.end))
        best = _more(_best_row(_runs(hits), words, page), best)
    return _more(best, _labelled_rows(page, known))


def _columns(run: Sequence[Hit]) -> int:
    return len({hit.column for hit in run})


def _is_narrow(page: FoldedPage) -> bool:
    """Whether many lines are as short as a narrow column's, in which words may have been cut."""
    return sum(len(line) <= _NARROW for line, _ in page.written_lines) >= _NARROW_LINES


def _more(one: Headings | None, other: Headings | None) -> Headings | None:
    """The one that names more columns; of two that name as many the other."""
    return one if one and (other is None or len(one.columns) > len(other.columns)) else other


def _best_row(runs: Sequence[Sequence[Hit]], words: Sequence[str], page: FoldedPage) -> Headings | None:
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


def _row(run: Sequence[Hit], written: Sequence[re.Match[str]]) -> Sequence[Hit]:
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
        hit = hit_at(words, 0, known)
        if hit is None:
            continue
        label, colon, _ = line.partition(":")
        if not (hit.end <= len(label.split()) <= _LABEL_WORDS if colon else _begins_a_value(line, hit)):
            continue
        found.setdefault(hit.column, " ".join(words[: hit.end]))
        times[hit.column] += 1
        colons += bool(colon)
    again = sum(count > 1 for count in times.values()) >= _FEW_COLUMNS
    if len(found) < MANY_COLUMNS or not (colons >= MANY_COLUMNS or again):
        return None
    if found.keys() & DOING and found.keys() & TRACKING:
        return Headings(frozenset(found), next(iter(found.values())))
    return None


def _begins_a_value(line: str, label: Hit) -> bool:
    """Whether a line is a label alone, or goes on with a value: one begins with a capital or a figure."""
    written = phrases.words_in(line)
    return len(written) == label.end or not written[label.end].group()[0].islower()


@dataclass(frozen=True)
class Strips:
    """A table printed wider than its paper: its pages' indexes, and the columns of all its strips."""

    pages: range
    headings: Headings


def strips(pages: Sequence[FoldedPage], wording: Wording) -> list[Strips]:
    """The tables whose row of headings goes on over several runs of pages of one shape."""
    known = by_first_word(tuple(wording.action_plan.columns.items()))
    groups: list[list[tuple[int, Headings]]] = []
    for index, page in enumerate(pages):
        if (top := _top_row(page, known)) is None:
            continue
        if groups and _same_table(pages[groups[-1][-1][0] : index + 1]):
            groups[-1].append((index, top))
        else:
            groups.append([(index, top)])
    found = []
    for group in groups:
        (first, top), last = group[0], group[-1][0]
        columns = frozenset[str]().union(*(headings.columns for _, headings in group))
        # The last strip is as long as the first: both are the same rows.
        length = group[1][0] - first if len(group) > 1 else 1
        if columns & DOING and columns & TRACKING:
            found.append(Strips(range(first, min(last + length, len(pages))), Headings(columns, top.words, top.end)))
    return found


def _top_row(page: FoldedPage, known: dict[str, list[_Column]]) -> Headings | None:
    """Two headings or more, one right behind the other, at the top of a page."""
    words = page.folded.split()[:_TOP_WORDS]
    runs = _runs([hit_at(words, start, known) for start, word in enumerate(words) if word in known], near=0)
    for run in runs:
        if _columns(run) >= _CUT_COLUMNS and _row(run, phrases.words_in(page.page.text)):
            return Headings(
                frozenset(hit.column for hit in run), " ".join(words[run[0].start : run[-1].end]), run[-1].end
            )
    return None


def _same_table(pages: Sequence[FoldedPage]) -> bool:
    """Whether these pages follow each other and have one shape."""
    first, last = pages[0], pages[-1]
    shapes = {(page.page.width, page.page.height) for page in pages}
    return len(shapes) == 1 and last.number - first.number == len(pages) - 1 <= _RUN
