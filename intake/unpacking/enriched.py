"""text/enriched (RFC 1896) and its forerunner text/richtext (RFC 1341) as plain text, with `>` before quoted lines."""

from __future__ import annotations

import re

_TOKEN = re.compile(r"<<|<(/?)([A-Za-z0-9-]{1,60})>|\n+|[^<\n]+|<")
_MOST_DEEP = 20


def plain_of_enriched(text: str, *, rich: bool = False) -> str:
    """The words of an enriched text; `rich` for the forerunner, in which <nl> ends a line."""
    lines: list[str] = []
    pieces: list[str] = []
    skipped = quoted = unfilled = 0
    for token in _TOKEN.finditer(text.replace("\r\n", "\n")):
        written = token[0]
        command = (token[2] or "").lower()
        step = -1 if token[1] else 1
        if command in {"param", "comment"}:
            skipped = max(0, skipped + step)
        elif command in {"excerpt", "nofill"}:
            _end_line(lines, pieces, quoted)
            quoted = min(max(0, quoted + step * (command == "excerpt")), _MOST_DEEP)
            unfilled = max(0, unfilled + step * (command == "nofill"))
        elif command in {"nl", "np", "paragraph", "lt"} and rich:
            pieces.append("<" if command == "lt" else "")
            if command != "lt":
                _end_line(lines, pieces, quoted)
        elif written.startswith("\n"):
            # one line break is a blank, each further one ends a line (RFC 1896, 3)
            breaks = len(written) if unfilled else len(written) - 1
            pieces.append(" " if not breaks else "")
            for _ in range(0 if rich else breaks):
                _end_line(lines, pieces, quoted)
        elif not command and not skipped:
            pieces.append("<" if written == "<<" else written)
    _end_line(lines, pieces, quoted)
    return "\n".join(lines)


def _end_line(lines: list[str], pieces: list[str], quoted: int) -> None:
    mark = ">" * quoted + " " if quoted else ""
    lines.append(mark + "".join(pieces).strip())
    pieces.clear()
