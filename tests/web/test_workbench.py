"""The screen to decide on, over an office in which things wait for different reasons."""

from __future__ import annotations

import csv
import email
import email.policy
import hashlib
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from html import unescape
from pathlib import Path

import pytest
from fastapi import FastAPI
from pypdf import PdfReader

from intake.ledger import LASTS, Act
from intake.ledger.tables import message_words
from intake.model import MailKind, MessageState, OutgoingState, SubmissionState
from intake.sandbox.sandbox import Sandbox
from intake.wiring.archive import Archive
from tests.web.office import ASKED, FAINT, RESTRICTED, RESTRICTION, RIVALS, Visitor, an_office, now

SET_ASIDE = 5  # the message's number


@pytest.fixture
def opened(doubtful: Path, sandbox: Sandbox, tmp_path: Path) -> Iterator[tuple[FastAPI, Archive]]:
    with an_office(doubtful, tmp_path, sandbox) as made:
        yield made


@pytest.fixture
def colleague(base: str, archive: Archive) -> Iterator[Visitor]:
    made = Visitor(base)
    made.enter(archive, "alan")
    yield made
    made.client.close()


def main(html: str) -> str:
    return html[html.index("<main") :]


# --- what is open -----------------------------------------------------------------------------------------------------


def test_what_is_open_stands_before_what_can_be_done_with_the_senders_sentence(caseworker: Visitor) -> None:
    page = main(caseworker.get(f"/submissions/{RESTRICTED}").text)
    order = ["What is open", RESTRICTION, "Commissioner:</strong> not sent", "What you can do", "What the sender wrote"]
    places = [page.index(words) for words in order]
    assert places == sorted(places)
    assert f'<mark class="app-mark">{RESTRICTION}</mark>' in page


def test_nothing_is_the_main_thing_while_a_restriction_is_open(caseworker: Visitor) -> None:
    page = main(caseworker.get(f"/submissions/{RESTRICTED}").text)
    buttons = re.findall(r'<a[^>]*class="govuk-button[^>]*>', page)
    assert len(buttons) >= 2
    assert all("govuk-button--secondary" in button for button in buttons)


def test_a_scan_that_could_not_be_read_may_be_released_as_the_main_thing(caseworker: Visitor) -> None:
    page = main(caseworker.get(f"/submissions/{FAINT}").text)
    assert re.search(
        r'href="[^"]*/actions/compliant"[^>]*class="govuk-button"|class="govuk-button"[^>]*compliant"', page
    )
    assert "It is met" in page
    assert "It is a gap" in page


def test_only_what_can_be_carried_out_is_offered(caseworker: Visitor, archive: Archive) -> None:
    asked = main(caseworker.get(f"/submissions/{ASKED}").text)
    assert f"/submissions/{archive.ledger.submissions.get(ASKED).reference}/actions/gaps" not in asked
    assert "has already gone" in asked
    assert caseworker.get(f"/submissions/{ASKED}/actions/gaps").status_code == 422
    restricted = main(caseworker.get(f"/submissions/{RESTRICTED}").text)
    assert "/actions/gaps" not in restricted


def test_each_doubt_is_settled_by_itself(caseworker: Visitor, archive: Archive) -> None:
    doubts = [row for row in archive.ledger.queries.submission(RESTRICTED).doubts if row.closed_at is None]
    assert len(doubts) == 2
    page = caseworker.get(f"/submissions/{RESTRICTED}")
    answer = caseworker.send(
        page, f"/submissions/{RESTRICTED}/actions/settle", doubt=str(doubts[0].id), reason="I rang them"
    )
    assert "The doubt is settled" in answer.text
    rows = archive.ledger.queries.submission(RESTRICTED).doubts
    assert [row.closed_why for row in rows if row.closed_at] == ["I rang them"]
    assert archive.ledger.submissions.get(RESTRICTED).state is SubmissionState.REVIEW


# --- the pages beside it ----------------------------------------------------------------------------------------------


