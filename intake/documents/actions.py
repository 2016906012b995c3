"""What in a PDF runs, reaches out or hides: every object of the file is looked at, reachable or not. Runs in a child.

It is read with qpdf, whose eyes differ from those of the parser that reads the frame; where the two would see different
files, that is told as well. What is allowed is listed, and all else is named: a link to a web or mail address, and a
turn to a page. ISO 32000-1, 12.6 (actions), 12.5.6 (annotation types), 7.11 (files), 12.7.8 (XFA).
"""

from __future__ import annotations

import io
import re
import time

import pikepdf

from intake.documents.answers import UNFINISHED

MOST_OBJECTS = 2_000_000
MOST_CHAINED = 2_000
DEEPEST = 200
SECONDS = 20.0
DISAGREEMENT = "disagreement"  # one reader sees another file than the next

_ACTION_NAMES = {
    "/JavaScript": "javascript",
    "/JS": "javascript",
    "/Launch": "launch",
    "/SubmitForm": "submit-form",
    "/ImportData": "external-file",
    "/GoToR": "external-file",
    "/GoToE": "external-file",
    "/Rendition": "rich-media",
    "/RichMediaExecute": "rich-media",
    "/Movie": "rich-media",
    "/Sound": "rich-media",
}
_HARMLESS_ACTIONS = frozenset(
    {"/GoTo", "/GoToDp", "/GoTo3DView", "/Named", "/Thread", "/Hide", "/SetOCGState", "/Trans", "/ResetForm"}
)
_SUBTYPE_NAMES = {
    "/FileAttachment": "embedded-file",
    "/RichMedia": "rich-media",
    "/Screen": "rich-media",
    "/Movie": "rich-media",
    "/Sound": "rich-media",
    "/3D": "rich-media",
    "/PS": "postscript",
}
_KEY_NAMES = {
    "/JavaScript": "javascript",
    "/JS": "javascript",
    "/XFA": "xfa",
    "/EF": "embedded-file",
    "/EmbeddedFiles": "embedded-file",
    "/RichMediaContent": "rich-media",
}
_FILE_NAME_KEYS = ("/F", "/UF", "/DOS", "/Mac", "/Unix")
_TELLING_KEYS = frozenset(
    {
        *_KEY_NAMES,
        *_FILE_NAME_KEYS,
        "/S",
        "/Subtype",
        "/AF",
        "/URI",
        "/Base",
        "/A",
        "/PA",
        "/Next",
        "/OpenAction",
        "/AA",
    }
)
# An object that has none of these is passed over. qpdf writes each name in its one plain spelling.
_WORTH_A_LOOK = re.compile(
    rb"/(?:JavaScript|JS|Launch|SubmitForm|ImportData|GoTo[RE]|Rendition|RichMedia\w*|Movie|Sound|3D|Screen|PS|XFA|EF|AF"
    rb"|EmbeddedFiles|FileAttachment|UR[IL]|Base|AA|PA|OpenAction|Next|F|UF|DOS|Mac|Unix|S \d+)(?![A-Za-z0-9])"
)
# An action; in a tagged file also how each of a hundred thousand paragraphs is laid out.
_ACTION_OR_LAYOUT = re.compile(rb"/A(?![A-Za-z0-9])")
# Long enough not to stand in packed data by chance.
_TELLING = re.compile(rb"/(?:JavaScript|Launch|SubmitForm|ImportData|RichMedia|EmbeddedFiles|FileAttachment)\b")
_ALL_NAMES = _ACTION_NAMES | _SUBTYPE_NAMES | _KEY_NAMES
_WEB = re.compile(r" *(?:https?://|mailto:|www\.|#)", re.IGNORECASE)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_SCRIPTS = frozenset({"javascript", "vbscript", "data"})
_FILES = frozenset({"file", "smb", "ftp", "ftps", "dav", "nfs"})
_UNSEEN = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\ufeff]+")


def look_through(content: memoryview) -> list[str]:
    """The names of what was found in all objects, in order; never an empty list from a reading that did not finish."""
    sweep = _Sweep()
    try:
        with pikepdf.open(io.BytesIO(content), suppress_warnings=True) as file:
            sweep.all_objects(file)
            warned = bool(file.get_warnings())
    except pikepdf.PasswordError:
        return [UNFINISHED]
    except (pikepdf.PdfError, pikepdf.DataDecodingError, ValueError, RuntimeError, RecursionError, TypeError, KeyError):
        return sorted({*sweep.names, UNFINISHED})
    # A table of contents made up by guessing, a name given twice: the next reader may guess otherwise.
    told = {_ALL_NAMES[bytes(match[0]).decode()] for match in _TELLING.finditer(content)}
    if warned or not told <= sweep.names:
        sweep.names.add(DISAGREEMENT)
    return sorted(sweep.names)


def address_name(address: str) -> str | None:
    """What following this address would be, None where it is a plain web or mail address."""
    if not address.strip() or (_WEB.match(address) and "\\" not in address[:10]):
        return None
    plain = _UNSEEN.sub("", address)  # readers pass over blanks and line breaks, also within a scheme
    scheme = _SCHEME.match(plain)
    if scheme is None or scheme[1].lower() in _FILES or len(scheme[1]) == 1:  # a relative path, or a drive
        return "external-file"
    return "javascript" if scheme[1].lower() in _SCRIPTS else "launch"


