from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect, sync_playwright

from intake.sandbox.sandbox import Sandbox
from intake.wiring.archive import Archive
from intake.wiring.children import start_sandbox
from tests.built_once import built_once
from tests.web.browser import OPTIONS, WIDE, chromium
from tests.web.office import Visitor, an_office, fill, fill_with_doubts, serving

# A page whose picture is drawn, or whose scan is recognised, takes longer than Playwright's 5 s on a busy machine.
expect.set_options(timeout=30_000)  # milliseconds


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with start_sandbox() as opened:
        yield opened


@pytest.fixture(scope="session")
def filled(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with judged messages, to be copied."""
    return built_once(tmp_path_factory, "office", lambda folder: fill(folder, sandbox))


@pytest.fixture(scope="session")
def doubtful(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another, in which things wait for a person for different reasons."""
    return built_once(tmp_path_factory, "doubtful", lambda folder: fill_with_doubts(folder, sandbox))


@pytest.fixture
def opened(filled: Path, sandbox: Sandbox, tmp_path: Path) -> Iterator[tuple[FastAPI, Archive]]:
    with an_office(filled, tmp_path, sandbox) as made:
        yield made


@pytest.fixture
def archive(opened: tuple[FastAPI, Archive]) -> Archive:
    return opened[1]


@pytest.fixture
def base(opened: tuple[FastAPI, Archive]) -> Iterator[str]:
    with serving(opened[0]) as address:
        yield address


@pytest.fixture
def visitor(base: str) -> Iterator[Visitor]:
    made = Visitor(base)
    yield made
    made.client.close()


@pytest.fixture
def caseworker(visitor: Visitor, archive: Archive) -> Visitor:
    visitor.enter(archive, "cora")
    return visitor


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    path, environment = chromium(tmp_path_factory.mktemp("browser"))
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            # Playwright's driver, too, may need a library that a small machine lacks (libatomic).
            for name, value in environment.items():
                patch.setenv(name, value)
            playwright = stack.enter_context(sync_playwright())
        launched = playwright.chromium.launch(
            executable_path=path,
            args=OPTIONS,
            env={**os.environ, **environment, "HOME": "/tmp"},  # noqa: S108 - its own cache
        )
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser, base: str) -> Iterator[Page]:
    context = browser.new_context(base_url=base, viewport=WIDE)
    made = context.new_page()
    complaints: list[str] = []
    made.on("pageerror", lambda error: complaints.append(str(error)))
    made.on("console", lambda line: complaints.append(line.text) if "Content Security Policy" in line.text else None)
    yield made
    context.close()
    assert complaints == []
