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
from shared.contracts.followup import REPORTING_SOURCE, Reported, ReportMade
from shared.contracts.identifiers import dealer_of, is_customer_key, kind_in, number_in
from shared.contracts.subjects import FiledSubject, digest_of
from shared.contracts.values import instant_text
from shared.decider.decision import Announcement

CATEGORY = "survey"
HISTORY = timedelta(days=7)
"""An answer that was first received so long after it was given is history: nothing is filed."""
REMEMBERED = timedelta(days=30)
"""From the answer on its complaint is filed and taken back, also by a change of the policy; later,
staff decide what becomes of it."""
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


def filings(facts: FollowUpFacts, policy: FollowUpPolicy, now: datetime) -> Iterator[Announcement]:
    """What is reported to intake as of `now`, each sealed as it was first reported."""
    if policy.complaint_at_most is None:
        return
    for survey_id, known in facts.documents.items():
        if not isinstance(known, AnsweredSurvey):
            continue
        received_at = known.late or known.at
        forget_at = received_at + REMEMBERED
        if known.overall > policy.complaint_at_most * TENTHS or forget_at <= now:
            continue
        if received_at - known.at <= HISTORY:
            subject = FiledSubject(survey_id, digest_of(known.at, received_at))
            filed = ReportMade(
                customer_key=facts.customer_key,
                dealer_id=dealer_of(facts.customer_key),
                reports=ComplaintReported.TYPE,
                data=_complaint(subject, known, facts.customer_key, received_at),
            )
            yield Announcement(str(subject), filed, forget_at)


def is_filing(about: str) -> bool:
    """Whether that is the name of one, and not of a task."""
    return FiledSubject.is_named(about)


def is_set_aside(facts: FollowUpFacts, about: str) -> bool:
    """Whether the survey of the filing is looked at no longer."""
    return facts.sets_aside(SURVEY, FiledSubject.parse(about).survey_id)


def _complaint(
    subject: FiledSubject, answered: AnsweredSurvey, customer_key: str, received_at: datetime
) -> Reported:
    return {
        "source": REPORTING_SOURCE,
        "dealer_id": dealer_of(customer_key),
        "case_no": _case_no(subject, customer_key),
        "received_at": instant_text(received_at),
        "occurred_at": instant_text(answered.at),
        "channel": answered.channel or "phone",
        "category": CATEGORY,
        "narrative": _narrative(subject.survey_id, answered),
        **_of(customer_key),
        **_related(answered.about_id),
    }


def _case_no(subject: FiledSubject, customer_key: str) -> str:
    """Of another customer, or of another time, it is another case: one is taken back when the
    other is filed, and which of the two intake hears of last must not matter."""
    text = f"{subject}\x1f{customer_key}"
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
