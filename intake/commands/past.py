"""What a person's decision goes past, as lines for a terminal: said before it is carried out."""

from __future__ import annotations

from collections.abc import Iterator

from intake.cases.staff_decisions import Past


def lines_of(past: Past) -> Iterator[str]:
    """A line each for the open doubts, the gaps and a colleague's hold."""
    for each in past.doubts:
        yield f"Goes past a doubt: {each.doubt.summary}"
    for gap in past.gaps:
        yield f"Goes past a gap: {gap.summary}"
    if past.on_hold:
        yield "Goes past a hold: a colleague asked that nothing of it be sent."
