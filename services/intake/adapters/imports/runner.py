"""Takes imports in, in each instance of intake.

    take up -> open -> portion: read, convert, prepare -> receive -> account -> checkpoint -> next

A dealer's imports run one after another, in the order they arrived; several dealers' take turns,
a portion each. What an instance that is gone had begun is taken up by another from its last
checkpoint on: of the portion that it was at, what intake has already is a duplicate. While the
broker or the database is away, the portion in hand waits.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from secrets import token_hex
from typing import TypeVar, get_args

import structlog

from services.intake.adapters.imports.ahead import ReadyPortion, made_ready
from services.intake.adapters.imports.around import (
    GiveWay,
    PrepareEvents,
    ReceiveEvents,
    not_at_all,
    to_nobody,
)
from services.intake.adapters.imports.clearing import Keeping, clear, count
from services.intake.adapters.imports.held import HeldImport
from services.intake.adapters.imports.leave import NoLeave, StillMay, check_leave
from services.intake.adapters.imports.portions import (
    EVENTS_BESIDE_OTHERS,
    OpenImport,
    Portion,
    opened,
)
from services.intake.adapters.imports.rejected import KeepRejected, nowhere, rejected_of
from services.intake.adapters.imports.store import ImportStore, changed
from services.intake.adapters.imports.stored_file import from_store
from services.intake.adapters.mappings import Mappings
from services.intake.domain.examine.feed import Feed
from services.intake.domain.imports import job as life
from services.intake.domain.imports.account import account_of, within
from services.intake.domain.imports.job import ImportJob, PortionDone, RecordCounts, TroubleKind
from services.intake.domain.mappings.converted import MappingNote
from services.intake.domain.mappings.feed_mapping import FeedMapping
from services.intake.domain.mappings.records import UnreadableFile
from shared.contracts.http.intake import Item
from shared.contracts.http.problem import problem
from shared.dealers.dealer import Dealers
from shared.platform import metrics
from shared.platform.backoff import Backoff
from shared.platform.errors import Conflict, TransientFailure
from shared.platform.tracebacks import where_raised
from shared.time.clock import TimeSource
from shared.yaml_file import WrongFile

OPEN_AT_ONCE = 16
"""How many dealers' imports take turns in one instance; those of others wait for theirs, or are
another instance's."""
LOOK_EVERY_SECONDS = 1.0
"""How soon an import is seen that another instance took in, or left."""
CLEAR_EVERY_SECONDS = 30.0
LEAVE_SECONDS = 3.0
GIVES_WAY_SECONDS = 0.1
"""How long a portion waits for others to be done: where they never are, imports still go on."""

T = TypeVar("T")
log = structlog.get_logger()


