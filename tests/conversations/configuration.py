"""The configuration of a conversation's service: what `intake.toml` holds, with what the file changes in it."""

from __future__ import annotations

import json
from typing import Any

from tests.servers.dovecot import MailUser
from tests.servers.graph import GraphServer
from tests.service.world import BORDER, COMMISSIONER, SERVICE, STAFF


def by_imap_and_smtp(user: MailUser, relay_port: int) -> dict[str, Any]:
    """The configuration that a conversation changes: automatic, and nothing settles."""
    mailbox = {
        "host": "127.0.0.1",
        "port": user.imap_port,
        "tls": "none",
        "username": user.user,
        "password_file": "password",
        "timeout_seconds": 10,
    }
    relay = {"host": "127.0.0.1", "port": relay_port, "tls": "none", "auth": "none", "timeout_seconds": 10}
    return _base({"mailboxes": [mailbox], "relay": relay})


def by_graph(address: str, graph: GraphServer) -> dict[str, Any]:
    """The same, by Microsoft Graph."""
    return _base(
        {
            "transport": "graph",
            "mailboxes": [{"username": address, "timeout_seconds": 10}],
            "relay": {"username": address, "data_timeout_seconds": 10},
            "graph": {"endpoint": graph.endpoint},
            "oauth": {
                "token_endpoint": graph.token_endpoint,
                "client_id": "an-application",
                "client_secret_file": "password",
            },
        }
    )


def _base(ways: dict[str, Any]) -> dict[str, Any]:
    return {
        "mode": "automatic",
        "service": {"address": SERVICE},
        **ways,
        "recipients": {"commissioner": COMMISSIONER, "staff": [STAFF]},
        "timing": {"settle_seconds": 0, "stop_seconds": 5},
        "limits": {"replies_per_hour": 1000, "replies_per_sender_hour": 100, "replies_per_submission_hour": 100},
        "storage": {"folder": "data"},
        "senders": {"trusted_domains": ["*.gov.example"], "authserv_id": BORDER},
        "logging": {"format": "text"},
    }


def merged(tables: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    result = dict(tables)
    for key, value in changes.items():
        known = result.get(key)
        result[key] = merged(known, value) if isinstance(known, dict) and isinstance(value, dict) else value
    return result


def as_toml(tables: dict[str, Any]) -> str:
    """The tables as TOML: texts, numbers, lists of them, sections, and lists of sections."""
    lines = [f"{key} = {_value(value)}" for key, value in tables.items() if not _is_section(value)]
    for key, value in tables.items():
        if isinstance(value, dict):
            lines += [f"[{key}]", *(f"{name} = {_value(each)}" for name, each in value.items())]
        elif _is_section(value):
            for entry in value:
                lines += [f"[[{key}]]", *(f"{name} = {_value(each)}" for name, each in entry.items())]
    return "\n".join(lines) + "\n"


def _is_section(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))


def _value(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)  # a text, a number, true, or a list of them: TOML writes them so too
