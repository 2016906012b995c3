"""What only Microsoft Graph has: delta rounds, numbers that outlive the program, throttling, and its own refusals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from intake.errors import MailboxError, MessageVanished
from intake.graph import GraphError, segment
from intake.graph.line import LONGEST_WAIT
from intake.ledger import Ledger
from intake.mailbox import FolderMissing, UidValidityChanged
from tests.empty_ledger import put_empty_ledger
from tests.graph import Sleeps, graph_line, graph_mailbox
from tests.servers.graph import Fault, GraphServer
from tests.servers.graph_mailbox import GraphStore
from tests.test_mailbox import a_mail

HOUR = timedelta(hours=1)


@pytest.fixture
def user(graph: GraphServer) -> Iterator[GraphStore]:
    yield graph.add_user()
    assert graph.broken == []


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    put_empty_ledger(url)
    with Ledger.open(url) as opened:
        yield opened


def rounds(graph: GraphServer) -> list[str]:
    """The delta requests: "" for one that begins anew, else the token's kind."""
    asked = [each.query for each in graph.asked if each.path.endswith("/delta")]
    return ["deltatoken" if "$deltatoken" in query else "skip" if "$skiptoken" in query else "" for query in asked]


# --- numbers --------------------------------------------------------------------------------------------------


def test_numbers_follow_the_time_of_arrival_and_outlive_the_program(
    graph: GraphServer, user: GraphStore, ledger: Ledger, tmp_path: Path
) -> None:
    begun = datetime(2026, 11, 20, 9, tzinfo=UTC)
    for number in range(7):  # the server hands them out the other way round, three to a page
        user.append(a_mail(number), internaldate=begun + number * HOUR)
    with graph_mailbox(graph, user, tmp_path, ledger.numbering) as mailbox:
        assert mailbox.select("INBOX").uidnext == 8
        assert [each.message_id for each in mailbox.list_new(1)[0]] == [f"<m{n}@council.test>" for n in range(7)]
    user.append(a_mail(7), internaldate=begun)  # older than all, and new all the same
    with graph_mailbox(graph, user, tmp_path, ledger.numbering) as mailbox:
        mailbox.select("INBOX")
        (new,), _ = mailbox.list_new(8)
        assert (new.uid, new.message_id) == (8, "<m7@council.test>")
    assert rounds(graph)[0] == ""
    assert "" not in rounds(graph)[1:]


def test_a_look_at_a_quiet_folder_is_one_request(
    graph: GraphServer, user: GraphStore, ledger: Ledger, tmp_path: Path
) -> None:
    user.append(a_mail())
    with graph_mailbox(graph, user, tmp_path, ledger.numbering) as mailbox:
        mailbox.select("INBOX")
        graph.asked.clear()
        mailbox.select("INBOX")
        assert len(graph.asked) == 1
        assert graph.asked[0].headers["prefer"] == 'IdType="ImmutableId", odata.maxpagesize=500'


def test_an_account_of_changes_that_is_too_old_begins_anew_and_numbers_stay(
    graph: GraphServer, user: GraphStore, ledger: Ledger, tmp_path: Path
) -> None:
    first, second = user.append(a_mail(1)), user.append(a_mail(2))
    with graph_mailbox(graph, user, tmp_path, ledger.numbering) as mailbox:
        before = mailbox.select("INBOX")
        user.remove(first)
        third = user.append(a_mail(3))
        user.forget_changes()
        after = mailbox.select("INBOX", before.uidvalidity)
        assert after.uidnext == before.uidnext + 1
        assert mailbox.uids() == [second, third]


def test_a_round_that_breaks_off_changes_nothing(
    graph: GraphServer, user: GraphStore, ledger: Ledger, tmp_path: Path
) -> None:
    for number in range(5):
        user.append(a_mail(number))
    with graph_mailbox(graph, user, tmp_path, ledger.numbering) as mailbox:
        mailbox.select("INBOX")
        user.append(a_mail(5))
        graph.spoil(Fault("/delta$", cut="middle", times=3))
        with pytest.raises(MailboxError):
            mailbox.select("INBOX")
        assert not mailbox.connected
        graph.spoil()
        mailbox.connect()
        assert mailbox.select("INBOX").uidnext == 7


