from __future__ import annotations

import base64
from email.message import EmailMessage

import pytest

from tests.unpacking.mails import PDF, TOP, a_message, faults, names, one_part, opened, plain, urls, with_pdf


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        ('Content-Type: application/pdf; name="report.pdf"', "report.pdf"),
        ("Content-Type: application/pdf", "attachment-1.pdf"),
        ("Content-Type: application/octet-stream", "attachment-1.pdf"),
        ("Content-Type: application/pdf\r\nContent-Disposition: attachment", "attachment-1.pdf"),
        (
            "Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=Final report.pdf",
            "Final report.pdf",
        ),
        (
            "Content-Type: application/pdf; name*0*=UTF-8''Ein%20;\r\n name*1*=t%C5%B7%20;\r\n name*2=terfynol.pdf",
            "Ein tŷ terfynol.pdf",
        ),
        ("Content-Type: application/pdf; name*=iso-8859-1'en'caf%E9.pdf", "café.pdf"),
        (
            'Content-Type: application/pdf; name="=?utf-8?B?' + base64.b64encode("tŷ.pdf".encode()).decode() + '?="',
            "tŷ.pdf",
        ),
        ('Content-Type: application/pdf; name="caf\xe9.pdf"', "café.pdf"),
        ('Content-Type: application/pdf; name="C:\\\\Users\\\\jane\\\\report.pdf"', "report.pdf"),
        ('Content-Type: application/pdf; name="../../etc/report.pdf"', "report.pdf"),
        ('Content-Type: application/pdf; name="report.pdf', "report.pdf"),
        ('Content-Type: application; name="report.pdf"', "report.pdf"),
        ("Content-Type: text/plain", "attachment-1.pdf"),
    ],
)
def test_a_pdf_part_is_an_attachment_however_it_is_named(headers: str, name: str) -> None:
    unpacked = opened(one_part(headers))
    assert names(unpacked) == [name]
    assert unpacked.attachments[0].content == PDF
    assert faults(unpacked) == []


def test_a_part_that_says_nothing_of_its_type_is_still_a_pdf_by_its_bytes() -> None:
    unpacked = opened(one_part("X-Nothing: here"))
    assert [file.content for file in unpacked.attachments] == [PDF]


def test_a_forwarded_message_gives_its_files_and_keeps_its_words_out_of_the_latest() -> None:
    inner = with_pdf(a_message("The inner words.", Subject="Inner: report", From="sam@x.uk"), "inner.pdf")
    outer = a_message("See below, please.", Subject="FW: report")
    outer.add_attachment(inner)
    unpacked = opened(outer)
    assert [(file.name, file.containers) for file in unpacked.attachments] == [("inner.pdf", ("Inner_ report",))]
    assert unpacked.body.latest == "See below, please."
    assert unpacked.body.quoted == "The inner words."


def test_a_mere_forward_keeps_the_inner_words_as_quoted() -> None:
    outer = a_message("\n", Subject="FW: report")
    outer.add_attachment(a_message("It will be published at www.northshire.gov.uk/dhr", From="sam@x.uk"))
    unpacked = opened(outer)
    assert unpacked.body.latest == ""
    assert "It will be published" in unpacked.body.quoted
    assert [(link.url, link.place.value) for link in unpacked.links] == [
        ("https://www.northshire.gov.uk/dhr", "quoted")
    ]


def test_a_message_saved_as_a_file_is_opened_too() -> None:
    inner = with_pdf(a_message("Inner."), "inner.pdf").as_bytes()
    outer = a_message()
    outer.add_attachment(inner, maintype="application", subtype="octet-stream", filename="Final report.eml")
    assert [(f.name, f.containers) for f in opened(outer).attachments] == [("inner.pdf", ("Final report.eml",))]


def test_a_base64_encoded_forwarded_message_is_opened() -> None:
    inner = with_pdf(a_message("Inner."), "inner.pdf").as_bytes()
    assert names(opened(one_part("Content-Type: message/rfc822", inner))) == ["inner.pdf"]


