"""The examination of an installation: small checks, each of which says what it found and what to do."""

from intake.doctor.catalogue import CHECKS
from intake.doctor.check import Check, Health, Result, Surroundings

__all__ = ["CHECKS", "Check", "Health", "Result", "Surroundings"]
