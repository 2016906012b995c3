"""The samples really hold what they say: read back with pypdf and pdfium."""

from __future__ import annotations

import hashlib
import io
import time
import zipfile
from email import message_from_bytes, policy
from email.message import EmailMessage

import pypdf
import pypdfium2
import pytest

from intake.demo.report_builder import a_report
from intake.model import Kind, MailKind, Outcome
from tests.builders import (
    BRACKENFORD,
    LABELS,
    NORTHMERE,
    SEVEN,
    WEALDSHIRE,
    DemoCase,
    File,
    Letter,
    Mail,
    Plan,
    Report,
    Scan,
    a_letter,
    a_message,
    a_word_report,
    an_action_plan,
    an_excel_plan,
    an_executive_summary,
    demo_messages,
    join,
    lock,
    noise_picture,
    truncate,
    turned,
    with_junk,
    zipped,
)

CASES = demo_messages()
FINAL_LETTER = "content that on completion of these changes, the DHR may be published"


def texts(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in document]
    finally:
        document.close()


def page_with(pdf: bytes, words: str) -> int:
    return next((number for number, text in enumerate(texts(pdf), 1) if words in text), 0)


def parsed(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_a_report_has_its_parts_in_order() -> None:
    pages = texts(a_report(pages=40))
    whole = "\n".join(pages[2:])
    assert "Domestic Homicide Review" in pages[0]
    assert "Annex B: Home Office Quality Assurance Panel feedback letter" in pages[1]
    order = [
        whole.index(words) for words in ("Executive summary", "1.1", "12. Recommendations", "Annex A: Action Plan")
    ]
    assert order == sorted(order)
    assert FINAL_LETTER in whole.split("Annex B: Home Office")[-1]
    assert all(heading.split()[0] in whole for heading in SEVEN)


@pytest.mark.parametrize("pages", [24, 40, 97, 180])
def test_a_report_has_as_many_pages_as_asked(pages: int) -> None:
    assert len(pypdf.PdfReader(io.BytesIO(a_report(pages=pages))).pages) == pages


def test_180_pages_are_ready_quickly() -> None:
    start = time.process_time()
    a_report(pages=180, seed=77)
    assert time.process_time() - start < 1.5


def test_the_contents_name_the_pages_where_the_parts_are() -> None:
    pdf = a_report(pages=60)
    line = texts(pdf)[1]
    letter_page = page_with(pdf, "Dear Cllr Peter Lunt")
    assert line.rstrip().endswith(str(letter_page)) or f" {letter_page} " in f"{line} "


def test_a_part_left_out_is_not_there() -> None:
    assert not page_with(a_report(letter=None), "Dear Cllr")
    assert not page_with(a_report(plan=None), "Lead agency")
    assert not page_with(a_report(summary=False), "Executive summary")


def test_a_part_only_listed_is_in_the_contents_alone() -> None:
    pdf = a_report(letter=None, listed=("letter",))
    assert page_with(pdf, "feedback letter") == 2
    assert sum("feedback letter" in text for text in texts(pdf)) == 1


def test_the_order_of_the_parts_can_be_changed() -> None:
    pdf = a_report(order=("letter", "summary", "body", "plan"))
    assert page_with(pdf, "Dear Cllr") < page_with(pdf, "1.1")


@pytest.mark.parametrize("labels", sorted(LABELS))
def test_every_annex_style_labels_both_parts(labels: str) -> None:
    whole = " ".join(texts(a_report(labels=labels)))
    for label in filter(None, LABELS[labels]):
        assert label in whole
    assert FINAL_LETTER in whole


@pytest.mark.parametrize("wording", ["2017", "2020", "2022", "2023", "2025", "plain"])
def test_every_final_letter_tells_the_review_may_be_published(wording: str) -> None:
    whole = " ".join(texts(a_letter(WEALDSHIRE, Letter(wording=wording))))
    assert "Wealdshire & Marl Valley Community Safety Partnership" in whole
    assert "DHREnquiries@homeoffice.gov.uk" in whole
    assert "resubmit" not in whole


def test_the_earlier_letter_asks_to_see_the_report_again() -> None:
    assert "resubmit it to" in " ".join(texts(a_letter(letter=Letter(wording="resubmit"))))


@pytest.mark.parametrize("how", [Scan(), Scan(one_bit=True, skew=1.5), Scan(rotation=90), Scan(rotation=180)])
def test_a_scanned_letter_is_pictures_without_text(how: Scan) -> None:
    pdf = a_letter(letter=Letter(scan=how))
    assert not "".join(texts(pdf))
    page = pypdf.PdfReader(io.BytesIO(pdf)).pages[0]
    assert len(page.images) == 1
    assert (page.mediabox.width > page.mediabox.height) == (how.rotation == 90)


def test_a_plan_spreads_over_landscape_pages_with_its_headings_on_each() -> None:
    pdf = an_action_plan(plan=Plan(rows=40, size=6))
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    assert len(reader.pages) > 2
    assert all(page.mediabox.width > page.mediabox.height for page in reader.pages)
    assert all("Lead agency" in text for text in texts(pdf))
    assert "live document" in texts(pdf)[0]


def test_page_labels_count_the_front_apart() -> None:
    assert pypdf.PdfReader(io.BytesIO(a_report(page_labels=True))).page_labels[:4] == ["i", "ii", "1", "2"]


def test_the_weblink_can_stand_in_the_report() -> None:
    pdf = a_report(weblink="https://www.northmere.gov.example/dhr")
    assert page_with(pdf, "https://www.northmere.gov.example/dhr")


def test_the_same_call_makes_the_same_bytes() -> None:
    report = Report(letter=Letter(scan=Scan(dpi=80)), seed=5)
    assert hashlib.sha256(a_report(report)).digest() == hashlib.sha256(a_report(report)).digest()
    assert a_report(seed=5) != a_report(seed=6)
    assert demo_messages()[0].raw == demo_messages()[0].raw


def test_files_meet_with_every_mishap() -> None:
    pdf = a_report(pages=20)
    assert pypdf.PdfReader(io.BytesIO(lock(pdf))).decrypt("") == pypdf.PasswordType.NOT_DECRYPTED
    assert pypdf.PdfReader(io.BytesIO(lock(pdf, "", "owner"))).decrypt("") != pypdf.PasswordType.NOT_DECRYPTED
    assert len(truncate(pdf)) == len(pdf) // 2
    assert with_junk(pdf, b"junk", b"tail")[4:9] == b"%PDF-"
    assert len(pypdf.PdfReader(io.BytesIO(join(pdf, a_letter()))).pages) == 20 + len(texts(a_letter()))
    assert pypdf.PdfReader(io.BytesIO(turned(pdf, {2: 90}))).pages[2].rotation == 90
    assert zipfile.ZipFile(io.BytesIO(zipped({"a/b.pdf": pdf}))).read("a/b.pdf") == pdf


def test_a_noise_picture_is_as_large_as_asked_and_no_compression_helps() -> None:
    picture = noise_picture(2)
    assert 2 * 1024 * 1024 < len(picture) < 2.6 * 1024 * 1024


def test_office_files_are_packages_with_the_words_inside() -> None:
    word = zipfile.ZipFile(io.BytesIO(a_word_report(BRACKENFORD, Letter(), Plan())))
    text = word.read("word/document.xml").decode()
    assert "Brackenford and Upper Lyne" in text
    assert FINAL_LETTER in text
    assert "Lead agency" in text
    sheet = zipfile.ZipFile(io.BytesIO(an_excel_plan())).read("xl/worksheets/sheet1.xml").decode()
    assert "Recommendation" in sheet
    assert "Lead agency" in sheet


def test_an_executive_summary_comes_alone() -> None:
    assert page_with(an_executive_summary(), "Executive summary") >= 1


def test_a_message_carries_what_it_is_given() -> None:
    mail = Mail(
        "Final DHR",
        "Body here.",
        files=[File("", b"%PDF-1.4", "application/octet-stream")],
        html=True,
        marking="OFFICIAL",
    )
    message = parsed(a_message(mail, a_report(pages=20)))
    assert message["Subject"] == "OFFICIAL Final DHR"
    assert message["From"] == "Joanna Reed <joanna.reed@northmere.gov.example>"
    names = [part.get_filename() for part in message.iter_attachments()]
    assert names == ["DHR Anna final.pdf", None]
    plain, page = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert page is not None
    assert "Body here." in plain.get_content()
    assert "<p>Body here.</p>" in page.get_content()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_case_of_the_demo_is_a_mail_from_an_invented_place(case: DemoCase) -> None:
    message = parsed(case.raw)
    assert str(message["From"]).rstrip(">").endswith(".gov.example")
    assert message["Message-ID"]
    submission = case.kind is Kind.FINAL_SUBMISSION
    assert bool(list(message.iter_attachments())) == (submission or case.kind is Kind.QA_SUBMISSION)
    assert bool(case.gaps) == (case.outcome is Outcome.GAPS)
    assert bool(case.mail) == (case.outcome in {Outcome.GAPS, Outcome.COMPLIANT})
    assert case.raw is case.raw


def test_the_demo_shows_every_kind_of_outgoing_mail_and_has_distinct_ids() -> None:
    assert len(CASES) >= 11
    assert {kind for case in CASES for kind in case.mail} == {
        MailKind.REPLY,
        MailKind.FORWARD,
        MailKind.ACKNOWLEDGEMENT,
    }
    assert len({parsed(case.raw)["Message-ID"] for case in CASES}) == len(CASES)


def test_the_large_demo_report_is_over_the_limit() -> None:
    raw = next(case.raw for case in CASES if case.name == "too-large")
    (attachment,) = parsed(raw).iter_attachments()
    content = attachment.get_content()
    assert len(content) > 20 * 1024 * 1024
    assert page_with(content, "Dear " + NORTHMERE.addressee)
