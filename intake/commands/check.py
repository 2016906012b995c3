"""`intake check FILE…`: judge messages or reports before they are sent. Sends nothing, stores nothing."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from intake.documents.reader import demand_recognition
from intake.errors import IntakeError
from intake.judging.judge import Judge
from intake.judging.verdict_json import to_json
from intake.model import Outcome, Verdict
from intake.wiring.rules import build_judge, load_rules

_AT_ONCE = 4  # the readers' children do the work; this keeps both of two cores busy


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one argument: a verdict, or why there is none. `usage` means the file is not there to be read."""

    file: str
    verdict: Verdict | None = None
    error: str = ""
    usage: bool = False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="an email saved as .eml, or the report's PDF",
    )
    parser.add_argument(
        "--weblink",
        metavar="URL",
        help="where the report will be published (for a PDF on its own)",
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help="one JSON object a line, in the order of the files",
    )
    parser.add_argument("--wording", type=Path, metavar="FILE", help="use this wording.toml")
    parser.add_argument("--policy", type=Path, metavar="FILE", help="use this policy.toml")


def run(arguments: argparse.Namespace) -> int:
    """Judge every file and print an answer for each."""
    demand_recognition(arguments.sandbox)
    judge = build_judge(arguments.sandbox, load_rules(arguments.wording, arguments.policy))
    answers = []
    for answer in _answers(judge, arguments.files, arguments.weblink):
        _print(answer, as_json=arguments.json)
        answers.append(answer)
    if any(answer.usage for answer in answers):
        return 2
    compliant = all(answer.verdict is not None and answer.verdict.outcome is Outcome.COMPLIANT for answer in answers)
    return 0 if compliant else 1


def _answers(judge: Judge, files: Sequence[str], weblink: str | None) -> Iterator[Answer]:
    """The answers in the order of the files, a few judged at once."""
    if len(files) == 1:
        yield _answer(judge, files[0], weblink)
        return
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        yield from pool.map(lambda file: _answer(judge, file, weblink), files)


def _answer(judge: Judge, file: str, weblink: str | None) -> Answer:
    try:
        content = Path(file).read_bytes()
    except OSError as error:
        return Answer(
            file,
            error=f"{file} cannot be read: {error.strerror or 'unknown reason'}.",
            usage=True,
        )
    try:
        if _is_message(Path(file), content):
            return Answer(file, judge.judge(content).verdict)
        return Answer(file, judge.judge_file(Path(file).name, content, weblink).verdict)
    except IntakeError as error:
        return Answer(file, error=f"{file} could not be judged: {error.message}")
    except Exception as error:  # noqa: BLE001 - one strange file costs itself only; the others are still answered
        return Answer(file, error=f"{file} could not be judged ({type(error).__name__}).")


def _is_message(path: Path, content: bytes) -> bool:
    """Whether to open the file as a message. A name that says .eml is believed unless the bytes are a PDF's."""
    if content.startswith(b"%PDF-"):
        return False
    if path.suffix.lower() in {".eml", ".mime", ".msg822"}:
        return True
    head = content[:4096].lower()
    return (
        any(head.startswith(name) or b"\n" + name in head for name in (b"from:", b"received:", b"return-path:"))
        and b":" in head[:80]
    )


def _print(answer: Answer, *, as_json: bool) -> None:
    if as_json:
        print(to_json(answer.file, answer.verdict, answer.error), flush=True)
    elif answer.verdict is None:
        print(f"intake: {answer.error}", file=sys.stderr)
    else:
        # Loaded late: what draws the text takes as long to load as a short report to be read.
        importlib.import_module("intake.commands.verdict_text").print_verdict(answer.file, answer.verdict)
