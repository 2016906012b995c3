"""Opening a message: its structure, its words, its links and every file that came with it, however wrapped.

Everything here handles a stranger's bytes: it is pure CPU work, bounded in parts, depth, size and time, and
belongs in a sandboxed child. `message.unpack` never raises for what is in a message; what could not be opened is
named in `Unpacked.problems`. The service's own process names the task and imports nothing but its bounds.
"""

from intake.unpacking.limits import UnpackLimits

__all__ = ["UNPACK", "UnpackLimits"]

UNPACK = "intake.unpacking.message:unpack_within"  # the sandbox's task
