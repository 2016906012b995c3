"""What servers' refusals of a login come down to, where a person can do something about it.

Servers say it in words of their own, which are matched here and never repeated: they may name people.
"""

from __future__ import annotations

import re

_CONDITIONAL = (
    "A policy of the tenant (conditional access, or its security defaults) blocks this sign-in: have this application, "
    "or this machine's address, exempted from it."
)
# In this order: the first that fits is told.
_KNOWN = (
    (
        re.compile(r"authenticated but not connected", re.IGNORECASE),
        "The application may sign in but not open this mailbox: give its service principal FullAccess to username.",
    ),
    (
        re.compile(r"SmtpClientAuthentication is disabled", re.IGNORECASE),
        "SMTP AUTH is switched off for the mailbox or tenant: Set-CASMailbox -SmtpClientAuthenticationDisabled $false.",
    ),
    (re.compile(r"conditional access|security defaults|did not meet the criteria", re.IGNORECASE), _CONDITIONAL),
    (
        re.compile(r"basic auth\w* is disabled|authentication mechanism .{0,40}disabled|LOGINDISABLED", re.IGNORECASE),
        'The server takes no passwords: sign in with OAuth2 (auth = "xoauth2" and [oauth]).',
    ),
    (
        re.compile(r"application-specific password|app password", re.IGNORECASE),
        "The account needs a password made for applications, or OAuth2.",
    ),
)

# Microsoft's numbers for a token that was refused.
TOKEN_REASONS = {
    "AADSTS50105": "The application is not assigned in this tenant: assign it, or switch assignment off.",
    "AADSTS53000": _CONDITIONAL,
    "AADSTS53003": _CONDITIONAL,
    "AADSTS65001": "Nobody has consented to the application's permissions: an administrator must.",
    "AADSTS500011": "The resource in scope is not known in this tenant: leave scope as it is by default.",
    "AADSTS70011": "scope is not right: leave it as it is by default.",
    "AADSTS90002": "The tenant is not known: check token_endpoint.",
    "AADSTS900023": "The tenant in token_endpoint is not a tenant: put its id or domain in place of TENANT.",
    "AADSTS700016": "The application is not known in this tenant: check client_id and token_endpoint.",
    "AADSTS700024": "The assertion's times do not fit: is this machine's clock right?",
    "AADSTS700027": "The certificate is not registered for the application, or has expired.",
    "AADSTS7000112": "The application is switched off in the tenant: have it switched on.",
    "AADSTS7000215": "The client secret is wrong: client_secret_file must hold the secret's value, not its id.",
    "AADSTS7000222": "The client secret has expired: make a new one and put it into client_secret_file.",
    "AADSTS7000229": "The application has no service principal in this tenant: an administrator must consent to it.",
}


def refusal_hint(said: str, otherwise: str) -> str:
    """What to do about a refusal in these words; `otherwise` where they are not known."""
    return next((hint for pattern, hint in _KNOWN if pattern.search(said)), otherwise)
