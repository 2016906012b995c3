from __future__ import annotations

import ast
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NullObject,
    NumberObject,
    PdfObject,
    TextStringObject,
)

from intake.documents.budget import ReadingBudget
from intake.documents.reader import Reader
from intake.judging.content_doubts import _CODES, _REMARKS
from intake.judging.doubts import DOUBTS, active_content
from intake.judging.words.asking import ASKS
from intake.model import Attachment
from intake.sandbox.sandbox import Sandbox
from tests.records import a_document

KNOWN = (
    "javascript",
    "launch",
    "open-action",
    "embedded-file",
    "external-file",
    "submit-form",
    "rich-media",
    "macros",
)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


def a_pdf(change: Callable[[pypdf.PdfWriter], object]) -> Attachment:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(595, 842)
    writer.add_blank_page(595, 842)
    change(writer)
    packed = io.BytesIO()
    writer.write(packed)
    return Attachment("report.pdf", "application/pdf", packed.getvalue())


def an_action(kind: str, **entries: PdfObject) -> DictionaryObject:
    action = DictionaryObject({NameObject("/S"): NameObject(kind)})
    action.update({NameObject(f"/{key}"): value for key, value in entries.items()})
    return action


def opening(value: PdfObject) -> Callable[[pypdf.PdfWriter], object]:
    return lambda writer: writer.root_object.update({NameObject("/OpenAction"): value})


def a_destination(*places: PdfObject) -> Callable[[pypdf.PdfWriter], object]:
    def change(writer: pypdf.PdfWriter) -> None:
        page = writer.pages[1].indirect_reference
        assert page is not None
        writer.root_object[NameObject("/OpenAction")] = ArrayObject([page, *places])

    return change


def going_to_a_page(writer: pypdf.PdfWriter) -> None:
    page = writer.pages[0].indirect_reference
    assert page is not None
    action = an_action("/GoTo", D=ArrayObject([page, NameObject("/Fit")]))
    writer.root_object[NameObject("/OpenAction")] = action


def javascript_by_name(writer: pypdf.PdfWriter) -> None:
    script = an_action("/JavaScript", JS=TextStringObject("app.alert('x')"))
    tree = DictionaryObject({NameObject("/Names"): ArrayObject([TextStringObject("a"), script])})
    writer.root_object[NameObject("/Names")] = DictionaryObject({NameObject("/JavaScript"): tree})


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(a_destination(NameObject("/Fit")), id="page fit"),
        pytest.param(
            a_destination(NameObject("/XYZ"), NullObject(), NullObject(), NumberObject(1)), id="place and zoom"
        ),
        pytest.param(going_to_a_page, id="go to a page"),
        pytest.param(opening(an_action("/Named", N=NameObject("/FirstPage"))), id="first page"),
        pytest.param(lambda writer: writer.add_metadata({"/Title": "OpenAction JavaScript"}), id="only words"),
    ],
)
def test_a_plain_pdf_raises_no_doubt(change: Callable[[pypdf.PdfWriter], object], sandbox: Sandbox) -> None:
    document = Reader(sandbox, ReadingBudget()).read(a_pdf(change))
    assert document.active_content == ()
    assert active_content([document]) == ()


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (javascript_by_name, {"javascript"}),
        (opening(an_action("/JavaScript", JS=TextStringObject("x"))), {"javascript", "open-action"}),
        (opening(an_action("/Launch", F=TextStringObject("calc.exe"))), {"launch", "open-action"}),
        (opening(an_action("/URI", URI=TextStringObject("https://evil.example/"))), {"open-action"}),
        (opening(an_action("/GoToR", F=TextStringObject("other.pdf"))), {"external-file", "open-action"}),
        (
            opening(an_action("/SubmitForm", F=TextStringObject("https://evil.example/"))),
            {"submit-form", "open-action"},
        ),
        (lambda writer: writer.add_attachment("inner.exe", b"MZ"), {"embedded-file"}),
    ],
)
def test_what_acts_is_named_and_doubted(
    change: Callable[[pypdf.PdfWriter], object], names: set[str], sandbox: Sandbox
) -> None:
    document = Reader(sandbox, ReadingBudget()).read(a_pdf(change))
    assert set(document.active_content) == names
    assert len(active_content([document])) == len(names)


@pytest.mark.parametrize("name", [*KNOWN, "something-new"])
def test_every_name_has_its_sentence(name: str) -> None:
    (doubt,) = active_content([replace(a_document(["x"]), active_content=(name,))])
    assert doubt.summary.endswith(".")
    assert name == "something-new" or "active content" not in doubt.summary


def test_each_doubt_is_said_once() -> None:
    macros = replace(a_document(["x"]), active_content=("macros",))
    assert len(active_content([macros, macros])) == 1


def _codes(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in {"Doubt", "doubt", "_doubt", "_about"}
        ):
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def test_every_doubt_that_the_program_has_is_declared_and_every_declared_one_is_used() -> None:
    sources = [path.read_text(encoding="utf-8") for path in Path("intake").rglob("*.py")]
    made = {code for source in sources for code in _codes(ast.parse(source))}
    declared_codes = {each.code for each in DOUBTS}
    assert made <= declared_codes
    assert declared_codes - made == {"publication-withheld", "put-right", ASKS, *_FROM_TABLES}  # these by a constant


_FROM_TABLES = {*_CODES.values(), *_REMARKS, "not-all-opened"}
