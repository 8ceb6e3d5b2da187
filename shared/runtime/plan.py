"""From events to one write and its messages: join, decide, diff. Pure.

`plan` compares the complete decision with what has been emitted. What is new goes out, a
changed state goes out as a new version, what should no longer be is withdrawn.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any, TypeAlias, TypeVar

from shared.contracts.decision import (
    NOTHING_DUE,
    Announcement,
    AnyOutput,
    Decision,
    Listing,
    Output,
    State,
    Withdrawal,
)
from shared.contracts.envelope import Event
from shared.contracts.identifiers import customer_of, dealer_of
from shared.contracts.policy import Policy
from shared.runtime.aggregate import NOTHING, Aggregate, Emitted, Outgoing, Parked
from shared.runtime.errors import place_of
from shared.runtime.machine import Facts, Machine

F = TypeVar("F", bound=Facts)
P = TypeVar("P", bound=Policy)

MAX_OUTPUT_BYTES = 900_000
"""A larger output parks its aggregate: the broker would refuse it for good."""
MAX_BYTES = 4_000_000
"""An aggregate of this size takes corrections of what it knows, and nothing new."""
MAX_CORRECTED_BYTES = 8_000_000
"""An aggregate of this size takes nothing: MongoDB has 16 MB for it and for all that it says."""
EMITTED_BYTES = 160
"""What remembering one output takes, besides what is sealed."""
CLOCKS_APART = timedelta(minutes=1)
"""What was written by a clock that is further ahead than this does not hold ours up."""
ALL_READ = datetime.max.replace(tzinfo=UTC)
FIRST_RETRY = timedelta(seconds=10)
LAST_RETRY = timedelta(minutes=5)


PoisonedEvent: TypeAlias = tuple[Event[Any], str]
"""An event that can never be joined, and why."""


@dataclass(frozen=True, slots=True)
class Work:
    """What there is to do for one aggregate: its new events; none when only time has passed."""

    partition: int
    events: Sequence[Event[Any]] = ()
    audit: bool = False
    """Decide even where nothing is due, to see whether what is stored is right."""
    read_until: datetime | None = ALL_READ
    """All that the topics of the partition held at this instant has been read. None: more is
    waiting, so events are only taken in, and what they lead to is decided later."""


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


@dataclass(slots=True)
class _Draft:
    """Emitted and messages while they are compared with a decision."""

    aggregate_id: str
    now: datetime
    emitted: dict[str, Emitted]
    cause: Event[Any] | None
    messages: list[Outgoing] = field(default_factory=list)
    said: list[Output | Withdrawal] = field(default_factory=list)

    def key_of(self, content: Output | Withdrawal) -> str | None:
        """The customer that a content goes to; None: the aggregate's own."""
        own = customer_of(self.aggregate_id)
        if content.customer_key == own:
            return None
        if dealer_of(content.customer_key) != dealer_of(own):
            raise ValueError("an output to another dealer")
        return content.customer_key

    def next_sequence(self, about: str) -> int:
        """Above the last one about this subject, and rising even across a restored database."""
        known = self.emitted.get(about)
        now_ms = int(self.now.timestamp() * 1000)
        return max(known.sequence + 1, now_ms) if known else now_ms

    def say(self, about: str, content: Output | Withdrawal, entry: Emitted, data: str) -> None:
        """Emit `content` as what is said about this subject from now on."""
        self.emitted[about] = entry
        self.said.append(content)
        self.messages.append(
            Outgoing(
                aggregate_id=self.aggregate_id,
                about=about,
                sequence=entry.sequence,
                hash=entry.hash,
                type=content.TYPE,
                data=data,
                at=self.now,
                causation_id=self.cause.id if self.cause else None,
                traceparent=self.cause.traceparent if self.cause else None,
                key=entry.key,
            )
        )


class OutputTooLarge(Exception):
    """An output that the broker would refuse for good."""


