"""Microsoft Graph over HTTP, as mailbox and delivery both use it: one line, and what it says is wrong."""

from intake.graph.line import GraphError, GraphLine, error_code, segment

__all__ = ["GraphError", "GraphLine", "error_code", "segment"]
