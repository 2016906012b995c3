"""Faults in files and folders: secrets, templates, wording, policy, the data folder, and what the machine lacks."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from intake.doctor import Health, rules
from tests.doctor.site import Fault, Site
from tests.servers import places


def _secret(
    name: str, says: str, advises: str, content: str | bytes, mode: int = 0o600, health: Health = Health.FAILURE
) -> Fault:
    """What stands in the mailbox's password file."""
    return Fault(name, "secrets", says, advises, plant=lambda site: site.put("password", content, mode), health=health)


def _no_secret(site: Site) -> None:
    (site.folder / "password").unlink()


def _folder_as_secret(site: Site) -> None:
    _no_secret(site)
    (site.folder / "password").mkdir()


def _systemds_secret(site: Site) -> None:
    _no_secret(site)
    site.put("credstore/password", "secret")
    site.monkeypatch.setattr(rules, "_CREDENTIAL_STORES", (site.folder / "credstore",))


def _own(key: str, name: str, content: str) -> Callable[[Site], None]:
    """A file of one's own, named under [overrides]."""

    def plant(site: Site) -> None:
        site.put(name, content)
        site.set(f"overrides.{key}", name.partition("/")[0])

    return plant


def _given_away(site: Site) -> None:
    os.chown(site.data, places.server_account().uid, -1)


def _in_memory(site: Site) -> None:
    folder = Path(tempfile.mkdtemp(dir="/dev/shm"))
    site.stack.callback(shutil.rmtree, folder)
    site.set("storage.folder", str(folder))


def _file_as_folder(site: Site) -> None:
    site.put("data", "")


def _open(site: Site) -> None:
    site.data.chmod(0o755)


def _open_inside(site: Site) -> None:
    site.data.joinpath("messages").mkdir(mode=0o755)


def _broken_library(name: str) -> Callable[[Site], None]:
    """The loader finds this one first, and it is none."""

    def plant(site: Site) -> None:
        site.put(f"lib/{name}", "not a library")
        site.monkeypatch.setenv("LD_LIBRARY_PATH", str(site.folder / "lib"))

    return plant


def _certificate(name: str, says: str, advises: str, days: float, health: Health = Health.FAILURE) -> Fault:
    def plant(site: Site) -> None:
        made = site.servers.certificate(name, days=days)
        site.set("oauth.certificate_file", str(made.certificate))

    return Fault(f"OAuth certificate {name}", "expiries", says, advises, plant=plant, health=health)


def _secret_ends(site: Site) -> None:
    site.set("oauth.secret_expires", f"{site.now + timedelta(days=10):%Y-%m-%d}")


SECRETS = (
    Fault("no password", "secrets", "cannot be read: No such file", "mode 0600", plant=_no_secret),
    Fault("a folder as password", "secrets", "Is a directory", "mode 0600", plant=_folder_as_secret),
    Fault("a password that systemd keeps", "secrets", "cannot be read", "doctor --as-service", plant=_systemds_secret),
    _secret("a password for all to read", "Other users of this machine can read", "chmod 600", "secret", 0o644),
    _secret("an empty password", "does not hold the password of mailbox main", "not empty", ""),
    _secret("a line end as password", "does not hold the password", "not empty", "\n"),
    _secret("a byte-order mark", "begins with a byte-order mark", "plain UTF-8", b"\xef\xbb\xbfsecret"),
    _secret("a password in UTF-16", "begins with a byte-order mark", "plain UTF-8", "secret".encode("utf-16")),
    _secret("a password in Latin-1", "does not hold the password", "short text file", "geh\xe4im".encode("latin-1")),
    _secret("a password with a NUL", "does not hold the password", "short text file", b"sec\0ret"),
    _secret("a picture as password", "does not hold the password", "short text file", b"x" * 70_000),
    _secret("a blank behind", "begins or ends with a space", "printf %s", "secret \n", health=Health.WARNING),
    _secret("a blank in front", "begins or ends with a space", "printf %s", "\tsecret", health=Health.WARNING),
    _secret("two lines", "has several lines", "Leave one line", "secret\n# mine\n", health=Health.WARNING),
    Fault("no token for the numbers", "secrets", "the token for /metrics, cannot be read", "mode 0600", {
        "web.metrics_token_file": "token"}),
    Fault("no password of the ledger", "secrets", "the ledger's password, cannot be read", "mode 0600", {
        "storage.ledger_password_file": "ledger-password"}),
    Fault("the OAuth secret has ended", "expiries", "ended on 01 Feb 2020", "Make a new one", {
        "oauth.secret_expires": "2020-02-01"}),
    Fault("the OAuth secret ends soon", "expiries", "client secret ends in 9 days", "in time", plant=_secret_ends,
        health=Health.WARNING),
    _certificate("over", "certificate ended on", "Make a new one", -2),
    _certificate("nearly over", "certificate ends in", "in time", 5, Health.WARNING),
    Fault("no OAuth certificate", "expiries", "cannot be read", "PEM form", {"oauth.certificate_file": "none.pem"}),
)  # fmt: skip

