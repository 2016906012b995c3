"""Faults in whom mail comes from and goes to: addresses, mode, trusted senders, what the relay takes."""

from __future__ import annotations

from typing import Any

from intake.doctor import Health
from tests.doctor.site import ADDRESS, COMMISSIONER, STAFF, Fault, Site
from tests.service.world import enquiry


def _address(name: str, says: str, advises: str, keys: dict[str, Any], health: Health = Health.FAILURE) -> Fault:
    return Fault(name, "addresses", says, advises, keys, health=health)


def _mode(name: str, says: str, advises: str, allow: list[str]) -> Fault:
    return Fault(name, "mode", says, advises, {"mode": "trial", "trial.allow": allow}, health=Health.WARNING)


def _refused(name: str, says: str, advises: str, keys: dict[str, Any], health: Health = Health.FAILURE) -> Fault:
    return Fault(name, "envelope", says, advises, keys, health=health)


def _unmarked(site: Site) -> None:
    for number in range(3):
        site.user.append(enquiry(number))


ADDRESSES = (
    _address(
        "the example's address",
        "as in the example: service.address",
        "Replace them with your own",
        {"service.address": "dhr-enquiries@example.gov.uk"},
    ),
    _address(
        "the example's Commissioner",
        "as in the example: recipients.commissioner",
        "Replace them with your own",
        {"recipients.commissioner": "dhr@commissioner.example"},
    ),
    _address(
        "the example's staff",
        "as in the example: recipients.staff 2",
        "Replace them with your own",
        {"recipients.staff": [STAFF, "dhr-team@example.gov.uk"]},
    ),
    _address(
        "the example's login",
        "as in the example: mailboxes.username (main)",
        "Replace them with your own",
        {"mailboxes.username": "dhr-enquiries@example.gov.uk"},
    ),
    _address(
        "the example's servers",
        "as in the example: relay.host, mailboxes.host (main)",
        "Replace them with your own",
        {
            "mailboxes.host": "imap.example.gov.uk",
            "relay.host": "smtp.example.gov.uk",
            "mailboxes.tls": "implicit",
            "relay.tls": "starttls",
        },
    ),
    _address(
        "the tenant not named",
        "tenant is still to be named in oauth.token_endpoint",
        "in place of TENANT",
        {"oauth.token_endpoint": "https://login.microsoftonline.com/TENANT/oauth2/v2.0/token"},
    ),
    _address(
        "the issuer's tenant not named",
        "to be named in web.oidc.issuer",
        "in place of TENANT",
        {"web.oidc.issuer": "https://login.microsoftonline.com/TENANT/v2.0"},
    ),
    _address(
        "an address of nowhere",
        "reserved for examples and tests: recipients.staff 1",
        "real addresses",
        {"recipients.staff": ["team@intake.test"]},
        Health.WARNING,
    ),
    _address(
        "staff is the mailbox",
        f"names {ADDRESS}, a mailbox that is watched",
        "that people read",
        {"recipients.staff": [STAFF, "DHR@northmere.gov.uk"]},
    ),
    _address(
        "the Commissioner is the mailbox",
        "commissioner is a mailbox that is watched",
        "own address",
        {"recipients.commissioner": ADDRESS},
    ),
    _address(
        "staff is what we log in as",
        "a mailbox that is watched",
        "that people read",
        {"mailboxes.username": "shared@northmere.gov.uk", "recipients.staff": ["shared@northmere.gov.uk"]},
    ),
    _address(
        "the Commissioner among staff",
        "among recipients.staff",
        "Take it out",
        {"recipients.staff": [STAFF, COMMISSIONER]},
        Health.WARNING,
    ),
    _address(
        "bounces to elsewhere",
        "Bounces go to post@northmere.gov.uk",
        "Leave relay.envelope_sender empty",
        {"relay.envelope_sender": "post@northmere.gov.uk"},
        Health.WARNING,
    ),
    _address(
        "test messages to elsewhere",
        "none would come back",
        "Leave canary.address empty",
        {"canary.enabled": True, "canary.address": "post@northmere.gov.uk"},
        Health.WARNING,
    ),
    _address(
        "the Commissioner's domain is closed",
        "recipients.commissioner is in a retired domain",
        "took its place",
        {"recipients.commissioner": "dhr@tidewell.gsi.gov.uk"},
    ),
    _address(
        "staff's domain is closed",
        "recipients.staff 1 is in a retired domain",
        "took its place",
        {"recipients.staff": ["team@northmere.gov.uk.gsi.gov.uk"]},
    ),
)

