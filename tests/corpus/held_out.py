"""The held-out set's wordings: other years, other hands, other habits. Rules must not be written against it."""

from __future__ import annotations

from tests.builders import Review
from tests.corpus.case import Style
from tests.corpus.held_out_letters import SEE_AGAIN, YEARS
from tests.corpus.held_out_mail import OTHERS


def _place(csp: str, domain: str, name: str, year: int, *, town: str, dardr: bool = False) -> Review:
    people = {"author": "Maureen Hale", "addressee": "Cllr Ann Rowe", "officer": "Sam Kerr"}
    where = {"street": "High Street", "town": town, "postcode": "ZZ9 9ZZ", "officer_title": "Safer Communities Lead"}
    return Review(csp, f"{town} Council", domain, name, year, dardr=dardr, **people, **where)


PLACES = (
    _place("Ashcombe Vale Community Safety Partnership", "ashcombevale.gov.uk", "Julia", 2021, town="Ashcombe"),
    _place(
        "Kingsmoor, Hythe and Saltmarsh Community Safety Partnership",
        "kingsmoor.gov.uk",
        "Bella",
        2020,
        town="Kingsmoor",
    ),
    _place("Stourleigh Safer Communities Board", "stourleigh.gov.uk", "Adult T", 2019, town="Stourleigh"),
    _place("Tarnside & the Wolds Community Safety Partnership", "tarnside.gov.uk", "Mr Jones", 2018, town="Tarnside"),
    _place(
        "Oldmarch Safer Together Partnership", "oldmarch.gov.uk", "Grace and Daniel", 2024, town="Oldmarch", dardr=True
    ),
    _place("Penrhos and Hafren Community Safety Partnership", "penrhos.gov.uk", "Carys", 2022, town="Penrhos"),
    _place("Lorne Valley Community Safety Partnership", "lornevalley.gov.uk", "", 2023, town="Lorne", dardr=True),
)

