"""What a customer counts for in their dealer's satisfaction figures, month by month. Pure.

All that is counted follows from what happened, whatever the time is: so a month that ends changes
nobody, and the figures of a dealer are the sums of its customers'.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple, get_args
from zoneinfo import ZoneInfo

from services.followup.domain.circumstances import Circumstances, open_channels
from services.followup.domain.contacts import visits_of
from services.followup.domain.documents import CaseStands, Delivery, RepairOrder
from services.followup.domain.history import KnownAnswer, TaskHistory
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.rules.low_answer import is_low
from services.followup.domain.satisfaction_counters import (
    OTHER_ITEM,
    Measure,
    SatisfactionCounter,
    item_word,
)
from services.followup.domain.survey_items import ITEMS
from services.followup.domain.task_rule import TaskRule
from shared.contracts.feed_parts import Channel
from shared.contracts.followup import task_id
from shared.contracts.subjects import TaskSubject
from shared.contracts.surveys import SurveyKind
from shared.time.months import month_at, month_text

MONTHS_COUNTED = 37
"""How many months are counted: the last in which anything happened, and those before."""
ANSWERED_WITHIN = timedelta(days=90)
"""A survey that does not say what it is about is about the last sale or visit within so long."""
MOST_OWN_ITEMS = 20
"""How many items of a month and survey are counted by names that are not those of the process."""
MOST_CHARACTERS = 15_000
"""How much the counts of a customer take, as JSON; who has more counts for less than all."""
_FEWER_MONTHS = 12
_TRIGGERS: Mapping[SurveyKind, str] = {"ssi": "delivery", "csi": "closing"}
_SPOKEN_TO = ("done", "declined")

ByMonth = dict[int, Counter[SatisfactionCounter]]
"""Month -> counter -> how much."""


class AskedAbout(NamedTuple):
    """A sale or a visit that asks for an answer: orders of a car and day are one visit."""

    survey: SurveyKind
    at: datetime
    """When it was over, in UTC: of several orders the last."""
    document_ids: tuple[str, ...]
    zone: ZoneInfo
    """The dealer's."""


class CountedAnswer(NamedTuple):
    """An answer to a survey, as it is counted."""

    known: KnownAnswer
    items: Sequence[tuple[str, int]]
    """What it is counted by, and the answer in tenths of a point."""


class _Tally(NamedTuple):
    """Where is counted, month by month."""

    zone: tzinfo
    by_month: ByMonth

    def add(
        self,
        at: datetime,
        measure: Measure,
        survey: SurveyKind | None = None,
        *,
        item: str = "",
        amount: int = 1,
    ) -> None:
        counter = SatisfactionCounter(measure, survey, item)
        self.by_month.setdefault(month_at(at, self.zone), Counter())[counter] += amount


def satisfaction_counts(
    history: TaskHistory, circumstances: Circumstances, policy: FollowUpPolicy, *, zone: tzinfo
) -> Mapping[str, Mapping[str, int]]:
    """Month, such as `2026-11` -> counter -> what the customer counts for there, by the dealer's
    local dates. Months without anything are not among them, and neither is what is zero."""
    tally = _Tally(zone, {})
    _count_asked(tally, history, policy, circumstances)
    _count_answers(tally, history, policy)
    _count_orders(tally, history, within_days=policy.satisfaction.comeback_days)
    for complaint in history.complaints:
        _count_complaint(tally, complaint.case)
    newest = max(tally.by_month, default=0)
    for months, items in (
        (MONTHS_COUNTED, "all"),
        (MONTHS_COUNTED, "known"),
        (_FEWER_MONTHS, "known"),
        (_FEWER_MONTHS, "none"),
    ):
        first = newest - months + 1
        counts = {
            month_text(month): _written(counted, items)
            for month, counted in sorted(tally.by_month.items())
            if month >= first
        }
        if len(json.dumps(counts)) <= MOST_CHARACTERS:
            break
    return {month: counted for month, counted in counts.items() if counted}


def _written(counted: Mapping[SatisfactionCounter, int], items: str) -> Mapping[str, int]:
    found: Counter[str] = Counter()
    for counter, amount in counted.items():
        if items == "none" and counter.item:
            continue
        is_shown = items == "all" or not counter.item or _is_known(counter)
        shown = counter if is_shown else counter._replace(item=OTHER_ITEM)
        found[str(shown)] += amount
    return {name: amount for name, amount in sorted(found.items()) if amount}


