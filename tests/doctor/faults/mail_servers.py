"""Faults of the mail servers, the token server and the scanner, and of the way to them."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from intake.doctor import Health
from tests.doctor.site import Fault, Site
from tests.servers.clamd import Clamd
from tests.servers.tls import Certificate

_CAPABLE = ("CAPABILITY", "* CAPABILITY IMAP4rev1 AUTH=PLAIN\n{tag} OK done")
_WITH_LOGIN = {"relay.auth": "password", "relay.username": "x", "relay.password_file": "password"}
_EHLO = ("EHLO", "250-mail.example\n250-AUTH PLAIN LOGIN\n250 SIZE 40000000")


# --- the mailbox ------------------------------------------------------------------------------------------


def _mailbox(name: str, says: str, advises: str, keys: dict[str, Any], health: Health = Health.FAILURE) -> Fault:
    return Fault(name, "mailbox", says, advises, keys, health=health)


def _spoken(name: str, says: str, advises: str, *answers: tuple[str, str], greeting: str = "* OK hello") -> Fault:
    """What an IMAP server says of our login."""
    return Fault(name, "mailbox", says, advises, plant=lambda site: _talks(site, "mailboxes", greeting, answers))


def _talks(site: Site, section: str, greeting: str, answers: tuple[tuple[str, str], ...]) -> None:
    site.set(f"{section}.port", site.talker(greeting, *answers))


def _refused_login(name: str, words: str, advises: str) -> Fault:
    refusal = ("AUTHENTICATE", "+ "), (".", f"{{tag}} NO {words}")
    return _spoken(name, "refused the login", advises, _CAPABLE, *refusal)


def _dovecot_tls(site: Site, **keys: Any) -> None:
    user = site.user
    for key, value in {"port": user.imaps_port, "tls": "implicit", "ca_file": str(user.ca_file), **keys}.items():
        site.set(f"mailboxes.{key}", value)


def _tls(**keys: Any) -> Callable[[Site], None]:
    return lambda site: _dovecot_tls(site, **keys)


def _behind_door(**facts: Any) -> Callable[[Site], None]:
    """The mailbox is behind a certificate with these facts, whose authority is known."""

    def plant(site: Site) -> None:
        certificate = site.servers.certificate("-".join(map(str, facts.values())), **facts)
        port = site.stack.enter_context(_door(certificate))
        _dovecot_tls(site, port=port, ca_file=str(certificate.ca))

    return plant


@contextmanager
def _door(certificate: Certificate) -> Iterator[int]:
    """A port where TLS begins, and nothing follows."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate.certificate, certificate.key)
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                line, _ = listening.accept()
                with suppress(OSError), line:
                    context.wrap_socket(line, server_side=True).close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)


def _silent(section: str) -> Callable[[Site], None]:
    """A port that takes connections and says nothing, as a firewall or a hung server does."""

    def plant(site: Site) -> None:
        listening = site.stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        site.set(f"{section}.port", listening.getsockname()[1])
        site.set(f"{section}.timeout_seconds", 0.3)

    return plant


def _short_lived(site: Site) -> None:
    server = site.servers.soon_over
    user = server.add_user()
    _dovecot_tls(site, port=user.imaps_port, ca_file=str(server.ca_file), username=user.user)


def _no_authority(site: Site) -> None:
    site.put("ca.pem", "no certificate")
    _dovecot_tls(site, ca_file="ca.pem")


