"""What durability costs: the number of commits for each message, each of which waits for the disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

from tests.service.world import World, enquiry, named, submission


@contextmanager
def counted() -> Iterator[list[int]]:
    commits: list[int] = []

    def commit(connection: Connection) -> None:
        if not connection.get_execution_options().get("intake_read"):
            commits.append(1)

    event.listen(Engine, "commit", commit)
    try:
        yield commits
    finally:
        event.remove(Engine, "commit", commit)


def cost_of(world: World, *raws: bytes) -> int:
    """The commits of a pass with these messages, above those of one that finds nothing."""
    world.run()
    with counted() as idle:
        world.run()
    for raw in raws:
        world.post(raw)
    with counted() as busy:
        world.run()
    return len(busy) - len(idle)


@pytest.mark.parametrize("count", [1, 4])
def test_a_message_that_is_none_of_ours_costs_three_commits(world: World, count: int) -> None:
    """Received, claimed, judged; and one for the sweep that listed them."""
    assert cost_of(world, *(enquiry(number) for number in range(count))) == 1 + 3 * count


def test_a_compliant_submission_costs_eleven_commits(world: World) -> None:
    """Received, claimed, its reference, judged, filed; three for each of two mails; and one for the sweep."""
    assert cost_of(world, submission()) == 1 + 5 + 2 * 3


def test_a_reply_costs_nine_commits(world: World) -> None:
    assert cost_of(world, submission(1, named("Bea"), weblink="")) == 1 + 5 + 3
