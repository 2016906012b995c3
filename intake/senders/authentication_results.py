"""Reads Authentication-Results (RFC 8601), also in Exchange Online's form, which names no server.

One pass over the text, then one over its words: linear, whatever the sender wrote. A field that is not well formed
says nothing at all, so that nobody gains by breaking one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, NamedTuple

LONGEST = 20_000
_PLAIN = re.compile(r'[^\s();="\\]+')
_VALUE = re.compile(r'[^\s();"\\]+')  # some servers leave "=" unquoted in a value, as in header.b=abc=
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)


class MalformedError(ValueError):
    """The field breaks the grammar: an open comment or quotation, a stray sign."""


class Token(NamedTuple):
    kind: Literal["word", "=", ";"]
    text: str


@dataclass(frozen=True, slots=True)
class Result:
    """What one method said: `spf=pass smtp.mailfrom=x` is Result("spf", "pass", (("smtp.mailfrom", "x"),))."""

    method: str
    value: str
    properties: tuple[tuple[str, str], ...] = ()

    def all(self, name: str) -> list[str]:
        """Every value of a property."""
        return [value for key, value in self.properties if key == name]


@dataclass(frozen=True, slots=True)
class AuthenticationResults:
    """One field. `server` is the authserv-id in lower case, "" where the field names none."""

    server: str
    results: tuple[Result, ...] = ()

    def of(self, method: str) -> list[Result]:
        return [result for result in self.results if result.method == method]


def parse(field: str) -> AuthenticationResults | None:
    """The field's content; None when it is malformed or absurdly long."""
    if len(field) > LONGEST:
        return None
    try:
        tokens = _tokens(field)
        segments = _segments(tokens)
        server = _server(segments[0])
        first = 0 if server is None else 1
        results = tuple(_result(segment) for segment in segments[first:] if segment and not _says_none(segment))
    except MalformedError:
        return None
    return AuthenticationResults(server or "", results)


def _tokens(field: str) -> list[Token]:
    """Words, "=" and ";", without comments. A value is one word even where it is quoted in part."""
    found: list[Token] = []
    at = 0
    while at < len(field):
        sign = field[at]
        if sign.isspace():
            at += 1
        elif sign == "(":
            at = _after_comment(field, at)
        elif sign in "=;":
            found.append(Token("=" if sign == "=" else ";", sign))
            at += 1
        else:
            word, at = _word(field, at, _VALUE if found and found[-1].kind == "=" else _PLAIN)
            found.append(Token("word", word))
    return found


def _after_comment(field: str, at: int) -> int:
    """Where a comment ends; they nest (RFC 5322, 3.2.2)."""
    depth = 0
    while at < len(field):
        sign = field[at]
        if sign == "\\":
            at += 1
        elif sign == "(":
            depth += 1
        elif sign == ")":
            depth -= 1
            if depth == 0:
                return at + 1
        at += 1
    raise MalformedError("a comment is not closed")


def _word(field: str, at: int, plain: re.Pattern[str]) -> tuple[str, int]:
    pieces: list[str] = []
    while at < len(field):
        if field[at] == '"':
            quoted = _QUOTED.match(field, at)
            if quoted is None:
                raise MalformedError("a quotation is not closed")
            pieces.append(re.sub(r"\\(.)", r"\1", quoted[1], flags=re.DOTALL))
            at = quoted.end()
        elif run := plain.match(field, at):
            pieces.append(run[0])
            at = run.end()
        else:
            break
    if not pieces:
        raise MalformedError("a sign stands where a word belongs")
    return "".join(pieces), at


def _segments(tokens: list[Token]) -> list[list[Token]]:
    segments: list[list[Token]] = [[]]
    for token in tokens:
        if token.kind == ";":
            segments.append([])
        else:
            segments[-1].append(token)
    return segments


def _server(head: list[Token]) -> str | None:
    """The authserv-id, "" where the head is empty; None where the head is a result already (Exchange Online)."""
    if any(token.kind == "=" for token in head):
        return None
    if len(head) > 2 or (len(head) == 2 and not head[1].text.isdigit()):  # an optional version follows the name
        raise MalformedError("more than a name stands before the first result")
    return head[0].text.lower() if head else ""


def _says_none(segment: list[Token]) -> bool:
    return len(segment) == 1 and segment[0].text.lower() == "none"


def _result(segment: list[Token]) -> Result:
    pairs = _pairs(segment)
    method, value = pairs[0]
    return Result(method.partition("/")[0], value.lower(), tuple(pairs[1:]))


def _pairs(segment: list[Token]) -> list[tuple[str, str]]:
    """`key=value` after `key=value`; a key may come in pieces (`policy (why) . expired`, `dkim / 1`)."""
    pairs: list[tuple[str, str]] = []
    key = ""
    at = 0
    while at < len(segment):
        token = segment[at]
        if token.kind == "word":
            if key and not (key[-1] in "./" or token.text[0] in "./"):
                raise MalformedError("a word stands alone")
            key += token.text.lower()
            at += 1
            continue
        following = segment[at + 1] if at + 1 < len(segment) else Token("word", "")  # smtp.mailfrom= of a null sender
        if not key or following.kind != "word":
            raise MalformedError("an equals sign stands alone")
        pairs.append((key, following.text))
        key = ""
        at += 2
    if key or not pairs:
        raise MalformedError("a word stands alone")
    return pairs
