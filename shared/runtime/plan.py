"""From events to one write and its messages: join, decide, diff. Pure.

`plan` compares the complete decision with what has been emitted. What is new goes out, a
changed state goes out as a new version, what should no longer be is withdrawn.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, TypeVar

from shared.contracts.decision import (
    NOTHING_DUE,
    Announcement,
    AnyOutput,
    Decision,
    Listing,
    Output,
    Withdrawal,
)
from shared.contracts.envelope import Event
from shared.contracts.identifiers import customer_of, dealer_of
from shared.contracts.policy import Policy
from shared.runtime.aggregate import Aggregate, Emitted, Outgoing, Parked
from shared.runtime.errors import place_of
from shared.runtime.machine import Facts, Machine

F = TypeVar("F", bound=Facts)
P = TypeVar("P", bound=Policy)

MAX_OUTPUT_BYTES = 900_000
"""A larger output parks its aggregate: the broker would refuse it for good."""
MAX_DOCUMENTS = 20_000
"""So many documents of one aggregate stay well below what MongoDB takes in one document."""
FIRST_RETRY = timedelta(seconds=10)
LAST_RETRY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Work:
    """What there is to do for one aggregate: its new events; none when only time has passed."""

    partition: int
    events: Sequence[Event[Any]] = ()
    audit: bool = False
    """Decide even where nothing is due, to see whether what is stored is right."""


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
    poison: tuple[tuple[Event[Any], str], ...] = ()


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
    """What follows for one aggregate from its new events, at this moment."""
    known = machine.facts.model_validate(before.facts if before else {})
    facts, poison = _join(machine, known, work.events)
    if before is None:
        before = _nothing_known(aggregate_id, work.partition, now)
        if facts == known:
            return Plan(None, poison)
    version = machine.policy.version_for(before.dealer_id)
    if facts == known and not work.audit and not _must_decide(before, version, now):
        return Plan(None, poison)
    joined = replace(
        before,
        partition=work.partition,
        facts=before.facts
        if facts is known
        else facts.model_dump(mode="json", exclude_defaults=True),
        policy_version=version,
    )
    change = _decide(machine, joined, facts, work.events[-1] if work.events else None, now)
    if change.after == before:
        return Plan(None, poison)
    written = replace(change.after, version=before.version + 1, updated_at=now)
    return Plan(replace(change, after=written, listing_before=before.listing), poison)


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
        facts={},
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
    machine: Machine[F, P], facts: F, events: Sequence[Event[Any]]
) -> tuple[F, tuple[tuple[Event[Any], str], ...]]:
    poison: list[tuple[Event[Any], str]] = []
    for event in events:
        try:
            joined = machine.join(facts, event)
            too_many = len(joined.versions()) > MAX_DOCUMENTS
        except Exception as error:  # whatever a join raises, it will raise again
            poison.append((event, f"join raised {place_of(error)}"))
            continue
        if too_many:
            poison.append((event, f"more than {MAX_DOCUMENTS} documents of one aggregate"))
        else:
            facts = joined
    return facts, tuple(poison)


def _decide(
    machine: Machine[F, P],
    joined: Aggregate,
    facts: F,
    cause: Event[Any] | None,
    now: datetime,
) -> Change:
    try:
        decision = machine.decide(facts, joined.announced, machine.policy, now)
        if decision.next_due is not None and decision.next_due <= now:
            raise ValueError("next_due is not later than now")
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
        elif about not in wanted and not emitted.withdrawn:
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
