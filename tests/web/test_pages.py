from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest

from intake.wiring.archive import Archive
from tests.web.office import COMPLETE, GAPS, REVIEW, Visitor, arrive, now

PAGES = ("/", "/submissions", f"/submissions/{GAPS}", f"/submissions/{GAPS}/changes", "/mail", "/mail/1", "/messages",
         "/messages/1", "/statistics", "/senders", f"/submissions/{REVIEW}/actions/gaps")  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_served_whole_with_safe_headers(caseworker: Visitor, path: str) -> None:
    answer = caseworker.get(path)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert " style=" not in answer.text
    assert not re.search(r"\son[a-z]+=", answer.text)
    nonce = re.search(r"'nonce-([^']+)'", policy)
    assert nonce is not None
    assert set(re.findall(r"<script[^>]*nonce=\"([^\"]+)\"", answer.text)) == {nonce[1]}
    assert answer.text.count("<script") == answer.text.count(f'nonce="{nonce[1]}"')
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", answer.text)


def test_home_names_what_waits_and_links_to_exactly_that(caseworker: Visitor) -> None:
    home = caseworker.get("/").text
    assert re.search(r'href="/submissions\?state=review&amp;sort=waiting"><span[^>]*>1</span>', home)
    listed = caseworker.get("/submissions?state=review&sort=waiting").text
    assert REVIEW in listed
    assert GAPS not in listed
    assert "every one accounted for" in home


def test_home_says_that_all_is_well_and_when_it_last_looked(caseworker: Visitor) -> None:
    caseworker.do(f"/submissions/{REVIEW}/actions/ignore", reason="it was a test")
    home = caseworker.get("/").text
    assert "All is well" in home
    assert "last looked at on" in home


def test_a_silent_mailbox_is_never_all_well(caseworker: Visitor, archive: Archive) -> None:
    archive.ledger.facts.set("swept:main", "long ago", now() - timedelta(hours=3))
    caseworker.do(f"/submissions/{REVIEW}/actions/ignore", reason="it was a test")
    home = caseworker.get("/").text
    assert "All is well" not in home
    assert "Is the service running?" in home


def test_the_list_filters_by_what_stands_in_the_address(caseworker: Visitor) -> None:
    for query, expected in (
        ("state=complete", {COMPLETE}),
        ("check=feedback-letter-annex", {GAPS}),
        ("text=calderbrook", {GAPS}),
        ("text=0003", {REVIEW}),
        ("since=1/1/2099", set()),
        ("sort=reference", {COMPLETE, GAPS, REVIEW}),
    ):
        page = caseworker.get(f"/submissions?{query}").text
        assert set(re.findall(r"/submissions/(DHR-2026-\d+)", page)) == expected, query


def test_a_filter_that_cannot_be_read_is_said_beside_its_field(caseworker: Visitor) -> None:
    answer = caseworker.get("/submissions?since=yesterday")
    assert answer.status_code == 422
    assert "Enter a date such as 27/3/2026" in answer.text
    assert 'value="yesterday"' in answer.text


def test_the_spreadsheet_holds_what_the_list_shows_and_no_formula(caseworker: Visitor, archive: Archive) -> None:
    with archive.ledger.database.write() as writer:
        writer.connection.exec_driver_sql("UPDATE submissions SET csp='=1+1'")
    answer = caseworker.get("/submissions.csv?state=waiting-for-CSP")
    table = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[0][: len(GAPS)] for row in table] == ["Reference", GAPS]
    assert table[1][4] == "'=1+1"
    assert "attachment" in answer.headers["content-disposition"]


def test_a_submission_tells_its_whole_story(caseworker: Visitor) -> None:
    page = caseworker.get(f"/submissions/{GAPS}").text
    for words in ("Message arrived", "Checked: gaps", "Reply to the CSP written", "Reply to the CSP sent", "Full text"):
        assert words in page
    assert page.index("Reply to the CSP sent") < page.index("Message arrived")


