"""Which tasks follow from which documents: when each opens, is due, and what makes it pointless.

Pure, and in event time: a follow-up depends on the facts alone, never on the present.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from services.followup.domain.closings import Ending, endings_of
from services.followup.domain.facts import FollowUpFacts
from services.followup.domain.history import TaskHistory, history_of
from services.followup.domain.occasion import EVER, NOTHING_SAID, Occasion
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.rules import TRIGGERS
from services.followup.domain.task_rule import TaskRule
from shared.contracts.followup import task_id
from shared.contracts.scoring import Grade
from shared.contracts.subjects import TaskSubject

_HOW_IT_STANDS = ("lost", "resolution")
"""The triggers that look at a score, or a case, as it is now."""


class FollowUp(NamedTuple):
    """A task to open, unless something ends it before."""

    rule: TaskRule
    document_id: str
    vin: str | None
    zone: ZoneInfo
    arrived_late_at: datetime | None
    """When its document was first received, where that was not promptly."""
    opens_at: datetime
    due_at: datetime
    known_at: datetime
    """When what it follows from happened: nobody could know of it before."""
    endings: tuple[Ending, ...] = ()
    said: Mapping[str, str] = NOTHING_SAID
    """What stands for the placeholders that only tasks of its trigger have."""
    grade: Grade | None = None
    """The customer's when it was to open, or that of the lead: it stays treated by it, whatever
    grade they come to."""
    is_for_them: bool = True
    """Whether its rule is for that grade."""
    person: str | None = None
    """Who is to do it until it is assigned, by their staff id."""

    @property
    def about(self) -> str:
        """Names the task within the customer."""
        return str(TaskSubject(self.rule.kind, self.document_id))

    @property
    def could_open_at(self) -> datetime:
        """When it opens, or became known if that is later: what ended it before, prevents it."""
        if self.arrived_late_at is None:
            return self.opens_at
        return max(self.opens_at, self.arrived_late_at)


def customer_history(facts: FollowUpFacts, policy: FollowUpPolicy) -> TaskHistory:
    """What the documents say of the customer, with the tasks named that by these rules are done
    without a word to them."""
    history = history_of(facts)
    if not any(tried.outcome.outcome == "done" for tried in history.attempts):
        return history
    silent = frozenset(
        str(task_id(history.customer_key, str(TaskSubject(rule.kind, occasion.document_id))))
        for rule in policy.rules
        if not rule.counts_as_contact
        for occasion in _occasions(rule, history, policy, EVER)
    )
    return replace(history, no_contacts=silent)


def follow_ups(history: TaskHistory, policy: FollowUpPolicy, since: datetime) -> Iterator[FollowUp]:
    """Every task that the documents give rise to, but for some that were due before `since`."""
    for rule in policy.rules:
        for occasion in _occasions(rule, history, policy, since - rule.reach):
            if occasion.grade is None or rule.grades is None or occasion.grade in rule.grades:
                yield _follow_up(rule, occasion, history)


def is_known_only_while_it_lasts(kind: str, policy: FollowUpPolicy) -> bool:
    """Whether tasks of this kind follow from how something stands now, as the risk of a customer:
    once it stands otherwise, one that is closed is history, and not one that never should have
    been."""
    return any(kind in policy.kinds_of(trigger) for trigger in _HOW_IT_STANDS)


def _occasions(
    rule: TaskRule, history: TaskHistory, policy: FollowUpPolicy, after: datetime
) -> Iterable[Occasion]:
    trigger = TRIGGERS[rule.trigger]
    if not any(getattr(history, name) for name in trigger.FROM):
        return ()
    return trigger.occasions(history, policy, after)


def _follow_up(rule: TaskRule, occasion: Occasion, history: TaskHistory) -> FollowUp:
    window = _window(rule, occasion, history)
    return FollowUp(
        rule=rule,
        document_id=occasion.document_id,
        vin=occasion.vin,
        zone=occasion.zone,
        arrived_late_at=_arrived_late_at(occasion, window.opens_at),
        opens_at=window.opens_at,
        due_at=window.due_at,
        known_at=occasion.known_at,
        endings=tuple(sorted(endings_of(occasion, rule.closers, history))),
        said=occasion.said,
        grade=window.grade,
        is_for_them=window.is_for_them,
        person=occasion.person,
    )


class _Window(NamedTuple):
    """When something is to be said to who has that grade."""

    grade: Grade | None
    opens_at: datetime
    due_at: datetime
    is_for_them: bool


def _window(rule: TaskRule, occasion: Occasion, history: TaskHistory) -> _Window:
    """By the grade that the customer had when it was to open; that of a lead is of now."""
    if occasion.grade is not None:
        return _window_of(rule, occasion, occasion.grade)
    *before, now = history.grades
    for grade, since, until in before:
        window = _begun(_window_of(rule, occasion, grade), since, rule)
        if window.is_for_them and until is not None and window.opens_at < until:
            return window
    return _begun(_window_of(rule, occasion, now.grade), now.since, rule)


def _window_of(rule: TaskRule, occasion: Occasion, grade: Grade | None) -> _Window:
    opens, due = rule.times_for(grade)
    opens_at = opens.after(occasion.at, occasion.zone)
    if occasion.due_at is not None:
        due_at = max(occasion.due_at, opens_at)
    else:
        due_at = due.after(occasion.at, occasion.zone)
    return _Window(grade, opens_at, due_at, rule.grades is None or grade in rule.grades)


def _begun(window: _Window, since: datetime, rule: TaskRule) -> _Window:
    """The window for who came to the grade then. Where it had begun, what is for all comes by as
    much later; what is for some grades alone, in the rest of it if there is any."""
    if since <= window.opens_at:
        return window
    if rule.grades is None:
        return window._replace(opens_at=since, due_at=window.due_at + (since - window.opens_at))
    if since < window.due_at:
        return window._replace(opens_at=since)
    return window._replace(is_for_them=False)


def _arrived_late_at(occasion: Occasion, opens_at: datetime) -> datetime | None:
    """What becomes known after it was to open is as late as what is received late."""
    late = occasion.late
    if occasion.known_at <= opens_at:
        return late
    return occasion.known_at if late is None else max(late, occasion.known_at)
