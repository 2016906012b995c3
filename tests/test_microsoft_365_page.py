"""The page on Microsoft 365: the settings that it shows are ones that the program takes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from intake.settings import Settings, parse_settings

PAGE = (Path(__file__).parents[1] / "docs" / "microsoft-365.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"(?:^    [^\n]*\n|^\n(?=    ))+", re.MULTILINE)
REST = """\
[service]
address = "dhr-enquiries@example.gov.uk"
[recipients]
commissioner = "dhr@commissioner.example"
staff = ["team@example.gov.uk"]
"""


def blocks() -> list[str]:
    """Every block that is a piece of a settings file, without its indentation."""
    found = (re.sub(r"^    ", "", each, flags=re.MULTILINE) for each in BLOCK.findall(PAGE))
    return [each for each in found if re.search(r"^\[\[?[\w.]+\]", each, re.MULTILINE)]


def shown(transport: str) -> Settings:
    """The settings that the page comes to for one way: its own block, and those that hold for both."""
    for_both = [each for each in blocks() if "transport" not in each]
    (own,) = (each for each in blocks() if f'transport = "{transport}"' in each)
    return parse_settings(own + REST + "".join(for_both), "microsoft-365.md", Path("/etc/intake"))


@pytest.mark.parametrize("transport", ["imap-smtp", "graph"])
def test_the_settings_that_the_page_shows_are_right(transport: str) -> None:
    settings = shown(transport)
    assert settings.transport == transport
    assert settings.sent_folder(settings.mailboxes[0]) == "Sent Items"
    assert settings.oauth.certificate_file
    assert settings.proxy.url
    assert settings.senders.border_host
    host = {"imap-smtp": "outlook.office365.com", "graph": "graph.microsoft.com"}[transport]
    assert settings.token_scope == f"https://{host}/.default"
