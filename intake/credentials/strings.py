"""How an access token is put to a mail server: the two forms in use."""

from __future__ import annotations

from intake.settings import Secret


def xoauth2_string(username: str, token: Secret) -> bytes:
    """The form that Microsoft 365 and Google take, before base64."""
    return f"user={_plain(username)}\x01auth=Bearer {token.reveal()}\x01\x01".encode()


def oauthbearer_string(username: str, token: Secret, host: str, port: int) -> bytes:
    """The standard's form, before base64 (RFC 7628, 3.1)."""
    # The authorization identity is a "saslname": = and , are written =3D and =2C (RFC 5801, 4).
    name = _plain(username).replace("=", "=3D").replace(",", "=2C")
    return f"n,a={name},\x01host={host}\x01port={port}\x01auth=Bearer {token.reveal()}\x01\x01".encode()


def _plain(username: str) -> str:
    return "".join(character for character in username if character.isprintable())
