"""Who sent a message, whether that is proved, and where an answer may go. Pure: records in, a record out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from intake.model import Address, Doubt, Unpacked
from intake.senders.authentication_results import AuthenticationResults, Result
from intake.senders.domains import aligned, normal_address, normal_domain, organisational_domain
from intake.senders.evidence import trustworthy_results
from intake.senders.received import read_received
from intake.senders.rules import SenderRules
from intake.senders.signature import Signatures, doubled, signatures_of

# Nobody reads these: an answer would be lost, or would go round in circles.
_UNATTENDED = re.compile(r"(?:no|not|do-?not|donot|never)[-_.]?reply.*|mailer-daemon|postmaster|bounces?(?:[-+_.].*)?")
# A signature proves who wrote a message, not who sends it now: it stays good however often the message is sent on.
_LONGEST_WAY = timedelta(days=2)
_CLOCKS_APART = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent a message. `how` names the proofs, `reasons` explains to staff what was seen.

    `reply_to` is the one address that an automatic answer may go to, None when there is none; `release_to` is the
    same for an answer that a person released, who has looked at the sender and needs no proof.
    """

    address: str  # "" when the message names none, several, or an odd one
    domain: str
    organisational_domain: str
    authenticated: bool
    how: tuple[str, ...]
    trusted: bool
    reasons: tuple[str, ...]
    reply_to: str | None
    release_to: str | None
    authentication_required: bool = True
    retired: bool = False
    doubled: tuple[str, ...] = ()  # header fields that may stand once and stand there more than once
    replayed: str = ""  # why the message may have been sent on by somebody else, one sentence


def assess(unpacked: Unpacked, rules: SenderRules, verified_domains: tuple[str, ...] = ()) -> Sender:
    """The sender of a message. `verified_domains` are those whose DKIM signatures we checked ourselves."""
    address = _author(unpacked)
    if not address:
        return _nobody(rules)
    domain = address.rpartition("@")[2]
    results = trustworthy_results(unpacked.headers, rules.authserv_id, rules.border_host, rules.inner_hosts)
    signatures = signatures_of(unpacked.headers, domain)
    how, against = _proofs(results, domain, verified_domains, signatures)
    reasons = _reasons(results, how, against)
    answer = _answer_address(unpacked.reply_to, address, rules)
    if unpacked.reply_to and answer not in {normal_address(one.address) for one in unpacked.reply_to}:
        reasons = (*reasons, "Its Reply-To line was disregarded.")
    authenticated = bool(how) and not against
    twice = doubled(unpacked.headers)
    resting = authenticated and signatures.present and "spf" not in how
    proved = authenticated and not twice
    return Sender(
        address=address,
        domain=domain,
        organisational_domain=organisational_domain(domain),
        authenticated=authenticated,
        how=how,
        trusted=rules.trusts(address),
        reasons=reasons,
        reply_to=answer if proved or not rules.require_authentication else None,
        release_to=answer,
        authentication_required=rules.require_authentication,
        retired=rules.retired(address),
        doubled=twice,
        replayed=_replayed(unpacked, signatures, rules) if resting else "",
    )


def _nobody(rules: SenderRules) -> Sender:
    return Sender(
        address="",
        domain="",
        organisational_domain="",
        authenticated=False,
        how=(),
        trusted=False,
        reasons=("The From line is missing, names several people, or holds no usable address.",),
        reply_to=None,
        release_to=None,
        authentication_required=rules.require_authentication,
    )


def doubts(sender: Sender) -> tuple[Doubt, ...]:
    """Why nothing may leave by itself, none when all is well."""
    if not sender.address:
        return (_doubt("sender-unnamed", "The message does not name one usable sender address."),)
    found: list[Doubt] = []
    if sender.authentication_required and not sender.authenticated:
        found.append(_doubt("sender-unproved", "It is not proved that the message comes from the address it names."))
    if sender.doubled:
        text = f"The message has more than one header line of a kind: {', '.join(sender.doubled)}."
        found.append(_doubt("sender-doubled-fields", text))
    if sender.replayed:
        found.append(_doubt("sender-replayed", sender.replayed))
    if not sender.trusted:
        text = "The sender's address and domain are not on the list of trusted senders."
        found.append(_doubt("sender-untrusted", text))
    if sender.retired:
        found.append(_doubt("sender-retired", "The sender's address is in a retired domain that takes no mail."))
    elif sender.release_to is None:
        text = "An answer cannot go to the sender's address: nobody reads mail there, or it is our own."
        found.append(Doubt("no-answer-address", "sender", text))
    return tuple(found)


