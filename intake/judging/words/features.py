"""What the learned reader sees of a sentence: words, pairs of them, their letters, families and senses, and what cues
reach.

The same code makes the features when the reader learns and when it reads, so that both see the same. Everything is
linear in the length of the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from intake.judging.words.cues import reaches

_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"]+[^\s<>\".,;:!?)\]]", re.IGNORECASE)
_BARE_ADDRESS = re.compile(
    r"(?<![\w@.-])(?:[a-z0-9][a-z0-9-]{0,62}\.){1,5}"
    r"(?:(?:uk|org|com|net|info|wales|cymru|eu)\b(?:/[^\s<>\"]*)?|[a-z]{2,12}/[^\s<>\"]*)",  # any domain before a path
    re.IGNORECASE,
)
_MAIL_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w.-]{1,255}\w")
_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+|[?!;:,.…–—()\"/-]")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00a0": " "})
_PUNCTUATION = frozenset('?!;:,.…-()"/')
_LONGEST_WORD = 24  # letters: what goes on behind them says nothing more
_SKIP, _FAMILY_SKIP = 4, 5

_SHORT_FORMS = {
    "can't": ("can", "not"), "cannot": ("can", "not"), "won't": ("will", "not"), "shan't": ("shall", "not"),
    "cant": ("can", "not"), "wont": ("will", "not"), "dont": ("do", "not"), "doesnt": ("does", "not"),
    "didnt": ("did", "not"), "isnt": ("is", "not"), "wasnt": ("was", "not"), "arent": ("are", "not"),
    "werent": ("were", "not"), "hasnt": ("has", "not"), "havent": ("have", "not"), "hadnt": ("had", "not"),
    "couldnt": ("could", "not"), "wouldnt": ("would", "not"), "shouldnt": ("should", "not"),
    "oughtn't": ("ought", "not"), "im": ("i", "am"), "ive": ("i", "have"), "weve": ("we", "have"),
    "youll": ("you", "will"),
}  # fmt: skip
_NAMED = """January February March April May June July August September October November December
    Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec"""
_MONTHS = frozenset(_NAMED.split())
_ENDINGS = (("n't", "not"), ("'ll", "will"), ("'ve", "have"), ("'re", "are"), ("'m", "am"), ("'d", "would"))
_PLAIN = """a an the of to in on at by for with from as and or that this these those it its it's is are was were be been
    being am will would shall can could have has had do does did so than too very just also up out off into over under
    about which who whom whose what where why how there then any some each every all more most much many such own same
    between y yr i o ar yn a'r wedi bydd mae yw i'r ei eich ein"""
_PLAIN_WORDS = frozenset(_PLAIN.split())
_SUFFIXES = ("ing", "ed", "ly", "tion", "s")


@dataclass(frozen=True, slots=True)
class Families:
    """Words that do the same in a mail, by the name of their family: whole words, and beginnings of words."""

    words: Mapping[str, str] = field(default_factory=dict)
    beginnings: Mapping[str, str] = field(default_factory=dict)

    def of(self, word: str) -> str | None:
        """The family of a word in small letters."""
        if (name := self.words.get(word)) is not None:
            return name
        for length in range(min(len(word), _LONGEST_WORD), 2, -1):
            if (name := self.beginnings.get(word[:length])) is not None:
                return name
        return None


def read_families(text: str) -> Families:
    """The families of a file of `name: word word begin*` lines."""
    words: dict[str, str] = {}
    beginnings: dict[str, str] = {}
    for word, name in _named(text):
        if word.endswith("*"):
            beginnings[word[:-1]] = name.upper()
        else:
            words[word] = name.upper()
    return Families(words, beginnings)


def _named(text: str) -> Iterator[tuple[str, str]]:
    """Each word of such a file, and the name of its line."""
    for line in text.splitlines():
        name, colon, listed = line.partition(":")
        if colon and not name.startswith("#"):
            yield from ((word, name) for word in listed.split())


def normal(text: str) -> str:
    """A sentence with addresses as the words URL and EMAIL, and quotation marks and dashes levelled."""
    return with_addresses_named(text.translate(_QUOTES))


def with_addresses_named(text: str) -> str:
    """A sentence with addresses as the words URL and EMAIL."""
    text = _MAIL_ADDRESS.sub("EMAIL", text) if "@" in text else text
    return _BARE_ADDRESS.sub("URL", _ADDRESS.sub("URL", text))


def addresses_in(text: str) -> tuple[str, ...]:
    """The web addresses in a sentence, as they are written and in their order."""
    found = [(match.start(), match.group()) for match in _ADDRESS.finditer(text)]
    rest = _ADDRESS.sub(_blank, _MAIL_ADDRESS.sub(_blank, text))
    found += [(match.start(), match.group()) for match in _BARE_ADDRESS.finditer(rest)]
    return tuple(address for _, address in sorted(found))


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def words_of(text: str) -> list[str]:
    """The words and marks of a sentence as they are written, short forms in full, numbers as 0."""
    found: list[str] = []
    for token in _TOKEN.findall(normal(text)):
        if token[0].isdigit():
            found.append("0000" if len(token) == 4 else "0")
            continue
        small = token.lower()
        if token in _MONTHS and found:  # "in May" is no "may", and one month says what another does
            found.append("month")
            continue
        if small in _SHORT_FORMS:
            found += _SHORT_FORMS[small]
            continue
        for ending, full in _ENDINGS:
            if small.endswith(ending) and len(small) > len(ending):
                found += (token[: -len(ending)], full)
                break
        else:
            found.append(token[:_LONGEST_WORD])
    return found


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What is known of words beside the examples: what they do in a mail, and what they mean."""

    families: Families
    senses: Mapping[str, str]

    def sense(self, word: str) -> str | None:
        """The sense of a word in small letters, "send.past"."""
        return self.senses.get(word) or self.senses.get(word.removesuffix("'s"))