OVERRIDES = (
    Fault("a template that does not end", "templates", "reply.txt.j2, line 2", "Correct the template",
        plant=_own("templates", "mail/reply.txt.j2", "Dear colleague\n{% if %}\n")),
    Fault("a template's unknown word", "templates", "forward.txt.j2", "Correct the template",
        plant=_own("templates", "mail/forward.txt.j2", "{{ nobody_knows_this }}\n")),
    Fault("no wording", "wording", "cannot be read", "", {"overrides.wording": "none.toml"}),
    Fault("wording that is no TOML", "wording", "wording.toml", "", plant=_own("wording", "wording.toml", "[[[")),
    Fault("no policy", "policy", "cannot be read", "", {"overrides.policy": "none.toml"}),
    Fault("a policy of unknown checks", "policy", "policy.toml", "",
        plant=_own("policy", "policy.toml", '[checks]\nspelling = "required"\n')),
)  # fmt: skip

FOLDERS = (
    Fault("the data folder is a file", "data-folder", "is not a folder", "move that file away", plant=_file_as_folder),
    Fault("a file above the data folder", "data-folder", "cannot be made", "Correct [storage] folder", {
        "storage.folder": "password/data"}),
    Fault("a data folder that cannot be made", "data-folder", "cannot make it in /proc", "install -d -m 700", {
        "storage.folder": "/proc/intake"}),
    Fault("a data folder for all to see", "data-folder", "Other users of this machine can open", "chmod -R go=",
        plant=_open),
    Fault("messages for all to see", "data-folder", "data/messages", "chmod -R go=", plant=_open_inside),
    Fault("somebody else's data folder", "data-folder", "belongs to", "Run it as that account", plant=_given_away,
        root=True),
    Fault("a data folder in memory", "data-folder", "is on a tmpfs", "on a disk", plant=_in_memory,
        health=Health.WARNING),
    Fault("no data folder yet", "data-folder", "is not there yet", "The first start makes it", health=Health.WARNING),
    Fault("a full disk", "disk", "MB are free on the disk", "Make room: at least 900,000,000 MB", {
        "alarms.disk_free_mb": 900_000_000}),
)  # fmt: skip

MACHINE = (
    Fault("no libmagic", "libmagic", "libmagic is missing or broken", "libmagic1t64",
        plant=_broken_library("libmagic.so.1")),
    Fault("no libseccomp", "sandbox", "protection is missing (seccomp)", "Install libseccomp2. Or name",
        plant=_broken_library("libseccomp.so.2")),
    Fault("less protection than there is", "sandbox", "even where protection is missing", "take [sandbox]", {
        "sandbox.allow_missing": ["landlock"]}, health=Health.WARNING),
    Fault("no libseccomp, and gone without", "sandbox", "with less protection than possible", "libseccomp2", {
        "sandbox.allow_missing": ["seccomp"]}, _broken_library("libseccomp.so.2"), Health.WARNING),
)  # fmt: skip

FAULTS = (*SECRETS, *OVERRIDES, *FOLDERS, *MACHINE)