def test_the_pane_opens_where_a_check_could_not_read_and_turns_by_links(caseworker: Visitor) -> None:
    page = main(caseworker.get(f"/submissions/{FAINT}").text)
    shown = re.search(r"final\.pdf, page (\d+) of (\d+)</h2>", page)
    assert shown is not None
    number, last = int(shown[1]), int(shown[2])
    assert number > 1
    previous = re.search(r'href="([^"]+)">Previous', page)
    assert previous is not None
    before = main(caseworker.get(unescape(previous[1]).partition("#")[0]).text)
    assert f"page {number - 1} of {last}</h2>" in before
    hidden = dict(re.findall(r'<input type="hidden" name="(doc|zoom)" value="([^"]+)"', before))
    reference = caseworker.get(f"/submissions/{FAINT}").url.path
    gone_to = main(caseworker.client.get(reference, params=hidden | {"page": "2", "zoom": "3"}).text)
    assert f"page 2 of {last}</h2>" in gone_to
    assert "picture.png?zoom=3" in gone_to
    far = main(caseworker.client.get(reference, params=hidden | {"page": "9999"}).text)
    assert f"page {last} of {last}</h2>" in far


def test_a_larger_picture_is_finer(caseworker: Visitor) -> None:
    page = main(caseworker.get(f"/submissions/{FAINT}").text)
    found = re.search(r'src="(/submissions/[^"]+/picture\.png)"', page)
    assert found is not None
    small, large = (caseworker.get(found[1] + query).content for query in ("", "?zoom=3"))
    assert len(large) > len(small)


# --- sending ----------------------------------------------------------------------------------------------------------


def text_of(html: str, field: str) -> str:
    return unescape(html.split(f'name="{field}"')[1].split(">", 1)[1].split("</textarea>", maxsplit=1)[0]).strip()


