"""For machines: is it alive, is it ready, and the numbers that a monitor draws and warns by."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.responses import PlainTextResponse, Response
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from starlette.requests import Request

from intake.errors import IntakeError
from intake.ledger import SWEPT_FACT, WATCHED_FACT
from intake.settings import read_secret
from intake.settings.reading import is_loopback
from intake.web.guard import Place
from intake.web.home import is_quiet, mailboxes
from intake.web.workplace import Workplace

router = APIRouter()
_YEAR = timedelta(days=365)
_WATCH_SILENT = timedelta(minutes=10)  # the service looks round each minute
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")


@router.get("/health/live")
def live() -> Response:
    """The process answers."""
    return PlainTextResponse("alive\n")


@router.get("/health/ready")
@router.get("/health")
def ready(request: Request, place: Place) -> Response:
    """Mail is read and can leave: the ledger answers, no alarm is on, and the service at work has looked lately."""
    try:
        wrong = _wrong(place)
    except IntakeError:
        return PlainTextResponse("the ledger does not answer\n", 503)
    if not wrong:
        return PlainTextResponse("ready\n")
    # Names of mailboxes and servers are for those who may have the numbers, too.
    told = f": {', '.join(wrong)}" if _may_know(request, place) else ""
    return PlainTextResponse(f"not ready{told}\n", 503)


@router.get("/metrics")
def metrics(request: Request, place: Place) -> Response:
    """Numbers only: no reference, no name; for this machine, or for who has the token."""
    if not _may_know(request, place):
        return PlainTextResponse("not for you\n", 403)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Numbers(place))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def health_app(app: FastAPI) -> FastAPI:
    """These three addresses alone, over the same workplace, for a listener of their own."""
    own = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    own.state.workplace = app.state.workplace
    own.include_router(router)
    return own


def _wrong(place: Workplace) -> list[str]:
    """The alarms that are on, by name, and what cannot raise one: a service that is not there."""
    now, facts = place.now(), place.ledger.facts
    known, boxes = facts.all(), place.settings.mailboxes
    wrong = set(facts.alarms())
    wrong |= {f"sweeps:{box.name}" for box in boxes if is_quiet(box, known.get(SWEPT_FACT + box.name), now)}
    watched = known.get(WATCHED_FACT)
    if watched is None or now - watched.updated_at > _WATCH_SILENT:
        wrong.add("service")
    return sorted(wrong)


def _may_know(request: Request, place: Workplace) -> bool:
    return _from_here(request) or _has_token(request, place.settings.web.metrics_token_file)


def _from_here(request: Request) -> bool:
    """Whether it was asked on this machine itself: a proxy on it asks for others, and says so."""
    forwarded = any(name in request.headers for name in _FORWARDED)
    return request.client is not None and is_loopback(request.client.host) and not forwarded


def _has_token(request: Request, file: str) -> bool:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if not file or scheme.lower() != "bearer":
        return False
    wanted = read_secret(file, "web.metrics_token_file").reveal().strip()
    return bool(wanted) and hmac.compare_digest(given.strip().encode(), wanted.encode())


class _Numbers(Collector):
    """The ledger's numbers at this moment."""

    def __init__(self, place: Workplace) -> None:
        self._place = place

    def collect(self) -> Iterable[Metric]:
        """All of them."""
        ledger, now = self._place.ledger, self._place.now()
        counts, since = ledger.queries.counts(), now - _YEAR
        yield _by("intake_messages", "Messages by state.", "state", counts.messages)
        yield _by("intake_submissions", "Submissions by state.", "state", counts.submissions)
        yield _by("intake_outgoing_mails", "Outgoing mail by state.", "state", counts.outgoing)
        yield _by(
            "intake_messages_by_kind", "Messages by kind, of the last year.", "kind", ledger.statistics.kinds(since)
        )
        yield _by("intake_gaps", "Gaps found by each check, in the last year.", "check", ledger.statistics.gaps(since))
        yield _one("intake_filings_due", "Messages that wait to be filed in the mailbox.", counts.filings_due)
        for name, text, moment in (
            ("intake_oldest_arrived_seconds", "Age of the oldest message not yet checked.", counts.oldest_arrived),
            ("intake_oldest_queued_seconds", "How long the oldest waiting mail is due.", counts.oldest_queued),
        ):
            yield _one(name, text, max(0.0, (now - moment).total_seconds()) if moment else 0.0)
        swept = GaugeMetricFamily(
            "intake_last_sweep_timestamp_seconds", "The last complete look; 0: none.", labels=["mailbox"]
        )
        balanced = GaugeMetricFamily("intake_ledger_balanced", "1: every listed message is known.", labels=["mailbox"])
        for box in mailboxes(self._place, now):
            # A mailbox that nobody ever looked at is the one that must not be left out.
            swept.add_metric([box.name], box.swept_at.timestamp() if box.swept_at is not None else 0.0)
            balanced.add_metric([box.name], float(all(balance.balanced for _, balance in box.balances)))
        yield swept
        yield balanced
        yield _one("intake_alarms", "Alarms that are on.", len(ledger.facts.alarms()))
        yield _one("intake_ready", "1: mail is read and can leave, as /health/ready says.", not _wrong(self._place))
        yield _one("intake_strikes", "Failed tries at messages not yet judged.", ledger.statistics.strikes())
        yield from _effort(ledger.statistics.effort())


def _effort(taken: dict[str, float]) -> Iterable[Metric]:
    seconds = CounterMetricFamily("intake_stage_seconds", "Seconds that judging took, by stage.", labels=["stage"])
    for stage in ("unpack", "read", "recognise", "decide"):
        seconds.add_metric([stage], taken[f"{stage}_seconds"])
    yield seconds
    yield CounterMetricFamily("intake_judgements", "Messages judged.", value=taken["judgements"])
    yield CounterMetricFamily("intake_ocr_pages", "Pages that OCR looked at.", value=taken["ocr_pages"])


def _by(name: str, text: str, label: str, numbers: dict[str, int]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=[label])
    for value, number in sorted(numbers.items()):
        family.add_metric([value], number)
    return family


def _one(name: str, text: str, value: Any) -> Metric:
    return GaugeMetricFamily(name, text, value=float(value))
