"""The outgoing proxy: asked for what goes to the web, with its password, and passed by where the settings say so."""

from __future__ import annotations

import base64
import select
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import pytest

from intake.credentials import TokenRefused, TokenSource
from intake.graph import GraphError, GraphLine
from intake.settings import OAuth, Proxy
from tests.graph import Token, graph_settings
from tests.servers.graph import GraphServer
from tests.servers.tls import Certificate, issue_certificate
from tests.test_credentials import TokenServer

PASSWORD = "pr0xy-p@ss:word"


class ConnectProxy:
    """Takes CONNECT to any name, notes it, and joins the line to one port of this machine."""

    def __init__(self, port: int) -> None:
        self.asked: list[str] = []
        self.proofs: list[str] = []
        self.refuse = 0
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def _connect(self) -> None:
                owner.asked.append(self.path)
                owner.proofs.append(self.headers.get("Proxy-Authorization", ""))
                if owner.refuse:
                    self.send_error(owner.refuse)
                    return
                with socket.create_connection(("127.0.0.1", port)) as other:
                    self.send_response(200)
                    self.end_headers()
                    join(self.connection, other)

            def log_message(self, *_: object) -> None:
                pass

        setattr(Handler, "do_CONNECT", Handler._connect)  # noqa: B010 - a name that is not ours
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    @contextmanager
    def running(self) -> Iterator[ConnectProxy]:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()


def join(one: socket.socket, other: socket.socket) -> None:
    """Pass bytes on, both ways, until one side ends."""
    while True:
        ready, _, _ = select.select([one, other], [], [], 5)
        for side in ready:
            data = side.recv(65536)
            if not data:
                return
            (other if side is one else one).sendall(data)
        if not ready:
            return


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    return issue_certificate(tmp_path, names=("login.example",))


@pytest.fixture
def tokens(certificate: Certificate) -> Iterator[TokenServer]:
    server = TokenServer()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate.certificate, certificate.key)
    server.listen_by_tls(context)
    with server:
        yield server


@pytest.fixture
def proxy(tokens: TokenServer) -> Iterator[ConnectProxy]:
    with ConnectProxy(tokens.port).running() as running:
        yield running


def source(folder: Path, certificate: Certificate, proxy: Proxy, port: int = 443) -> TokenSource:
    secret = folder / "secret"
    secret.touch(mode=0o600)
    secret.write_text("a client secret")
    endpoint = f"https://login.example:{port}/token" if port != 443 else "https://login.example/token"
    oauth = OAuth(token_endpoint=endpoint, client_id="a", client_secret_file=str(secret), ca_file=str(certificate.ca))
    return TokenSource(oauth, "mail/.default", proxy)


def test_a_token_is_fetched_through_the_proxy_with_its_password(
    tmp_path: Path, certificate: Certificate, tokens: TokenServer, proxy: ConnectProxy
) -> None:
    password = tmp_path / "proxy-password"
    password.touch(mode=0o600)
    password.write_text(PASSWORD)
    named = Proxy(url=proxy.url, username="intake", password_file=str(password))
    assert source(tmp_path, certificate, named).token().reveal() == "token-1"
    assert proxy.asked == ["login.example:443"]
    assert proxy.proofs == [f"Basic {base64.b64encode(f'intake:{PASSWORD}'.encode()).decode()}"]
    assert len(tokens.forms) == 1


def test_a_name_that_is_reached_directly_does_not_bother_the_proxy(
    tmp_path: Path,
    certificate: Certificate,
    tokens: TokenServer,
    proxy: ConnectProxy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lookup = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda _host, *rest, **more: lookup("127.0.0.1", *rest, **more))
    named = Proxy(url=proxy.url, direct=("*.example",))
    assert source(tmp_path, certificate, named, tokens.port).token().reveal() == "token-1"
    assert proxy.asked == []


def test_the_environment_names_no_proxy(
    tmp_path: Path, certificate: Certificate, proxy: ConnectProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nowhere(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "not known")

    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    with pytest.raises(TokenRefused, match=r"name of login\.example is not known"):
        source(tmp_path, certificate, Proxy()).token()
    assert proxy.asked == []


def test_a_proxy_that_refuses_is_one_sentence_without_its_password(
    tmp_path: Path, certificate: Certificate, proxy: ConnectProxy
) -> None:
    proxy.refuse = 407
    with pytest.raises(TokenRefused) as caught:
        source(tmp_path, certificate, Proxy(url=proxy.url)).token()
    assert "login.example" in caught.value.message
    assert proxy.asked == ["login.example:443"]


def test_graph_is_reached_through_the_proxy_and_this_machine_is_not(
    tmp_path: Path, graph: GraphServer, proxy: ConnectProxy
) -> None:
    user = graph.add_user()
    settings = graph_settings(graph, user.address, tmp_path, proxy=Proxy(url=proxy.url))
    line = GraphLine(settings, Token(settings, graph), user.address, timeout=5)
    assert line.get("mailFolders/inbox")["displayName"] == "Inbox"
    line.close()
    assert proxy.asked == []
    away = msgspec.structs.replace(
        settings, graph=msgspec.structs.replace(settings.graph, endpoint="https://graph.example/v1.0")
    )
    proxy.refuse = 403
    line = GraphLine(away, Token(away, graph), user.address, timeout=5, sleep=lambda _: None)
    with pytest.raises(GraphError):
        line.get("mailFolders/inbox")
    line.close()
    assert set(proxy.asked) == {"graph.example:443"}
