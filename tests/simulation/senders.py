"""Intake as processes of the simulation, and the dealers who report to them until they answer."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from random import Random
from typing import Any, cast

from services.intake.adapters.register import Register
from services.intake.receive import Intake
from shared.contracts.envelope import from_headers
from shared.contracts.http.intake import Item
from shared.contracts.values import instant_text
from shared.platform.errors import TransientFailure
from shared.platform.publisher import Record
from tests.services.intake.given import DEALERS
from tests.services.intake.memory_register import MemoryRegister
from tests.simulation.broker import Broker
from tests.simulation.network import Network, Request
from tests.simulation.reports import Data, Reported
from tests.simulation.witness import Invariant
from tests.simulation.world import Stage

PROCESSES = 2
REPLY_WITHIN_SECONDS = 20.0
MOST_IN_A_BATCH = 5
PAUSE_SECONDS = 1.0
"""So long at most one record comes after another that was sent with it."""


class IntakeProcess:
    """One process of intake."""

    def __init__(self, name: str, stage: Stage, register: MemoryRegister) -> None:
        self.name = name
        self.alive = True
        self._stage = stage
        self._register = cast("Register", NetworkRegister(register, stage, self))
        self._running = asyncio.Event()
        self._running.set()

    async def awake(self) -> None:
        """Returns while the process runs; never after a crash."""
        await self._running.wait()

    def crash(self) -> None:
        """The process ends here, with all that it has in hand."""
        self.alive = False
        self._stage.network.tell(self.name, "crashes")
        self._running.clear()

    async def receive(self, raws: Sequence[Data]) -> list[Item]:
        """As `Intake` promises."""
        now = asyncio.get_running_loop().time()
        intake = Intake(
            register=self._register,
            publisher=IntakePublisher(self._stage, self, reported_at=now),
            clock=self._stage.clock,
            dealers=DEALERS,
        )
        return await intake.receive(raws)


class NetworkRegister:
    """A process's connection to the register: whatever that can be asked goes over the network."""

    def __init__(self, register: MemoryRegister, stage: Stage, process: IntakeProcess) -> None:
        self._register = register
        self._stage = stage
        self._process = process

    def __getattr__(self, name: str) -> Callable[..., Any]:
        async def call(*arguments: Any, **named: Any) -> Any:
            effect = partial(getattr(self._register, name), *arguments, **named)
            torn = None
            if name == "save":
                part = [row for row in arguments[0] if self._stage.random.random() < 0.5]
                torn = partial(self._register.save, part)
            request = Request(f"register: {name}", effect, _away, "database", torn=torn)
            return await self._stage.network.call(self._process, request)

        return call


class IntakePublisher:
    """A process's producer. What has one key arrives in the order in which it was sent."""

    def __init__(self, stage: Stage, process: IntakeProcess, *, reported_at: float) -> None:
        self._stage = stage
        self._process = process
        self._reported_at = reported_at

    async def publish(self, records: Sequence[Record]) -> None:
        random: Random = self._stage.random
        pauses = [random.random() ** 4 * PAUSE_SECONDS for _ in records]
        part = records[: random.randint(0, len(records))]
        named = " ".join(f"{_kind(record)}({(record.key or b'').decode()})" for record in records)
        request = Request(
            f"publish {named}",
            partial(self._arrive, records, pauses),
            _no_acknowledgement,
            "broker",
            torn=partial(self._arrive, part, pauses),
        )
        await self._stage.network.call(self._process, request)

    async def _arrive(self, records: Sequence[Record], pauses: Sequence[float]) -> None:
        broker: Broker = self._stage.broker
        for record, pause in zip(records, pauses, strict=False):
            await asyncio.sleep(pause)
            broker.receive(record, reported_at=self._reported_at)


class Senders:
    """The dealers' systems: each batch is sent until it was answered."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._network: Network = stage.network
        self._register = MemoryRegister()
        self._processes: list[IntakeProcess] = []
        self._started = 0
        self._sending = 0
        self._attempts: set[tuple[IntakeProcess, asyncio.Task[list[Item]]]] = set()
        self.accepted_at: dict[Reported, float] = {}
        """What was accepted, and when that was first answered."""

    @property
    def is_done(self) -> bool:
        """Whether all is answered, and nobody works on anything."""
        under_way = any(process.alive and not task.done() for process, task in self._attempts)
        return self._sending == 0 and not under_way

    def send(self, batch: Sequence[Reported]) -> None:
        """Have a batch sent, from now on."""
        self._sending += 1
        self._network.spawn(self._send(batch))

    async def _send(self, batch: Sequence[Reported]) -> None:
        raws = [_event(one, self._stage) for one in batch]
        while True:
            process = self._process()
            attempt = self._network.spawn(process.receive(raws))
            attempt.add_done_callback(_seen)
            self._attempts.add((process, attempt))
            await asyncio.wait([attempt], timeout=REPLY_WITHIN_SECONDS)
            if attempt.done() and process.alive:
                error = attempt.exception()
                if error is None:
                    self._answered(batch, attempt.result())
                    return
                if not isinstance(error, TransientFailure):
                    self._unexpected(repr(error))
                    return
            await asyncio.sleep(self._stage.random.uniform(0.5, 4))

    def _process(self) -> IntakeProcess:
        """One of those that run; a crashed one is started anew."""
        self._processes = [process for process in self._processes if process.alive]
        while len(self._processes) < PROCESSES:
            self._started += 1
            self._processes.append(IntakeProcess(f"in{self._started}", self._stage, self._register))
        return self._stage.random.choice(self._processes)

    def _answered(self, batch: Sequence[Reported], items: Sequence[Item]) -> None:
        now = asyncio.get_running_loop().time()
        for one, item in zip(batch, items, strict=True):
            if item.outcome == "rejected":
                self._unexpected(f"{one.document} was rejected: {item.problem}")
            self.accepted_at.setdefault(one, now)
        self._network.tell("", f"answered: {' '.join('/'.join(one.document) for one in batch)}")
        self._sending -= 1

    def _unexpected(self, what: str) -> None:
        self._stage.witness.violated(Invariant.NO_UNEXPECTED, f"intake: {what}")


def _seen(attempt: "asyncio.Task[list[Item]]") -> None:
    """Nobody may wait any more for what it came to."""
    if not attempt.cancelled():
        attempt.exception()


def _event(one: Reported, stage: Stage) -> Data:
    fields = {
        name: instant_text(value) if hasattr(value, "tzinfo") else value
        for name, value in one.sent(stage.clock.now()).items()
    }
    document = "/".join(one.document)
    return {
        "id": f"{one.noun} {document} {one.revision}",
        "source": "/dms",
        "specversion": "1.0",
        "type": f"dev.aftercare.{one.noun}.reported.v1",
        "data": {name: value for name, value in fields.items() if value is not None},
    }


def _kind(record: Record) -> str:
    noun, verb = from_headers(record.headers)["type"].split(".")[2:4]
    return f"{noun}.{verb}"


def _away() -> TransientFailure:
    return TransientFailure("database: no reply")


def _no_acknowledgement() -> TransientFailure:
    return TransientFailure("broker: no acknowledgement in time")
