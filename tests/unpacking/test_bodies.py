from __future__ import annotations

import pytest

from intake.model import Body, LinkPlace
from tests.unpacking.mails import TOP, html, opened, plain

NEW = "Dear team,\n\nPlease find our final report attached."
SIGNED = "Kind regards\n\nJane Smith\nCommunity Safety Officer\nTel: 01234 567890\nwww.northshire.gov.uk"
OLD = "Thank you for submitting the report."


def body_of(raw: bytes) -> Body:
    return opened(raw).body


FROM, DATE, REST = "From: DHR <d@x.uk>\n", "Date: Sat, 2 May 2026\n", "To: J\nSubject: RE: DHR\n\n" + OLD
SENT = "Sent: 02 May 2026 10:15\n"
QUOTED_BELOW = {
    "Outlook": FROM + SENT + REST,
    "Outlook with a rule above": "________________________________\n" + FROM + SENT + REST,
    "Outlook for a telephone": "________________________________\nFrom: DHR <d@x.uk>\nSubject: RE: DHR\n\n" + OLD,
    "Outlook with stars": "*From:* DHR <d@x.uk>\n*Sent:* 2 May 2026\n*To:* J\n*Subject:* DHR\n\n" + OLD,
    "Outlook of old": "-----Original Message-----\nFrom: DHR [mailto:d@x.uk]\n" + SENT + REST,
    "a forward by Gmail": "---------- Forwarded message ---------\n" + FROM + DATE + REST,
    "a forward by Apple Mail": "Begin forwarded message:\n\n" + FROM + DATE + REST,
    "Gmail": "On Sat, 2 May 2026 at 10:15, DHR Enquiries <d@x.uk> wrote:\n\n> " + OLD + "\n>\n> Regards\n",
    "Gmail, wrapped": "On Sat, 2 May 2026 at 10:15, DHR Enquiries at the Home\nOffice <d@x.uk>\nwrote:\n\n> " + OLD,
    "Apple Mail": "On 2 May 2026, at 10:15, DHR <d@x.uk> wrote:\n\n" + OLD,
    "an Android phone": "-------- Original message --------\n" + FROM + "Date: 02/05/2026 10:15 (GMT+00:00)\n" + REST,
    "Gmail by an ISO date": "2026-05-02 10:15 GMT+01:00 DHR Enquiries <d@x.uk>:\n\n" + OLD,
    "date and name": "Sat, 2 May 2026 10:15, DHR Enquiries <d@x.uk> wrote:\n\n" + OLD,
    "numbers and name": "02.05.2026 10:15, DHR Enquiries wrote:\n\n" + OLD,
    "name and date": "DHR Enquiries <d@x.uk> wrote on 02/05/2026 10:15:\n\n" + OLD,
    "NetEase": 'At 2026-05-02 10:15:36, "DHR Enquiries" <d@x.uk> wrote:\n' + OLD,
    "AOL": "In a message dated 02/05/2026 10:15:36 GMT Daylight Time, d@x.uk writes:\n\n" + OLD,
    "in German": "Am 02.05.2026 um 10:15 schrieb DHR Enquiries <d@x.uk>:\n\n" + OLD,
    "Zoho": "---- On Sat, 02 May 2026 10:15:36 +0100 DHR Enquiries <d@x.uk> wrote ----\n\n" + OLD,
    "Zoho, closely": "---- On Sat, 02 May 2026 10:15:36 +0100 DHR <d@x.uk>wrote ---\n" + OLD,
    "GroupWise": ">>> DHR Enquiries <d@x.uk> 02/05/2026 10:15 >>>\n" + OLD,
    "GroupWise of today": ">>> On 02/05/2026 at 10:15, in message <5B@x.uk>, DHR <d@x.uk> wrote:\n" + OLD,
    "Notes": "DHR Enquiries/HO\n02/05/2026 10:15\n\tTo\nJane Smith/NS\ncc\n\nSubject\nFinal report\n\n" + OLD,
    "Notes on one line": "DHR Enquiries---02/05/2026 10:15:36---" + OLD,
    "marks below a name": "DHR Enquiries wrote:\n\n> " + OLD,
    "bare marks": "> " + OLD + "\n> And more.",
}


