"""`python -m tests.mails [FILE…]`: judge the mails that hands wrote, and say for each hand what harm was done.

Without a file: all of this folder. A mail from elsewhere than the partnership counts as held, whatever its words are:
who sends is looked at by the service, before anything leaves. Ends with 1 where there was harm.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from intake.model import Outcome, Policy, Verdict
from intake.sandbox.sandbox import Sandbox
from intake.wiring.rules import build_judge, load_rules
from tests.mails.reading import HERE, HandsMail, Truth, mails_in

_CHECKS = {"letter": "feedback-letter-annex", "plan": "action-plan-annex", "weblink": "weblink"}
_ACTED = {Outcome.COMPLIANT: Truth.FORWARD, Outcome.GAPS: Truth.GAPS}
HARM = ("wrong forward", "wrong nag", "missed")


def came_of(mail: HandsMail, verdict: Verdict) -> str:
    """What came of a mail: `right`, a kind of harm, `needless review`, or `reviewed` where it need not be answered."""
    truth = mail.written.truth
    acted = (
        _ACTED.get(verdict.outcome) if mail.written.of_the_partnership or verdict.outcome is Outcome.IGNORE else None
    )
    if verdict.outcome is Outcome.IGNORE:
        return "right" if truth is Truth.NOT_OURS else "missed"
    if acted is None:
        return {Truth.PERSON: "right", Truth.NOT_OURS: "reviewed"}.get(truth, "needless review")
    if acted is Truth.FORWARD:
        return "right" if truth is Truth.FORWARD else "wrong forward"
    named = {finding.check for finding in verdict.gaps(Policy.REQUIRED)}
    asked_for = {_CHECKS[part] for part in mail.written.missing}
    return "right" if truth is Truth.GAPS and named <= asked_for else "wrong nag"


def row(hand: str, counts: Counter[str]) -> str:
    """One hand's line of the table."""
    plain = counts["plain"]
    answered = plain - counts["plain needless"]
    harm = " | ".join(str(counts[kind]) for kind in HARM)
    return f"| {hand} | {counts['mails']} | {harm} | {answered} of {plain} | {100 * answered / max(plain, 1):.0f} % |"


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge, print, and tell by the exit code whether there was harm."""
    parser = argparse.ArgumentParser(prog="python -m tests.mails", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--quiet", action="store_true", help="the table alone")
    given = parser.parse_args(arguments)
    files = given.files or sorted(HERE.glob("*.toml"))
    mails = [mail for file in files for mail in mails_in(file)]
    with Sandbox() as sandbox, ThreadPoolExecutor(2) as pool:
        judge = build_judge(sandbox, load_rules())
        verdicts = list(pool.map(lambda mail: judge.judge(mail.raw).verdict, mails))
    tallies: dict[str, Counter[str]] = {}
    for mail, verdict in zip(mails, verdicts, strict=True):
        came = came_of(mail, verdict)
        plain = mail.written.truth in {Truth.FORWARD, Truth.GAPS}
        tally = tallies.setdefault(mail.hand, Counter())
        tally.update(("mails", came, *(["plain"] if plain else [])))
        if plain and came != "right":
            tally["plain needless"] += 1
        if came not in {"right", "reviewed"} and not given.quiet:
            quoted = "; ".join(str(doubt.quote or doubt.summary)[:140] for doubt in verdict.doubts)
            print(f"{came:16} {mail.hand} {mail.written.id} ({mail.written.truth}: {mail.written.why}) {quoted}")
    print("| hand | mails | wrong forward | wrong nag | missed | plain answered | reach |")
    print("|---|---|---|---|---|---|---|")
    for hand, tally in tallies.items():
        print(row(hand, tally))
    total = sum(tallies.values(), Counter())
    if len(tallies) > 1:
        print(row("all", total))
    return 1 if any(total[kind] for kind in HARM) else 0


if __name__ == "__main__":
    sys.exit(main())