def test_pictures_shown_in_the_html_are_inline_and_a_scanned_page_is_not() -> None:
    message = a_message()
    message.add_alternative('<p>Hello</p><img src="cid:logo@x">', subtype="html")
    html_part = list(message.iter_parts())[1]
    assert isinstance(html_part, EmailMessage)
    html_part.add_related(b"\x89PNG logo", "image", "png", cid="<logo@x>", filename="image001.png")
    message.add_attachment(b"\xff\xd8 scan", maintype="image", subtype="jpeg", filename="page 1.jpg")
    with_pdf(message)
    found = {file.name: file.inline for file in opened(message).attachments}
    assert found == {"image001.png": True, "page 1.jpg": False, "report.pdf": False}


def test_a_telephones_photographs_are_files_and_a_logo_is_none() -> None:
    shown = "Content-Type: image/jpeg; name={0}\r\nContent-Disposition: inline; filename={0}"
    for name, size, inline in (("IMG_4400.jpeg", 30_000, False), ("logo.jpeg", 30_000, True), ("dot.jpeg", 900, True)):
        files = opened(one_part(shown.format(name), b"\xff\xd8\xff" + bytes(size))).attachments
        assert [(file.name, file.inline) for file in files] == [(name, inline)]


def test_a_pdf_with_a_content_id_is_not_inline() -> None:
    unpacked = opened(one_part('Content-Type: application/pdf; name="report.pdf"\r\nContent-ID: <abc@x>'))
    assert [file.inline for file in unpacked.attachments] == [False]


def test_a_truncated_multipart_gives_what_came_and_says_so() -> None:
    raw = with_pdf(a_message()).as_bytes()
    unpacked = opened(raw[: raw.rindex(b"--=====")])
    assert names(unpacked) == ["report.pdf"]
    assert faults(unpacked) == ["damaged-mime"]


def test_damaged_base64_gives_what_can_be_read_and_says_so() -> None:
    raw = one_part('Content-Type: application/pdf; name="r.pdf"').replace(b"JVBERi0xLjcK", b"JVBERi0xLjcK!")
    assert opened(raw).attachments[0].content == PDF
    cut = raw.replace(base64.encodebytes(PDF)[-4:], b"")
    unpacked = opened(cut)
    assert unpacked.attachments[0].content.startswith(b"%PDF-1.7")


def test_base64_in_several_padded_stretches_is_whole() -> None:
    stretches = base64.b64encode(PDF[:10]) + b"\r\n" + base64.b64encode(PDF[10:])
    raw = TOP + b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" + stretches
    assert [file.content for file in opened(raw).attachments] == [PDF]


def test_a_wrong_boundary_is_guessed() -> None:
    raw = one_part('Content-Type: application/pdf; name="r.pdf"').replace(b"boundary=bound", b"boundary=other")
    unpacked = opened(raw)
    assert names(unpacked) == ["r.pdf"]
    assert unpacked.body.latest == "Hello"


def test_uuencoded_files_in_the_text_come_out() -> None:
    raw = plain("Here it is.\n\nbegin 644 report.pdf\n#4$1&\n`\nend\n\nRegards\nJane\n")
    unpacked = opened(raw)
    assert [(file.name, file.content) for file in unpacked.attachments] == [("report.pdf", b"PDF")]
    assert unpacked.body.latest == "Here it is."


@pytest.mark.parametrize(
    ("charset", "content"),
    [
        ("utf-8", "tŷ".encode()),
        ("us-ascii", "tŷ".encode()),
        ("iso-8859-14", "tŷ".encode("iso-8859-14")),
        ("x-made-up", "tŷ".encode()),
        ("utf-16", "tŷ".encode("utf-16")),
        ("punycode", "tŷ".encode()),
        ("", "tŷ".encode()),
    ],
)
def test_words_survive_wrong_and_unknown_charsets(charset: str, content: bytes) -> None:
    raw = TOP + f"Content-Type: text/plain; charset={charset}\r\n\r\n".encode() + content
    assert opened(raw).body.latest == "tŷ"


