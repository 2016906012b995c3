from __future__ import annotations

import socket
import ssl
import threading
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from intake.errors import ConfigurationError
from intake.sandbox.sandbox import Sandbox
from intake.settings.sections import Web
from intake.web.server import in_background, server
from intake.wiring.archive import Archive
from tests.servers.places import free_ports
from tests.servers.tls import issue_certificate
from tests.web.office import an_office, wait_until


def test_the_pages_are_served_beside_the_service_and_end_with_it(opened: tuple[FastAPI, Archive]) -> None:
    (port,) = free_ports(1)
    with in_background(opened[0], Web(port=port)):
        assert httpx.get(f"http://127.0.0.1:{port}/health/ready", trust_env=False).text == "ready\n"
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/health/live", trust_env=False)


def test_a_port_that_is_taken_is_said_at_once(opened: tuple[FastAPI, Archive]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        web = Web(port=taken.getsockname()[1])
        with pytest.raises(ConfigurationError, match="cannot be served"), in_background(opened[0], web):
            pass


def test_over_tls_cookies_insist_on_it(filled: Path, sandbox: Sandbox, tmp_path: Path) -> None:
    certificate = issue_certificate(tmp_path)
    certificate.key.chmod(0o600)
    (port,) = free_ports(1)
    paths = f'tls_certificate_file = "{certificate.certificate}"\ntls_key_file = "{certificate.key}"'
    web = Web(port=port, tls_certificate_file=str(certificate.certificate), tls_key_file=str(certificate.key))
    context = ssl.create_default_context(cafile=str(certificate.ca))
    with an_office(filled, tmp_path, sandbox, paths) as (app, _), in_background(app, web):
        answer = httpx.get(f"https://127.0.0.1:{port}/sign-in", verify=context, trust_env=False)
    assert "Secure" in answer.headers["set-cookie"]
    assert answer.headers["strict-transport-security"]


def test_systemd_hears_that_the_server_answers(opened: tuple[FastAPI, Archive]) -> None:
    (port,) = free_ports(1)
    heard: list[str] = []
    with server(opened[0], Web(port=port), lambda: heard.append("alive")) as made:
        thread = threading.Thread(target=made.run)
        thread.start()
        wait_until(lambda: made.started and bool(heard))
        made.should_exit = True
        thread.join(10)
    assert heard
