"""Who sends may be let report of some dealers and sources alone."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from services.intake.domain.examine.event import InvalidEvent, Reported
from services.intake.domain.findings import Finding

NOBODYS = "unknown"


class Reach(Protocol):
    """Of which dealers and sources somebody may report."""

    def lets(self, dealer_id: str, source: str | None) -> bool:
        """Whether of this one; `source`: None stands for any that there is."""
        ...

    def owner_of(self, dealer_id: str, source: str) -> tuple[str, str]:
        """The dealer and source whose an event is that is not valid and names these: never one
        that its sender may not report of; `unknown` where that leaves none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One source of one dealer: all that comes is theirs."""

    dealer_id: str
    source: str

    def lets(self, dealer_id: str, source: str | None) -> bool:
        return dealer_id == self.dealer_id and source in (self.source, None)

    def owner_of(self, dealer_id: str, source: str) -> tuple[str, str]:
        return self.dealer_id, self.source


@dataclass(frozen=True, slots=True)
class Several:
    """All of whom `may_report` says so, by dealer and source."""

    may_report: Callable[[str, str | None], bool]

    def lets(self, dealer_id: str, source: str | None) -> bool:
        return self.may_report(dealer_id, source)

    def owner_of(self, dealer_id: str, source: str) -> tuple[str, str]:
        return (dealer_id, source) if self.lets(dealer_id, source) else (NOBODYS, NOBODYS)


def within(found: Reported | InvalidEvent, reach: Reach) -> Reported | InvalidEvent:
    """The event; one that its sender may not report is not valid, whatever else it is."""
    if isinstance(found, InvalidEvent):
        dealer_id, source = reach.owner_of(found.dealer_id, found.source)
        return replace(found, dealer_id=dealer_id, source=source)
    report = found.report
    if reach.lets(report.dealer_id, report.source):
        return found
    name = "source" if reach.lets(report.dealer_id, None) else "dealer_id"
    word = "source" if name == "source" else "dealer"
    dealer_id, source = reach.owner_of(report.dealer_id, report.source)
    return InvalidEvent(
        errors=(Finding(f"/data/{name}", f"who sends this may name no other {word}"),),
        event_id=found.event.id,
        type=found.event.type,
        dealer_id=dealer_id,
        source=source,
    )
