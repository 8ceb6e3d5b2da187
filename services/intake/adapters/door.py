"""How much intake lets in at once, and for how long it waits.

Bodies are counted in bytes from their arrival to their answer. What takes long is done by a
thread beside the event loop, which therefore always answers.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from typing import Protocol, TypeVar

from services.intake.settings import IntakeSettings
from services.intake.views import problems
from shared.platform import metrics
from shared.platform.problems import Refusal

T = TypeVar("T")

FREE_BYTES = 65_536
"""The first bytes of each body are not counted: stalled large ones do not keep small ones out."""
SMALL_EVENT_BYTES = 16_384
"""One event up to this size is worked on in the event loop: it takes a few milliseconds."""
LARGE_BATCH_BYTES = 262_144
SMALL_AT_ONCE, LARGE_AT_ONCE = 16, 2
"""How many requests of their kind are worked on at once; the others wait for their turn."""
LATELY_SECONDS = 1.0
"""Who was at the door so lately is expected again."""
GRACE_SECONDS = 1.0
"""Where room is short, a body that takes longer to arrive than this gives up its place."""


class Aside(Protocol):
    """Does work that may take long where nobody waits for it."""

    async def __call__(self, work: Callable[[], T], /) -> T:
        """What `work` returns or raises."""
        ...


async def at_once(work: Callable[[], T], /) -> T:
    """For what takes no time."""
    return work()


@dataclass(eq=False, slots=True)
class _Arriving:
    """A body in flight."""

    began: float
    counted: int = 0
    deadline: asyncio.Timeout | None = None
    """While it arrives."""
    gave_way: bool = False


class Door:
    """Bodies on their way in, and work on them."""

    def __init__(self, settings: IntakeSettings) -> None:
        self._settings = settings
        self._bodies: dict[_Arriving, None] = {}
        self._waiting = 0
        self._nobody = asyncio.Event()
        self._nobody.set()
        self._last_seen = float("-inf")
        self._in_flight = 0
        self._small = _Lane("small", SMALL_AT_ONCE)
        self._large = _Lane("large", LARGE_AT_ONCE)

    @asynccontextmanager
    async def body(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """The whole body, which counts until the end of the block.

        Raises `Refusal`: 413 as soon as it is larger than one may be, 408 when it arrives too
        slowly, 503 when too many bytes are in flight.
        """
        arriving = _Arriving(began=asyncio.get_running_loop().time())
        self._bodies[arriving] = None
        try:
            body = await self._read(arriving, chunks)
            with self._served():
                yield body
        finally:
            self._count(arriving, 0)
            del self._bodies[arriving]

    async def after_all(self, *, within: float) -> bool:
        """Returns when nobody waits for an answer, or after so many seconds although somebody does.

        Whether anybody did within the last moment: who takes much at once then takes little.
        Whose body is still on its way holds nobody up, however slow that is.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._nobody.wait()
        return asyncio.get_running_loop().time() - self._last_seen < LATELY_SECONDS or (
            not self._nobody.is_set()
        )

    @asynccontextmanager
    async def turn(self, *, size: int, is_batch: bool) -> AsyncIterator[Aside]:
        """Where to work on a body of this size; waits for its turn.

        Raises `Refusal` (503) when that does not come.
        """
        if size <= SMALL_EVENT_BYTES and not is_batch:
            yield at_once
            return
        lane = self._small if size <= LARGE_BATCH_BYTES else self._large
        try:
            async with asyncio.timeout(self._settings.body_deadline_seconds):
                await lane.free.acquire()
        except TimeoutError:
            raise Refusal(problems.busy()) from None
        try:
            yield lane.aside
        finally:
            lane.free.release()

    @contextmanager
    def _served(self) -> Iterator[None]:
        self._waiting += 1
        self._nobody.clear()
        try:
            yield
        finally:
            self._waiting -= 1
            if not self._waiting:
                self._nobody.set()
            self._last_seen = asyncio.get_running_loop().time()

    async def _read(self, arriving: _Arriving, chunks: AsyncIterator[bytes]) -> bytes:
        due = arriving.began + self._settings.body_deadline_seconds
        body = bytearray()
        try:
            async with asyncio.timeout_at(self._next_byte_due(due)) as deadline:
                arriving.deadline = deadline
                async for chunk in chunks:
                    if arriving.gave_way:
                        raise Refusal(problems.busy())
                    self._admit(arriving, len(body) + len(chunk))
                    body += chunk
                    deadline.reschedule(self._next_byte_due(due))
        except TimeoutError:
            gone = problems.busy() if arriving.gave_way else problems.too_slow()
            raise Refusal(gone) from None
        finally:
            arriving.deadline = None
        return bytes(body)

    def _next_byte_due(self, due: float) -> float:
        now = asyncio.get_running_loop().time()
        return min(due, now + self._settings.body_stall_seconds)

    def _admit(self, arriving: _Arriving, size: int) -> None:
        most = self._settings.max_body_bytes
        if size > most:
            raise Refusal(problems.too_large(f"a body has at most {most} bytes"))
        counted = max(0, size - FREE_BYTES)
        beyond = self._settings.max_bytes_in_flight - (counted - arriving.counted)
        while self._in_flight > beyond:
            if not self._make_room(arriving):
                raise Refusal(problems.busy())
        self._count(arriving, counted)

    def _make_room(self, wanting: _Arriving) -> bool:
        """The body that has been arriving for longest gives up its place, if it had its time."""
        loop = asyncio.get_running_loop()
        for other in self._bodies:
            if other is wanting or other.deadline is None or not other.counted:
                continue
            if other.began > loop.time() - GRACE_SECONDS:
                return False
            other.gave_way = True
            if not other.deadline.expired():
                other.deadline.reschedule(loop.time())
            self._count(other, 0)
            return True
        return False

    def _count(self, arriving: _Arriving, counted: int) -> None:
        self._in_flight += counted - arriving.counted
        arriving.counted = counted
        metrics.intake_bytes_in_flight.set(self._in_flight)


class _Lane:
    """One thread, for requests of one size: the small ones never wait behind the large ones."""

    def __init__(self, name: str, at_once: int) -> None:
        self.free = asyncio.Semaphore(at_once)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"intake-{name}")

    async def aside(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
