"""`python -m tests.conversations [--graph] [FOLDER] [NAME…]`: run every conversation of a folder, a line each."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from tests.conversations.running import Result, run_file, servers

HERE = Path(__file__).parent


def main(arguments: Sequence[str]) -> int:
    """Run them; 0 when all went as expected."""
    transport = "graph" if "--graph" in arguments else "imap-smtp"
    named = [each for each in arguments if each != "--graph"]
    folder = Path(named[0]) if named and named[0] else HERE
    files = sorted(folder.glob("*.toml"))
    if transport == "graph":  # what is stopped at a step of SMTP has no such step here
        files = [file for file in files if '"SMTP: ' not in file.read_text(encoding="utf-8")]
    if wanted := named[1:]:
        files = [file for file in files if any(name in file.stem for name in wanted)]
    if not files:
        print(f"There is no conversation (*.toml) in {folder}.", file=sys.stderr)
        return 2
    good = 0
    with servers(transport) as shared:
        for file in files:
            result = run_file(file, shared)
            good += result.as_expected
            _print(result)
    print(f"conversations: {good} of {len(files)} as expected")
    return 0 if good == len(files) else 1


def _print(result: Result) -> None:
    mark = "ok  " if result.as_expected else "FAIL"
    print(f"{mark} {result.name.removesuffix('.toml'):<44} {result.seconds:5.1f} s  {result.title}")
    for text in result.told:
        print(f"       {text}")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
