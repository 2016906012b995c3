"""A working day in a real browser: by keyboard, without JavaScript, on a narrow screen; axe on every page."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from intake.model import SubmissionState
from intake.wiring.archive import Archive
from tests.web.browser import NARROW, TWICE, WIDE, demand_accessible, reach, sign_in, take
from tests.web.office import COMPLETE, GAPS, PASSWORD, REVIEW

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


def test_every_page_is_accessible_fits_a_narrow_screen_and_asks_nobody_else(page: Page, base: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/sign-in")
    demand_accessible(page, "sign-in")
    take(page, "sign-in")
    sign_in(page, "alan")
    for name, path in PAGES.items():
        page.set_viewport_size(WIDE)
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
        demand_accessible(page, name)
        take(page, name)
        page.set_viewport_size(TWICE)
        assert page.evaluate("document.documentElement.scrollWidth") <= TWICE["width"], name
        page.set_viewport_size(NARROW)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, name
        take(page, f"{name}-narrow")
    assert {url for url in asked if not url.startswith(base)} == set()


def test_a_day_from_signing_in_to_the_audit_entry(page: Page, archive: Archive) -> None:
    sign_in(page)
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


def test_two_browsers_at_once(page: Page, browser: Browser, base: str) -> None:
    sign_in(page)
    page.goto(f"/submissions/{REVIEW}/actions/ignore")
    page.get_by_label("Why?").fill("It is a draft, I think")
    other = browser.new_context(base_url=base)
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
    expect(page.get_by_role("alert")).to_contain_text("Somebody else changed it")
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
    page.wait_for_url("**noted=*")
    assert [note.text for note in archive.ledger.queries.submission(REVIEW).notes] == ["by keyboard"]


def test_everything_works_without_javascript(browser: Browser, base: str, archive: Archive) -> None:
    context = browser.new_context(base_url=base, java_script_enabled=False)
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
    section.get_by_text("Where it was found", exact=False).first.click()
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
