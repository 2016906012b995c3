"""Who sent a message, how far that is proved, and where an answer may go.

Anyone can write any From line. What counts is what our own border server recorded about it, and only that; a
signature checked by ourselves can stand in. Pure: headers and rules in, a `Sender` out.
"""

from __future__ import annotations

from intake.senders.assessment import Sender, assess, doubts
from intake.senders.rules import SenderRules

__all__ = ["Sender", "SenderRules", "assess", "doubts"]
