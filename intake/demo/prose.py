"""The words of sample reports: invented, discreet, and varied enough that no two pages are the same."""

from __future__ import annotations

import random

from intake.demo.reviews import Review

CHAPTERS: tuple[tuple[str, str], ...] = (
    ("Introduction", "introduction"),
    ("Terms of reference", "scope"),
    ("Methodology", "scope"),
    ("Involvement of family, friends and colleagues", "family"),
    ("Equality and diversity", "family"),
    ("Background information and chronology", "chronology"),
    ("Overview", "overview"),
    ("Analysis", "analysis"),
    ("Good practice", "analysis"),
    ("Conclusions", "closing"),
    ("Lessons to be learned", "closing"),
)

SENTENCES: dict[str, tuple[str, ...]] = {
    "introduction": (
        "This report examines how agencies responded to {name}, a resident of {town}, before the point of her death.",
        "The Panel would like to begin by expressing its sympathy to the family and to all who knew {name}.",
        "The review considers the contact that agencies had with {name} between {y1} and {y2}.",
        (
            "The key purpose of a {kind} is to enable lessons to be learned where a person has died as a result of "
            "domestic violence and abuse."
        ),
        "The partnership was told of the death in {y2} and decided within one month to hold a review.",
        "{csp} commissioned an independent chair who had no connection with any agency involved.",
        (
            "Pseudonyms have been used throughout to protect the identity of those involved; they were agreed with "
            "the family."
        ),
        (
            "In order for these lessons to be learned as widely as possible, professionals need to understand fully "
            "what happened."
        ),
    ),
    "scope": (
        "The Panel met on seven occasions, and agencies were asked to give chronological accounts of their contact.",
        "Individual Management Reviews were requested from agencies that had had significant contact.",
        "Each author was independent of line management and had no previous involvement with the family.",
        "The Panel considered whether practice was sensitive to the needs of the individuals concerned.",
        "Were procedures in place for risk assessment, and were they used correctly by practitioners at the time?",
        "Did the agency have policies for sharing information, and were they followed in this case?",
        "The time scale of the review was extended so that other proceedings could be completed first.",
        "The Panel was assisted by a specialist domestic abuse service throughout.",
    ),
    "family": (
        "{name}'s sister met the chair on three occasions and read a draft of the report in private.",
        "Family members described {name} as generous, funny and devoted to those around her.",
        "The family were supported by an advocate, who attended one meeting of the Panel with them.",
        "A colleague recalled that {name} took great pride in her work at a garden centre.",
        "The Panel considered all nine protected characteristics and found that sex, age and disability were relevant.",
        "Letters were sent to friends with a leaflet of the Home Office that explains the process.",
        "The Panel is grateful to everyone who gave their time and their memories.",
    ),
    "chronology": (
        "In the spring of {y1} {name} registered with a new surgery and was seen for a routine appointment.",
        "On a date in {y1} a neighbour rang the police to say that raised voices had been heard.",
        "Officers attended, spoke to both parties apart, and completed a risk assessment.",
        "The assessment was graded as medium, and details of support services were left with {name}.",
        "A referral was made to the multi-agency risk assessment conference, which met the next month.",
        "Housing services received an application and offered an appointment, which was not kept.",
        "A nurse noted that {name} seemed low in mood and arranged a further appointment.",
        "No further contact is recorded by any agency until the autumn of {y2}.",
        "Children's services closed the case after an assessment found that no further action was needed.",
        "An adviser from the specialist service spoke with {name} by telephone on two occasions.",
    ),
    "overview": (
        "The general practice saw {name} on eleven occasions during the period under review.",
        "The police held information about a previous relationship which was not known to other agencies.",
        "Adult social care received one referral, which was signposted to a voluntary service.",
        "The probation service supervised the perpetrator under a community order until {y2}.",
        "The hospital's records show two attendances, neither of which led to a referral.",
        "The housing association carried out repairs and recorded nothing of concern.",
        "The employer has since adopted a policy on domestic abuse and named a trained lead.",
    ),
    "analysis": (
        "The Panel considered whether the pattern of control would have been visible to any one agency.",
        "Professional curiosity could have led to further questions about {name}'s circumstances at home.",
        "There was no evidence that {name} was ever seen alone by the practitioner.",
        "The risk assessment was carried out according to the policy in force at the time.",
        "Information was shared between agencies, but its significance was not recognised by all of them.",
        "Research shows that separation is a time of heightened risk, and this was not reflected in the plan.",
        "The response of the first officer was considered by the Panel to be good practice.",
        "Staff told the Panel that caseloads were high and that supervision had been irregular.",
        "It cannot be known whether a different response would have changed what happened.",
        "The author found that coercive and controlling behaviour was not well understood in this service in {y1}.",
        "The home office counting rules were applied, and the feedback given to staff was recorded.",
    ),
    "welsh": (
        "Mae'r adroddiad hwn yn edrych ar sut y gwnaeth asiantaethau ymateb i {name} cyn ei marwolaeth.",
        "Hoffai'r Panel gydymdeimlo â'r teulu ac â phawb a oedd yn adnabod {name}.",
        "Cyfarfu'r Panel ar saith achlysur, a gofynnwyd i asiantaethau roi hanes eu cyswllt â'r teulu.",
        "Ystyriodd y Panel a oedd yr ymarfer yn sensitif i anghenion yr unigolion dan sylw.",
        "Nid oedd tystiolaeth bod {name} wedi cael ei gweld ar ei phen ei hun gan yr ymarferydd.",
        "Rhannwyd gwybodaeth rhwng asiantaethau, ond ni welwyd ei harwyddocâd gan bob un ohonynt.",
        "Daeth y Panel i'r casgliad bod cyfleoedd wedi'u colli i ofyn i {name} am ei diogelwch.",
        "Mae llawer wedi newid ers {y2}, ac mae'r asiantaethau wedi disgrifio'r camau a gymerwyd.",
    ),
    "closing": (
        "The Panel concludes that there were missed opportunities to ask {name} about her safety.",
        "Much has changed since {y2}, and agencies have described the steps they have taken.",
        (
            "Lesson: where several agencies each hold a small part of the picture, a conversation is worth more "
            "than a form."
        ),
        "Lesson: family and friends often know first, and need to know where to turn.",
        "The Panel is assured that training on coercive control is now part of induction.",
        "The recommendations that follow are made with the hope that they will help others.",
    ),
}

