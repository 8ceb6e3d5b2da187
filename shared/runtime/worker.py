"""One instance's work put together: what it takes in, decides and says, over any store, broker,
clock and assignment. The service, the simulation and the tests run the same one."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Generic, TypeVar

from shared.decider.decider import Decider, Facts
from shared.decider.policy import Policy
from shared.platform.kafka import RawRecord
from shared.runtime.audit import Auditor
from shared.runtime.consume import Consumer
from shared.runtime.policy_scan import PolicyScan
from shared.runtime.ports import Ports
from shared.runtime.progress import Progress
from shared.runtime.reconcile import Reconciler
from shared.runtime.summarize import Summarizer
from shared.runtime.sweep import Sweep
from shared.settings import RuntimeSettings

F = TypeVar("F", bound=Facts)
P = TypeVar("P", bound=Policy)


class Worker(Generic[F, P]):
    """Takes batches, wakes what is due, and knows how far it has read.

    `dealers`: whose open aggregates are audited. `give_up`: called with the reason where going on
    would do harm.
    """

    def __init__(
        self,
        decider: Decider[F, P],
        ports: Ports,
        settings: RuntimeSettings,
        *,
        dealers: Sequence[str],
        give_up: Callable[[str], None],
    ) -> None:
        self._ports = ports
        self._last_done_at: datetime | None = None
        self.progress = Progress(
            service=decider.name,
            clock=ports.clock,
            patience_seconds=settings.speak_unread_after_seconds,
            monotonic=ports.monotonic,
        )
        self.reconciler = Reconciler(decider, ports)
        self.consumer = Consumer(
            self.reconciler, ports, settings, progress=self.progress, give_up=give_up
        )
        audited = decider.listed and decider.audited
        self.sweep = Sweep(
            self.reconciler,
            ports,
            settings,
            progress=self.progress,
            scan=PolicyScan(self.reconciler, ports, page=settings.sweep_page),
            auditor=Auditor(self.reconciler, ports, dealers) if audited else None,
        )
        self._summarizer: Summarizer[F, P] | None = None
        if decider.summaries is not None and ports.summaries is not None:
            self._summarizer = Summarizer(decider, decider.summaries, ports, self.progress)

    @property
    def is_at_rest(self) -> bool:
        """Whether all that was taken in has been decided."""
        done_at = self._last_done_at
        quiet_until = self.sweep.quiet_until
        return (
            self.consumer.batch_began_at is None
            and not self.consumer.waiting_partitions
            and done_at is not None
            and quiet_until is not None
            and quiet_until >= done_at
        )

    async def take(self, records: Sequence[RawRecord]) -> None:
        """Take a polled batch; as `Consumer.take` promises."""
        await self.consumer.take(records)
        self._last_done_at = self._ports.clock.now()

    async def wake(self) -> bool:
        """One look at how far the topics have been read, and one sweep: what `keep_sweeping` does
        over and over. Returns whether more may be due."""
        await self.look()
        return await self.sweep.turn()

    async def keep_sweeping(self) -> None:
        """Wake what is due, until cancelled."""
        await self.sweep.run(self.look)

    async def summarize(self) -> bool:
        """One step for lists and totals, of a decider that has any: what `keep_summarizing` does
        over and over. Returns whether more may be waiting."""
        return self._summarizer is not None and await self._summarizer.turn()

    async def keep_summarizing(self) -> None:
        """Keep lists and totals up to date, until cancelled."""
        if self._summarizer is not None:
            await self._summarizer.run()

    async def look(self) -> None:
        """See how far the topics have been read, unless a batch is in hand: that tells itself."""
        if self.consumer.batch_began_at is not None:
            return
        self.consumer.give_back()
        ownership = self._ports.ownership
        sight = await self.progress.look(
            self._ports.subscription, ownership.partitions, ownership.assignments
        )
        if self.consumer.batch_began_at is None:
            waiting = self.consumer.waiting_partitions
            self.progress.note(
                {part: None if part in waiting else moment for part, moment in sight.items()}
            )
