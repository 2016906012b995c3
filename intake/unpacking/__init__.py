"""Opening a message: its structure, its words, its links and every file that came with it, however wrapped.

Everything here handles a stranger's bytes: it is pure CPU work, bounded in parts, depth, size and time, and
belongs in a sandboxed child. `unpack` never raises for what is in a message; what could not be opened is
named in `Unpacked.problems`.
"""

from intake.unpacking.limits import UnpackLimits
from intake.unpacking.message import unpack, unpack_within

__all__ = ["UnpackLimits", "unpack", "unpack_within"]
