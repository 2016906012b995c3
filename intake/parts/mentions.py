"""How a report speaks of a part that it does not hold: as a heading, in a sentence, or only in its contents."""

from __future__ import annotations

from collections.abc import Sequence

from intake.dossier import Mention
from intake.model import Evidence
from intake.parts.pages import FoldedPage, annex_title, is_contents
from intake.wording import Wording

# A heading with nothing behind it says most, a contents line least.
_STRONGEST_FIRST = (Mention.HEADING, Mention.PROSE, Mention.CONTENTS)


def mention(pages: Sequence[FoldedPage], titles: Sequence[str], wording: Wording) -> tuple[Mention, Evidence | None]:
    """The strongest way in which the pages speak of a part by one of its titles, and where."""
    found: dict[Mention, Evidence] = {}
    for page in pages:
        words = page.find_any(titles)
        if words is None:
            continue
        title = annex_title(page, wording) or ""
        if is_contents(page, wording):
            how = Mention.CONTENTS
        elif page.heading_of(titles) or any(name in title for name in titles):
            how = Mention.HEADING
        else:
            how = Mention.PROSE
        found.setdefault(how, page.evidence(words))
    return next(((how, found[how]) for how in _STRONGEST_FIRST if how in found), (Mention.NONE, None))
