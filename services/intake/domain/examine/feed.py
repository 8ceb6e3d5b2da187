"""Who sends may be let report of one dealer and source alone."""

from dataclasses import dataclass, replace

from services.intake.domain.examine.event import InvalidEvent, Reported
from services.intake.domain.findings import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One source of one dealer."""

    dealer_id: str
    source: str


def within(found: Reported | InvalidEvent, feed: Feed) -> Reported | InvalidEvent:
    """The event; one that is of another dealer or source is not valid, whatever else it is.

    What is not valid counts as this feed's, whomever it names.
    """
    if isinstance(found, InvalidEvent):
        return replace(found, dealer_id=feed.dealer_id, source=feed.source)
    report = found.report
    errors = [
        Finding(f"/data/{name}", f"who sends this may name no other {word}")
        for name, word, own in (
            ("dealer_id", "dealer", feed.dealer_id),
            ("source", "source", feed.source),
        )
        if getattr(report, name) != own
    ]
    if not errors:
        return found
    return InvalidEvent(
        errors=tuple(errors),
        event_id=found.event.id,
        type=found.event.type,
        dealer_id=feed.dealer_id,
        source=feed.source,
    )
