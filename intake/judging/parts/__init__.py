"""Finding the parts: which document is the report, where in it the letter and the plan stand, what link it names.

Pure: read documents go in, a `Dossier` of facts comes out. The feedback letter is found first and its pages are
left out of every other search, because it speaks of everything that the other searches look for.
"""

from intake.judging.parts.assembly import assemble
from intake.judging.parts.wanted import pages_to_recognise

__all__ = ["assemble", "pages_to_recognise"]
