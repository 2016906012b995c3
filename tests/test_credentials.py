"""Passwords and access tokens: how they are got, kept, renewed, and never shown."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from intake.credentials import (
    Credentials,
    TokenRefused,
    TokenSource,
    certificate_expiry,
    network_trouble,
    oauthbearer_string,
    tls_context,
    xoauth2_string,
)
from intake.errors import ConfigurationError
from intake.settings import OAuth, Secret, parse_settings
from tests.servers.tls import issue_certificate
from tests.test_settings import SMALLEST


class TokenServer:
    """A token endpoint on loopback: hands out numbered tokens, or what it is told to."""

    def __init__(self) -> None:
        self.forms: list[dict[str, str]] = []
        self.lifetime: Any = 3600
        self.refusal: tuple[int, bytes] | None = None
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                owner.forms.append({key: values[0] for key, values in parse_qs(body.decode()).items()})
                token = {"access_token": f"token-{len(owner.forms)}", "expires_in": owner.lifetime}
                status, answer = owner.refusal or (200, json.dumps(token).encode())
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                with contextlib.suppress(ConnectionError):  # a client may have heard enough
                    self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/token"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def port(self) -> int:
        return self._server.server_port

    def listen_by_tls(self, context: ssl.SSLContext) -> None:
        """Before it is started."""
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server() -> Iterator[TokenServer]:
    with TokenServer() as running:
        yield running


@pytest.fixture
def secret_file(tmp_path: Path) -> str:
    file = tmp_path / "client-secret"
    file.write_text("cl1ent-s3cret&=%\n")
    file.chmod(0o600)
    return str(file)


class Clock:
    """A clock that only moves when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def a_source(server: TokenServer, secret_file: str, clock: Clock | None = None) -> TokenSource:
    oauth = OAuth(token_endpoint=server.url, client_id="intake-app", client_secret_file=secret_file)
    return TokenSource(oauth, "mail/.default", clock=clock or Clock())


# --- tokens -------------------------------------------------------------------------------------------------


def test_the_application_asks_with_its_secret_and_scope(server: TokenServer, secret_file: str) -> None:
    assert a_source(server, secret_file).token().reveal() == "token-1"
    assert server.forms == [
        {
            "grant_type": "client_credentials",
            "scope": "mail/.default",
            "client_id": "intake-app",
            "client_secret": "cl1ent-s3cret&=%",
        }
    ]


def test_a_token_is_kept_and_renewed_before_it_ends(server: TokenServer, secret_file: str) -> None:
    clock = Clock()
    source = a_source(server, secret_file, clock)
    assert source.token() == source.token()
    clock.now += 3600 - 301
    assert source.token().reveal() == "token-1"
    clock.now += 2
    assert source.token().reveal() == "token-2"


def test_a_short_lived_token_is_used_for_half_its_life(server: TokenServer, secret_file: str) -> None:
    clock, server.lifetime = Clock(), 60
    source = a_source(server, secret_file, clock)
    source.token()
    clock.now += 29
    assert source.token().reveal() == "token-1"
    clock.now += 2
    assert source.token().reveal() == "token-2"


def test_a_token_without_a_lifetime_is_not_kept_for_ever(server: TokenServer, secret_file: str) -> None:
    clock, server.lifetime = Clock(), None
    source = a_source(server, secret_file, clock)
    source.token()
    clock.now += 601
    assert source.token().reveal() == "token-2"


def test_a_refused_token_is_fetched_anew_once(server: TokenServer, secret_file: str) -> None:
    source = a_source(server, secret_file)
    refused = source.token()
    source.forget(refused)
    assert source.token().reveal() == "token-2"
    source.forget(refused)  # a second thread reports the same old one
    assert source.token().reveal() == "token-2"


