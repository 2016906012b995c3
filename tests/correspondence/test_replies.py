"""What a CSP reads: every gap once, what to do, and nothing of the report."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from intake.correspondence import CheckWords, Templates, compose_acknowledgement, compose_receipt, compose_reply
from intake.correspondence.samples import SAMPLE_DESK, SAMPLE_OCCASION, SAMPLE_WORDS, gap, sample_verdicts
from intake.errors import IntakeError
from intake.model import Address, CaseIdentity, Evidence, Mode, Outcome, Policy, Status

VERDICTS = sample_verdicts()
GAPS = [title for title, verdict in VERDICTS.items() if verdict.outcome is Outcome.GAPS]


@pytest.mark.parametrize("title", GAPS)
def test_a_reply_names_every_gap_with_its_remedy_and_source_in_text_and_html(
    title: str, templates: Templates, parse: Any
) -> None:
    mail = parse(compose_reply(VERDICTS[title], SAMPLE_OCCASION, SAMPLE_WORDS, templates))
    for finding in VERDICTS[title].gaps(Policy.REQUIRED) + VERDICTS[title].gaps(Policy.ADVISORY):
        assert mail.flat.count(finding.summary) == 1
        assert finding.remedy in mail.flat
        assert SAMPLE_WORDS[finding.check].reference in mail.flat
        assert mail.html.count("What to do") == len(VERDICTS[title].gaps(Policy.REQUIRED))


def test_one_gap_reads_as_one_gap(templates: Templates, parse: Any) -> None:
    mail = parse(compose_reply(VERDICTS["letter separate"], SAMPLE_OCCASION, SAMPLE_WORDS, templates))
    assert "One thing still needs your attention" in mail.flat
    assert "Everything else is in order." in mail.flat
    assert not re.search(r"^\d\. ", mail.text, re.MULTILINE)
    assert "Suggestion" not in mail.text
    assert "could not check" not in mail.text
    assert "Where:" not in mail.text  # the sentence names the file already


def test_several_gaps_are_numbered_and_suggestions_stand_apart(templates: Templates, parse: Any) -> None:
    mail = parse(compose_reply(VERDICTS["several gaps"], SAMPLE_OCCASION, SAMPLE_WORDS, templates))
    assert "Three things still need your attention" in mail.flat
    assert re.findall(r"^(\d)\. ", mail.text, re.MULTILINE) == ["1", "2", "3"]
    assert "Everything else is in order" not in mail.flat
    suggestion = mail.flat.index("A suggestion, which will not hold the report up")
    assert suggestion < mail.flat.index("does not yet show what has been done")
    assert "page 118 (numbered 112)" in mail.flat


def test_a_missing_weblink_can_be_answered_in_words(templates: Templates, parse: Any) -> None:
    words = parse(compose_reply(VERDICTS["weblink missing"], SAMPLE_OCCASION, SAMPLE_WORDS, templates))
    assert "There is no need to send the report again." in words.flat
    both = parse(compose_reply(VERDICTS["several gaps"], SAMPLE_OCCASION, SAMPLE_WORDS, templates))
    assert "as one new PDF, and include the web address in the email" in both.flat
    pdf = parse(compose_reply(VERDICTS["letter separate"], SAMPLE_OCCASION, SAMPLE_WORDS, templates))
    assert "no need to send the web address again" in pdf.flat


def test_what_could_not_be_checked_is_not_called_missing(templates: Templates, parse: Any) -> None:
    mail = parse(compose_reply(VERDICTS["word document"], SAMPLE_OCCASION, SAMPLE_WORDS, templates))
    later = mail.flat[mail.flat.index("We could not check these yet") : mail.flat.index("How to reply")]
    assert "The action plan as an annex" in later
    assert "One thing still needs" in mail.flat
    assert "Everything else is in order" not in mail.flat


def test_a_reply_says_what_was_received_and_when(templates: Templates, parse: Any) -> None:
    mail = parse(compose_reply(VERDICTS["letter separate"], SAMPLE_OCCASION, SAMPLE_WORDS, templates))
    assert "What we received on 18 October 2023" in mail.flat
    assert "DHR Rowan & family, final.pdf (145 pages, 18.2 MB)" in mail.flat
    assert "QA letter.pdf (2 pages, 0.2 MB)" in mail.flat
    assert "DHR Rowan &amp; family, final.pdf" in mail.html


def test_evidence_text_and_page_labels_that_are_words_never_leave(templates: Templates, parse: Any) -> None:
    secret = "She told the nurse that evening"
    finding = gap(
        "action-plan-annex", "x", "It is missing.", "Add it.", (Evidence("a.pdf", 7, text=secret, label="She told"),)
    )
    mail = parse(
        compose_reply(replace(VERDICTS["compliant"], findings=(finding,)), SAMPLE_OCCASION, SAMPLE_WORDS, templates)
    )
    assert "Where: a.pdf, page 7" in mail.flat
    assert "She told" not in mail.text + mail.html


def test_a_reply_without_a_gap_is_refused(templates: Templates) -> None:
    with pytest.raises(IntakeError, match="no gap"):
        compose_reply(VERDICTS["review, little known"], SAMPLE_OCCASION, SAMPLE_WORDS, templates)


def test_an_acknowledgement_mentions_the_copy_and_the_partnerships_own_duty(templates: Templates, parse: Any) -> None:
    mail = parse(compose_acknowledgement(VERDICTS["compliant"], SAMPLE_OCCASION, SAMPLE_WORDS, templates))
    assert "A copy went to the Domestic Abuse Commissioner’s office." in mail.flat
    assert "This does not replace any duty that your partnership has itself" in mail.flat
    assert "copied them in" not in mail.flat
    copied = replace(SAMPLE_OCCASION, already_copied=True)
    mail = parse(compose_acknowledgement(VERDICTS["compliant"], copied, SAMPLE_WORDS, templates))
    assert "you had copied them in already" in mail.flat


def test_a_receipt_says_nothing_of_what_was_found(templates: Templates, parse: Any) -> None:
    verdict = replace(VERDICTS["several gaps"], outcome=Outcome.REVIEW)
    mail = parse(compose_receipt(verdict, SAMPLE_OCCASION, templates))
    assert "a colleague is looking at it" in mail.flat
    for finding in verdict.findings:
        assert finding.summary not in mail.flat
    assert "missing" not in mail.flat.lower()


def test_nothing_known_about_the_review_still_reads_well(templates: Templates, parse: Any) -> None:
    verdict = replace(VERDICTS["weblink missing"], identity=CaseIdentity(), files=(), report=None)
    mail = parse(compose_reply(verdict, SAMPLE_OCCASION, {}, templates))
    assert "Thank you for sending the final report. One thing" in mail.flat
    assert "Asked for in" not in mail.flat
    assert "None" not in mail.text


@pytest.mark.parametrize("title", VERDICTS)
def test_every_mail_is_calm_wrapped_and_accessible(title: str, templates: Templates, parse: Any) -> None:
    verdict = VERDICTS[title]
    compose = {Outcome.GAPS: compose_reply, Outcome.COMPLIANT: compose_acknowledgement}.get(verdict.outcome)
    made = (
        compose(verdict, SAMPLE_OCCASION, SAMPLE_WORDS, templates)
        if compose
        else compose_receipt(verdict, SAMPLE_OCCASION, templates)
    )
    mail = parse(made)
    assert "!" not in mail.text
    assert "unfortunately" not in mail.text.lower()
    assert max(len(line) for line in mail.text.splitlines()) <= 78
    assert "\n\n\n" not in mail.text
    assert '<html lang="en-GB">' in mail.html
    assert "<img" not in mail.html
    assert not re.search(r"color:|background", mail.html.replace("color-scheme", ""))
    assert verdict.weblink is None or "review" in title or verdict.weblink in mail.text


def test_a_long_web_address_is_never_broken(templates: Templates, parse: Any) -> None:
    link = "https://www.brackenshire.example/" + "community-safety-and-more/" * 8 + "dhr"
    mail = parse(
        compose_acknowledgement(replace(VERDICTS["compliant"], weblink=link), SAMPLE_OCCASION, SAMPLE_WORDS, templates)
    )
    assert f"{link}\n" in mail.text


def test_a_reply_goes_to_the_given_address_and_only_there(templates: Templates) -> None:
    other = replace(SAMPLE_OCCASION, reply_to="dhr@brackenshire.example")
    mail = compose_reply(VERDICTS["letter separate"], other, SAMPLE_WORDS, templates)
    assert mail.recipients == ("dhr@brackenshire.example",)
    assert mail.sender == SAMPLE_DESK.service_address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@b@c.example",
        "a b@c.example",
        "a@c.example\r\nBcc: x@y.example",
        "ä@c.example",
        "<a@c.example>",
        "a@c.example,b@d.example",
    ],
)
def test_an_unusable_address_is_refused(address: str, templates: Templates) -> None:
    occasion = replace(SAMPLE_OCCASION, sender=Address(address))
    with pytest.raises(IntakeError):
        compose_reply(VERDICTS["letter separate"], occasion, SAMPLE_WORDS, templates)


def test_a_trial_says_so_in_subject_and_body(templates: Templates, parse: Any) -> None:
    occasion = replace(SAMPLE_OCCASION, desk=replace(SAMPLE_DESK, mode=Mode.TRIAL))
    made = compose_reply(VERDICTS["letter separate"], occasion, SAMPLE_WORDS, templates)
    assert made.subject.startswith("[TRIAL] Re: ")
    assert "part of a trial" in parse(made).text
    assert "part of a trial" in parse(made).html


def test_advisory_checks_that_are_unsure_are_passed_over_in_silence(templates: Templates, parse: Any) -> None:
    verdict = VERDICTS["letter separate"]
    unsure = tuple(
        replace(one, status=Status.UNSURE) if one.check == "executive-summary" else one for one in verdict.findings
    )
    mail = parse(compose_reply(replace(verdict, findings=unsure), SAMPLE_OCCASION, SAMPLE_WORDS, templates))
    assert "executive summary" not in mail.flat
    assert "Everything else is in order" not in mail.flat


def test_titles_come_from_the_mapping(templates: Templates, parse: Any) -> None:
    words = {"pdf-format": CheckWords("A PDF & nothing else")}
    mail = parse(compose_reply(VERDICTS["letter separate"], SAMPLE_OCCASION, words, templates))
    assert "- A PDF & nothing else" in mail.text
    assert "<li>A PDF &amp; nothing else</li>" in mail.html
