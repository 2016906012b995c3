"""No link that a stranger sends is ever followed: only these modules can open a connection at all."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "intake"
NETWORK = frozenset(
    {
        "aiosmtplib", "aiosmtpd", "authlib", "dns", "ftplib", "http", "httpx", "imap_tools", "imaplib", "obstore",
        "poplib", "pymap", "requests", "smtplib", "socket", "socketserver", "ssl", "telnetlib", "urllib3", "uvicorn",
        "xmlrpc",
    }
)  # fmt: skip
FETCHING = frozenset({"urllib.request", "asyncio.streams", "multiprocessing.connection"})
# Path below intake/ → why it may.
MAY = {
    "mailbox": "IMAP",
    "delivery": "SMTP",
    "graph": "Microsoft Graph, for the mailbox and for delivery",
    "credentials": "the token endpoint",
    "doctor": "the servers that the settings name, tried without sending anything",
    "message_store": "the object store that the settings name",
    "scanner.py": "clamd's socket",
    "sandbox": "socket pairs between the service and its children",
    "wiring": "the name of this machine, for the ledger's leases",
    "web": "the server of the web log, and its single sign-on",
    "demo": "the demo's own servers on loopback",
}


def imported(file: Path) -> set[str]:
    """Every module that a file imports, wherever the import stands."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def reaches_out(modules: set[str]) -> set[str]:
    return {name for name in modules if name.split(".")[0] in NETWORK or name in FETCHING}


FILES = sorted(file for file in PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("file", FILES, ids=[str(file.relative_to(PACKAGE)) for file in FILES])
def test_only_the_named_modules_can_open_a_connection(file: Path) -> None:
    top = file.relative_to(PACKAGE).parts[0]
    if top not in MAY and top.removesuffix(".py") not in MAY:
        assert reaches_out(imported(file)) == set()


@pytest.mark.parametrize(
    "line",
    [
        "import httpx",
        "import urllib.request",
        "from urllib import request",
        "from urllib.request import urlopen",
        "import socket as s",
        "def f():\n    import requests",
        "from http.client import HTTPSConnection",
    ],
)
def test_a_new_import_would_be_noticed(line: str, tmp_path: Path) -> None:
    file = tmp_path / "x.py"
    file.write_text(line)
    assert reaches_out(imported(file))
