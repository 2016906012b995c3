"""The walk through a message: multiparts, forwarded messages, signatures, archives and winmail.dat.

What is found goes into `Contents`. Depth and number of parts are bounded, so a message made to be endless ends.
"""

from __future__ import annotations

from dataclasses import replace

from intake.model import PassedOn, PassedOnAs
from intake.unpacking.addresses import read_sender
from intake.unpacking.archive_faults import ArchiveFault
from intake.unpacking.archives import is_archive, open_archive
from intake.unpacking.contents import Contents, FoundFile, Section, Spot
from intake.unpacking.delivery_reports import STATUS_PARTS, is_delivery_report, read_delivery_reports
from intake.unpacking.headers import decode_header, read_block
from intake.unpacking.msg import MsgDamaged, is_msg, open_msg
from intake.unpacking.names import safe_name
from intake.unpacking.outlook_message import OutlookMessage
from intake.unpacking.part_words import is_body, take_words, words_of
from intake.unpacking.people import same_person
from intake.unpacking.placeholders import is_removal_note, is_scanners_placeholder
from intake.unpacking.smime import is_encrypted, open_signed
from intake.unpacking.structure import Part, divide, find_boundary, read_part
from intake.unpacking.tnef import TnefDamaged, is_tnef, open_tnef

_SIGNATURES = frozenset(
    {"application/pkcs7-signature", "application/x-pkcs7-signature"}
    | {"application/pgp-signature", "application/pgp-keys"}
)
_SMIME = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_MESSAGES = frozenset({"message/rfc822", "message/global", "message/news"})
_RETURNED = frozenset({"text/rfc822-headers", "message/global-headers", *_MESSAGES})
_RIGHTS_PROTECTED = "application/x-microsoft-rpmsg-message"
_RPMSG = bytes.fromhex("76e80460c411e386")  # MS-OXORMMS, 2.2.4
_ENCRYPTED_NAMES = (".pgp", ".gpg", ".p7m.enc")
_MESSAGE_FIELDS = frozenset({"from", "to", "subject", "date", "message-id"})
_MOST_KEPT_FIELDS = 100
_OUR_MARK = "x-intake-marker"


def walk_message(part: Part, contents: Contents) -> None:
    """Gather everything in a whole message."""
    if is_delivery_report(part):
        _walk_report(part, contents, 0)
        return
    _visit(part, contents, Spot())


def _walk_report(part: Part, contents: Contents, depth: int) -> None:
    """A delivery report: its words and the header of the mail that it speaks of, none of that mail's files."""
    contents.parts += 1
    if depth > contents.limits.depth or contents.parts > contents.limits.parts:
        contents.note("too-deep" if depth > contents.limits.depth else "too-many-parts")
        return
    if part.media_type.startswith("multipart/"):
        for child in _children(part, contents):
            _walk_report(child, contents, depth + 1)
    elif part.media_type in STATUS_PARTS:
        content, _ = part.content()
        contents.delivery_reports += read_delivery_reports(content, contents.limits)
    elif part.media_type in _RETURNED:
        if not contents.returned_headers:
            contents.returned_headers = _returned_headers(part, contents)
    elif part.media_type in {"text/plain", "text/html"} and depth < 4:
        _take_words(part, contents, Spot())


def _returned_headers(part: Part, contents: Contents) -> tuple[tuple[str, str], ...]:
    content, _ = part.content()
    returned = read_part(content.lstrip(b"\r\n"), 0, len(content), contents.limits)
    return tuple((name, decode_header(value)) for name, value in returned.header.fields)


def _visit(part: Part, contents: Contents, spot: Spot) -> None:
    contents.parts += 1
    if contents.parts > contents.limits.parts:
        contents.note("too-many-parts")
        return
    if spot.depth > contents.limits.depth:
        contents.note("too-deep")
        return
    if part.header.damaged:
        contents.note("damaged-mime", detail="header")
    if part.media_type.startswith("multipart/"):
        _visit_multipart(part, contents, spot)
    elif part.media_type in _MESSAGES:
        _visit_forwarded(part, contents, spot)
    elif is_body(part, spot):
        _take_words(part, contents, spot)
    elif part.media_type not in _SIGNATURES:
        _visit_file(part, contents, spot)


