"""What a caseworker does, in a real browser, with the clicks counted; axe on every state that this leads to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Locator, Page, expect

from intake.model import SubmissionState
from intake.sandbox.sandbox import Sandbox
from intake.wiring.archive import Archive
from tests.web.browser import NARROW, TWICE, WIDE, demand_accessible, reach, sign_in, take
from tests.web.office import ASKED, FAINT, RESTRICTED, RIVALS, an_office


@pytest.fixture
def opened(doubtful: Path, sandbox: Sandbox, tmp_path: Path) -> Iterator[tuple[FastAPI, Archive]]:
    with an_office(doubtful, tmp_path, sandbox) as made:
        yield made


class Clicks:
    """Counts them. Typing is none; the click that brings somebody to the field is not needed with the keyboard."""

    def __init__(self) -> None:
        self.count = 0

    def on(self, what: Locator) -> None:
        what.click()
        self.count += 1


def test_a_doubtful_scan_is_read_and_released_in_three_clicks(page: Page, archive: Archive) -> None:
    sign_in(page)
    clicks = Clicks()
    clicks.on(page.get_by_role("link", name=FAINT))
    picture = page.locator("#pages img").first
    expect(picture).to_be_visible()
    assert picture.evaluate("each => each.decode().then(() => each.naturalWidth)") > 0
    take(page, "screen-faint-scan")
    clicks.on(page.get_by_role("button", name="Release as compliant"))
    demand_accessible(page, "check before you send")
    take(page, "check-before-you-send")
    page.get_by_label("Why is it compliant?").fill("I read the letter on page 12")
    clicks.on(page.get_by_role("button", name="Release and forward"))
    expect(page.get_by_role("alert")).to_contain_text("Released as compliant")
    demand_accessible(page, "released")
    assert archive.ledger.submissions.get(FAINT).state is SubmissionState.OPEN
    assert clicks.count <= 3


def test_a_wrong_gap_is_corrected_and_sent_in_four_clicks(page: Page, archive: Archive) -> None:
    sign_in(page)
    clicks = Clicks()
    clicks.on(page.get_by_role("link", name=ASKED))
    section = page.get_by_role("region", name="The QA Panel’s feedback letter as an annex")
    clicks.on(section.get_by_role("link", name="Correct: it is met"))
    demand_accessible(page, "correct a check")
    take(page, "correct-and-send")
    page.get_by_label("Why?").fill("It is there, as a picture")
    clicks.on(page.get_by_role("button", name="Record it and forward"))
    expect(page.get_by_role("alert")).to_contain_text("Released as compliant")
    assert archive.ledger.submissions.get(ASKED).state is SubmissionState.OPEN
    assert clicks.count <= 4


def test_whether_the_commissioner_got_it_is_read_after_two_clicks(page: Page) -> None:
    sign_in(page)
    clicks = Clicks()
    clicks.on(page.get_by_role("link", name="Submissions", exact=True))
    clicks.on(page.get_by_role("link", name=ASKED))
    truth = page.locator("#truth")
    expect(truth).to_contain_text("Commissioner: not sent")
    expect(truth).to_contain_text("CSP: asked for “The QA Panel’s feedback letter as an annex”")
    assert clicks.count <= 2


def test_every_state_of_the_screen_is_accessible_and_fits(page: Page) -> None:
    sign_in(page, "alan")
    for name, path in {
        "screen-restriction": f"/submissions/{RESTRICTED}",
        "screen-two-reports": f"/submissions/{RIVALS}",
        "screen-asked": f"/submissions/{ASKED}",
        "screen-largest": f"/submissions/{FAINT}?zoom=3",
        "join-side-by-side": f"/messages/1/actions/join?reference={FAINT}",
        "join-unknown": "/messages/1/actions/join?reference=DHR-1999-0001",
        "set-aside": "/messages/5",
        "answered-by-hand": "/messages/5/actions/answered",
        "correct-gap": f"/submissions/{FAINT}/override/feedback-letter-annex?status=gap",
        "settle": f"/submissions/{RESTRICTED}/actions/settle",
        "work": "/",
    }.items():
        page.set_viewport_size(WIDE)
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
        demand_accessible(page, name)
        take(page, name)
        for size in (TWICE, NARROW):
            page.set_viewport_size(size)
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], (name, size)
        take(page, f"{name}-narrow")


def test_at_320_pixels_the_pages_stand_below_the_work(page: Page) -> None:
    sign_in(page)
    page.set_viewport_size(NARROW)
    page.goto(f"/submissions/{FAINT}")
    deeds, pages = page.locator("#deeds").bounding_box(), page.locator("#pages").bounding_box()
    assert deeds is not None
    assert pages is not None
    assert pages["y"] > deeds["y"]
    page.set_viewport_size(WIDE)
    page.goto(f"/submissions/{FAINT}")
    first, beside = page.locator("#open").bounding_box(), page.locator("#pages").bounding_box()
    assert first is not None
    assert beside is not None
    assert abs(first["y"] - beside["y"]) < 60
    assert beside["x"] > first["x"] + 400


def test_the_pages_turn_and_grow_without_javascript(browser: Browser, base: str) -> None:
    context = browser.new_context(base_url=base, java_script_enabled=False)
    page = context.new_page()
    sign_in(page)
    page.goto(f"/submissions/{FAINT}")
    title = page.locator("#pages-title")
    before = title.inner_text()
    page.get_by_role("link", name="Previous page").click()
    expect(title).not_to_have_text(before)
    page.get_by_role("link", name="Largest").click()
    expect(page.get_by_role("link", name="Whole width")).to_be_visible()
    page.get_by_label("Go to page").fill("2")
    page.get_by_role("button", name="Go", exact=True).click()
    expect(title).to_contain_text("page 2 of")
    page.goto(f"/submissions/{RESTRICTED}")
    page.locator("details summary").first.click()
    page.get_by_label("Why is it settled?").first.fill("I rang them")
    page.get_by_role("button", name="Settle it").first.click()
    expect(page.get_by_text("The doubt is settled.")).to_be_visible()
    context.close()


def test_two_tabs_at_once_and_the_back_button(page: Page, archive: Archive) -> None:
    sign_in(page)
    page.goto(f"/submissions/{FAINT}/actions/compliant")
    second = page.context.new_page()
    second.goto(f"/submissions/{FAINT}/actions/ignore")
    second.get_by_label("Why?").fill("a test")
    second.get_by_role("button", name="Mark as not a submission").click()
    page.get_by_label("Why is it compliant?").fill("it is fine")
    page.get_by_role("button", name="Release and forward").click()
    expect(page.get_by_text("it is fine")).to_be_visible()
    assert archive.ledger.submissions.get(FAINT).state is SubmissionState.CLOSED
    second.go_back()
    expect(second.get_by_text("This cannot be done now")).to_be_visible()
    assert archive.ledger.submissions.get(FAINT).state is SubmissionState.CLOSED


def test_an_expired_session_gives_back_what_was_typed(page: Page) -> None:
    sign_in(page)
    page.goto(f"/submissions/{FAINT}/actions/note")
    page.get_by_label("Your note").fill("a long and careful note")
    page.context.clear_cookies()
    page.get_by_role("button", name="Add the note").click()
    expect(page.get_by_role("heading", name="You have been signed out")).to_be_visible()
    expect(page.get_by_label("Your reason")).to_have_value("a long and careful note")
    demand_accessible(page, "signed out")
    take(page, "signed-out")


def test_a_colleague_who_looks_stops_a_deed_once(page: Page, browser: Browser, base: str, archive: Archive) -> None:
    other = browser.new_context(base_url=base)
    colleague = other.new_page()
    sign_in(colleague, "alan")
    colleague.goto(f"/submissions/{FAINT}")
    colleague.get_by_role("button", name="I am looking at this").click()
    expect(colleague.get_by_role("button", name="I have stopped looking at this")).to_be_visible()
    other.close()
    sign_in(page)
    expect(page.get_by_role("row").filter(has_text=FAINT)).to_contain_text("Alan Example")
    page.goto(f"/submissions/{FAINT}/actions/ignore")
    page.get_by_label("Why?").fill("a draft")
    page.get_by_role("button", name="Mark as not a submission").click()
    expect(page.get_by_role("alert")).to_contain_text("Alan Example (alan) is looking at this")
    demand_accessible(page, "stopped once")
    take(page, "stopped-once")
    page.get_by_role("button", name="Mark as not a submission").click()
    assert archive.ledger.submissions.get(FAINT).state is SubmissionState.CLOSED


def test_the_keyboard_alone_settles_a_doubt(page: Page, archive: Archive) -> None:
    sign_in(page)
    page.goto(f"/submissions/{RIVALS}")
    reach(page, "main details summary")
    page.keyboard.press("Enter")
    reach(page, "main details textarea")
    page.keyboard.type("each is a case of its own")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**noted=*")
    closed = [row.closed_why for row in archive.ledger.queries.submission(RIVALS).doubts]
    assert closed == ["each is a case of its own"]
