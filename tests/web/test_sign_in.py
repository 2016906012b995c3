from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import update

from intake.errors import ConfigurationError
from intake.ledger.tables import sessions
from intake.settings.sections import Web
from intake.web import passwords
from intake.web.server import demand_protection
from intake.web.sign_in import own_path
from intake.wiring.archive import Archive
from tests.web.office import PASSWORD, REVIEW, Visitor, now


@pytest.mark.parametrize("path", ["/", "/submissions", f"/submissions/{REVIEW}", "/submissions.csv", "/mail/1/source",
                                  "/messages/1/source", "/statistics", "/senders"])  # fmt: skip
def test_nobody_sees_anything_without_signing_in(visitor: Visitor, path: str) -> None:
    answer = visitor.client.get(path, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")
    assert REVIEW not in answer.text


def test_after_signing_in_one_stands_where_one_wanted_to_go(visitor: Visitor) -> None:
    asked = visitor.get("/submissions?state=review")
    answer = visitor.send(asked, "/sign-in", name="Cora ", password=PASSWORD)
    assert str(answer.url).endswith("/submissions?state=review")


def test_the_cookie_is_kept_from_scripts_and_other_sites(visitor: Visitor) -> None:
    page = visitor.get("/sign-in")
    answer = visitor.client.post(
        "/sign-in", data=_fields(page) | {"name": "cora", "password": PASSWORD}, follow_redirects=False
    )
    cookie = next(value for value in answer.headers.get_list("set-cookie") if value.startswith("intake="))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Max-Age" not in cookie


def test_the_ledger_holds_no_token_that_opens_a_session(caseworker: Visitor, archive: Archive) -> None:
    token = caseworker.client.cookies["intake"]
    with archive.ledger.database.read() as connection:
        kept = connection.exec_driver_sql("SELECT token_sha256 FROM sessions").scalars().all()
    assert kept
    assert token not in kept


@pytest.mark.parametrize(("name", "password"), [("cora", "wrong"), ("nobody", PASSWORD), ("", ""), ("cora", "x" * 999)])
def test_a_wrong_name_or_password_says_the_same(visitor: Visitor, name: str, password: str) -> None:
    answer = visitor.sign_in(name, password)
    assert answer.status_code == 422
    assert "The name or the password is not right." in answer.text


def test_guessing_meets_a_delay_that_grows_and_passes(archive: Archive) -> None:
    people, start = archive.ledger.people, now()
    for _ in range(4):
        assert passwords.check_sign_in(people, "cora", "guess", "192.0.2.1", start) is None
    with pytest.raises(passwords.TooMany) as first:
        passwords.check_sign_in(people, "cora", PASSWORD, "192.0.2.2", start)
    assert passwords.check_sign_in(people, "cora", "guess", "192.0.2.1", start + first.value.wait) is None
    with pytest.raises(passwords.TooMany) as second:
        passwords.check_sign_in(people, "cora", PASSWORD, "192.0.2.1", start + first.value.wait)
    assert second.value.wait > first.value.wait
    assert passwords.check_sign_in(people, "cora", PASSWORD, "192.0.2.3", start + timedelta(minutes=10)) is not None


def test_the_delay_is_a_plain_page(visitor: Visitor) -> None:
    for _ in range(4):
        visitor.sign_in("cora", "guess")
    answer = visitor.sign_in("cora", PASSWORD)
    assert answer.status_code == 429
    assert "Sign-in failed too often" in answer.text


def test_a_session_ends_and_nothing_typed_is_lost(caseworker: Visitor, archive: Archive) -> None:
    page = caseworker.get(f"/submissions/{REVIEW}/actions/note")
    _age(archive, timedelta(hours=2))
    answer = caseworker.send(page, reason="an hour’s work")
    assert answer.status_code == 401
    assert "an hour’s work" in answer.text
    assert archive.ledger.queries.submission(REVIEW).notes == ()


def test_a_session_does_not_live_on_for_ever_by_being_used(caseworker: Visitor, archive: Archive) -> None:
    with archive.ledger.database.write() as writer:
        writer.connection.execute(update(sessions).values(started_at=now() - timedelta(hours=13)))
    assert caseworker.get("/").url.path == "/sign-in"


def test_signing_out_ends_the_session_for_good(caseworker: Visitor) -> None:
    token = caseworker.client.cookies["intake"]
    home = caseworker.get("/")
    csrf = home.text.split('name="csrf" value="')[1].split('"')[0]
    caseworker.client.post("/sign-out", data={"csrf": csrf})
    caseworker.client.cookies.set("intake", token)
    assert caseworker.get("/").url.path == "/sign-in"


def test_a_changed_account_is_signed_out(caseworker: Visitor, archive: Archive) -> None:
    archive.ledger.people.change("cora", now(), disabled=True)
    assert caseworker.get("/").url.path == "/sign-in"
    assert caseworker.sign_in("cora").status_code == 422


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://elsewhere.example"},
                                     {"sec-fetch-site": "same-site"}, {"origin": "null"}])  # fmt: skip
def test_a_form_from_another_site_is_refused(caseworker: Visitor, archive: Archive, headers: dict[str, str]) -> None:
    path = f"/submissions/{REVIEW}/actions/note"
    fields = _fields(caseworker.get(path)) | {"reason": "forged"}
    answer = caseworker.client.post(path, data=fields, headers=headers)
    assert answer.status_code == 403
    assert archive.ledger.queries.submission(REVIEW).notes == ()


@pytest.mark.parametrize("csrf", ["", "0" * 64])
def test_a_form_without_the_sessions_own_token_is_refused(caseworker: Visitor, csrf: str) -> None:
    answer = caseworker.client.post(f"/submissions/{REVIEW}/actions/note", data={"csrf": csrf, "reason": "kept words"})
    assert answer.status_code == 403
    assert "kept words" in answer.text


def test_a_form_that_is_too_large_is_refused(caseworker: Visitor) -> None:
    path = f"/submissions/{REVIEW}/actions/note"
    fields = _fields(caseworker.get(path)) | {"reason": "x" * 1_200_000}
    assert caseworker.client.post(path, data=fields).status_code == 403


_ELSEWHERE = ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x", "", "x", "/sign-out")


@pytest.mark.parametrize("target", _ELSEWHERE)
def test_nobody_is_sent_elsewhere_after_signing_in(target: str) -> None:
    assert own_path(target) == "/"


def test_the_pages_refuse_the_network_without_protection() -> None:
    with pytest.raises(ConfigurationError, match="without TLS"):
        demand_protection(Web(host="0.0.0.0"))  # noqa: S104 - what is refused
    demand_protection(Web(host="127.0.0.1"))
    demand_protection(Web(host="192.0.2.1", trusted_proxies=("192.0.2.7",)))


def _fields(page: httpx.Response) -> dict[str, str]:
    csrf = page.text[page.text.index("<main") :].split('name="csrf" value="')[1].split('"')[0]
    return {"csrf": csrf}


def _age(archive: Archive, by: timedelta) -> None:
    with archive.ledger.database.write() as writer:
        writer.connection.execute(update(sessions).values(seen_at=now() - by))
