"""Bytes to characters, whatever the sender's program said or failed to say about them."""

from __future__ import annotations

import codecs
import re
import unicodedata

# Codecs that are no charset: they run escapes, or take quadratic time.
_NOT_A_CHARSET = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7"})
# Mail that says Latin-1 or ASCII means Windows-1252, as web browsers assume too (WHATWG Encoding).
_MEANS_WINDOWS = frozenset({"iso8859-1", "ascii", "latin-1", "latin_1"})
# Python loads a codec from disk when it is first asked for; a sandboxed child can open no files any more.
_LOADED_BEFOREHAND = (
    *("ascii", "utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp437", "cp850", "mac-roman", "koi8-r"),
    *(f"iso8859-{number}" for number in range(1, 17) if number != 12),
    *(f"cp{number}" for number in range(1250, 1259)),
    *("punycode", "cp874", "cp932", "cp936", "cp949", "cp950", "mac-latin2"),
)
for _name in _LOADED_BEFOREHAND:
    codecs.lookup(_name)
_NEVER_SHOWN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
# Marks that change the direction of the text around them, or cannot be seen.
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
_BREAKS = re.compile("[\\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def decode_text(content: bytes, charset: str = "") -> str:
    """The characters of a body, of a header or of a name. Never raises."""
    for name in (charset, "utf-8"):
        codec = _codec(name)
        if codec is None:
            continue
        try:
            return codec.decode(content)[0].removeprefix("\ufeff")
        except (UnicodeError, ValueError, OverflowError):
            continue
    return content.decode("cp1252", "replace")


def _codec(charset: str) -> codecs.CodecInfo | None:
    if not charset or len(charset) > 60 or not charset.isascii():
        return None
    try:
        found = codecs.lookup(charset.strip())
    except (LookupError, ValueError):
        return None
    if found.name in _NOT_A_CHARSET or not getattr(found, "_is_text_encoding", True):
        return None
    if found.name in _MEANS_WINDOWS:
        return None  # UTF-8 is tried first: much of what is labelled so is UTF-8
    return found


def clean_text(text: str) -> str:
    """A body without control characters; lines end in a bare line feed."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _NEVER_SHOWN.sub("", text)


def clean_line(text: str, limit: int = 4000) -> str:
    """One line that is safe to show, to log and to put in a header: no breaks, controls or direction marks."""
    text = _INVISIBLE.sub("", _NEVER_SHOWN.sub(" ", text[: limit * 2]))
    return _BREAKS.sub(" ", text).strip()[:limit].rstrip()


def clean_words(text: str) -> str:
    """Text of one line of a body, without marks that cannot be seen."""
    return _INVISIBLE.sub("", text)


def normalise(text: str) -> str:
    """Letters and accents composed, as people type them."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)
