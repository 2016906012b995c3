"""Files onto a draft in Microsoft Graph, and whether all that was meant lies there."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import httpx

from intake.delivery.draft import Draft, DraftFile
from intake.graph import GraphError, GraphLine, segment

SESSION_FROM = 3 * 1024 * 1024  # bytes: files from here on need an upload session
PIECE = 12 * 320 * 1024  # below the 4 MB that one piece may have


def message_path(name: str) -> str:
    """Where a message stands, below its mailbox."""
    return f"messages/{segment(name)}"


def attach(line: GraphLine, path: str, file: DraftFile, go_on: Callable[[], None]) -> None:
    """Put one file onto the draft at `path`; `go_on` may raise before each piece. Raises GraphError."""
    go_on()
    if len(file.content) < SESSION_FROM:
        try:
            line.post(f"{path}/attachments", _entry(file))
        except GraphError as error:
            # What "3 MB" and "4 MB" mean in Microsoft's pages leaves a gap; a session is the other way.
            if error.status != httpx.codes.REQUEST_ENTITY_TOO_LARGE:
                raise
        else:
            return
    item = {"attachmentType": "file", "name": file.name, "size": len(file.content), "contentType": file.media_type}
    session = line.post(f"{path}/attachments/createUploadSession", {"AttachmentItem": item})
    start, total = 0, len(file.content)
    while start < total:
        go_on()
        piece = file.content[start : start + PIECE]
        answer = line.put(str(session["uploadUrl"]), piece, start, total)
        start = start + len(piece) if answer.status_code == httpx.codes.CREATED else _expected(answer, start, piece)


def is_whole(line: GraphLine, path: str, draft: Draft) -> bool:
    """Is what lies there what was meant? A report that lost its file must not leave. Raises GraphError."""
    there = line.get(path, **{"$select": "internetMessageId,isDraft"})
    listed = line.all(f"{path}/attachments", **{"$select": "name,size"})
    # Exchange counts some bytes of its own into a file's size.
    sizes = sorted((str(each["name"]), int(each["size"])) for each in listed)
    wanted = sorted((file.name, len(file.content)) for file in draft.files)
    same = len(sizes) == len(wanted) and all(
        name == meant and size >= least for (name, size), (meant, least) in zip(sizes, wanted, strict=True)
    )
    return same and there.get("internetMessageId") == draft.message["internetMessageId"]


def _entry(file: DraftFile) -> dict[str, str]:
    return {
        "@odata.type": "#microsoft.graph.fileAttachment",
        "name": file.name,
        "contentType": file.media_type,
        "contentBytes": base64.b64encode(file.content).decode("ascii"),
    }


def _expected(answer: httpx.Response, start: int, piece: bytes) -> int:
    """Where the next piece begins, as the server says; where we think, if it says nothing that moves on."""
    try:
        ranges: Any = answer.json()
        following = int(str(ranges["nextExpectedRanges"][0]).partition("-")[0])
    except (ValueError, KeyError, IndexError, TypeError):
        return start + len(piece)
    return following if start < following <= start + len(piece) else start + len(piece)
