"""The held-out set's feedback letters, year by year. Rules must not be written against them."""

from __future__ import annotations

from intake.demo.letter_templates import Template

YEARS = {
    "2018": Template(
        (
            (
                "Thank you for submitting the report of the Domestic Homicide Review {subject} to the Home Office "
                "Quality Assurance (QA) Panel. The report was considered at the QA Panel meeting on {meeting}. I "
                "apologise for the delay in providing you with the Panel's feedback."
            ),
        ),
        (
            (
                "There were, however, some aspects of the report which the Panel felt might benefit from further "
                "analysis or be revised before publication. With these changes made, the Home Office is content for "
                "the review to be published. The Panel does not need to see it again."
            ),
        ),
        (
            (
                "I would be grateful if you could include our letter as an appendix to the report when it is "
                "published, and provide us with the URL to the report, at DHREnquiries@homeoffice.gov.uk."
            ),
        ),
    ),
    "2021": Template(
        (
            (
                "Thank you for submitting the Domestic Homicide Review (DHR) report {subject} to the Home Office "
                "Quality Assurance (QA) Panel. The report was considered by the Panel at its virtual meeting on "
                "{meeting}. Please accept my apologies for the delay in responding."
            ),
        ),
        (
            (
                "The QA Panel felt that there are some aspects of the report which may benefit from further revision "
                "but the Home Office is content that on completion of these suggested changes the DHR may be "
                "published."
            ),
            "Areas for final development include:",
        ),
        (
            (
                "Once completed the Home Office would be grateful if you could provide us with a digital copy of the "
                "revised final version of the report with all finalised attachments and appendices and the weblink "
                "to the site where the report will be published. Please ensure this letter is published alongside "
                "the report."
            ),
            "Please send the digital copy and weblink to DHREnquiries@homeoffice.gov.uk.",
            "On behalf of the QA Panel, I would like to thank you, the chair and author, and other colleagues.",
        ),
    ),
    "2024": Template(
        (
            (
                "Thank you for submitting the {kind} ({short}) report {subject} to the Home Office Quality Assurance "
                "(QA) Panel. The report was considered at the QA Panel meeting on {meeting}. I apologise for the "
                "delay in responding to you."
            ),
        ),
        (
            (
                "The Panel commends the partnership for its work. The Home Office is content that on completion of the "
                "changes set out below, the {short} may be published."
            ),
            "Areas for final development:",
        ),
        (
            (
                "Once completed, the Home Office would be grateful to receive a digital copy of the revised final "
                "version of the report with all finalised attachments and appendices, and the weblink to the site "
                "where the report will be published. This letter must be published alongside the report."
            ),
            (
                "The {short} report including the executive summary and action plan should be converted to a PDF "
                "document and be smaller than 20 MB in size; this final Home Office QA Panel feedback letter should "
                "be attached to the end of the report as an annex; and the {short} Action Plan should be added to "
                "the report as an annex. This should include all implementation updates and note that the action "
                "plan is a live document and subject to change as outcomes are delivered."
            ),
            (
                "Please also send a digital copy to the Domestic Abuse Commissioner at "
                "DHR@domesticabusecommissioner.independent.gov.uk"
            ),
        ),
    ),
    "2026": Template(
        (
            (
                "Thank you for submitting the Domestic Abuse Related Death Review (DARDR) report {subject} to the Home "
                "Office Quality Assurance (QA) Panel, which considered it at the QA Panel meeting on {meeting}. I "
                "apologise for the delay in responding to you."
            ),
        ),
        (
            (
                "There are some areas which may benefit from further revision, but the Home Office is content that on "
                "completion of these changes the DARDR may be published."
            ),
            "Areas for final development:",
        ),
        (
            (
                "Once completed the Home Office would be grateful if you could provide us with a digital copy of the "
                "revised final version of the report with all finalised attachments and appendices and the weblink "
                "to the site where the report will be published. Please ensure this letter is published alongside "
                "the report."
            ),
            (
                "The DARDR report including the executive summary and action plan should be converted to a PDF "
                "document and be smaller than 20 MB; this final feedback letter should be attached to the end of the "
                "report as an annex; and the DARDR action plan should be added to the report as an annex, with all "
                "implementation updates and a note that it is a live document and subject to change as outcomes are "
                "delivered."
            ),
        ),
    ),
}
SEE_AGAIN = Template(
    (
        (
            "Thank you for submitting the {kind} ({short}) report {subject} to the Home Office Quality Assurance (QA) "
            "Panel. The report was considered at the QA Panel meeting on {meeting}."
        ),
    ),
    (
        (
            "The Panel concluded that the report is not yet ready for publication and would like to review a further "
            "version once the following has been addressed:"
        ),
    ),
    (
        (
            "Please submit the amended report to the Home Office for further consideration by the QA Panel, if "
            "possible within six months of this letter. Please do not publish the review in the meantime."
        ),
    ),
)
