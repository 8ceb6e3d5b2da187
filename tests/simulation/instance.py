"""One process of the service: the runtime's own classes, put together as `Runtime` does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from shared.runtime.ownership import Ownership, Pulse, Turn
from shared.runtime.ports import Ports
from shared.runtime.worker import Worker
from shared.settings import RuntimeSettings
from shared.testing.summaries import MemorySummaries
from tests.simulation.broker import SESSION_SECONDS, Broker, Group, Member, NetworkPublisher
from tests.simulation.database import Database, NetworkStore
from tests.simulation.hindsight import Hindsight
from tests.simulation.lists import NetworkSummaries
from tests.simulation.loop import RunningClock
from tests.simulation.network import Network
from tests.simulation.witness import Invariant, Witness
from tests.simulation.world import AnyDecider

PULSE_LIMIT_SECONDS = SESSION_SECONDS / 2
PATIENT_SECONDS = 600.0
"""Longer than any course: nobody speaks before all is read."""


@dataclass(frozen=True, slots=True)
class House:
    """What all instances share."""

    random: Random
    network: Network
    witness: Witness
    hindsight: Hindsight
    broker: Broker
    group: Group
    database: Database
    summaries: MemorySummaries
    dealer: str
    patience_seconds: float
    """After so long an instance speaks of a partition though more is waiting."""


class WatchedOwnership(Ownership):
    """Remembers when the present turn began."""

    began_at = 0.0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[Turn]:
        async with super().turn() as turn:
            self.began_at = asyncio.get_running_loop().time()
            yield turn


class Instance:
    """A process. It can be paused, as a suspended machine is, and it can crash."""

    def __init__(self, name: str, house: House, decider: AnyDecider, now: datetime) -> None:
        """`now`: what clocks tell; its own is up to half a second off."""
        self.name = name
        self.alive = True
        self.gained_at: dict[int, float] = {}
        off = timedelta(milliseconds=house.random.randint(-500, 500))
        self.clock = RunningClock(now + off - timedelta(seconds=asyncio.get_running_loop().time()))
        self._house = house
        self._paused_at: float | None = None
        self._running = asyncio.Event()
        self._running.set()
        self._longest_pause = (0.0, 0.0)
        self._intents = 0
        self._tasks: list[asyncio.Task[None]] = []
        self.decider = decider
        self._build(decider)

    def _build(self, decider: AnyDecider) -> None:
        house = self._house
        network, witness, random = house.network, house.witness, house.random
        self._pulse = Pulse(limit_seconds=PULSE_LIMIT_SECONDS, monotonic=self.monotonic)
        self.ownership = WatchedOwnership(self._pulse)
        self.store = store = NetworkStore(
            house.database,
            network,
            self,
            witness=witness,
            hindsight=house.hindsight,
            random=random,
        )
        publisher = NetworkPublisher(house.broker, network, self, witness, random)
        self.member = Member(house.group, self, self.ownership, house.random)
        ports = Ports(
            store=store,
            publisher=publisher,
            subscription=self.member,
            ownership=self.ownership,
            clock=self.clock,
            monotonic=self.monotonic,
            intent_id=self._intent_id,
            summaries=NetworkSummaries(house.summaries, network, self, random),
        )
        settings = RuntimeSettings(
            sweep_interval_seconds=2,
            sweep_page=2,
            poison_in_a_row=50,
            backlog_records=8,
            speak_unread_after_seconds=house.patience_seconds,
        )
        self.worker: Worker[Any, Any] = Worker(
            decider, ports, settings, dealers=[house.dealer], give_up=self._give_up
        )

    def _intent_id(self, at: datetime) -> str:
        self._intents += 1
        return f"{int(at.timestamp() * 1000):013d}-{self.name}-{self._intents:03d}"

    def _give_up(self, reason: str) -> None:
        self._house.witness.violated(Invariant.NO_UNEXPECTED, f"{self.name} gave up: {reason}")

    def start(self) -> None:
        """Consume, sweep, beat, and stay in the group."""
        loops = (
            self._consume(),
            self.worker.keep_sweeping(),
            *([self.worker.keep_summarizing()] if self.decider.summaries is not None else []),
            self._pulse.beat(),
            self.member.beat(),
        )
        self._tasks = [asyncio.create_task(loop) for loop in loops]
        for task in self._tasks:
            task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        """None of the tasks ends by itself; an instance that lost one does not work any more."""
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._house.witness.violated(Invariant.NO_UNEXPECTED, f"{self.name}: {error!r}")

    async def _consume(self) -> None:
        while True:
            records = await self.member.poll()
            if records:
                await self.worker.take(records)
            self.member.has_records_in_hand = False

    @property
    def is_idle(self) -> bool:
        """Whether it has been given all records of its partitions, and is done with them."""
        return self.member.is_at_end and not self.member.has_records_in_hand

    def monotonic(self) -> float:
        """Stands still while the process is paused: nothing in it runs to see it move."""
        now = asyncio.get_running_loop().time()
        return now if self._paused_at is None else self._paused_at

    async def awake(self) -> None:
        """Returns when the process runs; never after a crash."""
        await self._running.wait()

    @property
    def was_paused_too_long(self) -> bool:
        """Whether it was, since its present turn began, for longer than its pulse allows."""
        since, seconds = self._longest_pause
        return since > self.ownership.began_at and seconds > PULSE_LIMIT_SECONDS

    def speaks_unread(self, partition: int) -> bool:
        """Whether it may speak though more is waiting: never where it waits for all."""
        if self._house.patience_seconds >= PATIENT_SECONDS:
            return False
        return self.worker.progress.read_until(partition) == self.clock.now()

    async def pause(self, seconds: float) -> None:
        """Stop the process for a while; it is not told, nor is anybody else."""
        self._paused_at = asyncio.get_running_loop().time()
        self._running.clear()
        self._house.network.tell(self.name, f"is paused for {seconds:.1f} s")
        self._house.network.spawn(self._house.group.expire(self.member))
        await asyncio.sleep(seconds)
        if self.alive:
            self._longest_pause = (self._paused_at, seconds)
            self._paused_at = None
            self._running.set()
            self._house.network.tell(self.name, "wakes up")

    @property
    def is_paused(self) -> bool:
        """Whether it is stopped for a while."""
        return self._paused_at is not None

    def crash(self) -> None:
        """The process ends here, whatever it is doing; the group finds out later."""
        if not self.alive:
            return
        self.alive = False
        self._house.network.tell(self.name, "crashes")
        self._running.clear()
        self._end()
        self._house.network.spawn(self._house.group.expire(self.member))

    async def stop(self) -> None:
        """Stop as `Runtime.stop` does: drain, then end, then leave the group."""
        await self.ownership.revoke()
        self._house.network.tell(self.name, "stops")
        self.alive = False
        self._end()
        self._house.group.leave(self.member)

    def _end(self) -> None:
        for task in self._tasks:
            task.cancel()