def test_many_threads_ask_once(server: TokenServer, secret_file: str) -> None:
    source = a_source(server, secret_file)
    got: list[str] = []
    threads = [threading.Thread(target=lambda: got.append(source.token().reveal())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == ["token-1"] * 8
    assert len(server.forms) == 1


def test_a_certificate_proves_the_application_by_a_signed_assertion(server: TokenServer, tmp_path: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    certificate = self_signed(key, days=40)
    key_file, certificate_file = tmp_path / "key.pem", tmp_path / "certificate.pem"
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    key_file.chmod(0o600)
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    oauth = OAuth(
        token_endpoint=server.url,
        client_id="intake-app",
        certificate_file=str(certificate_file),
        certificate_key_file=str(key_file),
    )

    assert TokenSource(oauth, "mail/.default", clock=Clock()).token().reveal() == "token-1"

    form = server.forms[0]
    assert "client_secret" not in form
    assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    head, claims, signature = form["client_assertion"].split(".")
    assert json.loads(unbase64(claims)) | {"iss": "intake-app", "sub": "intake-app", "aud": server.url} == json.loads(
        unbase64(claims)
    )
    fingerprint = hashlib.sha256(certificate.public_bytes(serialization.Encoding.DER)).digest()
    assert unbase64(json.loads(unbase64(head))["x5t#S256"]) == fingerprint
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), salt_length=32)
    key.public_key().verify(unbase64(signature), f"{head}.{claims}".encode(), pss, hashes.SHA256())


def test_a_refusal_says_what_to_do_and_names_no_secret(server: TokenServer, secret_file: str) -> None:
    description = "AADSTS7000222: The provided client secret keys for app 'cl1ent-s3cret&=%' are expired."
    server.refusal = (401, json.dumps({"error": "invalid_client", "error_description": description}).encode())
    with pytest.raises(TokenRefused) as caught:
        a_source(server, secret_file).token()
    assert caught.value.message == "127.0.0.1 gave no access token (401, invalid_client, AADSTS7000222)."
    assert "client secret has expired" in caught.value.hint
    assert "s3cret" not in caught.value.message + caught.value.hint


@pytest.mark.parametrize("answer", [b"", b"<html>", b"[]", b'{"access_token": 5}', b"x" * 5_000_000])
def test_an_odd_answer_is_a_refusal(server: TokenServer, secret_file: str, answer: bytes) -> None:
    server.refusal = (200, answer)
    with pytest.raises(TokenRefused, match="gave no access token"):
        a_source(server, secret_file).token()


def test_a_token_server_that_is_not_there_is_one_sentence(server: TokenServer, secret_file: str) -> None:
    oauth = OAuth(token_endpoint="http://127.0.0.1:1/token", client_id="a", client_secret_file=secret_file)
    with pytest.raises(TokenRefused, match=r"127\.0\.0\.1 refuses connections"):
        TokenSource(oauth, "mail/.default").token()


# --- strings, passwords, expiry -------------------------------------------------------------------------------------


def test_the_two_forms_of_a_token() -> None:
    token = Secret("t0ken")
    assert xoauth2_string("dhr@example.gov.uk", token) == b"user=dhr@example.gov.uk\x01auth=Bearer t0ken\x01\x01"
    assert oauthbearer_string("a=b,c", token, "imap.example", 993) == (
        b"n,a=a=3Db=2Cc,\x01host=imap.example\x01port=993\x01auth=Bearer t0ken\x01\x01"
    )
    assert xoauth2_string("a\x01auth=Bearer evil", token).count(b"\x01") == 3


def test_a_new_password_needs_no_restart(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("first")
    file.chmod(0o600)
    credentials = Credentials(parse_settings(SMALLEST, "x", tmp_path))
    assert credentials.password(str(file), "the password").reveal() == "first"
    file.write_text("second")
    assert credentials.password(str(file), "the password").reveal() == "second"


def test_what_ends_and_when(tmp_path: Path) -> None:
    certificate = self_signed(rsa.generate_private_key(public_exponent=65537, key_size=2048), days=40)
    (tmp_path / "c.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    oauth = '[oauth]\nsecret_expires = "2027-03-31"\ncertificate_file = "c.pem"\n'
    ends = Credentials(parse_settings(SMALLEST + oauth, "x", tmp_path)).expiries()
    assert [(expiry.what, expiry.when) for expiry in ends] == [
        ("The OAuth client secret", datetime(2027, 3, 31, tzinfo=UTC)),
        ("The OAuth certificate", certificate.not_valid_after_utc),
    ]


# --- TLS --------------------------------------------------------------------------------------------------------------


def test_tls_is_verified_and_never_old(tmp_path: Path) -> None:
    context = tls_context(str(issue_certificate(tmp_path).ca))
    assert context.check_hostname
    assert context.verify_mode.name == "CERT_REQUIRED"
    assert context.minimum_version.name == "TLSv1_2"
    assert len(context.get_ca_certs()) == 1
    with pytest.raises(ConfigurationError, match="cannot be used"):
        tls_context(str(tmp_path / "none.pem"))


def test_a_certificates_end_is_read() -> None:
    assert certificate_expiry({"notAfter": "Mar 31 12:00:00 2027 GMT"}) == datetime(2027, 3, 31, 12, tzinfo=UTC)
    assert certificate_expiry(None) is None
    assert certificate_expiry({}) is None


def test_troubles_of_the_network_are_plain_sentences() -> None:
    assert network_trouble(ConnectionRefusedError(111, "x"), "a:1")[0] == "a:1 refuses connections."
    assert network_trouble(TimeoutError(), "a:1")[0] == "a:1 did not answer in time."
    assert network_trouble(EOFError("secret"), "a:1")[0] == "a:1 broke off the connection."
    wrapped = RuntimeError("library's own")
    wrapped.__cause__ = OSError(113, "No route to host")
    assert network_trouble(wrapped, "a:1")[0] == "The connection to a:1 failed: No route to host."


def self_signed(key: rsa.RSAPrivateKey, days: int) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "intake")])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )


def unbase64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