def _visit_multipart(part: Part, contents: Contents, spot: Spot) -> None:
    if part.media_type == "multipart/encrypted":
        contents.note("encrypted-message")
        return
    if find_boundary(part) is None:
        contents.note("damaged-mime", detail="boundary")
        _take_words(replace(part, media_type="text/plain"), contents, spot)
        return
    inner = replace(spot, depth=spot.depth + 1, related=spot.related or part.media_type == "multipart/related")
    if part.media_type == "multipart/alternative" and spot.alternative is None:
        section = Section()
        contents.add_section(section, spot)
        inner = replace(inner, alternative=section)
    elif part.media_type == "multipart/mixed" and spot.alternative is None:
        inner = replace(inner, related=False)
    for child in _children(part, contents):
        _visit(child, contents, inner)
        if contents.parts > contents.limits.parts:
            return


def _children(part: Part, contents: Contents) -> list[Part]:
    boundary = find_boundary(part)
    if boundary is None:
        return []
    default = "message/rfc822" if part.media_type == "multipart/digest" else "text/plain"
    children: list[Part] = []
    for start, end, closed in divide(part, boundary):
        if not closed:
            contents.note("damaged-mime", detail="end")
        if len(children) + contents.parts > contents.limits.parts:
            contents.note("too-many-parts")
            break
        children.append(read_part(part.data, start, end, contents.limits, default))
    return children


def _visit_forwarded(part: Part, contents: Contents, spot: Spot) -> None:
    """A message that travels as an attachment: its files name it as what held them.

    Its words are quoted, but for those of the sender's own, who speaks with both.
    """
    if part.encoding in {"base64", "quoted-printable"}:  # RFC 2046, 5.2.1 forbids it; some programs do it
        content, _ = part.content()
        inner = read_part(content, 0, len(content), contents.limits)
    else:
        inner = read_part(part.data, part.header.body_start, part.end, contents.limits)
    _visit_inner_message(inner, part.name, contents, spot)


def _visit_inner_message(inner: Part, name: str, contents: Contents, spot: Spot) -> None:
    header = inner.header
    subject = decode_header(header.first("subject"))
    label = name or safe_name(subject.replace("/", "-"), "forwarded message")
    if is_scanners_placeholder(f"{name}\n{subject}"):
        contents.note("scan-in-progress", label)
        return
    author = read_sender(header.every("from"))
    ours = bool(header.first(_OUR_MARK))
    own = not (spot.forwarded or ours) and same_person(contents.sender, author)
    fields = tuple((key, decode_header(value)) for key, value in header.fields[:_MOST_KEPT_FIELDS])
    contents.pass_on(PassedOn(author, PassedOnAs.ATTACHED, own, label, fields))
    below = Spot((*spot.containers, label), spot.depth + 1, spot.archive_depth, forwarded=not own)
    if is_delivery_report(inner):
        return
    # a report inside a mail of ours is one that we sent, not one that is handed in
    _visit(inner, contents, replace(below, words_only=ours or spot.words_only))


def _take_words(part: Part, contents: Contents, spot: Spot) -> None:
    for file in take_words(part, contents, spot):
        _open_file(file, contents, spot)


def _visit_file(part: Part, contents: Contents, spot: Spot) -> None:
    if spot.words_only:
        return
    content, whole = part.content()
    name = part.name
    if name.lower() in {"smime.p7s", "signature.asc"} and len(content) < 100_000:
        return
    if not whole:
        contents.note("damaged-mime", name, "encoding")
    if part.media_type in _SMIME or name.lower() == "smime.p7m":
        _visit_smime(part, content, contents, spot)
        return
    file = FoundFile(
        name,
        part.media_type,
        content,
        part.content_id,
        attached=part.disposition == "attachment",
        shown=part.disposition == "inline",
    )
    _open_file(file, contents, spot)


def _visit_smime(part: Part, content: bytes, contents: Contents, spot: Spot) -> None:
    signed = open_signed(content)
    if signed is not None:
        inner = read_part(signed, 0, len(signed), contents.limits)
        _visit(inner, contents, replace(spot, depth=spot.depth + 1))
    elif is_encrypted(content):
        contents.note("encrypted-message", "" if spot.depth == 0 else part.name)
    elif "certs-only" not in part.parameters.get("smime-type", ""):
        contents.note("damaged-mime", part.name, "signature")


