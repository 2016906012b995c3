"""Delivery: one outgoing mail → sent, deferred, failed or uncertain, by an SMTP relay or by Microsoft Graph."""

from intake.delivery.carrier import Carrier, Delivery
from intake.delivery.envelope import sender_with_id, sender_without_id
from intake.delivery.graph import GraphCarrier
from intake.delivery.relay import Relay
from intake.delivery.session import RelayFacts

__all__ = ["Carrier", "Delivery", "GraphCarrier", "Relay", "RelayFacts", "sender_with_id", "sender_without_id"]
