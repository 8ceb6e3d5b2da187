"""Who has sent how much.

Events are paid for after they were counted, from a bucket that fills by the second. A request is
let in while there is anything in it, and may leave it in debt: so whoever is told to wait is told
before their body is read, a batch may be larger than the bucket, and in the long run the rate is
kept all the same. A request costs one event at least, and one for each 16 kB of its body.
"""

from dataclasses import dataclass
from itertools import islice
from math import ceil
from typing import Literal, NamedTuple

from services.intake.domain.limits.sender_limits import Caller, SenderLimits

BYTES_OF_AN_EVENT = 16_384
"""Bytes that cost as much as an event, whatever is in them."""
MOST_SENDERS = 10_000
"""Senders that are told apart at the same time; those beyond share one bucket."""
AGAIN_SECONDS = 1
"""When a request in hand is likely to be answered."""
_ENOUGH = 1 - 1e-6
"""An event, but for what is lost in sums of fractions."""
_LOOKED_AT = 2
"""How many senders are looked at with each request: more than can come with it."""

Limit = Literal["rate", "requests", "bytes", "body", "batch", "imports", "file"]
"""What somebody may come up against."""


class Excess(NamedTuple):
    """That a sender has to wait."""

    limit: Limit
    again_seconds: int
    detail: str


@dataclass(eq=False, slots=True)
class Usage:
    """What one sender has used."""

    level: float
    """Events that may still come at once; below zero: the debt."""
    at: float
    """Up to when it was filled, in seconds."""
    limits: SenderLimits
    requests: int = 0
    """In hand."""
    held: int = 0
    """Bytes of theirs that are held in memory."""

    def fill(self, now: float) -> None:
        """Up to this instant."""
        more = max(0.0, now - self.at) * self.limits.events_per_second
        self.level = min(self.limits.burst, self.level + more)
        self.at = max(self.at, now)

    @property
    def is_as_new(self) -> bool:
        return not self.requests and not self.held and self.level >= self.limits.burst


class Limiter:
    """What all senders use. Instants are seconds of any clock that only goes forward."""

    def __init__(self, most_senders: int = MOST_SENDERS) -> None:
        self._most = most_senders
        self._usages: dict[str, Usage] = {}

    def enter(self, caller: Caller, now: float) -> Usage | Excess:
        """One more request is let in, until `leave`; or how long it has to wait."""
        self._forget_some(now)
        usage = self._of(caller, now)
        if (excess := self.over(usage, now)) is not None:
            return excess
        most = caller.limits.concurrent_requests
        if usage.requests >= most:
            detail = f"at most {most} requests are taken at the same time: wait for the answers"
            return Excess("requests", AGAIN_SECONDS, detail)
        usage.requests += 1
        return usage

    def over(self, usage: Usage, now: float) -> Excess | None:
        """Whether, and how long, its sender has to wait before anything more is taken."""
        usage.fill(now)
        if usage.level >= _ENOUGH:
            return None
        rate = usage.limits.events_per_second
        seconds = max(1, ceil((1 - usage.level) / rate))
        return Excess("rate", seconds, f"at most {rate:g} events are taken in a second")

    def leave(self, usage: Usage, *, events: int, size: int, now: float) -> None:
        """A request is answered that had so many events and bytes."""
        usage.fill(now)
        usage.requests -= 1
        usage.level -= max(1, events, ceil(size / BYTES_OF_AN_EVENT))

    def __len__(self) -> int:
        """How many are told apart at present."""
        return len(self._usages)

    def _of(self, caller: Caller, now: float) -> Usage:
        is_beyond = caller.id not in self._usages and len(self._usages) >= self._most
        name = "" if is_beyond else caller.id
        usage = self._usages.pop(name, None)
        if usage is None:
            usage = Usage(level=caller.limits.burst, at=now, limits=caller.limits)
        usage.limits = caller.limits
        self._usages[name] = usage
        return usage

    def _forget_some(self, now: float) -> None:
        """Those not heard of for longest come first."""
        for name in list(islice(self._usages, _LOOKED_AT)):
            usage = self._usages.pop(name)
            usage.fill(now)
            if not usage.is_as_new:
                self._usages[name] = usage
