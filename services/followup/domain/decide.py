"""Followup's decision: every task as it stands now.

A task's life is walked in event time: what opens, postpones and closes it are instants that
follow from the facts. So a visit reported late closes a task as of the visit, and a consent
reported late takes back a task that should never have been opened.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from services.followup.domain.closings import Ending
from services.followup.domain.documents import Consent, OptOuts, Outcome
from services.followup.domain.facts import (
    CONSENT,
    CONTACT,
    DIGESTING,
    OPT_OUTS,
    OUTCOME,
    FollowUpFacts,
)
from services.followup.domain.filings import filings, is_filing, is_set_aside
from services.followup.domain.follow_ups import FollowUp, follow_ups
from services.followup.domain.listing import listed
from services.followup.domain.offsets import days_after
from services.followup.domain.policy import FollowUpPolicy
from shared.contracts.feed_parts import Channel
from shared.contracts.followup import TaskChanged, TaskStatus, task_id
from shared.contracts.identifiers import dealer_of
from shared.contracts.subjects import TaskSubject
from shared.decider.decision import Announced, Decision, State, earliest

NAME = "followup"
"""The service's name; task ids are made of it, so it never changes."""
EVER = datetime(1950, 1, 1, tzinfo=UTC)
"""Before any document."""


class Circumstances(NamedTuple):
    """What bears on tasks besides the documents they follow up; each in the order of time."""

    consents: Sequence[Consent]
    outcomes: dict[str, list[Outcome]]
    """By task id."""
    unknown_until: datetime
    """Up to then there were more consents or outcomes than are looked at."""


class Moment(NamedTuple):
    """What a customer's tasks are judged by, besides the documents they follow up."""

    customer_key: str
    circumstances: Circumstances
    policy: FollowUpPolicy
    now: datetime


class Life(NamedTuple):
    """A task as it stands; without a status it is not there, or not yet."""

    status: TaskStatus | None = None
    due_at: datetime | None = None
    closed_at: datetime | None = None
    closed_because: str | None = None
    changes_at: datetime | None = None
    """When it changes next if nothing happens."""


def condense(facts: FollowUpFacts, policy: FollowUpPolicy) -> FollowUpFacts:
    """What `decide` looks at; the rest is set aside."""
    return DIGESTING.condense(facts, policy.looked_at)


def decide(
    facts: FollowUpFacts, announced: Announced, policy: FollowUpPolicy, now: datetime
) -> Decision:
    """Every task that is open, and those that closed and are still remembered.

    Tasks depend on facts, policy and `now` alone. Where there are more documents than are looked
    at, tasks after those set aside are history, and so are those that opened while there were more
    consents or outcomes.
    """
    facts = condense(facts, policy)
    moment = Moment(facts.customer_key, _circumstances(facts), policy, now)
    remembered = timedelta(days=policy.remember_days)
    outputs: list[State] = []
    changes: list[datetime | None] = []
    past: set[str] = set()
    for follow_up in follow_ups(facts, policy, _since(now - remembered, moment)):
        if follow_up.opens_at <= moment.circumstances.unknown_until:
            past.add(follow_up.about)
            continue
        life = _life(follow_up, moment)
        changes.append(life.changes_at)
        if life.status is None or life.due_at is None:
            continue
        forget_at = life.due_at + remembered if life.closed_at is not None else None
        if forget_at is None or now < forget_at:
            content = _task(facts.customer_key, follow_up, life.status, life)
            outputs.append(State(follow_up.about, content, forget_at))

    def is_history(about: str) -> bool:
        if is_filing(about):
            return is_set_aside(facts, about)
        return about in past or facts.sets_aside(CONTACT, TaskSubject.parse(about).document_id)

    return Decision(
        (*outputs, *filings(facts, policy, now)),
        earliest(changes),
        listing=listed(outputs),
        is_history=is_history,
    )


def _since(forgotten: datetime, moment: Moment) -> datetime:
    """`forgotten`, unless a task due before that may have been postponed beyond it."""
    longest = timedelta(days=moment.policy.longest_postponement_days + 2)
    postponed = any(
        outcome.next_contact_on is not None and outcome.at + longest > forgotten
        for outcomes in moment.circumstances.outcomes.values()
        for outcome in outcomes
    )
    return EVER if postponed else forgotten


def _circumstances(facts: FollowUpFacts) -> Circumstances:
    consents: list[tuple[datetime, str, Consent | OptOuts]] = []
    outcomes: list[tuple[datetime, str, Outcome]] = []
    for key, known in facts.documents.items():
        if isinstance(known, Consent | OptOuts):
            consents.append((known.at, key, known))
        elif isinstance(known, Outcome):
            outcomes.append((known.at, key, known))
    unknown_until = EVER
    for group in (CONSENT, OPT_OUTS, OUTCOME):
        older = DIGESTING.newest_set_aside(facts, group)
        if isinstance(older, Consent | OptOuts):
            consents.append((older.at, "", older))
        if isinstance(older, Consent | OptOuts | Outcome):
            unknown_until = max(unknown_until, older.at)
    by_task: dict[str, list[Outcome]] = {}
    for _, _, outcome in sorted(outcomes, key=lambda entry: entry[:2]):
        by_task.setdefault(outcome.task_id, []).append(outcome)
    in_order = [entry[2] for entry in sorted(consents, key=lambda entry: entry[:2])]
    return Circumstances(_as_they_stood(in_order), by_task, unknown_until)


