"""Taking a batch of events: all are decided, all is published, then all is registered.

    examine -> one find -> decide in memory -> one publish -> one guarded bulk -> answer

The register is written last, so that a crash before it makes a retry, never a false
duplicate. Steps of complaints are then brought to where their complaint is, and a merge
names the customer of the complaint it leads to: whichever of a step and the complaints it
follows is registered last sees the others, on whichever instance. A step's version tells the
versions of these complaints (`facts.placed`), so that whatever was published by an attempt
that lost, or was cut off before it could register, is older than what is published at last.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Protocol, TypeAlias, TypeVar

from services.intake import problems
from services.intake.answers import Item
from services.intake.batch import Entry, Outgoing, Plan, Unregistered, plan, plan_to_follow
from services.intake.canonical import submissions
from services.intake.decide import Decision
from services.intake.facts import Row
from services.intake.problems import MOST_TOLD, MOST_TOLD_AT_ONCE
from services.intake.records import record_of
from services.intake.register import Register
from services.intake.reports import Refused, Reported, examine
from shared import metrics
from shared.dealers import Dealers
from shared.runtime.errors import Conflict, RefusedMessage, TransientFailure
from shared.runtime.relay import Record, Relay
from shared.time.clock import Clock

T = TypeVar("T")

MAX_ATTEMPTS = 8
"""So often a batch is decided again because another instance was first."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line that is no JSON, or too long a one."""

    detail: str
    too_large: bool = False


class Aside(Protocol):
    """Does work that may take long where nobody waits for it."""

    async def __call__(self, work: Callable[[], T], /) -> T:
        """What `work` returns or raises."""
        ...


async def at_once(work: Callable[[], T], /) -> T:
    """For what takes no time."""
    return work()


Examined: TypeAlias = Reported | Refused | Unreadable


@dataclass(slots=True)
class _Attempts:
    """What the attempts at one batch have done so far."""

    entries: list[Entry]
    traceparent: str | None
    key: bytes
    aside: Aside
    unregistered: Unregistered = field(default_factory=Unregistered)
    decisions: dict[int, Decision] = field(default_factory=dict)
    accepted: set[int] = field(default_factory=set)
    refused: set[int] = field(default_factory=set)


class Intake:
    """Takes events in. Any number of instances may work side by side."""

    def __init__(self, *, register: Register, relay: Relay, clock: Clock, dealers: Dealers) -> None:
        self._register = register
        self._relay = relay
        self._clock = clock
        self._dealers = dealers

    async def receive(
        self,
        raws: Iterable[object],
        *,
        traceparent: str | None = None,
        aside: Aside = at_once,
    ) -> list[Item]:
        """What became of each event, in order; on return the broker has acknowledged all of it.

        `raws` are JSON values, or what is known to be none; each is asked for when the one before
        is examined. What takes long is done `aside`. Raises what asking raises, and
        `TransientFailure` when the batch has to be sent again.
        """
        now = self._clock.now()
        key = await self._register.hash_key()
        examined = await aside(lambda: self._examine(raws, now))
        entries = await aside(lambda: _entries(examined, key))
        attempts = _Attempts(entries, traceparent, key, aside)
        if entries:
            await self._take(attempts, now)
        moved = await self._follow_cases(attempts, now)
        return await aside(lambda: _items(examined, attempts, moved))

    def _examine(self, raws: Iterable[object], now: datetime) -> list[Examined]:
        examined: list[Examined] = []
        left = MOST_TOLD_AT_ONCE
        for raw in raws:
            if isinstance(raw, Unreadable | Refused):
                examined.append(raw)
                continue
            tell = min(left, MOST_TOLD)
            found = examine(raw, dealers=self._dealers, now=now, tell=tell)
            left -= len(found.errors if isinstance(found, Refused) else found.warnings)
            examined.append(found)
        return examined

    async def _take(self, attempts: _Attempts, now: datetime) -> None:
        for _ in range(MAX_ATTEMPTS):
            rows = await self._register.find(_ids(attempts.entries))
            planned = await attempts.aside(partial(plan, attempts.entries, rows, now=now))
            if not await self._publish(planned.outgoing, attempts):
                continue
            attempts.decisions.update(planned.decisions)
            attempts.accepted |= _accepted(planned)
            if await self._save(planned):
                return
        raise TransientFailure("register: other writers were first, again and again")

    async def _follow_cases(self, attempts: _Attempts, now: datetime) -> Mapping[str, Row]:
        """Place all steps that follow the complaints of this batch; those that were placed."""
        case_ids = _cases(attempts.entries)
        followers: dict[str, Row] = {}
        for _ in range(MAX_ATTEMPTS if case_ids else 0):
            steps = await self._register.steps_of(case_ids)
            cases = await self._register.find(_followed(steps))
            planned = await attempts.aside(
                partial(plan_to_follow, cases, steps, now=now, unregistered=attempts.unregistered)
            )
            if not planned.outgoing and not planned.changed:
                return followers
            if await self._publish(planned.outgoing, attempts) and await self._save(planned):
                followers.update(planned.changed)
        if not case_ids:
            return followers
        raise TransientFailure("register: steps do not come to rest")

    async def _publish(self, outgoing: Sequence[Outgoing], attempts: _Attempts) -> bool:
        """Whether the broker took all; events whose messages it refuses for good are set aside."""
        records = await attempts.aside(lambda: _records(outgoing, attempts))
        refused: set[int] = set()
        try:
            if records:
                await self._relay.publish(records)
        except RefusedMessage as error:
            refused = set(error.refused)
        arrived = [sent for position, sent in enumerate(outgoing) if position not in refused]
        attempts.unregistered.note(arrived)
        for type_, count in Counter(sent.message.TYPE for sent in arrived).items():
            metrics.messages_published.labels("intake", type_).inc(count)
        if refused:
            _set_aside(attempts, {outgoing[position].index for position in refused})
        return not refused

    async def _save(self, planned: Plan) -> bool:
        """Whether every row was written; otherwise another instance was first with some."""
        try:
            await self._register.save(list(planned.changed.values()))
        except Conflict:
            metrics.conflicts.labels("intake").inc()
            return False
        return True


