"""What `decide` returns: the complete set of outputs that should exist now.

The runtime compares it with what has been emitted. New outputs go out, changed states go
out as a new version, outputs that are no longer there are withdrawn.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, TypeAlias

from pydantic import Field

from shared.contracts.envelope import Message
from shared.contracts.identifiers import customer_of, dealer_of
from shared.contracts.values import About, DealerId, Instant, LongId

NOTHING_DUE = datetime(9999, 1, 1, tzinfo=UTC)
"""The deadline of an open aggregate of which nothing is due: it sorts after all others."""


MOST_FIELDS = 100
"""So many fields has a content at most."""


class Withdrawal(Message):
    """'What was said about this subject no longer holds.' Follows the message it takes back."""

    customer_key: LongId
    dealer_id: DealerId
    about: About
    withdrawn_at: Instant
    withdrawn: Annotated[dict[str, Any], Field(max_length=MOST_FIELDS)] | None = None
    """The sealed content of the announcement that is taken back; absent for states."""


class Output(Message):
    """A message content a service may emit; it names what takes it back.

    `customer_key` is whom it goes to: the aggregate's customer, or another of the same dealer;
    always the same one for what is about the same.
    """

    WITHDRAWAL: ClassVar[type[Withdrawal]] = Withdrawal

    customer_key: LongId
    dealer_id: DealerId

    @classmethod
    def withdrawal(
        cls, *, aggregate_id: str, about: str, at: datetime, sealed: Mapping[str, Any] | None
    ) -> Withdrawal:
        """What takes back the one about `about` that was emitted; a contract may say more in it.

        `sealed` is the content of an announcement, as JSON values; None of a state. The result
        must depend on nothing else.
        """
        customer_key = sealed["customer_key"] if sealed else customer_of(aggregate_id)
        return cls.WITHDRAWAL(
            customer_key=customer_key,
            dealer_id=dealer_of(customer_key),
            about=about,
            withdrawn_at=at,
            withdrawn=dict(sealed) if sealed else None,
        )


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
    """Of a machine that is `listed`: where it is found; None: nowhere."""
    is_history: Callable[[str], bool] = field(default=_nothing_is_history, compare=False)
    """Whether what was said about a subject that is not among the outputs is past judging, its
    ground being no longer looked at. What has ended (it has a `forget_at`, or was withdrawn) is
    forgotten at once then, as nothing disproves it; what has not is withdrawn."""


def earliest(moments: Iterable[datetime | None]) -> datetime | None:
    """The first of the moments that are there, or None."""
    return min((moment for moment in moments if moment is not None), default=None)
