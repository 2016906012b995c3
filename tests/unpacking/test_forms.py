"""The forms in which a body can come: each is read, and where two say different things that is noted."""

from __future__ import annotations

import pytest

from intake.unpacking.enriched import plain_of_enriched
from intake.unpacking.forms import says_more
from tests.unpacking.mails import PDF, TOP, a_message, a_winmail, faults, html, one_part, opened, plain

WORDS = "Please find our final report attached. It may be published now."


@pytest.mark.parametrize(
    ("enriched", "words"),
    [
        ("Dear all,\n\n<bold>Please</bold> wait\nwith it.\n\n\nJane", "Dear all,\nPlease wait with it.\n\nJane"),
        ("a <<b> c", "a <b> c"),
        ("<fontfamily><param>Arial</param>x</fontfamily>", "x"),
        ("<excerpt>old\n\nwords</excerpt>new", "\n> old\n> words\nnew"),
        ("<nofill>a\nb</nofill>", "\na\nb\n"),
        ("a < b", "a < b"),
    ],
)
def test_enriched_text_is_plain_text_without_its_commands(enriched: str, words: str) -> None:
    assert plain_of_enriched(enriched) == words


def test_the_forerunner_of_enriched_text_ends_its_lines_by_a_command() -> None:
    assert plain_of_enriched("a<nl>b\nc <lt>d", rich=True) == "a\nb c <d"


@pytest.mark.parametrize(
    "part",
    [
        "Content-Type: text/enriched\r\n\r\nPlease wait <bold>with</bold> it.",
        "Content-Type: text/richtext\r\n\r\nPlease wait<nl>",
        "Content-Type: text/rtf\r\n\r\n{\\rtf1 Please wait with it.}",
        "Content-Type: text/x-amp-html\r\n\r\n<p>Please wait with it.</p>",
    ],
)
def test_a_rare_form_is_read_where_it_is_the_only_one(part: str) -> None:
    alternative = f"Content-Type: multipart/alternative; boundary=a\r\n\r\n--a\r\n{part}\r\n--a--\r\n"
    assert opened(TOP + alternative.encode()).body.latest.startswith("Please wait")
    both = alternative.replace("--a--", "--a\r\nContent-Type: text/plain\r\n\r\nThe plain words.\r\n--a--")
    assert opened(TOP + both.encode()).body.latest == "The plain words."


def test_enriched_text_alone_is_the_body() -> None:
    unpacked = opened(TOP + b"Content-Type: text/enriched\r\n\r\nPlease wait with it.")
    assert (unpacked.body.latest, unpacked.attachments) == ("Please wait with it.", ())


def both(written: str, shown: str) -> list[str]:
    message = a_message(written)
    message.add_alternative(shown, subtype="html")
    return faults(opened(message))


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (WORDS, f"<p>{WORDS}</p>"),
        (
            WORDS + "\n\n1. first point here\n2. second point",
            f"<p>{WORDS}</p><ol><li>first point here<li>second point</ol>",
        ),
        ("*" + WORDS + "*", f"<b>{WORDS}</b>"),
        (WORDS.replace("attached", "attached <https://x.gov.uk/a>"), f"<p>{WORDS}</p>"),
        (WORDS + "\n[cid:image001.png@01]\n[Council logo]", f"<p>{WORDS}</p><img src=cid:image001.png@01>"),
        (WORDS.upper(), f"<p>{WORDS}</p>"),
        (WORDS.replace(" It", "\nIt"), f"<p>CAUTION: This email came from outside.</p><p>{WORDS}</p><p>More.</p>"),
        (f"CAUTION: external email\n\n{WORDS}", f"<p>{WORDS}</p>"),
        ("This message needs an HTML reader.", f"<p>{WORDS}</p>"),
        (WORDS + "\n\nOn 2 May 2026 at 10:15, DHR wrote:\n> Old words that differ.", f"<p>{WORDS}</p>"),
        ("it’s final and attached", "<p>it's final &amp; attached</p>".replace("&amp;", "and")),
    ],
)
def test_two_forms_that_say_the_same_are_no_problem(written: str, shown: str) -> None:
    assert both(written, shown) == []


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (WORDS.replace("may be", "may not be"), f"<p>{WORDS}</p>"),
        (WORDS, f"<p>{WORDS.replace('may be', 'may not be')}</p>"),
        (WORDS + "\n\nDo not publish.", f"<p>{WORDS}</p>"),
        (WORDS + "\n\nWait.", f"<p>{WORDS}</p>"),
        ("Please wait with it, as the family have asked us to, and ring me first.", "<p>See attached</p>"),
    ],
)
def test_two_forms_that_say_different_things_are_told(written: str, shown: str) -> None:
    assert both(written, shown) == ["forms-differ"]


def test_a_winmail_that_says_more_than_the_mail_around_it_is_told() -> None:
    assert faults(opened(one_part("Content-Type: application/ms-tnef", a_winmail({"r.pdf": PDF}, "Hello")))) == []
    more = opened(one_part("Content-Type: application/ms-tnef", a_winmail({"r.pdf": PDF}, "Hello, do not publish it")))
    assert (more.body.latest, faults(more)) == ("Hello", ["forms-differ"])


def test_more_words_than_are_read_are_told() -> None:
    assert faults(opened(a_message("word " * 110_000))) == ["words-cut"]
    assert faults(opened(a_message("a line\n" * 40_000))) == ["words-cut"]
    assert faults(opened(html("<p>" + "word " * 110_000 + "</p>"))) == ["words-cut"]


def test_a_line_without_end_is_read_to_its_end() -> None:
    long = "word " * 9_000 + "wait"
    for raw in (plain(long), html(f"<p>{long}</p>"), html(f"<pre>{long}</pre>")):
        unpacked = opened(raw)
        assert (len(unpacked.body.latest.split()), faults(unpacked)) == (9_001, [])
        assert unpacked.body.latest.endswith("wait")


def test_words_are_compared_in_their_order() -> None:
    assert says_more("the report is final", "final is the report")
    assert not says_more("", "anything")
