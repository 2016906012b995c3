"""Build the Debian package for the release that this is run on: the program in /opt/intake, its account and units.

    python3 -m scripts.deb dist

The machine's own interpreter is what the package will run with, so it fits one release (Debian 12 or 13).
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from scripts import assets, environment, sbom, wheel
from scripts.wheel import ROOT, BuildError, run

PARTS = ROOT / "packaging" / "deb"
UNITS = ("intake.service", "intake-web.service", "intake-backup.service", "intake-backup.timer")
SCRIPTS = ("postinst", "prerm", "postrm")
_INTERPRETER = Path("/usr/bin/python3")
_OLDEST = 1580601600  # where no commit says when: the build backend's own date


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, help="where the package goes")
    folder = parser.parse_args().folder
    try:
        print(build(folder))
    except BuildError as error:
        print(f"scripts/deb.py: {error}", file=sys.stderr)
        return 1
    return 0


def build(folder: Path) -> Path:
    """Build program, environment and package. Raises BuildError."""
    if shutil.which("dpkg-deb") is None or not _INTERPRETER.exists():
        raise BuildError("a Debian package is built on Debian, with its own python3.")
    if assets.main():
        raise BuildError("the web pages' files could not be fetched.")
    os.umask(0o022)
    interpreter = _INTERPRETER.resolve()
    tools = wheel.tools(interpreter)
    root = ROOT / "build" / "deb"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    environment.make(root, interpreter, tools, wheel.build(tools, ROOT / "build"))
    lay_out(root)
    return pack(root, folder, interpreter.name)


def lay_out(root: Path) -> None:
    """All but the environment: units, account, folders, documents, and the command on everybody's path."""
    for unit in UNITS:
        _put(ROOT / "systemd" / unit, root / "usr/lib/systemd/system" / unit)
    _put(ROOT / "systemd/intake.sysusers", root / "usr/lib/sysusers.d/intake.conf")
    _put(ROOT / "systemd/intake.tmpfiles", root / "usr/lib/tmpfiles.d/intake.conf")
    command = root / "usr/bin/intake"
    command.parent.mkdir(parents=True)
    command.symlink_to("/" / environment.PLACE / "bin" / "intake")
    documents = root / "usr/share/doc/intake"
    for name in ("README.md", "SECURITY.md"):
        _put(ROOT / name, documents / name)
    for page in sorted((ROOT / "docs").glob("*.md")):
        _put(page, documents / "docs" / page.name)
    for name in ("intake.example.toml", "alerts.yml", "grafana-dashboard.json"):
        _put(ROOT / "config" / name, documents / "examples" / name)
    for name in ("nginx.conf", "Caddyfile"):
        _put(ROOT / "packaging" / name, documents / "examples" / name)
    terms = "".join((ROOT / name).read_text() + "\n" for name in ("LICENSE", "docs/licences.md"))
    (documents / "copyright").write_text(f"{terms}The licences of those packages stand beside them in /opt/intake.\n")
    (documents / "changelog.gz").write_bytes(gzip.compress((ROOT / "CHANGELOG.md").read_bytes(), mtime=0))


def pack(root: Path, folder: Path, python: str) -> Path:
    """Write what dpkg wants to know, and the package; `python` is the Debian package of the interpreter."""
    facts = {
        "version": f"{sbom.own_version()}+{release()}",
        "architecture": run(["dpkg", "--print-architecture"]).strip(),
        "python": python,
        "size": str(sum(path.lstat().st_size for path in root.rglob("*") if not path.is_dir()) // 1024),
    }
    control = root / "DEBIAN"
    control.mkdir()
    (control / "control").write_text((PARTS / "control").read_text().format_map(facts))
    for script in SCRIPTS:
        _put(PARTS / script, control / script)
        (control / script).chmod(0o755)
    (control / "md5sums").write_text(_sums(root))
    folder.mkdir(parents=True, exist_ok=True)
    package = folder / f"intake_{facts['version']}_{facts['architecture']}.deb"
    # Times are those of the last commit, owners root's: who builds, where and when makes no difference.
    run(["dpkg-deb", "--root-owner-group", "-Zxz", "-z3", "--build", root, package], SOURCE_DATE_EPOCH=str(_moment()))
    return package


def release() -> str:
    """Which release of Debian this is: "deb12"."""
    facts = platform.freedesktop_os_release()
    return f"{facts['ID'][:3]}{facts.get('VERSION_ID', '0').replace('.', '')}"


def _put(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o644)


def _sums(root: Path) -> str:
    """One line a file, as `dpkg --verify` reads them."""
    files = sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    lines = []
    for path in files:
        name = path.relative_to(root)
        if name.parts[0] != "DEBIAN":
            digest = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
            lines.append(f"{digest}  {name}\n")
    return "".join(lines)


def _moment() -> int:
    """Seconds since 1970 of the last commit."""
    command = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    try:
        return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    except (OSError, subprocess.CalledProcessError, ValueError):
        return _OLDEST


if __name__ == "__main__":
    sys.exit(main())
