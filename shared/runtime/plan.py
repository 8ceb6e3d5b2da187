"""From events to one write and its messages: join, decide, compare with what was said. Pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias, TypeVar

from shared.contracts.envelope import Event
from shared.contracts.identifiers import dealer_of
from shared.contracts.outputs import Output, Withdrawal
from shared.decider.decider import Decider, Facts
from shared.decider.decision import NOTHING_DUE, Announcement, Decision, Listing, State
from shared.decider.policy import Policy
from shared.platform.tracebacks import where_raised
from shared.runtime.aggregate import NOTHING, Aggregate, Outgoing, Parked
from shared.runtime.emit import OutputTooLarge, Revision, compare

F = TypeVar("F", bound=Facts)
P = TypeVar("P", bound=Policy)

MAX_BYTES = 4_000_000
"""An aggregate of this size takes corrections of what it knows, and nothing new."""
MAX_CORRECTED_BYTES = 8_000_000
"""An aggregate of this size takes nothing: MongoDB has 16 MB for it and for all that it says."""
LARGE_BYTES = 20_000
"""An aggregate of this size has no more than it needs, also where it is only taken in."""
EMITTED_BYTES = 160
"""What remembering one output takes, besides what is sealed."""
CLOCKS_APART = timedelta(minutes=1)
"""What was written by a clock that is further ahead than this does not hold ours up."""
ALL_READ = datetime.max.replace(tzinfo=UTC)
"""Nothing is unread, whatever the moment."""
FIRST_RETRY = timedelta(seconds=10)
LAST_RETRY = timedelta(minutes=5)
"""How long a parked aggregate waits: first this long, at last that long."""


PoisonedEvent: TypeAlias = tuple[Event[Any], str]
"""An event that can never be joined, and why."""


@dataclass(frozen=True, slots=True)
class Work:
    """What there is to do for one aggregate: join `events`, or none when only time has passed."""

    partition: int
    events: Sequence[Event[Any]] = ()
    audit: bool = False
    """Decide even where nothing is due, to see whether what is stored is right."""
    read_until: datetime | None = ALL_READ
    """All that the topics of the partition held at this instant has been read. None: more of the
    partition is waiting, so `events` are joined, and what follows is decided later."""


@dataclass(frozen=True, slots=True)
class Change:
    """The next version of an aggregate, and the messages that follow from writing it."""

    after: Aggregate
    messages: tuple[Outgoing, ...] = ()
    said: tuple[Output | Withdrawal, ...] = ()
    """The contents of the messages."""
    listing_before: Listing | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What follows for one aggregate: a change, or none; and the events that do not join."""

    change: Change | None
    poison: tuple[PoisonedEvent, ...] = ()


def plan(
    decider: Decider[F, P], aggregate_id: str, before: Aggregate | None, work: Work, now: datetime
) -> Plan:
    """What follows for one aggregate from its new events, at this moment.

    Where only time has passed it is decided for the moment up to which all has been read.
    """
    known = decider.facts.model_validate_json(before.facts if before else NOTHING)
    facts, poison = _join(decider, known, before, work.events)
    if before is None:
        if facts is known:
            return Plan(None, poison)
        before = _nothing_known(aggregate_id, work.partition, now)
    moment = _moment(before, work, now)
    if moment is not None or _is_large(before, work):
        facts = decider.condense(facts, decider.policy)
    unchanged = facts is known
    if moment is None:
        if unchanged:
            return Plan(None, poison)
        revision = _to_be_decided(before, now)
    else:
        version = decider.policy.version_for(before.dealer_id)
        if unchanged and not work.audit and not _must_decide(before, version, moment):
            return Plan(None, poison)
        revision = _decide(decider, before, facts, work=work, now=moment)
    if unchanged and revision.is_as(before):
        return Plan(None, poison)
    after = Aggregate(
        id=before.id,
        dealer_id=before.dealer_id,
        partition=before.partition if unchanged else work.partition,
        version=before.version + 1,
        facts=before.facts if unchanged else facts.model_dump_json(exclude_defaults=True),
        emitted=revision.emitted,
        due_at=revision.due_at,
        policy_version=revision.policy_version,
        updated_at=revision.now,
        parked=revision.parked,
        listing=revision.listing,
    )
    return Plan(
        Change(after, tuple(revision.messages), tuple(revision.said), before.listing), poison
    )