def _is_known(counter: SatisfactionCounter) -> bool:
    return counter.survey is not None and counter.item in ITEMS[counter.survey]


def _count_asked(
    tally: _Tally, history: TaskHistory, policy: FollowUpPolicy, circumstances: Circumstances
) -> None:
    """In the month of the sale or visit, also what came of it later. Who could not be asked is not
    counted, unless they answered, or were called all the same."""
    asked = [*_sales(history), *_visits(history)]
    answered = answers_to(asked, history.answers)
    asking = {survey: _asking(survey, policy) for survey in _TRIGGERS}
    for about in asked:
        rules = asking[about.survey]
        answer = answered.get(about)
        called_at = _called_at(about, answer, history, rules)
        was_reached = answer is not None or called_at is not None
        if was_reached or _can_be_asked(about, history, rules, circumstances):
            tally.add(about.at, "asked", about.survey)
        if answer is not None:
            tally.add(about.at, "responded", about.survey)
        if called_at is not None:
            minutes = _minutes(called_at - about.at)
            tally.add(about.at, "called", about.survey)
            tally.add(about.at, "minutes_to_call", about.survey, amount=minutes)


def _asking(survey: SurveyKind, policy: FollowUpPolicy) -> Sequence[TaskRule]:
    """The rules of the satisfaction call."""
    return [
        rule
        for rule in policy.rules
        if rule.trigger == _TRIGGERS[survey] and "survey" in rule.closers
    ]


def _sales(history: TaskHistory) -> Iterator[AskedAbout]:
    for contact in history.contacts:
        known = contact.known
        if isinstance(known, Delivery) and known.undone_at is None:
            yield AskedAbout("ssi", contact.began_at, (contact.document_id,), contact.zone)


def _visits(history: TaskHistory) -> Iterator[AskedAbout]:
    """As the satisfaction call follows them up: one per car and local day."""
    for orders in visits_of(history.contacts):
        last = orders[-1]
        document_ids = tuple(order.document_id for order in orders)
        yield AskedAbout("csi", last.at or last.began_at, document_ids, last.zone)


def answers_to(
    asked: Sequence[AskedAbout], answers: Sequence[KnownAnswer]
) -> Mapping[AskedAbout, KnownAnswer]:
    """The first answer to each; one answer is about one sale or visit at most. `answers`: in the
    order of time."""
    found: dict[AskedAbout, KnownAnswer] = {}
    by_document = {(about.survey, id_): about for about in asked for id_ in about.document_ids}
    for answer in answers:
        named = by_document.get((answer.survey.survey, answer.survey.about_id))
        if named is not None:
            found.setdefault(named, answer)
    for answer in answers:
        if answer.survey.about_id:
            continue
        at, survey = answer.survey.at, answer.survey.survey
        meant = max(
            (
                about
                for about in asked
                if about.survey == survey and about.at < at <= about.at + ANSWERED_WITHIN
            ),
            key=lambda about: (about.at, about.document_ids),
            default=None,
        )
        if meant is not None:
            found.setdefault(meant, answer)
    return found


def _called_at(
    about: AskedAbout,
    answer: KnownAnswer | None,
    history: TaskHistory,
    rules: Sequence[TaskRule],
) -> datetime | None:
    """When the customer was spoken to about it first: by what was reported of the satisfaction
    call, else by their answer."""
    calls = {
        str(task_id(history.customer_key, str(TaskSubject(rule.kind, document_id))))
        for rule in rules
        for document_id in about.document_ids
    }
    for attempt in history.attempts:
        outcome = attempt.outcome
        if outcome.task_id in calls and outcome.outcome in _SPOKEN_TO and outcome.at >= about.at:
            return outcome.at
    if answer is None or answer.survey.at < about.at:
        return None
    return answer.survey.at


def _can_be_asked(
    about: AskedAbout,
    history: TaskHistory,
    rules: Sequence[TaskRule],
    circumstances: Circumstances,
) -> bool:
    """Whether the customer allows the satisfaction call when it is to be made; where there is no
    such call, any contact at all as the sale or visit is over."""
    if not rules:
        allowed = circumstances.allowed_at(about.at)
        return not allowed.do_not_contact and bool(open_channels(get_args(Channel), allowed))
    grade = history.grade_at(about.at)
    for rule in rules:
        opens, _ = rule.times_for(grade)
        allowed = circumstances.allowed_at(opens.after(about.at, about.zone))
        if allowed.do_not_contact and not rule.despite_refusal:
            continue
        if open_channels(rule.channels(grade), allowed):
            return True
    return False