def test_windows_letters_under_a_latin_label_are_read() -> None:
    raw = TOP + b"Content-Type: text/plain; charset=iso-8859-1\r\n\r\nit\x92s"
    assert opened(raw).body.latest == "it’s"


def test_signed_mail_shows_its_files_and_not_its_signature() -> None:
    raw = (
        TOP
        + b"Content-Type: multipart/signed; protocol=x; boundary=s\r\n\r\n--s\r\n"
        + with_pdf(a_message("Signed words.")).as_bytes()
        + b"\r\n--s\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\n\r\nx\r\n--s--\r\n"
    )
    unpacked = opened(raw)
    assert names(unpacked) == ["report.pdf"]
    assert unpacked.body.latest == "Signed words."


def _der(tag: int, content: bytes) -> bytes:
    length = len(content)
    size = bytes([length]) if length < 128 else b"\x84" + length.to_bytes(4, "big")
    return bytes([tag]) + size + content


def _cms(kind: str, inside: bytes) -> bytes:
    return _der(0x30, _der(0x06, bytes.fromhex(kind)) + _der(0xA0, inside))


def test_an_opaque_signature_is_opened() -> None:
    message = with_pdf(a_message("Opaque words.")).as_bytes()
    data = _der(0x30, _der(0x06, bytes.fromhex("2a864886f70d010701")) + _der(0xA0, _der(0x04, message)))
    signed = _cms("2a864886f70d010702", _der(0x30, _der(0x02, b"\x01") + _der(0x31, b"") + data))
    headers = TOP + b"Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\n"
    unpacked = opened(headers + b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(signed))
    assert names(unpacked) == ["report.pdf"]
    assert unpacked.body.latest == "Opaque words."
    assert faults(unpacked) == []


@pytest.mark.parametrize(
    "rest",
    [
        b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\r\n\r\n"
        + _cms("2a864886f70d010703", b"\x30\x00"),
        b"Content-Type: multipart/encrypted; boundary=e\r\n\r\n--e\r\n\r\nx\r\n--e--",
        b"Content-Type: text/plain\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nabc\r\n-----END PGP MESSAGE-----\r\n",
    ],
)
def test_encrypted_mail_is_named_as_such(rest: bytes) -> None:
    assert faults(opened(TOP + rest)) == ["encrypted-message"]


def test_apple_mail_puts_a_pdf_between_two_pieces_of_html() -> None:
    message = a_message("Plain words.")
    message.add_alternative("<p>First words.</p>", subtype="html")
    html = list(message.iter_parts())[1]
    assert isinstance(html, EmailMessage)
    html.make_mixed()
    with_pdf(html)
    unpacked = opened(message)
    assert names(unpacked) == ["report.pdf"]
    assert unpacked.body.latest == "First words."


def test_a_delivery_report_gives_the_returned_header_and_no_files() -> None:
    returned = with_pdf(a_message("Ours.", Message_ID="<ours@intake.example>"))
    raw = (
        TOP
        + b"Content-Type: multipart/report; report-type=delivery-status; boundary=r\r\n\r\n"
        + b"--r\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n"
        + b"--r\r\nContent-Type: message/delivery-status\r\n\r\nStatus: 5.1.1\r\n"
        + b"--r\r\nContent-Type: message/rfc822\r\n\r\n"
        + returned.as_bytes()
        + b"\r\n--r--\r\n"
    )
    unpacked = opened(raw)
    assert unpacked.report_type == "delivery-status"
    assert ("Message-ID", "<ours@intake.example>") in unpacked.returned_headers
    assert unpacked.attachments == ()
    assert unpacked.body.latest == "It could not be delivered."


