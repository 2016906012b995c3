from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import sbom

ROOT = Path(__file__).parent.parent
PACKAGES = sbom.read_lock((ROOT / "requirements" / "runtime.txt").read_text())
NAMES = [package.name for package in PACKAGES]
PERMISSIVE = {
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "MIT",
    "MIT-0",
    "MIT-CMU",
    "PSF-2.0",
}
# Their conditions concern changes to their own files; we use them unchanged, as libraries.
WEAK_COPYLEFT = {
    "certifi": "MPL-2.0",
    "pikepdf": "MPL-2.0",
    "psycopg": "LGPL-3.0-only",
    "psycopg-binary": "LGPL-3.0-only",
}


def test_the_lock_is_read_whole() -> None:
    text = (ROOT / "requirements" / "runtime.txt").read_text()
    pins = [line for line in text.splitlines() if re.match(r"[\w.-]+(\[[^]]*])?==", line)]
    elsewhere = [line for line in pins if "win32" in line or "darwin" in line]
    assert len(PACKAGES) == len(pins) - len(elsewhere)
    assert all(package.hashes for package in PACKAGES)
    assert all(package.needed_by for package in PACKAGES)


@pytest.mark.parametrize("name", NAMES)
def test_every_locked_package_has_a_licence_that_we_can_keep(name: str) -> None:
    found = sbom.licence(name)
    assert found, f"{name} declares no licence that scripts/sbom.py knows"
    if WEAK_COPYLEFT.get(name) == found:
        return
    offered = [set(choice.split(" AND ")) for choice in found.strip("()").split(" OR ")]
    assert any(choice <= PERMISSIVE for choice in offered), f"{name}: {found}"


def test_the_table_of_exceptions_names_only_what_is_locked() -> None:
    assert set(WEAK_COPYLEFT) <= set(NAMES)


def test_the_page_on_licences_names_the_exceptions() -> None:
    page = (ROOT / "docs" / "licences.md").read_text()
    assert [name for name in WEAK_COPYLEFT if name not in page] == []


def test_the_bill_of_materials_is_whole_and_stable() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "sbom.py")]
    one, other = (subprocess.run(command, capture_output=True, check=True).stdout for _ in range(2))
    assert one == other
    document = json.loads(one)
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.6")
    assert [component["name"] for component in document["components"]] == NAMES
    references = {component["bom-ref"] for component in document["components"]} | {sbom.OURSELVES}
    assert {entry["ref"] for entry in document["dependencies"]} == references
    assert all(set(entry["dependsOn"]) <= references for entry in document["dependencies"])
    needed = {reference for entry in document["dependencies"] for reference in entry["dependsOn"]}
    assert needed == references - {sbom.OURSELVES}
