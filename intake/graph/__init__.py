"""Microsoft Graph over HTTP, as mailbox and delivery both use it: one line, and what it says is wrong."""

from intake.graph.answers import GraphError, error_code, segment
from intake.graph.line import GraphLine

__all__ = ["GraphError", "GraphLine", "error_code", "segment"]
