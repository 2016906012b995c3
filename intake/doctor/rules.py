"""What the program is told: settings, secrets, templates, wording and policy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from intake import resources
from intake.correspondence import Templates
from intake.doctor.check import Result, Surroundings, failure, not_checked, ok, warning
from intake.errors import IntakeError
from intake.model import Mode
from intake.settings import Settings, read_secret
from intake.wiring.office import build_scanner
from intake.wiring.rules import load_policy, load_wording

_MODES = {
    Mode.TRIAL: "trial: mail goes only to the addresses in [trial] allow",
    Mode.SUPERVISED: "supervised: every email waits for a person",
    Mode.AUTOMATIC: "automatic: mail leaves by itself",
}
# Where systemd looks for what LoadCredential= names (systemd.exec(5)).
_CREDENTIAL_STORES = (Path("/etc/credstore"), Path("/etc/credstore.encrypted"), Path("/run/credstore"))


def check_configuration(around: Surroundings) -> Iterator[Result]:
    """The settings file."""
    if around.configuration is None:
        told = around.told
        yield failure(told.message if told else "There is none.", told.hint if told else "")
        return
    yield ok(f"It can be read. The mode is {_MODES[around.configuration.mode]}.")


def check_secrets(around: Surroundings) -> Iterator[Result]:
    """The files that hold passwords and keys: there, and closed to others."""
    named = [(path, what) for path, what in _secrets(around.settings) if path]
    found = [result for path, what in named for result in _secret(path, what)]
    yield from found
    if not named:
        yield not_checked("The configuration names no file with a secret.")
    elif not found:
        yield ok(f"{len(named)} file{'s' if len(named) > 1 else ''}, closed to others.")


def _secret(path: str, what: str) -> Iterator[Result]:
    """What is wrong with one file."""
    try:
        text = read_secret(path, what).reveal()
    except IntakeError as error:
        name = Path(path).name
        kept = not Path(path).exists() and any((store / name).exists() for store in _CREDENTIAL_STORES)
        hint = "systemd hands it to the service alone: run `intake doctor --as-service`." if kept else error.hint
        yield failure(error.message, hint)
        return
    if "-----BEGIN" in text:
        return
    if text != text.strip():
        yield warning(
            f"{path}, which holds {what}, begins or ends with a space, which counts as part of it.",
            "If it should not: write it anew with printf %s 'the secret' >FILE",
        )
    if "\n" in text:
        yield warning(f"{path}, which holds {what}, has several lines, all of which count.", "Leave one line.")


def _secrets(settings: Settings) -> Iterator[tuple[str, str]]:
    for mailbox in settings.mailboxes:
        yield mailbox.password_file, f"the password of mailbox {mailbox.name}"
    yield settings.relay.password_file, "the relay's password"
    yield settings.oauth.client_secret_file, "the OAuth client secret"
    yield settings.oauth.certificate_key_file, "the OAuth certificate's private key"
    yield settings.storage.ledger_password_file, "the ledger's password"
    yield settings.web.tls_key_file, "the web log's private key"
    yield settings.web.oidc.client_secret_file, "the single sign-on's client secret"
    yield settings.web.metrics_token_file, "the token for /metrics"


def check_expiries(around: Surroundings) -> Iterator[Result]:
    """Our own secrets and certificates that end one day."""
    expiries = around.credentials.expiries()
    early = timedelta(days=around.settings.alarms.secret_days)
    if not expiries:
        yield not_checked("No secret or certificate with a known end is configured.")
    for expiry in expiries:
        left = (expiry.when - around.now).days
        if expiry.when <= around.now:
            yield failure(f"{expiry.what} ended on {expiry.when:%d %b %Y}.", "Make a new one, and put it in its place.")
        elif expiry.when - around.now < early:
            yield warning(f"{expiry.what} ends in {left} days.", "Make a new one in time.")
        else:
            yield ok(f"{expiry.what} is good for {left} more days.")


def check_templates(around: Surroundings) -> Iterator[Result]:
    """Every mail template, rendered with samples of everything that mail may have to say."""
    own = around.configuration.overrides.templates if around.configuration else ""
    problems = Templates(resources.path("templates/mail"), Path(own) if own else None).check()
    for problem in problems:
        yield failure(str(problem), "Correct the template, or remove it: the program's own is then used.")
    if not problems:
        yield ok(f"Each renders{f', with your own from {own}' if own else ''}.")


def check_wording(around: Surroundings) -> Iterator[Result]:
    """The phrases by which letters and plans are known."""
    own = around.configuration.overrides.wording if around.configuration else ""
    wording = load_wording(Path(own) if own else None)
    yield ok(f"Version {wording.version}{f' from {own}' if own else ''}.")


def check_policy(around: Surroundings) -> Iterator[Result]:
    """Which checks are required."""
    own = around.configuration.overrides.policy if around.configuration else ""
    policy = load_policy(Path(own) if own else None)
    yield ok(f"A report must be smaller than {policy.limits.report_size_mb:g} MB{f' ({own})' if own else ''}.")


def check_scanner(around: Surroundings) -> Iterator[Result]:
    """The virus scanner: there, fresh, and willing to read the largest file that may be forwarded."""
    scanner = build_scanner(around.settings)
    if scanner is None:
        yield not_checked("No virus scanner is configured.", "Name one in [scanner] if the mail gateway has none.")
        return
    if problem := scanner.problem():
        yield failure(problem, "Until it works, every submission waits for a person.")
        return
    own = around.settings.overrides.policy
    limit = load_policy(Path(own) if own else None).report_size_bytes
    if scanner.finds_in(limit):
        yield ok("It answers, is up to date, and reads the largest report that is allowed.")
    else:
        yield failure(
            f"It finds nothing in a file of {limit // 1_000_000} MB.",
            "Raise MaxFileSize, MaxScanSize and StreamMaxLength in clamd.conf above the report's size limit.",
        )