def _doubt(code: str, summary: str) -> Doubt:
    return Doubt(code, "sender", summary)


def _author(unpacked: Unpacked) -> str:
    """The one From address in normal form. Several From fields, or several authors, are nobody in particular."""
    if unpacked.sender is None or len(unpacked.header_all("From")) > 1:
        return ""
    return normal_address(unpacked.sender.address)


def _proofs(
    results: Sequence[AuthenticationResults],
    domain: str,
    verified_domains: tuple[str, ...],
    signatures: Signatures,
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What proves that the domain sent this, and what speaks against it.

    A signature that does not cover all that shows proves nothing, nor does a DMARC pass that may rest on it alone.
    """
    spf = [one for field in results for one in field.of("spf") if one.value == "pass"]
    path = any(aligned(_domain_of(name), domain) for one in spf for name in one.all("smtp.mailfrom")[:1])
    dmarc = [one for field in results for one in field.of("dmarc")]
    about_author = [one for one in dmarc if _names(one.all("header.from"), domain)]
    passed = any(one.value == "pass" for one in about_author)
    dkim = [one for field in results for one in field.of("dkim") if one.value == "pass"]
    proofs = {
        "dmarc": passed and (path or signatures.whole or not signatures.present),
        "spf": path,
        "dkim": signatures.whole and any(aligned(_signer(one), domain) for one in dkim),
        "own-dkim": signatures.whole and any(aligned(name, domain) for name in verified_domains),
    }
    how = tuple(name for name, holds in proofs.items() if holds)
    # A domain may ask for strict alignment: its failure outweighs our relaxed reading (RFC 7489, 6.6.2).
    against = tuple(one.value for one in dmarc if one.value == "fail")
    return how, against


def _replayed(unpacked: Unpacked, signatures: Signatures, rules: SenderRules) -> str:
    """Why a message that only its signature vouches for may have been sent on; "" when nothing speaks for it."""
    named = {normal_address(one.address).lower() for one in (*unpacked.to, *unpacked.cc)}
    if rules.own_addresses and not named & rules.own_addresses:
        return "Only its signature vouches for the message, which is addressed to others than this mailbox."
    hop = read_received(unpacked.header("Received"))
    if hop is None or hop.at is None or signatures.signed_at is None:
        return "Only its signature vouches for the message, and nothing says when it was signed or came in."
    if not -_CLOCKS_APART <= hop.at - signatures.signed_at <= _LONGEST_WAY:
        return "Only its signature vouches for the message, and it was signed long before or after it came in."
    return ""


def _signer(result: Result) -> str:
    """The signing domain; some servers name only the signing identity, which is that domain or below it."""
    named = result.all("header.d") or [_domain_of(value) for value in result.all("header.i")]
    return named[0] if named else ""


def _names(values: Sequence[str], domain: str) -> bool:
    return bool(values) and all(normal_domain(_domain_of(value)) == domain for value in values)


def _domain_of(value: str) -> str:
    return value.strip("<>").rpartition("@")[2]


def _answer_address(reply_to: Sequence[Address], author: str, rules: SenderRules) -> str | None:
    """A single Reply-To of the same organisation, else the author; never an address that cannot be written to."""
    if len(reply_to) == 1:
        wanted = normal_address(reply_to[0].address)
        if wanted and aligned(wanted.rpartition("@")[2], author.rpartition("@")[2]) and _attended(wanted, rules):
            return wanted
    return author if _attended(author, rules) else None


def _attended(address: str, rules: SenderRules) -> bool:
    local = address.rpartition("@")[0].lower()
    own = address.lower() in rules.own_addresses
    return not own and not rules.retired(address) and not _UNATTENDED.fullmatch(local)


def _reasons(results: Sequence[AuthenticationResults], how: Sequence[str], against: Sequence[str]) -> tuple[str, ...]:
    found: list[str] = []
    if not results:
        found.append("Our mail server recorded no result that counts.")
    if against:
        found.append("Our mail server says that the domain's owner disowns the message (DMARC fail).")
    elif how:
        found.append(f"The sender's domain is proved by {', '.join(name.upper() for name in how)}.")
    elif results:
        found.append("None of our mail server's results vouches for the sender's domain.")
    return tuple(found)