class ImportRunner:
    """Works on imports. Any number of instances may."""

    def __init__(
        self,
        store: ImportStore,
        receive: ReceiveEvents,
        *,
        still_may: StillMay,
        mappings: Mappings,
        dealers: Dealers,
        clock: TimeSource,
        keeping: Keeping,
        prepare: PrepareEvents = not_at_all,
        keep_rejected: KeepRejected = nowhere,
        give_way: GiveWay = to_nobody,
    ) -> None:
        """`give_way`: awaited before each part of the work."""
        self._prepare = prepare
        self._give_way = give_way
        self._store = store
        self._receive = receive
        self._still_may = still_may
        self._mappings = mappings
        self._dealers = dealers
        self._clock = clock
        self._keeping = keeping
        self._keep_rejected = keep_rejected
        self._owner = token_hex(8)
        self._held: dict[str, HeldImport] = {}
        self._wake = asyncio.Event()
        self._reading = ThreadPoolExecutor(1, thread_name_prefix="intake-files")
        self._working = ThreadPoolExecutor(1, thread_name_prefix="intake-imports")
        metrics.begin(metrics.intake_import_records, RecordCounts.model_fields)

    def wake(self) -> None:
        """There may be something to do."""
        self._wake.set()

    async def run(self, *, prepare: Callable[[], Awaitable[None]]) -> None:
        """Work until cancelled; what is not done then is left to others. `prepare`: done first."""
        await self._until_it_goes(prepare)
        beside = [
            asyncio.create_task(self._again_and_again(self.hold, self._keeping.lease / 3)),
            asyncio.create_task(
                self._again_and_again(self.clear, timedelta(seconds=CLEAR_EVERY_SECONDS))
            ),
        ]
        try:
            await self._work()
        finally:
            for task in beside:
                task.cancel()
            for held in self._held.values():
                held.close()
            for thread in (self._reading, self._working):
                thread.shutdown(wait=False, cancel_futures=True)
            with suppress(TransientFailure, TimeoutError):
                async with asyncio.timeout(LEAVE_SECONDS):
                    await self._leave()

    async def turn(self) -> bool:
        """A portion of each import that is to be had. Whether there was any."""
        await self._take_up()
        had = list(self._held.values())
        for held in had:
            try:
                await self._portion(held)
            finally:
                if held.is_over:
                    held.close()
                    self._held.pop(held.job.import_id, None)
            await asyncio.sleep(0)
        return bool(had)

    async def hold(self) -> None:
        """Go on holding what is worked on."""
        for held in list(self._held.values()):
            now, lease = self._clock.now(), self._keeping.lease
            longer = partial(life.held_longer, owner=self._owner, now=now, lease=lease)
            if await changed(self._store, held.job.import_id, longer) is None:
                held.is_over = True

    async def clear(self) -> None:
        """Delete what is not needed any more, and count what is there."""
        now = self._clock.now()
        await clear(self._store, now, keep=self._keeping.job)
        await count(self._store, now)

    async def _work(self) -> None:
        backoff = Backoff()
        while True:
            self._wake.clear()
            try:
                is_busy = await self.turn()
            except TransientFailure as failure:
                self._count(failure)
                await backoff.wait()
                continue
            except Exception as error:  # its text may hold what was sent
                log.error("imports failed", because=where_raised(error))
                await backoff.wait()
                continue
            backoff.reset()
            if not is_busy:
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_EVERY_SECONDS):
                        await self._wake.wait()

    async def _again_and_again(self, what: Callable[[], Awaitable[None]], every: timedelta) -> None:
        while True:
            try:
                await what()
            except TransientFailure as failure:
                self._count(failure)
            except Exception as error:  # the next time may go well
                log.error("imports are not looked after", because=where_raised(error))
            await asyncio.sleep(every.total_seconds())

    async def _take_up(self) -> None:
        mine = {held.job.dealer_id for held in self._held.values()}
        for job in await self._store.heads():
            if len(self._held) >= OPEN_AT_ONCE:
                return
            if job.dealer_id in mine:
                continue
            wanted = life.taken(job, self._owner, self._clock.now(), self._keeping.lease)
            if wanted is None:
                continue
            with suppress(Conflict):  # another instance was first, or another of the dealer's runs
                saved = await self._store.save(wanted)
                if saved.state == "running":
                    self._held[saved.import_id] = HeldImport(saved)
                    log.info("import taken up", import_id=saved.import_id, after=saved.number)

    async def _portion(self, held: HeldImport) -> None:
        began = self._clock.now()
        try:
            await check_leave(held.job, self._still_may)
            file = held.opened or await self._open(held)
            if file is None or held.is_over:
                held.is_over = True
                return
            portion, events = await self._read(held, file)
            items = await self._taken(held.job, events)
            rejected = partial(rejected_of, held.job, file, portion, items)
            await self._until_it_goes(partial(self._keep_rejected, rejected, aside=self._aside))
            await self._note(held, file, portion, items, began=began)
            if not held.is_over and portion.broken:
                await self._fail(held, portion.broken)
            elif not held.is_over and portion.is_last:
                now, keep = self._clock.now(), self._keeping.file
                await self._over(held, partial(life.ended, owner=self._owner, now=now, keep=keep))
        except TransientFailure:
            held.close()
            raise
        except NoLeave:
            now = self._clock.now()
            await self._over(held, partial(life.without_leave, owner=self._owner, now=now))
        except Exception as error:  # its text may hold what was sent
            log.error("import failed", because=where_raised(error))
            held.close()
            await self._fail(held, "our mistake; it was logged")

    async def _read(self, held: HeldImport, file: OpenImport) -> ReadyPortion:
        """The next portion. Where no other dealer waits for a turn, the one after it is begun."""
        beside_others = await self._give_way(within=GIVES_WAY_SECONDS)
        feed = Feed(dealer_id=held.job.dealer_id, source=held.job.source)

        async def make(after: int) -> ReadyPortion:
            read = partial(file.portion, after, beside_others=beside_others)
            found = await self._in_thread(read)
            return await made_ready(found, self._prepare, aside=self._in_thread, feed=feed)

        return await held.portion(make, begin_next=len(self._held) == 1)

    async def _open(self, held: HeldImport) -> OpenImport | None:
        """None: it ended, or is not ours any more."""
        job = held.job
        mapping, dealer = self._mapping_of(job), self._dealers.find(job.dealer_id)
        if not isinstance(mapping, FeedMapping):
            await self._fail(held, mapping)
            return None
        if dealer is None:
            await self._fail(held, "the dealer is not configured here any more")
            return None
        digest, now = life.digest_of(mapping), self._clock.now()
        decide = partial(life.opened_by, owner=self._owner, mapping_digest=digest, now=now)
        found = await changed(self._store, job.import_id, decide)
        if found is None:
            return None
        held.job = found
        if not found.number:
            await self._store.drop_troubles(job.import_id)
        file = from_store(self._store, job.import_id, job.size)
        try:
            held.opened = await self._in_thread(
                partial(opened, file, mapping, source=job.source, dealer=dealer)
            )
        except UnreadableFile as fault:
            await self._fail(held, str(fault))
            return None
        if held.opened.faults:
            because = "the file does not fit the mapping: nothing of it was taken"
            await self._fail(held, because, held.opened.faults)
            return None
        return held.opened

    def _mapping_of(self, job: ImportJob) -> FeedMapping | str:
        """Or why there is none."""
        try:
            found = self._mappings.find(job.mapping)
        except WrongFile:
            return "the mapping cannot be used any more: mend it, and resume"
        return found or "the mapping is not there any more: put it back, and resume"

    async def _taken(self, job: ImportJob, events: Sequence[object]) -> Sequence[Item]:
        """What intake answers to each; while others are served, it is given a few at a time."""
        items: list[Item] = []
        while len(items) < len(events):
            beside_others = await self._give_way(within=GIVES_WAY_SECONDS)
            end = len(items) + EVENTS_BESIDE_OTHERS if beside_others else None
            items += await self._received(job, events[len(items) : end])
        return items

    async def _received(self, job: ImportJob, events: Sequence[object]) -> Sequence[Item]:
        """What intake answers to each, however long the broker or the database is away. Raises
        `NoLeave` where its sender may not report any more meanwhile."""

        async def receive() -> Sequence[Item]:
            await check_leave(job, self._still_may)
            feed = Feed(dealer_id=job.dealer_id, source=job.source)
            return await self._receive(events, aside=self._aside, only=feed)

        try:
            return await self._until_it_goes(receive)
        except NoLeave:
            raise
        except Exception as error:  # of several, the others go through
            log.error("intake failed", because=where_raised(error))
        if len(events) == 1:
            failed = problem("internal", "Intake failed", 500, detail="it was logged")
            return (Item(index=0, outcome="rejected", problem=failed),)
        middle = len(events) // 2
        first = await self._received(job, events[:middle])
        return (*first, *await self._received(job, events[middle:]))

    async def _until_it_goes(self, call: Callable[[], Awaitable[T]]) -> T:
        backoff = Backoff()
        while True:
            try:
                return await call()
            except TransientFailure as failure:
                self._count(failure)
                await backoff.wait()

    async def _note(
        self,
        held: HeldImport,
        file: OpenImport,
        portion: Portion,
        items: Sequence[Item],
        *,
        began: datetime,
    ) -> None:
        """Keep the account of a portion, then its checkpoint: done twice, it is there once."""
        job = held.job
        account = await self._aside(partial(account_of, portion.outcomes, items, file.mapping))
        troubles = within(account.troubles, job.kept, self._keeping.troubles)
        await self._until_it_goes(partial(self._store.put_troubles, job.import_id, troubles))
        kept: dict[TroubleKind, int] = {
            kind: sum(trouble.kind == kind for trouble in troubles)
            for kind in get_args(TroubleKind)
        }
        now = self._clock.now()
        last = portion.outcomes[-1].number if portion.outcomes else job.number
        done = PortionDone(
            after=job.number,
            number=last,
            records=account.records,
            counts=account.counts,
            kept=kept,
            bytes_read=file.file.furthest,
            seconds=max(0.0, (now - began).total_seconds()),
        )
        decide = partial(life.checkpoint, owner=self._owner, done=done, now=now)
        found = await self._until_it_goes(partial(changed, self._store, job.import_id, decide))
        if found is None or found.state != "running":
            held.is_over = True
        if found is not None:
            held.job = found
            for outcome, number in account.counts.model_dump().items():
                metrics.intake_import_records.labels(outcome).inc(number)

    async def _fail(
        self, held: HeldImport, because: str, faults: Sequence[MappingNote] = ()
    ) -> None:
        now, keep = self._clock.now(), self._keeping.file
        failed = partial(life.failed, owner=self._owner, now=now, keep=keep)
        await self._over(held, partial(failed, because=because, faults=faults))

    async def _over(
        self, held: HeldImport, decide: Callable[[ImportJob], ImportJob | None]
    ) -> None:
        found = await changed(self._store, held.job.import_id, decide)
        held.is_over = True
        if found is None:
            return
        held.job = found
        log.info("import ended", import_id=found.import_id, state=found.state)
        await self.clear()

    async def _leave(self) -> None:
        for held in self._held.values():
            released = partial(life.released, owner=self._owner, now=self._clock.now())
            await changed(self._store, held.job.import_id, released)

    async def _aside(self, work: Callable[[], T], /) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._working, work)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        """Of one thread alone: what is open is read by nobody else meanwhile."""
        return await asyncio.get_running_loop().run_in_executor(self._reading, work)

    def _count(self, failure: TransientFailure) -> None:
        log.warning("imports wait", because=str(failure))
        metrics.transient_failures.labels("intake", type(failure).__name__).inc()