@pytest.mark.parametrize("below", QUOTED_BELOW.values(), ids=QUOTED_BELOW.keys())
@pytest.mark.parametrize("signature", ["", "\n\n" + SIGNED])
def test_the_earlier_mail_is_told_from_the_new_words(below: str, signature: str) -> None:
    body = body_of(plain(f"{NEW}{signature}\n\n{below}"))
    assert body.latest == NEW
    assert body.signature == signature.strip()
    assert OLD in body.quoted


REPLY_MARK = '<div id="divRplyFwdMsg"><b>From:</b> DHR<br><b>Sent:</b> 2 May</div>'
FIELDS = "<b>From:</b> DHR<br><b>Sent:</b> 2 May 2026<br><b>To:</b> J<br><b>Subject:</b> RE: DHR"
WROTE = "On Sat, 2 May 2026 at 10:15, DHR wrote:"
HTML_BELOW = {
    "Outlook web": '<div id="appendonsend"></div><hr>' + REPLY_MARK + "<div>%s</div>",
    "Outlook": f'<div style="border:none"><p class="MsoNormal">{FIELDS}</p></div><p class=MsoNormal>%s</p>',
    "Gmail": f'<div class="gmail_quote"><div dir="ltr" class="gmail_attr">{WROTE}<br></div>'
    '<blockquote class="gmail_quote"><p>%s</p></blockquote></div>',
    "Apple Mail": f'<div>{WROTE}</div><blockquote type="cite"><div>%s</div></blockquote>',
    "Thunderbird": f'<div class="moz-cite-prefix">{WROTE}<br></div><blockquote type="cite">%s</blockquote>',
    "Outlook for iOS": "<hr>" + REPLY_MARK + "%s",
    "Notes": "<table><tr><td><b>DHR Enquiries &lt;d@x.uk&gt;</b><p>02/05/2026 10:15</td><td><table><tr><td>To</td>"
    "<td>Jane Smith</td></tr><tr><td>cc</td><td></td></tr><tr><td>Subject</td><td>Final report</td></tr></table></td>"
    "</tr></table><p>%s</p>",
    "Zoho": "<p>---- On Sat, 02 May 2026 10:15:36 +0100 <b>DHR &lt;d@x.uk&gt;</b> wrote ----</p><p>%s</p>",
    "GroupWise": "<p>&gt;&gt;&gt; DHR Enquiries &lt;d@x.uk&gt; 02/05/2026 10:15 &gt;&gt;&gt;</p><p>%s</p>",
    "a block without marks": '<blockquote style="border-left: 2px solid #ccc">%s</blockquote>',
}


@pytest.mark.parametrize("below", HTML_BELOW.values(), ids=HTML_BELOW.keys())
def test_the_earlier_mail_is_told_from_the_new_words_in_html(below: str) -> None:
    words = "<p>Dear team,</p><p>Please find our final report attached.</p>"
    signed = "<p>Kind regards</p><p>Jane Smith<br>Community Safety Officer</p>"
    body = body_of(html(words + signed + below % OLD))
    assert body.latest == NEW
    assert body.signature == "Kind regards\n\nJane Smith\nCommunity Safety Officer"
    assert OLD in body.quoted


def test_answers_between_and_below_quoted_lines_are_the_authors_own() -> None:
    body = body_of(
        plain(
            "On 2 May 2026 at 10:15, DHR <d@x.uk> wrote:\n> Is this the final report?\n\nYes, it is.\n\n"
            "> Where will it be published?\n\nAt www.northshire.gov.uk/dhr\n\nJane"
        )
    )
    assert (body.latest, body.signature) == ("Yes, it is.\n\nAt www.northshire.gov.uk/dhr", "Jane")
    assert "final report?" in body.quoted


def test_answers_between_html_quotes_are_the_authors_own() -> None:
    quote = '<blockquote type="cite">%s</blockquote>'
    body = body_of(
        html("<div>On 2 May 2026, DHR wrote:</div>" + quote % "Is it final?" + "<p>Yes, it is.</p>" + quote % "Thanks")
    )
    assert body.latest == "Yes, it is."


def test_an_indented_paragraph_is_no_quote() -> None:
    raw = html(
        '<p>The address is</p><blockquote style="margin:0 0 0 40px;border:none">www.northshire.gov.uk/dhr</blockquote>'
    )
    assert "www.northshire.gov.uk/dhr" in body_of(raw).latest