class _Sweep:
    """What was found so far; the work is bounded over the whole file."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self._ends = time.monotonic() + SECONDS

    def all_objects(self, file: pikepdf.Pdf) -> None:
        """Every object of the file, and the trailer."""
        self._look(file.trailer, 0)
        for number, found in enumerate(file.objects):
            if number >= MOST_OBJECTS or time.monotonic() > self._ends:
                self.names.add(UNFINISHED)
                return
            if isinstance(found, pikepdf.Stream):
                if "/F" in found.stream_dict:  # its data lie in another file
                    self.names.add("external-file")
                self._look_if_worth(found.stream_dict)
            elif isinstance(found, pikepdf.Dictionary | pikepdf.Array):
                self._look_if_worth(found)

    def _look_if_worth(self, found: pikepdf.Object) -> None:
        written = found.unparse(resolved=True)
        if _WORTH_A_LOOK.search(written):
            self._look(found, 0)
        elif places := len(_ACTION_OR_LAYOUT.findall(written)):
            if places == 1 and isinstance(found, pikepdf.Dictionary) and "/A" in found:
                self._started(found.get("/A"), of_itself=False)
            else:
                self._look(found, 0)

    def _look(self, found: pikepdf.Object, depth: int) -> None:
        """An object and what stands directly in it; what it only refers to is an object of its own."""
        if depth > DEEPEST:
            self.names.add(UNFINISHED)
            return
        if isinstance(found, pikepdf.Dictionary):
            entries = {str(key): value for key, value in found.as_dict().items()}
            inner = list(entries.values())
            for key in _TELLING_KEYS & entries.keys():
                self._entry(key, entries)
        else:
            inner = list(found.as_list()) if isinstance(found, pikepdf.Array) else []
        for value in inner:
            if isinstance(value, pikepdf.Dictionary | pikepdf.Array) and not value.is_indirect:
                self._look(value, depth + 1)

    def _entry(self, key: str, entries: dict[str, pikepdf.Object]) -> None:
        value = entries[key]
        if key in _KEY_NAMES:
            self.names.add(_KEY_NAMES[key])
        elif key in {"/S", "/Subtype"}:
            self._add(_ACTION_NAMES if key == "/S" else _SUBTYPE_NAMES, value)
        elif key in {"/A", "/PA", "/Next", "/OpenAction"}:
            self._started(value, of_itself=key == "/OpenAction")
        elif key == "/AA" and isinstance(value, pikepdf.Dictionary):
            for happening in value.as_dict().values():
                self._happening(happening)
        elif key == "/AF" and entries.get("/Type") == pikepdf.Name.Catalog:
            self.names.add("embedded-file")
        elif isinstance(value, pikepdf.String):
            name = self._file_name(entries) if key in _FILE_NAME_KEYS else address_name(str(value))
            if name:
                self.names.add(name)

    def _file_name(self, entries: dict[str, pikepdf.Object]) -> str | None:
        """A file that is only named lies elsewhere; where it is held inside, that is told by its own key."""
        acting = str(entries.get("/S")) in _ACTION_NAMES
        return None if acting or "/EF" in entries else "external-file"

    def _add(self, table: dict[str, str], value: object) -> None:
        name = table.get(str(value)) if isinstance(value, pikepdf.Name) else None
        if name:
            self.names.add(name)

    def _happening(self, action: pikepdf.Object) -> None:
        """What a page or field starts by itself: a script is named as such, all that is not harmless as acting."""
        kinds = self._chain(action)
        if any(kind not in _HARMLESS_ACTIONS and kind not in _ACTION_NAMES for kind in kinds):
            self.names.add("open-action")

    def _started(self, action: pikepdf.Object | None, *, of_itself: bool) -> None:
        for kind in self._chain(action):
            if of_itself and kind not in _HARMLESS_ACTIONS:
                self.names.add("open-action")
            elif kind not in _HARMLESS_ACTIONS and kind not in _ACTION_NAMES and kind != "/URI":
                self.names.add("other-action")

    def _chain(self, action: pikepdf.Object | None) -> list[str]:
        """The kinds of an action and of all that are chained to it."""
        if not isinstance(action, pikepdf.Dictionary | pikepdf.Array):
            return []
        kinds: list[str] = []
        seen: set[tuple[int, int]] = set()
        waiting: list[pikepdf.Object | None] = [action]
        for _ in range(MOST_CHAINED):
            if not waiting:
                return kinds
            one = waiting.pop()
            if isinstance(one, pikepdf.Array):
                waiting += one.as_list()
            kind = one.get("/S") if isinstance(one, pikepdf.Dictionary) else None
            if isinstance(one, pikepdf.Dictionary) and isinstance(kind, pikepdf.Name) and one.objgen not in seen:
                if one.is_indirect:
                    seen.add(one.objgen)
                kinds.append(str(kind))
                self._add(_ACTION_NAMES, kind)
                waiting.append(one.get("/Next"))
        self.names.add(UNFINISHED)
        return kinds
