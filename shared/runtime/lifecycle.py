"""A service from start to stop: connect, consume, sweep, tell how it is, drain.

Database and broker may come later than the service and go away meanwhile; it waits and says
so on `/health/ready`.
"""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Generic, TypeVar

import structlog
from aiokafka.errors import KafkaError
from fastapi import FastAPI

from shared.contracts.topics import DEAD_LETTERS
from shared.decider.decider import Decider, Facts
from shared.decider.policy import Policy
from shared.platform import http, metrics
from shared.platform.backoff import Backoff
from shared.platform.errors import TransientFailure
from shared.platform.front_door import connecting_doorman
from shared.platform.kafka import group_of, partition_counts
from shared.platform.kafka_words import in_words
from shared.platform.keys import DATABASE as ACCESS
from shared.platform.logs import configure_logging
from shared.platform.mongo import Database, Mongo
from shared.platform.publisher import connecting_publisher
from shared.platform.rights import require_rights, to_work
from shared.platform.usable import require_usable
from shared.policies.shadow import DIFFERING
from shared.policies.trial import Trial
from shared.runtime.census import Census, Counting
from shared.runtime.counted import begin_service
from shared.runtime.endpoints import Answering, Routes, endpoints
from shared.runtime.health import consumer_troubles
from shared.runtime.mongo_store import MongoStore
from shared.runtime.mongo_summaries import MongoSummaries
from shared.runtime.ownership import Ownership, Pulse
from shared.runtime.ports import Ports
from shared.runtime.reload import PolicyWatch, keep_policy_current, reload_policy
from shared.runtime.shadows import shadow_gauges
from shared.runtime.snapshots import StoreReader
from shared.runtime.subscribe import KafkaSubscription, subscribe
from shared.runtime.worker import Worker
from shared.settings import ServiceSettings, starting
from shared.time.clock import SystemClock
from shared.yaml_file import WrongFile

F = TypeVar("F", bound=Facts)
P = TypeVar("P", bound=Policy)

WATCH_EVERY_SECONDS = 5.0
POLICY_WATCH_SECONDS = 2.0
RIGHTS_EVERY_SECONDS = 15.0

log = structlog.get_logger()