def plan(
    machine: Machine[F, P], aggregate_id: str, before: Aggregate | None, work: Work, now: datetime
) -> Plan:
    """What follows for one aggregate from its new events, at this moment.

    Where only time has passed it is decided for the moment up to which all has been read.
    """
    known = machine.facts.model_validate_json(before.facts if before else NOTHING)
    facts, poison = _join(machine, known, before, work.events)
    if before is None:
        if facts is known:
            return Plan(None, poison)
        before = _nothing_known(aggregate_id, work.partition, now)
    facts = machine.condense(facts, machine.policy)
    joined = before
    if facts is not known:
        text = facts.model_dump_json(exclude_defaults=True)
        joined = replace(before, partition=work.partition, facts=text)
    moment = _moment(before, work, now)
    change = None
    if moment is None:
        if joined is not before:
            change = Change(_to_be_decided(joined, now))
    else:
        version = machine.policy.version_for(before.dealer_id)
        if joined is not before or work.audit or _must_decide(before, version, moment):
            by_policy = replace(joined, policy_version=version)
            change = _decide(machine, by_policy, facts, work=work, now=moment)
    if change is None or change.after == before:
        return Plan(None, poison)
    written = replace(change.after, version=before.version + 1, updated_at=moment or now)
    return Plan(replace(change, after=written, listing_before=before.listing), poison)


def is_decidable(before: Aggregate, read_until: datetime, now: datetime) -> bool:
    """Whether all has been read that was there when it was written last."""
    return before.updated_at <= read_until or _is_ahead(before, now)


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
    """It was written by a clock that is wrong, or ours is."""
    return before.updated_at > now + CLOCKS_APART


def _to_be_decided(joined: Aggregate, now: datetime) -> Aggregate:
    """Due as soon as all has been read that was there by now."""
    return replace(joined, due_at=now if joined.due_at is None else min(joined.due_at, now))


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
    machine: Machine[F, P], facts: F, before: Aggregate | None, events: Sequence[Event[Any]]
) -> tuple[F, tuple[PoisonedEvent, ...]]:
    """All at once; one by one where one of them cannot be joined."""
    if not events:
        return facts, ()
    events, too_much = _within_bounds(facts, before, events)
    try:
        return (machine.join(facts, events) if events else facts), too_much
    except Exception:  # tells nothing of which
        poison = list(too_much)
    for event in events:
        try:
            facts = machine.join(facts, [event])
        except Exception as error:  # whatever a join raises, it will raise again
            poison.append((event, f"join raised {place_of(error)}"))
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


def _size(aggregate: Aggregate) -> int:
    """About how many bytes its document takes."""
    emitted = aggregate.emitted.values()
    return len(aggregate.facts) + sum(len(said.sealed or "") + EMITTED_BYTES for said in emitted)


def _decide(
    machine: Machine[F, P],
    joined: Aggregate,
    facts: F,
    *,
    work: Work,
    now: datetime,
) -> Change:
    read_until = work.read_until or now
    cause = work.events[-1] if work.events else None
    try:
        announced = joined.announced
        decision = machine.decide(facts, announced, machine.policy, now)
        if decision.next_due is not None and decision.next_due <= now:
            raise ValueError("next_due is not later than now")
        if read_until < now and (changed := _announced_anew(joined, decision, now)):
            known = machine.decide(facts, announced, machine.policy, read_until)
            if _names(known) & changed != _names(decision) & changed:
                decision = _without_announcing(joined, decision, now)
        draft = _Draft(joined.id, now, dict(joined.emitted), cause)
        _compare(draft, decision, machine)
        listing = _stored(decision.listing) if decision.listing else None
    except OutputTooLarge:
        return Change(park(joined, "output too large", now))
    except Exception as error:  # facts are saved, outputs stand, and it is tried again
        return Change(park(joined, f"decide raised {place_of(error)}", now))
    after = replace(
        joined, emitted=draft.emitted, due_at=decision.next_due, parked=None, listing=listing
    )
    return Change(after, tuple(draft.messages), tuple(draft.said))


def _names(decision: Decision) -> set[str]:
    """What its announcements are about."""
    return {output.about for output in decision.outputs if isinstance(output, Announcement)}


