"""An address on a stranger's site goes to the Commissioner by a person's word alone; what they let pass is known."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from intake.judging.parts.sites import is_vouched_for, site_of
from intake.ledger import Act
from intake.model import MailKind, Outcome, SubmissionState
from intake.wiring.children import start_sandbox
from intake.wiring.rules import load_rules
from tests.builders import NORTHMERE
from tests.cases.office import Bench
from tests.service.world import named, submission

PUBLIC = load_rules().wording.weblink.public_sites
OWNER = frozenset({"northmere", "bridge"})
STRANGE = "https://www.reports-online.example.net/dhr/{name}"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with start_sandbox() as sandbox:
        made = Bench(tmp_path_factory.mktemp("addresses"), sandbox, {})
        yield made
        made.close()


@pytest.mark.parametrize(
    "url",
    [
        "https://www.northmere.gov.uk/dhr",
        "https://northmere.police.uk/dhr",
        "https://gov.wales/dhr",
        "https://www.clerks.example.org/dhr",  # where the sender writes from
        "https://saferbridge.org.uk/dhr",
        "https://www.northmere-together.co.uk/dhr",
    ],
)
def test_sites_of_those_concerned_and_of_public_bodies(url: str) -> None:
    assert is_vouched_for(url, "clerks.example.org", OWNER, PUBLIC)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.northmere.gov.uk.evil.com/dhr",
        "https://northmere.evil.com/dhr",
        "https://evil.com/northmere.gov.uk/dhr",
        "https://northmere.gov.uk@evil.com/dhr",
        "https://evil.com\\@northmere.gov.uk/dhr",
        "https://northmere.github.io/dhr",
        "https://xn--nrthmere-n4a.gov.uk/dhr",
        "https://notgov.uk/dhr",
        "https://192.0.2.7/northmere",
        "https://[2001:db8::7]/northmere",
        "https://n\u043erthmere.org.uk/dhr",
    ],
)
def test_sites_that_only_look_like_theirs(url: str) -> None:
    assert not is_vouched_for(url, "clerks.example.org", OWNER, PUBLIC)


def test_a_site_is_the_name_that_was_registered() -> None:
    assert site_of("https://a.b.reports.org.uk/x") == site_of("http://reports.org.uk") == "reports.org.uk"
    assert site_of("https://192.0.2.7/x") == ""


def test_a_strangers_site_waits_for_a_person_and_is_known_from_then_on(bench: Bench) -> None:
    def comes(number: int, name: str) -> str:
        link = STRANGE.format(name=name.lower())
        bench.receives(submission(number, named(name), weblink=link))
        bench.judges()
        return bench.submissions()[0].reference

    def forwards() -> int:
        return sum(mail.kind is MailKind.FORWARD for mail in bench.outgoing())

    first = comes(1, "Anna")
    view = bench.view(first)
    assert view.submission.state is SubmissionState.REVIEW
    (doubt,) = view.doubts
    assert (doubt.code, doubt.quote) == ("foreign-site", STRANGE.format(name="anna"))
    ignored = comes(2, "Bea")
    bench.decisions.release(ignored, Outcome.IGNORE, Act(by="Ana", reason="not theirs", at=bench.now))
    still = comes(3, "Cora")  # that somebody left a report alone lets no site pass
    assert bench.view(still).submission.state is SubmissionState.REVIEW
    assert forwards() == 0
    bench.decisions.release(first, Outcome.COMPLIANT, Act(by="Ana", reason="the partnership's own", at=bench.now))
    comes(4, "Dora")
    assert forwards() == 2
    bench.receives(submission(5, named("Elin"), weblink=NORTHMERE.weblink))
    bench.judges()
    assert forwards() == 3
