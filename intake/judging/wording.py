"""The phrases by which things are recognised: `config/wording.toml`, read once into frozen records."""

from __future__ import annotations

import hashlib
import tomllib
from typing import Any

import msgspec

from intake.errors import ConfigurationError


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file: a key that is not known is refused."""


class Anchor(Record, frozen=True):
    """One thing that feedback letters say, in its variants."""

    id: str
    weight: int
    phrases: tuple[str, ...]
    opening: bool = False  # stands in the letter's first paragraph


class LetterKinds(Record, frozen=True):
    """What tells the letter that lets a report go ahead from the one that asks to see it again."""

    final: tuple[str, ...]
    resubmit: tuple[str, ...]
    denied_by: tuple[str, ...]


class FeedbackLetter(Record, frozen=True):
    """How a feedback letter is recognised; `certain` and `possible` are sums of anchor weights."""

    certain: int
    possible: int
    anchors: int
    longest: int
    salutation: tuple[str, ...]
    answers: tuple[str, ...]
    close: tuple[str, ...]
    anchor: tuple[Anchor, ...]
    kind: LetterKinds


class Mention(Record, frozen=True):
    """How a report speaks of a part without holding it."""

    letter: tuple[str, ...]
    plan: tuple[str, ...]


class ActionPlan(Record, frozen=True):
    """How an action plan is recognised: its titles and its table's headings, by column."""

    titles: tuple[str, ...]
    other_plans: tuple[str, ...]
    live_note: tuple[str, ...]
    done: tuple[str, ...]
    recommendations: tuple[str, ...]
    columns: dict[str, tuple[str, ...]]


class Report(Record, frozen=True):
    """How a review's report is recognised, and what belongs to its own text."""

    titles: tuple[str, ...]
    body_headings: tuple[str, ...]
    executive_summary: tuple[str, ...]
    contents: tuple[str, ...]
    annex_labels: tuple[str, ...]


class WeblinkWords(Record, frozen=True):
    """What is said around an address of publication, and the hosts that never are one."""

    publication: tuple[str, ...]
    explicit: tuple[str, ...]
    other_subjects: tuple[str, ...]
    path_words: tuple[str, ...]
    never_hosts: tuple[str, ...]
    social_hosts: tuple[str, ...]
    file_share_hosts: tuple[str, ...]
    meeting_hosts: tuple[str, ...]
    shortener_hosts: tuple[str, ...]
    private_hosts: tuple[str, ...]
    public_sites: tuple[str, ...]
    elsewhere: tuple[str, ...]


class MessageWords(Record, frozen=True):
    """What a covering e-mail says."""

    final_strong: tuple[str, ...]
    final_helpful: tuple[str, ...]
    attached: tuple[str, ...]
    received: tuple[str, ...]
    our_domains: tuple[str, ...]
    commissioner_domains: tuple[str, ...]
    answered: tuple[str, ...]
    qa: tuple[str, ...]
    follow_up: tuple[str, ...]
    other_reviews: tuple[str, ...]
    this_review: tuple[str, ...]
    other_business: tuple[str, ...]


class FileNames(Record, frozen=True):
    """What file names say of a document."""

    report: tuple[str, ...]


class Language(Record, frozen=True):
    """Everyday words that tell Welsh from English."""

    welsh: tuple[str, ...]
    english: tuple[str, ...]


class Wording(Record, frozen=True):
    """The whole of `wording.toml`. `version` goes into every finding, with a digest of the file."""

    version: str
    feedback_letter: FeedbackLetter
    mention: Mention
    action_plan: ActionPlan
    report: Report
    weblink: WeblinkWords
    message: MessageWords
    file_names: FileNames
    language: Language
    digest: str = ""


def read_wording(text: str, source: str) -> Wording:
    """Read the file's text. Raises ConfigurationError, naming `source`, when it is not right."""
    table = parse_toml(text, source)
    table["digest"] = hashlib.sha256(text.encode()).hexdigest()[:8]
    try:
        return msgspec.convert(table, Wording)
    except msgspec.ValidationError as error:
        raise ConfigurationError(
            f"{source}: {error}.", "Compare with the wording.toml that comes with the program."
        ) from error


def parse_toml(text: str, source: str) -> dict[str, Any]:
    """Parse TOML, or raise ConfigurationError with the line."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{source} is not valid TOML: {error}.", "Correct that line and try again.") from error
