"""Postfix itself, where root is at hand: takes mail on a loopback port and delivers it to Dovecot by LMTP.

It returns real delivery reports, refuses what is larger than its SIZE, and offers STARTTLS and DSN.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Self

from tests.servers import places
from tests.servers.process import ServerProcess
from tests.servers.tls import issue_certificate

DOMAINS = ("intake.test", "council.test", "commissioner.test")

# name, type, process limit, command; never chrooted, and nothing but smtpd listens on the network
SERVICES = (
    ("cleanup", "unix", 0, "cleanup"),
    ("qmgr", "unix", 1, "qmgr"),
    ("tlsmgr", "unix", 1, "tlsmgr"),
    ("rewrite", "unix", "-", "trivial-rewrite"),
    ("bounce", "unix", 0, "bounce"),
    ("defer", "unix", 0, "bounce"),
    ("trace", "unix", 0, "bounce"),
    ("verify", "unix", 1, "verify"),
    ("flush", "unix", 0, "flush"),
    ("proxymap", "unix", "-", "proxymap"),
    ("smtp", "unix", "-", "smtp"),
    ("error", "unix", "-", "error"),
    ("retry", "unix", "-", "error"),
    ("discard", "unix", "-", "discard"),
    ("lmtp", "unix", "-", "lmtp"),
    ("anvil", "unix", 1, "anvil"),
    ("scache", "unix", 1, "scache"),
    ("postlog", "unix-dgram", 1, "postlogd"),
)
SPOOL_FOLDERS = (
    *("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "maildrop"),
    *("pid", "private", "public", "saved", "trace"),
)


class Postfix:
    """Delivers for DOMAINS to the LMTP port given; other domains are refused with 5.1.2. Needs root."""

    host = "127.0.0.1"

    def __init__(self, lmtp_port: int, *, size_limit: int = 31_457_280) -> None:
        if os.geteuid() != 0:
            raise PermissionError("Postfix's master runs only under root")
        self.folder = places.own_folder("postfix")
        self.port = places.free_ports(1)[0]
        self._root = places.unpacked("postfix")
        self._lmtp_port = lmtp_port
        self._size_limit = size_limit
        tls = issue_certificate(self.folder)
        self._certificate, self.ca_file = tls, tls.ca
        self._conf = self.folder / "conf"
        self._process: ServerProcess | None = None
        self._lay_out()

    def start(self) -> Self:
        self._process = ServerProcess(
            [str(self._root / "usr/lib/postfix/sbin/master"), "-c", str(self._conf), "-d"],
            folder=self.folder,
            log=self.folder / "maillog",
            environment={"LD_LIBRARY_PATH": places.library_path(self._root)},
        )
        self._process.wait_for(self.port)
        return self

    def stop(self) -> None:
        if self._process is not None:
            self._process.stop()
            self._process = None
        shutil.rmtree(self.folder, ignore_errors=True)

    def log_text(self) -> str:
        log = self.folder / "maillog"
        return log.read_text(errors="replace") if log.is_file() else ""

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _lay_out(self) -> None:
        os.chown(self.folder, 0, 0)
        self._conf.mkdir()
        spool = self.folder / "spool"
        for folder in (spool, *(spool / name for name in SPOOL_FOLDERS), self.folder / "data"):
            folder.mkdir(mode=0o755 if folder == spool else 0o700)
        (self._conf / "main.cf").write_text(self._main())
        (self._conf / "master.cf").write_text(self._master())
        for name in ("dynamicmaps.cf", "transport"):
            (self._conf / name).touch()
        # The queue belongs to Postfix's account; the folder of process ids and the spool itself to root.
        for folder in (self.folder / "data", *(spool / name for name in SPOOL_FOLDERS if name != "pid")):
            places.give(folder)

    def _main(self) -> str:
        account = places.server_account()
        return f"""compatibility_level = 3.6
queue_directory = {self.folder}/spool
data_directory = {self.folder}/data
daemon_directory = {self._root}/usr/lib/postfix/sbin
command_directory = {self._root}/usr/sbin
shlib_directory = {self._root}/usr/lib/postfix
meta_directory = {self._conf}
import_environment = MAIL_CONFIG MAIL_LOGTAG TZ LANG=C LD_LIBRARY_PATH={places.library_path(self._root)}
maillog_file = {self.folder}/maillog
maillog_file_prefixes = {self.folder}
mail_owner = {account.user}
default_privs = daemon
setgid_group = mail
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.localhost
mydestination =
mynetworks = 127.0.0.0/8
local_recipient_maps =
alias_maps =
alias_database =
biff = no
virtual_mailbox_domains = {", ".join(DOMAINS)}
virtual_mailbox_maps =
virtual_transport = lmtp:inet:127.0.0.1:{self._lmtp_port}
lmtp_destination_recipient_limit = 1
lmtp_tls_security_level = none
default_transport = error:5.1.2 no outside delivery
message_size_limit = {self._size_limit}
mailbox_size_limit = 0
virtual_mailbox_limit = 0
smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
smtpd_tls_security_level = may
smtpd_tls_cert_file = {self._certificate.certificate}
smtpd_tls_key_file = {self._certificate.key}
smtpd_peername_lookup = no
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 5s
"""

    def _master(self) -> str:
        lines = [f"127.0.0.1:{self.port} inet n - n - - smtpd"]
        for name, kind, limit, command in SERVICES:
            wakeup = "300" if name == "qmgr" else "-"
            private = "n" if name in {"cleanup", "qmgr", "flush", "postlog"} else "-"
            lines.append(f"{name} {kind} {private} - n {wakeup} {limit} {command}")
        return "\n".join(lines) + "\n"


def is_possible() -> bool:
    """Whether this machine's tests may run Postfix."""
    return os.geteuid() == 0 and Path("/proc").is_dir()
