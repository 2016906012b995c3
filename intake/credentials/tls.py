"""TLS as every connection of the program uses it: always verified, never below 1.2; and its troubles in plain words."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from intake.errors import ConfigurationError


def tls_context(ca_file: str = "") -> ssl.SSLContext:
    """A context that verifies name and chain; `ca_file` replaces the machine's list by a private authority."""
    try:
        context = ssl.create_default_context(cafile=ca_file or None)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(
            f"The certificate authority file {ca_file} cannot be used.", "It should hold certificates in PEM form."
        ) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def certificate_expiry(peer: Mapping[str, Any] | None) -> datetime | None:
    """When the certificate that `getpeercert()` returned ends; None without TLS."""
    if not peer or "notAfter" not in peer:
        return None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(peer["notAfter"])), tz=UTC)


def network_trouble(error: BaseException, server: str) -> tuple[str, str]:
    """One sentence and a hint for an error of the network or of TLS; `server` is `host:port`."""
    cause = _root(error)
    match cause:
        case ssl.SSLCertVerificationError():
            reason = cause.verify_message or "it does not match"
            told = f"The certificate of {server} cannot be verified: {reason.rstrip('.')}."
            hint = "If a private authority signed it, name its file in ca_file; otherwise somebody may be listening in."
        case ssl.SSLError():
            told = f"No secure connection to {server} could be made."
            hint = 'Check tls and port: "implicit" is usual on 993 and 465, "starttls" on 143 and 587.'
        case socket.gaierror():
            told, hint = f"The name of {server} is not known.", "Check host, and this machine's DNS."
        case TimeoutError():
            told, hint = f"{server} did not answer in time.", "Check host, port and firewall; it is tried again."
        case ConnectionRefusedError():
            told, hint = f"{server} refuses connections.", "Check host and port, and that the server is running."
        case OSError() if cause.strerror:
            told, hint = f"The connection to {server} failed: {cause.strerror}.", "It is tried again."
        case _:
            told, hint = f"{server} broke off the connection.", "It is tried again."
    return told, hint


def _root(error: BaseException) -> BaseException:
    """The error of the network beneath a library's own, where there is one."""
    seen = error
    for _ in range(8):
        below = seen.__cause__ or seen.__context__
        telling = isinstance(seen, ssl.SSLError | socket.gaierror | TimeoutError)
        if telling or (isinstance(seen, OSError) and seen.errno) or not below:
            break
        seen = below
    return seen
