"""What the sender wrote this time, cut into sentences and fragments: what one act is read from.

Lines that a mail program wrapped are made whole first; list items, table cells, "Label: value" lines and a name alone
on a line stay fragments of their own. Every step looks at each word once or twice, so a hostile text costs no more
than a long one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

MOST_SENTENCES = 300
_MOST_CHARACTERS = 40_000
_LONGEST_LINE = 20_000
_LONGEST_SENTENCE = 900  # characters: what is longer is cut between words, and each piece read

_NARROWEST_WRAP, _WIDEST_WRAP = 50, 100  # columns: mail programs wrap at 72 to 80, letters pasted in a little wider
_SLACK = 20  # columns that may have been left free where the next line plainly goes on with the sentence
_BULLET = re.compile(r"(?:[-–—*•·▪●○◦‣>]+|o(?=\s)|\(?(?:\d{1,2}|[a-hA-H]|[ivxIVX]{1,4})[.)](?=\s))\s*")
_LABEL = re.compile(r"[A-Z][\w '/-]{1,30}:(?:\s|$)")
_BEGINS_WITH_ADDRESS = re.compile(r"<?(?:https?://|www\.)", re.IGNORECASE)
_CELLS = re.compile(r"\t+|(?:(?<!\s)\s+)?+\|\s*| {4,}")  # blanks are tried from their first one on alone
_CONTINUES = re.compile(
    r"(?:\b(?:a|an|the|of|to|in|on|at|by|for|from|with|and|or|but|that|which|who|is|are|was|were|be|been|has|have|"
    r"had|will|would|can|could|should|may|might|must|not|our|your|my|their|his|her|its|this|these|as|if|than|y|yr|o|i|"
    r"ar|yn|a'r|gan)|,)\s*$",
    re.IGNORECASE,
)
_OPENERS = "\"'“‘([{<«*_"
_CLOSERS = "\"'”’)]}>»*_"
_STOPS = ".?!…"
_SHORTENED = """mr mrs ms miss mx dr prof rev revd hon st sr jr cllr cllrs cyng sgt insp supt cdr col capt lt gen messrs
    esq no nos ref refs para paras p pp fig figs sec sect art ch vol vols app apps ed edn cf viz vs v approx est tel ext
    mob dept dir asst admin co ltd inc plc corp rd ave sq jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues
    wed thu thur thurs fri sat sun e.g i.e eg ie e.e h.y a.m p.m am pm u.k n.b nb q.v c.c attn"""
_ABBREVIATIONS = frozenset(_SHORTENED.split())
_MAY_END = frozenset(
    {"etc", "al", "ltd", "inc", "plc", "co", "am", "pm", "a.m", "p.m", "u.k", "esq"}
)  # before a capital
_RUN_ON = re.compile(r"(?<=[a-z)]{2})([.?!])(?=[A-Z][a-z]+(?:[^\w.@/]|$))")


class Origin(StrEnum):
    """Where in a mail a sentence stands."""

    SUBJECT = "subject"
    BODY = "body"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence or a fragment, on one line, as it is written. `alone` says that it is all that stands on its line."""

    text: str
    origin: Origin = Origin.BODY
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Cut:
    """All the sentences; `whole` is false where there was more than is looked at."""

    sentences: tuple[Sentence, ...]
    whole: bool = True


def cut(subject: str, body: str) -> Cut:
    """The sentences of a subject and of the sender's own part of a body, in their order."""
    whole = len(body) <= _MOST_CHARACTERS
    found: list[Sentence] = []
    for origin, text in ((Origin.SUBJECT, subject[:1000]), (Origin.BODY, body[:_MOST_CHARACTERS])):
        for line in _lines(text):
            for cell in _cells(line):
                pieces = list(_pieces(cell))
                found += [Sentence(piece, origin, len(pieces) == 1) for piece in pieces]
    found = _labelled(found)
    return Cut(tuple(found[:MOST_SENTENCES]), whole and len(found) <= MOST_SENTENCES)


