"""The log in the browser: that it can be served where the settings say, and that somebody can sign in to it."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit

import httpx

from intake.credentials import network_trouble
from intake.credentials.tokens import read_certificate
from intake.doctor.check import Result, Surroundings, failure, not_checked, ok, warning
from intake.doctor.records import the_ledger
from intake.errors import SignInRefused
from intake.ledger import Role
from intake.settings import is_loopback
from intake.settings.sections import Web
from intake.web.oidc import Provider

_WAIT_SECONDS = 1.0
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - compared with, not listened on


def check_pages(around: Surroundings) -> Iterator[Result]:
    """Where the pages are served, by which certificate, and under which address staff know them."""
    web = around.settings.web
    yield _listening(web, web.host, web.port, "The log")
    if web.health_port == web.port:
        yield failure("web.health_port is web.port: one of the two cannot listen.", "Name another health_port.")
    elif web.health_port:
        yield _listening(Web(), "127.0.0.1", web.health_port, "Health")
    yield from _certificate(around, web)
    yield from _public_url(web)


def _listening(web: Web, host: str, port: int, what: str) -> Result:
    """Free, taken by ourselves (the service runs), or taken by something else."""
    place = f"{host} port {port}"
    try:
        with socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET):
            return ok(f"{what} can be served on {place}.")
    except socket.gaierror:
        return failure(
            f"{what} cannot be served on {host}: that is not an address of this machine.", "Correct [web] host."
        )
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            if _is_ours(web, host, port):
                return ok(f"{what} is served on {place}: it answers.")
            return failure(f"Something else listens on {place}.", "Stop it, or name another port in [web].")
        if error.errno == errno.EACCES:
            return failure(f"This user may not listen on {place}.", "Name a port from 1024 on, behind a proxy.")
        return failure(f"{what} cannot be served on {place}: {error.strerror}.", "Correct [web] host.")


def _is_ours(web: Web, host: str, port: int) -> bool:
    name = _ANYWHERE.get(host, host)
    scheme = "https" if web.tls_certificate_file else "http"
    place = f"[{name}]" if ":" in name else name
    try:
        with httpx.Client(verify=_own_certificate(web), timeout=_WAIT_SECONDS, trust_env=False) as client:
            answer = client.get(f"{scheme}://{place}:{port}/health/live")
    except (httpx.HTTPError, OSError, ValueError):
        return False
    return answer.status_code == httpx.codes.OK and answer.text == "alive\n"


def _own_certificate(web: Web) -> ssl.SSLContext:
    """Trust in exactly the certificate that we serve with, whatever names it bears."""
    context = ssl.create_default_context(cafile=web.tls_certificate_file or None)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


def _certificate(around: Surroundings, web: Web) -> Iterator[Result]:
    if not (web.tls_certificate_file and web.tls_key_file):
        if web.tls_certificate_file or web.tls_key_file:
            yield failure("The log's certificate and its key come together: one of them is not named.", "Name both.")
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(web.tls_certificate_file, web.tls_key_file)
    except ssl.SSLError:
        told = "The log's certificate and its key do not belong together, or are not in PEM form."
        yield failure(told, "Check [web] tls_certificate_file and tls_key_file.")
        return
    except OSError as error:
        yield failure(f"The log's certificate or key cannot be read: {error.strerror}.", "Check both files' names.")
        return
    left = read_certificate(web.tls_certificate_file).not_valid_after_utc - around.now
    if left <= timedelta(0):
        yield failure("The log's certificate has ended.", "Have it renewed.")
    elif left < timedelta(days=around.settings.alarms.certificate_days):
        yield warning(f"The log's certificate ends in {left.days} days.", "Have it renewed.")
    else:
        yield ok(f"The log's certificate is good for {left.days} days.")


def _public_url(web: Web) -> Iterator[Result]:
    if not web.public_url:
        yield not_checked("Notices to staff carry no link to the log.", "Name its address in [web] public_url.")
        return
    parts = urlsplit(web.public_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        yield failure("web.public_url is not the address of a page.", 'Write it as "https://dhr-log.example.gov.uk".')
    elif parts.scheme == "http" and not is_loopback(parts.hostname):
        yield warning(
            "web.public_url begins with http: staff would sign in over an unencrypted connection.", "Use https."
        )


def check_sign_in(around: Surroundings) -> Iterator[Result]:
    """Who can come in."""
    yield from _by_provider(around) if around.settings.web.sign_in == "oidc" else _by_account(around)


def _by_account(around: Surroundings) -> Iterator[Result]:
    with the_ledger(around) as ledger:
        if ledger is None:
            yield not_checked("There is no ledger yet, and so no account.", "Make one: intake user add NAME")
            return
        active = [account for account in ledger.people.accounts() if not account.disabled]
    acting = [account for account in active if account.role is not Role.READER]
    if not active:
        yield warning("Nobody can sign in to the log: there is no account.", "Make one: intake user add NAME")
    elif not acting:
        yield warning("Nobody who can sign in may act: all the accounts are readers.", "See: intake user role NAME")
    else:
        yield ok(f"{len(active)} account{'s' if len(active) > 1 else ''} can sign in.")


def _by_provider(around: Surroundings) -> Iterator[Result]:
    oidc = around.settings.web.oidc
    if not (oidc.caseworker_groups or oidc.administrator_groups):
        told = "may act" if oidc.reader_groups else "can sign in"
        yield failure(
            f"Nobody {told}: no group is named for it.", "Fill in caseworker_groups and administrator_groups."
        )
    with _provider_troubles(oidc.issuer) as trouble:
        Provider(oidc, around.settings.proxy).look()
    yield from trouble or [ok(f"{oidc.issuer} describes itself and its keys.")]


@contextmanager
def _provider_troubles(issuer: str) -> Iterator[list[Result]]:
    """The trouble that the block met with the provider, as a result."""
    found: list[Result] = []
    try:
        yield found
    except SignInRefused as error:
        cause, name = error.__cause__, urlsplit(issuer).netloc
        if isinstance(cause, httpx.HTTPStatusError):
            answer = cause.response.status_code
            found.append(failure(f"{issuer} is not an issuer: it answers {answer}.", "Check [web.oidc] issuer."))
        elif isinstance(cause, httpx.HTTPError):
            found.append(failure(*network_trouble(cause, name)))
        else:
            found.append(failure(error.message, "Check [web.oidc] issuer: it must be what the provider calls itself."))
    except (KeyError, ValueError):
        found.append(failure(f"{issuer} describes itself without its keys.", "Check [web.oidc] issuer."))
