"""What the senders' assessment goes by: the settings, what staff added to the ledger, and our own addresses."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from intake.senders.domains import matches, normal_address, within
from intake.settings.sections import Senders

# Closed by the Government Secure Intranet's end in 2019; mail to them is lost or, worse, one day someone else's.
RETIRED = ("gsi.gov.uk", "gse.gov.uk", "gsx.gov.uk", "gcsx.gov.uk")


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderRules:
    """Whom to trust and which server's word on authentication counts."""

    trusted_domains: tuple[str, ...] = ()
    trusted_addresses: frozenset[str] = frozenset()
    retired_domains: tuple[str, ...] = RETIRED
    own_addresses: frozenset[str] = frozenset()  # never replied to
    require_authentication: bool = True
    authserv_id: str = ""
    border_host: str = ""
    inner_hosts: tuple[str, ...] = ()

    @staticmethod
    def of(section: Senders, trusted: Collection[str] = (), own: Collection[str] = ()) -> SenderRules:
        """The rules of a settings section, with the addresses that staff trust and those that are our own."""
        return SenderRules(
            trusted_domains=section.trusted_domains,
            trusted_addresses=_folded((*section.trusted_addresses, *trusted)),
            retired_domains=(*RETIRED, *section.retired_domains),
            own_addresses=_folded(own),
            require_authentication=section.require_authentication,
            authserv_id=section.authserv_id,
            border_host=section.border_host,
            inner_hosts=section.inner_hosts,
        )

    def trusts(self, address: str) -> bool:
        """Is this normal address, or its domain, on the lists?"""
        if not address:
            return False
        return address.lower() in self.trusted_addresses or matches(address.rpartition("@")[2], self.trusted_domains)

    def retired(self, address: str) -> bool:
        """Does this address stand in a domain that no longer takes mail?"""
        return within(address.rpartition("@")[2].lower(), self.retired_domains)


def _folded(addresses: Collection[str]) -> frozenset[str]:
    return frozenset(normal_address(address).lower() for address in addresses) - {""}
