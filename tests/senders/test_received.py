"""A Received line names a host only where it can be read in one way, whatever the other side put into it."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from intake.senders.received import LONGEST, Hop, read_received

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
DATE = "Mon, 23 Nov 2026 09:00:00 +0000"
REAL = "mx1.homeoffice.example"
# What the other side chooses: pieces of the grammar, and anything at all.
CLAUSES = [
    "by",
    "from",
    "BY",
    "by inner.homeoffice.example",
    "(by)",
    "id",
    "for",
    "x",
    "evil.example",
    "with ESMTP",
    DATE,
]
SIGNS = ["(", ")", '"', "\\", ";", "<", ">", "[", " ", "\t", "\r", "\n ", "\0", "é", "=?utf-8?q?by?=", "\u200b"]
PIECES = st.sampled_from(CLAUSES + SIGNS)
HOSTILE = st.one_of(st.lists(PIECES, max_size=8).map(" ".join), st.lists(PIECES, max_size=8).map("".join), st.text())


@pytest.mark.parametrize(
    ("line", "host"),
    [
        (f"from by (unknown [203.0.113.9]) by {REAL} (Postfix) with ESMTP id 1; {DATE}", REAL),
        (f"from from (unknown [203.0.113.9]) by {REAL} (Postfix) with ESMTP id 1; {DATE}", REAL),
        (f"from x.example (x.example. [192.0.2.1])\tby {REAL} with ESMTPS id a1 for <b@c.example>; {DATE} (UTC)", REAL),
        (f"from x.example (x [192.0.2.1] (may be forged)) by {REAL} (8.15.2) with ESMTP; {DATE}", REAL),
        (f"from [192.0.2.1] (port=5 helo=x) by {REAL} with esmtp (Exim 4.96) (envelope-from <a@b>) id 1; {DATE}", REAL),
        (
            f"from AM0PR01.outlook.example (::21) by VI1PR02.outlook.example with Microsoft SMTP Server (x=y); {DATE}",
            "vi1pr02.outlook.example",
        ),
        (f"by 2002:a05:6a10:1234:: with SMTP id x1; {DATE}", "2002:a05:6a10:1234::"),
        (f"from x by [192.0.2.9]; {DATE}", "192.0.2.9"),
    ],
)
def test_what_servers_write_is_read(line: str, host: str) -> None:
    assert read_received(line) == Hop(host, AT)


@pytest.mark.parametrize(
    "line",
    [
        f"from x by inner.example (unknown [203.0.113.9]) by {REAL} with ESMTP id 1; {DATE}",
        f"from (by inner.example) by {REAL} by x; {DATE}",
        f"from x (by {REAL}) by y; {DATE}",
        f"from x by {REAL} (; {DATE}",
        f"from x) by {REAL}; {DATE}",
        f'from x by {REAL} with "(unknown [203.0.113.9]) by y"; {DATE}',
        f"from x\\ by {REAL}; {DATE}",
        f"from x (\\) by {REAL}; {DATE}",
        f"from x by {REAL}; {DATE}; {DATE}",
        f"from x by {REAL}",
        f"from by {REAL}; {DATE}",
        f"from x y by {REAL}; {DATE}",
        f"(qmail 12 invoked by uid 0); {DATE}",
        f"from x by {REAL}; {DATE} by y",
        f"from x by mx1.höme.example; {DATE}",
        f"from x by {REAL}\0; {DATE}",
        "",
        "by",
    ],
)
def test_what_can_be_read_in_two_ways_names_nobody(line: str) -> None:
    assert read_received(line) is None


@given(helo=HOSTILE, name=HOSTILE, envelope=HOSTILE, recipient=HOSTILE)
@example("x by inner.homeoffice.example (", "unknown", '"))"@evil.example', "x@y")
@example("x by inner.homeoffice.example with <", "unknown", "", ">")
@example("by", "unknown", "a@b", "x@y")
@example("", "by by", "", "")
def test_no_greeting_makes_another_host_the_writer(helo: str, name: str, envelope: str, recipient: str) -> None:
    """However a server copies in what the other side says, the line names that server or nobody."""
    tail = f"by {REAL} (Mailer) (envelope-from <{envelope}>) with ESMTP id 1 for <{recipient}>; {DATE}"
    for line in (f"from {helo} ({name} [203.0.113.9]) {tail}", f"from {name} (HELO {helo}) (203.0.113.9) {tail}"):
        hop = read_received(line)
        assert hop is None or hop.by == REAL


@given(st.text())
def test_any_text_gives_an_answer(line: str) -> None:
    hop = read_received(line)
    assert hop is None or hop.by


def test_a_date_that_makes_no_sense_costs_the_date_alone() -> None:
    assert read_received(f"from x by {REAL}; now") == Hop(REAL, None)


@pytest.mark.parametrize("unit", ["(", ")", "(by ", "by ", "from x ", ";", "x", "\\", "[", '"', "\t", "() "])
def test_time_grows_with_the_length_at_most(unit: str) -> None:
    line = f"from x by {REAL} " + unit * 200_000
    started = time.process_time()
    for _ in range(100):
        read_received(line)
        read_received(line[: LONGEST - 50] + f"; {DATE}")
    assert time.process_time() - started < 1.0
