"""How facts are kept: by key, the newest version of each. What every `facts.py` is made of."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Literal, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict


class Versioned(Protocol):
    """A fact that knows its version; versions are compared as text."""

    @property
    def version(self) -> str: ...


class Fact(BaseModel):
    """One document in its newest version, cut down to what a service looks at."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    version: str


class Noted(Fact):
    """A document that stands for nothing, such as a voided order; kept by its version, so that
    an older one stays out."""

    kind: Literal["noted"]


class Gone(Fact):
    """A document that belongs to another customer now."""

    kind: Literal["gone"]


F = TypeVar("F", bound=Versioned)


def precedence(fact: Versioned) -> int:
    """Which of two records of one version counts, the higher: one that a customer has before one
    that stands for nothing, and either before one that is another customer's now."""
    if isinstance(fact, Gone):
        return 0
    return 1 if isinstance(fact, Noted) else 2


def version_of(sequence: int) -> str:
    """The version of what another service said under this sequence, as text that compares."""
    return f"{sequence:020d}"


def received_late(at: datetime, recorded_at: datetime, *, after: timedelta) -> datetime | None:
    """When it was first received, where that was longer than `after` after it happened."""
    return recorded_at if recorded_at > at + after else None


def _equal_precedence(fact: Versioned) -> int:
    return 0


def keep_newest(
    facts: Mapping[str, F],
    found: Iterable[tuple[str, F]],
    precedence: Callable[[F], int] = _equal_precedence,
) -> Mapping[str, F]:
    """`facts` with each that was `found` under its key, unless one at least as new is there.

    Of two facts of one version, that of the higher `precedence` counts. Commutative, associative
    and idempotent: the same fact of each key wins, in whatever order and however often they
    arrive. Copies `facts` once at most, and returns the same object when nothing changes.
    """
    kept: dict[str, F] | None = None
    for key, new in found:
        old = (facts if kept is None else kept).get(key)
        if old is not None and (old.version, precedence(old)) >= (new.version, precedence(new)):
            continue
        if kept is None:
            kept = dict(facts)
        kept[key] = new
    return facts if kept is None else kept
