from __future__ import annotations

import base64

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from intake.senders.own_dkim import dkim_verified_domains

MAIL = b"From: DHR team <dhr@northmere.gov.uk>\r\nTo: x@example.org\r\nSubject: Final report\r\n\r\nPlease find it.\r\n"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
DOMAIN = b"northmere.gov.uk"


def pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )


def record(key: rsa.RSAPrivateKey) -> bytes:
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)


def names(name: bytes, _timeout: int) -> bytes | None:
    return {b"one._domainkey.northmere.gov.uk.": record(KEY)}.get(name)


def signed(mail: bytes = MAIL, domain: bytes = DOMAIN, **options: object) -> bytes:
    signature: bytes = dkim.sign(mail, b"one", domain, pem(KEY), **options)
    return signature + mail


def test_a_good_signature_names_its_domain() -> None:
    assert dkim_verified_domains(signed(), names) == ("northmere.gov.uk",)


def test_no_signature_no_domain() -> None:
    assert dkim_verified_domains(MAIL, names) == ()


@pytest.mark.parametrize(
    "spoiled",
    [
        signed().replace(b"Please", b"Kindly"),
        signed().replace(b"dhr@", b"ceo@"),
        signed().replace(b"From:", b"From: Other <other@evil.example>\r\nFrom:", 1),
        signed().replace(b"d=northmere", b"d=southmere"),
        signed(length=True) + b"and more that nobody signed\r\n",
        signed(length=True),
        signed(include_headers=[b"from", b"to"]),
        signed(include_headers=[b"from", b"subject"]),
        signed(b"Content-Type: text/html\r\n" + MAIL, include_headers=[b"from", b"to", b"subject"]),
        b"Content-Type: text/html\r\n" + signed(),
        b"Subject: Another\r\n" + signed(),
        b"Date: Mon, 23 Nov 2026 09:00:00 +0000\r\n" + signed(include_headers=[b"from", b"to", b"subject"]),
        b"DKIM-Signature: v=1; a=rsa-sha256; d=x; s=" + b"a" * 100_000 + b"\r\n" + MAIL,
        b"DKIM-Signature: \xff\xfe\r\n" + MAIL,
        b"DKIM-Signature: v=1; a=none; b=; bh=; d=northmere.gov.uk; s=one; h=from\r\n" + MAIL,
    ],
)
def test_a_spoiled_or_partial_signature_names_none(spoiled: bytes) -> None:
    assert dkim_verified_domains(spoiled, names) == ()


def test_a_failing_name_look_up_verifies_nothing() -> None:
    def broken(_name: bytes, _timeout: int) -> bytes | None:
        raise OSError("no name server")

    assert dkim_verified_domains(signed(), broken) == ()


def test_a_hundred_signatures_cost_no_more_than_five_look_ups() -> None:
    asked: list[bytes] = []

    def counting(name: bytes, _timeout: int) -> bytes | None:
        asked.append(name)
        return None

    signature = signed()[: -len(MAIL)]
    assert dkim_verified_domains(signature * 100 + MAIL, counting) == ()
    assert len(asked) <= 5
