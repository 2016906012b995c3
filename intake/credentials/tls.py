"""TLS as every connection of the program uses it: always verified, never below 1.2; and its troubles in plain words."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from intake.errors import ConfigurationError

_UNKNOWN_AUTHORITY = (
    "If a private authority signed it, name its file in ca_file; otherwise somebody may be listening in."
)
_OTHER_NAME = "Set host to a name in the certificate, or have this name added to the server's certificate."
# By OpenSSL's numbers (x509_vfy.h).
_CERTIFICATE_HINTS = {
    9: "Is this machine's clock behind? See what it says under Clock; otherwise tell whoever runs the server.",
    10: "Tell whoever runs the server to renew it; if it is good elsewhere, this machine's clock is ahead.",
    62: _OTHER_NAME,
    64: _OTHER_NAME,
}
# What OpenSSL says where the other side answered in plain text.
_PLAIN_ANSWERS = ("WRONG_VERSION_NUMBER", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE", "HTTP_REQUEST")
_OLD_VERSIONS = ("UNSUPPORTED_PROTOCOL", "PROTOCOL_VERSION")


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
            hint = _CERTIFICATE_HINTS.get(cause.verify_code, _UNKNOWN_AUTHORITY)
        case ssl.SSLError():
            told = f"No secure connection to {server} could be made."
            hint = _line_hint(cause)
        case socket.gaierror() if cause.errno == socket.EAI_AGAIN:
            told, hint = f"No name server answers for {server}.", "Check this machine's DNS (/etc/resolv.conf)."
        case socket.gaierror():
            told, hint = f"The name of {server} is not known.", "Check host, and this machine's DNS."
        case TimeoutError():
            told = f"{server} did not answer in time."
            hint = (
                'Check host, port and firewall; a port that needs tls = "implicit" is silent too. '
                "It will be tried again."
            )
        case ConnectionRefusedError():
            told, hint = f"{server} refuses connections.", "Check host and port, and that the server is running."
        case OSError() if cause.strerror:
            told, hint = f"The connection to {server} failed: {cause.strerror}.", "It will be tried again."
        case _:
            told, hint = f"{server} broke off the connection.", "It will be tried again."
    return told, hint


def _line_hint(cause: ssl.SSLError) -> str:
    """What to do where TLS could not even begin."""
    reason = cause.reason or ""
    if any(word in reason for word in _PLAIN_ANSWERS):
        return 'That port begins in plain text: set tls = "starttls", or the port for "implicit" (993, 465).'
    if any(word in reason for word in _OLD_VERSIONS):
        return "The server offers nothing newer than TLS 1.1, which is not safe: tell whoever runs it."
    return 'Check tls and port: "implicit" is usual on 993 and 465, "starttls" on 143 and 587.'


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
