"""`python -m tests.judge`: judge the corpus, print how the verdicts compare with the truth, fail on harm done.

Harm is a wrong forward (a report sent to the Commissioner that should not be), a wrong nag (a reply to somebody
who needs none, or one that names a gap that is not there) and a missed submission (nobody answers and nobody
looks). Reviews, incomplete replies and other names for a gap are counted and shown.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from intake.model import Outcome, Policy, Status, Verdict
from intake.sandbox.sandbox import Sandbox
from intake.wiring.rules import build_judge, load_rules
from tests.corpus import STYLES, cases, makers
from tests.corpus.case import ADVISORY, ANY, REQUIRED, Case, Truth

SEEDS = {"development": (1, 2), "held-out": (101,)}
HARM = ("wrong forward", "wrong nag", "missed")


@dataclass(slots=True)
class Tally:
    """What came of one set of cases."""

    checks: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    counts: Counter[str] = field(default_factory=Counter)
    lines: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    @property
    def harm(self) -> int:
        return sum(self.counts[name] for name in HARM)


def faults_found(case: Case, verdict: Verdict) -> list[tuple[str, str]]:
    """What is wrong with a verdict: pairs of the kind of mistake and what it is about."""
    truth = case.truth
    found = _outcome_mistakes(truth, verdict)
    if verdict.kind not in truth.kinds and verdict.outcome is not Outcome.REVIEW:
        found.append(("other kind", f"{verdict.kind}"))
    if verdict.outcome is Outcome.GAPS and not _needless_reply(found):
        found += _reply_mistakes(truth, verdict)
    if truth.weblink is not None and verdict.outcome is Outcome.COMPLIANT and not _same_link(truth, verdict):
        found.append(("other weblink", str(verdict.weblink)))
    return found


def _needless_reply(found: Sequence[tuple[str, str]]) -> bool:
    """Whether a reply should not have been sent at all: then its words do not matter."""
    return any(name == "wrong nag" for name, _ in found)


def _outcome_mistakes(truth: Truth, verdict: Verdict) -> list[tuple[str, str]]:
    given = verdict.outcome
    if given in truth.outcomes:
        return []
    why = "; ".join(verdict.outcome_reasons)[:150]
    if given is Outcome.COMPLIANT:
        return [("wrong forward", why)]
    if given is Outcome.GAPS:
        return [("wrong nag", why)]
    if given is Outcome.IGNORE:
        return [("missed", "; ".join(verdict.reasons)[:150])]
    return [("needless review", why)]


def _reply_mistakes(truth: Truth, verdict: Verdict) -> list[tuple[str, str]]:
    found = []
    named = {finding.check: finding for finding in verdict.gaps(Policy.REQUIRED)}
    for check, expected in truth.checks.items():
        finding = named.get(check)
        if finding is None:
            if check in REQUIRED and expected.statuses == {Status.GAP}:
                found.append(("incomplete reply", check))
        elif Status.GAP not in expected.statuses:
            found.append(("wrong nag", f"{check}: {finding.fault}"))
        elif expected.faults and finding.fault not in expected.faults:
            found.append(("other fault", f"{check}: {finding.fault}"))
    return found


def _same_link(truth: Truth, verdict: Verdict) -> bool:
    return _bare(verdict.weblink or "") == _bare(truth.weblink or "")


def _bare(url: str) -> str:
    return url.lower().removeprefix("https://").removeprefix("http://").rstrip("/")


def count(tally: Tally, case: Case, verdict: Verdict, seconds: float) -> None:
    """Enter one verdict."""
    tally.seconds.append(seconds)
    tally.counts["messages"] += 1
    tally.counts[f"truth {case.truth.outcome}"] += 1
    tally.counts[f"given {verdict.outcome}"] += 1
    for check, expected in case.truth.checks.items():
        finding = verdict.finding(check)
        if finding is None or expected.statuses == ANY:
            continue
        truth = "/".join(sorted(expected.statuses))
        named = f"{truth} as {finding.status}"
        if expected.faults and finding.status is Status.GAP and finding.fault not in expected.faults:
            named += " (other fault)"
        tally.checks[check][named] += 1
    mistakes = faults_found(case, verdict)
    tally.counts.update({kind for kind, _ in mistakes})  # messages, not lines
    for kind, what in mistakes:
        tally.lines.append(f"{kind:16} {case.name:44} {what}")


def table(name: str, tally: Tally) -> str:
    """The result of one set, for people and for the docs."""
    counts = tally.counts
    lines = [f"## {name}: {counts['messages']} messages", ""]
    lines += ["| check | truth as verdict: count |", "|---|---|"]
    for check in (*REQUIRED, *ADVISORY):
        shown = ", ".join(f"{what}: {number}" for what, number in sorted(tally.checks[check].items()))
        lines.append(f"| `{check}` | {shown} |")
    lines += ["", "| | truth | given |", "|---|---|---|"]
    for outcome in Outcome:
        lines.append(f"| {outcome} | {counts[f'truth {outcome}']} | {counts[f'given {outcome}']} |")
    lines += ["", "| mistake | count |", "|---|---|"]
    kinds = (*HARM, "needless review", "incomplete reply", "other fault", "other kind", "other weblink")
    lines += [f"| {kind} | {counts[kind]} |" for kind in kinds]
    ordered = sorted(tally.seconds) or [0.0]
    middle, slow = ordered[len(ordered) // 2], ordered[-1]
    lines += ["", f"Seconds a message: middle {middle:.2f}, mean {sum(ordered) / len(ordered):.2f}, most {slow:.2f}"]
    return "\n".join(lines)


def judge_all(chosen: Iterable[Case], workers: int) -> Tally:
    """The tally of these cases."""
    tally = Tally()
    with Sandbox() as sandbox:
        judge = build_judge(sandbox, load_rules())

        def timed(case: Case) -> tuple[Case, Verdict, float]:
            start = time.perf_counter()
            verdict = judge.judge(case.raw).verdict
            return case, verdict, time.perf_counter() - start

        with ThreadPoolExecutor(workers) as pool:
            for case, verdict, seconds in pool.map(timed, chosen):
                count(tally, case, verdict, seconds)
    return tally


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 1 when harm was done."""
    parser = argparse.ArgumentParser(prog="python -m tests.judge", description=__doc__)
    parser.add_argument("--set", choices=[*STYLES, "all"], default="all", help="which wordings")
    parser.add_argument("--seed", type=int, action="append", help="a seed other than the usual ones; may come again")
    parser.add_argument("--count", type=int, help="how many cases a seed (usual: one of each kind)")
    parser.add_argument("--only", default="", help="only cases with this in their name")
    parser.add_argument("--workers", type=int, default=1, help="messages judged at a time")
    chosen = parser.parse_args(arguments)
    harm = 0
    for name, style in STYLES.items():
        if chosen.set not in {name, "all"}:
            continue
        wanted = (
            case
            for seed in chosen.seed or SEEDS[name]
            for case in cases(seed, chosen.count or len(makers(style)), style)
            if chosen.only in case.name
        )
        tally = judge_all(wanted, chosen.workers)
        print(table(name, tally), *sorted(tally.lines), sep="\n", end="\n\n")
        harm += tally.harm
    return 1 if harm else 0


if __name__ == "__main__":
    sys.exit(main())
