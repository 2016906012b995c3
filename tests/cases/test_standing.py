"""A case over several messages: what each brings is laid over what was there, and nothing that is open gets lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.cases.history import Case, OpenDoubt, SentMail, Told
from intake.cases.standing import own_doubts, stand, state_of
from intake.judging.doubts import DOUBTS, Closing, doubt
from intake.model import (
    Certainty,
    Classification,
    Doubt,
    FileFacts,
    Finding,
    Kind,
    MailKind,
    Outcome,
    OutgoingState,
    Policy,
    Status,
    SubmissionState,
    Verdict,
)

OURS, THEIRS = "northmere.gov.example", "stranger.example"
LINK = "https://www.northmere.gov.example/dhr"
FOLLOW_UP = Classification(Kind.FOLLOW_UP, Certainty.CERTAIN, ())
OBJECTS = doubt("list-mail", "the family objects")


def file(name: str, role: str = "report") -> FileFacts:
    return FileFacts(f"{name}.pdf", 9, (name[0] * 64), "application/pdf", 60, role)


def finding(check: str, status: Status, fault: str | None = None) -> Finding:
    fault = None if status is Status.MET else fault or f"{check}-missing"
    return Finding(check, status, Policy.REQUIRED, Certainty.CERTAIN, f"about {check}", fault)


def verdict(report: str | None = "a", *, letter: bool = True, link: str | None = LINK, part: str = "") -> Verdict:
    """A message with a report (by its letter), with or without its letter inside, a web address, or a part alone."""
    met, missing = Status.MET, Status.GAP
    letter_finding = finding("feedback-letter-annex", met if letter else missing, "feedback-letter-missing")
    named = [(report, "report"), (f"{part}-alone" if part else None, part)]
    files = tuple(file(name, role) for name, role in named if name)
    return Verdict(
        kind=Kind.FINAL_SUBMISSION if report else Kind.FOLLOW_UP,
        certainty=Certainty.CERTAIN,
        reasons=("words",),
        outcome=Outcome.COMPLIANT,
        outcome_reasons=(),
        findings=(
            finding("pdf-format", met if report else missing, "nothing-attached"),
            letter_finding,
            finding("weblink", met if link else missing, "weblink-missing"),
        ),
        weblink=link,
        report=file(report) if report else None,
        files=files,
    )


def told(number: int, what: Verdict, *, confirmed: bool = True, message_id: str = "") -> Told:
    return Told(number, what, confirmed, OURS if confirmed else THEIRS, message_id or f"<{number}@x>")


def forward(report: str, state: OutgoingState = OutgoingState.SENT, answers: int = 1) -> SentMail:
    return SentMail(7, MailKind.FORWARD, state, 1, report=report * 64, answers=answers)


def gaps(case: Case) -> list[str | None]:
    return [each.fault for each in stand(case).required_gaps]


def test_the_first_message_stands_for_itself() -> None:
    standing = stand(Case((told(1, verdict(link=None)),)))
    assert (standing.outcome, standing.version) == (Outcome.GAPS, 1)
    assert standing.report == file("a")
    assert state_of(standing) is SubmissionState.WAITING_FOR_CSP


def test_a_web_address_alone_completes_the_report_that_came_before() -> None:
    standing = stand(Case((told(1, verdict(link=None)), told(2, verdict(None, letter=False)))))
    assert (standing.outcome, standing.weblink, standing.report_message) == (Outcome.COMPLIANT, LINK, 1)
    assert standing.sources["weblink"] == 2


def test_a_web_address_alone_does_not_hide_another_gap() -> None:
    case = Case((told(1, verdict(letter=False, link=None)), told(2, verdict(None, letter=False))))
    assert gaps(case) == ["feedback-letter-missing"]


def test_a_corrected_report_keeps_the_web_address_that_was_given() -> None:
    standing = stand(Case((told(1, verdict(letter=False)), told(2, verdict("b", link=None)))))
    assert (standing.outcome, standing.weblink, standing.version) == (Outcome.COMPLIANT, LINK, 2)


def test_a_letter_alone_is_named_as_separate_and_changes_nothing_else() -> None:
    case = Case((told(1, verdict(letter=False)), told(2, verdict(None, link=None, part="feedback-letter"))))
    standing = stand(case)
    assert gaps(case) == ["feedback-letter-separate"]
    assert "feedback-letter-alone.pdf" in standing.required_gaps[0].summary
    assert standing.weblink == LINK


def test_a_letter_alone_that_is_inside_already_is_a_doubt() -> None:
    case = Case((told(1, verdict(link=None)),))
    found = own_doubts(case, FOLLOW_UP, verdict(None, link=None, part="feedback-letter"), ())
    assert [each.code for each in found] == ["unplaced"]


def test_a_message_that_brings_one_part_is_not_asked_for_the_rest() -> None:
    case = Case((told(1, verdict(link=None)),))
    assert own_doubts(case, FOLLOW_UP, verdict(None, letter=False), ()) == ()


def test_versions_count_different_reports_not_messages() -> None:
    case = Case((told(1, verdict()), told(2, verdict()), told(3, verdict(None)), told(4, verdict("b"))))
    assert stand(case).version == 2


def test_a_re_sent_copy_changes_nothing() -> None:
    once = stand(Case((told(1, verdict()),), mails=(forward("a"),)))
    twice = stand(Case((told(1, verdict()), told(2, verdict())), mails=(forward("a"),)))
    assert (once.outcome, once.version, once.report) == (twice.outcome, twice.version, twice.report)
    assert twice.sent is not None
    assert state_of(twice) is SubmissionState.COMPLETE


def test_a_new_version_names_the_one_that_it_replaces() -> None:
    standing = stand(Case((told(1, verdict()), told(2, verdict("b"))), mails=(forward("a"),)))
    assert standing.sent is None
    assert standing.replaces == forward("a")


@pytest.mark.parametrize("state", [OutgoingState.UNCERTAIN, OutgoingState.FAILED])
def test_nothing_follows_a_forward_of_unknown_fate(state: OutgoingState) -> None:
    case = Case((told(1, verdict()), told(2, verdict("b"))), mails=(forward("a", state),))
    assert stand(case).outcome is Outcome.REVIEW


def test_the_same_gaps_are_not_asked_for_twice() -> None:
    first = Case((told(1, verdict(link=None)),))
    reply = SentMail(3, MailKind.REPLY, OutgoingState.SENT, 1, gist=stand(first).gist, answers=1)
    assert stand(replace(first, mails=(reply,))).outcome is Outcome.GAPS
    again = replace(first, told=(*first.told, told(2, verdict(link=None))), mails=(reply,))
    assert [each.doubt.code for each in stand(again).doubts] == ["nothing-new"]


def test_what_a_person_released_stays_released() -> None:
    case = Case((told(1, verdict(letter=False)), told(2, verdict(None))), released="a" * 64)
    assert stand(case).outcome is Outcome.COMPLIANT


def test_a_report_that_nobody_proved_is_shown_and_never_decided() -> None:
    unproved = doubt("unplaced", "not proved")
    case = Case((told(1, verdict(), confirmed=False),), (OpenDoubt(1, unproved, 5),))
    assert (stand(case).outcome, stand(case).report) == (Outcome.REVIEW, file("a"))


def test_a_file_that_was_announced_ends_the_doubt_about_it() -> None:
    waits = OpenDoubt(1, doubt("file-awaited", "a placeholder"), 5)
    announced = told(1, verdict(None, link=None), message_id="<same@x>")
    assert stand(Case((announced,), (waits,))).outcome is Outcome.REVIEW
    standing = stand(Case((announced, told(2, verdict(), message_id="<same@x>")), (waits,)))
    assert (standing.outcome, standing.settled) == (Outcome.COMPLIANT, ((waits, "the file came"),))
    stranger = told(2, verdict(), confirmed=False, message_id="<same@x>")
    assert stand(Case((announced, stranger), (waits,))).outcome is Outcome.REVIEW


def test_a_split_leaves_the_first_submission_as_it_was() -> None:
    before = Case((told(1, verdict(letter=False)),))
    joined = before.hears(told(2, verdict("b")), (OBJECTS,))
    assert stand(joined.without(2)) == stand(before)


# --- properties ---------------------------------------------------------------------------------------------------

verdicts = st.builds(
    verdict,
    st.sampled_from([None, "a", "b", "c"]),
    letter=st.booleans(),
    link=st.sampled_from([None, LINK, "https://other.gov.example/x"]),
    part=st.sampled_from(["", "feedback-letter", "action-plan"]),
)
histories = st.lists(st.tuples(verdicts, st.booleans()), min_size=1, max_size=6)
persistent = [each.code for each in DOUBTS if each.closes is Closing.PERSON]


def _case(history: list[tuple[Verdict, bool]]) -> Case:
    return Case(tuple(told(number, what, confirmed=ours) for number, (what, ours) in enumerate(history, 1)))


@given(histories)
def test_only_confirmed_messages_contribute(history: list[tuple[Verdict, bool]]) -> None:
    history = [(verdict("a", letter=False, link=None), True), *history]
    all_told, confirmed = _case(history), _case(history)
    confirmed = replace(confirmed, told=tuple(each for each in confirmed.told if each.confirmed))
    with_strangers, without = stand(all_told), stand(confirmed)
    assert (with_strangers.report, with_strangers.weblink) == (without.report, without.weblink)
    assert with_strangers.findings == without.findings
    assert with_strangers.version == without.version


@given(histories, st.sampled_from(persistent), st.integers(0, 5))
def test_a_doubt_stays_whatever_comes_next(history: list[tuple[Verdict, bool]], code: str, place: int) -> None:
    raised = OpenDoubt(1 + place % len(history), doubt(code, "something is open"), 9)
    standing = stand(replace(_case(history), doubts=(raised,)))
    assert standing.outcome is Outcome.REVIEW
    assert raised in standing.doubts
    assert standing.settled == ()


@given(histories)
def test_the_same_history_has_the_same_standing_however_it_was_reached(history: list[tuple[Verdict, bool]]) -> None:
    whole = _case(history)
    step = Case()
    for each in whole.told:
        step = step.hears(each, ())
    again = step.hears(whole.told[0], ())  # judged again in its place
    assert stand(step) == stand(whole) == stand(again)


@given(histories)
def test_what_is_known_is_never_forgotten_by_a_message_without_a_report(history: list[tuple[Verdict, bool]]) -> None:
    before = stand(_case(history))
    later = _case([*history, (verdict(None, letter=False, link=None), True)])
    if any(ours for _, ours in history):
        assert (stand(later).report, stand(later).weblink) == (before.report, before.weblink)


@given(histories, st.sampled_from(list(OutgoingState)))
def test_bytes_that_went_are_never_forwarded_again(history: list[tuple[Verdict, bool]], state: OutgoingState) -> None:
    case = _case(history)
    report = stand(case).report
    if report is None or state in {OutgoingState.CANCELLED, OutgoingState.HELD, OutgoingState.QUEUED}:
        return
    gone = SentMail(1, MailKind.FORWARD, state, 1, report=report.sha256, answers=0)
    if state is not OutgoingState.DEFERRED:
        standing = stand(replace(case, mails=(gone,)))
        assert standing.sent == gone or standing.outcome is Outcome.REVIEW


def test_every_declared_doubt_says_why_and_what_to_do() -> None:
    sources = {"words", "pages", "identity", "sender", "safety", "case"}
    for each in DOUBTS:
        assert each.source in sources
        assert each.title[0].isupper()
        assert each.why.endswith(".")
        assert each.action.endswith(".")
    assert len({each.code for each in DOUBTS}) == len(DOUBTS)


def test_a_doubt_carries_what_it_is_about() -> None:
    made = doubt("check-unsure", "unclear", document="x.pdf", page=3, quote="maybe")
    assert made == Doubt("check-unsure", "pages", "unclear", "maybe", "x.pdf", 3)
