from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from intake.errors import ConfigurationError
from intake.sandbox.scanner import Scan, Scanner, ScanState, scan_doubts
from tests.servers.clamd import Clamd, eicar

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def clamd() -> Iterator[Clamd]:
    with Clamd(signatures_of=NOW - timedelta(days=2), stream_limit="4M") as server:
        yield server


@pytest.fixture(params=["unix", "tcp"])
def scanner(request: pytest.FixtureRequest, clamd: Clamd) -> Scanner:
    return Scanner(clamd.unix_address if request.param == "unix" else clamd.tcp_address)


@contextmanager
def a_server_that(answers: bytes) -> Iterator[str]:
    """Takes any number of connections, reads a little, says `answers` and hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            with line:
                line.recv(64)
                line.sendall(answers)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"tcp:127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def test_a_plain_file_is_clean(scanner: Scanner) -> None:
    assert scanner.scan(b"%PDF-1.7 nothing to see") == Scan(ScanState.CLEAN)


def test_an_empty_file_is_clean(scanner: Scanner) -> None:
    assert scanner.scan(b"") == Scan(ScanState.CLEAN)


def test_the_test_virus_is_found_and_named(scanner: Scanner) -> None:
    assert scanner.scan(eicar()) == Scan(ScanState.INFECTED, "Eicar-Test-Signature.UNOFFICIAL")


def test_the_test_virus_is_found_behind_a_megabyte(scanner: Scanner) -> None:
    assert scanner.scan(bytes(1_000_000) + eicar()).state is ScanState.INFECTED


def test_a_file_over_the_scanners_limit_is_too_large_and_not_clean(scanner: Scanner) -> None:
    assert scanner.scan(bytes(9_000_000)).state is ScanState.TOO_LARGE


def test_a_file_just_under_the_limit_is_read(scanner: Scanner) -> None:
    assert scanner.scan(bytes(3_900_000)).state is ScanState.CLEAN


def test_it_answers_a_ping_and_tells_its_version(scanner: Scanner) -> None:
    version = scanner.version()
    assert scanner.ping()
    assert version.engine.startswith("ClamAV 1.")
    assert version.database_date is not None
    assert abs(version.database_date - (NOW - timedelta(days=2))) < timedelta(days=1)
    assert scanner.problem() == ""


def test_old_signatures_pass_nothing(clamd: Clamd) -> None:
    scanner = Scanner(clamd.unix_address, now=lambda: NOW + timedelta(days=30))
    assert scanner.scan(b"plain").state is ScanState.UNAVAILABLE
    assert "32 days old" in scanner.problem() or "31 days old" in scanner.problem()


def test_signatures_without_a_date_pass_nothing() -> None:
    with Clamd() as server:
        assert Scanner(server.unix_address).scan(b"plain").state is ScanState.UNAVAILABLE


def test_a_scanner_that_skips_large_files_is_found_out() -> None:
    with Clamd(signatures_of=NOW, file_limit="1M") as server:
        scanner = Scanner(server.unix_address)
        assert scanner.finds_in(200_000)
        assert not scanner.finds_in(3_000_000)


def test_a_scanner_that_is_away_passes_nothing() -> None:
    with Clamd(signatures_of=NOW) as server:
        scanner = Scanner(server.unix_address)
        assert scanner.scan(b"plain").state is ScanState.CLEAN
        server.halt()
        assert scanner.scan(b"plain").state is ScanState.UNAVAILABLE
        assert not scanner.ping()
        assert "does not answer" in scanner.problem()
        server.start()
        assert scanner.scan(b"plain").state is ScanState.CLEAN


def test_a_frozen_scanner_passes_nothing_and_costs_only_the_time_allowed() -> None:
    with Clamd(signatures_of=NOW) as server:
        scanner = Scanner(server.tcp_address, timeout_seconds=0.5)
        server.pause()
        before = datetime.now(UTC)
        assert scanner.scan(b"plain").state is ScanState.UNAVAILABLE
        assert datetime.now(UTC) - before < timedelta(seconds=3)
        server.resume()


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"stream: OK",  # no end mark: it may have been cut off
        b"OK\0",
        b"stream: OK or not\0",
        b"ClamAV 1.4.6/27000/not a date\0",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"x" * 100_000,
        b"COMMAND READ TIMED OUT\0",
    ],
)
def test_any_other_answer_passes_nothing(answer: bytes) -> None:
    with a_server_that(answer) as address:
        assert Scanner(address, timeout_seconds=2).scan(b"plain").state is ScanState.UNAVAILABLE


@pytest.mark.parametrize("address", ["", "localhost", "tcp:host", "tcp::1", "unix:relative", "tcp:host:x", "3310"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ConfigurationError):
        Scanner(address)


def test_everything_but_clean_is_a_doubt() -> None:
    assert scan_doubts([Scan(ScanState.CLEAN)]) == ()
    for state in ScanState:
        assert bool(scan_doubts([Scan(ScanState.CLEAN), Scan(state, "X")])) is (state is not ScanState.CLEAN)
