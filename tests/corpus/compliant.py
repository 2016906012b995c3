"""Submissions with everything in order, in the many shapes in which they come."""

from __future__ import annotations

import random

from intake.model import Kind, Outcome
from tests.builders import File, Scan, a_letter, an_executive_summary, as_html, join, lock, turned, with_junk, zipped
from tests.corpus.case import ANY, NOT_GAP, Case, Maker, Style, submission
from tests.corpus.kit import Kit, safe_link, url_defense

REVIEW = frozenset({Outcome.REVIEW})
SOFT = {"feedback-letter-annex": NOT_GAP}


def plain(rng: random.Random, style: Style) -> Case:
    """One PDF, one covering mail."""
    kit = Kit(rng, style)
    return submission("compliant", kit.mail(kit.file(kit.report())), weblink=kit.weblink)


def long_report(rng: random.Random, style: Style) -> Case:
    """A report of 150 pages and more."""
    kit = Kit(rng, style)
    raw = kit.mail(kit.file(kit.report(pages=rng.randint(150, 180))))
    return submission("compliant-long", raw, weblink=kit.weblink)


def letter_scanned(rng: random.Random, style: Style) -> Case:
    """The letter is pictures without text."""
    kit = Kit(rng, style)
    how = Scan(dpi=rng.choice((120, 150, 200)), skew=rng.uniform(-1.5, 1.5), noise=rng.randint(0, 40))
    raw = kit.mail(kit.file(kit.report(letter=kit.letter(scan=how))))
    return submission("letter-scanned", raw, loose=SOFT, weblink=kit.weblink)


def letter_scanned_badly(rng: random.Random, style: Style) -> Case:
    """One bit deep, askew, or the wrong way round."""
    kit = Kit(rng, style)
    how = Scan(one_bit=rng.random() < 0.5, skew=rng.uniform(-2, 2), rotation=rng.choice((90, 180, 270)), noise=20)
    raw = kit.mail(kit.file(kit.report(letter=kit.letter(scan=how), labels="appendix-letter")))
    return submission("letter-scanned-turned", raw, loose=SOFT, also=REVIEW, weblink=kit.weblink)


def letter_before_plan(rng: random.Random, style: Style) -> Case:
    """The letter stands between the report and its plan."""
    kit = Kit(rng, style)
    raw = kit.mail(kit.file(kit.report(order=("summary", "body", "letter", "plan"))))
    return submission("letter-before-plan", raw, weblink=kit.weblink)


def no_annex_labels(rng: random.Random, style: Style) -> Case:
    """Nothing announces the plan and the letter: they are just there."""
    kit = Kit(rng, style)
    raw = kit.mail(kit.file(kit.report(labels="none", contents=False, outline=False)))
    return submission("no-annex-labels", raw, weblink=kit.weblink)


def plan_scanned(rng: random.Random, style: Style) -> Case:
    """The plan's pages are pictures."""
    kit = Kit(rng, style)
    plan = kit.plan(scan=Scan(dpi=150, skew=0.3, noise=10), rows=8, size=8.5)
    raw = kit.mail(kit.file(kit.report(plan=plan)))
    loose = dict.fromkeys(("action-plan-annex", "implementation-updates", "live-document-note"), NOT_GAP)
    loose |= {"implementation-updates": ANY, "live-document-note": ANY}
    return submission("plan-scanned", raw, loose=loose, also=REVIEW, weblink=kit.weblink)


def weblink_wrapped(rng: random.Random, style: Style) -> Case:
    """A gateway rewrote the address, perhaps twice."""
    kit = Kit(rng, style)
    url = kit.weblink
    ways = (safe_link(url), url_defense(url, 2), url_defense(url, 3), safe_link(url_defense(url, 2)))
    raw = kit.mail(kit.file(kit.report()), body=kit.cover(kit.place(rng.choice(ways))))
    return submission("weblink-wrapped", raw, weblink=url)


def weblink_bare(rng: random.Random, style: Style) -> Case:
    """An address without http://."""
    kit = Kit(rng, style)
    url = rng.choice(style.bare_paths).format(domain=kit.review.domain)
    raw = kit.mail(kit.file(kit.report()), body=kit.cover(kit.place(url)))
    return submission("weblink-bare", raw, weblink=url)


def weblink_in_anchor(rng: random.Random, style: Style) -> Case:
    """The address is only in the HTML anchor behind the word "here"."""
    kit = Kit(rng, style)
    body = kit.cover(kit.place("@@"))
    page = as_html(body).replace("@@", f'<a href="{kit.weblink}">here</a>')
    raw = kit.mail(kit.file(kit.report()), body=body.replace("@@", "here"), html=page, html_only=rng.random() < 0.5)
    return submission("weblink-in-anchor", raw, weblink=kit.weblink)


def weblink_in_report(rng: random.Random, style: Style) -> Case:
    """The mail gives no address, the report does."""
    kit = Kit(rng, style)
    raw = kit.mail(kit.file(kit.report(weblink=kit.weblink)), body=kit.cover(""), quoted="")
    return submission("weblink-in-report", raw, weblink=kit.weblink)


def summary_too(rng: random.Random, style: Style) -> Case:
    """The executive summary comes as a second file although the report has it."""
    kit = Kit(rng, style)
    more = File("Executive summary.pdf", an_executive_summary(kit.review))
    return submission("summary-too", kit.mail(kit.file(kit.report()), more), weblink=kit.weblink)


