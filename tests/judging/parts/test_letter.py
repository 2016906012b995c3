"""The feedback letter is recognised by its form and several phrases, and by nothing less."""

from __future__ import annotations

import pytest

from intake.demo.letters import Letter as Wording
from intake.demo.reviews import CALDERBROOK, NORTHMERE
from intake.judging.facts import Letter, LetterKind, Match, Place
from intake.judging.parts.letter import find_letters, letter_kind
from intake.judging.parts.pages import fold_pages
from intake.model import Certainty
from tests.records import PLAN_PAGE, a_document, a_dossier, letter_pages, report_pages, wording


def _letters(pages: list[str]) -> list[Letter]:
    return find_letters(fold_pages(a_document(pages)), wording())


@pytest.mark.parametrize("year", ["2017", "2020", "2022", "2023", "2025", "plain"])
def test_the_final_letter_of_any_year_is_found_in_the_tail(year: str) -> None:
    pages = [*report_pages(), *letter_pages(Wording(wording=year))]
    dossier = a_dossier(a_document(pages))
    assert dossier.report_parts is not None
    letter = dossier.report_parts.letter
    assert letter is not None
    assert (letter.first, letter.last) == (len(pages) - 1, len(pages))
    assert (letter.kind, letter.certainty, letter.place) == (LetterKind.FINAL, Certainty.CERTAIN, Place.TAIL)
    assert letter.identity.csp == NORTHMERE.csp


def test_the_letter_that_asks_to_see_the_report_again_is_not_a_final_one() -> None:
    (letter,) = _letters(letter_pages(Wording(wording="resubmit")))
    assert letter.kind is LetterKind.RESUBMIT


def test_a_contents_line_and_a_mention_are_no_letter() -> None:
    contents = (
        "Contents\nIntroduction ........ 4\nChronology ........ 9\nAppendix Six: Home Office feedback letter "
        "........ 77\n"
    )
    prose = (
        "The Home Office Quality Assurance Panel considered the report. Its letter thanked the chair, and "
        "said that the "
        "Home Office is content that on completion of these changes, the DHR may be published."
    )
    assert _letters([contents, prose]) == []


def test_a_covering_letter_of_the_partnership_is_no_feedback_letter() -> None:
    own = (
        "Dear Home Office,\nPlease find the report of our Domestic Homicide Review.\nWe thank the QA Panel "
        "for its comments.\nYours sincerely,\nA. Chair"
    )
    assert not [letter for letter in _letters([own]) if letter.certainty is Certainty.CERTAIN]


def test_misread_letters_still_match() -> None:
    smudged = [
        page.replace("Domestic Homicide Review (DHR)", "Domestic Homlcide Review (OHR)").replace(
            "Quality Assurance", "Quallty Assurance"
        )
        for page in letter_pages()
    ]
    (letter,) = _letters(smudged)
    assert letter.certainty is Certainty.CERTAIN


def test_the_final_letter_counts_when_the_earlier_one_is_there_too() -> None:
    pages = [*report_pages(), *letter_pages(Wording(wording="resubmit")), *letter_pages(), PLAN_PAGE]
    letter = a_dossier(a_document(pages)).report_parts.letter  # type: ignore[union-attr]
    assert letter is not None
    assert (letter.kind, letter.first) == (LetterKind.FINAL, len(report_pages()) + 3)


def test_a_letter_in_front_of_the_report_is_in_front() -> None:
    letter = a_dossier(a_document([*letter_pages(), *report_pages(), PLAN_PAGE])).report_parts.letter  # type: ignore[union-attr]
    assert letter is not None
    assert letter.place is Place.FRONT


def test_a_letter_before_the_plan_is_in_the_tail() -> None:
    letter = a_dossier(a_document([*report_pages(), *letter_pages(), PLAN_PAGE])).report_parts.letter  # type: ignore[union-attr]
    assert letter is not None
    assert letter.place is Place.TAIL


def test_a_letter_for_another_partnership_differs() -> None:
    assert a_dossier(a_document([*report_pages(), *letter_pages(review=CALDERBROOK)])).match is Match.DIFFERENT


def test_another_name_alone_is_a_doubt_and_no_difference() -> None:
    renamed = [page.replace(NORTHMERE.name, "Bethan") for page in report_pages()]
    assert a_dossier(a_document([*renamed, *letter_pages()])).match is Match.UNCLEAR


def test_a_misspelt_name_is_the_same_case() -> None:
    misspelt = [page.replace(NORTHMERE.name, f"{NORTHMERE.name}h") for page in report_pages()]
    assert a_dossier(a_document([*misspelt, *letter_pages()])).match is Match.SAME


