"""What a message holds, gathered while its structure is walked: bodies, files, problems, a returned mail's header."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from intake.model import Address, Attachment, DeliveryReport, PassedOn, UnpackProblem
from intake.unpacking.archive_faults import ArchiveBudget
from intake.unpacking.limits import UnpackLimits
from intake.unpacking.names import invent_name, safe_name

_PICTURES = (".png", ".gif", ".jpg", ".jpeg", ".bmp", ".svg", ".emz", ".wmz", ".wmf", ".webp")
_SMALL_PICTURE = 200 * 1024
_DECORATION = re.compile(
    r"logo|banner|signature|icon|badge|footer|header|award|twitter|facebook|linkedin", re.IGNORECASE
)
_LEAST_PHOTOGRAPH = 20 * 1024
_MOST_PROBLEMS = 50
_MOST_SECTIONS = 200
_MOST_PASSED_ON = 100


@dataclass(slots=True)
class Section:
    """One stretch of the body, in one or both of its forms.

    `copy` is the same words once more, from inside winmail.dat.
    """

    plain: str = ""
    html: str = ""
    copy: bool = False
    other: str = ""  # a rarer form as plain text, and one as HTML: they count where the message gives neither of these
    other_html: str = ""

    @property
    def blank(self) -> bool:
        return not (self.plain.strip() or self.html.strip())

    flowed: bool = False
    delete_space: bool = False


@dataclass(frozen=True, slots=True)
class GatheredFile:
    """A file, and what decides later whether it is only a picture in the text."""

    attachment: Attachment
    content_id: str = ""
    picture: bool = False


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file as it stood in the message, before it has a name that is safe to show."""

    name: str
    declared_type: str
    content: bytes
    content_id: str = ""
    attached: bool = False  # the sender's program says that it is an attachment
    shown: bool = False  # the program says that it belongs to the text


@dataclass(frozen=True, slots=True)
class Spot:
    """Where in the message something was found."""

    containers: tuple[str, ...] = ()
    depth: int = 0
    archive_depth: int = 0
    alternative: Section | None = None  # the body that a multipart/alternative around gives in several forms
    related: bool = False
    words_only: bool = False  # inside a mail of this service's own
    forwarded: bool = False  # inside a message that travels as an attachment, and is not the sender's own


@dataclass(slots=True)
class Contents:
    """The gathering itself; `sender` is the author of the message, who may have written mails inside it too."""

    limits: UnpackLimits
    sender: Address | None = None
    sections: list[Section] = field(default_factory=list)
    quoted_sections: list[Section] = field(default_factory=list)
    files: list[GatheredFile] = field(default_factory=list)
    problems: list[UnpackProblem] = field(default_factory=list)
    returned_headers: tuple[tuple[str, str], ...] = ()
    delivery_reports: tuple[DeliveryReport, ...] = ()
    passed_on: list[PassedOn] = field(default_factory=list)
    parts: int = 0
    budget: ArchiveBudget = field(init=False)
    rich_text_left: int = field(init=False)  # bytes that rich text may still come to, all of it together

    def __post_init__(self) -> None:
        self.rich_text_left = self.limits.html_characters
        self.budget = ArchiveBudget(self.limits.archive_total, self.limits.files)

    def note(self, fault: str, name: str = "", detail: str = "") -> None:
        """Keep a problem, each once."""
        problem = UnpackProblem(fault, name, detail)
        if problem not in self.problems and len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(problem)

    def pass_on(self, mail: PassedOn) -> None:
        """Keep who wrote a message inside this one."""
        if len(self.passed_on) < _MOST_PASSED_ON:
            self.passed_on.append(mail)

    def section(self, spot: Spot) -> Section:
        """The body that words found here belong to."""
        if spot.alternative is not None:
            return spot.alternative
        section = Section()
        self.add_section(section, spot)
        return section

    def add_section(self, section: Section, spot: Spot) -> None:
        """A new stretch of the body, or of what only travelled along."""
        sections = self.quoted_sections if spot.forwarded else self.sections
        if len(sections) < _MOST_SECTIONS:
            sections.append(section)

    def keep(self, file: FoundFile, spot: Spot) -> None:
        """Hand a file on as an attachment."""
        if len(self.files) >= self.limits.files:
            self.note("too-many-parts", detail="files")
            return
        name = safe_name(file.name, "") or invent_name(file.content, file.declared_type, len(self.files) + 1)
        # scanners call a PDF a picture, and name it as if it were shown in the text
        is_pdf = file.content[:1024].lstrip().startswith(b"%PDF-")
        picture = not is_pdf and (file.declared_type.startswith("image/") or name.lower().endswith(_PICTURES))
        shown = file.shown and not (picture and _is_photograph(name, file, spot))
        belongs = shown or ((spot.related or bool(file.content_id)) and not file.attached)
        inline = (picture and belongs and len(file.content) <= _SMALL_PICTURE) or (
            file.declared_type == "text/calendar" and not file.attached
        )
        attachment = Attachment(name, file.declared_type, file.content, spot.containers, inline)
        self.files.append(GatheredFile(attachment, file.content_id, picture))


def _is_photograph(name: str, file: FoundFile, spot: Spot) -> bool:
    """Whether a picture "in the text" is one that was sent: telephones put photographs there, without an identifier."""
    loose = not spot.related and not file.content_id
    return loose and len(file.content) >= _LEAST_PHOTOGRAPH and not _DECORATION.search(name)
