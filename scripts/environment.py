"""Make the program's virtual environment as it stands on a server: /opt/intake, whole, from the hashed lock alone.

It is made below another root, with nothing in it of the place where it was made, and compiled beforehand, since the
service may not write there. The same lock, program and interpreter give the same bytes.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from scripts.wheel import PIP, ROOT, WHEELS, run

_OLD_PYTHON = r"/olefile2\.py$"  # written for Python 2, and never imported
PLACE = Path("opt/intake")
_STARTER = """\
#!/{place}/bin/python
import sys

from intake.cli import main

sys.exit(main())
"""


def make(root: Path, interpreter: Path, tools: Path, wheel: Path) -> None:
    """Fill `root`/opt/intake. `interpreter` is the one that will run it, by the path it has on the server."""
    home = root / PLACE
    run([interpreter, "-m", "venv", "--without-pip", "--symlinks", home])
    wheels = _wheels(tools, wheel)
    (site,) = home.glob("lib/python3*/site-packages")
    names = [f"{name}=={version}" for name, version in (path.name.split("-")[:2] for path in wheels.glob("*.whl"))]
    python = home / "bin" / "python"
    run(
        [
            *(tools, *PIP, "--python", python, "install", "--no-index", "--find-links", wheels, "--no-deps"),
            *("--no-compile", "--no-warn-script-location", *names),
        ]
    )
    _forget_where_it_was_made(home, site, interpreter)
    # Held to their sources by no time and no hash: the package system replaces both together.
    compile_all = (python, "-m", "compileall", "-q", "-x", _OLD_PYTHON, "--invalidation-mode", "unchecked-hash")
    run([*compile_all, "-s", root, "-p", "/", site])


def _wheels(tools: Path, wheel: Path) -> Path:
    """A folder with a wheel of each locked package, and of the program."""
    folder = ROOT / "build" / f"wheels-{tools.parent.parent.name.removeprefix('tools-')}"
    lock, stamp = ROOT / "requirements" / "runtime.txt", folder / "stamp"
    if not stamp.is_file() or stamp.read_text() != lock.read_text():
        shutil.rmtree(folder, ignore_errors=True)
        # Without isolation, so that what has no wheel is built by the locked backend.
        run(
            [
                *(tools, *PIP, "wheel", "--no-deps", "--require-hashes", "--no-build-isolation"),
                *("--wheel-dir", folder, "--requirement", lock),
            ]
        )
        stamp.write_text(lock.read_text())
    for old in folder.glob(WHEELS):
        old.unlink()
    shutil.copy(wheel, folder)
    return folder


def _forget_where_it_was_made(home: Path, site: Path, interpreter: Path) -> None:
    """Only the interpreter and the program stay among the commands; nothing names the folder of the build."""
    for folder in ("include", "share"):
        shutil.rmtree(home / folder, ignore_errors=True)
    for path in (home / "bin").iterdir():
        if not path.name.startswith("python"):
            path.unlink()
    for record in site.glob("*.dist-info/RECORD"):  # it holds hashes of commands, and so of that folder's name
        lines = record.read_text(encoding="utf-8").splitlines(keepends=True)
        record.write_text("".join(line for line in lines if not line.startswith("../")), encoding="utf-8")
    starter = home / "bin" / "intake"
    starter.write_text(_STARTER.format(place=PLACE))
    starter.chmod(0o755)
    settings = f"home = {interpreter.parent}\ninclude-system-site-packages = false\nversion = {interpreter.name[6:]}\n"
    (home / "pyvenv.cfg").write_text(settings)
