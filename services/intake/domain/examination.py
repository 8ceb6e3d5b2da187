"""The examination of many events, at once or ahead of their batch."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from services.intake.domain.decode.body import UnreadableEvent
from services.intake.domain.entries import BatchEntry
from services.intake.domain.examine.event import InvalidEvent, Reported, examine
from services.intake.domain.examine.feed import Reach, within
from services.intake.domain.findings import MOST_SHOWN
from services.intake.domain.rejected.content import Came, event_came
from services.intake.domain.submissions import Submission, submissions
from shared.dealers.dealer import Dealers

Examined: TypeAlias = Reported | InvalidEvent | UnreadableEvent


@dataclass(frozen=True, slots=True)
class Prepared:
    """An event that was examined ahead of its batch."""

    found: Reported | InvalidEvent
    submissions: tuple[Submission, ...] = ()
    """What it asks to be registered."""


@dataclass(slots=True, kw_only=True)
class Examination:
    """Of the events of one batch."""

    dealers: Dealers
    now: datetime
    key: bytes
    """Of the hashes."""
    most_shown: int
    """Findings of all together."""
    strict: bool = False
    """Whether unknown fields are reasons to reject."""
    ours: bool = False
    """Whether one of our own services reports them."""
    only: Reach | None = None
    """Whose they may be."""
    _ready: dict[int, Prepared] = field(default_factory=dict)

    def prepared(self, raws: Iterable[object]) -> list[Prepared]:
        """What `all_of` another examination takes in the place of these JSON values."""
        return [
            Prepared(found, self._asked(index, found))
            if isinstance(found, Reported)
            else Prepared(found)
            for index, found in enumerate(self.all_of(raws))
            if not isinstance(found, UnreadableEvent)
        ]

    def all_of(
        self, raws: Iterable[object], originals: dict[int, Came] | None = None
    ) -> list[Examined]:
        """What each is; `originals`: filled with what came of those that are none."""
        examined: list[Examined] = []
        left = self.most_shown
        for index, raw in enumerate(raws):
            if isinstance(raw, UnreadableEvent):
                examined.append(raw)
                if originals is not None:
                    originals[index] = event_came(raw)
                continue
            found = self._one(index, raw, show=min(left, MOST_SHOWN))
            left -= len(found.errors if isinstance(found, InvalidEvent) else found.warnings)
            examined.append(found)
            if originals is not None and isinstance(found, InvalidEvent):
                originals[index] = event_came(raw)
        return examined

    def entries(self, examined: Sequence[Examined]) -> list[BatchEntry]:
        """The valid ones, and what each asks to be registered."""
        return [
            BatchEntry(index=index, reported=found, submissions=self._asked(index, found))
            for index, found in enumerate(examined)
            if isinstance(found, Reported)
        ]

    def _one(self, index: int, raw: object, *, show: int) -> Reported | InvalidEvent:
        if isinstance(raw, Prepared):
            self._ready[index] = raw
            return raw.found
        found = examine(
            raw,
            dealers=self.dealers,
            now=self.now,
            show=show,
            strict=self.strict,
            ours=self.ours,
            key=self.key,
        )
        return found if self.only is None else within(found, self.only)

    def _asked(self, index: int, found: Reported) -> tuple[Submission, ...]:
        known = self._ready.get(index)
        return tuple(submissions(found, key=self.key)) if known is None else known.submissions
