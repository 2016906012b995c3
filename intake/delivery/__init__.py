"""Delivery: one outgoing mail → sent, deferred, failed or uncertain, through the organisation's SMTP relay."""

from intake.delivery.envelope import sender_with_id, sender_without_id
from intake.delivery.relay import Delivery, Relay
from intake.delivery.session import RelayFacts

__all__ = ["Delivery", "Relay", "RelayFacts", "sender_with_id", "sender_without_id"]
