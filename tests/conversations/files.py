"""The files that a conversation's mails carry, built as they are described; the same description is built once."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache

import pikepdf

from tests.builders import (
    REVIEWS,
    Letter,
    Plan,
    Report,
    Review,
    Scan,
    a_letter,
    a_report,
    a_word_letter,
    a_word_plan,
    a_word_report,
    an_action_plan,
    an_excel_plan,
    an_executive_summary,
    lock,
    noise_picture,
    truncate,
    zipped,
)
from tests.builders import File as Attachment
from tests.conversations.records import File

_PARTNERSHIPS = {review.domain.partition(".")[0].title(): review for review in REVIEWS}
_NAMES = {
    "report": "{short} {name} final.pdf",
    "word report": "{short} {name} final.docx",
    "letter": "QA Panel feedback letter.pdf",
    "scanned letter": "scan0001.pdf",
    "word letter": "QA Panel feedback letter.docx",
    "plan": "{short} {name} action plan.pdf",
    "word plan": "{short} {name} action plan.docx",
    "excel plan": "{short} {name} action plan.xlsx",
    "executive summary": "{short} {name} executive summary.pdf",
    "picture": "image001.jpg",
    "text": "note.txt",
    "zip": "{short} {name}.zip",
    "mail": "forwarded message.eml",
}
_SCAN = Scan(dpi=110, skew=0.3, noise=8)


def review_of(about: str) -> Review | None:
    """`Northmere Anna`: the review of that name by that partnership; None where there is no such partnership."""
    partnership, _, name = about.partition(" ")
    review = _PARTNERSHIPS.get(partnership)
    return replace(review, name=name) if review is not None and name.strip() else None


def the_review(about: str) -> Review:
    """The same, for a name that was checked when the file was read."""
    review = review_of(about)
    if review is None:
        raise ValueError(about)
    return review


class Cabinet:
    """The files of one conversation: each has its bytes, and some a label."""

    def __init__(self, mails: Mapping[str, bytes]) -> None:
        self.labelled: dict[str, bytes] = {}
        self._mails = mails

    def attachment(self, file: File, about: str) -> Attachment:
        """The file as a mail carries it."""
        content = self._content(file, about)
        if file.label:
            self.labelled[file.label] = content
        review = the_review(file.about or about)
        name = _NAMES.get(file.file, "{short} {name} final.pdf")
        wanted = file.name or name.format(short=review.short_kind, name=review.name)
        return Attachment(wanted, content, "message/rfc822" if file.file == "mail" else "")

    def _content(self, file: File, about: str) -> bytes:
        if file.file == "same":
            return self.labelled[file.of]
        if file.file == "mail":
            return self._mails[file.of]
        if file.file == "zip":
            inner = [self.attachment(each, about) for each in file.holds]
            return zipped({each.name: each.content for each in inner})
        return _built(_anonymous(file, about))


def _anonymous(file: File, about: str) -> File:
    """The description with its review named, and without what its bytes do not depend on."""
    return File(**{name: getattr(file, name) for name in file.__struct_fields__} | {
        "about": file.about or about, "label": "", "name": "",
    })  # fmt: skip


@lru_cache(maxsize=256)
def _built(file: File) -> bytes:
    review = the_review(file.about)
    makers: dict[str, Callable[[], bytes]] = {
        "report": lambda: _report(file, review),
        "word report": lambda: a_word_report(
            review, None if "letter" in file.without else Letter(), None if "plan" in file.without else Plan()
        ),
        "letter": lambda: a_letter(review, Letter(seed=file.version)),
        "scanned letter": lambda: a_letter(review, Letter(seed=file.version, scan=_SCAN)),
        "word letter": lambda: a_word_letter(review),
        "plan": lambda: an_action_plan(review),
        "word plan": lambda: a_word_plan(review),
        "excel plan": lambda: an_excel_plan(review),
        "executive summary": lambda: an_executive_summary(review),
        "picture": lambda: noise_picture(0.02),
        "text": file.text.encode,
    }
    return makers[file.file]()


def _report(file: File, review: Review) -> bytes:
    letter = Letter(wording="resubmit" if file.letter == "resubmit" else "2023",
                    scan=_SCAN if file.letter == "scanned" else None)  # fmt: skip
    order = ("summary", "body", "picture", "plan", "letter") if file.megabytes else Report().order
    content = a_report(
        review=review,
        pages=file.pages,
        letter=None if "letter" in file.without else letter,
        plan=None if "plan" in file.without else Plan(),
        summary="executive summary" not in file.without,
        letter_review=the_review(file.letter_about) if file.letter_about else None,
        weblink=file.link,
        order=order,
        extra_picture=noise_picture(file.megabytes) if file.megabytes else b"",
        seed=file.version,
        version="Draft for the Home Office Quality Assurance Panel" if file.draft else Report().version,
    )
    if file.flaw == "javascript":
        content = with_script(content)
    elif file.flaw:
        content = truncate(content, 0.6)
    return lock(content) if file.password else content


def with_script(pdf: bytes) -> bytes:
    """The PDF with a script in it that runs when it is opened."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('hello');")
        opened.Root.OpenAction = opened.make_indirect(script)
        opened.save(out, deterministic_id=True)
    return out.getvalue()
