"""Bytes → Document: what a file is, what its pages say, what else it holds.

Only `reader.Reader` runs in the service's own process. Every parser and the OCR engine run in the sandbox's
children; the modules that need them are named, not imported, by the parent.
"""