def letter_twice(rng: random.Random, style: Style) -> Case:
    """The letter is inside the report and once more beside it."""
    kit = Kit(rng, style)
    letter = kit.letter()
    raw = kit.mail(kit.file(kit.report(letter=letter)), File("feedback letter.pdf", a_letter(kit.review, letter)))
    return submission("letter-twice", raw, weblink=kit.weblink)


def odd_attachment(rng: random.Random, style: Style) -> Case:
    """No name, a wrong type, or a name without its ending."""
    kit = Kit(rng, style)
    name, media_type = rng.choice((("", "application/pdf"), ("report", "application/octet-stream"), ("r.dat", "")))
    return submission("odd-attachment", kit.mail(kit.file(kit.report(), name, media_type)), weblink=kit.weblink)


def owner_password(rng: random.Random, style: Style) -> Case:
    """Printing is forbidden, reading is not."""
    kit = Kit(rng, style)
    raw = kit.mail(kit.file(lock(kit.report(), user="", owner="secret")))
    return submission("owner-password", raw, weblink=kit.weblink)


def junk_around(rng: random.Random, style: Style) -> Case:
    """Bytes before %PDF or after %%EOF."""
    kit = Kit(rng, style)
    before = rng.choice((b"", b"\xef\xbb\xbf", b"\r\n\r\n", b"Content-Type: application/pdf\r\n\r\n"))
    after = rng.choice((b"", b"\n\n\n", b"\x00" * 700))
    raw = kit.mail(kit.file(with_junk(kit.report(), before, after)))
    return submission("junk-around", raw, loose={"readable": NOT_GAP, "pdf-format": NOT_GAP}, also=REVIEW)


def joined(rng: random.Random, style: Style) -> Case:
    """Three PDFs put together by a merging tool, some pages turned."""
    kit = Kit(rng, style)
    letter = kit.letter()
    body = kit.report(letter=None, listed=("letter",))
    whole = turned(join(body, a_letter(kit.review, letter)), {-1: rng.choice((0, 90, 180))})
    return submission("joined", kit.mail(kit.file(whole)), also=REVIEW, weblink=kit.weblink)


def in_a_zip(rng: random.Random, style: Style) -> Case:
    """The one PDF inside a ZIP."""
    kit = Kit(rng, style)
    raw = kit.mail(File("DHR.zip", zipped({"final/report.pdf": kit.report()})))
    return submission("in-a-zip", raw, loose={"pdf-format": ANY}, also=frozenset(Outcome) - {Outcome.IGNORE})


def forwarded(rng: random.Random, style: Style) -> Case:
    """The submission as a message attached to another one."""
    kit = Kit(rng, style)
    inner = kit.mail(kit.file(kit.report()), marking="")
    body = kit.words("Dear team\n\nPlease see the attached message with our final {short} report.\n\n") + kit.place()
    raw = kit.mail(File("message.eml", inner, "application/octet-stream"), body=body)
    return submission("forwarded", raw, also=REVIEW)


def bare_plan(rng: random.Random, style: Style) -> Case:
    """A plan that shows nothing of what was done, and no note: advice, not a gap that blocks."""
    kit = Kit(rng, style)
    plan = kit.plan(live_note=False, **dict(rng.choice(style.bare_plans)))
    raw = kit.mail(kit.file(kit.report(plan=plan)))
    gaps = {"implementation-updates": "no-updates", "live-document-note": "no-live-document-note"}
    return submission("bare-plan", raw, gaps=gaps, weblink=kit.weblink)


def no_summary(rng: random.Random, style: Style) -> Case:
    """No executive summary: advice too."""
    kit = Kit(rng, style)
    gaps = {"executive-summary": "executive-summary-missing"}
    return submission("no-summary", kit.mail(kit.file(kit.report(summary=False))), gaps=gaps, weblink=kit.weblink)


def corrected(rng: random.Random, style: Style) -> Case:
    """An answer to our reply, with all in one PDF now."""
    kit = Kit(rng, style)
    subject, body = rng.choice(style.follow_ups)
    changes = {"marking": "", "in_reply_to": "<reply-41@intake.example>", "body": kit.words(body, kit.place())}
    raw = kit.mail(kit.file(kit.report()), subject=kit.words(subject), **changes)
    return submission("corrected", raw, kinds=frozenset({Kind.FOLLOW_UP, Kind.FINAL_SUBMISSION}), weblink=kit.weblink)


def wholly_scanned(rng: random.Random, style: Style) -> Case:
    """Even the report is pictures."""
    kit = Kit(rng, style)
    whole = kit.scanned(kit.report(pages=14, plan=kit.plan(rows=6, size=9.0)))
    loose = dict.fromkeys(("feedback-letter-annex", "action-plan-annex"), NOT_GAP)
    loose |= dict.fromkeys(("executive-summary", "implementation-updates", "live-document-note"), ANY)
    return submission("wholly-scanned", kit.mail(kit.file(whole)), loose=loose, also=REVIEW, weblink=kit.weblink)


MAKERS: tuple[Maker, ...] = (
    plain,
    long_report,
    letter_scanned,
    letter_scanned_badly,
    letter_before_plan,
    no_annex_labels,
    plan_scanned,
    weblink_wrapped,
    weblink_bare,
    weblink_in_anchor,
    weblink_in_report,
    summary_too,
    letter_twice,
    odd_attachment,
    owner_password,
    junk_around,
    joined,
    in_a_zip,
    forwarded,
    bare_plan,
    no_summary,
    corrected,
    wholly_scanned,
)
