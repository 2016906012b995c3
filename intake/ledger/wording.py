"""What messages say, kept for people to read and to search in: SQLite's FTS5 and PostgreSQL's full text find it.

Both databases search the same folded terms, so that they find the same: every word of subject, sender, file names and
the sender's own words, once each. They go when the message's bytes go.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnClause,
    ColumnElement,
    Select,
    bindparam,
    column,
    delete,
    func,
    insert,
    literal_column,
    select,
    text,
)

from intake.ledger.database import Writer
from intake.ledger.records import Headers
from intake.ledger.tables import message_words

_MOST = 60_000  # characters of each: a person reads no more, and the message itself is there
_MOST_TERMS = 20_000
_WORD = re.compile(r"[^\W_]+")
# The expression that PostgreSQL's index is made of; a query must use the very same.
_VECTOR: ColumnClause[Any] = literal_column("to_tsvector('simple'::regconfig, message_words.terms)")


def keep(writer: Writer, message: int, headers: Headers, names: Iterable[str]) -> None:
    """Keep what a message says, in place of what was kept of it before."""
    forget(writer, message_words.c.message_id == message)
    row = {
        "message_id": message,
        "words": _plain(headers.words),
        "below": _plain(headers.below),
        "terms": terms((headers.subject, headers.sender or "", *names, headers.words[:_MOST])),
    }
    writer.connection.execute(insert(message_words).values(row))


def forget(writer: Writer, which: ColumnElement[bool]) -> None:
    """Keep these no longer."""
    writer.connection.execute(delete(message_words).where(which))


def forget_messages(writer: Writer, messages: Select[Any]) -> None:
    """Keep what these messages say no longer."""
    forget(writer, message_words.c.message_id.in_(messages))


def terms(texts: Iterable[str]) -> str:
    """Every word once, folded: in lower case and without accents, so that it is found however it is typed."""
    found = dict.fromkeys(word for each in texts for word in _words(each))
    return " ".join(list(found)[:_MOST_TERMS])


def matching(asked: str, *, sqlite: bool) -> Select[Any] | None:
    """The messages that hold, for each word asked for, one beginning with it; None where no word is asked for."""
    words = _words(asked)
    if not words:
        return None
    if sqlite:
        hits = text("SELECT rowid FROM message_search WHERE message_search MATCH :term")
        wanted: BindParameter[str] = bindparam("term", " ".join(f'"{word}"*' for word in words), unique=True)
        found = hits.bindparams(wanted).columns(column("rowid")).subquery()
        return select(found.c.rowid)
    query = func.to_tsquery(literal_column("'simple'::regconfig"), " & ".join(f"{word}:*" for word in words))
    return select(message_words.c.message_id).where(_VECTOR.op("@@")(query))


def _words(given: str) -> list[str]:
    bare = unicodedata.normalize("NFKD", given)
    return _WORD.findall("".join(each for each in bare if not unicodedata.combining(each)).casefold())


def _plain(given: str) -> str:
    return given[:_MOST].replace("\x00", "")  # which PostgreSQL's text cannot hold