MODES = (
    _mode("trial without anybody", "nothing is sent", "Put there the addresses of those who follow", []),
    _mode("trial without staff", f"Notices to {STAFF} are held", "Add it to [trial] allow", ["x@northmere.gov.uk"]),
    _mode("trial with the Commissioner", "names the Commissioner", "until the trial is over", [STAFF, COMMISSIONER]),
    _mode("trial with everybody", "to every *.gov.uk", "Name single addresses", ["*.gov.uk"]),
)

SENDERS = (
    Fault("nothing proves a sender, and mail leaves by itself", "senders", "Nothing proves a sender", "intake init", {
        "mode": "automatic", "senders.authserv_id": ""}),
    Fault("nothing proves a sender yet", "senders", "Nothing proves a sender", "authserv_id or border_host", {
        "senders.authserv_id": ""}, health=Health.WARNING),
    Fault("no proof is asked for, and mail leaves by itself", "senders", "anybody can write in a council's name",
        "Set require_authentication", {"mode": "automatic", "senders.require_authentication": False}),
    Fault("no proof is asked for", "senders", "anybody can write in a council's name", "Set require_authentication", {
        "senders.require_authentication": False}, health=Health.WARNING),
    Fault("results under another name", "senders", "none of the latest 3 messages", "authserv_id, border_host", {
        "senders.authserv_id": "mx.tidewell.gov.uk"}, _unmarked, Health.WARNING),
    Fault("nobody is trusted", "senders", "No sender is trusted", "Fill in trusted_domains", {
        "senders.trusted_domains": []}, health=Health.WARNING),
    Fault("everybody is trusted", "senders", "*.uk in [senders] trusted_domains", "Name the domains", {
        "senders.trusted_domains": ["*.uk"]}, health=Health.WARNING),
)  # fmt: skip

ENVELOPES = (
    _refused(
        "the Commissioner is unknown there",
        "the Commissioner’s address nobody@",
        "[recipients] commissioner",
        {"recipients.commissioner": "nobody@northmere.gov.uk"},
    ),
    _refused(
        "a colleague is unknown there",
        "the staff’s address nobody@northmere.gov.uk: 550 5.1.1",
        "staff",
        {"recipients.staff": [STAFF, "nobody@northmere.gov.uk"]},
    ),
    _refused(
        "no mail for other domains",
        "far@elsewhere.gov.uk: 554 5.7.1",
        "relay mail of this machine",
        {"recipients.commissioner": "far@elsewhere.gov.uk"},
    ),
    _refused(
        "not for now",
        "450 4.2.0",
        "only for now",
        {"recipients.commissioner": "later@northmere.gov.uk"},
        Health.WARNING,
    ),
    _refused(
        "our sender is refused",
        "takes no mail from stranger@",
        "allow this sender",
        {"service.address": "stranger@northmere.gov.uk"},
    ),
    _refused(
        "our envelope's sender is refused",
        "takes no mail from stranger@",
        "relay.envelope_sender",
        {"relay.envelope_sender": "stranger@northmere.gov.uk"},
    ),
    _refused(
        "a login is wanted",
        "needs a login before it takes mail: 530",
        "Set relay.auth",
        {"service.address": "guest@northmere.gov.uk"},
    ),
    _refused(
        "a login is wanted, in words",
        "needs a login before it takes mail: 550 5.7.60",
        "Set relay.auth",
        {"recipients.commissioner": "other@northmere.gov.uk"},
    ),
)

FAULTS = (*ADDRESSES, *MODES, *SENDERS, *ENVELOPES)
