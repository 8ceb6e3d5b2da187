"""How an aggregate is found in its dealer's lists, and what counts of it in its dealer's totals.

Both are kept beside the aggregates, brought up to date a moment after each was written: so a page
of a list and a total cost what they show, however many customers a dealer has.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from pydantic import JsonValue

F = TypeVar("F")
P = TypeVar("P")

MOST_RANK = 2**30 - 1


@dataclass(frozen=True, slots=True)
class Summary:
    """Like an output, it must not change before `next_due` without a new event."""

    ranks: Mapping[str, int]
    """List -> where it stands there, the lowest first, from 0 to `MOST_RANK`; in a list that is not
    named it does not stand. Of those of one rank the order is fixed, and says nothing."""
    line: Mapping[str, JsonValue]
    """What a line of any list shows of it: small."""
    counts: Mapping[str, Mapping[str, int]]
    """Period, such as `2026-11` -> counter -> how much of its dealer's total is this one's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summaries(Generic[F, P]):
    """What a service says of its aggregates in lists and totals."""

    lists: tuple[str, ...]
    """The names of all lists: lower case letters, digits and `_`."""
    summarize: Callable[[F, P, datetime], Summary | None]
    """Pure, of facts, policy and the present alone; None: it is in no list and no total."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a page of a list."""

    id: str
    rank: int
    line: Mapping[str, JsonValue]
