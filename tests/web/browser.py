"""A real browser before the pages: Debian's Chromium by Playwright, axe, and the ways to look at what it shows."""

from __future__ import annotations

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize, expect

from tests.servers import places
from tests.web.office import PASSWORD

ARTEFACTS = Path(__file__).resolve().parents[2] / "artefacts" / "web"
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
           "--disable-component-update", "--disable-sync"]  # fmt: skip
WIDE: ViewportSize = {"width": 1280, "height": 900}
NARROW: ViewportSize = {"width": 320, "height": 700}
TWICE: ViewportSize = {"width": 640, "height": 450}  # what a window of 1,280 shows at 200 %
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


def reach(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus."""
    for _ in range(80):
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(selector)
