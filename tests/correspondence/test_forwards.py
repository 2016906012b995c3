"""What the Commissioner's office receives: the same bytes, clearly labelled, once."""

from __future__ import annotations

import hashlib
import json
import tracemalloc
from dataclasses import replace
from typing import Any

import pytest

from intake.correspondence import Templates, already_copied, compose_forward
from intake.correspondence.samples import SAMPLE_OCCASION, SAMPLE_WORDS
from intake.errors import IntakeError
from intake.model import Address, Attachment, CaseIdentity, OutgoingMail, Unpacked, Verdict


def forward(verdict: Verdict, templates: Templates, report: Attachment, **changes: Any) -> OutgoingMail:
    return compose_forward(verdict, replace(SAMPLE_OCCASION, **changes), SAMPLE_WORDS, templates, report)


def test_the_report_leaves_with_the_bytes_it_came_with(
    compliant: Verdict, templates: Templates, report: Attachment, parse: Any
) -> None:
    attached, manifest = parse(forward(compliant, templates, report)).message.iter_attachments()
    assert attached.get_content_type() == "application/pdf"
    assert hashlib.sha256(attached.get_content()).hexdigest() == hashlib.sha256(report.content).hexdigest()
    assert attached.get_filename() == "DHR Rowan & family, final.pdf"
    assert manifest.get_filename() == "intake-manifest.json"


def test_a_file_that_was_not_judged_is_never_forwarded(
    compliant: Verdict, templates: Templates, report: Attachment
) -> None:
    with pytest.raises(IntakeError, match="not the report that was checked"):
        forward(compliant, templates, replace(report, content=report.content + b" "))
    with pytest.raises(IntakeError):
        forward(replace(compliant, report=None), templates, report)


def test_the_manifest_holds_the_facts(compliant: Verdict, templates: Templates, report: Attachment, parse: Any) -> None:
    mail = parse(forward(compliant, templates, report, version=2, already_copied=True))
    facts = json.loads([*mail.message.iter_attachments()][1].get_content())
    digest = hashlib.sha256(report.content).hexdigest()
    assert facts.pop("files") == [{"name": "DHR Rowan & family, final.pdf", "size": report.size, "sha256": digest}]
    assert facts.pop("checks")[0] == {"id": "pdf-format", "status": "met", "policy": "required"}
    assert facts == {
        "reference": "DHR-2026-0001",
        "version": 2,
        "csp": "Brackenshire Community Safety Partnership",
        "case": "Rowan",
        "weblink": "https://www.brackenshire.example/community-safety/dhr-rowan",
        "replaces_version": None,
        "already_copied": True,
        "released_by_staff": False,
        "received": "2023-10-18T09:30:00+00:00",
        "sender": "m.hale@brackenshire.example",
        "rules_version": "sample",
    }


def test_the_cover_note_says_what_it_is_and_who_sent_it(
    compliant: Verdict, templates: Templates, report: Attachment, parse: Any
) -> None:
    mail = parse(forward(compliant, templates, report))
    for words in (
        "Community Safety Partnership: Brackenshire Community Safety Partnership",
        "Case: Rowan",
        "Reference: DHR-2026-0001, version 1",
        "Morgan Hale (m.hale@brackenshire.example)",
        "18 October 2023 at 09:30 UTC",
        hashlib.sha256(report.content).hexdigest(),
        "https://www.brackenshire.example/community-safety/dhr-rowan",
        "- The action plan as an annex: met",
    ):
        assert words in mail.flat
    assert "copied your office" not in mail.flat
    assert "copied your office" in parse(forward(compliant, templates, report, already_copied=True)).flat
    assert "released it" in parse(forward(compliant, templates, report, released=True)).flat


def test_a_forward_goes_to_the_commissioner_and_starts_a_thread_of_its_own(
    compliant: Verdict, templates: Templates, report: Attachment, parse: Any
) -> None:
    made = forward(compliant, templates, report)
    message = parse(made).message
    assert made.recipients == ("dhr@commissioner.example",)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Intake-Outcome"] == "compliant"
    assert message["In-Reply-To"] is None
    assert made.subject.startswith("OFFICIAL-SENSITIVE: [DHR-2026-0001] Final DHR report: ")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Adroddiad Llŷn – terfynol.pdf", "Adroddiad Llŷn – terfynol.pdf"),
        ("report.docx", "report.docx.pdf"),
        ("REPORT.PDF", "REPORT.PDF"),
        ("../../etc/pass\\wd.pdf", "etc-pass-wd.pdf"),
        ('a"; filename="evil.exe', "a-; filename=-evil.exe.pdf"),
        ("annex\u202efdp.exe", "annexfdp.exe.pdf"),
        ("=?utf-8?q?=0D=0ABcc:_x=40y.example?=.pdf", None),
        ("報告" * 200 + ".pdf", None),
        ("", "unnamed file.pdf"),
    ],
)
def test_file_names_arrive_readable_and_harmless(
    name: str, expected: str | None, *, compliant: Verdict, templates: Templates, report: Attachment, parse: Any
) -> None:
    assert compliant.report
    named = replace(compliant, report=replace(compliant.report, name=name))
    made = forward(named, templates, report)
    attached = next(parse(made).message.iter_attachments())
    found = attached.get_filename()
    assert found.endswith((".pdf", ".PDF"))
    assert expected is None or found == expected
    assert not set(found) & set('\r\n\\/"')
    assert attached["Content-Type"].params["name"] == found  # what Outlook reads
    assert all(len(line) <= 998 for line in made.content.split(b"\r\n"))


def test_an_unnamed_review_is_still_a_readable_forward(
    compliant: Verdict, templates: Templates, report: Attachment, parse: Any
) -> None:
    made = forward(replace(compliant, identity=CaseIdentity(), weblink="javascript:alert(1)"), templates, report)
    mail = parse(made)
    assert mail.flat.count("not named in the report") == 2
    assert "no web address was given" in mail.flat
    assert "javascript" not in mail.text + mail.html
    assert made.subject == "OFFICIAL-SENSITIVE: [DHR-2026-0001] Final DHR report"


def test_composing_again_gives_the_same_bytes(compliant: Verdict, templates: Templates, report: Attachment) -> None:
    assert forward(compliant, templates, report) == forward(compliant, templates, report)
    assert (
        forward(compliant, templates, report, version=2).message_id != forward(compliant, templates, report).message_id
    )


def test_a_twenty_megabyte_report_costs_no_more_than_its_mail(compliant: Verdict, templates: Templates) -> None:
    report = Attachment("x.pdf", "application/pdf", b"%PDF" + bytes(20 * 1024 * 1024 - 5))
    assert compliant.report
    facts = replace(compliant.report, sha256=hashlib.sha256(report.content).hexdigest())
    tracemalloc.start()
    mail = forward(replace(compliant, report=facts), templates, report)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(mail.content) < 28.8e6  # what DESIGN and doctor count with for a relay's limit
    assert peak < 2.2 * len(mail.content)


@pytest.mark.parametrize(
    ("to", "cc", "expected"), [("DHR@C.example", "", True), ("", "dhr@c.example", True), ("x@c.example", "", False)]
)
def test_a_copy_to_the_commissioner_is_noticed(to: str, cc: str, expected: bool) -> None:
    unpacked = Unpacked(to=(Address(to),) if to else (), cc=(Address(cc),) if cc else ())
    assert already_copied(unpacked, " dhr@C.example") is expected
