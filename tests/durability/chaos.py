"""`python -m tests.durability.chaos N`: kill the service N times at random, and count what was lost or doubled."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from intake.model import Outcome
from tests.durability.lives import Lives, Toll
from tests.durability.talks import Talk
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink

_MIX = (Outcome.COMPLIANT, Outcome.COMPLIANT, Outcome.GAPS, Outcome.IGNORE)
_PER_MAILBOX = 100  # kills in one mailbox before everything is compared and a new one is begun
_MOST_POSTED = 3
_TALKS = 0.5  # how often a conversation of several messages is begun
_START = 20  # a pass that finds nothing new goes through about so many places


def kill_at_random(lives: Lives, kills: int, say: Callable[[str], None] = lambda _: None) -> Toll:
    """So many lives that end at a random place, then the reckoning."""
    dice = lives.dice
    reach = 120
    while lives.toll.kills < kills:
        for _ in range(dice.randint(1, _MOST_POSTED)):
            lives.post(dice.choice(_MIX))
        if dice.random() < _TALKS:
            lives.begin(dice.choice(list(Talk)))
        lives.go_on()
        # A killed life leaves its work to the next ones: they start with what it had in hand.
        while lives.live(dice.randint(1, reach)) and lives.toll.kills < kills and dice.random() < 0.7:
            pass
        reach = dice.choice((_START * 3, 120, 240, 400))
        say(f"  {lives.toll.kills} of {kills} kills, {len(lives.posted)} messages")
    return lives.finish()


def kill_in_turn(lives: Lives, every: int = 1, most: int = 1000) -> Toll:
    """A life that ends at each kind of place that a compliant message and one with gaps come by, then the reckoning."""
    for outcome in (Outcome.COMPLIANT, Outcome.GAPS):
        lives.post(outcome)
    for talk in Talk:
        lives.begin(talk)
    for place in list(dict.fromkeys(lives.places()))[::every]:
        if lives.toll.kills < most:
            lives.post(lives.dice.choice(_MIX[1:3]))
            lives.go_on()
            lives.live(place)
            lives.live(0)
    return lives.finish()


def main(kills: int, seed: int) -> int:
    """Run it, print the table, and say in the last line how it ended."""
    started, total, posted = time.monotonic(), Toll(), Counter[Outcome]()
    with Dovecot() as dovecot:
        while total.kills < kills:
            folder = Path(tempfile.mkdtemp(prefix="chaos-"))
            with SmtpSink() as sink:
                lives = Lives(folder, dovecot.add_user(), sink, seed + total.kills)
                rest = min(_PER_MAILBOX, kills - total.kills)
                toll = kill_at_random(lives, rest, _progress) if total.kills else kill_in_turn(lives, most=rest)
            total += toll
            posted += Counter(each.outcome for each in lives.posted)
            if not (toll.lost or toll.doubled or toll.wrong):
                shutil.rmtree(folder)
    print(file=sys.stderr)
    _print_table(total, posted, time.monotonic() - started)
    print(f"kills={total.kills} lost={len(total.lost)} doubled={len(total.doubled)} uncertain={total.uncertain}")
    return 1 if total.lost or total.doubled or total.wrong else 0


def _progress(words: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{words}", end="", file=sys.stderr, flush=True)


def _print_table(total: Toll, posted: Counter[Outcome], seconds: float) -> None:
    print(f"{'stopped dead at':<40}{'times':>8}")
    for place, count in sorted(total.places.items()):
        print(f"{place:<40}{count:>8}")
    print()
    print("messages posted: " + ", ".join(f"{count} {outcome}" for outcome, count in sorted(posted.items())))
    print(f"seconds: {seconds:.0f}")
    for title, found in (("lost", total.lost), ("doubled", total.doubled), ("wrong", total.wrong)):
        for each in found:
            print(f"{title}: {each}")


if __name__ == "__main__":
    chosen = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    sys.exit(main(chosen, int(sys.argv[2]) if len(sys.argv) > 2 else time.time_ns() % 1_000_000))