HELD_OUT = Style(
    name="held-out",
    reviews=PLACES,
    letters=tuple(YEARS.values()),
    resubmits=(SEE_AGAIN,),
    letter_looks=(
        {"unit": "Tackling Domestic Abuse Policy Team", "role": "Chair of the Home Office DHR QA Panel"},
        {"letterhead": False, "font": "Times-Roman", "name_shape": "(‘{name}’)", "signatory": "Dr Ines Farrar"},
        {"name_shape": "following the death of {name}", "name_last": True, "size": 10.0},
        {"name_shape": "‘{name}’", "copied": True, "remarks": 11, "size": 12.0},
        {"name_shape": "", "letterhead": False},
    ),
    plans=(
        {
            "columns": (
                "Ref",
                "Recommendation",
                "Key action",
                "Evidence of progress",
                "Lead officer",
                "Deadline",
                "Outcome / impact",
            ),
            "heading": "Multi-Agency Action Plan",
            "live_note": "Please note: this plan is a live document and may change as outcomes are delivered.",
        },
        {
            "columns": ("Learning point", "What will be done", "Lead", "Due by", "Current status"),
            "heading": "DHR Improvement and Action Plan",
            "live_note": "This is a live document, subject to change as the work goes on.",
        },
        {
            "columns": (
                "Recommendation",
                "Scope",
                "Action",
                "Lead agency",
                "Milestones achieved",
                "Target date",
                "Completion date and outcome",
            ),
            "heading": "Appendix: Single and Multi-Agency Action Plans",
            "size": 6.0,
            "rows": 24,
            "live_note": "The action plan is a living document which will be updated as actions are delivered.",
        },
        {
            "columns": ("Recommendation", "Action", "Lead agency", "Timescale", "Progress / RAG"),
            "landscape": False,
            "heading": "Action plan",
        },
    ),
    bare_plans=(
        {"columns": ("No", "Recommendation", "Action required", "Lead agency", "Target date"), "updates": False},
    ),
    reports=(
        {
            "labels": "appendix-letter",
            "letter_title": "Letter from the Home Office QA Panel",
            "plan_title": "Action plan",
        },
        {"labels": "annex-letter", "plan_title": "Improvement plan", "order": ("summary", "body", "letter", "plan")},
        {"labels": "appendix-word", "letter_title": "Home Office Feedback", "plan_title": "Multi-agency plan"},
        {"labels": "none", "contents": False},
        {"labels": "schedule-number", "letter_title": "QA Panel letter", "marking": "OFFICIAL-SENSITIVE"},
    ),
    subjects=(
        "{csp} {short} - finalised report for your records",
        "FINAL - {short} {name}",
        "{short} ({name}) - final published version and link",
        "Completed {kind} for {town}",
    ),
    covers=(
        (
            "Hello both,\n\nThe partnership signed off the finished report on Monday. Here is the final PDF with both "
            "annexes for you.\n\n{place}\n\nBest wishes"
        ),
        (
            "To whom it may concern\n\nIn accordance with the feedback letter from the Quality Assurance Panel, please "
            "accept this email as our submission of the final report.\n\n{place}"
        ),
        (
            "Afternoon,\n\nAmendments done as the Panel suggested, so this is the final version of the {short} for "
            "{csp}. {place}\n\nShout if there's anything else you need."
        ),
        (
            "Dear Home Office,\n\nPlease find enclosed the completed {kind} concerning {name} which is now ready for "
            "publication, together with all appendices.\n\n{place}\n\nYours faithfully"
        ),
    ),
    places=(
        "Publication will be on this page: {url}",
        "You will be able to read it here from the 14th: {url}",
        "Link for publication - {url}",
        "The address of the web page on which we are publishing the review is {url}",
        "We intend to publish at {url} after the anniversary.",
    ),
    paths=(
        "https://www.{domain}/DomesticAbuse/Reviews",
        "https://www.{domain}/article/7712/Domestic-Homicide-Reviews-DHRs",
        "http://safer.{domain}/reviews/index.php?id=88",
        "https://www.{domain}/downloads/file/3310/dhr-overview",
        "https://www.valesafetypartnership.co.uk/what-we-do/learning-from-reviews/",
    ),
    bare_paths=("www.{domain}/DomesticAbuse", "www.{domain}/article/7712", "safer.{domain}/reviews"),
    to_follow=(
        "I'll forward the URL as soon as the web team have made it live.",
        "Weblink TBC.",
        "Details of where it will be published to be confirmed shortly.",
    ),
    withheld=(
        "Please note that, following advice, we do not intend to publish this review.",
        "Owing to the exceptional circumstances the full report is not going to be published.",
    ),
    home_named=("It will appear on the council website: www.{domain}", "Publication: https://{domain}"),
    shares=(
        "https://ashcombe-my.sharepoint.com/:f:/g/personal/sk/Eabc?e=1",
        "https://we.tl/t-Ab3dEf6hIj",
        "https://drive.google.com/file/d/1AbCdEf/view?usp=sharing",
        "https://1drv.ms/b/s!AkQ7",
    ),
    portals=(
        (
            "Secure file transfer: {short} {name}",
            (
                "The final report is too big for email so I have uploaded it. You can download the final report here: "
                "https://wetransfer.com/downloads/77aa/bb\n\n{place}"
            ),
        ),
        (
            "Final {short} {csp}",
            (
                "Please find the final {short} report at the following secure link, which expires in 14 days:\n"
                "https://login-uk.mimecast.com/u/login/?gta=secure#/message/991\n\n{place}"
            ),
        ),
    ),
    mentions=(
        "Feedback from the Home Office Quality Assurance Panel can be found in the appendices to this report.",
        "The Panel's letter, dated 4 May, is reproduced in full after the action plan.",
    ),
    follow_ups=(
        (
            "Re: Your submission DHR-2026-0077 - what is missing",
            (
                "Hi, thanks for the quick reply. I've now merged the letter and the plan into the report, see "
                "attached. {place}"
            ),
        ),
    ),
    letter_questions=(
        (
            "Query re attached",
            (
                "Hi, we've just had this back from the Panel. Is it ok for us to publish before the inquest, or "
                "should we wait? And who do we send the final report to when it is done?"
            ),
        ),
    ),
    first_versions=(
        (
            "{csp}: {short} for QA",
            (
                "Dear all,\n\nOur review is complete and has been endorsed by the partnership. I attach the overview "
                "report and the other documents so that they can be put before the QA Panel."
            ),
        ),
        (
            "Submission of {kind} to the Home Office",
            (
                "Hello,\n\nPlease see attached {short} for consideration at the next available Quality Assurance "
                "Panel. We look forward to receiving the Panel's feedback."
            ),
        ),
    ),
    resubmissions=(
        (
            "Amended {short} for the QA Panel's further consideration",
            (
                "Hello,\n\nAs the Panel wanted to see this one again, here is the amended version for its further "
                "consideration. A table of the changes is included."
            ),
        ),
    ),
    others=OTHERS,
    welsh=(
        "Adolygiad Dynladdiad Domestig: y fersiwn derfynol",
        (
            "Prynhawn da\n\nDyma'r adroddiad terfynol ar ran y Bartneriaeth, ynghyd â'r atodiadau. Cyhoeddir yr "
            "adroddiad ar y dudalen hon: {url}\n\nCofion gorau"
        ),
    ),
    file_names=(
        "{name} overview report - FINAL (2).pdf",
        "{short}_{town}_Final_Nov26.pdf",
        "Document1.pdf",
        "Overview + annexes.pdf",
    ),
)
