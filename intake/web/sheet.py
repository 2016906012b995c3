"""What a case sheet holds, apart from how it is drawn: a child of the sandbox draws it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the sheet. `kind` is heading, small, text, quote, pair or picture; a pair's name is its `label`."""

    kind: str
    text: str = ""
    label: str = ""
    picture: bytes = b""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole sheet; `foot` stands under every page."""

    title: str
    foot: str
    blocks: tuple[Block, ...]