def test_a_bounce_of_an_older_kind_is_no_submission_either() -> None:
    outer = a_message("Failed.", From="Mail Delivery System <MAILER-DAEMON@relay.example>", Subject="Undeliverable")
    outer.add_attachment(with_pdf(a_message(Message_ID="<ours@intake.example>")))
    unpacked = opened(outer)
    assert unpacked.attachments == ()
    assert ("Message-ID", "<ours@intake.example>") in unpacked.returned_headers


def test_both_bodies_are_read_and_the_html_one_wins() -> None:
    message = a_message("Plain words with https://www.northshire.gov.uk/plain in them, just as long.")
    message.add_alternative(
        '<p>Rich words with <a href="https://www.northshire.gov.uk/rich">it</a> in them.</p>', subtype="html"
    )
    unpacked = opened(message)
    assert unpacked.body.latest == "Rich words with it in them."
    assert urls(unpacked) == ["https://www.northshire.gov.uk/rich", "https://www.northshire.gov.uk/plain"]


def test_a_stub_of_html_does_not_hide_the_plain_words() -> None:
    message = a_message("A good many words that only the plain text holds.")
    message.add_alternative("<p>See text</p>", subtype="html")
    assert opened(message).body.latest == "A good many words that only the plain text holds."


def test_a_mail_without_any_header_is_all_body() -> None:
    assert opened(b"just words\nand more").body.latest == "just words\nand more"


def test_an_invitation_without_a_name_is_inline() -> None:
    message = a_message("Meet")
    message.add_alternative("BEGIN:VCALENDAR\nMETHOD:REQUEST\nEND:VCALENDAR", subtype="calendar")
    assert [(f.declared_type, f.inline) for f in opened(message).attachments] == [("text/calendar", True)]


def test_words_that_exchange_made_a_file_of_are_words() -> None:
    message = with_pdf(a_message("First words."))
    message.add_attachment("Second words.", filename="ATT00001.txt")
    unpacked = opened(message)
    assert names(unpacked) == ["report.pdf"]
    assert unpacked.body.latest == "First words.\n\nSecond words."


def test_a_part_whose_header_runs_into_its_base64_is_whole() -> None:
    raw = one_part('Content-Type: application/pdf; name="report.pdf"').replace(b"base64\r\n\r\n", b"base64\r\n")
    unpacked = opened(raw)
    assert [(file.name, file.content) for file in unpacked.attachments] == [("report.pdf", PDF)]
    assert faults(unpacked) == []


def test_words_that_begin_without_a_blank_line_are_read() -> None:
    part = (
        b"--b\r\nContent-Type: text/plain\r\nPlease wait with it.\r\nThank you: all of you.\r\n\r\nMore.\r\n--b--\r\n"
    )
    unpacked = opened(TOP + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part)
    assert unpacked.body.latest == "Please wait with it.\nThank you: all of you.\n\nMore."


def test_a_slip_between_two_fields_does_not_end_the_header() -> None:
    unpacked = opened(b"From: jane@northshire.gov.uk\r\na slip of a line\r\nSubject: Final report\r\n\r\nWords.")
    assert (unpacked.subject, unpacked.body.latest, faults(unpacked)) == ("Final report", "Words.", ["damaged-mime"])


@pytest.mark.parametrize("ends", [b"\r", b"\r\r\n", b"\n"])
def test_any_line_ends_make_the_same_message(ends: bytes) -> None:
    usual = one_part('Content-Type: application/pdf; name="report.pdf"')
    unpacked = opened(usual.replace(b"\r\n", b"\n").replace(b"\n", ends))
    assert (names(unpacked), unpacked.body.latest) == (["report.pdf"], "Hello")
    assert unpacked.attachments[0].content == PDF
    assert faults(unpacked) == []