def _entries(examined: Sequence[Examined], key: bytes) -> list[Entry]:
    return [
        Entry(index=index, reported=found, submissions=tuple(submissions(found, key=key)))
        for index, found in enumerate(examined)
        if isinstance(found, Reported)
    ]


def _records(outgoing: Sequence[Outgoing], attempts: _Attempts) -> list[Record]:
    events = {entry.index: entry.reported.event for entry in attempts.entries}
    return [
        record_of(
            sent,
            event=None if sent.index is None else events[sent.index],
            traceparent=attempts.traceparent,
            key=attempts.key,
        )
        for sent in outgoing
    ]


def _set_aside(attempts: _Attempts, indexes: set[int | None]) -> None:
    if None in indexes:
        raise TransientFailure("broker: a message that moves a document was refused")
    attempts.refused |= {index for index in indexes if index is not None}
    attempts.entries = [entry for entry in attempts.entries if entry.index not in attempts.refused]


def _ids(entries: Sequence[Entry]) -> set[str]:
    """Every row that deciding needs: documents, profiles, and the complaints steps follow."""
    ids = {submission.document_id for entry in entries for submission in entry.submissions}
    followed = {case for entry in entries for case in (entry.parent, entry.merged_into)}
    return ids | {case for case in followed if case is not None}


def _followed(steps: Sequence[Row]) -> set[str]:
    """The complaints of steps, and those they merge into."""
    followed = {case for step in steps for case in (step.parent, step.merged_into)}
    return {case for case in followed if case is not None}


def _cases(entries: Sequence[Entry]) -> set[str]:
    """The complaints that events are about, or are steps on."""
    cases = {entry.parent for entry in entries if entry.parent is not None}
    documents = (entry.submissions[0] for entry in entries)
    return cases | {filed.document_id for filed in documents if filed.kind == "complaint"}


def _accepted(planned: Plan) -> set[int]:
    """An event that was published stays accepted, even if its row turns out to be written."""
    return {
        index for index, decision in planned.decisions.items() if decision.outcome == "accepted"
    }


def _items(
    examined: Sequence[Examined], attempts: _Attempts, moved: Mapping[str, Row]
) -> list[Item]:
    items = [_item(index, found, attempts, moved) for index, found in enumerate(examined)]
    _count(examined, items)
    return items


def _item(
    index: int,
    found: Examined,
    attempts: _Attempts,
    moved: Mapping[str, Row],
) -> Item:
    match found:
        case Unreadable():
            about = problems.too_large if found.too_large else problems.unreadable
            return Item(index=index, outcome="rejected", problem=about(found.detail))
        case Refused():
            problem = problems.invalid_event(found.errors, untold=found.untold)
            return Item(index=index, id=found.event_id, outcome="rejected", problem=problem)
        case Reported() if index in attempts.refused:
            problem = problems.too_large("the broker does not take a message of this size")
            return Item(index=index, id=found.event.id, outcome="rejected", problem=problem)
        case Reported():
            decision = attempts.decisions[index]
            row = moved.get(decision.row.document_id, decision.row)
            accepted = index in attempts.accepted
            return Item(
                index=index,
                id=found.event.id,
                outcome="accepted" if accepted else "duplicate",
                document_id=row.document_id,
                version=row.version,
                customer_keys=tuple(sorted(row.keys)),
                detail=None if accepted else decision.detail,
                warnings=problems.warnings(found.warnings, untold=found.untold),
            )


def _count(examined: Sequence[Examined], items: Sequence[Item]) -> None:
    for found, item in zip(examined, items, strict=True):
        kind, dealer_id = "unknown", "unknown"
        match found:
            case Reported():
                kind, dealer_id = found.event.type, found.dealer.id
                if found.clock_fast:
                    metrics.clock_fast_events.labels("intake").inc()
            case Refused():
                kind, dealer_id = found.type, found.dealer_id
            case Unreadable():
                pass
        metrics.intake_events.labels(item.outcome, kind, dealer_id).inc()
