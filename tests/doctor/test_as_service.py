"""The examination with the unit's account, credentials and confinement.

systemd itself does not run under the tests: what it would be asked for is held to its own reader of units, and a
stand-in hands the credentials out and runs the command.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from intake import cli
from intake.doctor.as_service import command, read_unit, with_credentials_of
from intake.errors import UsageError
from tests.commands.conftest import Run
from tests.servers import places

ROOT = Path(__file__).parents[2]
SHIPPED = (ROOT / "systemd" / "intake.service").read_text(encoding="utf-8")
STAND_IN = """#!/bin/sh
# Hands out the credentials that were asked for, then runs what follows "--".
export CREDENTIALS_DIRECTORY="$FOLDER/credentials"
mkdir -m 700 "$CREDENTIALS_DIRECTORY"
while [ "$1" != -- ]; do
  case "$1" in LoadCredential=*) name=${1#LoadCredential=}; [ -e "$FOLDER/credstore/$name" ] &&
    cp "$FOLDER/credstore/$name" "$CREDENTIALS_DIRECTORY/" ;; esac
  shift
done
shift
exec "$@"
"""


def properties(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in read_unit(text).properties:
        found.setdefault(name, []).append(value)
    return found


def test_the_units_account_credentials_and_confinement_are_asked_for() -> None:
    asked = properties(SHIPPED)
    assert asked["User"] == ["intake"]
    assert {"imap-password", "smtp-password", "oauth-client-secret"} <= set(asked["LoadCredential"])
    assert len(asked["SystemCallFilter"]) == SHIPPED.count("\nSystemCallFilter=")
    assert not {"Type", "ExecStart", "Restart", "WatchdogSec", "RestartPreventExitStatus", "KillMode"} & set(asked)


def test_the_pages_credentials_are_asked_for_as_well() -> None:
    pages = (ROOT / "systemd" / "intake-web.service").read_text(encoding="utf-8")
    unit = with_credentials_of(read_unit(SHIPPED), pages)
    assert {"imap-password", "oidc-client-secret", "web-tls-key"} <= {
        value for name, value in unit.properties if name == "LoadCredential"
    }
    others = [each for each in unit.properties if each[0] != "LoadCredential"]
    assert others == [each for each in read_unit(SHIPPED).properties if each[0] != "LoadCredential"]


def test_it_starts_what_the_unit_starts() -> None:
    asked = command(read_unit(SHIPPED), ["--json"])
    after = asked[asked.index("--") + 1 :]
    assert after == ["/opt/intake/bin/intake", "doctor", "--config", "/etc/intake/intake.toml", "--json"]
    own = command(read_unit(SHIPPED), ["--config", "/srv/a.toml"])
    assert own[-2:] == ["--config", "/srv/a.toml"]
    assert "/etc/intake/intake.toml" not in own


def test_drop_ins_comments_and_long_lines_are_read_as_systemd_reads_them() -> None:
    text = (
        "[Unit]\nDescription=x\n[Service]\nExecStart=/old run\n# User=nobody\nReadOnlyPaths=/a \\\n# between\n /b\n"
        "[Install]\nWantedBy=x\n# /etc/systemd/system/intake.service.d/own.conf\n[Service]\nExecStart=\n"
        "ExecStart=-/new/python -m intake run --config '/etc/a b.toml'\nLoadCredential=\nLoadCredential=other\n"
    )
    unit = read_unit(text)
    assert unit.program == ("/new/python", "-m", "intake")
    assert unit.configuration == "/etc/a b.toml"
    found = [(name, " ".join(value.split())) for name, value in unit.properties]
    assert found == [("ReadOnlyPaths", "/a /b"), ("LoadCredential", ""), ("LoadCredential", "other")]


def test_a_unit_that_starts_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match="does not say what it starts"):
        read_unit("[Service]\nUser=intake\n")


def test_systemd_takes_every_property(tmp_path: Path) -> None:
    """A service of these properties alone is in order for systemd's own reader."""
    if os.geteuid() != 0 and not Path("/run/systemd").is_dir():
        pytest.skip("only root can read units where systemd does not run")
    root = places.unpacked("systemd")
    units = tmp_path / "etc/systemd/system"
    units.mkdir(parents=True)
    lines = "\n".join(f"{name}={value}" for name, value in read_unit(SHIPPED).properties)
    (units / "tried.service").write_text(f"[Service]\nType=exec\nExecStart=/bin/tried\n{lines}\n")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/tried").write_text("#!/bin/sh\n")
    (tmp_path / "bin/tried").chmod(0o755)
    shutil.copytree(next(root.rglob("sysinit.target")).parent, tmp_path / "usr/lib/systemd/system", symlinks=True)
    answer = subprocess.run(
        [root / "usr/bin/systemd-analyze", "verify", "--man=no", f"--root={tmp_path}", "tried.service"],
        env={**os.environ, "LD_LIBRARY_PATH": places.library_path(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")


@pytest.fixture
def by_systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose systemctl knows our unit, and whose systemd-run hands credentials out."""
    tools = tmp_path / "tools"
    tools.mkdir()
    program = f"{sys.executable} -m intake run --config {tmp_path}/intake.toml"
    (tmp_path / "unit").write_text(re.sub(r"(?m)^ExecStart=.*$", f"ExecStart={program}", SHIPPED))
    for name, script in {
        "systemctl": '#!/bin/sh\n[ "$2" = intake.service ] && cat "$FOLDER/unit"\n',
        "systemd-run": STAND_IN,
    }.items():
        (tools / name).write_text(script)
        (tools / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    monkeypatch.setenv("FOLDER", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return tmp_path


def test_credentials_that_only_the_service_gets_are_found(by_systemd: Path, capfd: pytest.CaptureFixture[str]) -> None:
    store = by_systemd / "credstore"
    store.mkdir()
    (store / "imap-password").touch(mode=0o600)
    (store / "imap-password").write_text("secret")
    (by_systemd / "intake.toml").write_text(
        '[service]\naddress = "dhr@northmere.gov.uk"\n[[mailboxes]]\nhost = "127.0.0.1"\nport = 1\ntls = "none"\n'
        'username = "u"\npassword_file = "imap-password"\n[relay]\nhost = "127.0.0.1"\nport = 1\ntls = "none"\n'
        'auth = "none"\n[recipients]\ncommissioner = "a@tidewell.gov.uk"\nstaff = ["b@northmere.gov.uk"]\n'
        '[storage]\nfolder = "data"\n'
    )
    assert cli.main(["doctor", "--as-service", "--json"]) == 1
    told = capfd.readouterr().out
    assert '"id": "secrets", "title": "Secrets’ files", "status": "ok"' in told
    assert cli.main(["doctor", "--json", "--config", str(by_systemd / "intake.toml")]) == 1
    assert '"id": "secrets", "title": "Secrets’ files", "status": "failure"' in capfd.readouterr().out


def test_only_root_can(bare_run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    answer = bare_run("doctor", "--as-service")
    assert (answer.code, "sudo intake doctor --as-service" in answer.err) == (2, True)


def test_without_systemd_it_says_so(bare_run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv("PATH", str(tmp_path))
    answer = bare_run("doctor", "--as-service")
    assert (answer.code, "systemd is not here" in answer.err) == (2, True)