def test_evidence_leads_to_a_picture_of_its_page_with_the_words_marked(caseworker: Visitor) -> None:
    page = caseworker.get(f"/submissions/{COMPLETE}").text
    found = re.search(r'src="(/submissions/[^"]+/pages/\d+)/marks\.svg\?([^"]*check=feedback-letter-annex[^"]*)"', page)
    assert found is not None
    picture = caseworker.get(f"{found[1]}/picture.png")
    assert picture.headers["content-type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")
    marks = caseworker.get(f"{found[1]}/marks.svg?{found[2].replace('&amp;', '&')}")
    assert "<rect" in marks.text
    assert "sandbox" in marks.headers["content-security-policy"]
    assert caseworker.get(f"{found[1]}?{found[2].replace('&amp;', '&')}").status_code == 200


def test_a_document_is_saved_and_never_shown_as_a_page(caseworker: Visitor) -> None:
    page = caseworker.get(f"/submissions/{COMPLETE}").text
    found = re.search(r'href="(/submissions/[^"]+/documents/\d+/[0-9a-f]{64})"', page)
    assert found is not None
    answer = caseworker.get(found[1])
    assert answer.content.startswith(b"%PDF")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["content-security-policy"].startswith("sandbox")


def test_the_mail_is_shown_as_it_was_sent(caseworker: Visitor) -> None:
    page = caseworker.get("/mail/1").text
    assert "Forward to the Commissioner" in page
    assert "dhr@commissioner.demo.example" in page
    assert "250 OK" in page
    assert caseworker.get("/mail/1/source").headers["content-disposition"].startswith("attachment;")


def test_versions_stand_side_by_side(caseworker: Visitor, archive: Archive) -> None:
    caseworker.do(f"/submissions/{GAPS}/override/feedback-letter-annex", status="met", reason="it is on page 40")
    view = archive.ledger.queries.submission(GAPS)
    assert len(view.judgements) == 2
    assert "There is only one version" in caseworker.get(f"/submissions/{GAPS}/changes").text


@pytest.mark.parametrize(
    "path",
    [
        "/submissions/DHR-2099-9999",
        "/messages/999",
        "/mail/999",
        "/messages/x",
        "/nothing",
        f"/submissions/{GAPS}/actions/fly",
        f"/submissions/{GAPS}/documents/2/{'0' * 64}",
        f"/submissions/{GAPS}/override/none",
    ],
)
def test_what_is_not_there_is_a_plain_page(caseworker: Visitor, path: str) -> None:
    answer = caseworker.get(path)
    assert answer.status_code == 404
    assert "Traceback" not in answer.text
    assert "<h1" in answer.text


def test_hostile_words_stay_words(caseworker: Visitor, archive: Archive) -> None:
    raw = b'From: "<script>x</script>" <a@b.example>\r\nSubject: <img src=x onerror=alert(1)>\r\n\r\n<b>hello</b>\r\n'
    arrive(archive, 50, raw, proved=False)
    claim = archive.ledger.claims.claim(now(), timedelta(minutes=5), "test")
    assert claim is not None
    archive.ledger.claims.set_aside(claim, "<b>reason</b>", now())
    with archive.ledger.database.write() as writer:
        writer.connection.exec_driver_sql("UPDATE messages SET subject='<img src=x>', sender='<i>@x' WHERE uid=50")
        writer.connection.exec_driver_sql("UPDATE submissions SET csp='<script>1</script>', case_name='\"><u>'")
    for path in (f"/messages/{claim.id}", "/messages", "/submissions", f"/submissions/{GAPS}", "/", "/statistics"):
        text = caseworker.get(path).text
        for wrong in ("<img src=x", "<b>reason", "<i>@x", "<script>1", "<u>"):
            assert wrong not in text, (path, wrong)


def test_machines_ask_without_signing_in_and_learn_numbers_only(visitor: Visitor) -> None:
    assert visitor.get("/health/live").text == "alive\n"
    assert visitor.get("/health/ready").status_code == 200
    numbers = visitor.get("/metrics").text
    assert 'intake_submissions{state="review"} 1.0' in numbers
    assert 'intake_ledger_balanced{mailbox="main"} 1.0' in numbers
    assert float(re.findall(r'intake_stage_seconds_total\{stage="read"\} (\S+)', numbers)[0]) > 0
    assert float(re.findall(r"^intake_judgements_total (\S+)", numbers, re.MULTILINE)[0]) >= 4
    assert "intake_strikes 0.0" in numbers
    assert "intake_ocr_pages_total" in numbers
    assert "DHR-" not in numbers
    assert "@" not in numbers
