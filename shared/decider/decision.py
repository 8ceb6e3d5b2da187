"""What `decide` returns: the complete set of outputs that should exist now.

The runtime compares it with what has been emitted. New outputs go out, changed states go
out as a new version, outputs that are no longer there are withdrawn.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeAlias

from shared.contracts.outputs import Output

NOTHING_DUE = datetime(9999, 1, 1, tzinfo=UTC)
"""The deadline of an open aggregate of which nothing is due: it sorts after all others."""


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
    content later; when one no longer names it, it is withdrawn. The content may be left out
    (None) of what is among the announced, so that nobody makes it up again.
    """

    about: str
    content: Output | None
    forget_at: datetime | None = None


AnyOutput: TypeAlias = State | Announcement

Announced: TypeAlias = Mapping[str, Mapping[str, Any]]
"""The announcements that are out: `about` -> sealed content, as JSON values."""


@dataclass(frozen=True, slots=True)
class Listing:
    """How an aggregate is found: among its dealer's open ones by deadline, and by when it began.

    Like an output, it must not change before `next_due` without a new event.
    """

    since: datetime
    """When it began, such as the receipt of a complaint."""
    deadline: datetime | None
    """What open ones are sorted by, `NOTHING_DUE` at most; None: it is not open."""
    tally: Mapping[str, Any]
    """Small JSON values, for statistics."""


def _nothing_is_history(about: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Decision:
    """All outputs that should exist now, and when that changes without a new event."""

    outputs: tuple[AnyOutput, ...] = ()
    next_due: datetime | None = None
    listing: Listing | None = None
    """Of a decider that is `listed`: where it is found; None: nowhere."""
    is_history: Callable[[str], bool] = field(default=_nothing_is_history, compare=False)
    """Whether what was said about a subject that is not among the outputs is past judging, its
    ground being no longer looked at. What has ended (it has a `forget_at`, or was withdrawn) is
    forgotten at once then, as nothing disproves it; what has not is withdrawn."""


def earliest(moments: Iterable[datetime | None]) -> datetime | None:
    """The first of the moments that are there, or None."""
    return min((moment for moment in moments if moment is not None), default=None)
