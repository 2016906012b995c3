"""Sending by Microsoft Graph: each mail at most once, and never a mail whose fate is guessed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from intake.correspondence.mime import Enclosure, address_header, assemble, id_header, text_header
from intake.delivery import Delivery
from intake.delivery.draft import addressees, take_apart
from intake.delivery.graph import AT_ONCE
from intake.delivery.upload import SESSION_FROM
from intake.errors import RelayError
from intake.model import MailKind, OutgoingMail, OutgoingState
from tests.graph import graph_carrier
from tests.servers.graph import Fault, GraphServer
from tests.servers.graph_mailbox import GraphStore

TO = "dhr@commissioner.example"
COPY = "clerk@council.example"
ID = "<forward.0001@intake.example>"
SENDS = r"/(sendMail|send)$"


@pytest.fixture
def user(graph: GraphServer) -> Iterator[GraphStore]:
    yield graph.add_user("dhr@intake.example")
    assert graph.broken == []


def a_mail(*files: bytes, message_id: str = ID, **changes: Any) -> OutgoingMail:
    headers = [
        address_header("From", [("DHR enquiries", "dhr@intake.example")]),
        address_header("To", [("The Commissioner’s office", TO)]),
        address_header("Cc", [("", COPY)]),
        text_header("Subject", "Northmere’s report"),
        ("Message-ID", message_id),
        id_header("In-Reply-To", ["<first@council.example>"]),
        id_header("References", ["<nought@council.example>", "<first@council.example>"]),
        ("Auto-Submitted", "auto-generated"),
        *((f"X-Intake-Number-{number}", str(number)) for number in range(6)),
    ]
    enclosures = [
        Enclosure(f"Rëport {number}.pdf", "application/pdf", content) for number, content in enumerate(files, 1)
    ]
    content = assemble(headers, message_id, "In words.\n", "<p>In words.</p>", enclosures)
    usual: dict[str, Any] = {
        "kind": MailKind.FORWARD,
        "sender": "dhr@intake.example",
        "recipients": (TO, COPY),
        "subject": "Northmere’s report",
        "message_id": message_id,
        "content": content,
    }
    return OutgoingMail(**(usual | changes))


def a_file(size: int) -> bytes:
    return (b"%PDF-1.7 0123456789\n" * (size // 20 + 1))[:size]


LARGE = a_mail(a_file(4_500_000))
BOTH = pytest.mark.parametrize("mail", [a_mail(a_file(1000)), LARGE], ids=["small", "large"])


def deliver(
    graph: GraphServer, user: GraphStore, folder: Path, mail: OutgoingMail, marked: list[int] | None = None
) -> Delivery:
    """Hand it over; `marked` gets the number of mails that had left when the mark was asked for."""
    carrier = graph_carrier(graph, user, folder)

    async def mark() -> None:
        if marked is not None:
            marked.append(len(graph.sent))

    async def act() -> Delivery:
        try:
            return await carrier.deliver(mail, mark)
        finally:
            await carrier.close()

    return asyncio.run(act())


def drafts(user: GraphStore) -> int:
    return len(user.messages("Drafts"))


def read(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=default)


# --- what arrives ---------------------------------------------------------------------------------------------


def test_a_small_mail_goes_as_it_is(graph: GraphServer, user: GraphStore, tmp_path: Path) -> None:
    mail, marked = a_mail(a_file(1000)), list[int]()
    assert deliver(graph, user, tmp_path, mail, marked).state is OutgoingState.SENT
    assert [each.raw for each in graph.sent] == [mail.content]
    assert marked == [0]
    assert drafts(user) == 0


def test_the_largest_mail_that_goes_at_once_fits_into_one_request(
    graph: GraphServer, user: GraphStore, tmp_path: Path
) -> None:
    spare = AT_ONCE - len(a_mail(a_file(2_000_000)).content)
    mail = a_mail(a_file(2_000_000 + spare * 57 // 78 // 57 * 57))
    assert AT_ONCE - 200 < len(mail.content) <= AT_ONCE
    assert deliver(graph, user, tmp_path, mail).state is OutgoingState.SENT
    assert max(each.size for each in graph.asked) > 3_900_000


def test_a_large_mail_arrives_with_the_same_files_and_headers(
    graph: GraphServer, user: GraphStore, tmp_path: Path
) -> None:
    files = [a_file(9_000_000), a_file(SESSION_FROM), a_file(SESSION_FROM - 100_000), a_file(10)]
    marked = list[int]()
    assert deliver(graph, user, tmp_path, a_mail(*files), marked).state is OutgoingState.SENT
    (sent,) = graph.sent
    mail = read(sent.raw)
    assert sent.recipients == (TO, COPY)
    assert [part.get_content() for part in mail.iter_attachments()] == files
    assert [part.get_filename() for part in mail.iter_attachments()] == [f"Rëport {n}.pdf" for n in range(1, 5)]
    assert mail["Subject"] == "Northmere’s report"
    assert mail["Message-ID"] == ID
    assert mail["In-Reply-To"] == "<first@council.example>"
    assert mail["References"] == "<nought@council.example> <first@council.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert [mail[f"X-Intake-Number-{number}"] for number in range(6)] == list("012345")
    body = mail.get_body(("html",))
    assert body is not None
    assert "<p>In words.</p>" in body.get_content()
    assert marked == [0]
    assert drafts(user) == 0


def test_an_upload_goes_on_where_the_server_says(graph: GraphServer, user: GraphStore, tmp_path: Path) -> None:
    graph.spoil(Fault("PUT", status=503, times=2))
    assert deliver(graph, user, tmp_path, LARGE).state is OutgoingState.SENT
    assert [each.headers["content-range"].partition("-")[0] for each in graph.asked if each.method == "PUT"] == [
        "bytes 0",
        "bytes 0",
        "bytes 0",
        "bytes 3932160",
    ]


# --- what is not sent ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("recipients", [(TO,), (TO, COPY, "third@council.example"), ()])
def test_a_mail_whose_headers_name_others_is_never_sent(
    graph: GraphServer, user: GraphStore, tmp_path: Path, recipients: tuple[str, ...]
) -> None:
    marked = list[int]()
    delivery = deliver(graph, user, tmp_path, a_mail(recipients=recipients), marked)
    assert delivery.state is OutgoingState.FAILED
    assert (graph.sent, graph.asked, marked) == ([], [], [])


@BOTH
def test_what_is_refused_for_good_is_failed_and_leaves_nothing_behind(
    graph: GraphServer, user: GraphStore, tmp_path: Path, mail: OutgoingMail
) -> None:
    graph.refuse = lambda _message: "400 ErrorInvalidRecipients"
    delivery = deliver(graph, user, tmp_path, mail)
    assert (delivery.state, delivery.code, delivery.relay_down) == (OutgoingState.FAILED, 400, False)
    assert "ErrorInvalidRecipients" in delivery.text
    assert drafts(user) == 0


@BOTH
@pytest.mark.parametrize(("status", "code"), [(403, "ErrorSendAsDenied"), (429, "ApplicationThrottled"), (401, "x")])
def test_what_is_refused_for_now_is_deferred(
    graph: GraphServer, user: GraphStore, tmp_path: Path, mail: OutgoingMail, status: int, code: str
) -> None:
    graph.spoil(Fault(SENDS, status=status, code=code, retry_after="2"))
    delivery = deliver(graph, user, tmp_path, mail)
    assert (delivery.state, delivery.relay_down) == (OutgoingState.DEFERRED, status != 429)
    assert graph.sent == []
    assert drafts(user) == 0


@BOTH
@pytest.mark.parametrize("fault", [Fault("sentitems", status=503, times=9), Fault("sentitems", cut="before", times=9)])
def test_an_outage_is_noticed_before_the_mark(
    graph: GraphServer, user: GraphStore, tmp_path: Path, mail: OutgoingMail, fault: Fault
) -> None:
    graph.spoil(fault)
    marked = list[int]()
    delivery = deliver(graph, user, tmp_path, mail, marked)
    assert (delivery.state, delivery.relay_down, marked) == (OutgoingState.DEFERRED, True, [])


def test_nothing_that_goes_wrong_with_a_draft_sends_it(graph: GraphServer, user: GraphStore, tmp_path: Path) -> None:
    for fault in (
        Fault("POST .*/messages$", cut="after"),
        Fault("createUploadSession", status=500),
        Fault("PUT", cut="before", times=9),
        Fault("GET .*/attachments$", status=502, times=9),
    ):
        graph.spoil(fault)
        marked = list[int]()
        delivery = deliver(graph, user, tmp_path, LARGE, marked)
        assert (delivery.state, marked) == (OutgoingState.DEFERRED, [])
    graph.spoil()
    assert graph.sent == []
    assert deliver(graph, user, tmp_path, LARGE).state is OutgoingState.SENT
    assert drafts(user) == 0  # also the one that was made and whose name never came


def test_a_draft_that_lost_a_file_is_not_sent(
    graph: GraphServer, user: GraphStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.servers.graph_mailbox.StoredMessage.attach", lambda *_: None)
    marked = list[int]()
    delivery = deliver(graph, user, tmp_path, LARGE, marked)
    assert (delivery.state, marked, graph.sent) == (OutgoingState.FAILED, [], [])
    assert "is not the email that it was given" in delivery.text


def test_a_mark_that_cannot_be_set_sends_nothing(graph: GraphServer, user: GraphStore, tmp_path: Path) -> None:
    async def act() -> None:
        carrier = graph_carrier(graph, user, tmp_path)
        try:
            await carrier.deliver(a_mail(), _lost)
        finally:
            await carrier.close()

    with pytest.raises(KeyError):
        asyncio.run(act())
    assert graph.sent == []


async def _lost() -> None:
    raise KeyError


# --- what nobody can tell ---------------------------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize("fault", [Fault(SENDS, cut="after"), Fault(SENDS, then=504), Fault(SENDS, then=500)])
def test_a_lost_answer_is_settled_by_the_copy_in_sent_items(
    graph: GraphServer, user: GraphStore, tmp_path: Path, mail: OutgoingMail, fault: Fault
) -> None:
    graph.spoil(fault)
    delivery = deliver(graph, user, tmp_path, mail)
    assert (delivery.state, delivery.relay_down) == (OutgoingState.SENT, False)
    assert "a copy is in Sent Items" in delivery.text
    assert len(graph.sent) == 1


@BOTH
@pytest.mark.parametrize(
    "fault", [Fault(SENDS, cut="after"), Fault(SENDS, cut="before"), Fault(SENDS, status=503), Fault(SENDS, status=302)]
)
def test_without_a_copy_it_stays_uncertain_and_is_asked_for_once(
    graph: GraphServer, user: GraphStore, tmp_path: Path, mail: OutgoingMail, fault: Fault
) -> None:
    graph.keeps_copies = False
    graph.spoil(fault)
    marked = list[int]()
    delivery = deliver(graph, user, tmp_path, mail, marked)
    assert (delivery.state, delivery.relay_down, marked) == (OutgoingState.UNCERTAIN, True, [0])
    assert sum(each.path.endswith(("/sendMail", "/send")) for each in graph.asked) == 1


def test_a_copy_of_an_earlier_attempt_proves_nothing(graph: GraphServer, user: GraphStore, tmp_path: Path) -> None:
    mail = a_mail()
    assert deliver(graph, user, tmp_path, mail).state is OutgoingState.SENT
    graph.spoil(Fault(SENDS, cut="before"))
    assert deliver(graph, user, tmp_path, mail).state is OutgoingState.UNCERTAIN


def test_a_server_that_cannot_be_reached_for_sending_has_got_nothing(
    graph: GraphServer, user: GraphStore, tmp_path: Path
) -> None:
    """The request that sends has a connection of its own: where that cannot be made, nothing was said."""
    carrier = graph_carrier(graph, user, tmp_path)

    async def gone() -> None:
        graph.stop_listening()

    async def act() -> Delivery:
        try:
            return await carrier.deliver(a_mail(), gone)
        finally:
            await carrier.close()

    delivery = asyncio.run(act())
    assert (delivery.state, delivery.relay_down) == (OutgoingState.DEFERRED, True)


# --- taking apart ------------------------------------------------------------------------------------------------


def test_the_headers_say_whom_it_goes_to() -> None:
    assert addressees(a_mail().content) == {TO, COPY}
    assert addressees(b"To: A@B.example\r\nBcc: c@d.example\r\n\r\nTo: not@me.example\r\n") == {
        "a@b.example",
        "c@d.example",
    }


def test_a_mail_that_cannot_be_taken_apart_is_a_persons() -> None:
    outer = EmailMessage(policy=default)
    outer["Message-ID"], outer["To"] = ID, TO
    outer.set_content("Another mail is in here.")
    outer.add_attachment(read(a_mail().content))
    with pytest.raises(RelayError, match="cannot take in pieces"):
        take_apart(outer.as_bytes())


def test_the_probe_says_who_is_there(graph: GraphServer, user: GraphStore, tmp_path: Path) -> None:
    async def act() -> tuple[int | None, bool]:
        carrier = graph_carrier(graph, user, tmp_path)
        try:
            facts = await carrier.probe()
            return facts.size_limit, facts.dsn
        finally:
            await carrier.close()

    assert asyncio.run(act()) == (None, False)
    graph.spoil(Fault("sentitems", status=403, code="ErrorAccessDenied"))
    with pytest.raises(RelayError, match="ErrorAccessDenied"):
        asyncio.run(act())