class Runtime(Generic[F, P]):
    """One instance of a service. Make it inside the running event loop.

    `watch` and `census` as `serve` says.
    """

    def __init__(
        self,
        decider: Decider[F, P],
        settings: ServiceSettings,
        *,
        watch: PolicyWatch[P] | None = None,
        census: Census | None = None,
    ) -> None:
        self._decider = decider
        self._settings = settings
        self._watch_policy = watch
        self._census = census
        self.clock = settings.clock.clock()
        self._mongo = Mongo(settings.mongo, decider.name)
        self.store = MongoStore(self._mongo.database, listed=decider.listed)
        self.dealers = settings.dealers()
        self.partitions = settings.kafka.partitions
        """Of the topics that it reads; what the broker says, once it is asked."""
        self._summaries: MongoSummaries | None = None
        if decider.summaries is not None:
            self._summaries = MongoSummaries(self._mongo.database, decider.summaries.lists)
        self.reader = StoreReader(
            decider,
            self.store,
            self.clock,
            self.dealers,
            summaries=self._summaries,
            partitions=lambda: self.partitions,
        )
        self._publisher = connecting_publisher(settings.kafka)
        self._pulse = Pulse(limit_seconds=settings.kafka.session_timeout_seconds / 2)
        self._ownership = Ownership(self._pulse)
        self._subscription = KafkaSubscription(lambda: self._subscriber.consumer, self.clock)
        ports = Ports(
            store=self.store,
            publisher=self._publisher,
            subscription=self._subscription,
            ownership=self._ownership,
            clock=self.clock,
            summaries=self._summaries,
        )
        self._worker = Worker(
            decider,
            ports,
            settings.runtime,
            dealers=sorted(each.id for each in self.dealers.all()) if decider.listed else (),
            give_up=self._give_up,
        )
        self._broker, self._subscriber = subscribe(
            settings=settings.kafka,
            service=decider.name,
            topics=[topic.name for topic in decider.topics],
            batch_records=settings.runtime.batch_records,
            ownership=self._ownership,
            subscription=self._subscription,
            take=self._worker.take,
            graceful_stop_seconds=settings.runtime.graceful_stop_seconds,
        )
        begin_service(
            decider.name,
            topics=[topic.name for topic in decider.topics],
            types=decider.writing,
        )
        self._waiting_for: str | None = "the start"
        self.gave_up_because: str | None = None
        self._denied: list[str] = []
        """The rights that were taken back, in words for the operator."""
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def has_batch_in_hand(self) -> bool:
        """Whether a batch was taken and is not finished."""
        return self._worker.consumer.batch_began_at is not None

    @property
    def is_at_rest(self) -> bool:
        """Whether all that was taken in has been decided."""
        return self._worker.is_at_rest

    def database_of_keys(self) -> Database:
        """Where the keys are of those who may ask."""
        return self._mongo.beside(ACCESS)

    async def start(self) -> None:
        """Begin to connect; returns at once."""
        self._publisher.start()
        self._tasks = [
            asyncio.create_task(self._run(), name="run"),
            asyncio.create_task(self._pulse.beat(), name="pulse"),
            asyncio.create_task(self._watch(), name="watch"),
        ]
        if self._watch_policy is not None:
            keeping = keep_policy_current(
                self._watch_policy,
                self._decider,
                self._ownership,
                self.clock,
                every_seconds=POLICY_WATCH_SECONDS,
            )
            self._tasks.append(asyncio.create_task(keeping, name="policy"))
        for task in self._tasks:
            task.add_done_callback(self._ended)

    async def stop(self) -> None:
        """Finish the turn in hand, give up the partitions, disconnect."""
        await self._ownership.revoke()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._broker.stop()
        await self._publisher.stop()
        await self._mongo.close()

    async def reload_policy(self, policy: P) -> None:
        """Follow another policy from the next turn on; as `reload.reload_policy` promises."""
        await reload_policy(self._decider, policy, self._ownership)

    async def troubles(self) -> list[str]:
        """What keeps this instance from working; nothing: it is ready."""
        if self.gave_up_because is not None:
            return [self.gave_up_because]
        if self._waiting_for is not None:
            return [f"waiting for {self._waiting_for}"]
        found = consumer_troubles(
            self._subscriber.consumer,
            self._subscriber.tasks,
            gained_at=self._ownership.gained_at,
            batch_began_at=self._worker.consumer.batch_began_at,
            failures_in_a_row=self._worker.consumer.failures_in_a_row,
            failed_because=self._worker.consumer.failed_because,
            now=SystemClock().now(),
        )
        if self._publisher.trouble is not None:
            found.append(self._publisher.trouble)
        found += self._denied
        try:
            await self._mongo.ping()
        except TransientFailure as failure:
            found.append(str(failure))
        return found

    async def _run(self) -> None:
        await self._until("the database", self._prepare)
        await self._until("the broker's topics", self._check_topics)
        await self._until("the broker", self._broker.start)
        self._waiting_for = None
        self._begin_counting()
        if self._settings.kafka.security_protocol != "PLAINTEXT":
            self._add_task(self._watch_rights(), name="rights")
        log.info("consuming", topics=[topic.name for topic in self._decider.topics])
        await asyncio.gather(self._worker.keep_sweeping(), self._worker.keep_summarizing())

    async def _prepare(self) -> None:
        await self.store.prepare()
        if self._summaries is not None:
            await self._summaries.prepare()

    def _begin_counting(self) -> None:
        more = None
        if self._decider.summaries is not None and DIFFERING in self._decider.summaries.lists:
            more = shadow_gauges(self._decider.name, self.reader)
        if self._census is None and more is None:
            return
        counting = Counting(
            self._census,
            service=self._decider.name,
            store=self.store,
            dealers=self.dealers.all(),
            ownership=self._ownership,
            clock=self.clock,
            more=more,
            totals=None if self._decider.summaries is None else self.reader.totals,
        ).run(every_seconds=self._settings.runtime.count_every_seconds)
        self._add_task(counting, name="census")

    def _add_task(self, work: Coroutine[Any, Any, None], *, name: str) -> None:
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(self._ended)
        self._tasks.append(task)

    async def _until(self, what: str, step: Callable[[], Awaitable[None]]) -> None:
        backoff = Backoff()
        self._waiting_for = what
        while True:
            try:
                await step()
            except (TransientFailure, KafkaError, OSError) as error:  # a TimeoutError is one
                why = str(error)
                if not isinstance(error, TransientFailure):
                    why = await in_words(self._settings.kafka, error)
                self._waiting_for = f"{what} ({why})"
                log.warning("waiting", what=what, because=why)
                await backoff.wait()
            else:
                return

    async def _check_topics(self) -> None:
        """All topics must exist, and we may read or write them; those that are read have the same
        number of partitions."""
        reads, writes = self._reads(), self._writes()
        names = sorted(reads | writes)
        await self._require_rights()
        counts = await partition_counts(self._settings.kafka, names)
        missing = sorted(set(names) - counts.keys())
        if missing:
            raise TransientFailure(
                f"missing: {', '.join(missing)}; 'aftercare topics --create' makes them"
            )
        if len({counts[name] for name in reads}) > 1:
            raise TransientFailure(f"their numbers of partitions differ: {counts}")
        self.partitions = max(counts[name] for name in reads)

    def _reads(self) -> set[str]:
        return {topic.name for topic in self._decider.topics}

    def _writes(self) -> set[str]:
        return {contract.TOPIC.name for contract in self._decider.writes} | {DEAD_LETTERS.name}

    async def _require_rights(self) -> None:
        service = self._decider.name
        rights = to_work(reads=self._reads(), writes=self._writes(), group=group_of(service))
        await require_rights(self._settings.kafka, service, rights)

    async def _watch_rights(self) -> None:
        """A topic that may not be read any more is passed over in silence by the consumer."""
        while True:
            await asyncio.sleep(RIGHTS_EVERY_SECONDS)
            try:
                await self._require_rights()
            except TransientFailure as failure:
                self._denied = [str(failure)]
            except (KafkaError, OSError, WrongFile):
                continue  # what keeps us from the brokers is told already
            else:
                self._denied = []

    async def _watch(self) -> None:
        """Keep the gauges of ownership and lag current."""
        name = self._decider.name
        while True:
            metrics.partitions_owned.labels(name).set(len(self._ownership.partitions))
            with contextlib.suppress(KafkaError, TimeoutError):
                metrics.consumer_lag.labels(name).set(await self._lag())
            await asyncio.sleep(WATCH_EVERY_SECONDS)

    async def _lag(self) -> int:
        consumer = self._subscriber.consumer
        lag = 0
        for partition in self._subscription.assignment():
            highwater = consumer.highwater(partition) if consumer is not None else None
            if consumer is not None and highwater is not None:
                async with asyncio.timeout(1):
                    position = await consumer.position(partition)
                lag += max(0, highwater - position)
        return lag

    def _ended(self, task: asyncio.Task[None]) -> None:
        """None of the tasks ends by itself; a service that lost one must not linger."""
        error = None if task.cancelled() else task.exception()
        if error is not None:
            log.error("task failed", task=task.get_name(), exc_info=error)
            self._give_up(f"its task '{task.get_name()}' failed with {type(error).__name__}")

    def _give_up(self, reason: str) -> None:
        if self.gave_up_because is None:
            self.gave_up_because = reason
            log.critical("stopping", because=reason)
            # uvicorn stops at either signal, but ends in dying of a SIGTERM, before `serve` goes on
            os.kill(os.getpid(), signal.SIGINT)


