"""What the table of a bench is made of."""

from dataclasses import dataclass

from tests.bench.loops import Taken


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    what: str
    found: str
    target: str = ""
    met: bool | None = None


@dataclass(frozen=True, slots=True)
class Cost:
    """What an event costs."""

    rate: float
    """Events per second."""
    cpu_microseconds: float
    """Own CPU per event: of this process, not of the servers."""

    @classmethod
    def of(cls, taken: Taken, count: int) -> "Cost":
        return cls(count / taken.seconds, taken.cpu_seconds / count * 1e6)

    def __str__(self) -> str:
        return f"{self.cpu_microseconds:,.0f} µs of own CPU an event"