@pytest.mark.parametrize(
    "words",
    [
        "From: the chair of the review, with thanks.\n\nThe report is attached.",
        "On 3 May 2026 the panel wrote to us.\n\nThe report is attached.",
        "On reflection we changed two names.\nThe panel wrote:\n\nThe report is attached.",
        "Thanks\n\nfor your letter of 3 May. The report is attached, and the plan is inside it.",
        "Subject: none\n\nThe report is attached.",
        "Thank you for your letter.\n\nThe report is attached.",
        "This email is for the attention of the DHR team. The report is attached.",
        "This email and the attached report are our final submission.",
        "Important: this email contains our final report.",
        "The report is attached.\n\nPublished at:\nwww.northshire.gov.uk/dhr",
        "On Monday we wrote\n\nto you. The report is attached.",
        "On 3 May 2026 at 10:15 the panel met and decided:\n\nThe report is final.",
        "On 3 May 2026 at 10:15 the chair said:\n\nThe report is final.",
        "On 3 May 2026 the chair wrote:\n\nThe report is final.",
        "As the chair wrote on 3 May 2026 at 10:15:\n\nThe report is final.",
        "To\n\nthe team, on 3 May 2026 10:15\n\nSubject access is no matter here.",
        "It is on page 3 >>> see the table >>>\n\nThe report is final.",
    ],
)
def test_ordinary_words_are_not_taken_for_something_else(words: str) -> None:
    body = body_of(plain(words))
    assert body.latest == words
    assert (body.signature, body.quoted) == ("", "")


@pytest.mark.parametrize(
    "signature",
    [
        SIGNED,
        "-- \nJane Smith\nwww.northshire.gov.uk",
        "Many thanks,\nJane",
        "Thanks\nJane",
        "Kind regards, Jane",
        "Best wishes,\n\nJane Smith\n\nNorthshire Council\nCounty Hall, NO1 2AB",
        "Yours sincerely,\n\nJane Smith",
        "Sent from my iPhone",
        "Get Outlook for iOS<https://aka.ms/o0ukef>",
        "Diolch yn fawr\nJane",
        "Jane Smith | Community Safety Officer\nNorthshire Council\nTel: 01234 567890 | www.northshire.gov.uk",
        "Jane Smith\n\nCommunity Safety\n01234 567890\nwww.northshire.gov.uk",
        "This email and any attachments are confidential and intended solely for the addressee.",
        "Kind regards\nJane\n\nThis e-mail and any attachments may be monitored. See our privacy notice:\nwww.x.gov.uk",
        "DISCLAIMER: the views in this mail are those of the author.",
        "The information contained in this email is confidential.",
        "If you are not the intended recipient, please delete this email.",
        "Please consider the environment before printing this email.",
    ],
)
def test_signatures_and_disclaimers_are_told_apart(signature: str) -> None:
    body = body_of(plain(f"{NEW}\n\n{signature}"))
    assert body.latest == NEW
    # what stands behind a signature's separator is what counts, not the separator's trailing blank
    assert body.signature == signature.replace("-- \n", "--\n")


def test_a_postscript_is_the_authors_word() -> None:
    body = body_of(
        plain(f"{NEW}\n\nKind regards\nJane\n\nPS The report will be published at www.northshire.gov.uk/dhr")
    )
    assert body.latest.endswith("PS The report will be published at www.northshire.gov.uk/dhr")
    assert body.signature == "Kind regards\nJane"


def test_a_weblink_named_below_the_name_is_the_authors_word() -> None:
    body = body_of(
        plain(f"{NEW}\n\nRegards\nJane\n\nWeblink:\nhttps://www.northshire.gov.uk/dhr\n\nwww.northshire.gov.uk")
    )
    assert body.latest.endswith("Weblink:\nhttps://www.northshire.gov.uk/dhr")
    assert body.signature == "Regards\nJane\n\nwww.northshire.gov.uk"


@pytest.mark.parametrize(
    "banner",
    [
        "CAUTION: This email originated from outside the organisation. Do not click links.",
        "[EXTERNAL]",
        "You don't often get email from jane@northshire.gov.uk. Learn why this is important<https://aka.ms/Learn>",
        "WARNING - EXTERNAL EMAIL\nDo not click links unless you recognise the sender.",
    ],
)
def test_the_banners_of_gateways_are_not_the_authors_words(banner: str) -> None:
    body = body_of(plain(f"{banner}\n\n{NEW}"))
    assert body.latest == NEW
    assert body.signature == banner