MAILBOXES = (
    _mailbox("nothing listens", "refuses connections", "that the server is running", {"mailboxes.port": 1}),
    _mailbox("an unknown login", "refused the login of mailbox main (AUTHENTICATIONFAILED)", "Check username", {
        "mailboxes.username": "nobody"}),
    Fault("a wrong password", "mailbox", "refused the login", "Check username",
        plant=lambda site: site.put("password", "hunter-two")),
    _mailbox("a folder that is not there", 'There is no folder "Reports"', "correct its name", {
        "mailboxes.folders": ["INBOX", "Reports"]}),
    _mailbox("no folder for what was sent", "there is no folder Sent Items", "Correct sent_folder", {
        "mailboxes.sent_folder": "Sent Items"}),
    Fault("an unknown authority", "mailbox", "cannot be verified", "name its file in ca_file", plant=_tls(ca_file="")),
    Fault("no authority's file", "mailbox", "cannot be used", "PEM form", plant=_tls(ca_file="none.pem")),
    Fault("an authority's file of nonsense", "mailbox", "cannot be used", "PEM form", plant=_no_authority),
    Fault("TLS at once where plain text begins", "mailbox", "No secure connection", 'set tls = "starttls"',
        {"mailboxes.tls": "implicit"}),
    Fault("plain text where TLS begins", "mailbox", "did not answer in time", 'a port that needs tls = "implicit"',
        plant=_tls(tls="starttls", timeout_seconds=0.5)),
    Fault("an ended certificate", "mailbox", "certificate has expired", "renew it", plant=_behind_door(days=-3)),
    Fault("a certificate to come", "mailbox", "not yet valid", "clock behind", plant=_behind_door(begins=3)),
    Fault("another's certificate", "mailbox", "IP address mismatch", "a name in the certificate",
        plant=_behind_door(names=("mail.tidewell.gov.uk",), address="127.0.0.9")),
    Fault("a certificate nearly over", "mailbox", "certificate ends in", "Tell whoever runs", plant=_short_lived,
        health=Health.WARNING),
    Fault("a silent server", "mailbox", "did not answer in time", "firewall", plant=_silent("mailboxes")),
    _spoken("a server that hangs up", "broke off", "tried again", ("x-never", "")),
    Fault("no STARTTLS", "mailbox", "offers no STARTTLS, so nothing was sent", 'tls = "implicit"', {
        "mailboxes.tls": "starttls"}, lambda site: _talks(site, "mailboxes", "* OK hello", (_CAPABLE,))),
    _spoken("no passwords taken", "takes no passwords", "OAuth2",
        ("CAPABILITY", "* CAPABILITY IMAP4rev1 LOGINDISABLED\n{tag} OK done")),
    _refused_login("an application without its mailbox", "User is authenticated but not connected.", "FullAccess"),
    _refused_login("a policy of the tenant", "Blocked by conditional access policy.", "conditional access"),
    _refused_login("passwords switched off", "Basic authentication is disabled.", "sign in with OAuth2"),
    _refused_login("a password for people", "[ALERT] Application-specific password required", "for applications"),
)  # fmt: skip


# --- access tokens ----------------------------------------------------------------------------------------


def _token(number: str, advises: str) -> Fault:
    """Microsoft's token server refuses with this number."""

    def plant(site: Site) -> None:
        answer = {"error": "invalid_client", "error_description": f"{number}: see https://login.example. Trace 1"}
        site.servers.tokens.refusal = (400, json.dumps(answer).encode())
        _oauth(site, site.servers.tokens.url)

    return Fault(f"token refused with {number}", "mailbox", number, advises, plant=plant)


def _oauth(site: Site, endpoint: str) -> None:
    site.put("client-secret", "s")
    for key, value in {
        "mailboxes.auth": "xoauth2",
        "oauth.token_endpoint": endpoint,
        "oauth.client_id": "intake",
        "oauth.client_secret_file": "client-secret",
    }.items():
        site.set(key, value)


def _odd_token(site: Site) -> None:
    site.servers.tokens.refusal = (200, b"<html>a proxy's page</html>")
    _oauth(site, site.servers.tokens.url)


TOKENS = (
    _token("AADSTS7000215", "the secret's value, not its id"),
    _token("AADSTS7000222", "has expired"),
    _token("AADSTS700016", "check client_id"),
    _token("AADSTS700024", "clock"),
    _token("AADSTS700027", "is not registered"),
    _token("AADSTS90002", "tenant is not known"),
    _token("AADSTS900023", "in place of TENANT"),
    _token("AADSTS53003", "conditional access"),
    _token("AADSTS65001", "consented"),
    _token("AADSTS500011", "leave scope"),
    _token("AADSTS70011", "scope is not right"),
    _token("AADSTS7000112", "switched off in the tenant"),
    _token("AADSTS7000229", "no service principal"),
    _token("AADSTS50105", "not assigned"),
    Fault("no token server", "mailbox", "refuses connections", "Check host",
        plant=lambda site: _oauth(site, "http://127.0.0.1:1/token")),
    Fault("a page in place of a token", "mailbox", "gave no access token (200)", "token_endpoint", plant=_odd_token),
)  # fmt: skip


# --- the relay --------------------------------------------------------------------------------------------


def _smtp(name: str, says: str, advises: str, *answers: tuple[str, str], **more: Any) -> Fault:
    """What a relay says."""
    greeting, keys = more.get("greeting", "220 mail.example"), more.get("keys", {})
    health = more.get("health", Health.FAILURE)
    return Fault(name, "relay", says, advises, keys, lambda site: _talks(site, "relay", greeting, answers), health)


def _login(name: str, refusal: str, advises: str) -> Fault:
    return _smtp(name, "refused our login (535)", advises, _EHLO, ("AUTH", refusal), keys=_WITH_LOGIN)


