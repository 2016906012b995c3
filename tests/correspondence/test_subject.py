"""Subjects keep the security marking as it came, and carry the reference."""

from __future__ import annotations

import pytest

from intake.correspondence.subject import marking_of, own_subject, reply_subject

REF = "DHR-2026-0001"


@pytest.mark.parametrize(
    ("incoming", "reply", "forward"),
    [
        ("Final report", f"Re: [{REF}] Final report", f"[{REF}] Ours"),
        ("RE: FW: Re: Final report", f"Re: [{REF}] Final report", f"[{REF}] Ours"),
        ("ATB: [EXTERNAL] Adroddiad", f"Re: [{REF}] Adroddiad", f"[{REF}] Ours"),
        (f"Re: [{REF}] Final report", f"Re: [{REF}] Final report", f"[{REF}] Ours"),
        (
            f"RE: OFFICIAL-SENSITIVE: [{REF}] Final",
            f"Re: OFFICIAL-SENSITIVE: [{REF}] Final",
            f"OFFICIAL-SENSITIVE: [{REF}] Ours",
        ),
        (
            "OFFICIAL-SENSITIVE: Final",
            f"Re: OFFICIAL-SENSITIVE: [{REF}] Final",
            f"OFFICIAL-SENSITIVE: [{REF}] Ours",
        ),
        ("[OFFICIAL SENSITIVE] Final", f"Re: [OFFICIAL SENSITIVE] [{REF}] Final", f"[OFFICIAL SENSITIVE] [{REF}] Ours"),
        ("Final - Official Sensitive", f"Re: [{REF}] Final - Official Sensitive", f"[{REF}] Ours Official Sensitive"),
        ("Final [OFFICIAL]", f"Re: [{REF}] Final [OFFICIAL]", f"[{REF}] Ours [OFFICIAL]"),
        ("The official launch", f"Re: [{REF}] The official launch", f"[{REF}] Ours"),
        ("", f"Re: [{REF}] Fallback", f"[{REF}] Ours"),
        ("Re:", f"Re: [{REF}] Fallback", f"[{REF}] Ours"),
    ],
)
def test_reference_prefix_and_marking(incoming: str, reply: str, forward: str) -> None:
    assert reply_subject(incoming, REF, "Fallback") == reply
    assert own_subject("Ours", REF, incoming) == forward


@pytest.mark.parametrize(
    ("subject", "marking"),
    [
        ("OFFICIAL-SENSITIVE - PERSONAL Final", "OFFICIAL-SENSITIVE - PERSONAL"),
        ("OFFICIAL – SENSITIVE: x", "OFFICIAL – SENSITIVE"),
        ("DHR [SEC=OFFICIAL:Sensitive]", "[SEC=OFFICIAL:Sensitive]"),
        ("**OFFICIAL SENSITIVE** DHR", "**OFFICIAL SENSITIVE**"),
        ("O-S: DHR", "O-S"),
        ("Nothing here", ""),
    ],
)
def test_markings_are_taken_as_they_stand(subject: str, marking: str) -> None:
    assert marking_of(subject) == marking
