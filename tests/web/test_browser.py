"""A working day in a real browser: by keyboard, without JavaScript, on a narrow screen; axe on every page."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect, sync_playwright

from intake.model import SubmissionState
from intake.wiring.archive import Archive
from tests.servers import places
from tests.web.office import COMPLETE, GAPS, PASSWORD, REVIEW, serving

ARTEFACTS = Path(__file__).resolve().parents[2] / "artefacts" / "web"
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
           "--disable-component-update", "--disable-sync"]  # fmt: skip
WIDE, NARROW = {"width": 1200, "height": 900}, {"width": 320, "height": 700}
PAGES = {
    "home": "/",
    "submissions": "/submissions",
    "no-submission-fits": "/submissions?text=nothing+like+this",
    "wrong-filter": "/submissions?since=yesterday",
    "submission-complete": f"/submissions/{COMPLETE}",
    "submission-gaps": f"/submissions/{GAPS}",
    "submission-review": f"/submissions/{REVIEW}",
    "changes": f"/submissions/{GAPS}/changes",
    "release": f"/submissions/{REVIEW}/actions/compliant",
    "send-gaps": f"/submissions/{REVIEW}/actions/gaps",
    "override": f"/submissions/{GAPS}/override/feedback-letter-annex",
    "mail-out": "/mail",
    "no-mail": "/mail?state=failed",
    "one-mail": "/mail/1",
    "messages": "/messages",
    "one-message": "/messages/3",
    "join": "/messages/3/actions/join",
    "trust": "/messages/3/actions/trust",
    "statistics": "/statistics",
    "senders": "/senders",
    "not-found": "/nothing",
}


_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{root}/usr/share/fonts</dir><cachedir>{cache}</cachedir></fontconfig>
"""


def chromium(folder: Path) -> tuple[str, dict[str, str]]:
    """The browser: the unpacked one with its own fonts first (a small machine has none), then the machine's."""
    if (places.SERVERS / "chromium").is_dir():
        root = places.unpacked("chromium")
        fonts = folder / "fonts.conf"
        fonts.write_text(_FONTS.format(root=root, cache=folder))
        environment = {"LD_LIBRARY_PATH": places.library_path(root), "FONTCONFIG_FILE": str(fonts)}
        return str(root / "usr/lib/chromium/chromium"), environment
    return "/usr/bin/chromium", {}


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
def address(opened: tuple[FastAPI, Archive]) -> Iterator[str]:
    with serving(opened[0]) as base:
        yield base


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(base_url=address, viewport=WIDE)  # type: ignore[arg-type]
    made = context.new_page()
    complaints: list[str] = []
    made.on("pageerror", lambda error: complaints.append(str(error)))
    made.on("console", lambda line: complaints.append(line.text) if "Content Security Policy" in line.text else None)
    yield made
    context.close()
    assert complaints == []


def sign_in(page: Page, name: str = "cora") -> None:
    page.goto("/sign-in")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="What waits for you")).to_be_visible()


def demand_accessible(page: Page, name: str) -> None:
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["target"]) for each in found] == [], name


def take(page: Page, name: str) -> None:
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=True)


