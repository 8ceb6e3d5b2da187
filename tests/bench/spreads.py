"""The middle and the end of what was measured."""

from collections.abc import Mapping, Sequence


def percentile(ordered: Sequence[float], percent: int) -> float:
    """The smallest value that so many percent do not exceed."""
    return ordered[-(-len(ordered) * percent // 100) - 1]


def spread(ordered: Sequence[float]) -> dict[str, float]:
    """The middle and the end of a distribution."""
    return {"p50": percentile(ordered, 50), "p99": percentile(ordered, 99), "max": ordered[-1]}


def told(spread: Mapping[str, float]) -> str:
    """A spread of seconds for people."""
    return ", ".join(f"{name} {seconds * 1000:.0f} ms" for name, seconds in spread.items())
