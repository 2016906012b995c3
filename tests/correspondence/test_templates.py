"""A broken template is found before it is needed, and never stops a mail."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from intake.correspondence import Templates, compose_reply
from intake.correspondence.samples import SAMPLE_OCCASION, SAMPLE_WORDS, sample_verdicts
from intake.errors import ConfigurationError

VERDICT = sample_verdicts()["several gaps"]


def own(folder: Path, tmp_path: Path, name: str, text: str | bytes) -> Templates:
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return Templates(folder, tmp_path)


def test_the_packaged_templates_are_in_order(templates: Templates) -> None:
    assert templates.check() == ()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{% endfor %}", "", "reply.txt.j2, line"),
        ("{{ team }}", "{{ teem }}", "it uses 'teem', which this mail does not have."),
        ("gap.remedy }}", "gap.remedi }}", "has no attribute 'remedi'"),
        ("{{ reference }}", "", "it leaves out the reference"),
        ("{{ indent }}What to do: {{ gap.remedy }}", "", "it leaves out what to do about feedback-letter-annex"),
        ("{{ team }}", "{{ team.__class__.__mro__ }}", "unsafe"),
        ("{{ team }}", "{{ team|shout }}", "No filter named 'shout'"),
    ],
)
def test_a_broken_template_is_a_problem_with_its_name(
    old: str, new: str, message: str, folder: Path, tmp_path: Path
) -> None:
    source = (folder / "reply.txt.j2").read_text()
    assert old in source
    problems = own(folder, tmp_path, "reply.txt.j2", source.replace(old, new)).check()
    assert any(message in str(problem) for problem in problems)
    assert {problem.template for problem in problems} == {"reply.txt.j2"}


def test_switching_escaping_off_is_a_problem(folder: Path, tmp_path: Path) -> None:
    source = (folder / "notice.html.j2").read_text().replace("{{ reason }}", "{{ reason|safe }}")
    assert "leaves out the reason" in str(own(folder, tmp_path, "notice.html.j2", source).check()[0])


def test_a_file_that_no_mail_uses_or_that_is_not_text_is_a_problem(folder: Path, tmp_path: Path) -> None:
    assert "no mail uses" in str(own(folder, tmp_path, "replly.txt.j2", "x").check()[0])
    assert "cannot be read" in str(own(folder, tmp_path, "replly.txt.j2", b"\xff\xfe").check()[0])


def test_a_folder_that_is_not_there_is_a_problem(folder: Path, tmp_path: Path) -> None:
    assert "not there" in str(Templates(folder, tmp_path / "none").check()[0])


def test_incomplete_defaults_stop_the_start(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "mail")
    (tmp_path / "mail" / "forward.txt.j2").unlink()
    with pytest.raises(ConfigurationError, match=r"forward\.txt\.j2"):
        Templates(tmp_path / "mail")


def test_own_templates_replace_the_packaged_ones_file_by_file(folder: Path, tmp_path: Path) -> None:
    templates = own(folder, tmp_path, "reply.txt.j2", "Our own words about {{ reference }}.")
    mail = compose_reply(VERDICT, SAMPLE_OCCASION, SAMPLE_WORDS, templates)
    assert b"Our own words about DHR-2026-0001." in mail.content
    assert b"<h2" in mail.content


def test_a_template_that_fails_at_sending_gives_way_to_the_packaged_one(folder: Path, tmp_path: Path) -> None:
    templates = own(folder, tmp_path, "reply.txt.j2", "{{ nonsense }}")
    mail = compose_reply(VERDICT, SAMPLE_OCCASION, SAMPLE_WORDS, templates)
    assert mail == compose_reply(VERDICT, SAMPLE_OCCASION, SAMPLE_WORDS, Templates(folder))


def test_an_edit_after_the_start_waits_for_the_next_start(folder: Path, tmp_path: Path) -> None:
    templates = own(folder, tmp_path, "reply.txt.j2", "First {{ reference }}")
    (tmp_path / "reply.txt.j2").write_text("{% broken")
    assert b"First" in compose_reply(VERDICT, SAMPLE_OCCASION, SAMPLE_WORDS, templates).content
