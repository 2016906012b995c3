"""The settings file of a new installation: only what differs from the defaults, each key with the example's comment."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec

from intake import resources
from intake.settings import Settings
from intake.settings.strict_toml import KEY, TABLE

EXAMPLE = "config/intake.example.toml"
# The example numbers the keys that every installation must change.
MARK = re.compile(r"^# \((\d+)/10\) ")
_HEAD = """\
# Written by `intake init`. It holds what differs from the program's defaults; intake.example.toml shows and explains
# every key there is. `intake doctor` tries out what this file says.

# How far the service acts by itself: "trial", then "supervised", then "automatic".
"""


@dataclass(slots=True)
class Comments:
    """What the example says above each section and each key."""

    sections: dict[str, list[str]] = field(default_factory=dict)
    keys: dict[tuple[str, str], list[str]] = field(default_factory=dict)


def read_comments(text: str) -> Comments:
    """The comments right above each line; those of a section stand above its heading."""
    found, section, above = Comments(), "", list[str]()
    for line in text.splitlines():
        if line.startswith("#"):
            above.append(line)
            continue
        if heading := TABLE.match(line):
            section = heading[2].strip()
            found.sections[section] = above
        elif key := KEY.match(line):
            found.keys[section, key[1]] = above
        above = []
    return found


def written(settings: Settings) -> str:
    """The file's text."""
    comments = read_comments(resources.read_text(EXAMPLE))
    lines = [f'{_HEAD}mode = "{settings.mode}"']
    for name, section in _sections(settings):
        keys = [*_keys(section)]
        if not keys:
            continue
        single = name != "mailboxes"
        lines += ["", *map(_plain, comments.sections.get(name, ())), f"[{name}]" if single else f"[[{name}]]"]
        for key, value in keys:
            lines += [*map(_plain, comments.keys[name, key]), f"{key} = {_toml(value)}"]
    return "\n".join(lines) + "\n"


def _sections(settings: Settings) -> Iterator[tuple[str, msgspec.Struct]]:
    """The sections that may hold keys, by their names; those within others have none that is not a default."""
    for entry in msgspec.structs.fields(settings):
        value = getattr(settings, entry.name)
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, msgspec.Struct):
                yield entry.name, each


def _keys(section: msgspec.Struct) -> Iterator[tuple[str, object]]:
    for entry in msgspec.structs.fields(section):
        value = getattr(section, entry.name)
        if not isinstance(value, msgspec.Struct) and (entry.required or value != entry.default):
            yield entry.name, value


def _plain(comment: str) -> str:
    return MARK.sub("# ", comment)


def _toml(value: object) -> str:
    """JSON writes texts, numbers, truth values and lists as TOML does."""
    return json.dumps(value, ensure_ascii=False)
