"""Finding the action plan: a table whose headings stand close together, not a sentence that lists them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from intake.judging import phrases
from intake.judging.facts import ActionPlan
from intake.judging.parts import identity, plan_certainty
from intake.judging.parts.pages import OCR_TRUST, FoldedPage, annex_title, is_contents
from intake.judging.parts.plan_certainty import TITLE_PAGE_WORDS
from intake.judging.parts.tables import TRACKING, Headings, Hit, Strips, by_first_word, hit_at, strips, table_headings
from intake.judging.wording import Wording
from intake.model import CaseIdentity, Certainty, Evidence

_ROW = re.compile(
    r"^\W{0,20}(?:recommendation\s{0,8})?(?:\d{1,2}(?:\.\d{1,2})?|[a-z]|[ivx]{1,4})[.):\s]",
    re.IGNORECASE | re.MULTILINE,
)
_WHEN = re.compile(
    r"\b(?:20\d\d|\d+ (?:days?|weeks?|months?|years?)|(?:one|two|three|four|six|nine|twelve) (?:weeks|months)|"
    r"quarterly|annual(?:ly)?|monthly|immediate(?:ly)?|term|spring|summer|autumn|winter|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|"
    r"apr(?:il)?|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|q[1-4]|"
    r"\d{1,2} \d{1,2} \d{2})\b"
)
# What stands in a cell that is still to be filled: once it may be a slip, in a finished plan.
_OPEN_CELL = re.compile(r"\b(?:TBC|TBD|tbc|tbd)\b|(?i:\bto be (?:confirmed|decided|agreed|determined)\b)")
_SEVERAL_OPEN = 2
# The form's own guidance: a question is nobody's answer ("When is the recommendation actually completed?").
_QUESTION = re.compile(r"[^.?!]{0,300}\?")
_FORMS_QUESTIONS = 3
_SHOWS_PROGRESS = frozenset({"completion", "status", "milestones", "evidence"})
_SEVERAL = 3  # words for what was done, in small letters: one or two stand in an action still to be done
_BLANK_BELOW = 12  # words under the headings: one row has more
_FEW_ROWS = 2  # dates, or numbered lines: one stands in any text
_HEADING_START = 2  # words by which the row of headings is known again: its first cell may be broken over lines
_LINES_ABOVE = 8  # a plan's title, the partnership, the case, and a note
_LIKE_ROWS = 3  # dates and words for what was done: more than a page of prose has
_ONE_DATE = 1  # of them must be a date
_OF_A_REVIEW = re.compile(r"\b(?:dhr|dardr|review|death|homicide|case)\b", re.IGNORECASE)


def find_plan(pages: Sequence[FoldedPage], wording: Wording) -> ActionPlan | None:
    """The action plan among these pages (the feedback letter's pages must have been left out)."""
    tables = [(index, found) for index, page in enumerate(pages) if (found := table_headings(page, wording))]
    accepted = _accepted(pages, tables, wording)
    wide: list[Strips] = []
    if not accepted:
        wide = strips(pages, wording)
        tables = [(found.pages[0], found.headings) for found in wide]
        accepted = _accepted(pages, tables, wording)
    if not accepted:
        return None
    certain = [entry for entry in accepted if entry[2] is Certainty.CERTAIN]
    index, headings, certainty = (certain or accepted)[0]
    one_table = next((list(found.pages) for found in wide if found.pages[0] == index), [])
    members = _extent(pages, index, one_table or [entry[0] for entry in (certain or accepted)], wording)
    rows = {pages[position].number: found.end for position, found in tables}
    by_ocr = any(page.fuzzy for page in members)
    if by_ocr and min(page.page.confidence for page in members if page.fuzzy) < OCR_TRUST:
        certainty = Certainty.POSSIBLE
    around = [page for page in pages if members[0].number - 1 <= page.number <= members[-1].number + 1]
    return ActionPlan(
        document=members[0].document,
        first=members[0].number,
        last=members[-1].number,
        certainty=certainty,
        evidence=(pages[index].evidence(headings.words),),
        identity=_claim([page for page in members if page.number <= pages[index].number], headings),
        updates=_updates(members, rows, wording) if headings.columns & _SHOWS_PROGRESS else None,
        live_note=_live_note(around, pages, wording),
        by_ocr=by_ocr,
        blank=(len(members) == 1 and _words_below(members[0], headings) < _BLANK_BELOW)
        or bool(headings.columns & TRACKING and not _filled_in(members, rows, wording)),
        unsettled=sum(len(_OPEN_CELL.findall(page.page.text)) for page in members) >= _SEVERAL_OPEN,
    )


def _accepted(
    pages: Sequence[FoldedPage], tables: Sequence[tuple[int, Headings]], wording: Wording
) -> list[tuple[int, Headings, Certainty]]:
    """The tables that are, or may be, the plan's: those of another plan, or in the report's own text, only may be."""
    others = plan_certainty.of_others(pages, [index for index, _ in tables], wording)
    rated = [(index, found, plan_certainty.certainty(pages, index, found, others, wording)) for index, found in tables]
    return [(index, found, certainty) for index, found, certainty in rated if certainty is not None]


def _claim(front: Sequence[FoldedPage], headings: Headings) -> CaseIdentity:
    """Whose plan it is, by what stands above its first row. A name there counts beside a word for the review."""
    above: list[str] = []
    first = headings.words.split()[:_HEADING_START]
    for page in front:
        for line in page.unnumbered[:_LINES_ABOVE]:
            if page is front[-1] and first and phrases.fold(line).split()[: len(first)] == first:
                break
            above.append(line)
    named = identity.of_title("\n".join(line for line in above if _OF_A_REVIEW.search(line)))
    return CaseIdentity(named.csp or identity.of_title("\n".join(above)).csp, named.case)


def _extent(pages: Sequence[FoldedPage], start: int, tables: Sequence[int], wording: Wording) -> list[FoldedPage]:
    """The plan's pages: from its title page or first table on, as long as the pages go on looking like it."""
    first = start
    if (
        start
        and pages[start - 1].heading_of(wording.action_plan.titles)
        and pages[start - 1].word_count < TITLE_PAGE_WORDS
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
    return page.dates >= _ONE_DATE and page.dates + _done_words(page, wording) >= _LIKE_ROWS


def _could_be_a_table(page: FoldedPage) -> bool:
    """Dates beside the rows, or a page turned for a wide table: more than a list of recommendations."""
    return page.page.landscape or page.dates >= _FEW_ROWS


def _done_words(page: FoldedPage, wording: Wording) -> int:
    return sum(len(re.findall(rf"\b{re.escape(word)}\b", page.folded)) for word in wording.action_plan.done)


def _done_below(page: FoldedPage, rows: Mapping[int, int], wording: Wording) -> Iterator[Hit]:
    """The words of a plan's page that say that something was done; `rows` has how many words end with its headings."""
    done = by_first_word((("done", wording.action_plan.done),))
    words = page.folded.split()
    hits = (hit_at(words, start, done) for start in range(rows.get(page.number, 0), len(words)))
    return (hit for hit in hits if hit is not None)


def _filled_in(members: Sequence[FoldedPage], rows: Mapping[int, int], wording: Wording) -> bool:
    """Whether anything stands in the plan but the recommendations: when, or how far it has come."""
    if sum(page.page.text.count("?") for page in members) >= _FORMS_QUESTIONS:
        answers = phrases.fold(_QUESTION.sub(" ", "\n".join(page.page.text for page in members)))
        return any(page.dates for page in members) or phrases.find_any(wording.action_plan.done, answers) is not None
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
