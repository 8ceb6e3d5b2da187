"""Followup's decision: every conversation as it stands now.

A customer's plan is walked in event time: what opens, postpones and closes it are instants that
follow from the facts. So a visit reported late closes a task as of the visit, and a consent
reported late takes back a task that should never have been opened.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache, partial

from services.followup.domain import wording
from services.followup.domain.conversation import Conversation, CustomerPlan, Purpose
from services.followup.domain.facts import (
    CASE,
    CONTACT,
    DIGESTING,
    EXPECTED,
    OUTCOME,
    REFERRED,
    SURVEY,
    FollowUpFacts,
)
from services.followup.domain.filings import filings, is_filing, is_set_aside
from services.followup.domain.follow_ups import (
    customer_history,
    follow_ups,
    is_known_only_while_it_lasts,
)
from services.followup.domain.history import TaskHistory
from services.followup.domain.leads.regraded import grades_of_leads, with_leads_graded
from services.followup.domain.listing import listed
from services.followup.domain.occasion import EVER
from services.followup.domain.plan import conversations, open_conversations, plan, walked
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.task_rule import Depth
from services.followup.domain.walk import Walk
from shared.contracts.followup import TaskChanged, TaskPurpose
from shared.contracts.identifiers import dealer_of
from shared.contracts.made import made
from shared.contracts.scoring import Grade
from shared.contracts.subjects import TaskSubject
from shared.contracts.values import Bilingual
from shared.decider.decision import Announced, Decision, State

NAME = "followup"
"""The service's name; task ids are made of it, so it never changes."""
_DEPTHS: tuple[Depth, ...] = ("brief", "usual", "thorough")
_MOST_REASONS = 10
_FOLLOWED_UP = (CONTACT, OUTCOME, SURVEY, CASE, EXPECTED, REFERRED)
"""The groups of documents that tasks follow up."""


def condense(facts: FollowUpFacts, policy: FollowUpPolicy) -> FollowUpFacts:
    """What `decide` looks at; the rest is set aside."""
    return DIGESTING.condense(facts, policy.looked_at)


def decide(
    facts: FollowUpFacts, announced: Announced, policy: FollowUpPolicy, now: datetime
) -> Decision:
    """Every task that is open, and those that closed and are still remembered.

    Tasks depend on facts, policy and `now` alone. Where there are more documents than are looked
    at, tasks after those set aside are history, and so are those that opened while there were more
    consents, outcomes or assignments; so is what closed by the grade that a lead had then.
    """
    facts = condense(facts, policy)
    history = customer_history(facts, policy)
    walk = walked(facts, history, policy, now)
    remembered = timedelta(days=policy.remember_days)
    tasks = [
        State(
            talk.about,
            _task(facts.customer_key, talk),
            talk.due_at + remembered if talk.closed_at is not None else None,
        )
        for talk in conversations(walk, policy, now)
    ]
    return Decision(
        (*tasks, *filings(facts, policy, now)),
        walk.changes_after(now),
        listing=listed(tasks),
        is_history=_is_history(facts, history, walk, policy, now),
    )


def still_to_do(
    customer_key: str, walk: Walk, policy: FollowUpPolicy, now: datetime
) -> Mapping[str, TaskChanged]:
    """Of what `decide` says the tasks that are to be done, and nothing else: what names each within
    the customer -> the task."""
    return {talk.about: _task(customer_key, talk) for talk in open_conversations(walk, policy, now)}


def customer_plan(facts: FollowUpFacts, policy: FollowUpPolicy, now: datetime) -> CustomerPlan:
    """What `decide` says, with all that is held back or comes later."""
    facts = condense(facts, policy)
    return plan(facts, customer_history(facts, policy), policy, now)


def _is_history(
    facts: FollowUpFacts,
    history: TaskHistory,
    walk: Walk,
    policy: FollowUpPolicy,
    now: datetime,
) -> Callable[[str], bool]:
    closed_as_leads = cache(partial(_closed_as_leads, facts, history, policy, now))

    def is_history(about: str) -> bool:
        if is_filing(about):
            return is_set_aside(facts, about)
        kind, document_id = TaskSubject.parse(about)
        if is_known_only_while_it_lasts(kind, policy):
            return True
        if any(facts.sets_aside(group, document_id) for group in _FOLLOWED_UP):
            return True
        unknown_until = walk.circumstances.unknown_until
        if unknown_until > EVER and any(
            each.about == about and each.opens_at <= unknown_until
            for each in follow_ups(history, policy, EVER)
        ):
            return True
        return any(about in closed_as_leads(grade) for grade in grades_of_leads(history))

    return is_history


def _closed_as_leads(
    facts: FollowUpFacts, history: TaskHistory, policy: FollowUpPolicy, now: datetime, grade: Grade
) -> frozenset[str]:
    """What would have closed by now, had each of their leads that grade."""
    walk = walked(facts, history, with_leads_graded(policy, grade), now)
    return frozenset(talk.about for talk in walk.talks if talk.closing is not None)


def _task(customer_key: str, talk: Conversation) -> TaskChanged:
    first = talk.purposes[0].follow_up
    rule = first.rule
    of_concern = [each.follow_up for each in talk.purposes if each.ending is None] or [
        each.follow_up for each in talk.purposes
    ]
    return made(
        TaskChanged,
        customer_key=customer_key,
        dealer_id=dealer_of(customer_key),
        kind=rule.kind,
        status=talk.status,
        document_id=first.document_id,
        vin=first.vin,
        opens_at=talk.opens_at,
        due_at=talk.due_at,
        owner_role=rule.owner_role,
        channel=talk.channel,
        title_en=rule.title_en,
        title_zh=rule.title_zh,
        purposes=tuple(_purpose(each, talk) for each in talk.purposes),
        person=talk.person,
        urgent=rule.urgent,
        priority=min(each.rule.priority_for(talk.grade) for each in of_concern),
        depth=max((each.rule.depth_for(talk.grade) for each in of_concern), key=_DEPTHS.index),
        grade=talk.grade,
        attempts=talk.attempts,
        next_attempt_at=talk.next_attempt_at,
        why_now=tuple(talk.reasons[:_MOST_REASONS]),
        closed_at=talk.closed_at,
        closed_because=talk.closed_because,
    )


def _purpose(purpose: Purpose, talk: Conversation) -> TaskPurpose:
    said = purpose.follow_up
    rule = said.rule
    due_at = max(said.due_at, talk.due_at)
    return made(
        TaskPurpose,
        kind=rule.kind,
        document_id=said.document_id,
        vin=said.vin,
        due_at=said.due_at,
        title=made(Bilingual, en=rule.title_en, zh=rule.title_zh),
        hint=wording.hint(said, due_at),
        why=wording.why(said, due_at),
        ended=purpose.ending.because if purpose.ending and talk.closed_at is None else None,
    )
