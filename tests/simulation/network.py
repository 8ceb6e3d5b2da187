"""Every I/O step of every process: how long it takes, and what becomes of it.

A server acts on a request whatever has meanwhile become of who sent it: a process that
crashed, or was told of a failure, may still see its write land.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from enum import Enum
from random import Random
from typing import Any, Generic, NoReturn, Protocol, TypeVar

T = TypeVar("T")
Effect = Callable[[], Awaitable[T]]

QUICK_SECONDS = 0.2
SLOW_SECONDS = 4.0
"""Short of the session timeout: a reply as slow as this is no failure yet."""
LATE_SECONDS = 10.0
"""How long after its sender was told of a failure a request may still land."""


class Fate(Enum):
    """What becomes of one I/O step."""

    DONE = "done"
    NEVER_ARRIVED = "never arrived"
    REPLY_LOST = "done, reply lost"
    LANDS_LATER = "told it failed, lands later"
    TORN = "a part done, reply lost"
    RIVAL = "done, after a rival's write"
    REFUSED = "refused for good"
    CRASH_BEFORE = "sender crashes, never arrives"
    CRASH_AFTER = "sender crashes, arrives"


@dataclass(frozen=True, slots=True)
class Request(Generic[T]):
    """One I/O step. `torn`, `rival` and `refused` are there where such a thing can happen."""

    what: str
    effect: Effect[T]
    failure: Callable[[], Exception]
    server: str
    torn: Effect[object] | None = None
    rival: Effect[object] | None = None
    refused: Effect[T] | None = None

    def can(self, fate: Fate) -> bool:
        """Whether this may become of it."""
        match fate:
            case Fate.TORN:
                return self.torn is not None
            case Fate.RIVAL:
                return self.rival is not None
            case Fate.REFUSED:
                return self.refused is not None
            case _:
                return True


@dataclass(slots=True)
class Weather:
    """How often what goes wrong; each seed has a climate of its own."""

    rates: dict[Fate, float]
    slow: float
    quick_seconds: float = QUICK_SECONDS
    away_until: dict[str, float] = field(default_factory=dict)
    """Server -> when it answers again, in seconds of the loop."""

    def clear(self) -> None:
        """From now on nothing goes wrong."""
        self.rates, self.slow = {}, 0.0
        self.away_until.clear()


CRASHES = (Fate.CRASH_BEFORE, Fate.CRASH_AFTER)


def weather(random: Random) -> Weather:
    """A climate: some kinds of faults, rare or frequent, and none of the others."""
    rates: dict[Fate, float] = {}
    for fate in Fate:
        if fate is Fate.DONE or random.random() < 0.4:
            continue
        rates[fate] = random.choice((0.01, 0.03, 0.1)) / (5 if fate in CRASHES else 1)
    return Weather(rates, slow=random.choice((0.0, 0.02, 0.1)))


class Sender(Protocol):
    """What the network knows of a process."""

    name: str

    async def awake(self) -> None:
        """Returns when the process runs; never for one that has crashed."""
        ...

    def crash(self) -> None:
        """The process ends here."""
        ...


class Network:
    """Carries requests to the servers, and their replies back."""

    def __init__(self, random: Random, climate: Weather) -> None:
        self.weather = climate
        self.fates: Counter[Fate] = Counter()
        self.trace: list[str] = []
        self._random = random
        self._under_way: set[asyncio.Task[object]] = set()
        self._late = 0

    @property
    def landed(self) -> bool:
        """Whether nothing is under way whose sender gave it up."""
        return self._late == 0

    def tell(self, who: str, what: str) -> None:
        """One line of the trace."""
        now = asyncio.get_running_loop().time()
        self.trace.append(f"{now:9.3f}  {who:<5}  {what}")

    def spawn(self, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        """Run something that belongs to no process, and so survives its crash."""
        task: asyncio.Task[Any] = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task

    async def call(self, sender: Sender, request: Request[T]) -> T:
        """Carry out a request, or what its fate makes of it."""
        await sender.awake()
        fate = self._fate(request)
        self.tell(sender.name, request.what + ("" if fate is Fate.DONE else f"  *{fate.value}*"))
        if fate in CRASHES:
            if fate is Fate.CRASH_AFTER:
                self.spawn(self._land(request, self._latency()))
            sender.crash()
            await _for_ever()
        serving = self._serve(request, fate)
        outcome = await asyncio.shield(self.spawn(serving))
        await sender.awake()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def _fate(self, request: Request[T]) -> Fate:
        now = asyncio.get_running_loop().time()
        fate = Fate.DONE
        if self.weather.away_until.get(request.server, 0.0) > now:
            fate = Fate.NEVER_ARRIVED
        elif self.weather.rates:
            draw = self._random.random()
            for candidate, rate in self.weather.rates.items():
                draw -= rate
                if draw < 0:
                    fate = candidate if request.can(candidate) else Fate.DONE
                    break
        self.fates[fate] += 1
        return fate

    async def _serve(self, request: Request[T], fate: Fate) -> T | Exception:
        await asyncio.sleep(self._latency())
        outcome: T | Exception = request.failure()
        match fate:
            case Fate.NEVER_ARRIVED:
                return outcome
            case Fate.LANDS_LATER:
                self.spawn(self._land(request, self._random.uniform(0.0, LATE_SECONDS)))
                return outcome
            case Fate.REPLY_LOST:
                await _outcome(request.effect)
            case Fate.TORN if request.torn is not None:
                await _outcome(request.torn)
            case Fate.REFUSED if request.refused is not None:
                outcome = await _outcome(request.refused)
            case Fate.RIVAL if request.rival is not None:
                await _outcome(request.rival)
                outcome = await _outcome(request.effect)
            case _:
                outcome = await _outcome(request.effect)
        return outcome

    async def _land(self, request: Request[T], after_seconds: float) -> None:
        self._late += 1
        await asyncio.sleep(after_seconds)
        self.tell("", f"lands: {request.what}")
        await _outcome(request.effect)
        self._late -= 1

    def _latency(self) -> float:
        if self.weather.slow and self._random.random() < self.weather.slow:
            return self._random.uniform(QUICK_SECONDS, SLOW_SECONDS)
        return self._random.random() ** 3 * self.weather.quick_seconds


async def _outcome(effect: Effect[T]) -> T | Exception:
    try:
        return await effect()
    except Exception as error:  # the server's answer, whatever it is
        return error


async def _for_ever() -> NoReturn:
    await asyncio.get_running_loop().create_future()
    raise AssertionError("nobody waits for ever")
