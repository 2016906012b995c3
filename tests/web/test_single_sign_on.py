from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from joserfc.jwk import RSAKey

from intake.ledger import Role
from intake.sandbox.sandbox import Sandbox
from intake.wiring.archive import Archive
from tests.web import provider
from tests.web.office import REVIEW, Visitor, an_office, serving
from tests.web.provider import CLIENT, SECRET, Provider

_WEB = """
sign_in = "oidc"
[web.oidc]
issuer = "{issuer}"
client_id = "{client}"
client_secret_file = "client-secret"
reader_groups = ["dhr-readers"]
caseworker_groups = ["dhr-caseworkers"]
administrator_groups = ["dhr-admins"]
"""


@pytest.fixture
def idp() -> Iterator[Provider]:
    with provider.running() as running:
        yield running


@pytest.fixture
def office(idp: Provider, filled: Path, sandbox: Sandbox, tmp_path: Path) -> Iterator[tuple[Visitor, Archive]]:
    secret = tmp_path / "client-secret"
    secret.write_text(SECRET)
    secret.chmod(0o600)
    web = _WEB.format(issuer=idp.issuer, client=CLIENT)
    with an_office(filled, tmp_path, sandbox, web) as (app, archive), serving(app) as base:
        visitor = Visitor(base)
        yield visitor, archive
        visitor.client.close()


@pytest.mark.parametrize(
    ("groups", "role"),
    [
        (["dhr-readers"], Role.READER),
        (["else", "dhr-caseworkers", "dhr-readers"], Role.CASEWORKER),
        ("dhr-admins", Role.ADMINISTRATOR),
    ],
)
def test_the_provider_says_who_it_is_and_the_groups_what_they_may(
    office: tuple[Visitor, Archive], idp: Provider, groups: list[str] | str, role: Role
) -> None:
    visitor, archive = office
    idp.claims["groups"] = groups
    answer = visitor.get(f"/sign-in/start?target=/submissions/{REVIEW}")
    assert answer.url.path == f"/submissions/{REVIEW}"
    assert "Ada Example" in answer.text
    session = archive.ledger.people.session(visitor.client.cookies["intake"])
    assert session is not None
    assert (session.name, session.role) == ("ada@demo.example", role)
    assert idp.refused == []


def test_somebody_in_no_group_stays_outside(office: tuple[Visitor, Archive], idp: Provider) -> None:
    visitor, _ = office
    idp.claims["groups"] = ["finance"]
    answer = visitor.get("/sign-in/start")
    assert answer.status_code == 403
    assert "not in a group" in answer.text
    assert visitor.get("/").url.path == "/sign-in"


@pytest.mark.parametrize(
    "spoil",
    [
        {"aud": "another-client"},
        {"iss": "https://elsewhere.example"},
        {"exp": 1_000_000},
        {"nonce": "of another sign-in"},
        {"sub": None},
        {"azp": "another-client"},
        {"aud": [CLIENT, "another-client"]},
        {"aud": [CLIENT, "another-client"], "azp": "another-client"},
        {"azp": [CLIENT]},
    ],
)
def test_an_answer_that_is_not_meant_for_us_is_refused(
    office: tuple[Visitor, Archive], idp: Provider, spoil: dict[str, object]
) -> None:
    visitor, _ = office
    idp.claims["groups"] = ["dhr-admins"]
    idp.spoil = spoil
    assert visitor.get("/sign-in/start").status_code == 403
    assert "intake" not in visitor.client.cookies


@pytest.mark.parametrize("spoil", [{"azp": CLIENT}, {"aud": [CLIENT]}, {"aud": [CLIENT, "api"], "azp": CLIENT}])
def test_an_answer_that_names_us_as_the_one_who_asked_is_taken(
    office: tuple[Visitor, Archive], idp: Provider, spoil: dict[str, object]
) -> None:
    visitor, _ = office
    idp.claims["groups"] = ["dhr-readers"]
    idp.spoil = spoil
    assert visitor.get("/sign-in/start").status_code == 200


@pytest.mark.parametrize(
    "groups",
    [None, 7, True, {"dhr-admins": True}, [["dhr-admins"]], [None, 7], "dhr-admins,x", [{"a": 1}]],
)
def test_groups_of_another_type_let_nobody_in(office: tuple[Visitor, Archive], idp: Provider, groups: object) -> None:
    visitor, _ = office
    idp.claims["groups"] = groups
    answer = visitor.get("/sign-in/start")
    assert (answer.status_code, "not in a group" in answer.text) == (403, True)


def test_an_answer_signed_by_somebody_else_is_refused(office: tuple[Visitor, Archive], idp: Provider) -> None:
    visitor, _ = office
    idp.claims["groups"] = ["dhr-admins"]
    idp.signs_with = RSAKey.generate_key(2048, {"kid": "one"})
    assert visitor.get("/sign-in/start").status_code == 403


def test_keys_may_change_while_we_run(office: tuple[Visitor, Archive], idp: Provider) -> None:
    visitor, _ = office
    idp.claims["groups"] = ["dhr-readers"]
    assert visitor.get("/sign-in/start").status_code == 200
    idp.key = idp.signs_with = RSAKey.generate_key(2048, {"kid": "one"})
    visitor.client.cookies.clear()
    assert visitor.get("/sign-in/start").status_code == 200


def test_a_sign_in_begun_elsewhere_is_refused(office: tuple[Visitor, Archive], idp: Provider) -> None:
    visitor, _ = office
    idp.claims["groups"] = ["dhr-admins"]
    leaving = visitor.client.get("/sign-in/start", follow_redirects=False)
    callback = visitor.client.get(leaving.headers["location"], follow_redirects=False).headers["location"]
    visitor.client.cookies.clear()
    assert visitor.get(callback).status_code == 403
    assert visitor.get("/sign-in/callback?code=x&state=y").status_code == 403


def test_passwords_are_not_taken_where_there_is_single_sign_on(office: tuple[Visitor, Archive]) -> None:
    visitor, _ = office
    page = visitor.get("/sign-in")
    assert 'name="password"' not in page.text
    assert visitor.client.post("/sign-in", data={"name": "alan", "password": "three random words"}).status_code == 403


def test_a_silent_provider_is_a_plain_page(office: tuple[Visitor, Archive], idp: Provider) -> None:
    visitor, _ = office
    idp.issuer = "http://127.0.0.1:9"
    answer = visitor.get("/sign-in/start")
    assert answer.status_code == 403
    assert "another one" in answer.text or "does not answer" in answer.text
