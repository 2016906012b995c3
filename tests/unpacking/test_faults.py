"""Every fault that unpacking can name is declared, and every one that is declared can be named."""

from __future__ import annotations

import re
from pathlib import Path

from intake import unpacking
from intake.model import FAULTS

NAMED = re.compile(r"""(?:note|ArchiveFault|UnpackProblem)\(\s*(?:"([a-z-]+)"(?: if [^,]{1,80} else "([a-z-]+)")?)""")


def test_the_faults_of_the_code_are_the_declared_ones() -> None:
    sources = [path.read_text() for path in Path(unpacking.__file__).parent.glob("*.py")]
    named = {fault for source in sources for pair in NAMED.findall(source) for fault in pair if fault}
    assert named == set(FAULTS)
    assert not any(text.endswith(".") for text in FAULTS.values())
