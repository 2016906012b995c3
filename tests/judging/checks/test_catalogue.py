"""The catalogue is whole: every check is declared, explained, in the policy, and every fault can be said."""

from __future__ import annotations

import re

import pytest

from intake.judging.checks import CATALOGUE, Check, examine_all
from intake.judging.checks.check import Fault
from intake.model import Policy, Status
from tests.records import PLAN_PAGE, a_document, a_dossier, letter_pages, policy, report_pages

ORDER = [
    "pdf-format", "readable", "size-limit", "feedback-letter-annex", "action-plan-annex", "weblink",
    "executive-summary", "implementation-updates", "live-document-note",
]  # fmt: skip
FAULTS = [(check, fault) for check in CATALOGUE for fault in check.faults]


def test_the_checks_are_the_promised_ones_in_their_order() -> None:
    assert [check.id for check in CATALOGUE] == ORDER


def test_every_check_is_in_the_policy_with_its_default() -> None:
    assert {check.id: check.default for check in CATALOGUE} == dict(policy().checks)


@pytest.mark.parametrize("check", CATALOGUE, ids=lambda check: check.id)
def test_every_check_explains_itself(check: Check) -> None:
    for words in (check.title, check.why, check.remedy, check.reference, check.met):
        assert words.strip()
    assert len({fault.code for fault in check.faults}) == len(check.faults)


@pytest.mark.parametrize(("check", "fault"), FAULTS, ids=lambda item: getattr(item, "code", getattr(item, "id", "")))
def test_every_fault_is_a_calm_sentence(check: Check, fault: Fault) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", fault.code)
    for sentence in (fault.summary, fault.remedy or check.remedy):
        assert sentence.endswith(".")
        assert "!" not in sentence
    assert set(re.findall(r"\{(\w+)\}", fault.summary + fault.remedy)) <= {
        "document",
        "other",
        "pages",
        "size",
        "limit",
    }


def test_a_complete_report_meets_every_check() -> None:
    dossier = a_dossier(a_document([*report_pages(), *letter_pages(), PLAN_PAGE]))
    findings = examine_all(dossier, policy())
    assert [(finding.check, finding.status) for finding in findings] == [(name, Status.MET) for name in ORDER]
    assert all(finding.fault is None and not finding.remedy for finding in findings)


def test_an_empty_message_is_answered_by_every_check() -> None:
    findings = examine_all(a_dossier(), policy())
    assert [finding.check for finding in findings] == ORDER
    assert all(finding.summary for finding in findings)
    assert not [
        finding
        for finding in findings
        if finding.status is Status.MET and finding.policy is Policy.REQUIRED and finding.check != "weblink"
    ]
