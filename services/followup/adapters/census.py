"""What is shown of a dealer's tasks as they are stored."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from shared.dealers.dealer import Dealer
from shared.decider.decision import Listing
from shared.platform import metrics
from shared.runtime import Census, GaugeValue


def count(
    dealer: Dealer, opened: Sequence[Listing], begun: Sequence[Listing], now: datetime
) -> Iterator[GaugeValue]:
    """The readings of one dealer."""
    due = [datetime.fromisoformat(moment) for listing in opened for moment in listing.tally["due"]]
    yield GaugeValue(metrics.tasks_open, (dealer.id,), len(due))
    yield GaugeValue(metrics.tasks_overdue, (dealer.id,), sum(moment <= now for moment in due))


CENSUS = Census(count=count)
