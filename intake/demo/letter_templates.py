"""The words of the Panel's letters in the forms of several years.

The sentences that state the requirements follow the Home Office's standard wording, since recognising them is
the point; the rest is invented.
"""

from __future__ import annotations

from dataclasses import dataclass

ENQUIRIES = "DHREnquiries@homeoffice.gov.uk"
COMMISSIONER = "DHR@domesticabusecommissioner.independent.gov.uk"


@dataclass(frozen=True, slots=True)
class Template:
    """The words of a letter around the Panel's praise and its points: {subject}, {short}, {kind}, {meeting}, …"""

    opening: tuple[str, ...]
    changes: tuple[str, ...]
    closing: tuple[str, ...]


_THANKS = (
    "Thank you for submitting the {kind} ({short}) report {subject} to the Home Office Quality Assurance (QA) "
    "Panel. The report was considered at the QA Panel meeting on {meeting}. I apologise for the delay in "
    "responding to you."
)
_CONTENT = (
    "The QA Panel felt that there are some aspects of the report which may benefit from further revision, but "
    "the Home Office is content that on completion of these changes, the {short} may be published."
)
_COPY = (
    "Once completed the Home Office would be grateful if you could provide us with a digital copy of the revised "
    "final version of the report with all finalised attachments and appendices and the weblink to the site where "
    "the report will be published. Please ensure this letter is published alongside the report."
)
_SEND = (
    f"Please send the digital copy and weblink to {ENQUIRIES}. This is for our own records for future analysis to "
    "go towards highlighting best practice and to inform public policy."
)
_CONVERT = (
    "The {short} report including the executive summary and action plan should be converted to a PDF document and "
    "be smaller than 20 MB in size; this final Home Office QA Panel feedback letter should be attached to the end "
    "of the report as an annex; and the {short} Action Plan should be added to the report as an annex. This should "
    "include all implementation updates and note that the action plan is a live document and subject to change as "
    "outcomes are delivered."
)
_COMMISSIONER = f"Please also send a digital copy to the Domestic Abuse Commissioner at {COMMISSIONER}"
_GRATEFUL = (
    "On behalf of the QA Panel, I would like to thank you, the report chair and author, and other colleagues for "
    "the considerable work that you have put into this review."
)

WORDINGS: dict[str, Template] = {
    "2017": Template(
        (
            (
                "Thank you for submitting the Domestic Homicide Review report {subject} to the Home Office. The report "
                "was considered at the Quality Assurance (QA) Panel meeting on {meeting}."
            ),
            "I very much apologise for the delay in providing the Panel's feedback.",
        ),
        (
            (
                "There were, however, some aspects of the report which the Panel felt may benefit from further "
                "analysis, or be revised, which you will wish to consider before you publish the final report:"
            ),
        ),
        (
            (
                "The Panel does not need to review another version of the report, but I would be grateful if you could "
                "include our letter as an appendix to the report. I would be grateful if you could email us at "
                f"{ENQUIRIES} and provide us with the URL to the report when it is published."
            ),
            (
                "The QA Panel felt it would be helpful to routinely sight Police and Crime Commissioners on DHRs in "
                "their local area."
            ),
        ),
    ),
    "2020": Template(
        (_THANKS,),
        (
            (
                "There were some aspects of the report which the Panel felt may benefit from further analysis or be "
                "revised, and the Home Office is content that on completion of these suggested changes the DHR may be "
                "published."
            ),
            "Areas for final development include:",
        ),
        (_COPY, _SEND, _GRATEFUL),
    ),
    "2022": Template(
        (_THANKS,),
        (_CONTENT, "Areas for final development:"),
        (_COPY, _SEND, _CONVERT, _GRATEFUL),
    ),
    "2023": Template(
        (_THANKS,),
        (_CONTENT, "Areas for final development:"),
        (_COPY, _SEND, _CONVERT, _COMMISSIONER, _GRATEFUL),
    ),
    "2025": Template(
        (
            (
                "Thank you for submitting the report {subject} to the Home Office Quality Assurance (QA) Board, "
                "which looked at this {kind} ({short}) at its meeting on {meeting}. I am sorry for the time that "
                "this has taken."
            ),
        ),
        (
            "The Home Office is content that, once the changes below have been made, the {short} may be published.",
            "Areas for final development:",
        ),
        (_COPY, _SEND, _CONVERT, _COMMISSIONER, _GRATEFUL),
    ),
    "plain": Template(
        (
            (
                "We are writing about the {kind} {subject}. The Quality Assurance Panel considered the report when it "
                "met on {meeting}."
            ),
        ),
        ("The Panel agreed that the review can be published once these points have been dealt with:",),
        (
            (
                "Please send the finished report as one PDF document with this letter and the action plan as annexes, "
                f"and tell us the web address where it will be published, at {ENQUIRIES}."
            ),
        ),
    ),
    "resubmit": Template(
        (_THANKS,),
        (
            (
                "The QA Panel felt that the report needs further work before it can be considered for publication, and "
                "would like to see it again. The main areas which need to be revised are these:"
            ),
            "Areas for development:",
        ),
        (
            (
                "The Panel would be grateful if you would revise the report in the light of this feedback and resubmit "
                f"it to {ENQUIRIES} so that it can be considered at a future QA Panel meeting. The report should not "
                "be published until the Home Office has agreed that it may be."
            ),
            (
                "With the revised report, please send the executive summary, an updated action plan and a note of the "
                "changes that have been made."
            ),
            _GRATEFUL,
        ),
    ),
}
