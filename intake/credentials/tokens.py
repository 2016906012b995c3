"""Access tokens by OAuth2's client-credentials flow (RFC 6749, 4.4), for Microsoft 365 or any other server.

One `TokenSource` serves the whole program from several threads: a token is fetched once, kept in memory only, and
fetched anew before it ends. The application proves itself by a client secret or by a signed assertion (RFC 7523).
"""

from __future__ import annotations

import base64
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
from authlib.oauth2.auth import ClientAuth  # type: ignore[import-untyped]
from authlib.oauth2.rfc7523 import PrivateKeyJWT  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from intake.credentials.refusals import TOKEN_REASONS
from intake.credentials.tls import network_trouble
from intake.credentials.web import web_client
from intake.errors import ConfigurationError, IntakeError
from intake.settings import OAuth, Proxy, Secret, read_secret

EARLY = 300.0  # seconds before its end that a token is fetched anew
TIMEOUT = 30.0
MAX_ANSWER = 256 * 1024
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}


class TokenRefused(IntakeError):
    """The token server could not be reached or gave no access token."""


class TokenSource:
    """Gets and keeps one access token; `scope` is what it is for."""

    def __init__(
        self, settings: OAuth, scope: str, proxy: Proxy | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._settings = settings
        self._scope = scope
        self._proxy = proxy or Proxy()
        self._clock = clock
        self._lock = threading.Lock()
        self._token: Secret | None = None
        self._renew_at = 0.0

    def token(self) -> Secret:
        """An access token that is still good for some minutes. Raises TokenRefused, ConfigurationError."""
        with self._lock:
            if self._token is None or self._clock() >= self._renew_at:
                asked = self._clock()
                self._token, lifetime = self._fetch()
                # A short-lived token is used for half its life.
                self._renew_at = asked + max(lifetime - EARLY, lifetime / 2)
            return self._token

    def forget(self, token: Secret) -> None:
        """A server refused this token: the next one asked for is fetched anew."""
        with self._lock:
            if self._token == token:
                self._token = None

    def _fetch(self) -> tuple[Secret, float]:
        endpoint = self._settings.token_endpoint
        body = urlencode({"grant_type": "client_credentials", "scope": self._scope})
        uri, headers, body = self._client_auth().prepare("POST", endpoint, dict(FORM), body)
        server = httpx.URL(endpoint).host
        try:
            with web_client(self._proxy, endpoint, ca_file=self._settings.ca_file, timeout=TIMEOUT) as client:
                status, answer = _post(client, uri, headers, body)
        except httpx.HTTPError as error:
            raise TokenRefused(*network_trouble(error, server)) from error
        if status != httpx.codes.OK or not isinstance(answer.get("access_token"), str):
            raise TokenRefused(f"{server} gave no access token ({status}{_reason(answer)}).", _hint(answer))
        return Secret(answer["access_token"]), _lifetime(answer.get("expires_in"))

    def _client_auth(self) -> ClientAuth:
        settings = self._settings
        if settings.client_secret_file:
            secret = read_secret(settings.client_secret_file, "the OAuth client secret")
            return ClientAuth(settings.client_id, secret.reveal(), "client_secret_post")
        key = read_secret(settings.certificate_key_file, "the OAuth certificate's private key")
        # RFC 7515, 4.1.8: Microsoft finds the certificate by its thumbprint; others may ignore it.
        thumbprint = _base64url(read_certificate(settings.certificate_file).fingerprint(hashes.SHA256()))
        method = PrivateKeyJWT(settings.token_endpoint, headers={"x5t#S256": thumbprint}, alg="PS256")
        return ClientAuth(settings.client_id, key.reveal(), method)


def read_certificate(path: str) -> x509.Certificate:
    """A certificate in PEM form. Raises ConfigurationError."""
    try:
        return x509.load_pem_x509_certificate(Path(path).read_bytes())
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"The certificate file {path} cannot be read.", "It should hold one certificate in PEM form."
        ) from error


def _post(client: httpx.Client, uri: str, headers: dict[str, str], body: str) -> tuple[int, dict[str, Any]]:
    with client.stream("POST", uri, headers=headers, content=body) as response:
        content = b""
        for piece in response.iter_bytes():
            content += piece
            if len(content) > MAX_ANSWER:
                break
    try:
        answer = httpx.Response(200, content=content).json()
    except ValueError:
        answer = {}
    return response.status_code, answer if isinstance(answer, dict) else {}


def _lifetime(told: Any) -> float:
    try:
        return min(max(float(told), 1.0), 86400.0)
    except (TypeError, ValueError):
        return 600.0


def _reason(answer: dict[str, Any]) -> str:
    """The server's error word and Microsoft's number: its own sentences may name people, so they are left out."""
    word = re.fullmatch(r"[a-z_]{1,40}", str(answer.get("error", "")))
    number = re.search(r"AADSTS\d+", str(answer.get("error_description", "")))
    return "".join(f", {found[0]}" for found in (word, number) if found)


def _hint(answer: dict[str, Any]) -> str:
    number = re.search(r"AADSTS\d+", str(answer.get("error_description", "")))
    known = TOKEN_REASONS.get(number[0]) if number else None
    return known or "Check token_endpoint, client_id, scope and the client secret in [oauth]."


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