def _count_answers(tally: _Tally, history: TaskHistory, policy: FollowUpPolicy) -> None:
    """In the month of the answer."""
    for answer in counted_answers(history, tally.zone):
        survey, kind = answer.known.survey, answer.known.survey.survey
        tally.add(survey.at, "answers", kind)
        tally.add(survey.at, "tenths", kind, amount=survey.overall)
        if is_low(survey, policy.low_answers):
            tally.add(survey.at, "low", kind)
        for item, tenths in answer.items:
            tally.add(survey.at, "answers", kind, item=item)
            tally.add(survey.at, "tenths", kind, item=item, amount=tenths)


def counted_answers(history: TaskHistory, zone: tzinfo) -> Iterator[CountedAnswer]:
    """Each answer to a survey, with its items by the names that they are counted by."""
    own: dict[tuple[int, SurveyKind], set[str]] = {}
    for answer in history.answers:
        survey = answer.survey
        month = own.setdefault((month_at(survey.at, zone), survey.survey), set())
        month.update(map(item_word, survey.answers))
    for answer in history.answers:
        survey = answer.survey
        names = _counted_names(own[month_at(survey.at, zone), survey.survey], survey.survey)
        words = ((item_word(told), tenths) for told, tenths in survey.answers.items())
        yield CountedAnswer(
            answer,
            [(word if word in names else OTHER_ITEM, tenths) for word, tenths in words],
        )


def _counted_names(names: set[str], kind: SurveyKind) -> set[str]:
    own = sorted(names - {*ITEMS[kind], OTHER_ITEM})
    return {*ITEMS[kind], *own[:MOST_OWN_ITEMS]}


def _count_orders(tally: _Tally, history: TaskHistory, *, within_days: int) -> None:
    """In the month in which they were closed. An order that a source names as a comeback does work
    again, and so does one with the same fault of the same car within so many days."""
    last: dict[tuple[str, str], date] = {}
    later = {contact.document_id for contact in history.contacts}
    for contact in history.contacts:
        later.discard(contact.document_id)
        order = contact.known
        if not isinstance(order, RepairOrder) or contact.at is None or not _is_work(order):
            continue
        tally.add(contact.at, "orders")
        if order.promised_at is not None:
            kept = contact.at <= order.promised_at
            tally.add(contact.at, "in_time" if kept else "late")
        day = contact.at.astimezone(contact.zone).date()
        faults = [(order.vin, fault) for fault in order.faults] if order.vin else []
        is_named = bool(order.comeback_of) and order.comeback_of not in later
        days = ((day - last[fault]).days for fault in faults if fault in last)
        if is_named or any(0 < each <= within_days for each in days):
            tally.add(contact.at, "comebacks")
        last.update(dict.fromkeys(faults, day))


def _is_work(order: RepairOrder) -> bool:
    """Not what was only sold over the counter, or given back."""
    return order.serviced or order.repaired or bool(order.comeback_of)


def _count_complaint(tally: _Tally, case: CaseStands) -> None:
    """Of one that was never open, as it was filed in error, nothing is counted; nor of one that
    repeats another, with which it is one voice."""
    if not case.open_spans or case.merged:
        return
    tally.add(case.at, "complaints")
    if case.resolved_at is not None:
        minutes = _minutes(case.resolved_at - case.at)
        tally.add(case.resolved_at, "resolved")
        tally.add(case.resolved_at, "minutes_to_resolve", amount=minutes)
    due_at, called_at = case.call_back_due_at, case.called_back_at
    if due_at is None or (called_at is None and not _is_open_at(due_at, case)):
        return
    tally.add(due_at, "call_backs")
    if called_at is not None:
        in_time = called_at <= due_at
        tally.add(due_at, "call_backs_in_time" if in_time else "call_backs_late")
        minutes = _minutes(called_at - (case.resolved_at or called_at))
        tally.add(due_at, "minutes_to_call_back", amount=minutes)


def _is_open_at(moment: datetime, case: CaseStands) -> bool:
    """Whether anything was owed then: not to who withdrew it before."""
    return any(
        span.since <= moment and (span.until is None or moment < span.until) for span in case.spans
    )


def _minutes(time: timedelta) -> int:
    """Begun ones do not count, and what lies before is no time at all."""
    return max(0, time // timedelta(minutes=1))
