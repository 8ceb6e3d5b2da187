"""Which answers to surveys are filed as complaints, through intake as every other one. Pure.

An answer that a newer version raises, or that is another customer's now, takes its complaint back.
There is no loop: a complaint raises no survey, so each filing needs an answer of the customer's.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from services.followup.domain.documents import AnsweredSurvey
from services.followup.domain.facts import SURVEY, FollowUpFacts
from services.followup.domain.policy import FollowUpPolicy
from shared.contracts.feeds import ComplaintReported
from shared.contracts.followup import REPORTING_SOURCE, ReportedEvent, ReportMade, event_id
from shared.contracts.identifiers import dealer_of, is_customer_key, kind_in, number_in
from shared.contracts.subjects import FiledSubject
from shared.contracts.values import instant_text
from shared.decider.decision import Announced, Announcement

CATEGORY = "survey"
HISTORY = timedelta(days=7)
"""An answer that was first received so long after it was given is history: nothing is filed."""
REMEMBERED = timedelta(days=30)
"""From the answer on its complaint is filed, and taken back; later, staff decide what becomes of
it, and a change of the policy files nothing any more."""
TENTHS = 10
"""Answers are kept in tenths of a point."""
_WORDS = {
    "csi": (
        "Service satisfaction survey {number}: overall answer {overall} of 10.",
        "售后满意度问卷 {number}：总体评分 {overall}（满分 10）。",
    ),
    "ssi": (
        "Sales satisfaction survey {number}: overall answer {overall} of 10.",
        "销售满意度问卷 {number}：总体评分 {overall}（满分 10）。",
    ),
}


def filings(
    facts: FollowUpFacts, announced: Announced, policy: FollowUpPolicy, now: datetime
) -> Iterator[Announcement]:
    """What is reported to intake as of `now`, each sealed as it was first reported.

    What is `announced` stands by the limit that it was filed by.
    """
    for survey_id, known in facts.documents.items():
        if not isinstance(known, AnsweredSurvey):
            continue
        about = str(FiledSubject(survey_id))
        sealed = announced.get(about)
        at_most = policy.complaint_at_most if sealed is None else sealed["at_most"]
        received_at = known.late or known.at
        forget_at = received_at + REMEMBERED
        if at_most is None or known.overall > at_most * TENTHS or forget_at <= now:
            continue
        if received_at - known.at <= HISTORY:
            event = _event(survey_id, known, facts.customer_key, received_at, now)
            filed = ReportMade(
                customer_key=facts.customer_key,
                dealer_id=dealer_of(facts.customer_key),
                at_most=at_most,
                event=event,
            )
            yield Announcement(about, filed, forget_at)


def is_filing(about: str) -> bool:
    """Whether that is the name of one, and not of a task."""
    return FiledSubject.is_named(about)


def is_set_aside(facts: FollowUpFacts, about: str) -> bool:
    """Whether the survey of the filing is looked at no longer."""
    return facts.sets_aside(SURVEY, FiledSubject.parse(about).survey_id)


def _event(
    survey_id: str,
    answered: AnsweredSurvey,
    customer_key: str,
    received_at: datetime,
    now: datetime,
) -> ReportedEvent:
    case_no = _case_no(survey_id, customer_key)
    return ReportedEvent(
        id=event_id(case_no, now),
        source=f"aftercare/{REPORTING_SOURCE}",
        specversion="1.0",
        type=ComplaintReported.TYPE,
        time=now,
        dealerid=dealer_of(customer_key),
        data={
            "source": REPORTING_SOURCE,
            "dealer_id": dealer_of(customer_key),
            "case_no": case_no,
            "received_at": instant_text(received_at),
            "occurred_at": instant_text(answered.at),
            "channel": answered.channel or "phone",
            "category": CATEGORY,
            "narrative": _narrative(survey_id, answered),
            **_of(customer_key),
            **_related(answered.about_id),
        },
    )


def _case_no(survey_id: str, customer_key: str) -> str:
    """Of another customer it is another case: which of the two was reported last says nothing."""
    text = f"{survey_id}\x1f{customer_key}"
    return f"survey-{blake2b(text.encode(), digest_size=8).hexdigest()}"


def _narrative(survey_id: str, answered: AnsweredSurvey) -> str:
    said = {"number": number_in(survey_id), "overall": f"{answered.overall / TENTHS:g}"}
    return " ".join(words.format(**said) for words in _WORDS[answered.survey])


def _of(customer_key: str) -> dict[str, Any]:
    """Whose it is: the customer's, else the car's, else nobody's."""
    if is_customer_key(customer_key):
        return {"customer": {"customer_key": customer_key}}
    return {"vehicle": {"vin": number_in(customer_key)}} if kind_in(customer_key) == "vin" else {}


def _related(about_id: str) -> dict[str, str]:
    """The number of the order or sale, as its source knows it."""
    fields = {"visit": "related_ro_no", "sale": "related_deal_no"}
    field = fields.get(kind_in(about_id)) if about_id else None
    return {} if field is None else {field: number_in(about_id)}
