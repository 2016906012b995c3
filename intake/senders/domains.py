"""Domain names as they are compared: one spelling each, look-alikes kept apart, the organisation behind a name.

The public suffix list is the snapshot that tldextract ships: nothing is fetched and nothing is written.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

import idna

if TYPE_CHECKING:
    from tldextract import TLDExtract

_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
# What reads as an address of a person or an office: RFC 5322's dot-atom, without % and !, which once meant a route.
_ATOM = r"[A-Za-z0-9#$&'*+/=?^_`{|}~]"
_LOCAL_PART = re.compile(rf"{_ATOM}(?:{_ATOM}|-)*(?:\.(?:{_ATOM}|-)+)*")
# The idna library takes these for dots (RFC 3490, 3.1); in an address they are a disguise.
_OTHER_DOTS = frozenset("\u3002\uff0e\uff61")
_LONGEST_NAME = 253
_SECURE_MAIL = ".cjsm.net"
_LONGEST_LOCAL_PART = 64


def normal_domain(name: str) -> str:
    """The name in lower-case ASCII (A-labels); "" when it is no domain name that mail is sent to.

    Only lower-casing is forgiven: full-width letters, a trailing dot or an IP address make it no name.
    """
    if not name or len(name) > _LONGEST_NAME:
        return ""
    lowered = name.lower()
    if not lowered.isascii():
        if not _OTHER_DOTS.isdisjoint(lowered):
            return ""
        try:
            # IDNA 2008 without UTS 46's mapping, which would turn a look-alike into what it looks like.
            lowered = idna.encode(lowered, uts46=False).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return ""
    labels = lowered.split(".")
    if len(labels) < 2 or len(lowered) > _LONGEST_NAME or labels[-1].isdigit():
        return ""
    return lowered if all(_LABEL.fullmatch(label) for label in labels) else ""


def organisational_domain(name: str) -> str:
    """The registered name that a normal domain stands under (RFC 7489, 3.2); the name itself where there is none."""
    found = _suffixes().extract_str(name)
    return found.top_domain_under_public_suffix.lower() or name


def organisation_of(name: str) -> str:
    """The organisation that a sender's domain stands for; "" for none.

    Criminal justice secure mail puts another domain in front of its own: `x.gov.uk.cjsm.net` is x.gov.uk.
    """
    inner = name.removesuffix(_SECURE_MAIL) if name.endswith(_SECURE_MAIL) else name
    plain = normal_domain(inner)
    return organisational_domain(plain) if plain else organisational_domain(name) if name else ""


def is_shared(name: str) -> bool:
    """Whether a registered name stands below a company's that gives such names to anybody (x.github.io)."""
    return bool(_suffixes().extract_str(name).is_private)


@lru_cache(maxsize=1)
def _suffixes() -> TLDExtract:
    """The public suffixes, loaded with the library when the first sender is looked at.

    Names below a shared suffix (such as a hosting company's) are different organisations, too.
    """
    library = importlib.import_module("tldextract")
    found: TLDExtract = library.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)
    return found


def aligned(name: str, sender: str) -> bool:
    """Relaxed alignment (RFC 7489, 3.1): do both belong to one organisation?"""
    one, other = normal_domain(name), normal_domain(sender)
    return bool(one and other) and organisational_domain(one) == organisational_domain(other)


def matches(name: str, patterns: Iterable[str]) -> bool:
    """Is this normal domain one of these? `*.gov.uk` stands for every name below gov.uk, not for gov.uk itself.

    An internationalised label below a wildcard could look like a well-known name: it must be listed in full.
    """
    for pattern in patterns:
        wanted = pattern.lower()
        if wanted == name:
            return True
        if wanted.startswith("*.") and name.endswith(wanted[1:]):
            below = name[: -len(wanted[1:])]
            if below and not any(label.startswith("xn--") for label in below.split(".")):
                return True
    return False


def within(name: str, domains: Iterable[str]) -> bool:
    """Is this normal domain one of these or below one of them? (`*.x` and `x` mean the same here.)"""
    bare = [domain.lower().removeprefix("*.") for domain in domains]
    return any(name == one or name.endswith("." + one) for one in bare)


def normal_address(address: str) -> str:
    """The address with its domain in normal form; "" when a reply could not sensibly go there."""
    local, at, domain = address.rpartition("@")
    plain = normal_domain(domain)
    if not at or not plain or len(local) > _LONGEST_LOCAL_PART or not _LOCAL_PART.fullmatch(local):
        return ""
    return f"{local}@{plain}"
