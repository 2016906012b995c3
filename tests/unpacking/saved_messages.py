"""A .msg as Outlook saves it, written out for the tests: the container of MS-CFB with the streams of MS-OXMSG."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

_SECTOR = 512
_FREE, _END, _FAT, _NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
_CUTOFF = 4096  # smaller streams would go into the mini stream: they are made larger with zeros


@dataclass
class Saved:
    """A message to be saved: property → text or bytes, and what is attached (bytes or another message)."""

    words: str = ""
    sender: str = "jane.smith@northshire.gov.uk"
    name: str = "Jane Smith"
    headers: str = ""
    html: bytes = b""
    rtf: bytes = b""
    files: dict[str, bytes] = field(default_factory=dict)
    inner: dict[str, Saved] = field(default_factory=dict)


Tree = dict[str, "bytes | Tree"]


def a_msg(saved: Saved) -> bytes:
    return _container(_streams(saved, b"\x00" * 32))


def _streams(saved: Saved, head: bytes) -> Tree:
    texts = {0x1000: saved.words, 0x0C1F: saved.sender, 0x0C1A: saved.name, 0x007D: saved.headers}
    tree: Tree = {_tag(identity, 0x1F): text.encode("utf-16-le") for identity, text in texts.items() if text}
    tree |= {_tag(identity, 0x102): held for identity, held in ((0x1013, saved.html), (0x1009, saved.rtf)) if held}
    tree["__properties_version1.0"] = head + struct.pack("<HHIQ", 3, 0x3FDE, 6, 65001)
    attached: dict[str, tuple[str, bytes | Tree]] = {
        **{name: (_tag(0x3701, 0x102), content) for name, content in saved.files.items()},
        **{name: (_tag(0x3701, 0x0D), _streams(inner, b"\x00" * 24)) for name, inner in saved.inner.items()},
    }
    for number, (name, (tag, content)) in enumerate(attached.items()):
        tree[f"__attach_version1.0_#{number:08X}"] = {_tag(0x3707, 0x1F): name.encode("utf-16-le"), tag: content}
    return tree


def _tag(identity: int, kind: int) -> str:
    return f"__substg1.0_{identity:04X}{kind:04X}"


def _container(tree: Tree) -> bytes:
    entries: list[list[object]] = [["Root Entry", 5, _NONE, _END, 0]]
    sectors: list[bytes] = []
    chains: list[int] = []
    _place(tree, 0, entries, sectors, chains)
    directory = b"".join(_entry(*entry) for entry in entries)  # type: ignore[arg-type]
    first = len(sectors)
    _add(directory.ljust(-(-len(directory) // _SECTOR) * _SECTOR, b"\x00"), sectors, chains)
    fat_at = len(sectors)
    count = 1
    while (len(chains) + count) * 4 > count * _SECTOR:
        count += 1
    chains += [_FAT] * count
    fat = struct.pack(f"<{len(chains)}I", *chains).ljust(count * _SECTOR, b"\xff")
    head = struct.pack(
        "<8s16sHHHHH6xIIIIIIIII",
        bytes.fromhex("d0cf11e0a1b11ae1"),
        b"",
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        0,
        count,
        first,
        0,
        _CUTOFF,
        _END,
        0,
        _END,
        0,
    )
    places = [fat_at + index if index < count else _FREE for index in range(109)]
    return head + struct.pack("<109I", *places) + b"".join(sectors) + fat


def _place(tree: Tree, parent: int, entries: list[list[object]], sectors: list[bytes], chains: list[int]) -> None:
    before: int | None = None
    for name, content in tree.items():
        index = len(entries)
        entries.append([name, 1, _NONE, _END, 0])
        if before is None:
            entries[parent][2] = index
        else:
            entries[before].append(index)
        before = index
        if isinstance(content, bytes):
            held = content.ljust(_CUTOFF, b"\x00")
            entries[index][1:5] = [2, _NONE, len(sectors), len(held)]
            _add(held, sectors, chains)
        else:
            _place(content, index, entries, sectors, chains)


def _add(content: bytes, sectors: list[bytes], chains: list[int]) -> None:
    pieces = [content[at : at + _SECTOR].ljust(_SECTOR, b"\x00") for at in range(0, len(content), _SECTOR)]
    chains.extend([*range(len(sectors) + 1, len(sectors) + len(pieces)), _END])
    sectors.extend(pieces)


def _entry(name: str, kind: int, child: int, start: int, size: int, right: int = _NONE) -> bytes:
    held = (name + "\0").encode("utf-16-le")
    return (
        held.ljust(64, b"\x00")
        + struct.pack("<HBBIII", len(held), kind, 1, _NONE, right, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )
