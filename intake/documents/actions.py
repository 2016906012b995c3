"""What in a PDF runs or reaches out: actions on opening, on pages, on links and in forms. Runs in a child.

ISO 32000-1, 12.6 (actions) and 12.5.6 (annotation types).
"""

from __future__ import annotations

from pypdf.generic import ArrayObject, DictionaryObject

from intake.documents.objects import dictionary, entry, text

MOST_ACTIONS = 10_000
DEEPEST = 16
MOST_CHAINED = 20

_ACTION_NAMES = {
    "/JavaScript": "javascript",
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
_ANNOTATION_NAMES = {
    "/FileAttachment": "embedded-file",
    "/RichMedia": "rich-media",
    "/Screen": "rich-media",
    "/Movie": "rich-media",
    "/Sound": "rich-media",
    "/3D": "rich-media",
}
_HARMLESS_ON_OPENING = ("/GoTo", "/Named", "/GoTo3DView")


class Findings:
    """What was found so far; the work is bounded over the whole file."""

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._actions = 0

    def add(self, name: str) -> None:
        self._names.add(name)

    def in_order(self) -> list[str]:
        return sorted(self._names)

    def add_action(self, value: object, opening: bool = False) -> list[str]:
        """Notes an action and those chained to it; gives the web addresses. For an opening action, any that acts."""
        addresses: list[str] = []
        waiting = [dictionary(value)]
        while waiting and self._actions < MOST_ACTIONS:
            action = waiting.pop()
            self._actions += 1
            kind = str(entry(action, "/S"))
            if kind in _ACTION_NAMES:
                self.add(_ACTION_NAMES[kind])
            if kind == "/URI":
                addresses += self._address(text(entry(action, "/URI")))
            elif opening and entry(action, "/S") is not None and kind not in _HARMLESS_ON_OPENING:
                addresses.append(kind)
            following = entry(action, "/Next")
            chained = following if isinstance(following, ArrayObject) else [following]
            waiting += [dictionary(item) for item in chained[:MOST_CHAINED] if item is not None]
        return addresses

    def add_additional(self, holder: DictionaryObject) -> None:
        """Notes the actions that a page, field or document starts by itself (/AA)."""
        if "/AA" in holder:
            for action in dictionary(entry(holder, "/AA")).values():
                self.add_action(action)

    def add_annotation(self, value: object) -> list[str]:
        """Notes what an annotation or form field does; gives its web addresses."""
        annotation = dictionary(value)
        kind = annotation.get("/Subtype")
        if kind in _ANNOTATION_NAMES:
            self.add(_ANNOTATION_NAMES[kind])
        self.add_additional(annotation)
        return self.add_action(annotation["/A"]) if "/A" in annotation else []

    def _address(self, address: str) -> list[str]:
        if address.lower().startswith(("javascript:", "file:", "\\\\")):
            self.add("javascript" if address[:1] in "jJ" else "external-file")
            return []
        return [address[:2000]] if address else []
