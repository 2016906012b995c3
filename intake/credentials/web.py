"""Connections to the web: verified, through the proxy that the settings name, and by nothing that they do not say.

Microsoft Graph, the token server and the provider of single sign-on are reached by these. Mail servers, name servers
and the virus scanner speak no HTTP: a proxy of this kind cannot carry them.
"""

from __future__ import annotations

import httpx

from intake.credentials.tls import tls_context
from intake.settings import Proxy, domain_matches, is_loopback, read_secret


def web_client(proxy: Proxy, address: str, *, ca_file: str = "", timeout: float) -> httpx.Client:
    """A client for the server of `address`. Raises ConfigurationError.

    Seconds in `timeout`. Environment variables are not looked at: the settings file is the only place that says where
    this program connects to.
    """
    return httpx.Client(
        verify=tls_context(ca_file), timeout=timeout, trust_env=False, proxy=_proxy(proxy, httpx.URL(address).host)
    )


def _proxy(proxy: Proxy, host: str) -> httpx.Proxy | None:
    if not proxy.url or is_loopback(host) or domain_matches(host, proxy.direct):
        return None
    if not proxy.username:
        return httpx.Proxy(proxy.url)
    password = read_secret(proxy.password_file, "the proxy's password")
    return httpx.Proxy(proxy.url, auth=(proxy.username, password.reveal()))