def _own_relay(**keys: Any) -> Callable[[Site], None]:
    """The relay with STARTTLS and a login, used rightly but for these keys."""

    def plant(site: Site) -> None:
        relay = site.servers.relay
        right = {
            "port": relay.port,
            "tls": "starttls",
            "ca_file": str(relay.ca_file),
            "auth": "password",
            "username": relay.user,
            "password_file": "password",
        }
        for key, value in (right | keys).items():
            site.set(f"relay.{key}", value)

    return plant


def _small(site: Site) -> None:
    site.set("relay.port", site.servers.small_relay.port)


RELAYS = (
    Fault("no relay listens", "relay", "refuses connections", "that the server is running", {"relay.port": 1}),
    Fault("the relay's unknown login", "relay", "refused our login", "Check relay.username",
        plant=_own_relay(username="nobody")),
    Fault("the relay's unknown authority", "relay", "cannot be verified", "ca_file", plant=_own_relay(ca_file="")),
    Fault("TLS at once on the relay's STARTTLS port", "relay", "No secure connection", 'set tls = "starttls"',
        plant=_own_relay(tls="implicit")),
    _smtp("a login where none is offered", "offers no login by password", "Check relay.auth",
        ("EHLO", "250 mail.example"), keys=_WITH_LOGIN),
    Fault("STARTTLS where none is offered", "relay", "offers no STARTTLS", "port 465", {"relay.tls": "starttls"}),
    Fault("a small relay", "relay", "takes mail of up to 20.0 MB", "Have its limit raised", plant=_small,
        health=Health.WARNING),
    Fault("a silent relay", "relay", "did not answer in time", "firewall", plant=_silent("relay")),
    _smtp("a relay that is closed", "is not ready to take mail: 421 4.3.2", "tried again",
        greeting="421 4.3.2 closing down"),
    _smtp("a relay without limits", "names no size limit", "Ask whether it takes", ("EHLO", "250 mail.example"),
        health=Health.WARNING),
    _smtp("a relay without reports", "offers no delivery reports", "by Message-ID", ("EHLO", "250 mail.example"),
        health=Health.WARNING),
    _login("SMTP AUTH switched off in the tenant", "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication "
        "is disabled for the Tenant.", "Set-CASMailbox"),
    _login("SMTP AUTH switched off for the mailbox", "535 5.7.139 Authentication unsuccessful, "
        "SmtpClientAuthentication is disabled for the Mailbox.", "Set-CASMailbox"),
    _login("the tenant's security defaults", "535 5.7.139 Authentication unsuccessful, user is locked by your "
        "organization's security defaults policy.", "security defaults"),
    _login("conditional access at the relay", "535 5.7.139 Authentication unsuccessful, the request did not meet the "
        "criteria to be authenticated successfully.", "conditional access"),
    _login("passwords switched off at the relay", "535 5.7.139 Authentication unsuccessful, basic authentication is "
        "disabled.", "OAuth2"),
    _login("a password for people at the relay", "535 5.7.9 Application-specific password required.", "OAuth2"),
    _login("any other refusal at the relay", "535 5.7.8 Bad credentials", "Check relay.username"),
)  # fmt: skip


# --- clock and scanner ------------------------------------------------------------------------------------


def _early(site: Site) -> None:
    for _ in range(2):
        site.user.append(b"From: a@b.gov.uk\r\n\r\nx\r\n", internaldate=datetime.now(UTC) + timedelta(hours=1))


def _scanner(says: str, advises: str, name: str, **facts: Any) -> Fault:
    def plant(site: Site) -> None:
        site.set("scanner.address", site.stack.enter_context(Clamd(**facts)).tcp_address)

    return Fault(name, "scanner", says, advises, plant=plant)


OTHERS = (
    Fault("a clock that is behind", "times", "This machine's clock is behind", "Set this machine's clock",
        plant=_early),
    Fault("no scanner listens", "scanner", "refused", "every submission waits", {"scanner.address": "tcp:127.0.0.1:1"}),
    Fault("no scanner's socket", "scanner", "", "every submission waits", {"scanner.address": "unix:/run/none.ctl"}),
    _scanner("", "every submission waits", "old signatures", signatures_of=datetime(2020, 1, 1, tzinfo=UTC)),
    _scanner("finds nothing in a file of 20 MB", "MaxFileSize", "a scanner that skips", file_limit="1M",
        signatures_of=datetime.now(UTC)),
)  # fmt: skip

FAULTS = (*MAILBOXES, *TOKENS, *RELAYS, *OTHERS)
