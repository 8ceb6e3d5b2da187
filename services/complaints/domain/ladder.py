"""The ladder of a clock: when each of its rungs is reached."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from services.complaints.domain.policy import Rung
from shared.contracts.subjects import NoticeKind
from shared.time.calendar import BusinessCalendar
from shared.time.deadlines import Hold, Span, Unit, due, part_of

_KINDS: dict[str, NoticeKind] = {"before": "warning", "due": "breach", "after": "step"}


@dataclass(frozen=True, slots=True)
class Reached:
    """A rung of the ladder, and when the clock reaches it; None while a hold prevents that."""

    rung: Rung
    at: datetime | None

    @property
    def kind(self) -> NoticeKind:
        """What kind of notice it makes."""
        return _KINDS[self.rung.at.moment]

    def not_before(self, moment: datetime) -> Self:
        """The same; a warning of what was raised later is not older than the raise."""
        if self.at is None or self.kind != "warning":
            return self
        return replace(self, at=max(self.at, moment))


@dataclass(frozen=True, slots=True)
class ClockInput:
    """What a clock counts: from when on, how much, measured how, and when that is used up."""

    started_at: datetime
    span: Span
    due_at: datetime | None
    calendar_for: Callable[[Unit], BusinessCalendar | None]
    holds: Sequence[Hold]

    def reached(self, ladder: Sequence[Rung]) -> tuple[Reached, ...]:
        """When each rung is reached, in the order of the ladder, none before the one below it."""
        found: list[Reached] = []
        for rung in ladder:
            at = self._at(rung)
            below = found[-1].at if found else None
            if at is not None and below is not None:
                at = max(at, below)
            if at is not None and self.due_at is not None and rung.at.moment == "before":
                at = min(at, self.due_at)
            found.append(Reached(rung, at))
        return tuple(found)

    def _at(self, rung: Rung) -> datetime | None:
        offset = rung.at
        if offset.moment == "due":
            return self.due_at
        if offset.fraction is not None:
            calendar = self.calendar_for(self.span.unit)
            return part_of(self.started_at, self.span, offset.fraction, calendar, self.holds)
        if offset.moment == "before":
            return self._ahead(offset.span)
        if self.due_at is None or offset.span is None:
            return None
        calendar = self.calendar_for(offset.span.unit)
        return due(self.due_at, offset.span, calendar, self.holds)

    def _ahead(self, span: Span | None) -> datetime | None:
        """When `span` is left until the deadline; the start of a clock that was given less."""
        if span is None or span.unit != self.span.unit:
            return self.started_at
        if span.length is None or self.span.length is None or span.length >= self.span.length:
            return self.started_at
        left = Span(unit=span.unit, length=self.span.length - span.length)
        return due(self.started_at, left, self.calendar_for(span.unit), self.holds)
