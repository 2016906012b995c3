"""How a report speaks of a part that it does not hold: as a heading, in a sentence, or only in its contents."""

from __future__ import annotations

from collections.abc import Sequence

from intake.judging.facts import Mention
from intake.judging.parts.pages import FoldedPage, annex_title, is_contents
from intake.judging.wording import Wording
from intake.model import Evidence

_STRONGEST_FIRST = (Mention.TITLE_PAGE, Mention.HEADING, Mention.CONTENTS, Mention.PROSE)
_TITLE_PAGE_WORDS = 30  # a divider: an annex's label, its title, a page's head and foot
_TITLE_LINES = 3  # a head, the annex's label and its title
_TITLE_WORDS = 9  # blanks: a longer line is a sentence


def mention(pages: Sequence[FoldedPage], titles: Sequence[str], wording: Wording) -> tuple[Mention, Evidence | None]:
    """The strongest way in which the pages speak of a part by one of its titles, and where."""
    found: dict[Mention, Evidence] = {}
    for index, page in enumerate(pages):
        words = page.find_any(titles)
        if words is not None:
            found.setdefault(_how(pages, index, titles, wording), page.evidence(words))
    return next(((how, found[how]) for how in _STRONGEST_FIRST if how in found), (Mention.NONE, None))


def _how(pages: Sequence[FoldedPage], index: int, titles: Sequence[str], wording: Wording) -> Mention:
    page = pages[index]
    title = annex_title(page, wording) or ""
    if is_contents(page, wording):
        return Mention.CONTENTS
    starts = [line for line in page.top[:_TITLE_LINES] if line.count(" ") < _TITLE_WORDS]
    if not page.heading_of(titles) and not any(name in line for name in titles for line in (title, *starts)):
        return Mention.PROSE
    return (
        Mention.TITLE_PAGE
        if page.word_count <= _TITLE_PAGE_WORDS and _ends_here(pages, index, wording)
        else Mention.HEADING
    )


def _ends_here(pages: Sequence[FoldedPage], index: int, wording: Wording) -> bool:
    """Whether what follows the page is another part, or nothing."""
    following = pages[index + 1] if index + 1 < len(pages) else None
    if following is None or following.number != pages[index].number + 1:
        return True
    return annex_title(following, wording) is not None or following.word_count == 0
