"""However a story is told, in whatever order and batches, whenever: it ends the same."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

from hypothesis import strategies as some

from shared.contracts.envelope import Event
from shared.decider.decider import Decider, Facts
from shared.decider.decision import Announced, Decision, earliest
from shared.decider.policy import Policy
from tests.invariants.decisions import JUST_BEFORE, MANY_WAKES
from tests.invariants.life import Life

F = TypeVar("F", bound=Facts)
P = TypeVar("P", bound=Policy)
Story = Sequence[Event[Any]]

AT_ONCE = timedelta(0)
DELAYS = (
    AT_ONCE,
    AT_ONCE,
    timedelta(minutes=10),
    timedelta(hours=5),
    timedelta(days=3),
    timedelta(days=20),
)
"""How long after its first receipt a record may arrive."""
SPANS = (timedelta(hours=1), timedelta(hours=30), timedelta(days=4), timedelta(days=300))
"""How long a service may be away; how long after a receipt to look."""
AWAKE_AT_LAST = timedelta(days=1)
"""So long before the end it is back, and what failed was tried again."""

Choice = Callable[[], bool]


class Arrival(NamedTuple):
    """When a record reaches the topic."""

    at: datetime
    event: Event[Any]


class Outage(NamedTuple):
    """While it lasts nothing is done; what comes meanwhile waits for its end."""

    begins_at: datetime
    ends_at: datetime


def never() -> bool:
    """The choice of one who never does."""
    return False


def however_it_is_told_the_same_is_said(
    decider: Decider[F, P], story: Story, data: some.DataObject
) -> None:
    """In any order, repeated, in any batches: as if only the newest versions had been told."""
    if not story:
        return
    now = data.draw(_moments(story))
    told = _life(decider, story)
    for batch in data.draw(_batches(story)):
        told.take(now, batch)
    at_once = _life(decider, story)
    at_once.take(now, _newest(story))
    assert told.outcome(now) == at_once.outcome(now)


def an_outage_leads_where_none_leads(
    decider: Decider[F, P], story: Story, end: datetime, data: some.DataObject
) -> None:
    """Records arrive and time passes; decisions that fail meanwhile make no difference."""
    if not story:
        return
    arrivals = [Arrival(event.recorded_at + data.draw(_delays), event) for event in story]
    assert max(arrival.at for arrival in arrivals) < end - AWAKE_AT_LAST
    outages = data.draw(some.lists(_outages(arrivals, end), max_size=3))
    choice = partial(data.draw, some.booleans())
    awake = _life(decider, story)
    _live(awake, arrivals, end)
    slept = _life(decider, story)
    _live(slept, arrivals, end, outages=outages, choice=choice, fails=data.draw(_fails))
    assert slept.outcome(end) == awake.outcome(end)


def a_story_told_again_changes_nothing(
    decider: Decider[F, P], story: Story, end: datetime, data: some.DataObject
) -> None:
    """Neither a replay of all records nor a look without a cause."""
    if not story:
        return
    life = _life(decider, story)
    _live(life, [Arrival(event.recorded_at, event) for event in story], end)
    before = life.aggregate
    for batch in data.draw(_batches(story)):
        assert life.take(end, batch) == 0
    assert life.aggregate == before
    assert before is not None
    life.aggregate = replace(before, due_at=end)
    assert life.take(end) == 0


def a_policy_tried_for_a_while_leaves_no_trace(
    decider: Decider[F, P], other: P, story: Story, data: some.DataObject
) -> None:
    """What stands after a change of policy and back is what stood before."""
    if not story:
        return
    now = data.draw(_moments(story))
    life = _life(decider, story)
    life.take(now, story)
    before = life.outcome(now)
    for policy in (other, decider.policy):
        life.decider = replace(decider, policy=policy)
        life.take(now)
    assert life.outcome(now) == before


_delays = some.sampled_from(DELAYS)
_fails = some.lists(some.booleans(), max_size=30)
"""Which decisions fail, the first ones of a life."""


@some.composite
def _moments(draw: some.DrawFn, story: Story) -> datetime:
    """Some time after a record was first received."""
    received_at = draw(some.sampled_from([event.recorded_at for event in story]))
    return received_at + draw(some.sampled_from([AT_ONCE, *SPANS]))


@some.composite
def _batches(draw: some.DrawFn, story: Story) -> list[Story]:
    """All events, some more than once, in any order, cut anywhere."""
    repeated = draw(some.lists(some.sampled_from(story), max_size=5))
    order = draw(some.permutations([*story, *repeated]))
    cuts = sorted(draw(some.sets(some.integers(1, len(order)), max_size=8)))
    return [order[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(order)], strict=True)]


@some.composite
def _outages(draw: some.DrawFn, arrivals: Sequence[Arrival], end: datetime) -> Outage:
    """One that begins around an arrival."""
    around = draw(some.sampled_from([AT_ONCE, *SPANS, -SPANS[0], -SPANS[2]]))
    begins_at = draw(some.sampled_from([arrival.at for arrival in arrivals])) + around
    return Outage(begins_at, min(begins_at + draw(some.sampled_from(SPANS)), end - AWAKE_AT_LAST))


def _life(decider: Decider[F, P], story: Story) -> Life[F, P]:
    [aggregate_id] = {decider.aggregate_id(event) for event in story}
    return Life(decider, aggregate_id)


def _newest(story: Story) -> Story:
    """The newest version of each document; of a sale, for each role in it."""
    newest: dict[str, str] = {}
    for event in story:
        known = newest.get(event.data.document_id, "")
        newest[event.data.document_id] = max(known, _version(event))
    return [event for event in story if newest[event.data.document_id] == _version(event)]


def _version(event: Event[Any]) -> str:
    """Of a document; messages of services are ordered by their sequence."""
    return getattr(event.data, "version", f"{event.sequence:020d}")


def _live(
    life: Life[F, P],
    arrivals: Iterable[Arrival],
    end: datetime,
    *,
    outages: Sequence[Outage] = (),
    choice: Choice = never,
    fails: Sequence[bool] = (),
) -> None:
    """Take each record as it arrives and look at every due moment, or once that is possible.

    By `choice`, what waits together is taken together, and due moments go before records.
    Without outages and failures, what stands is right at every moment.
    """
    punctual = not outages and not any(fails)
    awake = partial(_awake, sorted(outages))
    moved = [Arrival(awake(at), event) for at, event in arrivals]
    waiting = deque(sorted(moved, key=attrgetter("at")))
    decider = _failing(life.decider, fails, end - AWAKE_AT_LAST)
    for _ in range(MANY_WAKES):
        due_at = awake(life.due_at) if life.due_at else None
        now = earliest((due_at, waiting[0].at if waiting else None))
        if punctual and life.looked_at is not None and life.looked_at < (now or end):
            life.is_up_to_date((now or end) - JUST_BEFORE)
        if now is None or now > end:
            return
        batch: list[Event[Any]] = []
        if due_at != now or not choice():
            while waiting and waiting[0].at == now and (not batch or choice()):
                batch.append(waiting.popleft().event)
        life.take(now, batch, decider)
    raise AssertionError("it never comes to rest")


def _awake(outages: Iterable[Outage], moment: datetime) -> datetime:
    """The first moment from then on at which something is done."""
    for begins_at, ends_at in outages:
        if begins_at <= moment < ends_at:
            moment = ends_at
    return moment


def _failing(decider: Decider[F, P], fails: Sequence[bool], until: datetime) -> Decider[F, P]:
    """The decider with a `decide` that raises where `fails` says so, but not after `until`."""
    left = iter(fails)

    def decide(facts: F, announced: Announced, policy: P, now: datetime) -> Decision:
        if now < until and next(left, False):
            raise ValueError("this cannot be decided at present")
        return decider.decide(facts, announced, policy, now)

    return replace(decider, decide=decide)
