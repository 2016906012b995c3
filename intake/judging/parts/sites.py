"""Whose site an address of publication stands on: council, partnership, another public body, or a stranger's."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from intake.judging.parts.weblink import host_of
from intake.senders.domains import is_shared, matches, normal_domain, organisation_of, within


def site_of(url: str) -> str:
    """The registered name that an address stands under; "" where its host is no name, or depends on who reads it."""
    if "\\" in url:  # browsers take it for a slash, other programs do not
        return ""
    host = normal_domain(host_of(url).removeprefix("www."))
    return organisation_of(host) if host else ""


def is_vouched_for(url: str, sender_domain: str, owner: Collection[str], public: Sequence[str]) -> bool:
    """Whether the site is a public body's, the sender's, or bears a word of the sender's or the partnership's name.

    A name that anybody gets below a hosting company's bears what its taker wishes.
    """
    site = site_of(url)
    if not site:
        return False
    host = normal_domain(host_of(url))
    if matches(host, public) or within(host, [sender_domain]) or site == organisation_of(sender_domain):
        return True
    name = site.partition(".")[0].replace("-", "")
    return not is_shared(site) and any(word in name for word in owner)