def sent(archive: Archive, reference: str, kind: MailKind) -> EmailMessage:
    mails = archive.ledger.queries.submission(reference).outgoing
    mail = next(each for each in reversed(mails) if each.kind is kind and each.state is not OutgoingState.CANCELLED)
    message = email.message_from_bytes(archive.store.read(mail.sha256), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_every_mail_can_be_reworded_and_its_files_stay_as_they_were(caseworker: Visitor, archive: Archive) -> None:
    page = caseworker.get(f"/submissions/{FAINT}/actions/compliant")
    note, thanks = text_of(page.text, "text-forward"), text_of(page.text, "text-acknowledgement")
    assert "as one PDF with its annexes, exactly as we received it." in note  # no line is wrapped
    answer = caseworker.send(
        page, reason="I read it", **{"text-forward": f"{note}\n\nSeen by hand.", "text-acknowledgement": thanks}
    )
    assert "Released as compliant" in answer.text
    forward, view = sent(archive, FAINT, MailKind.FORWARD), archive.ledger.queries.submission(FAINT)
    body = forward.get_body(("plain",))
    assert body is not None
    assert "Seen by hand." in body.get_content()
    assert forward.get_body(("html",)) is None  # it would still say what was there before
    files = {part.get_filename(): part.get_content() for part in forward.iter_attachments()}
    report = next(content for name, content in files.items() if name and name.endswith(".pdf"))
    assert hashlib.sha256(report).hexdigest() == view.submission.report_sha256
    assert "intake-manifest.json" in files
    assert sent(archive, FAINT, MailKind.ACKNOWLEDGEMENT).get_body(("html",)) is not None  # nobody changed that


def test_an_empty_text_is_said_at_its_field(caseworker: Visitor) -> None:
    answer = caseworker.do(f"/submissions/{FAINT}/actions/compliant", reason="x", **{"text-forward": "  "})
    assert answer.status_code == 422
    assert 'href="#text-forward"' in answer.text
    assert answer.text.count("The text of the email is empty") == 2


def test_a_wrong_gap_is_corrected_and_sent_in_one_form_and_the_mail_says_so(
    caseworker: Visitor, archive: Archive
) -> None:
    path = f"/submissions/{ASKED}/override/feedback-letter-annex"
    page = caseworker.get(f"{path}?status=met")
    assert "the report can be forwarded at once" in page.text
    answer = caseworker.send(page, path, then="send", reason="It is on page 9, as a picture")
    assert "Released as compliant" in answer.text
    body = sent(archive, ASKED, MailKind.ACKNOWLEDGEMENT).get_body(("plain",))
    assert body is not None
    assert "asked you for something that was already there" in " ".join(body.get_content().split())
    assert [note.about for note in archive.ledger.queries.submission(ASKED).notes] == ["override", "released"]
    assert archive.ledger.events.verify().sound


def test_a_correction_that_leaves_a_gap_sends_a_reply_that_takes_the_wrong_one_back(
    caseworker: Visitor, archive: Archive
) -> None:
    caseworker.do(f"/submissions/{ASKED}/override/feedback-letter-annex", status="met", reason="it is there")
    path = f"/submissions/{ASKED}/override/action-plan-annex"
    page = caseworker.get(f"{path}?status=gap")
    assert "the CSP can be told at once" in page.text
    answer = caseworker.send(page, path, then="send", reason="Half of it is missing")
    assert "The reply to the CSP" in answer.text
    replies = [each for each in archive.ledger.queries.submission(ASKED).outgoing if each.kind is MailKind.REPLY]
    assert [each.state for each in replies] == [OutgoingState.SENT, OutgoingState.QUEUED]
    body = sent(archive, ASKED, MailKind.REPLY).get_body(("plain",))
    assert body is not None
    assert "Please disregard it" in " ".join(body.get_content().split())


def test_a_check_that_was_unsure_is_in_doubt_no_more_once_it_is_corrected(
    caseworker: Visitor, archive: Archive
) -> None:
    path = f"/submissions/{FAINT}/override/feedback-letter-annex"
    page = caseworker.get(f"{path}?status=met")
    assert "This goes past" not in page.text
    caseworker.send(page, path, reason="I read it")
    rows = {row.code: row.closed_why for row in archive.ledger.queries.submission(FAINT).doubts}
    assert rows == {"check-unsure": "I read it", "put-right": None}


def test_one_of_two_reports_is_chosen(caseworker: Visitor, archive: Archive) -> None:
    page = main(caseworker.get(f"/submissions/{RIVALS}").text)
    ways = re.findall(r'href="(/submissions/[^"]+/actions/compliant\?report=[0-9a-f]+)">Release “([^”]+)”', page)
    assert {name for _, name in ways} == {"DHR Cora final.pdf", "DHR Bea final.pdf"}
    way = next(href for href, name in ways if "Bea" in name)
    asked = caseworker.get(way)
    assert "DHR Bea final.pdf" in asked.text
    caseworker.send(asked, asked.url.path, reason="Bea’s is the final one")
    names = {part.get_filename() for part in sent(archive, RIVALS, MailKind.FORWARD).iter_attachments()}
    assert "DHR Bea final.pdf" in names
    assert "DHR Cora final.pdf" not in names


# --- colleagues -------------------------------------------------------------------------------------------------------


def test_a_note_written_meanwhile_stops_a_deed_once_with_its_words(
    caseworker: Visitor, colleague: Visitor, archive: Archive
) -> None:
    slow = caseworker.get(f"/submissions/{FAINT}/actions/compliant")
    colleague.do(f"/submissions/{FAINT}/actions/note", reason="ringing the sender first")
    stopped = caseworker.send(slow, reason="it is fine")
    assert stopped.status_code == 409
    assert "ringing the sender first" in stopped.text
    assert "it is fine" in stopped.text
    assert archive.ledger.submissions.get(FAINT).state is SubmissionState.REVIEW
    assert caseworker.send(stopped, slow.url.path, reason="it is fine").status_code == 200
    assert archive.ledger.submissions.get(FAINT).state is SubmissionState.OPEN


def test_looking_is_seen_by_colleagues_stops_them_once_and_ends_after_an_hour(
    caseworker: Visitor, colleague: Visitor, archive: Archive
) -> None:
    page = colleague.get(f"/submissions/{FAINT}")
    answer = colleague.send(page, f"/submissions/{FAINT}/looking", looking="yes")
    assert "Colleagues see that you are looking at this" in answer.text
    for path in ("/", f"/submissions/{FAINT}", f"/submissions/{FAINT}/actions/ignore"):
        assert "Alan Example (alan)" in main(caseworker.get(path).text), path
    first = caseworker.do(f"/submissions/{FAINT}/actions/note", reason="me too")
    assert first.status_code == 409
    assert "Alan Example (alan) is looking at this" in first.text
    assert caseworker.send(first, first.url.path, reason="me too").status_code == 200
    row = archive.ledger.submissions.get(FAINT)
    with archive.ledger.database.write() as writer:
        passed = (now() - LASTS - timedelta(minutes=1)).replace(tzinfo=None)
        over = "UPDATE looking SET since = :since, until = :until WHERE submission_id = :id"
        values = {"since": passed, "until": passed + LASTS, "id": row.id}
        writer.connection.exec_driver_sql(over, {name: str(value) for name, value in values.items()})
    assert "is looking at this" not in main(caseworker.get(f"/submissions/{FAINT}").text)
    assert caseworker.do(f"/submissions/{FAINT}/actions/note", reason="and again").status_code == 200


def test_a_hold_is_told_with_its_reason_wherever_something_is_done(caseworker: Visitor, colleague: Visitor) -> None:
    colleague.do(f"/submissions/{FAINT}/actions/hold", reason="the family is being told today")
    for path in (
        f"/submissions/{FAINT}",
        f"/submissions/{FAINT}/actions/compliant",
        f"/submissions/{FAINT}/actions/note",
    ):
        assert "the family is being told today" in main(caseworker.get(path).text), path
    assert "On hold" in main(caseworker.get("/").text)
    goes_past = caseworker.get(f"/submissions/{FAINT}/actions/compliant").text.split("This goes past")[1]
    assert "the family is being told today" in goes_past.split("</ul>")[0]


# --- messages ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("deed", "about"), [("answered", "answered-by-hand"), ("seen", "seen")])
def test_a_message_that_was_set_aside_is_dealt_with_by_hand(
    caseworker: Visitor, archive: Archive, deed: str, about: str
) -> None:
    page = main(caseworker.get(f"/messages/{SET_ASIDE}").text)
    for words in ("A file that nobody could read", "joanna.reed@northmere.gov.example", "Here it is."):
        assert words in page
    assert "A file that nobody could read" in main(caseworker.get("/").text)
    caseworker.do(f"/messages/{SET_ASIDE}/actions/{deed}", reason="rang her")
    row = archive.ledger.queries.message(SET_ASIDE)
    assert row.message.seen_by == "Cora Example (cora)"
    assert [note.about for note in row.notes] == [about]
    assert "A file that nobody could read" not in main(caseworker.get("/").text)
    again = caseworker.do(f"/messages/{SET_ASIDE}/actions/{deed}", reason="twice")
    assert again.status_code == 409


def test_a_message_is_handed_back_to_the_program(caseworker: Visitor, archive: Archive) -> None:
    caseworker.do(f"/messages/{SET_ASIDE}/actions/seen", reason="for now")
    caseworker.do(f"/messages/{SET_ASIDE}/actions/recheck", reason="try again")
    row = archive.ledger.queries.message(SET_ASIDE).message
    assert row.state is MessageState.ARRIVED
    assert row.seen_at is None


def test_a_join_is_seen_side_by_side_and_undone_from_the_timeline(caseworker: Visitor, archive: Archive) -> None:
    target = archive.ledger.submissions.get(FAINT).reference
    source = archive.ledger.submissions.get(RESTRICTED).reference
    page = caseworker.client.get("/messages/1/actions/join", params={"reference": FAINT})
    sides = main(page.text)
    assert "‘Anna’" in sides or "Anna" in sides
    assert source in sides
    assert target in sides
    answer = caseworker.send(page, "/messages/1/actions/join", reason="the same case")
    assert answer.url.path == f"/submissions/{target}"
    undo = re.search(r'href="(/messages/1/actions/join\?reference=[^"]+)">Undo', answer.text)
    assert undo is not None
    assert "joined a message of this submission to another" in caseworker.get(f"/submissions/{source}").text
    back = caseworker.send(caseworker.get(undo[1]), "/messages/1/actions/join", reason="no, it is not")
    assert back.url.path == f"/submissions/{source}"
    assert archive.ledger.queries.message(1).message.reference == source
    assert archive.ledger.events.verify().sound


# --- lists ------------------------------------------------------------------------------------------------------------


def test_the_work_is_one_list_with_reason_age_due_date_and_owner(caseworker: Visitor) -> None:
    page = main(caseworker.get("/").text)
    rows = re.findall(r'<tr class="govuk-table__row"><th scope="row".*?</tr>', page, re.DOTALL)[:4]
    assert [re.findall(r"DHR-2026-000\d|A file", row)[0] for row in rows] == [RESTRICTED, FAINT, RIVALS, "A file"]
    assert "A check could not be decided" in rows[1]
    assert all("nobody" in row for row in rows)
    assert all(re.search(r"Due: </span>\d+ \w+ \d{4}", row) for row in rows)
    assert "4<span" in caseworker.get("/statistics").text.split("app-count")[1]


def test_words_of_senders_subjects_and_file_names_are_found(caseworker: Visitor) -> None:
    def found(words: str) -> set[str]:
        page = main(caseworker.client.get("/submissions", params={"text": words}).text)
        return set(re.findall(r"/submissions/(DHR-2026-\d{4})", page))

    assert found("telephone") == {RESTRICTED}
    assert found("TELEPH joanna") == {RESTRICTED}
    assert found("cora final pdf") == {RIVALS}
    assert found("telephone nowhere") == set()
    assert found('it\'s "quoted" AND (odd* :') == set()
    listed = caseworker.client.get("/messages", params={"text": "telephone"}).text
    assert listed.count('href="/messages/') == 1


def test_what_was_said_is_forgotten_with_its_bytes(caseworker: Visitor, archive: Archive) -> None:
    sha256 = archive.ledger.queries.message(1).message.sha256
    assert sha256 is not None
    archive.ledger.retention.note_deleted([sha256], now(), "test")
    assert archive.ledger.queries.message(1).said is None
    assert RESTRICTED not in caseworker.client.get("/submissions", params={"text": "telephone"}).text


def test_the_way_back_keeps_the_filter_that_one_came_with(caseworker: Visitor) -> None:
    listed = caseworker.get("/submissions?state=review&sort=waiting")
    headers = {"Referer": str(listed.url)}
    page = caseworker.client.get(f"/submissions/{FAINT}", headers=headers).text
    assert 'href="/submissions?state=review&amp;sort=waiting" class="govuk-back-link"' in page
    elsewhere = caseworker.client.get(
        f"/submissions/{FAINT}", headers={"Referer": "https://other.example/submissions?x=1"}
    )
    assert 'href="/submissions" class="govuk-back-link"' in elsewhere.text


def test_success_is_read_from_the_ledger_not_from_the_address(caseworker: Visitor, colleague: Visitor) -> None:
    answer = caseworker.do(f"/submissions/{FAINT}/actions/note", reason="I rang")
    assert "Your note was added" in answer.text
    address = f"{answer.url.path}?{answer.url.query.decode()}"
    assert "Your note was added" not in colleague.get(address).text
    assert "Your note was added" not in caseworker.get(f"/submissions/{RIVALS}?{answer.url.query.decode()}").text
    assert "govuk-notification-banner" not in caseworker.get(f"/submissions/{FAINT}?done=compliant&noted=1").text


def test_the_statistics_are_a_spreadsheet_too(caseworker: Visitor) -> None:
    answer = caseworker.get("/statistics.csv?months=12")
    table = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert table[0] == ["What is counted", "Of what", "Number"]
    opened = [int(row[2]) for row in table if row[0] == "Submissions opened in the month"]
    assert (len(opened), sum(opened)) == (12, 4)


def test_no_page_speaks_of_commands(caseworker: Visitor) -> None:
    refusals = [
        caseworker.get("/submissions/DHR-1999-0001"),
        caseworker.get("/messages/999"),
        caseworker.get("/mail/999"),
        caseworker.get(f"/submissions/{ASKED}/actions/gaps"),
        caseworker.do(f"/submissions/{RESTRICTED}/actions/settle", doubt="99", reason="x"),
    ]
    for answer in refusals:
        assert answer.status_code in {404, 422}
        assert not re.search(r"\bintake (show|log|retry|override|release|explain)\b", answer.text)


# --- for the file -----------------------------------------------------------------------------------------------------


def test_the_case_sheet_is_one_pdf_with_standing_checks_pages_mail_and_who_decided(caseworker: Visitor) -> None:
    caseworker.do(f"/submissions/{FAINT}/actions/compliant", reason="I read the letter: Siân’s Dŵr <b>report</b>")
    answer = caseworker.get(f"/submissions/{FAINT}/case-sheet.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("attachment;")
    reader = PdfReader(io.BytesIO(answer.content))
    text = " ".join("\n".join(page.extract_text() for page in reader.pages).split())
    for words in (
        "Being forwarded",
        "Commissioner waits to leave",
        "The QA Panel’s feedback letter as an annex: Unsure",
        "Forward to the Commissioner: Waiting to leave",
        "Cora Example (cora) decided: compliant",
        "I read the letter: Siân’s Dwr <b>report</b>",
        "Please find attached the final version",
    ):
        assert words in text, words
    assert sum(len(page.images) for page in reader.pages) >= 2
    (width, height) = reader.pages[0].mediabox[2:]
    assert (round(width), round(height)) == (595, 842)  # A4


def test_a_reader_takes_the_case_sheet_too_and_nobody_else_does(base: str, archive: Archive) -> None:
    reader = Visitor(base)
    path = f"/submissions/{ASKED}/case-sheet.pdf"
    assert "Sign in" in reader.get(path).text
    reader.enter(archive, "rita")
    assert reader.get(path).content.startswith(b"%PDF")
    page = main(reader.get(f"/submissions/{ASKED}").text)
    assert "What you can do" not in page
    assert "/override/" not in page
    assert reader.client.post(f"/submissions/{ASKED}/looking", data={"looking": "yes"}).status_code == 403
    reader.client.close()


def test_what_was_erased_is_still_a_page_and_a_sheet(caseworker: Visitor, archive: Archive) -> None:
    caseworker.do(f"/submissions/{FAINT}/actions/ignore", reason="a test")
    archive.ledger.retention.erase(FAINT, Act(by="Ann", reason="on request", at=now()))
    for path in ("", "/case-sheet.pdf"):
        assert caseworker.get(f"/submissions/{FAINT}{path}").status_code == 200
    assert "Bea" not in main(caseworker.get(f"/submissions/{FAINT}").text)
    assert RESTRICTED in caseworker.get("/").text


def test_a_sentence_is_marked_at_the_end_of_a_long_mail(caseworker: Visitor, archive: Archive) -> None:
    with archive.ledger.database.write() as writer:
        words = ("a word and " * 5000) + RESTRICTION
        writer.connection.execute(message_words.update().where(message_words.c.message_id == 1).values(words=words))
    assert f'<mark class="app-mark">{RESTRICTION}</mark>' in caseworker.get(f"/submissions/{RESTRICTED}").text
