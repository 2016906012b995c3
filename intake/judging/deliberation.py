"""What is done with a stranger's words and pages, in children of the sandbox: triage, parts, kind, checks, doubts.

The server prepares itself with each set of rules once (`seat`); its children inherit them, and are told by the rules'
digest which to go by. What they answer are records; what follows from them is decided outside (`decision`).
"""

from __future__ import annotations

import msgspec

from intake.judging import parts, triage, words
from intake.judging.checks import examine_all
from intake.judging.content_doubts import content_doubts, words_of_colleagues
from intake.judging.exchange import Matter, Opened, Rules, Step, Thought
from intake.judging.facts import Dossier
from intake.judging.parts.assembly import case_identity
from intake.judging.words.placing import settled
from intake.judging.words.reader import ActReader
from intake.model import Document
from intake.unpacking.message import unpack

_SEATED: dict[str, tuple[Rules, ActReader]] = {}


def seat(digest: str, rules: Rules, reader: ActReader) -> None:
    """In the server: the rules, and the reader of sentences, that its children will go by under this digest."""
    _SEATED[digest] = rules, reader


def ready(_: memoryview, digest: str) -> bool:
    """The task: whether these rules are seated."""
    return digest in _SEATED


def open_message(raw: memoryview, digest: str) -> Opened:
    """The task: one message, unpacked, and triaged by its headers."""
    rules, _ = _SEATED[digest]
    unpacked = unpack(raw, rules.unpack_limits)
    return Opened(unpacked, triage.triage(unpacked, rules.own))


def consider(content: memoryview, digest: str, rounds: int) -> Step:
    """The task: one message with its documents, a `Matter`; while `rounds` are left, it may want pages recognised."""
    matter = msgspec.msgpack.decode(content, type=Matter)
    rules, reader = _SEATED[digest]
    dossier = parts.assemble(matter.unpacked, matter.documents, rules.wording)
    wanted = parts.pages_to_recognise(dossier) if rounds else {}
    if wanted:
        return Step(wanted={index: list(pages) for index, pages in wanted.items()})
    return Step(thought=_concluded(dossier, rules, None if matter.declared else reader))


def _concluded(dossier: Dossier, rules: Rules, reader: ActReader | None) -> Thought:
    """`reader` is None for a bare file, which comes to be pre-checked without a word."""
    declared = reader is None
    readings = _readings(dossier, reader) if reader is not None else ()
    dossier = settled(dossier, readings)
    kind = words.classify(dossier, rules.wording, readings, own=rules.own.addresses, declared=declared)
    doubts = content_doubts(dossier, kind.series, rules.own, rules.wording.weblink.public_sites)
    if not declared:
        doubts += words.asking(readings, dossier)
    return Thought(
        kind=kind,
        findings=examine_all(dossier, rules.policy),
        doubts=doubts,
        weblink=dossier.weblink.url,
        identity=case_identity(dossier),
        report=next((i for i, each in enumerate(dossier.documents) if each is dossier.report), None),
        roles=tuple(_role(document, dossier) for document in dossier.documents),
    )


def _readings(dossier: Dossier, reader: ActReader) -> tuple[words.Reading, ...]:
    subject = "" if triage.answers(dossier.unpacked) else dossier.unpacked.subject  # an answer's is somebody else's
    said = f"{dossier.words}\n\n{words_of_colleagues(dossier.unpacked)}"
    return words.read(subject, said, reader)


def _role(document: Document, dossier: Dossier) -> str:
    found = dossier.parts_of(document)
    if document is dossier.report:
        return "report"
    if found is None:
        return "other"
    if found.letter and _mostly(found.letter.pages, document):
        return "feedback-letter"
    if found.plan and _mostly(found.plan.pages, document):
        return "action-plan"
    return "executive-summary" if found.summary else "other"


def _mostly(part: range, document: Document) -> bool:
    """Whether the part is the document, and not only in it (a second copy of the report holds a letter, too)."""
    return 2 * len(part) >= document.page_count
