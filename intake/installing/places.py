"""Where the files of a new installation go, and how they are written: nothing is overwritten, secrets are private."""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from intake.errors import StorageError, UsageError
from intake.installing.answers import SecretFiles
from intake.settings import Secret, read_secret
from intake.settings.sections import Storage

SYSTEM = Path("/etc/intake")
# Where systemd finds what LoadCredential= in the units names (systemd.exec(5)).
CREDENTIALS = Path("/etc/credstore")
_NAMES = {  # as the units have them
    "imap_password": "imap-password",
    "smtp_password": "smtp-password",
    "client_secret": "oauth-client-secret",
}
ALL = SecretFiles(**dict.fromkeys(_NAMES, "any"))
PUBLIC, PRIVATE = 0o644, 0o600


@dataclass(frozen=True, slots=True)
class Places:
    """The settings file, and the folder of the secrets."""

    configuration: Path
    secrets: Path

    @staticmethod
    def of(configuration: Path | None, secrets: Path | None) -> Places:
        """As they were named; else the system's for root, and the working folder for anybody else."""
        file = configuration or (SYSTEM if os.geteuid() == 0 else Path.cwd()) / "intake.toml"
        file = file.absolute()
        return Places(file, (secrets or (CREDENTIALS if file.parent == SYSTEM else file.parent)).absolute())

    @property
    def by_systemd(self) -> bool:
        """Do the secrets stay root's, handed to the service by systemd?"""
        return self.secrets == CREDENTIALS

    def data(self, named: str) -> str:
        """The data folder: as it is named, from the settings file's folder on; else beside it, or the system's own."""
        if not named and self.configuration.parent == SYSTEM:
            return Storage().folder
        return str(self.configuration.parent / (named or "data"))

    def names(self, given: SecretFiles) -> SecretFiles:
        """The secrets as the settings name them: bare where they are looked for by themselves."""
        bare = self.by_systemd or self.secrets == self.configuration.parent
        named = {
            field: (name if bare else str(self.secrets / name)) if getattr(given, field) else ""
            for field, name in _NAMES.items()
        }
        return SecretFiles(**named)

    def demand_room(self, given: SecretFiles) -> None:
        """Raise UsageError where a file is there already, or cannot be written, before anything is asked or tried."""
        for path in (self.configuration, *(target for _, target in self._pairs(given))):
            if path.exists() or path.is_symlink():
                raise UsageError(
                    f"{path} already exists.", "Move it away first, or name others with --config and --secrets."
                )
            above = next(parent for parent in path.parents if parent.exists())
            if not (above.is_dir() and os.access(above, os.W_OK | os.X_OK)):
                raise UsageError(
                    f"{path} cannot be written by this account.",
                    "Run it as an account that may, or name other places with --config and --secrets.",
                )

    def write(self, text: str, given: SecretFiles) -> tuple[Path, ...]:
        """Write the secrets, then the settings that name them; what was written. Raises StorageError."""
        self.demand_room(given)
        contents = [(path, read_secret(source, "a secret")) for source, path in self._pairs(given)]
        done: list[Path] = []
        try:
            for folder, mode in ((self.secrets, 0o700), (self.configuration.parent, 0o755)):
                folder.mkdir(mode=mode, parents=True, exist_ok=True)
            for path, secret in contents:
                _put(path, secret.reveal(), PRIVATE)
                done.append(path)
            _put(self.configuration, text, PUBLIC)
            done.append(self.configuration)
        except OSError as error:
            for path in done:
                path.unlink(missing_ok=True)
            raise StorageError(
                f"{error.filename or self.configuration} cannot be written: {error.strerror}.",
                "Run it as an account that may, or name other places with --config and --secrets.",
            ) from error
        return tuple(done)

    def _pairs(self, given: SecretFiles) -> list[tuple[str, Path]]:
        """Where each secret is, and where it goes."""
        return [(source, self.secrets / name) for field, name in _NAMES.items() if (source := getattr(given, field))]


def _put(path: Path, text: str, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(descriptor, mode)  # whatever the umask says
        file.write(text if text.endswith("\n") else f"{text}\n")
        file.flush()
        os.fsync(descriptor)


class Pocket:
    """Secrets that were typed, as files in memory that only this process can open: tried before they are written."""

    def __init__(self) -> None:
        self._stack = ExitStack()

    def hold(self, secret: Secret) -> str:
        """The path under which it can be read."""
        descriptor = os.memfd_create("secret", os.MFD_CLOEXEC)
        self._stack.callback(os.close, descriptor)
        os.fchmod(descriptor, PRIVATE)
        os.write(descriptor, secret.reveal().encode())
        return f"/proc/self/fd/{descriptor}"

    def close(self) -> None:
        self._stack.close()
