"""The words of a part: plain text, HTML, and the rarer forms that stand beside them or in their place."""

from __future__ import annotations

import re

from intake.unpacking.charsets import decode_text
from intake.unpacking.contents import Contents, FoundFile, Spot
from intake.unpacking.enriched import plain_of_enriched
from intake.unpacking.outlook_message import OutlookMessage
from intake.unpacking.placeholders import is_stand_in
from intake.unpacking.rtf import RichText, RtfDamaged, decompress_rtf, read_rtf
from intake.unpacking.structure import Part
from intake.unpacking.transfer import take_uuencoded

_ENRICHED = frozenset({"text/enriched", "text/richtext"})
_RICH_TEXT = frozenset({"text/rtf", "application/rtf"})
_OTHER_FORMS = frozenset({"text/x-amp-html", "text/watch-html", *_ENRICHED, *_RICH_TEXT})
_PGP_TEXT = b"-----BEGIN PGP MESSAGE-----"
# Exchange gives such names to words that stand between or below files
_EXCHANGE_TEXT = re.compile(r"att\d{5,6}\.(?:txt|html?)", re.IGNORECASE)


def is_body(part: Part, spot: Spot) -> bool:
    """Whether a part is words to be read in the message rather than a file."""
    if part.media_type not in {"text/plain", "text/html"}:
        among = spot.alternative is not None or part.media_type in _ENRICHED
        return part.media_type in _OTHER_FORMS and among and not part.name and part.disposition != "attachment"
    if _EXCHANGE_TEXT.fullmatch(part.name):
        return True
    if part.disposition == "attachment" or part.name:
        return False
    # some gateways declare a nameless PDF as text
    return not part.data[part.header.body_start : part.end][:8].startswith((b"%PDF-", b"JVBERi0"))


def take_words(part: Part, contents: Contents, spot: Spot) -> list[FoundFile]:
    """Gather the words of a part; the files that were written into its text come back."""
    content, whole = part.content()
    if not whole:
        contents.note("damaged-mime", detail="encoding")
    if part.media_type in _OTHER_FORMS:
        _take_other_form(part, content, contents, spot)
        return []
    if _PGP_TEXT in content:
        contents.note("encrypted-message")
    charset = part.parameters.get("charset", "").partition(" ")[0]
    section = contents.section(spot)
    if part.media_type == "text/html":
        section.html += decode_text(content, charset or _charset_in_html(content))[
            : contents.limits.html_characters + 1
        ]
        return []
    files, content = take_uuencoded(content)
    text = decode_text(content, charset)
    if is_stand_in(text):
        contents.note("stand-in-text")
    section.plain += text[: contents.limits.body_characters * 2]
    section.flowed = section.flowed or part.parameters.get("format", "").lower() == "flowed"
    section.delete_space = section.delete_space or part.parameters.get("delsp", "").lower() == "yes"
    return [FoundFile(decode_text(name), "application/octet-stream", inner, attached=True) for name, inner in files]


def _take_other_form(part: Part, content: bytes, contents: Contents, spot: Spot) -> None:
    """A form of the body beside plain text and HTML; it counts where the message gives neither."""
    section = contents.section(spot)
    charset = part.parameters.get("charset", "").partition(" ")[0]
    text = decode_text(content[: contents.limits.html_characters], charset)
    if part.media_type in _ENRICHED:
        section.other = section.other or plain_of_enriched(text, rich=part.media_type == "text/richtext")
    elif part.media_type in _RICH_TEXT:
        words = _read_rich_text(content, contents, part.name)
        section.other = section.other or words.plain
        section.other_html = section.other_html or words.html
    else:
        section.other_html = section.other_html or text


def words_of(message: OutlookMessage, name: str, contents: Contents) -> RichText:
    """The words of a message in Outlook's own format, out of its rich text where it has no others."""
    if not message.rtf or message.html:
        return RichText(message.plain, message.html)
    rich = _read_rich_text(message.rtf, contents, name, compressed=True)
    return RichText(message.plain or rich.plain, rich.html)


def _read_rich_text(content: bytes, contents: Contents, name: str, *, compressed: bool = False) -> RichText:
    """The words of a rich text; one that cannot be read to its end is noted."""
    most = contents.rich_text_left
    try:
        text, cut = decompress_rtf(content, most) if compressed else (content[:most], len(content) > most)
        contents.rich_text_left -= len(text)
        words = read_rtf(text)
    except RtfDamaged:
        contents.note("words-unread", name, "rtf")
        return RichText()
    if cut:
        contents.note("words-cut", name, "rtf")
    return words


def _charset_in_html(content: bytes) -> str:
    found = re.search(rb"charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w-]{2,40})", content[:2048], re.IGNORECASE)
    return found[1].decode("ascii", "replace") if found else ""