def _announced_anew(joined: Aggregate, decision: Decision, now: datetime) -> set[str]:
    """What would be announced for the first time, or taken back."""
    out = {
        about
        for about, said in joined.emitted.items()
        if said.sealed is not None and (said.forget_at is None or said.forget_at > now)
    }
    return out ^ _names(decision)


def _without_announcing(joined: Aggregate, decision: Decision, now: datetime) -> Decision:
    """The decision but for what is announced or taken back: that waits until all is read that
    was there by now, as it follows from what happened after the last look at the topics."""
    out = joined.announced
    kept = [
        output for output in decision.outputs if isinstance(output, State) or output.about in out
    ]
    named = {output.about for output in kept}
    kept += [
        Announcement(about, None, joined.emitted[about].forget_at)
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
    attempts = aggregate.parked.attempts + 1 if aggregate.parked else 1
    wait = min(FIRST_RETRY * 2 ** min(attempts - 1, 10), LAST_RETRY)
    since = aggregate.parked.since if aggregate.parked else now
    return replace(aggregate, parked=Parked(reason, attempts, since), due_at=now + wait)


def _compare(draft: _Draft, decision: Decision, machine: Machine[F, P]) -> None:
    wanted = {output.about: output for output in decision.outputs}
    if len(wanted) < len(decision.outputs):
        raise ValueError("two outputs about the same subject")
    for about, output in wanted.items():
        _emit(draft, about, output)
    for about, emitted in list(draft.emitted.items()):
        if emitted.forget_at is not None and emitted.forget_at <= draft.now:
            if about not in wanted:
                del draft.emitted[about]
        elif about not in wanted:
            ended = emitted.withdrawn or emitted.forget_at is not None
            if ended and decision.is_history(about):
                del draft.emitted[about]
            elif not emitted.withdrawn:
                _withdraw(draft, about, emitted, machine.writing[emitted.type])


def _emit(draft: _Draft, about: str, output: AnyOutput) -> None:
    known = draft.emitted.get(about)
    if known is not None and known.forget_at != output.forget_at:
        known = draft.emitted[about] = replace(known, forget_at=output.forget_at)
    sealing = isinstance(output, Announcement)
    if sealing and known is not None and known.sealed is not None:
        return
    if output.content is None:
        raise ValueError("an announcement that is not out has no content")
    data = output.content.model_dump_json()
    if len(data.encode()) > MAX_OUTPUT_BYTES:
        raise OutputTooLarge
    digest = _hash(output.content.TYPE, data)
    if known is not None and known.hash == digest and not known.withdrawn:
        return
    entry = Emitted(
        sequence=draft.next_sequence(about),
        hash=digest,
        type=output.content.TYPE,
        forget_at=output.forget_at,
        sealed=data if sealing else None,
        key=draft.key_of(output.content),
    )
    draft.say(about, output.content, entry, data)


def _withdraw(
    draft: _Draft, about: str, emitted: Emitted, contract: type[Output] | type[Withdrawal]
) -> None:
    if not issubclass(contract, Output):
        raise TypeError(f"{contract.TYPE} cannot be withdrawn")
    content = contract.withdrawal(
        aggregate_id=draft.aggregate_id,
        about=about,
        at=draft.now,
        sealed=json.loads(emitted.sealed) if emitted.sealed else None,
    )
    addressee = emitted.key or customer_of(draft.aggregate_id)
    if content.customer_key != addressee:
        content = content.model_copy(update={"customer_key": addressee})
    data = content.model_dump_json()
    entry = Emitted(
        sequence=draft.next_sequence(about),
        hash=_hash(content.TYPE, data),
        type=content.TYPE,
        forget_at=emitted.forget_at,
        withdrawn=True,
        key=emitted.key,
    )
    draft.say(about, content, entry, data)


def _hash(type_: str, data: str) -> str:
    return blake2b(f"{type_}\x1f{data}".encode(), digest_size=8).hexdigest()
