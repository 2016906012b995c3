"""What a message is, and why: evidence from its documents, its words and its thread, weighed together.

Where the evidence for a final submission and against it are close, or its words ask for a person, the kind is only
*possible*, and a person decides. `read` reads each sentence that the sender wrote as one act.
"""

from intake.judging.words.acts import HARMLESS, Act, Known, Reading
from intake.judging.words.asking import asking
from intake.judging.words.kinds import classify
from intake.judging.words.reader import ActReader
from intake.judging.words.reading import read

__all__ = ["HARMLESS", "Act", "ActReader", "Known", "Reading", "asking", "classify", "read"]
