"""How much intake lets in at once, of all together and of each sender, and for how long it waits.

A sender who is over their limit is told so before their body is read. Bodies are counted in bytes
from their arrival to their answer. What takes long is done by a thread beside the event loop, which
therefore always answers.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Protocol, TypeVar

from services.intake.adapters.limited import refused, too_much
from services.intake.domain.limits.limiter import AGAIN_SECONDS, Excess, Limiter, Usage
from services.intake.domain.limits.sender_limits import Caller
from services.intake.domain.limits.share import is_fair
from services.intake.domain.limits.turns import Turns
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


_SHARE = Excess(
    "bytes", AGAIN_SECONDS, "as many bytes of yours are in hand as may be: wait for the answers"
)


class Aside(Protocol):
    """Does work that may take long where nobody waits for it."""

    async def __call__(self, work: Callable[[], T], /) -> T:
        """What `work` returns or raises."""
        ...


async def at_once(work: Callable[[], T], /) -> T:
    """For what takes no time."""
    return work()


@dataclass(eq=False, slots=True, kw_only=True)
class Body:
    """A body in flight."""

    caller: Caller
    usage: Usage
    began: float
    content: bytes = b""
    size: int = 0
    """How many bytes have come."""
    events: int = 0
    """How many were found in it so far: they are counted to its sender at the end."""
    held: int = 0
    """Its bytes that count as being in flight."""
    deadline: asyncio.Timeout | None = None
    """While it arrives."""
    gave_way: bool = False


class Door:
    """Bodies on their way in, and work on them."""

    def __init__(self, settings: IntakeSettings) -> None:
        self._settings = settings
        self._limiter = Limiter()
        self._bodies: dict[Body, None] = {}
        self._nobody = asyncio.Event()
        self._nobody.set()
        self._last_seen = float("-inf")
        self._in_flight = 0
        self._small = _Lane("small", SMALL_AT_ONCE)
        self._large = _Lane("large", LARGE_AT_ONCE)

    @asynccontextmanager
    async def body(
        self, chunks: AsyncIterator[bytes], *, by: Caller, declared: int | None
    ) -> AsyncIterator[Body]:
        """The whole body, which counts until the end of the block. `declared`: its length, as its
        sender says.

        Raises `Refusal`: before anything is read 429 when the sender is over their limit, and 413
        when it is declared to be too large; then 413 as soon as it is, 408 when it arrives too
        slowly, 429 and 503 when too many bytes are in flight, of the sender or of all.
        """
        body = Body(caller=by, usage=self._enter(by), began=_now())
        self._bodies[body] = None
        self._nobody.clear()
        try:
            _refuse_if_larger(declared or 0, by)
            body.content = await self._read(body, chunks)
            yield body
        finally:
            self._hold(body, 0)
            del self._bodies[body]
            self._leave(body)
            if not self._bodies:
                self._nobody.set()
            self._last_seen = asyncio.get_running_loop().time()

    async def after_all(self, *, within: float) -> bool:
        """Returns when nobody is at the door, or after so many seconds although somebody is.

        Whether anybody was within the last moment: who takes much at once then takes little.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._nobody.wait()
        return asyncio.get_running_loop().time() - self._last_seen < LATELY_SECONDS or (
            not self._nobody.is_set()
        )

    @asynccontextmanager
    async def known(self, body: Body, *, by: Caller) -> AsyncIterator[Body]:
        """The same body, of which it turned out who sends it: it counts to them, too.

        Raises `Refusal` as `body` does.
        """
        theirs = Body(caller=by, usage=self._enter(by), began=body.began, content=body.content)
        try:
            _refuse_if_larger(body.size, by)
            yield theirs
        finally:
            self._leave(theirs)

    @asynccontextmanager
    async def turn(self, body: Body, *, is_batch: bool) -> AsyncIterator[Aside]:
        """Where to work on it; waits for its turn.

        Raises `Refusal`: 503 when that does not come, 429 when the sender came to their limit
        meanwhile.
        """
        size = len(body.content)
        if size <= SMALL_EVENT_BYTES and not is_batch:
            yield at_once
            return
        lane = self._small if size <= LARGE_BATCH_BYTES else self._large
        try:
            async with asyncio.timeout(self._settings.body_deadline_seconds):
                await lane.wait(body.caller.id)
        except TimeoutError:
            raise Refusal(problems.busy()) from None
        try:
            if (excess := self._limiter.over(body.usage, _now())) is not None:
                raise too_much(body.caller, excess)
            yield lane.aside
        finally:
            lane.leave(body.caller.id)

    def _enter(self, caller: Caller) -> Usage:
        entered = self._limiter.enter(caller, _now())
        if isinstance(entered, Excess):
            raise too_much(caller, entered)
        return entered

    def _leave(self, body: Body) -> None:
        self._limiter.leave(body.usage, events=body.events, size=body.size, now=_now())

    async def _read(self, body: Body, chunks: AsyncIterator[bytes]) -> bytes:
        due = body.began + self._settings.body_deadline_seconds
        content = bytearray()
        try:
            async with asyncio.timeout_at(self._next_byte_due(due)) as deadline:
                body.deadline = deadline
                async for chunk in chunks:
                    if body.gave_way:
                        raise Refusal(problems.busy())
                    body.size += len(chunk)
                    _refuse_if_larger(body.size, body.caller)
                    self._admit(body)
                    content += chunk
                    deadline.reschedule(self._next_byte_due(due))
        except TimeoutError:
            gone = problems.busy() if body.gave_way else problems.too_slow()
            raise Refusal(gone) from None
        finally:
            body.deadline = None
        return bytes(content)

    def _next_byte_due(self, due: float) -> float:
        return min(due, _now() + self._settings.body_stall_seconds)

    def _admit(self, body: Body) -> None:
        """Hold what has come of it. Raises `Refusal` where there is no room for it."""
        wanted = max(0, body.size - FREE_BYTES)
        while True:
            free = self._settings.max_bytes_in_flight - self._in_flight + body.held
            others = body.usage.held - body.held
            if is_fair(held=others, more=wanted, free=free):
                self._hold(body, wanted)
                return
            is_room = wanted <= free  # only that its sender holds too much of it
            if not self._make_room(body, of=body.usage if is_room else None):
                raise too_much(body.caller, _SHARE) if is_room else Refusal(problems.busy())

    def _make_room(self, wanting: Body, *, of: Usage | None) -> bool:
        """The body that has been arriving for longest gives up its place, if it had its time.
        `of`: only one of theirs."""
        for other in self._bodies:
            if other is wanting or other.deadline is None or not other.held:
                continue
            if of is not None and other.usage is not of:
                continue
            if other.began > _now() - GRACE_SECONDS:
                return False
            other.gave_way = True
            if not other.deadline.expired():
                other.deadline.reschedule(_now())
            self._hold(other, 0)
            return True
        return False

    def _hold(self, body: Body, size: int) -> None:
        self._in_flight += size - body.held
        body.usage.held += size - body.held
        body.held = size
        metrics.intake_bytes_in_flight.set(self._in_flight)


class _Lane:
    """One thread, for requests of one size: the small ones never wait behind the large ones, and
    no sender behind all of another."""

    def __init__(self, name: str, at_once: int) -> None:
        self._turns = Turns[asyncio.Future[None]](at_once)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"intake-{name}")

    async def wait(self, sender: str) -> None:
        """Until it is their turn; `leave` must follow."""
        ticket = asyncio.get_running_loop().create_future()
        self._turns.ask(sender, ticket)
        self._call()
        try:
            await ticket
        except asyncio.CancelledError:
            if not self._turns.give_up(sender, ticket):  # it was called, and does not hear it
                self.leave(sender)
            raise

    def leave(self, sender: str) -> None:
        """Their work is done."""
        self._turns.end(sender)
        self._call()

    async def aside(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _call(self) -> None:
        while (ticket := self._turns.next()) is not None:
            if not ticket.done():
                ticket.set_result(None)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _refuse_if_larger(size: int, caller: Caller) -> None:
    most = caller.limits.max_body_bytes
    if size > most:
        raise refused(caller, "body", problems.too_large(f"a body has at most {most} bytes"))
