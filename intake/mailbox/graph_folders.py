"""The folders of a mailbox in Microsoft Graph: found and made by their path, "/" between the levels."""

from __future__ import annotations

from collections.abc import Iterator

from intake.graph import GraphError, GraphLine, segment

_PAGE = "100"
_SHOWN = "id,displayName,childFolderCount"
_EXISTS = 409
# Names that every mailbox's own folders have in every language (learn.microsoft.com/graph/api/resources/mailfolder).
WELL_KNOWN = {
    "INBOX": "inbox",
    "Sent Items": "sentitems",
    "Drafts": "drafts",
    "Deleted Items": "deleteditems",
    "Junk Email": "junkemail",
    "Archive": "archive",
}
_BY_NAME = {name.casefold(): known for name, known in WELL_KNOWN.items()}


class GraphFolders:
    """Knows a folder's id from its path; what was found once is not asked for again."""

    def __init__(self, line: GraphLine) -> None:
        self._line = line
        self._known: dict[str, str] = {}

    def find(self, path: str) -> str | None:
        """The folder's id; None where there is no such folder."""
        identity, _ = self._walk(path, may_make=False)
        return identity or None

    def make(self, path: str) -> tuple[str, bool]:
        """The folder's id, made with all above it where it is missing; whether anything was made."""
        return self._walk(path, may_make=True)

    def _walk(self, path: str, *, may_make: bool) -> tuple[str, bool]:
        identity, made = "", False
        for end, name in _steps(path):
            found = self._known.get(end) or self._look(identity, name)
            if not found:
                if not may_make:
                    return "", False
                found, made = self._make(identity, name), True
            self._known[end] = identity = found
        return identity, made

    def forget(self) -> None:
        """Somebody else changed them."""
        self._known.clear()

    def paths(self) -> list[str]:
        """Every folder, by its path."""
        own = {}
        for shown, name in WELL_KNOWN.items():
            found = self._get(name)
            if found is not None:
                own[found] = shown
        return sorted(self._below("", "", own))

    def _below(self, identity: str, above: str, own: dict[str, str]) -> Iterator[str]:
        for folder in self._line.all(_children(identity), **{"$top": _PAGE, "$select": _SHOWN}):
            path = own.get(folder["id"]) or f"{above}{folder['displayName']}"
            yield path
            if folder.get("childFolderCount", 1):
                yield from self._below(folder["id"], f"{path}/", own)

    def _look(self, above: str, name: str) -> str | None:
        known = None if above else _BY_NAME.get(name.casefold())
        if known:
            found = self._get(known)
            if found is not None:
                return found
        folders = list(self._line.all(_children(above), **{"$top": _PAGE, "$select": _SHOWN}))
        exact = (folder["id"] for folder in folders if folder["displayName"] == name)
        alike = (folder["id"] for folder in folders if folder["displayName"].casefold() == name.casefold())
        found = next(exact, None) or next(alike, None)
        return str(found) if found else None

    def _get(self, known: str) -> str | None:
        try:
            return str(self._line.get(f"mailFolders/{known}", **{"$select": "id"})["id"])
        except GraphError as error:
            if error.code == "ErrorItemNotFound":  # an archive need not be there
                return None
            raise

    def _make(self, above: str, name: str) -> str:
        try:
            return str(self._line.post(_children(above), {"displayName": name})["id"])
        except GraphError as error:
            found = self._look(above, name) if error.status == _EXISTS else None
            if found is None:
                raise
            return found


def _children(identity: str) -> str:
    return f"mailFolders/{segment(identity)}/childFolders" if identity else "mailFolders"


def _steps(path: str) -> Iterator[tuple[str, str]]:
    """Each level's own path and name: `a/b` is `a`, then `a/b`."""
    names = path.split("/")
    for end in range(1, len(names) + 1):
        yield "/".join(names[:end]).casefold(), names[end - 1]
