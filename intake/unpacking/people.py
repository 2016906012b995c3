"""Whether two ways of naming a person name the same one: an address, a name, a name turned round."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from intake.model import Address
from intake.unpacking.lines import Line

_BRACKETED = re.compile(r"\([^()]{0,200}\)|\[[^\[\]]{0,200}\]|<[^<>]{0,300}>")
_WORD = re.compile(r"[^\W\d_]{2,}(?:['’-][^\W\d_]+)*")
_LONGEST = 300
_LONGEST_SIGNED = 80


def name_words(name: str) -> frozenset[str]:
    """The words of a name, without order, titles in brackets and single letters."""
    return frozenset(word.casefold() for word in _WORD.findall(_BRACKETED.sub(" ", name[:_LONGEST])))


def words_of(person: Address) -> frozenset[str]:
    """The words of a person's name; of the address where no name stands with it ("jane.smith@…")."""
    words = name_words(person.name.partition("@")[0])
    return words or name_words(person.address.partition("@")[0].replace(".", " ").replace("_", " "))


def same_person(one: Address | None, other: Address | None) -> bool:
    """Whether both are one person: by the address where both have one, else by a whole name of two words or more."""
    if one is None or other is None:
        return False
    if one.address and other.address:
        return one.address.lower() == other.address.lower()
    words = words_of(one)
    return len(words) > 1 and words == words_of(other)


@dataclass(frozen=True, slots=True)
class SenderName:
    """The words of the sender's name, as a line that signs a mail holds them."""

    words: frozenset[str] = frozenset()

    def stands_alone(self, lines: Sequence[Line], index: int) -> bool:
        """Whether the line is the whole name; or one word of it, in a paragraph of its own."""
        text = lines[index].text.strip(" \t,.*_-")
        if not self.words or len(text) > _LONGEST_SIGNED:
            return False
        words = name_words(text)
        if len(words) > 1:
            return words == self.words
        above = index == 0 or lines[index - 1].blank
        return above and len(text.split()) == 1 and bool(words) and words <= self.words


def name_of(sender: Address | None) -> SenderName:
    """The name that a mail by this sender is signed with."""
    return SenderName(words_of(sender) if sender else frozenset())
