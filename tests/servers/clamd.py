"""The virus scanner clamd on loopback, with a signature database of the tests' own that knows EICAR."""

from __future__ import annotations

import hashlib
import io
import shutil
import tarfile
from datetime import UTC, datetime
from typing import Self

from tests.servers import places
from tests.servers.process import ServerProcess

SIGNATURE = "Eicar-Test-Signature"


def eicar() -> bytes:
    """The harmless string that every scanner reports, put together here so that none reports this file."""
    return b"X5O!P%@AP[4" + b"\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!" + b"$H+H*"


class Clamd:
    """A whole scanner. `start()` it, or use it as a context manager; `stop()` removes its folder."""

    host = "127.0.0.1"

    def __init__(
        self, *, signatures_of: datetime | None = None, stream_limit: str = "40M", file_limit: str = "40M"
    ) -> None:
        self.folder = places.own_folder("clamd")
        self.port = places.free_ports(1)[0]
        self.socket = self.folder / "socket"
        self._stream_limit = stream_limit
        self._file_limit = file_limit
        database = self.folder / "db"
        database.mkdir()
        (database / "eicar.ndb").write_text(f"{SIGNATURE}:0:*:{eicar().hex()}\n")
        if signatures_of is not None:
            (database / "daily.cud").write_bytes(dated_database(signatures_of))
        (self.folder / "clamd.conf").write_text(self._settings())
        places.give(self.folder)
        self._process: ServerProcess | None = None

    @property
    def unix_address(self) -> str:
        return f"unix:{self.socket}"

    @property
    def tcp_address(self) -> str:
        return f"tcp:{self.host}:{self.port}"

    def start(self) -> Self:
        root = places.unpacked("clamav")
        self._process = ServerProcess(
            [str(root / "usr/sbin/clamd"), "-c", str(self.folder / "clamd.conf")],
            folder=self.folder,
            log=self.folder / "log",
            account=places.server_account(),
            environment={"LD_LIBRARY_PATH": places.library_path(root)},
        )
        self._process.wait_for(self.port)
        return self

    def pause(self) -> None:
        """Freeze it: connections are taken, nothing answers."""
        if self._process is not None:
            self._process.pause()

    def resume(self) -> None:
        if self._process is not None:
            self._process.resume()

    def halt(self) -> None:
        """Stop it; `start()` brings it back."""
        if self._process is not None:
            self._process.stop()
            self._process = None

    def stop(self) -> None:
        self.halt()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _settings(self) -> str:
        return f"""
DatabaseDirectory {self.folder}/db
TemporaryDirectory {self.folder}
LogFile {self.folder}/log
LocalSocket {self.socket}
TCPSocket {self.port}
TCPAddr {self.host}
Foreground yes
StreamMaxLength {self._stream_limit}
MaxFileSize {self._file_limit}
MaxScanSize 200M
AlertOLE2Macros yes
ConcurrentDatabaseReload no
"""


def dated_database(made: datetime) -> bytes:
    """An unsigned database as sigtool builds it: 512 bytes of header, which tell the date, and a tar.gz."""
    moment = made.astimezone(UTC)
    fields = ("ClamAV-VDB", f"{moment:%d %b %Y %H-%M} +0000", "27000", "1", "90", "0" * 32, "none", "tests")
    header = ":".join((*fields, str(int(moment.timestamp())))).encode()
    content = b"Intake-Test-Padding:0:*:" + b"intake-padding".hex().encode() + b"\n"
    listed = f"daily.ndb:{len(content)}:{hashlib.sha256(content).hexdigest()}\n".encode()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in (("daily.info", header + b"\n" + listed), ("daily.ndb", content)):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return header.ljust(512) + packed.getvalue()