@pytest.mark.parametrize(
    "headers",
    [
        "Content-Type: application/x-microsoft-rpmsg-message; name=message_v4.rpmsg",
        "Content-Type: application/octet-stream; name=message_v2.rpmsg",
        "Content-Type: application/octet-stream; name=message.bin",
    ],
)
def test_a_protected_message_is_named_as_such_and_is_no_file(headers: str) -> None:
    content = bytes.fromhex("76e80460c411e386") + b"sealed"
    unpacked = opened(one_part(headers, content))
    assert [(problem.fault, problem.name) for problem in unpacked.problems] == [("protected-message", "")]
    assert unpacked.attachments == ()


@pytest.mark.parametrize(
    "headers", ["Content-Type: image/pdf; name=scan.pdf", "Content-Type: image/jpeg; name=scan.jpg"]
)
def test_a_pdf_that_calls_itself_a_picture_is_a_file(headers: str) -> None:
    raw = one_part(f"{headers}\r\nContent-ID: <scan>\r\nContent-Disposition: inline")
    raw = raw.replace(b"multipart/mixed", b"multipart/related").replace(
        b"text/plain\r\n\r\nHello", (b"text/html\r\n\r\n<img src=cid:scan>")
    )
    assert [(file.inline, file.content) for file in opened(raw).attachments] == [(False, PDF)]


def test_the_placeholder_of_the_mailboxs_own_scanner_is_told() -> None:
    inner = a_message(
        "Safe Attachments is scanning the file.", Subject="Report ATP Scan In Progress", From="x@y.example"
    )
    outer = a_message("The report is attached.")
    outer.add_attachment(inner)
    unpacked = opened(outer)
    assert [(p.fault, p.name) for p in unpacked.problems] == [("scan-in-progress", "Report ATP Scan In Progress")]
    assert (unpacked.attachments, unpacked.passed_on, unpacked.body.quoted) == ((), (), "")
    named = opened(one_part('Content-Type: application/octet-stream; name="Report.pdf ATP Scan in Progress"', b"x"))
    assert (faults(named), named.attachments) == (["scan-in-progress"], ())


@pytest.mark.parametrize(
    "name",
    [
        "Malware Alert Text.txt",
        "Attachment Removed.html",
        "report_attachment_blocked.txt",
        "DELETED0.TXT",
        "VirusWarning.txt",
    ],
)
def test_a_note_of_a_file_that_was_taken_out_is_told(name: str) -> None:
    assert faults(opened(one_part(f'Content-Type: text/plain; name="{name}"', b"It was taken out."))) == [
        "attachment-removed"
    ]


def test_a_report_about_something_removed_is_none() -> None:
    assert faults(opened(one_part('Content-Type: application/pdf; name="Removed files.pdf"'))) == []


@pytest.mark.parametrize(
    "words",
    [
        "Retrieval using the IMAP4 protocol failed for the following message: 17",
        "The server couldn't retrieve the following message:\n\nSubject: x",
    ],
)
def test_exchanges_stand_in_for_a_message_is_told(words: str) -> None:
    assert faults(opened(plain(words))) == ["stand-in-text"]


def test_a_mail_of_our_own_inside_another_gives_its_words_and_no_file() -> None:
    ours = with_pdf(a_message("We have sent your report on.", X_Intake_Marker="forward@intake.example"))
    outer = a_message("See what you sent us.", From="sam@x.uk")
    outer.add_attachment(ours)
    unpacked = opened(outer)
    assert (unpacked.attachments, unpacked.body.quoted) == ((), "We have sent your report on.")
    assert unpacked.passed_on[0].header_all("X-Intake-Marker") == ["forward@intake.example"]


def test_a_bounce_of_a_daemon_without_an_address_returns_no_files() -> None:
    outer = a_message("Undeliverable.", From="MAILER-DAEMON <>", Subject="Mail delivery failed")
    outer.add_attachment(with_pdf(a_message(Message_ID="<ours@intake.example>")))
    unpacked = opened(outer)
    assert (unpacked.attachments, unpacked.sender) == ((), None)
    assert ("Message-ID", "<ours@intake.example>") in unpacked.returned_headers
