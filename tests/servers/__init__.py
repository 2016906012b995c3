"""Real mail servers on loopback, unpacked by scripts/servers.py, for tests and benchmarks.

Each is a plain class with start() and stop() that needs no pytest; `fixtures.py` offers them as fixtures.
"""
