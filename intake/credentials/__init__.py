"""What proves who we are, and who the servers are: passwords, access tokens and TLS."""

from intake.credentials.credentials import Credentials, Expiry
from intake.credentials.refusals import refusal_hint
from intake.credentials.strings import oauthbearer_string, xoauth2_string
from intake.credentials.tls import certificate_expiry, network_trouble, tls_context
from intake.credentials.tokens import TokenRefused, TokenSource
from intake.credentials.web import web_client

__all__ = [
    "Credentials",
    "Expiry",
    "TokenRefused",
    "TokenSource",
    "certificate_expiry",
    "network_trouble",
    "oauthbearer_string",
    "refusal_hint",
    "tls_context",
    "web_client",
    "xoauth2_string",
]
