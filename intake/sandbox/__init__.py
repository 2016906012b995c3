"""Runs one function on one stranger's file in a child process that can do no harm.

The child has no network, starts nothing, writes nothing, sees little of the disk and has little time and
memory; what it answers is data, checked against the wanted type. One bad file costs itself only.
"""

from intake.sandbox.limits import Limits
from intake.sandbox.sandbox import Sandbox

__all__ = ["Limits", "Sandbox"]