def is_decidable(before: Aggregate, read_until: datetime, now: datetime) -> bool:
    """Whether all has been read that the topics held when the aggregate was written last."""
    return before.updated_at <= read_until or _is_ahead(before, now)


def is_undecided(aggregate: Aggregate) -> bool:
    """Whether the aggregate waits for something unread, and not for a moment to come."""
    return aggregate.due_at is not None and aggregate.due_at <= aggregate.updated_at


def _moment(before: Aggregate, work: Work, now: datetime) -> datetime | None:
    """The moment to decide for; None: not yet, as what is unread may bear on it.

    Never before the last write, lest a clock that is a little behind takes back what another
    instance has just announced.
    """
    if work.read_until is None:
        return None
    if work.events:
        return now if _is_ahead(before, now) else max(now, before.updated_at)
    return min(now, work.read_until) if is_decidable(before, work.read_until, now) else None


def _is_ahead(before: Aggregate, now: datetime) -> bool:
    """Whether the aggregate was written by a clock ahead of ours: one of the two is wrong."""
    return before.updated_at > now + CLOCKS_APART


def _to_be_decided(before: Aggregate, now: datetime) -> Revision:
    """As it was, and due as soon as all has been read that the topics hold by now."""
    revision = Revision.of(before, before.policy_version, now)
    revision.due_at = now if before.due_at is None else min(before.due_at, now)
    return revision


def fence(aggregate_id: str, before: Aggregate | None, partition: int, now: datetime) -> Aggregate:
    """The next version of an aggregate with nothing changed.

    Written, it makes every older write that may still be under way lose its compare-and-set.
    """
    known = before or _nothing_known(aggregate_id, partition, now)
    return replace(known, version=known.version + 1)


def _nothing_known(aggregate_id: str, partition: int, now: datetime) -> Aggregate:
    return Aggregate(
        id=aggregate_id,
        dealer_id=dealer_of(aggregate_id),
        partition=partition,
        version=0,
        facts=NOTHING,
        emitted={},
        due_at=None,
        policy_version="",
        updated_at=now,
    )


def _must_decide(before: Aggregate, policy_version: str, now: datetime) -> bool:
    """Without new facts, only a deadline or another policy can change the outputs."""
    due = before.due_at is not None and before.due_at <= now
    return due or before.policy_version != policy_version


def _join(
    decider: Decider[F, P], facts: F, before: Aggregate | None, events: Sequence[Event[Any]]
) -> tuple[F, tuple[PoisonedEvent, ...]]:
    """The facts with all events joined at once; one by one where an event cannot be joined."""
    if not events:
        return facts, ()
    events, too_much = _within_bounds(facts, before, events)
    try:
        return (decider.join(facts, events) if events else facts), too_much
    except Exception:  # tells nothing of which
        poison = list(too_much)
    for event in events:
        try:
            facts = decider.join(facts, [event])
        except Exception as error:  # whatever a join raises, it will raise again
            poison.append((event, f"join raised {where_raised(error)}"))
    return facts, tuple(poison)


def _within_bounds(
    facts: Facts, before: Aggregate | None, events: Sequence[Event[Any]]
) -> tuple[Sequence[Event[Any]], tuple[PoisonedEvent, ...]]:
    """The events for which the aggregate has room: a fact is no larger than its event."""
    size = _size(before) if before is not None else 0
    if size + sum(event.size for event in events) <= MAX_BYTES:
        return events, ()
    known = set(facts.versions())
    fitting: list[Event[Any]] = []
    too_much: list[PoisonedEvent] = []
    for event in events:
        limit = MAX_CORRECTED_BYTES if event.data.document_id in known else MAX_BYTES
        if size + event.size > limit:
            too_much.append((event, f"its aggregate would pass {limit} bytes"))
        else:
            size += event.size
            fitting.append(event)
    return fitting, tuple(too_much)


def _is_large(before: Aggregate, work: Work) -> bool:
    """Whether to set aside at once what no decision looks at. Else it is done when it is decided:
    in a long backlog an aggregate is taken in several times before that."""
    return len(before.facts) + sum(event.size for event in work.events) > LARGE_BYTES


