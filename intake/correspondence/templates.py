"""The mail templates: read once, checked with samples before anything is sent, rendered in a sandbox.

An organisation's own files replace the packaged ones one by one. All are read when `Templates` is made, so an
edit half-way through a day takes effect at the next start, after `check()` has seen it. Should one of the
organisation's own templates still fail over some rare mail, the packaged one is used and the log says so.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog
from jinja2 import DictLoader, StrictUndefined, TemplateError, TemplateSyntaxError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import escape

from intake.correspondence.display import listed, wrap_text
from intake.correspondence.samples import sample_mails
from intake.errors import ConfigurationError
from intake.model import MailKind

SUFFIXES = (".txt.j2", ".html.j2")
LAYOUT = "layout.html.j2"
EXPECTED = tuple(f"{kind.value}{suffix}" for kind in MailKind for suffix in SUFFIXES)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class TemplateProblem:
    """One thing wrong with one template, fit for `doctor` and for a start that is refused."""

    template: str
    message: str
    line: int | None = None

    def __str__(self) -> str:
        where = f"{self.template}, line {self.line}" if self.line else self.template
        return f"{where}: {self.message}"


class Templates:
    """All mail templates, ready to render."""

    def __init__(self, defaults: Path, overrides: Path | None = None) -> None:
        self._unreadable: list[TemplateProblem] = []
        packaged = _read_folder(defaults, self._unreadable)
        self._own = _read_folder(overrides, self._unreadable) if overrides else {}
        missing = [name for name in (*EXPECTED, LAYOUT) if name not in packaged]
        if missing:
            raise ConfigurationError(
                f"The mail templates are incomplete: {missing[0]} is not in {defaults}.",
                "Install the program again, or point it at the folder that holds its templates.",
            )
        self._packaged_environment = _environment(packaged)
        self._sources = packaged | self._own
        self._environment = _environment(self._sources)

    def render(self, kind: MailKind, view: Mapping[str, object]) -> tuple[str, str]:
        """The plain text and the HTML of one mail."""
        text, html = (self._render(f"{kind.value}{suffix}", view) for suffix in SUFFIXES)
        return wrap_text(text), html.strip() + "\n"

    def check(self) -> tuple[TemplateProblem, ...]:
        """Renders every template with every sample; () when all is well."""
        problems = [*self._unreadable]
        for name in sorted(self._own.keys() - {*EXPECTED, LAYOUT}):
            if not any(name in source for source in self._own.values()):
                problems += [TemplateProblem(name, "no mail uses a template of this name.")]
        for name in EXPECTED:
            problems.extend(self._problems(name))
        return tuple(problems)

    def _problems(self, name: str) -> list[TemplateProblem]:
        problems: dict[str, TemplateProblem] = {}
        try:
            source = self._sources[name]
            template = self._environment.get_template(name)
            unknown = meta.find_undeclared_variables(self._environment.parse(source))
        except TemplateSyntaxError as error:
            return [TemplateProblem(error.name or name, _sentence(error), error.lineno)]
        except TemplateError as error:
            return [TemplateProblem(name, _sentence(error))]
        samples = [sample for sample in sample_mails() if name.startswith(f"{sample.kind.value}.")]
        for word in sorted(unknown - samples[0].view.keys() - self._environment.globals.keys()):
            message = f"it uses '{word}', which this mail does not have."
            problems[message] = TemplateProblem(name, message, _line_of(word, source))
        for sample in samples:
            try:
                rendered = template.render(sample.view)
            except Exception as error:  # noqa: BLE001 - a template can raise anything Python can
                message = _sentence(error)
                problems.setdefault(message, TemplateProblem(name, message, _raised_at(error)))
                continue
            for what, needed in sample.essentials.items():
                if (str(escape(needed)) if name.endswith(".html.j2") else needed) not in rendered:
                    message = f"it leaves out {what} (sample: {sample.title})."
                    problems.setdefault(what, TemplateProblem(name, message))
        return list(problems.values())

    def _render(self, name: str, view: Mapping[str, object]) -> str:
        try:
            return self._environment.get_template(name).render(view)
        except Exception as error:
            if not self._own:
                raise
            # Without the traceback: it could carry names and titles into the log file.
            log.error("mail-template-failed", template=name, error=type(error).__name__)
            return self._packaged_environment.get_template(name).render(view)


def _environment(sources: Mapping[str, str]) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=DictLoader(sources),
        autoescape=lambda name: bool(name and name.endswith(".html.j2")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["sentence_list"] = listed
    return environment


def _read_folder(folder: Path, problems: list[TemplateProblem]) -> dict[str, str]:
    sources: dict[str, str] = {}
    if not folder.is_dir():
        problems.append(TemplateProblem(str(folder), "this folder of mail templates is not there."))
    for path in sorted(folder.glob("*.j2")):
        try:
            sources[path.name] = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            problems.append(TemplateProblem(path.name, "the file cannot be read as UTF-8 text."))
    return sources


def _sentence(error: Exception) -> str:
    text = " ".join(str(error).split()).rstrip(".") or type(error).__name__
    return f"{text}."


def _line_of(word: str, source: str) -> int | None:
    pattern = re.compile(rf"\b{re.escape(word)}\b")
    return next((number for number, line in enumerate(source.splitlines(), 1) if pattern.search(line)), None)


def _raised_at(error: Exception) -> int | None:
    # Jinja rewrites tracebacks so that template frames carry the template's own line numbers.
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == "<template>"]
    return frames[-1].lineno if frames else None
