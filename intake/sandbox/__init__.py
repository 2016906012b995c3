"""Runs one function on one stranger's file in a child process that can do no harm.

The child has no network, starts nothing, writes nothing, sees little of the disk and has little time and
memory; what it answers is data, checked against the wanted type. One bad file costs itself only.

The fork server loads this package, too, and its first task waits for that: nothing is imported here.
"""
