"""What a message is, and why: evidence from its documents, its words and its thread, weighed together.

Where the evidence for a final submission and against it are close, or its words ask for a person, the kind is only
*possible*, and a person decides.
"""

from intake.judging.words.kinds import classify

__all__ = ["classify"]
