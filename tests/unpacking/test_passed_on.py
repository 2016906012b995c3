"""A mail that its own author passes on speaks with both texts; one of somebody else is told as such."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from intake.model import Address, LinkPlace, PassedOn, PassedOnAs, Unpacked
from tests.unpacking.mails import a_message, a_winmail, faults, html, names, one_part, opened, plain, urls, with_pdf

JANE = Address("jane.smith@northshire.gov.uk", "Jane Smith")
SAM = Address("sam.hill@northshire.gov.uk", "Sam Hill")
LONG = "I am forwarding the final submission below once more, as it came back to us the first time for its size."
HOLD = "Please wait with it until the inquest has ended. It will be at https://www.northshire.gov.uk/dhr/anna"


def told(unpacked: Unpacked) -> list[tuple[Address | None, PassedOnAs, bool]]:
    return [(mail.author, mail.how, mail.own) for mail in unpacked.passed_on]


def attached(inner: EmailMessage, words: str = LONG) -> EmailMessage:
    outer = a_message(words, Subject="Final report")
    outer.add_attachment(inner)
    return outer


def test_an_attached_mail_of_the_senders_own_speaks_too() -> None:
    unpacked = opened(attached(with_pdf(a_message(f"{HOLD}\n\nKind regards\nJane", Subject="Inner"))))
    assert unpacked.body.latest == f"{LONG}\n\n{HOLD}"
    assert unpacked.body.signature == "Kind regards\nJane"
    assert [(link.url, link.place) for link in unpacked.links] == [
        ("https://www.northshire.gov.uk/dhr/anna", LinkPlace.LATEST)
    ]
    assert (names(unpacked), told(unpacked)) == (["report.pdf"], [(JANE, PassedOnAs.ATTACHED, True)])
    assert (unpacked.passed_on[0].name, unpacked.passed_on[0].header_all("subject")) == ("Inner", ["Inner"])


def test_an_attached_mail_of_somebody_else_is_quoted_and_told() -> None:
    unpacked = opened(attached(a_message(HOLD, From="Sam Hill <sam.hill@northshire.gov.uk>")))
    assert (unpacked.body.latest, unpacked.body.quoted) == (LONG, HOLD)
    assert told(unpacked) == [(SAM, PassedOnAs.ATTACHED, False)]


def test_what_somebody_else_attached_to_their_mail_is_not_the_senders_word() -> None:
    between = attached(a_message(HOLD), "See the mail inside.")
    between.replace_header("From", "Sam Hill <sam.hill@northshire.gov.uk>")
    unpacked = opened(attached(between))
    assert (unpacked.body.latest, told(unpacked)[1]) == (LONG, (JANE, PassedOnAs.ATTACHED, False))


def test_a_saved_mail_of_the_senders_own_speaks_too() -> None:
    outer = a_message(LONG)
    outer.add_attachment(a_message(HOLD).as_bytes(), maintype="application", subtype="octet-stream", filename="x.eml")
    assert opened(outer).body.latest == f"{LONG}\n\n{HOLD}"


OUTLOOK = "From: {}\nSent: 02 May 2026 10:15\nTo: DHR Enquiries\nSubject: Final report\n\n"
INLINE = {
    "Outlook": ("FW: Final report", OUTLOOK),
    "Outlook of old": ("Fwd: Final report", "-----Original Message-----\n" + OUTLOOK),
    "Gmail": ("Fwd: Final report", "---------- Forwarded message ---------\n" + OUTLOOK),
    "Apple Mail": ("Final report", "Begin forwarded message:\n\n" + OUTLOOK),
    "two lines of addressees": ("FW: x", OUTLOOK.replace("Enquiries\n", "Enquiries; a@x.uk;\n  b@x.uk\n")),
}


@pytest.mark.parametrize(("subject", "head"), INLINE.values(), ids=INLINE.keys())
@pytest.mark.parametrize(
    "who",
    ["Jane Smith <jane.smith@northshire.gov.uk>", "Smith, Jane", "Jane Smith [mailto:jane.smith@northshire.gov.uk]"],
)
def test_a_mail_that_its_own_author_forwards_in_the_body_speaks_too(subject: str, head: str, who: str) -> None:
    message = a_message(f"{LONG}\n\nJane\n\n{head.format(who)}{HOLD}\n\nKind regards\nJane\n", Subject=subject)
    unpacked = opened(message)
    assert unpacked.body.latest == f"{LONG}\n\n{HOLD}"
    assert "Sent: 02 May" in unpacked.body.quoted
    assert urls(unpacked, LinkPlace.LATEST) == ["https://www.northshire.gov.uk/dhr/anna"]
    assert [(mail.how, mail.own) for mail in unpacked.passed_on] == [(PassedOnAs.FORWARDED, True)]


@pytest.mark.parametrize(("subject", "head"), INLINE.values(), ids=INLINE.keys())
def test_a_mail_of_somebody_else_forwarded_in_the_body_is_quoted_and_told(subject: str, head: str) -> None:
    text = head.format("Sam Hill <sam.hill@northshire.gov.uk>")
    unpacked = opened(a_message(f"{LONG}\n\n{text}{HOLD}\n", Subject=subject))
    assert unpacked.body.latest == LONG
    assert told(unpacked) == [(SAM, PassedOnAs.FORWARDED, False)]


def test_below_a_mail_of_the_senders_own_the_thread_is_others() -> None:
    text = OUTLOOK.format("Jane Smith") + HOLD + "\n\n" + OUTLOOK.format("Sam Hill") + "Is it final?"
    unpacked = opened(a_message(f"{LONG}\n\n{text}", Subject="FW: x"))
    assert unpacked.body.latest == f"{LONG}\n\n{HOLD}"
    assert told(unpacked) == [
        (Address("", "Jane Smith"), PassedOnAs.FORWARDED, True),
        (Address("", "Sam Hill"), PassedOnAs.FORWARDED, False),
    ]


@pytest.mark.parametrize(
    ("below", "author"),
    [
        (OUTLOOK.format("Jane Smith"), Address("", "Jane Smith")),
        ("On Sat, 2 May 2026 at 10:15, Sam Hill <sam.hill@northshire.gov.uk> wrote:\n\n", SAM),
        (">>> Sam Hill <sam.hill@northshire.gov.uk> 02/05/2026 10:15 >>>\n", SAM),
        ("---- On Sat, 02 May 2026 10:15:36 +0100 Sam Hill <sam.hill@northshire.gov.uk> wrote ----\n\n", None),
        ("Sam Hill---02/05/2026 10:15:36---", Address("", "Sam Hill")),
    ],
)
def test_the_mail_that_is_answered_stays_quoted_and_says_whose_it_is(below: str, author: Address | None) -> None:
    unpacked = opened(a_message(f"{LONG}\n\n{below}{HOLD}\n", Subject="RE: Final report"))
    assert unpacked.body.latest == LONG
    assert [mail.how for mail in unpacked.passed_on] == [PassedOnAs.ANSWERED]
    if author is not None:
        assert unpacked.passed_on[0].author == author


def test_outlooks_mark_in_html_is_followed_by_the_authors_name() -> None:
    mark = (
        "<div id='divRplyFwdMsg'><b>From:</b> Sam Hill<br><b>Sent:</b> 2 May<br><b>To:</b> J<br><b>Subject:</b> x</div>"
    )
    raw = html(f"<p>{LONG}</p><div id='appendonsend'></div><hr>{mark}<p>{HOLD}</p>")
    assert told(opened(raw)) == [(Address("", "Sam Hill"), PassedOnAs.ANSWERED, False)]


def test_a_plain_mail_passes_nothing_on() -> None:
    assert opened(plain("The report is attached.")).passed_on == ()
    assert PassedOn(None, PassedOnAs.ATTACHED).header_all("Subject") == []
    assert opened(one_part("Content-Type: application/ms-tnef", a_winmail({}, "words"))).passed_on == ()


@pytest.mark.parametrize(("sender", "own"), [("jane.smith@northshire.gov.uk", True), ("sam@x.uk", False)])
def test_a_message_inside_a_winmail_says_whose_it_is(sender: str, own: bool) -> None:
    inner = a_winmail({"report.pdf": b"%PDF-1.7 x"}, HOLD, sender=sender)
    unpacked = opened(one_part("Content-Type: application/ms-tnef", a_winmail({}, inner={"Inner mail": inner})))
    assert [(file.name, file.containers) for file in unpacked.attachments] == [
        ("report.pdf", ("winmail.dat", "Inner mail"))
    ]
    assert told(unpacked) == [(Address(sender), PassedOnAs.ATTACHED, own)]
    assert (HOLD in unpacked.body.latest, HOLD in unpacked.body.quoted) == (own, not own)


def test_messages_inside_each_other_in_a_winmail_end() -> None:
    deep = a_winmail({}, HOLD)
    for _ in range(20):
        deep = a_winmail({}, "x", inner={"inner": deep})
    assert faults(opened(one_part("Content-Type: application/ms-tnef", deep))) == ["tnef-damaged"]
