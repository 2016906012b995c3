"""Careful steps through PDF objects: whatever is not of the wanted kind counts as absent."""

from __future__ import annotations

from collections.abc import Iterator

from pypdf.generic import ArrayObject, ByteStringObject, DictionaryObject, IndirectObject, PdfObject, TextStringObject

MOST_NAMES = 500


def resolve(value: object) -> object:
    """The object a reference stands for."""
    return value.get_object() if isinstance(value, IndirectObject) else value


def entry(holder: DictionaryObject, key: str) -> PdfObject | None:
    """A dictionary's value, resolved; None when absent or null."""
    value = resolve(holder.get(key))
    return value if isinstance(value, PdfObject) and type(value).__name__ != "NullObject" else None


def dictionary(value: object) -> DictionaryObject:
    """The value as a dictionary, an empty one if it is none."""
    found = resolve(value)
    return found if isinstance(found, DictionaryObject) else DictionaryObject()


def array(value: object) -> ArrayObject:
    """The value as an array, an empty one if it is none."""
    found = resolve(value)
    return found if isinstance(found, ArrayObject) else ArrayObject()


def text(value: object) -> str:
    """The value as text, "" if it is none."""
    found = resolve(value)
    if isinstance(found, ByteStringObject):
        return bytes(found).decode("latin-1")
    return str(found) if isinstance(found, TextStringObject) else ""


def names_tree(value: object) -> Iterator[tuple[str, DictionaryObject]]:
    """The names of a name tree and what they stand for. ISO 32000-1, 7.9.6."""
    waiting, given, seen = [dictionary(value)], 0, 0
    while waiting and given < MOST_NAMES and seen < MOST_NAMES:
        node = waiting.pop()
        seen += 1
        pairs = array(entry(node, "/Names"))
        for position in range(0, len(pairs) - 1, 2):
            specification = dictionary(pairs[position + 1])
            name = text(entry(specification, "/UF")) or text(entry(specification, "/F")) or text(pairs[position])
            given += 1
            yield name or "unnamed", specification
        waiting.extend(dictionary(kid) for kid in reversed(array(entry(node, "/Kids"))[:MOST_NAMES]))
