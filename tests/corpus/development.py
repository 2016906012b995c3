"""The development set's wordings: what the rules may be written against."""

from __future__ import annotations

from dataclasses import replace

from intake.demo.letter_templates import WORDINGS
from intake.model import Kind
from tests.builders import OUTCOMES, RENAMED, REVIEWS, SEVEN, SHORT
from tests.corpus.case import Style

PLACES = tuple(replace(review, domain=review.domain.replace(".example", ".uk")) for review in REVIEWS)

_OTHER = frozenset({Kind.OTHER, Kind.ENQUIRY})
_ENQUIRY = frozenset({Kind.ENQUIRY, Kind.OTHER})

DEVELOPMENT = Style(
    name="development",
    reviews=(*PLACES, replace(PLACES[0], name="", year=2021), replace(PLACES[2], name="Adult B")),
    letters=tuple(WORDINGS[name] for name in ("2020", "2022", "2023", "2023", "2025")),
    resubmits=(WORDINGS["resubmit"],),
    letter_looks=(
        {},
        {"letterhead": False, "name_shape": "({name})"},
        {"name_shape": "‘({name})’", "name_last": True, "font": "Times-Roman"},
        {"name_shape": "in relation to the death of ‘{name}’", "unit": "Public Protection Unit"},
        {"letterhead": False, "role": "Head of the Interpersonal Abuse Unit", "signatory": "Robert Kenning"},
    ),
    plans=(
        {"columns": SEVEN},
        {"columns": SEVEN, "size": 5.5, "rows": 30},
        {"columns": RENAMED, "heading": "DHR Action Plan"},
        {"columns": SHORT, "landscape": False, "heading": "Appendix: Action plan"},
        {"columns": OUTCOMES, "heading": "Multi-agency action plan"},
        {"columns": SEVEN[:3] + SEVEN[4:], "heading": "Overview Report Action Plan"},
    ),
    bare_plans=(
        {"columns": ("Recommendation", "Action to take", "Lead agency", "Target date"), "updates": False},
        {"columns": SEVEN, "updates": False},
    ),
    reports=(
        {"labels": "annex-letter"},
        {"labels": "annexe-number"},
        {"labels": "appendix-letter", "order": ("body", "summary", "plan", "letter")},
        {"labels": "appendix-word", "order": ("summary", "body", "letter", "plan")},
        {"labels": "appendix-roman", "marking": "OFFICIAL"},
        {"labels": "schedule-number"},
        {"labels": "none"},
    ),
    subjects=(
        "Final {short} report: {name}",
        "{csp} - final {kind} '{name}'",
        "Final submission {short} {name}",
        "{short} {name} final report and weblink",
        "Revised final report following QA Panel feedback - {csp}",
    ),
    covers=(
        (
            "Dear colleague,\n\nPlease find attached the final version of the {kind} report ({name}) for {csp}, with "
            "the action plan and the QA Panel's feedback letter as annexes.\n\n{place}\n\nPlease let me know if you "
            "need more."
        ),
        (
            "Good morning\n\nFurther to the QA Panel's letter we have made the changes that were asked for. A "
            "digital copy of the revised final version of the report is attached.\n\n{place}\n\nMany thanks"
        ),
        "Hi\n\nAttached is our final {short}.\n\n{place}\n\nThanks",
        (
            "Dear DHR Enquiries\n\nI attach the final {short} overview report, executive summary and action plan in "
            "respect of {name}. {place}\n\nThe family have been told of the date of publication."
        ),
    ),
    places=(
        "The report will be published at {url}",
        "The weblink to the site where the report will be published is:\n{url}",
        "It will be published on our website here: {url} on 1 December.",
        "Weblink: {url}",
        "Please see {url} where the report will be available from next month.",
    ),
    paths=(
        "https://www.{domain}/community-safety/domestic-homicide-reviews",
        "https://www.{domain}/dhr",
        "http://www.{domain}/info/200134/safer_communities/912/published_reviews",
        "https://{domain}/your-council/partnerships/csp/publications",
        "https://www.safercommunities-partnership.org.uk/learning/reviews",
        "https://www.{domain}/media/4821/overview-report.pdf",
    ),
    bare_paths=("www.{domain}/dhr", "www.{domain}/community-safety/reviews", "{domain}/dhrs"),
    to_follow=(
        "The weblink will follow in due course.",
        "We will send the web address once our communications team has set up the page.",
        "The link to the published report is to follow.",
    ),
    withheld=(
        "With the agreement of the Home Office this report will not be published, to protect the children.",
        "The partnership has decided that the report should be withheld from publication in these circumstances.",
    ),
    home_named=(
        "The report will be published on our website, https://www.{domain}/",
        "It will be published at www.{domain}.",
    ),
    shares=(
        "https://northmerecc.sharepoint.com/:b:/s/CommunitySafety/EZ1xYb9?e=Qf3kPz",
        "https://wetransfer.com/downloads/0a9b8c7d6e5f/4321",
        "https://www.dropbox.com/s/ab12cd34ef56/report.pdf?dl=0",
    ),
    portals=(
        (
            "Final {short} report {name} sent securely",
            (
                "Dear team\n\nThe final {short} report has been sent to you through Egress. Please use this link to "
                "open the secure message and download the "
                "report:\nhttps://switch.egress.com/ui/invitation.aspx?invitationid=9f2e41\n\n{place}"
            ),
        ),
        (
            "Final {kind} - {csp}",
            (
                "Please find the final report attached by link, as the file is too large to send:\n"
                "https://secure.objectiveconnect.co.uk/publicLink/documents/A1234567\n\n{place}"
            ),
        ),
    ),
    mentions=(
        (
            "The Home Office Quality Assurance Panel feedback letter is attached at Annex B, and the action plan at "
            "Annex A, of this report."
        ),
        "A copy of the letter from the Home Office QA Panel is published alongside this report.",
    ),
    follow_ups=(
        (
            "RE: Your submission DHR-2026-0041: final {short} {name}",
            "Thank you. As asked, please find attached the corrected report with everything in one PDF.\n\n{place}",
        ),
        (
            "RE: Your submission DHR-2026-0113",
            "Hello\n\nSorry about that. Here is the full document with the annexes that were missing.\n\n{place}",
        ),
    ),
    letter_questions=(
        (
            "Feedback letter for {csp}",
            (
                "Dear team\n\nWe have received the attached letter. Could you tell me whether the changes have to be "
                "agreed with the family before we send the report? Also, is there a deadline?\n\nThanks"
            ),
        ),
    ),
    first_versions=(
        (
            "{short} {name} - submission to the Quality Assurance Panel",
            (
                "Dear colleague\n\nPlease find attached the overview report, executive summary and action plan for the "
                "Home Office Quality Assurance Panel to consider. The data collection form is attached as well."
            ),
        ),
        (
            "New {short} for quality assurance: {csp}",
            (
                "Hello\n\nThe partnership has approved the attached {kind} and submits it to the Home Office for "
                "quality assurance. Could you confirm the date of the Panel meeting?"
            ),
        ),
    ),
    resubmissions=(
        (
            "{short} {name}: resubmission to QA Panel",
            (
                "Dear team\n\nFurther to the Panel's letter asking us to revise the report, please find attached the "
                "revised draft, resubmitted for the QA Panel to consider at its next meeting."
            ),
        ),
    ),
    others={
        "extension": (
            _OTHER,
            "{short} {name}: request for an extension",
            (
                "Dear colleague\n\nThe review has been delayed by the criminal trial. We ask for an extension of three "
                "months before we submit the final report to you. The chair expects to finish in the spring."
            ),
        ),
        "notice-of-decision": (
            _OTHER,
            "Notification of decision to hold a {kind}",
            (
                "Dear Home Office\n\nIn line with the statutory guidance I write to tell you that {csp} has decided to "
                "hold a {kind} following a death in {town}. A chair will be appointed shortly."
            ),
        ),
        "not-to-hold": (
            _OTHER,
            "Decision not to conduct a review",
            (
                "The partnership met and considers that the criteria for a {short} are not met. The family has been "
                "told. Please find our rationale below: there is no information to suggest that abuse played a part."
            ),
        ),
        "enquiry": (
            _ENQUIRY,
            "Question about publishing a {short}",
            (
                "Dear team\n\nDoes the executive summary have to be published as a file of its own? And how long "
                "should the report stay on our website?\n\nMany thanks"
            ),
        ),
        "chaser": (
            _ENQUIRY,
            "When will the Panel consider our report?",
            (
                "We submitted our report in February and have not heard when it will be considered. The family have "
                "asked us. Could you let us know the date?"
            ),
        ),
        "press": (
            _OTHER,
            "Media enquiry - domestic homicide reviews",
            (
                "I am a reporter at the Marl Valley Courier. How many domestic homicide reviews were published last "
                "year, and why does it take two years for a final report? My deadline is 4 pm."
            ),
        ),
        "foi": (
            _OTHER,
            "Freedom of Information request",
            (
                "Under the Freedom of Information Act 2000 please send me a copy of every final domestic homicide "
                "review report and QA Panel feedback letter that you received from {csp} since 2019."
            ),
        ),
        "family": (
            _OTHER,
            "My sister's review",
            (
                "I have been told that you look at these reviews. My sister's report was sent to you and I would "
                "like to know what happens now. Nobody has told us anything for months."
            ),
        ),
        "training": (
            _OTHER,
            "Training for chairs of domestic homicide reviews: places left",
            (
                "Our next course for independent chairs and authors starts in May. Learn how to write the final "
                "report and an action plan that works. Book at https://www.review-learning.example/courses"
            ),
        ),
        "newsletter": (
            _OTHER,
            "Community safety bulletin, autumn",
            (
                "In this issue: a new domestic abuse strategy; three reviews published; events. Read more at "
                "https://www.safer-bulletin.example/autumn. To unsubscribe, follow the link."
            ),
        ),
        "thanks": (
            _OTHER,
            "RE: Final {short} {name}",
            "Thank you for letting us know, that is very helpful.",
        ),
        "will-send": (
            _OTHER,
            "Final {short} report {name}",
            (
                "Dear team\n\nJust to let you know that we hope to send you the final report with its annexes by the "
                "end of next week, once our board has signed it off."
            ),
        ),
    },
    welsh=(
        "Adroddiad terfynol",
        (
            "Annwyl gydweithiwr\n\nAmgaeaf fersiwn derfynol yr adroddiad (final DHR report) gyda'r cynllun "
            "gweithredu a llythyr y panel. Bydd yr adroddiad yn cael ei gyhoeddi yn {url}\n\nDiolch yn fawr"
        ),
    ),
    file_names=(
        "{short} {name} final.pdf",
        "FINAL Overview Report {name} v7.pdf",
        "{csp} {short}.pdf",
        "Report for publication.pdf",
        "scan0012.pdf",
    ),
)