def _labelled(found: list[Sentence]) -> list[Sentence]:
    """What leads up to an address on a line of its own ("Weblink:", "It will be published at") is one with it."""
    result: list[Sentence] = []
    for sentence in found:
        above = result[-1] if result else None
        if above is not None and _leads_up(above.text) and _BEGINS_WITH_ADDRESS.match(sentence.text):
            result[-1] = replace(above, text=f"{above.text} {sentence.text}", alone=sentence.alone)
        else:
            result.append(sentence)
    return result


def _leads_up(text: str) -> bool:
    return text.endswith(":") or _CONTINUES.search(text[-30:]) is not None


def _lines(text: str) -> Iterator[str]:
    """The lines of a text as its author meant them: wrapped ones joined, each list item its own."""
    paragraph: list[str] = []
    for raw in (*text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), ""):
        line = raw[:_LONGEST_LINE].strip(" \u00a0\u200b")
        if line.strip():
            paragraph.append(line)
        elif paragraph:
            yield from _unwrapped(paragraph)
            paragraph = []


def _unwrapped(lines: list[str]) -> Iterator[str]:
    width = max((len(line) for line in lines if "://" not in line), default=0)
    whole = [lines[0]]
    for before, line in pairwise(lines):
        if _goes_on(before, line, width):
            whole.append(line)
        else:
            yield " ".join(whole)
            whole = [line]
    yield " ".join(whole)


def _goes_on(before: str, line: str, width: int) -> bool:
    """Whether a line was broken for want of room, or in the middle of what it says."""
    if _BULLET.match(line) or _LABEL.match(line) or "\t" in line or "|" in line:
        return False
    open_end = _CONTINUES.search(before[-30:]) is not None
    if line[0].islower() and open_end:
        return True
    if before[-1] in ":;" or not _NARROWEST_WRAP <= width <= _WIDEST_WRAP:
        return False
    first, _, _ = line.partition(" ")
    room = width - len(before) - 1 - len(first)
    return room < (_SLACK if line[0].islower() or open_end else 0)


def _cells(line: str) -> Iterator[str]:
    for cell in _CELLS.split(line):
        text = cell[marks.end() :] if (marks := _BULLET.match(cell)) else cell
        if text.strip():
            yield text.strip()


def _pieces(text: str) -> Iterator[str]:
    """The sentences of one line."""
    words = _RUN_ON.sub(r"\1 ", text).split()
    begin = length = 0
    for index, word in enumerate(words):
        length += len(word) + 1
        following = words[index + 1] if index + 1 < len(words) else None
        if following is None or length > _LONGEST_SENTENCE or _ends(word, following):
            piece = " ".join(words[begin : index + 1])[: 2 * _LONGEST_SENTENCE]
            if any(letter.isalnum() or letter in _STOPS for letter in piece):
                yield piece
            begin, length = index + 1, 0


def _ends(word: str, following: str) -> bool:
    """Whether a sentence ends with this word."""
    bare = word.rstrip(_CLOSERS)
    if not bare or bare[-1] not in _STOPS:
        return False
    opened = following.lstrip(_OPENERS)
    lower = opened[:1].islower()
    if bare[-1] in "?!":
        return True
    if bare[-1] == "…" or bare.endswith(".."):
        return not lower
    stem = bare.rstrip(_STOPS).lstrip(_OPENERS).lower()
    if stem in _MAY_END:
        return not lower
    if stem in _ABBREVIATIONS:
        return False
    return not _is_initial(stem, opened)


def _is_initial(stem: str, following: str) -> bool:
    """A single letter, or letters with stops between them ("J.R."), before a name."""
    letters = stem.replace(".", "")
    single = len(stem) == 1 or ("." in stem and len(letters) <= 3)
    return single and stem not in {"i", "a"} and letters.isalpha() and following[:1].isalpha()
