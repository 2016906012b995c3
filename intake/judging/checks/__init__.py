"""The requirements a final submission must meet: one file per requirement, one ordered list of them all."""

from intake.judging.checks.catalogue import CATALOGUE, examine_all, find_check
from intake.judging.checks.check import Check, Fault, Result

__all__ = ["CATALOGUE", "Check", "Fault", "Result", "examine_all", "find_check"]