def test_a_signature_marked_in_html_is_one() -> None:
    body = body_of(
        html('<p>The report is attached.</p><div class="gmail_signature">Jane<br>www.northshire.gov.uk</div>')
    )
    assert (body.latest, body.signature) == ("The report is attached.", "Jane\nwww.northshire.gov.uk")


def test_words_written_inside_the_signatures_frame_are_found() -> None:
    body = body_of(html('<div id="Signature"><p>The report is attached.</p><p>Kind regards<br>Jane</p></div>'))
    assert (body.latest, body.signature) == ("The report is attached.", "Kind regards\nJane")


def test_flowed_text_is_joined() -> None:
    raw = plain("The report is \nattached.\n> quoted \n> words\n\n-- \nJane", "; format=flowed")
    body = body_of(raw)
    assert (body.latest, body.signature, body.quoted) == ("The report is attached.", "--\nJane", "quoted words")


def test_flowed_text_with_delsp_is_joined_without_blanks() -> None:
    raw = plain("https://www.northshire.gov.uk/ \ndhr and more.", "; format=flowed; delsp=yes")
    assert body_of(raw).latest == "https://www.northshire.gov.uk/dhr and more."


def test_html_is_read_as_it_is_shown() -> None:
    raw = html(
        "<style>p{}</style><script>x</script><!-- note --><div style='display:none'>hidden</div><p>One&nbsp;two</p>"
        "<ul><li>first</li><li>second</li></ul><table><tr><td>a</td><td>b</td></tr></table>end<br><br>x"
    )
    assert body_of(raw).latest == "One two\n\n- first\n- second\n\na b\n\nend\n\nx"


def test_outlooks_paragraphs_are_single_lines() -> None:
    assert body_of(html("<p class=MsoNormal>a</p><p class=MsoNormal>b</p>")).latest == "a\nb"


def test_html_names_its_own_charset() -> None:
    raw = TOP + b"Content-Type: text/html\r\n\r\n" + '<meta charset="windows-1252"><p>it’s café</p>'.encode("cp1252")
    assert body_of(raw).latest == "it’s café"


ON_TOP = (
    "This email was sent securely using Egress Protect. Find out more at https://www.egress.com/secure-email",
    "This email is confidential and intended solely for the addressee.\nIf you are not the addressee, delete it.",
    "Sent from my iPhone",
)


@pytest.mark.parametrize("above", ON_TOP)
def test_a_disclaimer_above_the_words_ends_with_its_paragraph(above: str) -> None:
    body = body_of(plain(f"{above}\n\n{NEW}\n\n{SIGNED}"))
    assert body.latest == NEW
    assert above.split(maxsplit=1)[0] in body.signature


HOLD = "Please wait with it until the inquest has ended."
DOCUMENTS = {
    "words behind the end": f"<html><body><p>It is attached.</p></body></html><p>{HOLD}</p>",
    "words behind the body": f"<html><body><p>It is attached.</p></body><p>{HOLD}</p></html>",
    "a second document": f"<html><body><p>It is attached.</p></body></html>\n<!DOCTYPE html><html><head>"
    f"<title>x</title><style>p {{ }}</style></head><body><p>{HOLD}</p></body></html>",
    "an end with blanks": f"<HTML><BODY><p>It is attached.</p></BODY ></HTML\n><p>{HOLD}</p>",
    "where scripts do not run": f"<p>It is attached.</p><noscript><p>{HOLD}</p></noscript>",
    "where objects are not shown": f"<p>It is attached.</p><object data=x><p>{HOLD}</p></object>",
}


