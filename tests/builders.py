"""What tests build their cases with: `a_message(report=a_report(letter=None))` says all that matters."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from intake.demo import report_builder
from intake.demo.action_plans import BARE, OUTCOMES, RENAMED, SEVEN, SHORT, Plan, an_action_plan
from intake.demo.files import join, lock, noise_picture, scramble, truncate, turned, with_junk, zipped
from intake.demo.letters import Letter, a_letter
from intake.demo.mails import File, Mail, a_message, as_html, quoted_request, signature
from intake.demo.office_files import a_word_letter, a_word_plan, a_word_report, an_excel_plan
from intake.demo.report_builder import LABELS, ORDER, Report, an_executive_summary
from intake.demo.reviews import (
    BRACKENFORD,
    CALDERBROOK,
    EASTMARCH,
    NORTHMERE,
    REVIEWS,
    THORNWICK,
    WEALDSHIRE,
    Review,
)
from intake.demo.samples import DemoCase, demo_messages
from intake.demo.scans import Scan, scan

__all__ = [
    "BARE",
    "BRACKENFORD",
    "CALDERBROOK",
    "EASTMARCH",
    "LABELS",
    "NORTHMERE",
    "ORDER",
    "OUTCOMES",
    "RENAMED",
    "REVIEWS",
    "SEVEN",
    "SHORT",
    "THORNWICK",
    "WEALDSHIRE",
    "DemoCase",
    "File",
    "Letter",
    "Mail",
    "Plan",
    "Report",
    "Review",
    "Scan",
    "a_letter",
    "a_message",
    "a_report",
    "a_word_letter",
    "a_word_plan",
    "a_word_report",
    "an_action_plan",
    "an_excel_plan",
    "an_executive_summary",
    "as_html",
    "demo_messages",
    "join",
    "lock",
    "noise_picture",
    "quoted_request",
    "scan",
    "scramble",
    "signature",
    "truncate",
    "turned",
    "with_junk",
    "zipped",
]


def a_report(report: Report | None = None, **changes: Any) -> bytes:
    """`intake.demo`'s, made once for all tests that want the same."""
    return made_report(report or Report(**changes))


@lru_cache(maxsize=256)
def made_report(report: Report) -> bytes:
    return report_builder.a_report(report)
