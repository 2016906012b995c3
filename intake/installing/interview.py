"""The questions put to a person, a step at a time: asked again until the answers hold, or are kept all the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass

import msgspec

from intake.doctor import Check, Health, Result, Surroundings
from intake.doctor.senders import newest_headers
from intake.errors import ConfigurationError, IntakeError
from intake.installing.answers import Answers, settings_of
from intake.installing.places import Pocket
from intake.installing.proofs import Proofs, find_proofs
from intake.installing.steps import STEPS, Question, Step, broken, tried
from intake.service.service import utc_now
from intake.settings import Secret

_MOST = 40
_LISTS = frozenset({"staff", "trial"})
_NUMBERS = frozenset({"imap_port", "smtp_port"})


@dataclass(frozen=True, slots=True)
class Terminal:
    """The person's side. `ask` is given the whole prompt; `ask_secretly` shows nothing of what is typed."""

    ask: Callable[[str], str]
    ask_secretly: Callable[[str], str]
    say: Callable[[str], None]
    show: Callable[[Check, Result], None]


class Interview:
    """Asks, and tries what was answered."""

    def __init__(self, terminal: Terminal, pocket: Pocket, *, trying: bool) -> None:
        self._terminal = terminal
        self._pocket = pocket
        self._trying = trying

    def hold(self, answers: Answers) -> Answers:
        """All the steps, beginning with these answers as what is proposed."""
        for step in STEPS:
            answers = self._until_it_holds(step, answers)
        return answers

    def _until_it_holds(self, step: Step, answers: Answers) -> Answers:
        while True:
            self._terminal.say(f"\n{step.title}")
            for question in step.questions:
                if question.wanted(answers):
                    answers = self._answered(question, answers)
            if self._holds(step, answers):
                return answers

    def _holds(self, step: Step, answers: Answers) -> bool:
        wrong = broken(settings_of(answers), step)
        for sentence in wrong:
            self._terminal.say(f"  {sentence}.")
        if wrong:
            return False
        if not self._trying or not failed(answers, step.checks, self._terminal.show):
            return True
        return self._terminal.ask("Keep these answers all the same? [y/N] ").strip().lower().startswith("y")

    def _answered(self, question: Question, answers: Answers) -> Answers:
        if question.secret:
            typed = self._terminal.ask_secretly(f"{question.text}: ")
            return replaced(answers, question.key, self._pocket.hold(Secret(typed)) if typed else "")
        before = getattr(answers, question.key)
        proposed = _shown(before) if _was_given(before, question) else question.proposed(answers)
        choices = f" ({', '.join(question.choices)})" if question.choices else ""
        while True:
            typed = self._terminal.ask(f"{question.text}{choices}{f' [{proposed}]' if proposed else ''}: ").strip()
            try:
                return replaced(answers, question.key, typed or proposed)
            except ConfigurationError as error:
                self._terminal.say(f"  {error.message}")


def _was_given(value: object, question: Question) -> bool:
    """A port follows from TLS, which may have been changed; what has a choice begins with a default of its own."""
    return bool(value) and question.key not in _NUMBERS and not question.choices


def _shown(value: object) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def replaced(answers: Answers, key: str, typed: str) -> Answers:
    """The answers with one more, as it was typed. Raises ConfigurationError where it cannot be one."""
    value: object = typed
    if key in _LISTS:
        value = [part for part in (each.strip() for each in typed.replace(";", ",").split(",")) if part]
    elif key in _NUMBERS:
        value = int(typed) if typed.isascii() and typed.isdigit() else typed
    try:
        return msgspec.convert(msgspec.to_builtins(answers) | {key: value}, Answers)
    except msgspec.ValidationError:
        raise ConfigurationError("That answer does not fit here; please look again at what is asked for.") from None


def failed(answers: Answers, checks: Sequence[str], show: Callable[[Check, Result], None]) -> bool:
    """Try the answers, show what is found, and say whether something fails."""
    found = False
    for check, result in tried(answers, checks):
        show(check, result)
        found |= result.health is Health.FAILURE
    return found


def with_proofs(answers: Answers, say: Callable[[str], None]) -> Answers:
    """The answers with what proves a sender, looked for in the mailbox's newest messages."""
    try:
        with closing(Surroundings(utc_now(), settings_of(answers))) as around:
            proofs = find_proofs(newest_headers(around, _MOST))
    except IntakeError as error:
        proofs = Proofs(why_not=error.message.rstrip("."))
    for line in _told(proofs):
        say(line)
    return msgspec.structs.replace(
        answers,
        authserv_id=proofs.authserv_id,
        border_host=proofs.border_host,
        inner_hosts=proofs.inner_hosts,
    )


def _told(proofs: Proofs) -> tuple[str, ...]:
    if not proofs.found:
        return (
            f"  Nothing was found that proves a sender: {proofs.why_not}.",
            "  Every submission waits for a person until [senders] authserv_id or border_host is set.",
        )
    named = {
        "authserv_id": proofs.authserv_id,
        "border_host": proofs.border_host,
        "inner_hosts": ", ".join(proofs.inner_hosts),
    }
    return (
        f"  {proofs.proved} of the latest {proofs.looked_at} messages carry sender checks of your mail system:",
        *(f"    {key} = {value}" for key, value in named.items() if value),
        "  Whether it removes forged ones is not known yet: `intake doctor --send-test` tries it.",
    )
