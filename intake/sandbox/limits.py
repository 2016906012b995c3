"""How much one child may use before it is stopped."""

from __future__ import annotations

import msgspec

MIB = 1024 * 1024


class Limits(msgspec.Struct, frozen=True):
    """The allowance of one task. `memory_bytes` counts address space, the program's own included."""

    wall_seconds: float = 60.0
    cpu_seconds: int = 40
    memory_bytes: int = 1024 * MIB
    output_bytes: int = 64 * MIB
    open_files: int = 32
