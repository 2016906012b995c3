#!/usr/bin/env python3
"""Write the bill of materials: what the program is made of, from the lock file, as CycloneDX 1.6 JSON.

Names, versions, hashes and who needs whom come from `requirements/runtime.txt`, licences from the installed packages.
The same lock gives the same bytes.

    .venv/bin/python scripts/sbom.py > dist/intake.cdx.json
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

LOCK = Path(__file__).resolve().parent.parent / "requirements" / "runtime.txt"
OURSELVES = "dhr-intake"
_PIN = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^]]*])?==([^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_ELSEWHERE = re.compile(r"(?:sys_platform|platform_system) == '(?:win32|Windows|darwin)'")
_VIA = re.compile(r"#(?:\s+via)?\s+(?!via)([A-Za-z0-9._-]+)")

# What older metadata calls a licence, and its SPDX name.
SPELLINGS = {
    "MIT": "MIT",
    "MIT License": "MIT",
    "BSD-3-Clause": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "Apache-2.0": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "MPL-2.0": "MPL-2.0",
    "BSD-3-Clause, Apache-2.0, dependency licenses": "BSD-3-Clause AND Apache-2.0",
    "BSD-like": "BSD-3-Clause",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
}


@dataclass
class Locked:
    """One line of the lock file."""

    name: str
    version: str
    hashes: list[str] = field(default_factory=list)
    needed_by: list[str] = field(default_factory=list)


def read_lock(text: str) -> list[Locked]:
    """The pinned packages in order, without those that only another operating system installs."""
    found: list[Locked] = []
    current: Locked | None = None
    for line in text.splitlines():
        if pin := _PIN.match(line):
            current = Locked(pin[1].lower(), pin[2])
            if not _ELSEWHERE.search(line):
                found.append(current)
        elif current:
            current.hashes += _HASH.findall(line)
            if via := _VIA.search(line):
                current.needed_by.append(via[1].lower())
    return found


def licence(name: str) -> str:
    """The SPDX expression that an installed package declares; "" when it declares nothing that we know."""
    facts = metadata.metadata(name)
    if "License-Expression" in facts:
        return facts["License-Expression"]
    named = [str(text).strip() for text in facts.get_all("License") or []]
    named += [
        str(line).rpartition(" :: ")[2] for line in facts.get_all("Classifier") or [] if line.startswith("License")
    ]
    return next((SPELLINGS[one] for one in named if one in SPELLINGS), "")


def bill(text: str) -> dict[str, object]:
    """The whole document."""
    packages = read_lock(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, digest)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": OURSELVES,
                "name": OURSELVES,
                "version": own_version(),
                "licenses": [{"expression": "MIT"}],
            }
        },
        "components": [component(package) for package in packages],
        "dependencies": list(dependencies(packages)),
    }


def own_version() -> str:
    """The program's version, also where it is not installed."""
    found = re.search(r'__version__ = "([^"]+)"', (LOCK.parent.parent / "intake" / "__init__.py").read_text())
    return found[1] if found else "0"


def component(package: Locked) -> dict[str, object]:
    found: dict[str, object] = {
        "type": "library",
        "bom-ref": reference(package),
        "name": package.name,
        "version": package.version,
        "purl": reference(package),
    }
    expression = licence(package.name)
    if expression:
        found["licenses"] = [{"expression": expression}]
    # One hash for each file that may be installed (source, wheels of each platform).
    found["externalReferences"] = [
        {
            "type": "distribution",
            "url": reference(package),
            "hashes": [{"alg": "SHA-256", "content": digest} for digest in package.hashes],
        }
    ]
    return found


def dependencies(packages: list[Locked]) -> Iterator[dict[str, object]]:
    for name, label in [(OURSELVES, OURSELVES), *((one.name, reference(one)) for one in packages)]:
        needed = sorted(reference(one) for one in packages if name in one.needed_by)
        yield {"ref": label, "dependsOn": needed}


def reference(package: Locked) -> str:
    """The package's URL in the form of the purl specification."""
    return f"pkg:pypi/{package.name.replace('_', '-')}@{package.version}"


def main() -> int:
    json.dump(bill(LOCK.read_text()), sys.stdout, indent=1)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
