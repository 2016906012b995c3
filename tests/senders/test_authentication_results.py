from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.senders.authentication_results import LONGEST, AuthenticationResults, Result, parse


def results(field: str) -> list[tuple[str, str]]:
    found = parse(field)
    assert found is not None
    return [(result.method, result.value) for result in found.results]


def test_the_plain_form() -> None:
    assert parse("mx.example.org; spf=pass smtp.mailfrom=example.net") == AuthenticationResults(
        "mx.example.org", (Result("spf", "pass", (("smtp.mailfrom", "example.net"),)),)
    )


def test_exchange_online_names_no_server() -> None:
    field = (
        "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=northmere.gov.example; dkim=pass (signature was verified)"
        " header.d=northmere.gov.example;dmarc=pass action=none header.from=northmere.gov.example;"
        "compauth=pass reason=100"
    )
    found = parse(field)
    assert found is not None
    assert found.server == ""
    assert results(field) == [("spf", "pass"), ("dkim", "pass"), ("dmarc", "pass"), ("compauth", "pass")]
    assert found.of("dmarc")[0].all("header.from") == ["northmere.gov.example"]


def test_comments_stand_anywhere_and_nest() -> None:
    # RFC 8601, B.7
    field = (
        "foo.example.net (foobar) 1 (baz);\r\n dkim (Because I like it) / 1 (One yay) = (wait for it) fail\r\n"
        " policy (A dot can go here) . (like that) expired\r\n"
        " (this surprised me) = (as I wasn't expecting it) 1362471462"
    )
    assert parse(field) == AuthenticationResults(
        "foo.example.net", (Result("dkim", "fail", (("policy.expired", "1362471462"),)),)
    )
    assert results("mx; spf=(a (b) \\) c) pass") == [("spf", "pass")]


def test_quoted_values_hide_their_signs() -> None:
    found = parse('mx; spf=fail reason="no; dmarc=pass \\" (x" smtp.mailfrom="a;b c"@evil.example')
    assert found is not None
    assert results('mx; spf=fail reason="no; dmarc=pass"') == [("spf", "fail")]
    assert found.results[0].properties == (
        ("reason", 'no; dmarc=pass " (x'),
        ("smtp.mailfrom", "a;b c@evil.example"),
    )


def test_a_comment_is_no_result() -> None:
    assert results("mx; spf=fail (dmarc=pass; dkim=pass) smtp.mailfrom=x.example") == [("spf", "fail")]


def test_none_means_no_result() -> None:
    assert results("mx.example.org; none") == []
    assert results("mx.example.org 1; none") == []


def test_unquoted_equals_signs_in_a_value_do_not_shift_the_next_property() -> None:
    found = parse("mx; dkim=pass header.i=@a.example header.s=one header.b=abc/d+=; spf=none smtp.mailfrom=")
    assert found is not None
    assert found.of("dkim")[0].all("header.b") == ["abc/d+="]
    assert found.of("spf")[0].all("smtp.mailfrom") == [""]


def test_case_does_not_matter_where_it_must_not() -> None:
    assert parse("MX.Example.ORG; SPF=Pass SMTP.MailFrom=A.Example") == AuthenticationResults(
        "mx.example.org", (Result("spf", "pass", (("smtp.mailfrom", "A.Example"),)),)
    )


def test_folded_fields_read_like_unfolded_ones() -> None:
    assert results("mx;\r\n\tspf=pass\r\n smtp.mailfrom=a.example;\r\n dkim=none") == [
        ("spf", "pass"),
        ("dkim", "none"),
    ]


@pytest.mark.parametrize(
    "field",
    [
        "mx; spf=pass (not closed",
        'mx; spf=pass reason="not closed',
        "mx; spf",
        "mx; =pass",
        "mx; spf==; dmarc",
        "mx and more; spf=pass",
        "mx; spf=pass smtp.mailfrom x",
        "mx; spf=pass ) smtp.mailfrom=x",
        "mx; spf=\\pass",
        "mx; " + "spf=pass " * LONGEST,
    ],
)
def test_a_malformed_field_says_nothing(field: str) -> None:
    assert parse(field) is None


@pytest.mark.parametrize("piece", ["(", ")", '"', "\\", ";", "=", "a=", "(a)", '"a"', '""', "a.", ". ", "\\(", 'a"\\'])
def test_hostile_repetition_costs_little(piece: str) -> None:
    field = "mx; " + piece * (LONGEST // len(piece) - 10)
    before = time.process_time()
    parse(field)
    assert time.process_time() - before < 10  # a reader that looks back over all of it takes minutes


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=' \t;=()"\\./apsfdmrc12@', max_size=200))
def test_no_text_breaks_it(field: str) -> None:
    found = parse(field)
    assert found is None or isinstance(found, AuthenticationResults)