def _size(aggregate: Aggregate) -> int:
    """About how many bytes its document takes."""
    emitted = aggregate.emitted.values()
    return len(aggregate.facts) + sum(len(said.sealed or "") + EMITTED_BYTES for said in emitted)


def _decide(
    decider: Decider[F, P], before: Aggregate, facts: F, *, work: Work, now: datetime
) -> Revision:
    policy = decider.policy
    revision = Revision.of(before, policy.version_for(before.dealer_id), now)
    revision.cause = work.events[-1] if work.events else None
    try:
        decision = _decision(decider, before, facts, work=work, now=now)
        compare(revision, decision, decider.writing)
        revision.listing = _stored(decision.listing) if decision.listing else None
    except OutputTooLarge:
        return _parked(before, "output too large", revision)
    except Exception as error:  # facts are saved, outputs stand, and it is tried again
        return _parked(before, f"decide raised {where_raised(error)}", revision)
    revision.due_at, revision.parked = decision.next_due, None
    return revision


def _decision(
    decider: Decider[F, P], before: Aggregate, facts: F, *, work: Work, now: datetime
) -> Decision:
    """What is decided for the moment up to which all is read. Where that has changed by the
    present, what is decided for the present; but an announcement that only one of the two makes
    is neither made nor taken back yet."""
    announced, policy = before.announced, decider.policy
    read_until = min(work.read_until or now, now)
    known = decider.decide(facts, announced, policy, read_until)
    if known.next_due is None or known.next_due > now:
        return known
    decision = decider.decide(facts, announced, policy, now)
    if decision.next_due is not None and decision.next_due <= now:
        raise ValueError("next_due is not later than now")
    changed = _announced_anew(before, decision, now)
    if _names(known) & changed != _names(decision) & changed:
        decision = _without_announcing(before, decision, now)
    return decision


def _parked(before: Aggregate, reason: str, failed: Revision) -> Revision:
    revision = Revision.of(before, failed.policy_version, failed.now)
    revision.parked, revision.due_at = parking(before.parked, reason, failed.now)
    return revision


def _names(decision: Decision) -> set[str]:
    """What the announcements of a decision are about."""
    return {output.about for output in decision.outputs if isinstance(output, Announcement)}


def _announced_anew(before: Aggregate, decision: Decision, now: datetime) -> set[str]:
    """What a decision would announce for the first time, or take back."""
    out = {
        about
        for about, said in before.emitted.items()
        if said.sealed is not None and (said.forget_at is None or said.forget_at > now)
    }
    return out ^ _names(decision)


def _without_announcing(before: Aggregate, decision: Decision, now: datetime) -> Decision:
    """The decision without new announcements and without taking any back: both wait until all has
    been read that the topics hold by now, as what was written since the last look may disprove
    them."""
    out = before.announced
    kept = [
        output for output in decision.outputs if isinstance(output, State) or output.about in out
    ]
    named = {output.about for output in kept}
    kept += [
        Announcement(about, None, before.emitted[about].forget_at)
        for about in out.keys() - named
        if not decision.is_history(about)
    ]
    return replace(decision, outputs=tuple(kept), next_due=now)


def _stored(listing: Listing) -> Listing:
    """The listing as it comes back from the database, so that the two can be compared."""
    deadline = listing.deadline and min(listing.deadline, NOTHING_DUE)
    tally = json.loads(json.dumps(listing.tally, allow_nan=False))
    return Listing(listing.since, deadline, tally)


def park(aggregate: Aggregate, reason: str, now: datetime) -> Aggregate:
    """Set aside until a retry that comes later each time; its outputs stand."""
    parked, due_at = parking(aggregate.parked, reason, now)
    return replace(aggregate, parked=parked, due_at=due_at)


def parking(before: Parked | None, reason: str, now: datetime) -> tuple[Parked, datetime]:
    """Why an aggregate is set aside, how often it was tried, and when it is tried again."""
    attempts = before.attempts + 1 if before else 1
    wait = min(FIRST_RETRY * 2 ** min(attempts - 1, 10), LAST_RETRY)
    return Parked(reason, attempts, before.since if before else now), now + wait
