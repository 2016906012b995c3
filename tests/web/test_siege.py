"""Many who want in at once, half-sent requests, odd numbers and names: who has a right to come in, still does."""

from __future__ import annotations

import resource
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from intake.sandbox.sandbox import Sandbox
from intake.settings.sections import Web
from intake.web import passwords
from intake.web.connections import MOST_OF_AN_ADDRESS, BoundedConnection
from intake.web.headers import own_hosts
from intake.web.health import health_app
from intake.web.server import health_listener, in_background
from intake.wiring.archive import Archive
from tests.servers.places import free_ports
from tests.web.office import COMPLETE, PASSWORD, Visitor, an_office, now, serving, wait_until

ELSEWHERE = "127.0.0.2"  # the address that those have who lay siege


# --- passwords --------------------------------------------------------------------------------------------


class Watched:
    """How many comparisons there were, and how many at once."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = self.most = self._now = 0
        self._lock = threading.Lock()
        self._compare = passwords._matches
        monkeypatch.setattr(passwords, "_matches", self._watch)

    def _watch(self, known: str, password: str) -> bool:
        with self._lock:
            self.count += 1
            self._now += 1
            self.most = max(self.most, self._now)
        try:
            return self._compare(known, password)
        finally:
            with self._lock:
                self._now -= 1


def tries(archive: Archive, names: list[str], addresses: list[str], password: str = "guess") -> list[object]:
    """All of them in the same moment."""
    together = threading.Barrier(len(names))

    def one(name: str, address: str) -> object:
        together.wait()
        try:
            return passwords.check_sign_in(archive.ledger.people, name, password, address, now())
        except passwords.TooMany as refusal:
            return refusal

    with ThreadPoolExecutor(len(names)) as pool:
        return list(pool.map(one, names, addresses))


def test_forty_guesses_at_once_get_no_more_tries_than_one_after_another(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = Watched(monkeypatch)
    answers = tries(archive, ["cora"] * 40, ["192.0.2.1"] * 40)
    assert sum(isinstance(answer, passwords.TooMany) for answer in answers) == 40 - watched.count
    assert watched.count <= 4
    assert watched.most <= 2


def test_forty_guesses_at_once_take_the_memory_of_two(archive: Archive) -> None:
    passwords._nobodys_hash.cache_clear()
    started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    tries(archive, [f"name{number}" for number in range(40)], [f"192.0.2.{number}" for number in range(40)])
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - started < 400_000  # kilobytes; forty would take 2.6 GB


def test_forty_names_from_forty_places_share_two_comparisons(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    watched = Watched(monkeypatch)
    tries(archive, [f"name{number}" for number in range(40)], [f"192.0.2.{number}" for number in range(40)])
    assert watched.most <= 2
    assert 2 <= watched.count < 40
    assert passwords._CROWD.tries == 0
    assert not passwords._CROWD.trying


def test_others_guesses_keep_nobody_out_who_signed_in_here_before(archive: Archive) -> None:
    people, at = archive.ledger.people, now()
    account = people.account("cora")
    assert account is not None
    mark = passwords.mark_for(account)
    for _ in range(4):
        passwords.check_sign_in(people, "cora", "guess", "192.0.2.1", at)
    with pytest.raises(passwords.TooMany):
        passwords.check_sign_in(people, "cora", PASSWORD, "192.0.2.1", at)
    assert passwords.check_sign_in(people, "cora", PASSWORD, "192.0.2.1", at, mark=mark) == account


def test_a_known_browsers_own_guesses_are_delayed_too(archive: Archive) -> None:
    people = archive.ledger.people
    account = people.account("cora")
    assert account is not None
    mark, at = passwords.mark_for(account), now()
    for _ in range(4):
        assert passwords.check_sign_in(people, "cora", "guess", "192.0.2.1", at, mark=mark) is None
    with pytest.raises(passwords.TooMany):
        passwords.check_sign_in(people, "cora", PASSWORD, "192.0.2.1", at, mark=mark)


@pytest.mark.parametrize("change", ["name", "nonce", "proof", "nothing", "password"])
def test_a_mark_that_was_not_given_to_this_account_is_none(archive: Archive, change: str) -> None:
    people = archive.ledger.people
    cora, rita = people.account("cora"), people.account("rita")
    assert cora is not None
    assert rita is not None
    nonce, _, proof = passwords.mark_for(cora).partition(".")
    marks = {"name": passwords.mark_for(rita), "nonce": f"x{nonce}.{proof}", "proof": f"{nonce}.0", "nothing": ""}
    if change == "password":
        people.change("cora", now(), password_hash=passwords.hash_password("three other words"))
    changed = people.account("cora")
    assert changed is not None
    assert not passwords._is_marked(changed, marks.get(change, f"{nonce}.{proof}"))


def test_the_browser_keeps_the_mark_for_the_sign_in_page_alone(visitor: Visitor) -> None:
    visitor.sign_in()
    (cookie,) = [one for one in visitor.client.cookies.jar if one.name == "intake-known"]
    assert (cookie.path, cookie.has_nonstandard_attr("HttpOnly")) == ("/sign-in", True)


# --- connections ------------------------------------------------------------------------------------------


@pytest.fixture
def port(opened: tuple[FastAPI, Archive]) -> Iterator[int]:
    (free,) = free_ports(1)
    with in_background(opened[0], Web(port=free)):
        yield free


def besieged(stack: ExitStack, port: int, words: bytes, count: int) -> list[socket.socket]:
    """So many connections that say half a sentence."""
    made = []
    for _ in range(count):
        line = socket.create_connection(("127.0.0.1", port), timeout=5, source_address=(ELSEWHERE, 0))
        stack.enter_context(line)
        line.sendall(words)
        made.append(line)
    return made


def has_ended(line: socket.socket) -> bool:
    line.settimeout(0.01)
    try:
        return line.recv(1) == b""
    except TimeoutError:
        return False
    except ConnectionError:
        return True


HALF = {
    "nothing": b"",
    "half a line": b"GET / HT",
    "half a header": b"GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nX-",
    "half a form": b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\nname=",
    "a form's header": b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n",
}


@pytest.mark.parametrize("name", HALF)
def test_half_sent_requests_hold_up_nobody_else(port: int, name: str) -> None:
    with ExitStack() as stack:
        lines = besieged(stack, port, HALF[name], 230)
        began = time.monotonic()
        assert httpx.get(f"http://127.0.0.1:{port}/health", trust_env=False).status_code == 200
        assert httpx.get(f"http://127.0.0.1:{port}/sign-in", trust_env=False).status_code == 200
        assert time.monotonic() - began < 5
        assert sum(not has_ended(line) for line in lines) <= MOST_OF_AN_ADDRESS


@pytest.mark.parametrize("name", HALF)
def test_half_sent_requests_are_ended(port: int, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(BoundedConnection, "header_seconds", 0.3)
    monkeypatch.setattr(BoundedConnection, "body_seconds", 0.3)
    with ExitStack() as stack:
        (line,) = besieged(stack, port, HALF[name], 1)
        wait_until(lambda: has_ended(line), 5)


@pytest.mark.alone
def test_a_request_that_trickles_in_is_ended_too(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BoundedConnection, "header_seconds", 0.5)
    with ExitStack() as stack:
        (line,) = besieged(stack, port, b"GET / HTTP/1.1\r\nX: ", 1)
        began = time.monotonic()
        while not has_ended(line) and time.monotonic() - began < 5:
            try:
                line.sendall(b"x")
            except OSError:
                break
            time.sleep(0.05)
        assert 0.4 < time.monotonic() - began < 2


@pytest.mark.alone
def test_one_connection_may_ask_many_times(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BoundedConnection, "header_seconds", 0.3)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        for _ in range(4):
            assert client.get("/health").status_code == 200
            time.sleep(0.2)


def test_health_has_a_listener_of_its_own(opened: tuple[FastAPI, Archive]) -> None:
    (free,) = free_ports(1)
    with health_listener(health_app(opened[0]), Web(health_port=free)):
        found = {path: httpx.get(f"http://127.0.0.1:{free}{path}", trust_env=False).status_code for path in PATHS}
    assert [path for path, status in found.items() if status == 200] == ["/health", "/health/live", "/metrics"]
    with health_listener(health_app(opened[0]), Web()), pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{free}/health", trust_env=False)


PATHS = ("/health", "/health/live", "/metrics", "/", "/sign-in", "/submissions", "/assets/own/own.css")


# --- numbers and names ------------------------------------------------------------------------------------


NUMBERS = (2**63, 2**64, -(2**63), 10**18 * 99, 10**400, 2**63 - 1, -1)
PLACES = ("/mail/{}", "/mail/{}/source", "/messages/{}", "/messages/{}/source", "/mail/{}/actions/resend",
          "/submissions/DHR-2026-0001/documents/{}/ab")  # fmt: skip


def test_a_number_that_no_row_can_have_is_not_in_the_log(caseworker: Visitor) -> None:
    found = {caseworker.get(path.format(number)).status_code for path in PLACES for number in NUMBERS}
    assert found == {404}


def test_a_page_that_no_list_can_have_breaks_nothing(caseworker: Visitor) -> None:
    for page in (2**63, 2**64, 10**30, "x", "-5", "٣"):
        assert caseworker.get(f"/submissions?page={page}").status_code in {200, 404}, page


def test_a_request_for_another_host_is_not_answered(base: str) -> None:
    for host in ("evil.example", "127.0.0.1.evil.example", "", "127.0.0.1@evil.example", "evil:80"):
        answer = httpx.get(f"{base}/sign-in", headers={"host": host}, trust_env=False)
        assert answer.status_code in {400, 421}, host
        assert "set-cookie" not in answer.headers


def test_two_hosts_are_none(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        line.sendall(b"GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
        assert line.recv(100).split()[1] in {b"400", b"421"}


def test_the_public_name_is_ours(filled: Path, sandbox: Sandbox, tmp_path: Path) -> None:
    web = 'public_url = "https://log.demo.example/"'
    with an_office(filled, tmp_path, sandbox, web) as (app, _), serving(app) as base:
        for host, status in {"log.demo.example": 200, "LOG.demo.example:443": 200, "demo.example": 421}.items():
            answer = httpx.get(f"{base}/sign-in", headers={"host": host}, trust_env=False)
            assert answer.status_code == status, host


def test_a_listener_for_every_name_still_answers_to_its_own_only() -> None:
    assert own_hosts(Web(host="0.0.0.0")) == {"localhost", "127.0.0.1", "[::1]"}  # noqa: S104 - what is looked at
    assert "log.demo.example" in own_hosts(Web(host="0.0.0.0", public_url="https://log.demo.example:8443/x"))  # noqa: S104


def test_a_picture_of_a_page_is_kept_by_no_browser(caseworker: Visitor, archive: Archive) -> None:
    view = archive.ledger.queries.submission(COMPLETE)
    (file, *_) = view.judgements[0].files
    address = f"/submissions/{COMPLETE}/documents/{view.judgements[0].message}/{file.sha256}/pages/1"
    for name in ("picture.png", "marks.svg"):
        answer = caseworker.get(f"{address}/{name}")
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")


def test_numbers_are_for_this_machine(visitor: Visitor) -> None:
    assert visitor.get("/metrics").status_code == 200
    for header in ("x-forwarded-for", "forwarded", "via", "x-real-ip"):
        asked = visitor.client.get("/metrics", headers={header: "192.0.2.7"})
        assert (asked.status_code, "intake_" in asked.text) == (403, False), header


def test_numbers_are_for_who_has_the_token(filled: Path, sandbox: Sandbox, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("a long token\n")
    token.chmod(0o600)
    forwarded = {"x-forwarded-for": "192.0.2.7"}
    with an_office(filled, tmp_path, sandbox, f'metrics_token_file = "{token}"') as (app, _), serving(app) as base:
        for given, status in {"Bearer a long token": 200, "Bearer x": 403, "a long token": 403, "Bearer": 403}.items():
            headers = forwarded | {"authorization": given}
            assert httpx.get(f"{base}/metrics", headers=headers, trust_env=False).status_code == status, given
