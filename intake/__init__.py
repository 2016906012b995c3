"""Submission intake for Domestic Homicide Review final reports.

A message flows one way:

    mailbox → message store → unpacking → triage → documents → parts → classification → checks → decision
            → correspondence → outbox → delivery

Each stage is a package or module of that name; stages do not import each other. `judging` runs the middle of it
(one message → one verdict) and is shared by the service, `intake check` and `intake replay`; `pipeline` adds the
ledger; `service` adds the clock and the network; `wiring` puts the real parts together.
"""

__version__ = "0.1.0"