def test_every_page_is_accessible_fits_a_narrow_screen_and_asks_nobody_else(page: Page, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/sign-in")
    demand_accessible(page, "sign-in")
    take(page, "sign-in")
    sign_in(page, "alan")
    for name, path in PAGES.items():
        page.set_viewport_size(WIDE)  # type: ignore[arg-type]
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
        demand_accessible(page, name)
        take(page, name)
        page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, name
        take(page, f"{name}-narrow")
    assert {url for url in asked if not url.startswith(address)} == set()


def test_a_day_from_signing_in_to_the_audit_entry(page: Page, archive: Archive) -> None:
    sign_in(page)
    page.get_by_role("link", name="submission needs review").click()
    page.get_by_role("link", name=REVIEW).click()
    page.get_by_role("button", name="Send the gaps").click()
    text = page.get_by_label("Text of the reply")
    text.fill(text.input_value() + "\nRing us if anything is unclear.")
    page.get_by_role("button", name="Send the reply").click()
    expect(page.get_by_text("There is a problem")).to_be_visible()
    demand_accessible(page, "missing reason")
    expect(page.get_by_label("Text of the reply")).to_have_value(
        archive_text := page.get_by_label("Text of the reply").input_value()
    )
    assert "Ring us if anything is unclear." in archive_text
    page.get_by_label("Why?").fill("The web address is missing.")
    page.get_by_role("button", name="Send the reply").click()
    expect(page.get_by_role("heading", name="Cora Example (cora) decided: gaps")).to_be_visible()
    expect(page.get_by_text("The web address is missing.", exact=True)).to_be_visible()
    assert archive.ledger.submissions.get(REVIEW).state is SubmissionState.WAITING_FOR_CSP
    assert any(event.actor == "Cora Example (cora)" for event in archive.ledger.events.latest(10))


def test_two_browsers_at_once(page: Page, browser: Browser, address: str) -> None:
    sign_in(page)
    page.goto(f"/submissions/{REVIEW}/actions/ignore")
    page.get_by_label("Why?").fill("It is a draft, I think")
    other = browser.new_context(base_url=address)
    second = other.new_page()
    sign_in(second, "alan")
    second.goto(f"/submissions/{REVIEW}/actions/note")
    second.get_by_label("Your note").fill("hands off")
    second.get_by_role("button", name="Add the note").click()
    second.goto(f"/submissions/{REVIEW}/actions/hold")
    second.get_by_label("Why?").fill("I am on it")
    second.get_by_role("button", name="Put on hold").click()
    other.close()
    page.get_by_role("button", name="Mark as not a submission").click()
    expect(page.get_by_role("alert")).to_contain_text("Somebody changed this meanwhile")
    expect(page.get_by_label("Why?")).to_have_value("It is a draft, I think")
    demand_accessible(page, "conflict")
    take(page, "conflict")


def test_the_keyboard_alone_is_enough(page: Page, archive: Archive) -> None:
    page.goto("/sign-in")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    reach(page, "#name")
    page.keyboard.type("cora")
    reach(page, "#password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/")
    page.goto(f"/submissions/{REVIEW}")
    reach(page, "a[href$='/actions/note']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/actions/note")
    reach(page, "#reason")
    page.keyboard.type("by keyboard")
    reach(page, "main form button")
    page.keyboard.press("Enter")
    page.wait_for_url("**done=note")
    assert [note.text for note in archive.ledger.queries.submission(REVIEW).notes] == ["by keyboard"]


def test_everything_works_without_javascript(browser: Browser, address: str, archive: Archive) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    sign_in(page)
    page.get_by_role("link", name="Submissions", exact=True).click()
    page.get_by_label("State").select_option("review")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("1 submission", exact=True)).to_be_visible()
    page.get_by_role("link", name=REVIEW).click()
    page.get_by_role("link", name="Mark as withdrawn").click()
    page.get_by_label("Why?").fill("they asked us to")
    page.get_by_role("button", name="Mark as withdrawn").click()
    expect(page.get_by_text("Marked as withdrawn")).to_be_visible()
    context.close()
    assert archive.ledger.submissions.get(REVIEW).state is SubmissionState.WITHDRAWN


def test_the_words_are_marked_on_the_picture_of_the_page(page: Page) -> None:
    sign_in(page)
    page.goto(f"/submissions/{COMPLETE}")
    section = page.get_by_role("region", name="The QA Panel’s feedback letter as an annex")
    section.get_by_text("Where it was found").click()
    section.get_by_role("link", name="larger").first.click()
    picture, marks = page.locator("main img").nth(0), page.locator("main img").nth(1)
    for image in (picture, marks):
        expect(image).to_have_js_property("complete", True)
        assert image.evaluate("each => each.naturalWidth") > 0
    assert picture.bounding_box() == pytest.approx(marks.bounding_box(), abs=2)
    demand_accessible(page, "page")
    take(page, "page-picture")


def test_print_leaves_out_what_paper_cannot_do(page: Page) -> None:
    sign_in(page)
    page.goto(f"/submissions/{GAPS}")
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="The checks")).to_be_visible()
    expect(page.get_by_role("navigation", name="Log")).to_be_hidden()
    expect(page.get_by_text("What you can do")).to_be_hidden()


def reach(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus."""
    for _ in range(80):
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(selector)
