"""Taking a batch of events: all are decided, all is published, then all is registered.

    examine -> one reading -> decide in memory -> one publish -> one guarded bulk -> items

The register is written last, so that a crash before it makes a retry, never a false
duplicate. The reading also finds the steps that are known of the complaints in the batch: they go
out with their complaint, ahead of it, so that nobody takes it for one that nothing was done
about. After the write all is read once more, and steps are brought to where their complaint is:
whichever of a step and the complaints it follows is registered last sees the others, on
whichever instance. A merge names the customer of the complaint it leads to. A step's version
holds the versions of these complaints (`versions.version_following`), so that whatever was
published by an attempt that lost, or was cut off before it could register, is older than what is
published at last.

What is rejected is kept before anybody is answered (`adapters/rejected`).

A batch that more steps follow than fit at once is taken in portions, a complaint and its steps
in one.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from services.intake.adapters.door import Aside, at_once
from services.intake.adapters.monitor import NOBODY, FeedMonitor, Monitor, Sender, Unwatched
from services.intake.adapters.publish import publish, record_of
from services.intake.adapters.register import Rows
from services.intake.adapters.rejected.quarantine import Quarantine
from services.intake.adapters.trial import TrialRows, Unpublished
from services.intake.domain.batch import BatchPlan, plan_batch
from services.intake.domain.decide import RegisterDecision
from services.intake.domain.decode.body import UnreadableEvent
from services.intake.domain.entries import BatchEntry, cases_needed, documents_needed, halves
from services.intake.domain.examination import Examination, Examined, Prepared
from services.intake.domain.examine.event import InvalidEvent, Reported
from services.intake.domain.examine.feed import Reach
from services.intake.domain.facts import Row
from services.intake.domain.findings import Finding
from services.intake.domain.outgoing import OutgoingMessage, Unregistered
from services.intake.domain.rejected.content import Came
from services.intake.domain.rejected.row import Rejected, WayIn
from services.intake.domain.steps import FOLLOWING_AT_ONCE, cases_of, steps_among
from services.intake.views import problems
from services.intake.views.items import (
    invalid_item,
    refused_item,
    registered_item,
    unreadable_item,
)
from services.intake.views.problems import MOST_SHOWN_AT_ONCE
from services.intake.views.rejections import rejected_events
from shared.contracts.http.intake import Item
from shared.contracts.http.problem import Problem
from shared.dealers.dealer import Dealers
from shared.platform.errors import Conflict, TransientFailure
from shared.platform.publisher import Publisher, Record
from shared.time.clock import TimeSource

MAX_ATTEMPTS = 8
"""How often a batch is decided again because another instance was first."""


@dataclass(slots=True)
class _Outcomes:
    """What has become of the events of a batch so far."""

    decisions: dict[int, RegisterDecision] = field(default_factory=dict)
    accepted: set[int] = field(default_factory=set)
    refused: dict[int, Problem] = field(default_factory=dict)
    moved_steps: dict[str, Row] = field(default_factory=dict)
    """Step -> its row, for those that were brought to where their complaints are."""
    warnings: dict[int, Sequence[Finding]] = field(default_factory=dict)


@dataclass(slots=True)
class _Attempts:
    """What the attempts at one portion have done so far."""

    entries: list[BatchEntry]
    now: datetime
    traceparent: str | None
    key: bytes
    aside: Aside
    outcomes: _Outcomes
    unregistered: Unregistered = field(default_factory=Unregistered)


class Intake:
    """Takes events in. Any number of instances may work side by side."""

    def __init__(
        self,
        *,
        register: Rows,
        publisher: Publisher,
        clock: TimeSource,
        dealers: Dealers,
        monitor: Monitor | None = None,
        quarantine: Quarantine | None = None,
    ) -> None:
        """`quarantine`: where what is rejected is kept; None: nowhere."""
        self._register = register
        self._publisher = publisher
        self._clock = clock
        self._dealers = dealers
        self._quarantine = quarantine
        self.monitor = FeedMonitor(dealers) if monitor is None else monitor

    def trial(self) -> "Intake":
        """One that decides as this one does, and publishes, registers and counts nothing."""
        return Intake(
            register=TrialRows(self._register),
            publisher=Unpublished(),
            clock=self._clock,
            dealers=self._dealers,
            monitor=Unwatched(),
        )

    async def prepare(
        self, raws: Iterable[object], /, *, aside: Aside, only: Reach | None = None
    ) -> list[Prepared]:
        """What `receive` takes instead of these JSON values, with the same `only`: of taking them,
        all is done that needs neither the register nor the broker. It may be done ahead."""
        examine = await self._examination(only=only)
        return await aside(lambda: examine.prepared(raws))

    async def receive(
        self,
        raws: Iterable[object],
        *,
        traceparent: str | None = None,
        aside: Aside = at_once,
        strict: bool = False,
        ours: bool = False,
        only: Reach | None = None,
        way: WayIn | None = None,
    ) -> list[Item]:
        """What became of each event, in order; on return the broker has acknowledged all of it.

        `raws` are JSON values, what decoding made of others, or what `prepare` made of these; each
        is asked for when the one before is examined. What takes long is done `aside`. `strict`:
        unknown fields are reasons to reject. `ours`: one of our own services reports them. `only`:
        whose they may be. `way`: by which they came, where what is rejected of them is to be kept.
        Raises what asking raises, and `TransientFailure` when the batch has to be sent again.
        """
        outcomes = _Outcomes()
        examine = await self._examination(strict=strict, ours=ours, only=only)
        now, key = examine.now, examine.key
        originals: dict[int, Came] | None = {} if way and self._quarantine else None
        examined = await aside(lambda: examine.all_of(raws, originals))
        entries = await aside(lambda: examine.entries(examined))
        waiting = [entries] if entries else []
        while waiting:
            portion = waiting.pop()
            ids, cases, parts = await aside(partial(_needed, portion))
            limit = FOLLOWING_AT_ONCE if parts else None
            known = await self._read(ids, cases, limit=limit)
            if limit is not None and len(steps_among(known)) > limit:
                waiting += parts
                continue
            attempts = _Attempts(portion, now, traceparent, key, aside, outcomes)
            await self._take(attempts, known)
            await self._follow(attempts, cases)
        items = await aside(lambda: _items(examined, outcomes))
        if way is not None and originals is not None:
            await self.keep(
                lambda: rejected_events(examined, items, originals, way=way, only=only),
                aside=aside,
            )
        await aside(lambda: _tell(self.monitor, examined, items))
        return items

    async def _examination(
        self, *, strict: bool = False, ours: bool = False, only: Reach | None = None
    ) -> Examination:
        return Examination(
            dealers=self._dealers,
            now=self._clock.now(),
            key=await self._register.hash_key(),
            most_shown=MOST_SHOWN_AT_ONCE,
            strict=strict,
            ours=ours,
            only=only,
        )

    @property
    def keeps(self) -> bool:
        """Whether what is rejected is kept."""
        return self._quarantine is not None and self._quarantine.keeps

    async def keep(self, rejected: Callable[[], Sequence[Rejected]], *, aside: Aside) -> None:
        """On return what was rejected is kept, where it is kept at all. Raises `TransientFailure`:
        all of it has to be sent again."""
        if self._quarantine is not None:
            await self._quarantine.keep(await aside(rejected), aside=aside)

    async def _read(
        self, document_ids: set[str], cases: set[str], *, limit: int | None = None
    ) -> dict[str, Row]:
        """These documents, the steps that follow these complaints, and what those follow too."""
        known = dict(await self._register.find(document_ids, following=cases, limit=limit))
        followed = {case for step in steps_among(known) for case in cases_of(step)}
        if others := followed - document_ids:
            known |= await self._register.find(others)
        return known

    async def _take(self, attempts: _Attempts, known: Mapping[str, Row]) -> None:
        """Publish and register all; `known`: what the register has of it."""
        for attempt in range(MAX_ATTEMPTS):
            if attempt:
                known = await self._read(
                    documents_needed(attempts.entries), cases_needed(attempts.entries)
                )
            planned = await _planned(attempts.entries, known, attempts)
            if not await self._publish(planned.outgoing, attempts):
                continue
            _note(planned, attempts.outcomes)
            if await self._save(planned):
                return
        raise TransientFailure("register: other writers were first, again and again")

    async def _follow(self, attempts: _Attempts, cases: set[str]) -> None:
        """Place the steps that another instance registered meanwhile, or whose complaint it did."""
        for _ in range(MAX_ATTEMPTS if cases else 0):
            known = await self._read(cases, cases)
            planned = await _planned([], known, attempts)
            if not planned.outgoing and not planned.changed:
                return
            if await self._publish(planned.outgoing, attempts) and await self._save(planned):
                _note(planned, attempts.outcomes)
        if cases:
            raise TransientFailure("register: steps do not come to rest")

    async def _publish(self, outgoing: Sequence[OutgoingMessage], attempts: _Attempts) -> bool:
        """Whether the broker took all; events whose messages it refuses for good are set aside."""
        records = await attempts.aside(lambda: _records(outgoing, attempts))
        refused = set(await publish(self._publisher, records))
        arrived = [sent for position, sent in enumerate(outgoing) if position not in refused]
        attempts.unregistered.note(arrived)
        self.monitor.published(sent.message.TYPE for sent in arrived)
        if refused:
            _set_aside(attempts, {outgoing[position].index for position in refused})
        return not refused

    async def _save(self, planned: BatchPlan) -> bool:
        """Whether every row was written; otherwise another instance was first with some."""
        try:
            await self._register.save(list(planned.changed.values()))
        except Conflict:
            self.monitor.conflict()
            return False
        return True


def _needed(
    entries: Sequence[BatchEntry],
) -> tuple[set[str], set[str], Sequence[list[BatchEntry]]]:
    return documents_needed(entries), cases_needed(entries), halves(entries)


def _records(outgoing: Sequence[OutgoingMessage], attempts: _Attempts) -> list[Record]:
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


async def _planned(
    entries: Sequence[BatchEntry], known: Mapping[str, Row], attempts: _Attempts
) -> BatchPlan:
    now, unregistered = attempts.now, attempts.unregistered
    return await attempts.aside(
        partial(plan_batch, entries, known, now=now, unregistered=unregistered)
    )


def _set_aside(attempts: _Attempts, indexes: set[int | None]) -> None:
    if None in indexes:
        raise TransientFailure("broker: a message that moves a document was refused")
    too_large = problems.too_large("the broker does not take a message of this size")
    attempts.outcomes.refused |= {index: too_large for index in indexes if index is not None}
    attempts.entries = [entry for entry in attempts.entries if entry.index not in indexes]


def _note(planned: BatchPlan, outcomes: _Outcomes) -> None:
    """An event that was published stays accepted, even if its row turns out to be written."""
    outcomes.decisions.update(planned.decisions)
    outcomes.accepted |= {
        index for index, decision in planned.decisions.items() if decision.outcome == "accepted"
    }
    for index in planned.decisions:
        outcomes.refused.pop(index, None)
    outcomes.refused |= {
        index: problems.too_many_steps(found) for index, found in planned.refused.items()
    }
    outcomes.moved_steps.update(planned.moved_steps)
    outcomes.warnings.update(planned.warnings)


def _items(examined: Sequence[Examined], outcomes: _Outcomes) -> list[Item]:
    return [_item(index, found, outcomes) for index, found in enumerate(examined)]


def _tell(monitor: Monitor, examined: Sequence[Examined], items: Sequence[Item]) -> None:
    monitor.events([_sender(found) for found in examined], items)
    fast = sum(isinstance(found, Reported) and found.clock_fast for found in examined)
    monitor.clock_fast(fast)


def _item(index: int, found: Examined, outcomes: _Outcomes) -> Item:
    match found:
        case UnreadableEvent():
            return unreadable_item(index, found)
        case InvalidEvent():
            return invalid_item(index, found)
        case Reported() if index in outcomes.refused:
            return refused_item(index, found, outcomes.refused[index])
        case Reported():
            decision = outcomes.decisions[index]
            return registered_item(
                index,
                found,
                decision,
                row=outcomes.moved_steps.get(decision.row.document_id, decision.row),
                accepted=index in outcomes.accepted,
                warnings=outcomes.warnings.get(index, ()),
            )


def _sender(found: Examined) -> Sender:
    match found:
        case Reported():
            return Sender(found.dealer.id, found.report.source, found.event.type)
        case InvalidEvent():
            return Sender(found.dealer_id, found.source, found.type)
        case UnreadableEvent():
            return NOBODY
