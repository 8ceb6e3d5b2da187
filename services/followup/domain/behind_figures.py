"""What a dealer's figures are made of, line by line: the answers to surveys, and the leads. Pure.

Each stands in a list by when it was, with all that it counts for: so whoever asks for what a figure
is made of is told exactly that.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, tzinfo
from typing import NamedTuple

from pydantic import JsonValue

from services.followup.domain import ranks
from services.followup.domain.history import TaskHistory
from services.followup.domain.leads.counts import counted_of
from services.followup.domain.leads.course import lead_courses
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.rules.low_answer import is_low
from services.followup.domain.satisfaction import CountedAnswer, counted_answers
from services.followup.domain.survey_items import ITEMS
from shared.contracts.values import instant_text
from shared.decider.summary import MOST_ENTRY_CHARACTERS, Entry, keyed


class LineBehind(NamedTuple):
    """One answer, or one lead."""

    at: datetime
    document_id: str
    entry: Entry


def entries_behind(
    history: TaskHistory, policy: FollowUpPolicy, zone: tzinfo, *, most: int
) -> Mapping[str, Entry]:
    """The newest `most` of the customer's answers and leads, by what names each."""
    found = [*_answers(history, policy, zone), *_leads(history, policy)]
    found.sort(key=lambda line: (line.at, line.document_id), reverse=True)
    return {ranks.key_of(line.document_id): line.entry for line in found[:most]}


def _answers(history: TaskHistory, policy: FollowUpPolicy, zone: tzinfo) -> Iterator[LineBehind]:
    for answer in counted_answers(history, zone):
        survey = answer.known.survey
        low = is_low(survey, policy.low_answers)
        yield LineBehind(survey.at, answer.known.document_id, _entry_of(answer, low=low))


def _entry_of(answer: CountedAnswer, *, low: bool) -> Entry:
    """With as many of its items as there is room for: all, those of the process, or none."""
    survey = answer.known.survey
    known = [each for each in answer.items if each[0] in ITEMS[survey.survey]]
    for items in (answer.items, known, []):
        entry = Entry(
            {keyed(ranks.COUNTED, survey.survey): ranks.minute_rank(survey.at)},
            {
                "at": instant_text(survey.at),
                "overall": survey.overall,
                "items": [[item, tenths] for item, tenths in items],
                "low": low,
            },
        )
        if entry.characters <= MOST_ENTRY_CHARACTERS:
            break
    return entry


def _leads(history: TaskHistory, policy: FollowUpPolicy) -> Iterator[LineBehind]:
    for course in lead_courses(history, policy):
        line: Mapping[str, JsonValue] = {
            "at": instant_text(course.at),
            "channel": course.lead.channel,
            "grade": course.grade,
            "counts": [*counted_of(course, policy)],
        }
        place = {keyed(ranks.COUNTED, ranks.LEADS): ranks.minute_rank(course.at)}
        yield LineBehind(course.at, course.document_id, Entry(place, line))