def _as_they_stood(in_order: Iterable[Consent | OptOuts]) -> list[Consent]:
    """What the customer allowed after each: opt-outs alone leave open whether at all."""
    stood: list[Consent] = []
    never = False
    for given in in_order:
        if isinstance(given, Consent):
            never = given.do_not_contact
        stood.append(
            Consent(
                kind="consent",
                version=given.version,
                at=given.at,
                do_not_contact=never,
                opt_outs=given.opt_outs,
            )
        )
    return stood


def _life(follow_up: FollowUp, moment: Moment) -> Life:
    opening, channel = follow_up.could_open_at, follow_up.rule.channel
    consents = moment.circumstances.consents
    before = [consent for consent in consents if consent.at <= opening]
    if before and _refusal(before[-1], channel):
        return Life()
    endings = (*follow_up.endings, *_refusals(consents[len(before) :], channel))
    if any(ending.at <= opening for ending in endings):
        return Life()
    if moment.now < follow_up.opens_at:
        return Life(changes_at=follow_up.opens_at)
    arrived_at = follow_up.arrived_late_at
    if arrived_at is not None and follow_up.due_at <= arrived_at:
        return _expired_on_arrival(follow_up, arrived_at, moment.policy)
    return _open_life(follow_up, endings, moment)


def _expired_on_arrival(follow_up: FollowUp, arrived_at: datetime, policy: FollowUpPolicy) -> Life:
    """Imported history opens nothing: a window that had passed is recorded, if it was recent."""
    if arrived_at - follow_up.due_at > timedelta(days=policy.recorded_expired_days):
        return Life()
    return Life("expired", follow_up.due_at, follow_up.due_at, "window had passed on arrival")


def _open_life(follow_up: FollowUp, endings: Iterable[Ending], moment: Moment) -> Life:
    """From its opening on: postponed, closed by the first thing that closes it, or overdue."""
    policy, now, due_at = moment.policy, moment.now, follow_up.due_at
    first = min(endings, key=lambda ending: ending.at, default=None)
    changes_at: datetime | None = None
    for outcome in _outcomes(follow_up, moment):
        at = max(outcome.at, follow_up.opens_at)
        expires_at = _expires_at(follow_up, due_at, policy)
        if at >= expires_at or (first is not None and at >= first.at):
            break
        if at > now:
            changes_at = at
            break
        closing = _closing(outcome, at)
        if closing is not None:
            first = closing
            break
        due_at = max(due_at, _postponed_to(outcome, follow_up, policy) or due_at)
    expiry = Ending(_expires_at(follow_up, due_at, policy), "expired", "window passed")
    ending = expiry if first is None or expiry.at < first.at else first
    if ending.at <= now:
        return Life(ending.status, due_at, ending.at, ending.because)
    status: TaskStatus = "open" if now < due_at else "overdue"
    due_next = due_at if now < due_at else None
    return Life(status, due_at, changes_at=earliest((changes_at, due_next, ending.at)))


def _outcomes(follow_up: FollowUp, moment: Moment) -> Sequence[Outcome]:
    by_task = moment.circumstances.outcomes
    if not by_task:
        return ()
    return by_task.get(str(task_id(moment.customer_key, follow_up.about)), ())


def _expires_at(follow_up: FollowUp, due_at: datetime, policy: FollowUpPolicy) -> datetime:
    return days_after(due_at, policy.expires_days, follow_up.zone)


def _closing(outcome: Outcome, at: datetime) -> Ending | None:
    match outcome.outcome:
        case "done":
            return Ending(at, "done", "done")
        case "declined":
            return Ending(at, "cancelled", "declined")
        case "renewed_elsewhere":
            return Ending(at, "cancelled", "renewed elsewhere")
        case "approved_lost":
            return Ending(at, "done", "approved as lost")
        case "not_lost":
            return Ending(at, "done", "not lost")
        case "not_reached" | "wrong_number" | "postponed":
            return None


def _postponed_to(outcome: Outcome, follow_up: FollowUp, policy: FollowUpPolicy) -> datetime | None:
    if outcome.next_contact_on is None:
        return None
    longest = timedelta(days=policy.longest_postponement_days)
    day = min(outcome.next_contact_on, outcome.at.astimezone(follow_up.zone).date() + longest)
    return datetime.combine(day, policy.postponed_until, follow_up.zone).astimezone(UTC)


def _refusal(consent: Consent, channel: Channel) -> str | None:
    """Why the customer must not be contacted in this way, if so."""
    if consent.do_not_contact:
        return "do_not_contact"
    return "opted_out" if channel in consent.opt_outs else None


def _refusals(consents: Iterable[Consent], channel: Channel) -> list[Ending]:
    return [
        Ending(consent.at, "cancelled", because)
        for consent in consents
        if (because := _refusal(consent, channel)) is not None
    ]


def _task(customer_key: str, follow_up: FollowUp, status: TaskStatus, life: Life) -> TaskChanged:
    rule = follow_up.rule
    return TaskChanged(
        customer_key=customer_key,
        dealer_id=dealer_of(customer_key),
        kind=rule.kind,
        status=status,
        document_id=follow_up.document_id,
        vin=follow_up.vin,
        opens_at=follow_up.opens_at,
        due_at=life.due_at or follow_up.due_at,
        owner_role=rule.owner_role,
        channel=rule.channel,
        title_en=rule.title_en,
        title_zh=rule.title_zh,
        closed_at=life.closed_at,
        closed_because=life.closed_because,
    )
