"""A sentence's clauses: what its marks and conjunctions set apart.

What matters may stand in one clause of a sentence that is otherwise plain ("Your copy attached, names in, the public
one's at …"), and be outweighed by the rest of it. So each clause is read for itself, too.
"""

from __future__ import annotations

import re

from intake.judging.words.features import with_addresses_named

_PARTED = re.compile(
    r"[;:–—()]|(?<=\s)-(?=\s)|,(?=\s)"
    r"|(?<=\s)(?=(?:but|except|which|although|though|so|because|while|and|bar|apart|save)\b)"
)
_WORD = re.compile(r"[^\W\d_]+")
_FEWEST_WORDS = 2  # a single word does nothing by itself


def clauses_of(sentence: str) -> tuple[str, ...]:
    """The clauses of a sentence in their order, addresses as URL and EMAIL; none where it has but one."""
    parts = [part.strip() for part in _PARTED.split(with_addresses_named(sentence))]
    clauses = tuple(part for part in parts if len(_WORD.findall(part)) >= _FEWEST_WORDS)
    return clauses if len(clauses) > 1 else ()