def serve(
    decider: Decider[F, P],
    settings: ServiceSettings,
    routes: Routes[F],
    *,
    watch: PolicyWatch[P] | None = None,
    census: Census | None = None,
    trial: Trial[F, P] | None = None,
) -> None:
    """Run a service until SIGTERM or SIGINT. Exits with status 1 where it gave up itself.

    `watch` is asked every few seconds for another policy; see `shared.runtime.reload`. `census`:
    which gauges show what is stored, of a listed decider. `trial`: how other rules are tried on
    what is stored, for those who change them.
    """
    runtimes: list[Runtime[F, P]] = []

    def database_of_keys() -> Database:
        return runtimes[0].database_of_keys()

    with starting(decider.name):
        require_usable(settings)
        doorman = connecting_doorman(settings.auth, database_of_keys)
    configure_logging(service=decider.name, level=settings.log_level, form=settings.log_format)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        runtime = Runtime(decider, settings, watch=watch, census=census)
        runtimes.append(runtime)
        answering = Answering(
            decider=decider,
            reader=runtime.reader,
            store=runtime.store,
            clock=runtime.clock,
            dealers=runtime.dealers,
            partitions=lambda: runtime.partitions,
            readiness=runtime.troubles,
        )
        for router in endpoints(answering, routes, trial=trial):
            app.include_router(router)
        await runtime.start()
        yield
        await runtime.stop()

    app = http.make_app(title=f"Aftercare {decider.name}", doorman=doorman, lifespan=lifespan)
    http.run(app, settings.http, graceful_stop_seconds=settings.runtime.graceful_stop_seconds)
    for runtime in runtimes:
        if runtime.gave_up_because is not None:
            sys.exit(f"aftercare {decider.name} stopped: {runtime.gave_up_because}")
