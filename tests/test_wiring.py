"""The composition root: what the settings say reaches the parts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec import structs

from intake.errors import ConfigurationError
from intake.ledger import Overdue
from intake.service.purging import Purging
from intake.settings import Settings
from intake.wiring.archive import ledger_url, open_archive
from tests.service.world import settings_of


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_of(tmp_path, 1, 1, "user", "password")


def test_the_ledgers_password_comes_from_its_file_alone(settings: Settings, tmp_path: Path) -> None:
    secret = tmp_path / "ledger-password"
    secret.touch(mode=0o600)
    secret.write_text("p@ss/word\n", encoding="utf-8")
    storage = structs.replace(
        settings.storage, ledger="postgresql+psycopg://intake@localhost/intake", ledger_password_file=str(secret)
    )
    assert ledger_url(structs.replace(settings, storage=storage)) == (
        "postgresql+psycopg://intake:p%40ss%2Fword@localhost/intake"
    )
    assert "p%40ss" not in repr(storage)
    secret.chmod(0o644)
    with pytest.raises(ConfigurationError):
        ledger_url(structs.replace(settings, storage=storage))


def test_without_a_password_the_ledger_is_a_file_in_the_data_folder(settings: Settings, tmp_path: Path) -> None:
    assert ledger_url(settings) == f"sqlite:///{tmp_path / 'data' / 'ledger.sqlite'}"


def test_the_service_deletes_by_age_once_a_day(settings: Settings) -> None:
    now, calls = datetime.now(UTC), []

    class Counted(Purging):
        def purge(self, now: datetime) -> Overdue:
            calls.append(now)
            return super().purge(now)

    with open_archive(settings, migrate=True) as archive:
        assert Purging(archive.ledger, archive.store, 0).overdue(now).sha256 == ()
        purging = Counted(archive.ledger, archive.store, 365)
        for hours in (0, 1, 23, 25, 26, 50):
            purging.run_daily(now + timedelta(hours=hours))
    assert calls == [now + timedelta(hours=hours) for hours in (0, 25, 50)]
