"""One seed from start to end: a storm in which things go wrong, then calm, then judgement."""

import asyncio
import random as global_random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any, TypeAlias

from shared.decider.decision import Announced, Decision
from shared.runtime.aggregate import PolicyMark
from shared.runtime.reload import reload_policy
from shared.testing.summaries import MemorySummaries
from tests.simulation.broker import Broker, Group
from tests.simulation.database import Database
from tests.simulation.hindsight import Hindsight
from tests.simulation.instance import PATIENT_SECONDS, House, Instance
from tests.simulation.lists import judge_lists, not_summarized
from tests.simulation.logs import logs_to
from tests.simulation.loop import RunningClock, run
from tests.simulation.network import Network, weather
from tests.simulation.witness import PARTITIONS, Invariant, Violation, Witness
from tests.simulation.world import START, STORM_SECONDS, Stage, World
from tests.simulation.worlds import WORLDS

PATIENCES_SECONDS = (PATIENT_SECONDS, PATIENT_SECONDS, PATIENT_SECONDS, 8.0)
MOST_MISHAPS = 8
TICK_SECONDS = 1.0
CALM_WITHIN_SECONDS = 300.0
MOST_INSTANCES = 3
AT_ONCE_SECONDS = 0.002
RETRY = timedelta(minutes=6)
"""Longer than an aggregate that was set aside waits for another try."""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a seed."""

    world: str
    seed: int
    violations: list[Violation]
    trace: list[str]
    happened: Counter[str]

    @property
    def reproduction(self) -> str:
        """How to see it again."""
        return f"python -m tests.simulation --world {self.world} --seed {self.seed} -v"


def simulate(seed: int, *, world: str = "toy", audited: bool = False) -> Report:
    """Run one seed of a world. The same seed gives the same trace.

    `audited`: nothing is judged before the audit went through all that is open, which takes
    some hundred replies.
    """
    state = global_random.getstate()
    global_random.seed(seed)  # the jitter of the runtime's own backoff
    try:
        return run(_play(seed, WORLDS[world](), audited))
    finally:
        global_random.setstate(state)


async def _play(seed: int, world: World, audited: bool) -> Report:
    story = Story(Random(seed), world, audited=audited)
    with logs_to(partial(story.network.tell, "log"), story.unexpected):
        await story.play()
    fates = {fate.value: count for fate, count in story.network.fates.items()}
    happened = story.happened + Counter(fates) + story.witness.said
    return Report(world.name, seed, story.witness.violations, story.network.trace, happened)


class Story:
    """The course of one seed."""

    def __init__(self, random: Random, world: World, *, audited: bool) -> None:
        self.random = random
        self._world = world
        self._audited = audited
        self.happened: Counter[str] = Counter()
        self.network = Network(random, weather(random))
        self.witness = Witness(world.decider, world.announces)
        hindsight = Hindsight(world.decider, self.witness, world)
        broker = Broker(self.witness, world.topics)
        self._house = House(
            random=random,
            network=self.network,
            witness=self.witness,
            hindsight=hindsight,
            broker=broker,
            group=Group(broker, self.network, self.witness, hindsight),
            database=Database(self.witness),
            summaries=MemorySummaries(),
            dealer=world.dealer,
            patience_seconds=random.choice(PATIENCES_SECONDS),
        )
        self._clock = RunningClock(START)
        self._decide_raises = False
        self._nobody_until = 0.0
        self._instances: list[Instance] = []
        self._started = 0
        self._reloading = 0
        self._audits_begun: dict[str, int] = {}
        self._decider = replace(world.decider, decide=self._decide)

    async def play(self) -> None:
        """Storm, calm, the end of all deadlines, calm, judgement."""
        self.network.spawn(self._house.group.run())
        stage = Stage(self.random, self.network, self._house.broker, self.witness, self._clock)
        self.network.spawn(self._world.produce(stage))
        for _ in range(self.random.randint(1, 2)):
            self._start()
        await self._storm()
        await self._clear_up()
        for moment in self._judged_at():
            if not await self._comes_to_rest():
                return
            self._advance(moment - self._clock.now())
            if await self._comes_to_rest():
                await self._judge()

    def _judged_at(self) -> Iterator[datetime]:
        """The moments at which all is looked at that still lie ahead."""
        *before, last = self._world.judged_at
        yield from (moment for moment in before if moment > self._clock.now())
        yield last

    async def _judge(self) -> None:
        now = self._clock.now()
        self.witness.nothing_is_missing()
        self._world.judge(self.witness, self._decider.policy, now)
        await judge_lists(self._house.summaries, self._decider, self.witness, now)

    def unexpected(self, error: str) -> None:
        """The service's own code ran into an error that it does not foresee."""
        self.witness.violated(Invariant.NO_UNEXPECTED, error)

    def _decide(self, facts: Any, announced: Announced, policy: Any, now: datetime) -> Decision:
        if self._decide_raises and len(facts.versions()) % 2:
            raise RuntimeError("a bad deploy")
        return self._world.decider.decide(facts, announced, policy, now)

    async def _storm(self) -> None:
        all_kinds = (*self.MISHAPS, Story.rewind) if self._world.rewinds else self.MISHAPS
        mishaps = self.random.sample(all_kinds, self.random.randint(2, len(all_kinds)))
        for _ in range(self.random.randint(0, MOST_MISHAPS)):
            after = self.random.uniform(0, STORM_SECONDS)
            self.network.spawn(self._later(after, self.random.choice(mishaps)))
        self.network.spawn(self._keep_one_running())
        await self._until_broken(STORM_SECONDS)

    async def _later(self, seconds: float, mishap: "Mishap") -> None:
        await asyncio.sleep(seconds)
        self.happened[mishap.__name__] += 1
        await mishap(self)

    async def _until_broken(self, seconds: float) -> None:
        end = asyncio.get_running_loop().time() + seconds
        while (  # noqa: ASYNC110 # looking once a virtual second is cheap and simple
            asyncio.get_running_loop().time() < end and not self.witness.violations
        ):
            await asyncio.sleep(TICK_SECONDS)

    async def _keep_one_running(self) -> None:
        while True:
            if not self._alive() and not self._is_outage:
                self._start()
            await asyncio.sleep(self.random.uniform(1, 10))

    @property
    def _is_outage(self) -> bool:
        return asyncio.get_running_loop().time() < self._nobody_until

    def _start(self) -> None:
        if self._is_outage:
            return
        self._started += 1
        name, decider = f"{self._started}", replace(self._decider)
        instance = Instance(name, self._house, decider, self._clock.now())
        self._instances.append(instance)
        instance.start()

    def _alive(self) -> list[Instance]:
        return [instance for instance in self._instances if instance.alive]

    def _running(self) -> list[Instance]:
        return [instance for instance in self._alive() if not instance.is_paused]

    def _advance(self, by: timedelta) -> None:
        self.network.tell("clock", f"moves by {by}")
        for clock in [self._clock, *(instance.clock for instance in self._instances)]:
            clock.advance(by)

    async def jump_forward(self) -> None:
        longest = self.random.choice((60, 3600, 6 * 3600, 24 * 3600))
        self._advance(timedelta(seconds=self.random.uniform(0, longest)))

    async def jump_back(self) -> None:
        self._advance(-timedelta(seconds=self.random.uniform(0, self.random.choice((1, 60)))))

    async def pause(self) -> None:
        if running := self._running():
            await self.random.choice(running).pause(self.random.uniform(1, 25))

    async def crash(self) -> None:
        if alive := self._alive():
            self.random.choice(alive).crash()
            self._start()

    async def outage(self) -> None:
        """Nobody runs for a while, and what is reported waits on the topics."""
        seconds = self.random.uniform(2, 15)
        self.network.tell("", f"nobody runs for {seconds:.1f} s")
        self._nobody_until = asyncio.get_running_loop().time() + seconds
        for instance in self._alive():
            instance.crash()

    async def rewind(self) -> None:
        """All that was read is read again, from anywhere on: while nobody runs, as Kafka wants."""
        await self.outage()
        self._house.broker.rewind(self.random)

    async def replace_one(self) -> None:
        if running := self._running():
            await self._renew(self.random.choice(running))

    async def join(self) -> None:
        if len(self._alive()) < MOST_INSTANCES:
            self._start()

    async def broker_goes_away(self) -> None:
        self._away("broker")

    async def database_goes_away(self) -> None:
        self._away("database")

    def _away(self, server: str) -> None:
        seconds = self.random.uniform(1, 12)
        self.network.tell(server, f"is away for {seconds:.1f} s")
        now = asyncio.get_running_loop().time()
        self.network.weather.away_until[server] = now + seconds

    async def decide_breaks(self) -> None:
        self._decide_raises = True
        await asyncio.sleep(self.random.uniform(1, 12))
        self._decide_raises = False

    async def deploy(self) -> None:
        """Another policy, process after process."""
        self._decider = replace(self._decider, policy=self._world.deployed)
        self.network.tell("", "a deploy begins")
        for instance in self._running():
            await asyncio.sleep(self.random.uniform(0, 10))
            await self._renew(instance)

    async def reload(self) -> None:
        """Another policy while they run, process after process."""
        self._decider = replace(self._decider, policy=self._world.reloaded)
        self.network.tell("", "another policy is published")
        for instance in self._alive():
            self.network.spawn(self._reload(instance))
            await asyncio.sleep(self.random.uniform(0, 2))

    async def _reload(self, instance: Instance) -> None:
        """Once its turn in hand is over."""
        self._reloading += 1
        await reload_policy(instance.decider, self._world.reloaded, instance.ownership)
        self._reloading -= 1

    async def _renew(self, instance: Instance) -> None:
        """Another process in the place of one: before it stops, or after."""
        if not instance.alive or instance.is_paused:
            return
        first = self.random.random() < 0.5
        if first:
            self._start()
            await asyncio.sleep(self.random.uniform(0, 5))
        if instance in self._running():
            await instance.stop()
        if not first:
            self._start()

    async def _clear_up(self) -> None:
        self.network.tell("", "the storm is over")
        self.network.weather.clear()
        self._decide_raises = False
        while any(one.is_paused for one in self._alive()):  # noqa: ASYNC110 # as above
            await asyncio.sleep(TICK_SECONDS)
        while self._reloading:  # noqa: ASYNC110 # as above
            await asyncio.sleep(TICK_SECONDS)
        for instance in self._alive():
            if instance.decider.policy != self._decider.policy:
                await self._renew(instance)
        self._audits_begun = {one.name: one.store.audits_begun for one in self._alive()}
        if self._audited:
            self.network.weather.quick_seconds = AT_ONCE_SECONDS

    async def _comes_to_rest(self) -> bool:
        """Wait until there is nothing left to do; False where something is broken."""
        end = asyncio.get_running_loop().time() + CALM_WITHIN_SECONDS
        while not self.witness.violations:
            trouble = await self._restless() or self._not_audited()
            if trouble is None:
                return True
            if asyncio.get_running_loop().time() > end:
                self.witness.violated(Invariant.COMES_TO_REST, trouble)
            if trouble == "something is parked":
                self._advance(RETRY)
            await asyncio.sleep(TICK_SECONDS)
        return False

    async def _restless(self) -> str | None:
        """What is still to be done, or None."""
        house, alive = self._house, self._alive()
        owned = {partition for instance in alive for partition in instance.gained_at}
        everywhere = range(PARTITIONS)
        if not self._world.is_quiet:
            return "something is still to be reported"
        if not self.network.landed or not house.group.is_settled:
            return "something is under way"
        if owned != set(everywhere):
            return "a partition has no owner"
        if not all(instance.is_idle for instance in alive):
            return "records are waiting"
        if found := await house.database.intents(everywhere):
            return f"an intent is left: {found[0].id}"
        if await house.database.due(
            dict.fromkeys(everywhere, self._clock.now() - timedelta(seconds=2)), limit=1
        ):
            return "something is due"
        if await self._a_policy_is_being_applied():
            return "a policy is being applied"
        if any(aggregate.parked for aggregate in self.witness.stored.values()):
            return "something is parked"
        return await not_summarized(house.summaries, self._decider)

    def _not_audited(self) -> str | None:
        """A pass since the storm lies between its beginning and that of the next."""
        owners = [one for one in self._alive() if one.gained_at] if self._audited else []
        done = all(
            one.store.audits_begun > self._audits_begun.get(one.name, 0) + 1 for one in owners
        )
        return None if done else "an audit is under way"

    async def _a_policy_is_being_applied(self) -> bool:
        policy = self._decider.policy
        done = PolicyMark(policy.version, complete=True)
        applied = await self._house.database.policy_marks(range(PARTITIONS))
        return any(
            aggregate.policy_version != policy.version_for(aggregate.dealer_id)
            and applied.get(aggregate.partition) != done
            for aggregate in self.witness.stored.values()
        )

    MISHAPS = (
        jump_forward,
        jump_back,
        pause,
        crash,
        outage,
        replace_one,
        join,
        broker_goes_away,
        database_goes_away,
        decide_breaks,
        deploy,
        reload,
    )


Mishap: TypeAlias = Callable[[Story], Awaitable[None]]