def test_a_folder_of_the_same_name_is_another_folder(
    graph: GraphServer, user: GraphStore, ledger: Ledger, tmp_path: Path
) -> None:
    user.append(a_mail(), "DHR")
    with graph_mailbox(graph, user, tmp_path, ledger.numbering) as mailbox:
        known = mailbox.select("DHR").uidvalidity
        assert mailbox.select("dhr", known).uidvalidity == known
        user.make_anew("DHR")
        with pytest.raises(MailboxError):
            mailbox.select("DHR", known)
        with pytest.raises(UidValidityChanged):
            mailbox.select("DHR", known)
        with pytest.raises(MailboxError, match="No folder is selected"):
            mailbox.move(1, "Intake/Complete")


def test_two_that_look_at_once_agree(graph: GraphServer, user: GraphStore, ledger: Ledger, tmp_path: Path) -> None:
    first, second = (graph_mailbox(graph, user, tmp_path, ledger.numbering) for _ in range(2))
    user.append(a_mail(1))
    with first, second:
        first.select("INBOX")
        second.select("INBOX")
        user.append(a_mail(2))
        assert first.uids() == [1, 2]
        assert second.uids() == [1, 2]


# --- messages that go ------------------------------------------------------------------------------------------


def test_a_message_that_goes_while_it_is_fetched_has_vanished(
    graph: GraphServer, user: GraphStore, tmp_path: Path
) -> None:
    uid = user.append(a_mail())
    with graph_mailbox(graph, user, tmp_path) as mailbox:
        mailbox.select("INBOX")
        graph.spoil(Fault(r"\$value$", status=404, code="ErrorItemNotFound"))
        with pytest.raises(MessageVanished):
            list(mailbox.fetch(uid))
        assert mailbox.connected


def test_a_message_that_breaks_off_is_never_taken_for_whole(
    graph: GraphServer, user: GraphStore, tmp_path: Path
) -> None:
    uid = user.append(a_mail(1, 3_000_000))
    with graph_mailbox(graph, user, tmp_path) as mailbox:
        mailbox.select("INBOX")
        graph.spoil(Fault(r"\$value$", cut="middle"))
        with pytest.raises(MailboxError) as caught:
            list(mailbox.fetch(uid))
        assert not isinstance(caught.value, MessageVanished)
        assert not mailbox.connected


def test_a_mailbox_that_is_gone_is_no_message_that_vanished(
    graph: GraphServer, user: GraphStore, tmp_path: Path
) -> None:
    uid = user.append(a_mail())
    with graph_mailbox(graph, user, tmp_path) as mailbox:
        mailbox.select("INBOX")
        del graph.users[user.address]
        with pytest.raises(MailboxError, match="404, ErrorInvalidUser") as caught:
            list(mailbox.fetch(uid))
        assert not isinstance(caught.value, MessageVanished)
        with pytest.raises(MailboxError):
            mailbox.move(uid, "Intake/Complete")
        assert "Check the mailbox's name" in caught.value.hint


def test_a_target_folder_that_goes_meanwhile_is_not_a_message_that_went(
    graph: GraphServer, user: GraphStore, tmp_path: Path
) -> None:
    first, second = user.append(a_mail(1)), user.append(a_mail(2))
    with graph_mailbox(graph, user, tmp_path) as mailbox:
        mailbox.select("INBOX")
        assert mailbox.move(first, "Done")
        user.make_anew("Done")
        with pytest.raises(MailboxError, match='folder "Done" is not there any more'):
            mailbox.move(second, "Done")
        assert mailbox.move(second, "Done") is True


# --- refusals and limits ---------------------------------------------------------------------------------------


def test_a_short_wait_is_waited_out(graph: GraphServer, user: GraphStore, tmp_path: Path) -> None:
    time = Sleeps()
    graph.spoil(Fault("inbox", status=429, retry_after="7"))
    with graph_mailbox(graph, user, tmp_path, time=time) as mailbox:
        assert mailbox.connected
    assert time.slept == [7.0]