@pytest.mark.parametrize("words", DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_the_words_behind_the_end_of_a_document_are_read(words: str) -> None:
    raw = TOP + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + words.encode()
    assert body_of(raw).latest == f"It is attached.\n\n{HOLD}"


def test_a_banners_own_document_does_not_hide_the_mail_below_it() -> None:
    banner = "<html><body><table><tr><td>CAUTION: This email came from outside.</td></tr></table></body></html>"
    raw = TOP + b"Content-Type: text/html\r\n\r\n" + f"{banner}<html><body><p>{HOLD}</p></body></html>".encode()
    body = body_of(raw)
    assert (body.latest, body.signature) == (HOLD, "CAUTION: This email came from outside.")


def test_html_made_of_plain_text_marks_its_quoted_lines_as_plain_text_does() -> None:
    link = '<a href="https://www.northshire.gov.uk/old">here</a>'
    raw = html(f"It is attached.<br><br>&gt; Sam Hill:<br>&gt; <br>&gt;&gt; It will be {link}.<br><br>Yes.")
    unpacked = opened(raw)
    assert unpacked.body.latest == "It is attached.\n\nYes."
    assert unpacked.body.quoted == "Sam Hill:\n\nIt will be here."
    assert [(link.text, link.place) for link in unpacked.links] == [("here", LinkPlace.QUOTED)]


def test_an_arrow_of_the_authors_own_quotes_nothing() -> None:
    assert body_of(html("<p>It is attached.</p><p>&gt; Please wait with it.</p>")).latest.endswith(
        "> Please wait with it."
    )


ABOVE = f"{NEW}\n\nKind regards\nJane"
SPOKEN = (
    "Please ring me before you do anything with it.",
    "please do not publish it until you hear from me",
    "Link: https://www.northshire.gov.uk/anna",
    "URL:\nhttps://www.northshire.gov.uk/anna",
    "Here's the link: https://www.northshire.gov.uk/anna",
    "Here is the web address\nhttps://www.northshire.gov.uk/anna",
    "https://www.northshire.gov.uk/community-safety/anna",
    "<https://www.northshire.gov.uk/community-safety/anna>",
)


@pytest.mark.parametrize("words", SPOKEN)
@pytest.mark.parametrize("block", ["", "\n\nNorthshire Council, County Hall, NO1 2AB\nTel: 01234 567890"])
def test_what_was_written_for_this_mail_below_the_name_is_the_authors_word(words: str, block: str) -> None:
    body = body_of(plain(f"{ABOVE}\n\n{words}{block}"))
    assert body.latest == f"{NEW}\n\n{words}"
    assert body.signature == f"Kind regards\nJane{block}"


def test_an_address_on_the_line_below_the_name_is_the_authors_word() -> None:
    assert body_of(plain(f"{ABOVE}\nhttps://www.northshire.gov.uk/anna")).latest.endswith("/anna")
    assert body_of(
        html("<p>Attached.</p><p>Kind regards<br>Jane</p><a href='https://x.gov.uk/dhr/a'>Anna</a>")
    ).latest == ("Attached.\n\nAnna")


@pytest.mark.parametrize(
    "block",
    [
        "Community Safety Team\nNorthshire Council\nCounty Hall\nhttps://www.northshire.gov.uk/community-safety",
        "Tel: 01234 567890\nhttps://www.northshire.gov.uk/community-safety",
        "Tel: 01234 567890\n\nhttps://www.northshire.gov.uk/community-safety",
        "www.northshire.gov.uk",
        "Working together for a safer Northshire.",
        "I work Mondays to Thursdays.",
        "Please note that my working days are Monday to Thursday.",
        "Follow us on social media and sign up for our newsletter.",
        "We welcome correspondence in Welsh and will answer in Welsh.",
        "Please read how we use your personal information: https://www.northshire.gov.uk/privacy",
    ],
)
def test_what_is_printed_below_every_mail_is_no_word_of_this_one(block: str) -> None:
    body = body_of(plain(f"{ABOVE}\n\n{block}"))
    assert (body.latest, body.signature) == (NEW, f"Kind regards\nJane\n\n{block}")


def test_words_below_a_signature_that_the_program_marks_are_read() -> None:
    signed = '<div class="gmail_signature">Jane<br>Tel: 01234 567890</div>'
    body = body_of(html(f"<p>The report is attached.</p>{signed}<p>Please ring me before you do anything.</p>"))
    assert body.latest == "The report is attached.\n\nPlease ring me before you do anything."


@pytest.mark.parametrize("name", ["Jane Smith", "SMITH, Jane", "Jane", "*Jane Smith*"])
def test_the_senders_name_alone_on_a_line_begins_the_signature(name: str) -> None:
    body = body_of(plain(f"{NEW}\n\n{name}\nCommunity Safety Officer"))
    assert (body.latest, body.signature) == (NEW, f"{name}\nCommunity Safety Officer")


@pytest.mark.parametrize("words", ["Jane Smith\n\nThe report is attached.", "The report on Smith\nJane\nis attached."])
def test_a_name_above_the_words_or_among_them_begins_none(words: str) -> None:
    assert body_of(plain(words)).latest == words
