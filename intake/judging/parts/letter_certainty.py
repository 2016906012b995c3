"""How certain it is that some pages are the Panel's feedback letter: its anchors, its form, and what speaks against it.

What the anchors are, and what each weighs, stands beside their phrases in `wording.toml`: they change with the years.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from intake.judging import phrases
from intake.judging.parts.pages import OCR_TRUST, FoldedPage
from intake.judging.parts.weighing import Clue, Level, Reserve, Scale
from intake.judging.wording import FeedbackLetter
from intake.model import Certainty

_SPEAKS_OF_THE_REPORT = frozenset({"thanks-for-report", "considered"})
_END = frozenset({"on-behalf"})
_FORMLESS_ANCHORS = 6  # prose about a letter holds three or four of its phrases, never so many
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
_THANKS = (
    "Thank you for submitting the Domestic Homicide Review (DHR) report to the Home Office Quality Assurance Panel."
)
_MAY = "The Home Office is content that on completion of these changes, the DHR may be published."
_LETTER = f"Dear Ms Quill,\n{_THANKS}\n{_MAY}\nAreas for final development\nYours sincerely"

_CLUES = (
    Clue(
        "anchors",
        1,
        "The weights of the anchors that were found, each once.",
        fires=(_LETTER,),
        quiet=("Dear Ms Quill,\nThank you for the map.\nYours sincerely",),
        most=None,
    ),
    Clue(
        "form",
        0,
        "A salutation or a close; a report that quotes the letter at length has neither.",
        fires=(_LETTER,),
        quiet=(f"{_THANKS}\n{_MAY}\nAreas for final development",),
    ),
    Clue(
        "of-the-report",
        0,
        "It thanks for the report or says that it was considered; a circular to all partnerships speaks of none.",
        fires=(_LETTER,),
        quiet=(f"Dear Ms Quill,\nto the Home Office Quality Assurance (QA) Panel\n{_MAY}\nYours sincerely",),
    ),
    Clue(
        "enough-anchors",
        0,
        "As many of its sentences as `wording.toml` asks for: a short letter of another kind may hold two heavy ones.",
        fires=(_LETTER,),
        quiet=(f"Dear Ms Quill,\nThank you for submitting the Domestic Homicide Review.\n{_MAY}\nYours sincerely",),
    ),
    Clue(
        "formless",
        0,
        "So many of its sentences that it can only be the letter, typed off without its head and foot.",
        fires=(
            f"{_THANKS}\nI apologise for the delay in responding. The Panel felt that it was clear.\n{_MAY}",
            "Areas for final development\nPlease provide us with a digital copy of the revised final version.",
        ),
        quiet=(f"{_THANKS}\n{_MAY}\nAreas for final development",),
    ),
)
_RESERVES = (
    Reserve(
        "no-end",
        "Without its close it may be half a letter.",
        fires=(_LETTER.replace("Yours sincerely", ""),),
        quiet=(_LETTER,),
    ),
    Reserve(
        "an-answer",
        "It may be the partnership's answer to the Panel, or another letter about the review.",
        fires=(_LETTER.replace("Yours", "In reply to your letter of 3 May, all was done.\nYours"),),
        quiet=(_LETTER,),
    ),
    Reserve(
        "annotated",
        "The partnership's replies stand between its points, or it is said to be a copy: what is published is neither.",
        fires=(_LETTER.replace("Yours", "Response: done\nA point\nCSP response: agreed\nYours"),),
        quiet=(_LETTER.replace("Yours", "Comment: the Panel's own\nYours"),),
    ),
    Reserve(
        "page-missing",
        "Its pages are numbered, and one is not there.",
        fires=("Page 1 of 3\n" + _LETTER,),
        quiet=("Page 1 of 1\n" + _LETTER,),
    ),
    Reserve(
        "barely-read",
        "OCR was not sure of what it read: another letter may be taken for this one.",
        fires=("0.5", _LETTER),
        quiet=("0.7", _LETTER),
    ),
)


def scale(wording: FeedbackLetter) -> Scale[Certainty | None]:
    """The letter's scale, with the scores that `wording.toml` sets."""
    return Scale(
        name="letter",
        clues=_CLUES,
        levels=(
            Level(
                answer=Certainty.CERTAIN,
                least=wording.certain,
                nearest=wording.possible,
                why="Every letter seen has ten and more; the partnership's own covering letter has four.",
                needs=frozenset({"form", "of-the-report", "enough-anchors"}),
            ),
            Level(
                answer=Certainty.POSSIBLE,
                least=wording.possible,
                nearest=wording.possible - 1,
                why="A letter badly read, or another one to do with the Panel. No single sentence weighs so much.",
                needs=frozenset({"form"}),
            ),
            Level(
                answer=Certainty.POSSIBLE,
                least=0,
                nearest=0,
                why="Whatever its anchors weigh: there are too many for prose.",
                needs=frozenset({"formless"}),
            ),
        ),
        otherwise=None,
        reserves=_RESERVES,
    )


def clues(
    pages: Sequence[FoldedPage], anchors: Sequence[str], wording: FeedbackLetter, *, form: bool, close: bool
) -> Mapping[str, int]:
    """What says that these pages are the letter, and how often, by the clues' ids. `anchors` are the ids found."""
    words = " ".join(page.folded for page in pages)
    weights = {anchor.id: anchor.weight for anchor in wording.anchor}
    return {
        "anchors": sum(weights[name] for name in anchors),
        "form": int(form),
        "of-the-report": int(not _SPEAKS_OF_THE_REPORT.isdisjoint(anchors)),
        "enough-anchors": int(len(anchors) >= wording.anchors),
        "formless": int(len(anchors) >= _FORMLESS_ANCHORS),
        "no-end": int(not close and _END.isdisjoint(anchors)),
        "an-answer": int(phrases.find_any(wording.answers, words) is not None),
        "annotated": int(_is_annotated(pages)),
        "page-missing": int(not _is_whole(pages)),
        "barely-read": int(min((page.page.confidence for page in pages if page.fuzzy), default=1.0) < OCR_TRUST),
    }


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
