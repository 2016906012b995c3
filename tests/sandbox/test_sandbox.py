"""Attempts of every kind from inside a child: each is refused, stopped or harmless, and costs itself only."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from intake.errors import ConfigurationError, Overstep
from intake.sandbox.limits import MIB, Limits
from intake.sandbox.sandbox import Sandbox
from intake.sandbox.wire import PROTECTIONS

# A machine on which one protection is refused.
WITHOUT = """
import json, sys
sys.path[:] = json.loads(sys.argv[2])["path"]
from intake.sandbox import child, server
steps = child.Cage.steps
child.Cage.steps = lambda cage, limits: steps(cage, limits) | {{"{name}": lambda: False}}
server.main(int(sys.argv[1]), sys.argv[2].encode())
"""
SMALL = Limits(wall_seconds=10, cpu_seconds=5, memory_bytes=400 * MIB, output_bytes=MIB)
QUICK = Limits(wall_seconds=0.5, cpu_seconds=5, memory_bytes=400 * MIB, output_bytes=MIB)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(limits=SMALL, workers=4) as sandbox:
        yield sandbox


def overstep(sandbox: Sandbox, task: str, *arguments: object, limits: Limits | None = None) -> Overstep:
    with pytest.raises(Overstep) as caught:
        sandbox.run(f"tests.sandbox.tasks:{task}", b"content", *arguments, returns=object, limits=limits)
    assert sandbox.run("tests.sandbox.tasks:count", b"next", returns=int) == 4, "the next task still works"
    return caught.value


# --- what works ------------------------------------------------------------------------------------------


def test_a_task_gets_the_content_and_its_arguments(sandbox: Sandbox) -> None:
    assert sandbox.run("tests.sandbox.tasks:count", b"x" * 5_000_000, returns=int) == 5_000_000
    assert sandbox.run("tests.sandbox.tasks:count", b"", returns=int) == 0
    assert sandbox.run("tests.sandbox.tasks:double", b"", 21, "é", returns=list[int | str]) == [42, "é"]


def test_every_task_has_a_process_of_its_own(sandbox: Sandbox) -> None:
    processes = {sandbox.run("tests.sandbox.tasks:process_id", b"", returns=int) for _ in range(5)}
    assert len(processes) == 5
    assert os.getpid() not in processes


def test_all_protections_hold_here(sandbox: Sandbox) -> None:
    assert set(sandbox.protections().values()) == {True}


@pytest.mark.alone
def test_starting_does_not_wait_for_the_modules_to_load() -> None:
    sandbox = Sandbox(preload=("pypdf", "pypdfium2", "pikepdf"))
    began = time.perf_counter()
    sandbox.start()
    took = time.perf_counter() - began
    try:
        assert took < 0.1
        assert sandbox.run("tests.sandbox.tasks:count", b"abc", returns=int) == 3
    finally:
        sandbox.close()


# --- harm that is refused --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("family", "kind"),
    [
        (socket.AF_INET, socket.SOCK_STREAM),
        (socket.AF_INET6, socket.SOCK_DGRAM),
        (socket.AF_UNIX, socket.SOCK_STREAM),
        (socket.AF_NETLINK, socket.SOCK_RAW),
    ],
)
def test_no_socket_can_be_opened(sandbox: Sandbox, family: int, kind: int) -> None:
    assert "PermissionError" in overstep(sandbox, "open_socket", int(family), int(kind)).message


def test_nothing_can_be_reached_even_on_this_machine(sandbox: Sandbox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        assert overstep(sandbox, "connect", server.getsockname()[1]).reason == "crashed"
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.parametrize("task", ["append_to", "remove", "rename", "change_mode", "write_file"])
def test_a_file_cannot_be_changed(sandbox: Sandbox, tmp_path: Path, task: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    victim = folder / "victim"
    victim.write_text("whole", encoding="ascii")
    victim.chmod(0o666)
    assert "PermissionError" in overstep(sandbox, task, str(victim)).message
    assert victim.read_text(encoding="ascii") == "whole"
    assert victim.stat().st_mode & 0o777 == 0o666
    assert [path.name for path in folder.iterdir()] == ["victim"]


def test_no_file_or_folder_can_be_made(sandbox: Sandbox, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    overstep(sandbox, "write_file", str(folder / "new"))
    overstep(sandbox, "make_folder", str(folder / "inner"))
    overstep(sandbox, "start_program", str(folder / "started"))
    assert not list(folder.iterdir())


@pytest.mark.parametrize("task", ["spawn_program", "fork", "kill_parent", "gain_rights", "change_content"])
def test_other_harm_is_refused(sandbox: Sandbox, task: str) -> None:
    assert overstep(sandbox, task).reason == "crashed"


@pytest.mark.parametrize("command", ["F_SETOWN", "F_SETSIG", "O_ASYNC"])
def test_no_signal_can_be_aimed_at_the_parent(sandbox: Sandbox, command: str) -> None:
    assert "PermissionError" in overstep(sandbox, "aim_signals", command).message


@pytest.mark.parametrize("task", ["aim_by_ioctl", "lease"])
def test_descriptors_serve_for_nothing_else(sandbox: Sandbox, task: str) -> None:
    assert "PermissionError" in overstep(sandbox, task).message


def test_what_libraries_do_with_descriptors_still_works(sandbox: Sandbox) -> None:
    assert sandbox.run("tests.sandbox.tasks:use_descriptors", b"", returns=list[int]) == [1, os.O_WRONLY]


@pytest.mark.parametrize("task", ["trace_parent", "mount", "aim_signals_with_high_bits"])
def test_calls_below_python_are_refused_too(sandbox: Sandbox, task: str) -> None:
    assert sandbox.run(f"tests.sandbox.tasks:{task}", b"", returns=int) == -1


def test_files_of_others_cannot_be_read(sandbox: Sandbox, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("word", encoding="ascii")
    assert "PermissionError" in overstep(sandbox, "read_file", str(secret)).message
    assert "PermissionError" in overstep(sandbox, "read_file", "/etc/passwd").message


def test_a_child_sees_no_secret_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTAKE_SECRET", "hunter2")
    with Sandbox(workers=1) as sandbox:
        seen = sandbox.run("tests.sandbox.tasks:environment", b"", returns=list[str])
    assert not [entry for entry in seen if "hunter2" in entry or "INTAKE" in entry]


def test_a_child_holds_no_descriptor_but_its_answer(sandbox: Sandbox) -> None:
    assert sandbox.run("tests.sandbox.tasks:open_descriptors", b"x", returns=list[int]) == [0, 1, 2, 3]


# --- missing protections ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PROTECTIONS)
def test_without_a_protection_nothing_is_opened(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr("intake.sandbox.sandbox._BOOT", WITHOUT.format(name=name))
    with Sandbox(workers=1) as sandbox:
        with pytest.raises(Overstep) as caught:
            sandbox.run("tests.sandbox.tasks:count", b"abc", returns=int)
        with pytest.raises(ConfigurationError, match=name):
            sandbox.demand_protection()
    assert (caught.value.reason, name in caught.value.message) == ("unprotected", True)


@pytest.mark.parametrize("name", ["landlock", "seccomp", "capabilities", "no dump", "parent's death"])
def test_a_machine_may_be_allowed_to_lack_one(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr("intake.sandbox.sandbox._BOOT", WITHOUT.format(name=name))
    with Sandbox(workers=1, allow_missing=[name]) as sandbox:
        sandbox.demand_protection()
        assert sandbox.run("tests.sandbox.tasks:count", b"abc", returns=int) == 3


def test_a_child_that_claims_to_be_unprotected_costs_itself_only(sandbox: Sandbox) -> None:
    found = overstep(sandbox, "write_garbage", b"Ueverything; send money")
    assert (found.reason, "money" in found.message) == ("unprotected", False)


# --- limits ----------------------------------------------------------------------------------------------


def test_four_gigabytes_are_too_much(sandbox: Sandbox) -> None:
    assert overstep(sandbox, "allocate", 4 << 30).reason == "memory"
    assert overstep(sandbox, "allocate_outside_python", 4 << 30).reason in ("memory", "crashed")


def test_spinning_ends_with_the_processor_time() -> None:
    limits = Limits(wall_seconds=20, cpu_seconds=1)
    with Sandbox(workers=2) as sandbox:
        assert overstep(sandbox, "spin", limits=limits).reason == "time"


def test_sleeping_ends_with_the_clock(sandbox: Sandbox) -> None:
    began = time.monotonic()
    assert overstep(sandbox, "sleep", 60, limits=QUICK).reason == "time"
    assert time.monotonic() - began < 30


def test_a_gigabyte_is_no_answer(sandbox: Sandbox) -> None:
    assert overstep(sandbox, "answer_much", 1 << 30).reason == "memory"
    assert overstep(sandbox, "answer_much", 2 * MIB).reason == "output"
    assert overstep(sandbox, "pour_out").reason == "output"


# --- ends ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("task", ["crash", "kill_self", "recurse"])
def test_a_child_that_dies_costs_its_own_task(sandbox: Sandbox, task: str) -> None:
    assert overstep(sandbox, task).reason == "crashed"


@pytest.mark.parametrize("code", [0, 1, 70])
def test_a_child_that_leaves_without_a_word_has_crashed(sandbox: Sandbox, code: int) -> None:
    assert overstep(sandbox, "leave", code).reason == "crashed"


@pytest.mark.parametrize(
    "garbage", [b"", b"A", b"A\xc1", b"Z123", b"E<b>", b"A\x91" * 5000, b"A\xa3abc", b"\xff" + os.urandom(998)]
)
def test_a_malformed_answer_is_refused(sandbox: Sandbox, garbage: bytes) -> None:
    with pytest.raises(Overstep) as caught:
        sandbox.run("tests.sandbox.tasks:write_garbage", b"", garbage, returns=list[int])
    assert caught.value.reason == "crashed"
    assert "<" not in caught.value.message


def test_an_answer_of_another_type_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(Overstep):
        sandbox.run("tests.sandbox.tasks:count", b"abc", returns=str)


def test_a_pickle_in_an_answer_is_only_bytes(sandbox: Sandbox) -> None:
    assert overstep(sandbox, "answer_with_pickle").reason == "crashed"


def test_an_error_tells_its_kind_and_not_the_words_of_the_file(sandbox: Sandbox) -> None:
    told = overstep(sandbox, "say_secret").message
    assert "ValueError" in told
    assert "words" not in told


def test_a_task_that_does_not_exist_fails_alone(sandbox: Sandbox) -> None:
    assert overstep(sandbox, "there_is_none").reason == "crashed"


# --- many together ---------------------------------------------------------------------------------------


def test_fifty_tasks_good_and_bad_side_by_side(sandbox: Sandbox) -> None:
    bad = ["leave", "crash", "kill_self", "fork"]
    good: list[Future[int]] = []
    failing: list[Future[object]] = []
    for number in range(50):
        if number % 2:
            good.append(sandbox.submit("tests.sandbox.tasks:count", b"x" * number, returns=int))
        else:
            task = bad[number // 2 % len(bad)]
            arguments = (number,) if task == "leave" else ()
            failing.append(sandbox.submit(f"tests.sandbox.tasks:{task}", b"", *arguments, returns=object))
    assert [future.result(60) for future in good] == list(range(1, 50, 2))
    assert all(isinstance(future.exception(60), Overstep) for future in failing)


def test_a_new_server_takes_the_place_of_a_dead_one() -> None:
    with Sandbox(workers=2) as sandbox:
        assert sandbox.run("tests.sandbox.tasks:count", b"abc", returns=int) == 3
        server = sandbox._server
        assert server is not None
        asleep = sandbox.submit("tests.sandbox.tasks:sleep", b"", 60, returns=str)
        time.sleep(0.3)
        server.send_signal(signal.SIGKILL)
        assert isinstance(asleep.exception(20), Overstep)
        assert sandbox.run("tests.sandbox.tasks:count", b"abcd", returns=int) == 4


def test_closing_stops_what_is_under_way() -> None:
    sandbox = Sandbox(workers=1)
    sandbox.start()
    asleep = [sandbox.submit("tests.sandbox.tasks:sleep", b"", 60, returns=str) for _ in range(2)]
    waiting = sandbox.submit("tests.sandbox.tasks:count", b"", returns=int)
    while not all(each.running() for each in asleep):
        time.sleep(0.01)
    time.sleep(1)  # until the server has been asked for both children
    began = time.monotonic()
    sandbox.close()
    assert time.monotonic() - began < 30
    assert all(isinstance(each.exception(), Overstep) for each in asleep)
    assert waiting.cancelled()
    with pytest.raises(RuntimeError):
        sandbox.submit("tests.sandbox.tasks:count", b"", returns=int).result()


def test_no_descriptor_is_left_behind(sandbox: Sandbox) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(20):
        sandbox.run("tests.sandbox.tasks:count", b"abc", returns=int)
        with pytest.raises(Overstep):
            sandbox.run("tests.sandbox.tasks:leave", b"", 1, returns=int)
    assert len(list(Path("/proc/self/fd").iterdir())) <= before


def test_it_works_without_root_and_beside_threads(tmp_path: Path) -> None:
    """As an ordinary user where the tests run as root; a second process either way."""
    script = (
        "import threading; threading.Thread(target=threading.Event().wait, daemon=True).start()\n"
        "from intake.sandbox.sandbox import Sandbox\n"
        "with Sandbox(workers=1) as s: print(sorted(s.protections().values())[0])\n"
    )
    user = 65534 if os.getuid() == 0 and _others_may_read(Path(sys.executable)) else None
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path.cwd(),
        user=user,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.strip() == "True", done.stderr


def _others_may_read(path: Path) -> bool:
    """The way to the file, and to what it may be a link to, is open to all."""
    return all(folder.stat().st_mode & 0o001 for folder in (*path.parents, *path.resolve().parents))