RECOMMENDATIONS = (
    "All agencies should assure the partnership that staff know how to ask about domestic abuse safely.",
    "{council} should review how housing applications that mention abuse are prioritised.",
    "The Integrated Care Board should promote a programme of training and referral in general practice.",
    "The police should audit a sample of medium-risk assessments each quarter.",
    "The partnership should run a campaign so that friends and family know where to seek advice.",
    "The specialist service should be commissioned to offer support in languages other than English.",
    "Employers in the area should be helped to adopt a policy on domestic abuse.",
    "The Home Office should consider issuing further guidance on the links between suicide and domestic abuse.",
)

GLOSSARY = (
    ("CSP", "Community Safety Partnership"),
    ("DASH", "Domestic Abuse, Stalking and Honour-based violence risk checklist"),
    ("DHR", "Domestic Homicide Review"),
    ("GP", "General Practitioner"),
    ("ICB", "Integrated Care Board"),
    ("IDVA", "Independent Domestic Violence Adviser"),
    ("IMR", "Individual Management Review"),
    ("MARAC", "Multi-Agency Risk Assessment Conference"),
)


MONTHS = ("January", "February", "March", "May", "June", "August", "September", "October", "December")
# how much of a report each subject takes, one against the other
WEIGHTS = {"chronology": 4.0, "overview": 3.0, "analysis": 3.0, "family": 1.5}


class Author:
    """Writes paragraphs about one review, always the same ones for the same seed."""

    def __init__(self, review: Review, seed: int) -> None:
        self._rng = random.Random(f"{review.csp}-{review.name}-{seed}")
        self._terms = {
            "name": review.name or "Adult A",
            "csp": review.csp,
            "council": review.council,
            "town": review.town,
            "kind": review.kind,
            "y1": str(review.year - 2),
            "y2": str(review.year),
        }

    def paragraph(self, subject: str) -> str:
        """Three to six sentences on one of the subjects."""
        pool = SENTENCES[subject]
        chosen = self._rng.sample(pool, k=self._rng.randint(3, min(6, len(pool))))
        text = " ".join(chosen).format(**self._terms)
        return f"{self._date()}: {text}" if subject == "chronology" else text

    def _date(self) -> str:
        year = self._terms["y1"] if self._rng.random() < 0.5 else self._terms["y2"]
        return f"{self._rng.randint(1, 28)} {self._rng.choice(MONTHS)} {year}"

    def recommendations(self, count: int) -> list[str]:
        """The review's recommendations."""
        return [text.format(**self._terms) for text in RECOMMENDATIONS[:count]]
