"""Every fault that is planted in an installation where all is well is named, with what to do about it."""

from __future__ import annotations

import pytest

from intake.doctor import CHECKS, Check, Health
from tests.doctor.faults import configuration, files, mail_servers, people, records
from tests.doctor.site import Fault, Site, check_named, may_plant

FAULTS = (*configuration.FAULTS, *people.FAULTS, *files.FAULTS, *mail_servers.FAULTS, *records.FAULTS)
AT_LEAST = 100
# Without a ledger, a scanner or a message there is nothing to look at yet.
USUAL = frozenset({Health.OK, Health.NOT_CHECKED})
# What this machine, the relay of the tests (no DSN) and an installation before its first start are warned of.
EXPECTED = frozenset({"clock", "relay", "data-folder"})


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_a_planted_fault_is_named(fault: Fault, site: Site) -> None:
    if not may_plant(fault):
        pytest.skip("only root can plant it")
    fault.planted_in(site)
    results = site.examined(check_named(fault.check))
    found = [result for result in results if result.health is fault.health and fault.says in result.message]
    assert found, results
    assert any(fault.advises in result.hint for result in found), results
    assert not any("The check itself failed" in result.message for result in results)


@pytest.mark.parametrize("check", CHECKS, ids=[check.id for check in CHECKS])
def test_where_all_is_well_nothing_is_said(check: Check, site: Site) -> None:
    """So that none of the faults above is found where none was planted. (Whether a clock is kept is the machine's.)"""
    results = site.examined(check)
    wrong = [result for result in results if result.health not in USUAL]
    assert [result for result in wrong if result.health is Health.FAILURE or check.id not in EXPECTED] == []


def test_there_are_many_and_each_has_a_name_of_its_own() -> None:
    assert len(FAULTS) >= AT_LEAST
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    assert all(fault.says or fault.check == "scanner" for fault in FAULTS)
