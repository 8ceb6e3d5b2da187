"""What `decide` returns: the complete set of outputs that should exist now.

The runtime compares it with what has been emitted. New outputs go out, changed states go
out as a new version, outputs that are no longer there are withdrawn.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, TypeAlias

from shared.contracts.envelope import Message
from shared.contracts.values import DealerId, Instant


class Withdrawal(Message):
    """'What was said about this subject no longer holds.' Follows the message it takes back."""

    customer_key: str
    dealer_id: str
    about: str
    withdrawn_at: Instant
    withdrawn: dict[str, Any] | None = None
    """The sealed content of the announcement that is taken back; absent for states."""


class Output(Message):
    """A message content a service may emit; it names what takes it back."""

    WITHDRAWAL: ClassVar[type[Withdrawal]] = Withdrawal

    customer_key: str
    dealer_id: DealerId


@dataclass(frozen=True, slots=True)
class State:
    """An output whose latest content counts: a score, a task, a verdict.

    `about` names it within the aggregate. After `forget_at` the runtime drops its memory of
    it without withdrawing it: it is history, and must not be in a decision any more.
    """

    about: str
    content: Output
    forget_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Announcement:
    """An output that is sealed when first emitted: a warning, a breach, a grade change.

    As long as decisions keep naming it, it stands as first said, whatever they say of its
    content later; when one no longer names it, it is withdrawn.
    """

    about: str
    content: Output
    forget_at: datetime | None = None


AnyOutput: TypeAlias = State | Announcement

Announced: TypeAlias = Mapping[str, Mapping[str, Any]]
"""The announcements that are out: `about` -> sealed content, as JSON values."""


@dataclass(frozen=True, slots=True)
class Decision:
    """All outputs that should exist now, and when that changes without a new event."""

    outputs: tuple[AnyOutput, ...] = ()
    next_due: datetime | None = None


def earliest(moments: Iterable[datetime | None]) -> datetime | None:
    """The first of the moments that are there, or None."""
    return min((moment for moment in moments if moment is not None), default=None)
