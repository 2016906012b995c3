"""verify, backup, restore, purge and replay: what is kept is what came, can be had back, and ends in time."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from sqlalchemy import text

from intake.ledger import Act, Ledger
from intake.message_store import FolderStore
from intake.model import MailKind, Outcome, OutgoingState
from tests.builders import NORTHMERE, a_message, a_report
from tests.cases.office import Bench
from tests.commands.conftest import Run
from tests.commands.test_show import reference
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink
from tests.service.world import World, named, stamped, submission

WHO = ("--by", "A. Caseworker", "--reason", "the family asks")


def store_of(folder: Path) -> FolderStore:
    return FolderStore(folder / "data" / "messages")


def long_ago(ledger: Ledger) -> None:
    with ledger.database.engine.begin() as connection:
        connection.execute(text("UPDATE submissions SET state_since = '2020-01-01 00:00:00'"))


# --- verify ----------------------------------------------------------------------------------------------


def test_verify_finds_all_as_it_was(run: Run) -> None:
    answer = run("verify")
    assert answer.code == 0
    assert "1 hold the very bytes that arrived" in answer.out
    assert json.loads(run("verify", "--json").out)["sound"] is True


def test_verify_finds_a_damaged_and_a_missing_file(run: Run, folder: Path, ledger: Ledger) -> None:
    (forward,) = ledger.queries.outgoing(kind=MailKind.FORWARD).rows
    store, message = store_of(folder), ledger.queries.message(3).message
    store.path(forward.sha256).write_bytes(b"something else")
    store.delete(message.sha256 or "")
    answer = run("verify")
    assert answer.code == 1
    assert f"{forward.sha256} is not what was stored" in answer.out
    assert f"{message.sha256} is missing" in answer.out


def test_verify_finds_a_forward_that_holds_other_bytes(run: Run, folder: Path, ledger: Ledger) -> None:
    (forward,) = ledger.queries.outgoing(kind=MailKind.FORWARD).rows
    store = store_of(folder)
    changed = re.sub(
        rb"(\r\n\r\nJVBERi0xL)([^=]{40})", rb"\1jQKJeLjz9MKMSAwIG9iago8PC9UeXBlL0NhdGFsb2cv", store.read(forward.sha256)
    )
    stored = store.put_bytes(changed)
    with ledger.database.engine.begin() as connection:
        connection.execute(
            text("UPDATE outgoing SET sha256 = :new WHERE id = :id"), {"new": stored.sha256, "id": forward.id}
        )
    answer = run("verify")
    assert answer.code == 1
    assert f"mail {forward.id} holds a file that did not arrive in this form" in answer.out


def test_verify_finds_a_changed_event(run: Run, ledger: Ledger) -> None:
    with ledger.database.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER events_no_update"))
        connection.execute(text("UPDATE events SET actor = 'nobody' WHERE id = 2"))
    answer = run("verify")
    assert answer.code == 1
    assert "event 2: its content was changed" in answer.out


# --- backup and restore ---------------------------------------------------------------------------------


def test_a_backup_goes_into_a_new_folder_only(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "backup"
    assert run("backup", target).code == 0
    assert {path.name for path in target.iterdir()} == {"ledger.sqlite", "messages", "backup.json"}
    assert target.stat().st_mode & 0o077 == 0
    again = run("backup", target)
    assert again.code == 2
    assert "not empty" in again.err


def test_a_restore_holds_what_is_unsent_and_takes_up_what_came_since(
    run: Run, bare_run: Run, tmp_path: Path, dovecot: Dovecot, smtp_sink: SmtpSink, settled: World
) -> None:
    world = World(tmp_path, dovecot.add_user(), smtp_sink, settled.sandbox)
    world.start()
    assert bare_run("backup", tmp_path / "backup", "--config", tmp_path / "intake.toml").code == 0
    world.post(submission(1, named("Dora")))
    world.run(2)
    assert world.states_of(MailKind.FORWARD) == [OutgoingState.SENT]
    shutil.rmtree(tmp_path / "data")
    (tmp_path / "data").mkdir(mode=0o700)
    answer = bare_run("restore", tmp_path / "backup", "--config", tmp_path / "intake.toml")
    assert answer.code == 0, answer.err
    assert "1 messages filed since then go back to INBOX" in answer.out
    world.run(2)
    assert world.states() == ["processed"]
    assert world.states_of(MailKind.FORWARD) == [OutgoingState.HELD]
    assert len([mail for mail in world.sent() if "dhr@commissioner.example" in mail.recipients]) == 1
    assert bare_run("restore", "--let-go", "A. Caseworker", "--config", tmp_path / "intake.toml").code == 0
    world.run()
    assert world.states_of(MailKind.FORWARD) == [OutgoingState.HELD]


def test_held_mail_whose_copy_is_in_the_sent_folder_has_left(
    bare_run: Run, tmp_path: Path, dovecot: Dovecot, smtp_sink: SmtpSink, settled: World
) -> None:
    world = World(tmp_path, dovecot.add_user(), smtp_sink, settled.sandbox, {"sent_folder": "Sent"})
    world.start()
    smtp_sink.halt()
    world.post(submission(1, named("Dora")))
    world.run()
    assert world.states_of(MailKind.FORWARD) == [OutgoingState.QUEUED]
    assert bare_run("backup", tmp_path / "backup", "--config", tmp_path / "intake.toml").code == 0
    smtp_sink.start()
    with world.ledger() as ledger, ledger.database.engine.begin() as connection:
        connection.execute(text("UPDATE outgoing SET due_at = '2020-01-01 00:00:00' WHERE state = 'queued'"))
    world.run()
    (forward,) = world.sent("dhr@commissioner.example")
    world.user.append(forward.raw, "Sent")
    shutil.rmtree(tmp_path / "data")
    (tmp_path / "data").mkdir(mode=0o700)
    answer = bare_run("restore", tmp_path / "backup", "--config", tmp_path / "intake.toml")
    assert "1 held mails had left" in answer.out
    assert world.states_of(MailKind.FORWARD) == [OutgoingState.SENT]
    world.run()
    assert len(world.sent("dhr@commissioner.example")) == 1


def test_a_restore_refuses_what_is_no_backup_and_never_overwrites(run: Run, tmp_path: Path) -> None:
    assert "no complete backup" in run("restore", tmp_path).err
    assert run("backup", tmp_path / "backup").code == 0
    answer = run("restore", tmp_path / "backup")
    assert answer.code == 2
    assert "There is already a ledger" in answer.err
    assert run("restore").code == 2


# --- purge --------------------------------------------------------------------------------------------------


def test_purge_deletes_only_what_ended_long_ago_and_keeps_the_facts(run: Run, folder: Path, ledger: Ledger) -> None:
    store = store_of(folder)
    before = set(store.names())
    assert "0 files" in run("purge").out
    long_ago(ledger)
    assert "would be deleted" in run("purge", "--dry-run").out
    assert set(store.names()) == before
    name = reference(ledger, "complete")
    kept = {message.sha256 for message in ledger.queries.submission(reference(ledger, "waiting-for-CSP")).messages}
    answer = run("purge")
    assert answer.code == 0
    assert name in answer.out
    view = ledger.queries.submission(name)
    assert not any(message.sha256 in store for message in view.messages if message.sha256)
    assert not any(mail.sha256 in store for mail in view.outgoing)
    assert all(sha256 in store for sha256 in kept if sha256)
    assert view.judgements[0].findings
    assert run("verify").code == 0
    assert "0 files" in run("purge").out
    assert "no longer kept" in run("retry", name, *WHO).err


def test_erasure_takes_out_names_and_words_and_leaves_dates_and_checks(run: Run, folder: Path, ledger: Ledger) -> None:
    name = reference(ledger, "complete")
    (sha256,) = {message.sha256 for message in ledger.queries.submission(name).messages}
    assert run("purge", name).code == 2  # nobody is named
    assert run("purge", name, *WHO).code == 0
    assert sha256 is not None
    assert sha256 not in store_of(folder)
    shown = run("show", name, "--json").out
    for planted in ("Bea", "Northmere", "the family asks", ".pdf"):
        assert planted not in shown
    view = ledger.queries.submission(name)
    assert [finding.status for finding in view.judgements[0].findings].count("met") > 3
    assert "staff-erased" in {event.kind for event in view.events}
    assert run("verify").code == 0
    assert run("log").code == 0


def test_what_is_still_open_is_not_erased(run: Run, ledger: Ledger) -> None:
    assert run("purge", reference(ledger, "waiting-for-CSP"), *WHO).code == 1
    assert run("purge", "DHR-1999-0001", *WHO).code == 2


# --- replay -------------------------------------------------------------------------------------------------


def test_the_same_rules_change_no_verdict(run: Run) -> None:
    answer = run("replay")
    assert answer.code == 0, answer.out
    assert "3 messages: 0 would be judged differently" in answer.out


def test_another_policy_shows_what_would_flip_and_changes_nothing(run: Run, folder: Path, ledger: Ledger) -> None:
    policy = (Path(__file__).parents[2] / "config" / "policy.toml").read_text(encoding="utf-8")
    (folder / "own.toml").write_text(
        re.sub(r'(?m)^weblink = "required"', 'weblink = "advisory"', policy), encoding="utf-8"
    )
    with (folder / "intake.toml").open("a", encoding="utf-8") as file:
        file.write('[overrides]\npolicy = "own.toml"\n')
    events, mails = ledger.events.verify().count, ledger.queries.outgoing().total
    answer = run("replay")
    assert answer.code == 1
    assert "final-submission → gaps, now final-submission → compliant" in answer.out
    assert (ledger.events.verify().count, ledger.queries.outgoing().total) == (events, mails)
    told = [json.loads(line) for line in run("replay", "--json").out.splitlines()]
    assert [entry["flips"] for entry in told].count(True) == 1
    assert run("replay", "--since", "2099-01-01").code == 0


def test_conversations_of_several_messages_show_no_flip(bare_run: Run, tmp_path: Path, settled: World) -> None:
    bench = Bench(tmp_path, settled.sandbox, {})
    link = f"Dear team,\n\nThe report will be published at {NORTHMERE.weblink}\n\nMany thanks"

    def comes(raw: bytes) -> str:
        bench.receives(raw)
        bench.judges()
        bench.delivers(OutgoingState.SENT)
        bench.delivers(OutgoingState.SENT)
        bench.passes(hours=1)
        return bench.submissions()[0].reference

    comes(submission(1, named("Anna")))
    comes(submission(2, named("Anna")))  # a re-sent copy
    bea = comes(submission(3, named("Bea"), weblink=""))
    comes(stamped(a_message(number=4, subject=f"[{bea}] The address", body=link, review=NORTHMERE)))
    cora = comes(submission(5, named("Cora"), report=a_report(review=named("Cora"), pages=8, letter=None)))
    comes(submission(6, named("Cora"), sender="kim.archer@northmere.gov.example", subject=f"[{cora}] Corrected"))
    dora = comes(submission(7, named("Dora"), weblink=""))
    bench.decisions.release(dora, Outcome.COMPLIANT, Act(by="Ana", reason="agreed", at=bench.now))
    bench.delivers(OutgoingState.SENT)
    bench.passes(hours=1)
    objects = "Dear team,\n\nPlease do not share the report: the family objects to it.\n\nRegards"
    comes(stamped(a_message(number=8, subject=f"[{dora}] Our report", body=objects, review=NORTHMERE)))
    ella = comes(submission(9, named("Ella")).replace(b"dmarc=pass", b"dmarc=fail", 1))
    bench.decisions.settle(ella, "all", Act(by="Ana", reason="I rang them", at=bench.now))
    bench.judges()
    states = {row.case_name: str(row.state) for row in bench.submissions()}
    bench.close()
    assert states == {"Anna": "complete", "Bea": "complete", "Cora": "complete", "Dora": "review", "Ella": "open"}
    answer = bare_run("replay", "--config", tmp_path / "intake.toml")
    assert answer.code == 0, answer.out
    assert "9 messages: 0 would be judged differently" in answer.out
