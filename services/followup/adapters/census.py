"""What is shown of a dealer's tasks as they are stored."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from shared.dealers.dealer import Dealer
from shared.decider.decision import Listing
from shared.platform import metrics
from shared.runtime.census import Census, Reading


def count(
    dealer: Dealer, opened: Sequence[Listing], begun: Sequence[Listing], now: datetime
) -> Iterator[Reading]:
    """The readings of one dealer."""
    due = [datetime.fromisoformat(moment) for listing in opened for moment in listing.tally["due"]]
    yield Reading(metrics.tasks_open, (dealer.id,), len(due))
    yield Reading(metrics.tasks_overdue, (dealer.id,), sum(moment <= now for moment in due))


CENSUS = Census(count=count)