@pytest.mark.parametrize(
    "sentence",
    ["Thank you for your letter of 3 May.", "We have amended the report as follows.", "The extension has been agreed."],
)
def test_an_answer_to_the_panels_letter_is_not_its_letter(sentence: str) -> None:
    first, second = letter_pages()
    (letter,) = _letters([f"{first}\n{sentence}", second])
    assert letter.certainty is Certainty.POSSIBLE


def test_an_older_letter_names_the_council_alone() -> None:
    pages = [
        page.replace(NORTHMERE.csp, "Northmere City Council").replace(NORTHMERE.name, "A") for page in letter_pages()
    ]
    assert a_dossier(a_document([*report_pages(), *pages])).match is Match.SAME


_ENDS_SO = "The Home Office is content that on completion of these changes, the DHR may be published."


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        (_ENDS_SO, LetterKind.FINAL),
        ("You do not need to resubmit the report, and the DHR may be published.", LetterKind.FINAL),
        ("The Panel does not need to see another version: the review may be published.", LetterKind.FINAL),
        ("The Home Office is not yet content that the DHR may be published.", LetterKind.RESUBMIT),
        (
            "The Panel needs to see a further version before it can agree that the DHR may be published.",
            LetterKind.RESUBMIT,
        ),
        ("Once the Panel has considered the amended report, the report may be published.", LetterKind.UNCLEAR),
        ("Unless the points are addressed, we cannot say that the DHR may be published.", LetterKind.UNCLEAR),
        ("Please resubmit the report to the Panel.", LetterKind.RESUBMIT),
    ],
)
def test_a_sentence_may_take_back_what_it_seems_to_say(sentence: str, kind: LetterKind) -> None:
    words = wording().feedback_letter.kind
    assert letter_kind(f"Dear Sir or Madam,\n{sentence}\nYours sincerely", words) is kind


def test_a_circular_that_speaks_of_no_report_is_no_letter_for_certain() -> None:
    circular = (
        "Dear Chair,\nThis is to remind all partnerships. The report should be converted to a PDF document and be "
        "smaller than 20 MB in size. Please provide us with a digital copy and the weblink to the site where the "
        "report will be published. Please ensure this letter is published alongside the report.\nYours sincerely\n"
        "Interpersonal Abuse Unit"
    )
    assert not [letter for letter in _letters([circular]) if letter.certainty is Certainty.CERTAIN]


def test_a_sentence_of_the_report_opens_no_letter_that_swallows_the_plan() -> None:
    pages = report_pages()
    pages[4] += "\nThe report was sent to the Home Office Quality Assurance Panel and was amended."
    parts = a_dossier(a_document([*pages, PLAN_PAGE.replace("Appendix B\n", ""), *letter_pages()])).report_parts
    assert parts is not None
    assert parts.plan is not None
    assert parts.letter is not None
    assert parts.letter.first == len(pages) + 2


def test_a_misread_abbreviation_is_no_case() -> None:
    pages = [page.replace("(DHR)", "(OHR)") for page in letter_pages()]
    (letter,) = _letters(pages)
    assert letter.identity.case == NORTHMERE.name


def _certainty(pages: list[str]) -> Certainty:
    (letter,) = _letters(pages)
    return letter.certainty


def test_a_letter_with_replies_between_its_points_or_typed_off_is_for_a_person() -> None:
    first, second = letter_pages()
    assert _certainty([first, second]) is Certainty.CERTAIN
    assert (
        _certainty([first, f"Response: done in chapter 4\nA point.\nCSP response: agreed\n{second}"])
        is Certainty.POSSIBLE
    )
    assert _certainty([first, f"Comment on chapter 4\n{second}"]) is Certainty.CERTAIN
    broken = (
        "a digital\ncopy of the revised final version with this letter\nresponse to it\naddressed: in full\ncomment"
    )
    assert _certainty([first, f"{broken}\n{second}"]) is Certainty.CERTAIN
    assert _certainty([f"Copy of the letter from the Home Office\n{first}", second]) is Certainty.POSSIBLE


def test_a_letter_of_which_a_page_is_missing_is_for_a_person() -> None:
    first, second = letter_pages()
    numbered = ("Page 1 of 2", "Page 2 of 2", "Page 1 of 3", "Page 3 of 3")
    whole_1, whole_2, part_1, part_2 = (
        f"{text}\n{line}" for text, line in zip((first, second) * 2, numbered, strict=True)
    )
    assert _certainty([whole_1, whole_2]) is Certainty.CERTAIN
    assert _certainty([part_1, part_2]) is Certainty.POSSIBLE
    assert _certainty([part_1, second]) is Certainty.CERTAIN