def test_a_long_wait_is_kept_to_without_asking(graph: GraphServer, user: GraphStore, tmp_path: Path) -> None:
    time = Sleeps()
    graph.spoil(Fault("inbox", status=503, retry_after="300"))
    mailbox = graph_mailbox(graph, user, tmp_path, time=time)
    with pytest.raises(MailboxError):
        mailbox.connect()
    asked = len(graph.asked)
    with pytest.raises(MailboxError, match="asks us to wait 300 more seconds"):
        mailbox.connect()
    assert len(graph.asked) == asked
    time.now += 300 - LONGEST_WAIT + 1
    mailbox.connect()
    mailbox.close()
    assert time.slept == [LONGEST_WAIT - 1]


def test_a_wait_may_be_given_as_a_date(graph: GraphServer, user: GraphStore, tmp_path: Path) -> None:
    graph.spoil(Fault("inbox", status=429, retry_after="Tue, 01 Dec 2099 10:00:00 GMT"))
    mailbox = graph_mailbox(graph, user, tmp_path)
    with pytest.raises(MailboxError):
        mailbox.connect()
    with pytest.raises(MailboxError, match="us to wait 3600 more seconds"):
        mailbox.connect()


def test_what_passes_is_tried_three_times(graph: GraphServer, user: GraphStore, tmp_path: Path) -> None:
    graph.spoil(Fault("inbox", status=504, times=2))
    with graph_mailbox(graph, user, tmp_path):
        assert len(graph.asked) == 3
    graph.spoil(Fault("inbox", status=504, times=3))
    with pytest.raises(MailboxError, match="504, generalException"):
        graph_mailbox(graph, user, tmp_path).connect()


def test_a_move_is_asked_for_once(graph: GraphServer, user: GraphStore, tmp_path: Path) -> None:
    """It may have been done: a second request would find another message, or none, and say so."""
    uid = user.append(a_mail())
    with graph_mailbox(graph, user, tmp_path) as mailbox:
        mailbox.select("INBOX")
        graph.spoil(Fault("/move$", cut="after"))
        with pytest.raises(MailboxError):
            mailbox.move(uid, "Intake/Complete")
    assert sum(each.path.endswith("/move") for each in graph.asked) == 1
    with graph_mailbox(graph, user, tmp_path) as mailbox:
        assert mailbox.select("Intake/Complete").exists == 1


def test_a_token_that_is_refused_is_fetched_anew_once(graph: GraphServer, user: GraphStore, tmp_path: Path) -> None:
    graph.spoil(Fault("inbox", status=401))
    with graph_mailbox(graph, user, tmp_path):
        assert len(graph.asked) == 2
    graph.spoil(Fault("inbox", status=401, times=2, code="InvalidAuthenticationToken"))
    with pytest.raises(MailboxError, match="401, InvalidAuthenticationToken") as caught:
        graph_mailbox(graph, user, tmp_path).connect()
    assert "a graph token" not in f"{caught.value.message} {caught.value.hint} {caught.value.__cause__!r}"


def test_a_mailbox_that_the_application_may_not_use_is_told(
    graph: GraphServer, user: GraphStore, tmp_path: Path
) -> None:
    graph.spoil(Fault("inbox", status=403, code="ErrorAccessDenied"))
    with pytest.raises(MailboxError, match="403, ErrorAccessDenied") as caught:
        graph_mailbox(graph, user, tmp_path).connect()
    assert "docs/microsoft-365.md" in caught.value.hint


def test_a_missing_folder_is_told_apart_from_a_missing_mailbox(
    graph: GraphServer, user: GraphStore, tmp_path: Path
) -> None:
    with graph_mailbox(graph, user, tmp_path) as mailbox, pytest.raises(FolderMissing):
        mailbox.select("INBOX/Nowhere")


def test_a_token_goes_to_no_other_server(graph: GraphServer, user: GraphStore, tmp_path: Path) -> None:
    line = graph_line(graph, user.address, tmp_path)
    with GraphServer() as other, pytest.raises(GraphError, match="sent us to another server"):
        line.get(f"{other.endpoint}/users/{user.address}/mailFolders/inbox")
    assert other.asked == []


def test_an_answer_that_is_not_graphs_is_one_sentence(graph: GraphServer, user: GraphStore, tmp_path: Path) -> None:
    line = graph_line(graph, user.address, tmp_path)
    user.append(a_mail())
    (name,) = user.held
    with pytest.raises(GraphError, match="not Microsoft Graph's"):
        line.get(f"messages/{segment(name)}/$value")
    line.close()
