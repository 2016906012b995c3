"""Text that is none is found; tables, lists of names, figures and Welsh are left alone."""

from __future__ import annotations

import pytest

from intake.documents.gibberish import is_gibberish

PROSE = (
    "Thank you for submitting the Domestic Homicide Review report for Ambleford Community Safety Partnership. "
    "The report was considered at the panel meeting and I apologise for the delay in responding to you."
)


@pytest.mark.parametrize(
    "text",
    [
        PROSE,
        "Page 4",
        "Recommendation\nScope of recommendation\nAction to take\nLead agency\nKey milestones achieved\nTarget date",
        "Ambleford Police\nMarlow Vale NHS Trust\nHarriet Lindqvist\nOwen Pritchard\nSamira Okonjo\nAdult Social Care",
        "2019 14 27 33 41\n2020 17 29 38 44\n2021 12 22 30 39\n2022 19 31 45 52\n1,204 3,310 77.4% 81.2% 90.1%",
        "Cafodd yr adolygiad ei gynnal gan y bartneriaeth diogelwch cymunedol, ac mae'r teulu wedi cyfrannu ato.",
        "MARAC IDVA DASH DHR CSP MAPPA NHS GP ICB IMR IOPC\nMulti-agency risk assessment conference",
        "Contents\n" + "\n".join(f"{n} Chapter {'.' * 90} {n + 3}" for n in range(1, 20)),
        "Contents\n" + "\n".join(f"{n} Chapter {'. ' * 50}{n + 3}" for n in range(1, 20)),
        "https://www.ambleford.gov.uk/community-safety/domestic-homicide-reviews/published-reports",
        "",
        "   \n",
    ],
)
def test_language_is_language(text: str) -> None:
    assert not is_gibberish(text)


def test_a_page_of_single_letters_is_no_language_and_a_table_of_ticks_is() -> None:
    """A scanner's program that read a page lying on its side leaves letters."""
    assert is_gibberish("a e s o n i t a h e r e n o w i t " * 8)
    assert not is_gibberish("Agency attended Y N Y N Health Y Y N Y Police N Y Y Y Housing Y N N Y " * 4)
    assert not is_gibberish("a e s o n i t a h e r e n o w i t")


def shifted(text: str, by: int) -> str:
    return "".join(c if c == " " else chr(ord(c) + by) for c in text)


@pytest.mark.parametrize(
    "text",
    [
        shifted(PROSE, -29),  # glyph numbers taken as codes: the usual case
        shifted(PROSE, 3),
        shifted(PROSE, 0xE000),
        "\ufffd" * 60,
        "\ue010\ue011\ue012",
        "".join(chr(1 + n % 30) for n in range(200)),
        "(cid:12)(cid:45)".replace("cid:", "~#") * 30,
        "xkcd qwrt zxcv bnml ptgh wrtp sdfg hjkl mnbv cxzq ptrw zxkj vbnm qplm " * 3,
        "\x02\x03\x04" * 30 + PROSE[:40],
    ],
    ids=["glyph-numbers", "caesar", "private-use", "replacement", "three-signs", "control", "signs", "keys", "half"],
)
def test_what_broken_fonts_give_is_found(text: str) -> None:
    assert is_gibberish(text)