def read_vocabulary(families: str, senses: str) -> Vocabulary:
    """The vocabulary of the files of families and of senses."""
    return Vocabulary(read_families(families), dict(_named(senses)))


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words and marks of a sentence in small letters, and beside each what it does and what it means.

    `kinds`: its family, itself or its look. `senses`: its sense, or where none is known its kind.
    """

    words: tuple[str, ...]
    kinds: tuple[str, ...]
    senses: tuple[str, ...]


BLOCKS = ("words", "pairs", "letters", "families", "family-pairs", "reached", "senses", "sense-pairs")


def tokens(text: str, vocabulary: Vocabulary) -> Tokens:
    """A sentence as the reader sees it."""
    written = words_of(text)
    words = tuple(word if word in {"URL", "EMAIL"} else word.lower() for word in written)
    kinds = tuple(_kind(word, small, vocabulary.families) for word, small in zip(written, words, strict=True))
    senses = tuple(vocabulary.sense(small) or kind for small, kind in zip(words, kinds, strict=True))
    return Tokens(words, kinds, senses)


def features(seen: Tokens) -> tuple[frozenset[str], ...]:
    """The features of a sentence, block by block; within a block each counts once."""
    return (
        frozenset(_runs("w", seen.words, 3)),
        frozenset(_pairs("p", seen.words, _SKIP)),
        frozenset(_letters("c", seen.words)),
        frozenset(_runs("f", seen.kinds, 4)),
        frozenset(_pairs("g", seen.kinds, _FAMILY_SKIP)),
        frozenset(_reached(seen)),
        frozenset(_runs("s", seen.senses, 3)),
        frozenset(_pairs("t", [sense.partition(".")[0] for sense in seen.senses], _FAMILY_SKIP)),
    )


def word_feature(word: str) -> str:
    """The feature that a word alone makes."""
    return f"w{word}"


def _kind(written: str, small: str, families: Families) -> str:
    """A word's family; for a word of none itself where it is a plain one, else its look."""
    if (family := families.of(small)) is not None:
        return family
    if small in _PLAIN_WORDS or small in _PUNCTUATION or not small[0].isalpha() or written in {"URL", "EMAIL"}:
        return small
    if written[0].isupper():
        return "~Name"
    for suffix in _SUFFIXES:
        if small.endswith(suffix) and len(small) > len(suffix) + 2:
            return f"~{suffix}"
    return "~"


def _runs(mark: str, words: Sequence[str], most: int) -> Iterator[str]:
    """Runs of one to `most` words, the sentence's begin and end among them."""
    framed = ("^", *words, "$")
    for length in range(1, most + 1):
        for start in range(len(framed) - length + 1):
            yield mark + " ".join(framed[start : start + length])


def _pairs(mark: str, words: Iterable[str], reach: int) -> Iterator[str]:
    """Two words with one to `reach` minus one others between them, marks left out."""
    bare = [word for word in words if word not in _PUNCTUATION]
    for index, word in enumerate(bare):
        for other in bare[index + 2 : index + 1 + reach]:
            yield f"{mark}{word}_{other}"


def _reached(seen: Tokens) -> Iterator[str]:
    """Each word and family that a negation, a condition, an exception, a request or a doubt bears on."""
    for reach in reaches(seen.words):
        for index in range(reach.start, reach.end):
            yield f"r{reach.cue.kind}:{seen.kinds[index]}"
            yield f"R{reach.cue.kind}:{seen.words[index]}"


def _letters(mark: str, words: Iterable[str]) -> Iterator[str]:
    """Runs of two to five letters within each word, its begin and end among them."""
    for word in set(words):
        framed = f" {word} "
        for length in range(2, 6):
            if len(framed) <= length:
                yield mark + framed
                break
            for start in range(len(framed) - length + 1):
                yield mark + framed[start : start + length]