def _open_file(file: FoundFile, contents: Contents, spot: Spot) -> None:
    """Keep a file, or open what it holds."""
    lower = file.name.lower()
    if file.declared_type == _RIGHTS_PROTECTED or lower.endswith(".rpmsg") or file.content.startswith(_RPMSG):
        contents.note("protected-message")
        return
    if is_scanners_placeholder(file.name):
        contents.note("scan-in-progress", safe_name(file.name))
        return
    if lower.endswith(_ENCRYPTED_NAMES):
        contents.note("encrypted-message", safe_name(file.name))
    if is_removal_note(file.name, len(file.content)):
        contents.note("attachment-removed", safe_name(file.name))
    if is_tnef(file.name, file.declared_type, file.content):
        _open_tnef(file, contents, spot)
    elif is_archive(file.name, file.declared_type, file.content):
        _open_archive(file, contents, spot)
    elif is_msg(file.content):
        _open_msg(file, contents, spot)
    elif lower.endswith(".eml") and spot.depth < contents.limits.depth and _open_saved_message(file, contents, spot):
        return
    else:
        contents.keep(file, spot)


def _open_saved_message(file: FoundFile, contents: Contents, spot: Spot) -> bool:
    inner = read_part(file.content, 0, len(file.content), contents.limits)
    if len(_MESSAGE_FIELDS & {name.lower() for name, _ in inner.header.fields}) < 2:
        return False
    _visit_inner_message(inner, safe_name(file.name), contents, spot)
    return True


def _open_archive(file: FoundFile, contents: Contents, spot: Spot) -> None:
    """The files of an archive in its place; the archive itself too where it could not be opened to its end."""
    name = safe_name(file.name, "archive.zip")
    inside = replace(spot, containers=(*spot.containers, name), archive_depth=spot.archive_depth + 1, related=False)
    if inside.archive_depth > contents.limits.archive_depth:
        contents.note("zip-limits", name, "depth")
        contents.keep(file, spot)
        return
    try:
        for inner_name, content in open_archive(file.content, contents.limits, contents.budget):
            _open_file(FoundFile(inner_name, "application/octet-stream", content, attached=True), contents, inside)
    except ArchiveFault as fault:
        if fault.fault:
            contents.note(fault.fault, name, fault.detail)
        contents.keep(file, spot)


def _open_tnef(file: FoundFile, contents: Contents, spot: Spot) -> None:
    name = safe_name(file.name, "winmail.dat")
    if spot.depth >= contents.limits.depth:
        contents.note("too-deep")
        return
    try:
        tnef = open_tnef(file.content)
    except TnefDamaged:
        contents.note("tnef-damaged", name)
        contents.keep(file, spot)
        return
    inside = replace(spot, containers=(*spot.containers, name), depth=spot.depth + 1, related=False)
    words = words_of(tnef, name, contents)
    if words.plain or words.html:
        again = not spot.forwarded and any(not section.blank for section in contents.sections)
        contents.add_section(Section(words.plain, words.html, copy=again), spot)
    _open_outlook_files(tnef, name, contents, inside)


def _open_outlook_files(message: OutlookMessage, name: str, contents: Contents, inside: Spot) -> None:
    if message.damaged:
        contents.note("tnef-damaged", name)
    for inner in () if inside.words_only else message.files:
        if inner.inner is not None:
            _take_message(inner.inner, safe_name(inner.name, "forwarded message"), contents, inside)
        elif inner.content:
            found = FoundFile(inner.name, inner.declared_type, inner.content, inner.content_id)
            _open_file(found, contents, inside)


def _open_msg(file: FoundFile, contents: Contents, spot: Spot) -> None:
    """A message that Outlook saved; the file itself too where it cannot be read."""
    name = safe_name(file.name, "message.msg")
    try:
        message = open_msg(file.content, contents.budget)
    except MsgDamaged:
        contents.note("msg-damaged", name)
        contents.keep(file, spot)
        return
    _take_message(message, name, contents, spot)


def _take_message(message: OutlookMessage, name: str, contents: Contents, spot: Spot) -> None:
    """A message in Outlook's own format inside this one: whose, it says itself."""
    if spot.depth >= contents.limits.depth:
        contents.note("too-deep")
        return
    header = read_block(message.headers, 0, len(message.headers), contents.limits.header_bytes, _MOST_KEPT_FIELDS)
    author = read_sender(header.every("from")) or message.author
    ours = bool(header.first(_OUR_MARK))
    own = not (spot.forwarded or ours) and same_person(contents.sender, author)
    fields = tuple((key, decode_header(value)) for key, value in header.fields)
    contents.pass_on(PassedOn(author, PassedOnAs.ATTACHED, own, name, fields))
    containers = (*spot.containers, name)
    below = Spot(containers, spot.depth + 1, spot.archive_depth, forwarded=not own, words_only=ours or spot.words_only)
    words = words_of(message, name, contents)
    if words.plain or words.html:
        contents.add_section(Section(words.plain, words.html), below)
    _open_outlook_files(message, name, contents, below)
