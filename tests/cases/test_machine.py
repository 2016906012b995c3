"""Any order of mail, staff acts, relay faults and restarts, over the real ledger, judge and pipeline.

Whatever happens: nothing of an unconfirmed message reaches the Commissioner, no report goes twice, a review ends only
by a person or by the fact that its doubt declares, and nothing waits to leave that contradicts what is open.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from intake.errors import IntakeError
from intake.judging.doubts import Closing, declared
from intake.ledger import SERVICE, Act
from intake.model import Document, MailKind, Outcome, OutgoingState, Status, SubmissionState
from intake.sandbox.sandbox import Sandbox
from tests.builders import NORTHMERE, THORNWICK, File, Review, a_letter, a_message, a_report
from tests.cases.office import Bench, sent, waits
from tests.service.world import covering, named, stamped

OURS, COLLEAGUE, OTHER, STRANGER = "ours", "colleague", "other council", "stranger"
_SENDERS = {
    OURS: (NORTHMERE.sender, "pass"),
    COLLEAGUE: ("kim.archer@cs." + NORTHMERE.sender.rpartition("@")[2], "pass"),
    OTHER: (THORNWICK.sender, "pass"),
    STRANGER: (NORTHMERE.sender, "fail"),
}
_LINKS = {
    OURS: NORTHMERE.weblink,
    COLLEAGUE: NORTHMERE.weblink,
    OTHER: THORNWICK.weblink,
    STRANGER: "https://www.northmere-reports.example/dhr/anna",
}
_CASES = ("Anna", "Bea")
_OUTCOMES = (
    OutgoingState.SENT,
    OutgoingState.SENT,
    OutgoingState.DEFERRED,
    OutgoingState.FAILED,
    OutgoingState.UNCERTAIN,
)
_DEEDS = (
    "compliant", "gaps", "ignore", "settle", "hold", "unhold", "override", "split", "join", "withdraw", "retry",
)  # fmt: skip
_UNFINISHED = {SubmissionState.OPEN, SubmissionState.REVIEW, SubmissionState.WAITING_FOR_CSP}
_REPORTS: dict[tuple[str, ...], bytes] = {}


def _report(review: Review, who: str, version: int, *, whole: bool) -> bytes:
    key = (review.name, "stranger" if who == STRANGER else review.csp, str(version), str(whole))
    if key not in _REPORTS:
        letter = {} if whole else {"letter": None}
        seed = version + 50 * (who == STRANGER)
        _REPORTS[key] = a_report(review=review, pages=8, seed=seed, **letter)
    return _REPORTS[key]


class Desk(RuleBasedStateMachine):
    """Everything that can happen at the desk."""

    sandbox: Sandbox
    documents: dict[str, Document]

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="intake-machine-")
        self.bench = Bench(Path(self.folder.name), self.sandbox, self.documents)
        self.number = 0
        self.by_person: set[str] = set()  # submissions that a person has touched since they were last looked at

    def teardown(self) -> None:
        try:
            assert self.bench.ledger.events.verify().sound
        finally:
            self.bench.close()
            self.folder.cleanup()

    # --- mail ---------------------------------------------------------------------------------------------------

    @rule(
        who=st.sampled_from([OURS, OURS, COLLEAGUE, OTHER, STRANGER]),
        case=st.sampled_from(_CASES),
        what=st.sampled_from(["complete", "without letter", "without link", "link", "letter", "objection", "thanks"]),
        how=st.sampled_from(["new", "answers", "reference"]),
        version=st.integers(1, 2),
        judged=st.booleans(),
    )
    def mail(self, who: str, case: str, what: str, how: str, version: int, judged: bool) -> None:
        self.number += 1
        review = named(case, THORNWICK if who == OTHER else NORTHMERE)
        sender, proof = _SENDERS[who]
        link = _LINKS[who]
        usual: dict[str, Any] = {"number": self.number, "review": review, "sender": sender, **self._thread(how)}
        subject = usual.pop("subject", None) or f"Final {review.reference} - {review.csp}"
        words = {
            "link": f"Dear team,\n\nThe report will be published at {link}\n\nMany thanks",
            "letter": "Dear team,\n\nPlease find attached the feedback letter that was missing.\n\nMany thanks",
            "objection": "Dear team,\n\nPlease do not forward the report: the family objects to it.\n\nRegards",
            "thanks": "Thank you, received with thanks.",
            "without link": covering(review, ""),
        }
        body = words.get(what, covering(review, link))
        if what in {"complete", "without letter", "without link"}:
            usual["report"] = _report(review, who, version, whole=what != "without letter")
        if what == "letter":
            usual["files"] = [File("feedback letter.pdf", a_letter(review))]
        self.bench.receives(stamped(a_message(subject=subject, body=body, **usual), result=proof))
        if judged:
            self.judge()

    def _thread(self, how: str) -> dict[str, Any]:
        mails = [mail for mail in self.bench.outgoing() if mail.kind is not MailKind.NOTICE and sent(mail)]
        if how == "answers" and mails:
            return {"subject": f"RE: {mails[0].subject}", "in_reply_to": mails[0].message_id}
        rows = self.bench.submissions()
        return {"subject": f"[{rows[0].reference}] Final report"} if how == "reference" and rows else {}

    @rule()
    def judge(self) -> None:
        self.bench.judges()

    # --- the relay, the clock, the process ------------------------------------------------------------------------

    @rule(outcome=st.sampled_from(_OUTCOMES))
    def deliver(self, outcome: OutgoingState) -> None:
        self.bench.delivers(outcome)

    @rule(minutes=st.sampled_from([6, 20, 60 * 24]))
    def time(self, minutes: int) -> None:
        self.bench.passes(minutes=minutes)

    @rule(where=st.sampled_from(["delivering", "judging"]))
    def dies(self, where: str) -> None:
        (self.bench.dies_while_delivering if where == "delivering" else self.bench.dies_while_judging)()

    # --- staff --------------------------------------------------------------------------------------------------

    def _choose(self, number: int) -> str | None:
        rows = self.bench.submissions()
        return rows[number % len(rows)].reference if rows else None

    def _act(self) -> Act:
        return Act(by="Ana", reason="looked at it", at=self.bench.now)

    @precondition(lambda self: bool(self.bench.submissions()))
    @rule(
        number=st.integers(0, 9),
        deed=st.sampled_from(_DEEDS),
    )
    def staff(self, number: int, deed: str) -> None:
        reference = self._choose(number)
        assert reference is not None
        self.by_person |= {row.reference for row in self.bench.submissions()}
        refusal: IntakeError | None = None
        try:
            self._do(deed, reference, number)
        except IntakeError as refused:
            refusal = refused
        assert refusal is None or refusal.exit_code in {1, 2}, refusal.message

    def _do(self, deed: str, reference: str, number: int) -> None:
        decisions, ledger, act = self.bench.decisions, self.bench.ledger, self._act()
        here = self.bench.view(reference).messages  # none in a submission whose only message went elsewhere
        latest = here[-1].id if here else 0
        deeds: dict[str, Callable[[], object]] = {
            "compliant": lambda: decisions.release(reference, Outcome.COMPLIANT, act),
            "gaps": lambda: decisions.release(reference, Outcome.GAPS, act),
            "ignore": lambda: decisions.release(reference, Outcome.IGNORE, act),
            "settle": lambda: decisions.settle(reference, "all", act),
            "hold": lambda: ledger.actions.hold(reference, act),
            "unhold": lambda: decisions.unhold(reference, act),
            "override": lambda: decisions.override(reference, "weblink", Status.MET, act),
            "split": lambda: decisions.split(latest, act),
            "join": lambda: decisions.join(latest, self._choose(number + 1) or reference, act),
            "withdraw": lambda: ledger.actions.move(reference, SubmissionState.WITHDRAWN, act),
            "retry": lambda: ledger.actions.judge_again(latest, act),
        }
        deeds[deed]()

    # --- what is always so ----------------------------------------------------------------------------------------

    @invariant()
    def nothing_of_a_stranger_reaches_the_commissioner(self) -> None:
        for mail in self.bench.outgoing():
            if mail.kind is MailKind.FORWARD and mail.state is not OutgoingState.CANCELLED and mail.reference:
                told = self.bench.manifest(mail)
                reports, links = self.bench.confirmed(self.bench.view(mail.reference))
                everywhere = self.by_person  # a person may have moved the message on since
                assert {file["sha256"] for file in told["files"]} <= reports or mail.reference in everywhere
                assert told["weblink"] in links | {None} or mail.reference in everywhere
                assert told["weblink"] != _LINKS[STRANGER] or told["released_by_staff"] or mail.reference in everywhere

    @invariant()
    def no_report_goes_twice(self) -> None:
        forwards = [mail for mail in self.bench.outgoing() if mail.kind is MailKind.FORWARD]
        live = Counter(mail.report_sha256 for mail in forwards if mail.state is not OutgoingState.CANCELLED)
        assert all(number == 1 for number in live.values()), live

    @invariant()
    def a_review_ends_by_a_person_or_by_its_fact_alone(self) -> None:
        for row in self.bench.submissions():
            doubts = self.bench.view(row.reference).doubts
            if any(each.closed_at is None for each in doubts):
                ended = {SubmissionState.WITHDRAWN, SubmissionState.CLOSED}
                assert row.state is SubmissionState.REVIEW or row.state in ended or row.reference in self.by_person
            for each in doubts:
                if (
                    each.closed_by == SERVICE
                    and each.closed_why != "the message was judged again, and this is no longer so"
                ):
                    assert declared(each.code).closes is not Closing.PERSON

    @invariant()
    def nothing_that_waits_to_leave_contradicts_what_is_open(self) -> None:
        for row in self.bench.submissions():
            view = self.bench.view(row.reference)
            leaving = [mail for mail in view.outgoing if waits(mail) and mail.kind is not MailKind.RECEIPT]
            if row.state not in _UNFINISHED | {SubmissionState.COMPLETE} or row.on_hold:
                assert leaving == []
            if row.state is SubmissionState.REVIEW and row.reference not in self.by_person:
                assert [mail.kind for mail in leaving if mail.kind is not MailKind.ACKNOWLEDGEMENT] == []

    @invariant()
    def nobody_is_asked_the_same_twice(self) -> None:
        asked = Counter(
            (mail.submission, mail.version, mail.gist)
            for mail in self.bench.outgoing()
            if mail.kind is MailKind.REPLY and sent(mail) and mail.reference not in self.by_person
        )
        assert all(number == 1 for number in asked.values()), asked

    @invariant()
    def every_message_is_accounted_for(self) -> None:
        balance = self.bench.ledger.arrivals.balance("main", "INBOX", self.bench.now)
        assert (balance.accounted, balance.stray) == (balance.seen, 0)
        assert not self.bench.ledger.queries.waiting().set_aside


def test_any_order_of_what_can_happen(sandbox: Sandbox) -> None:
    machine = type("Machine", (Desk,), {"sandbox": sandbox, "documents": {}})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
            phases=(Phase.generate,),  # each history takes seconds: to make a failing one shorter would take an hour
        ),
    )
