"""Who sends may be let report of some dealers and sources alone."""

from dataclasses import dataclass, replace
from typing import Protocol

from services.intake.domain.examine.event import InvalidEvent, Reported
from services.intake.domain.findings import Finding
from shared.auth.principal import Principal
from shared.auth.scopes import Scope
from shared.contracts.feeds import AnyReport, CustomerLinkReported
from shared.contracts.identifiers import dealer_of

NOBODYS = "unknown"
REPORTING: Scope = "events:write"


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
    """All of whom somebody may report."""

    who: Principal

    def lets(self, dealer_id: str, source: str | None) -> bool:
        if source is None:
            return self.who.reaches(REPORTING, dealer_id)
        return self.who.may(REPORTING, dealer_id, source)

    def owner_of(self, dealer_id: str, source: str) -> tuple[str, str]:
        return (dealer_id, source) if self.lets(dealer_id, source) else (NOBODYS, NOBODYS)


def within(found: Reported | InvalidEvent, reach: Reach) -> Reported | InvalidEvent:
    """The event; one that its sender may not report is not valid, whatever else it is."""
    if isinstance(found, InvalidEvent):
        dealer_id, source = reach.owner_of(found.dealer_id, found.source)
        return replace(found, dealer_id=dealer_id, source=source)
    report = found.report
    wrong = _out_of_reach(report, reach)
    if wrong is None:
        return found
    dealer_id, source = reach.owner_of(report.dealer_id, report.source)
    return InvalidEvent(
        errors=(wrong,),
        event_id=found.event.id,
        type=found.event.type,
        dealer_id=dealer_id,
        source=source,
    )


def _out_of_reach(report: AnyReport, reach: Reach) -> Finding | None:
    """What of it its sender may not report."""
    if not reach.lets(report.dealer_id, None):
        return Finding("/data/dealer_id", "who sends this may name no other dealer")
    if not reach.lets(report.dealer_id, report.source):
        return Finding("/data/source", "who sends this may name no other source")
    other = report.other_customer_key if isinstance(report, CustomerLinkReported) else None
    if other is not None and not reach.lets(dealer_of(other), None):
        return Finding("/data/other_customer_key", "who sends this may name no other dealer's")
    return None
