"""What is shown of a dealer's cases as they are stored: what has to be done, and the last week.

The week's figures are the statistics of the same days (`views/statistics.py`), so that a dashboard
and the statistics endpoint never say different things.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import get_args

from services.complaints.domain.listing import CaseTally, ClockState
from services.complaints.views.statistics import statistics_of
from shared.contracts.feed_parts import Severity
from shared.dealers.dealer import Dealer
from shared.decider.decision import Listing
from shared.platform import metrics
from shared.runtime import Census, GaugeValue

DAYS = 7
"""The week: today, by the dealer's local date, and the days before."""
ENOUGH = timedelta(days=DAYS + 1)
"""How long ago a case of the week was received at most, whatever the zone."""


def count(
    dealer: Dealer, opened: Sequence[Listing], begun: Sequence[Listing], now: datetime
) -> Iterator[GaugeValue]:
    """The readings of one dealer; those of the week from the cases received lately."""
    yield from _to_be_done(dealer, opened, now)
    yield from _week(dealer, begun, now)


CENSUS = Census(count=count, began_within=ENOUGH)


def _to_be_done(dealer: Dealer, opened: Sequence[Listing], now: datetime) -> Iterator[GaugeValue]:
    today = now.astimezone(dealer.zone).date()
    midnight = datetime.combine(today + timedelta(days=1), time.min, dealer.zone)
    deadlines = [listing.deadline for listing in opened if listing.deadline is not None]
    overdue = sum(deadline < now for deadline in deadlines)
    due_today = sum(now <= deadline < midnight for deadline in deadlines)
    yield GaugeValue(metrics.complaint_cases_open, (dealer.id,), len(deadlines))
    yield GaugeValue(metrics.complaint_cases_overdue, (dealer.id,), overdue)
    yield GaugeValue(metrics.complaint_cases_due_today, (dealer.id,), due_today)


def _week(dealer: Dealer, begun: Sequence[Listing], now: datetime) -> Iterator[GaugeValue]:
    last = now.astimezone(dealer.zone).date()
    cases = (
        (CaseTally.model_validate(listing.tally), listing.deadline is not None) for listing in begun
    )
    first = last - timedelta(days=DAYS - 1)
    week = statistics_of(cases, dealer_id=dealer.id, by="week", first=first, last=last).total
    for severity in get_args(Severity):
        received = week.by_severity.get(severity, 0)
        yield GaugeValue(metrics.complaints_of_week, (dealer.id, severity), received)
    yield GaugeValue(metrics.complaints_of_week_closed, (dealer.id,), week.closed)
    yield GaugeValue(metrics.complaints_of_week_reopened, (dealer.id,), week.reopened)
    for clock, states in week.clocks.items():
        for state in get_args(ClockState):
            became = getattr(states, state)
            yield GaugeValue(metrics.complaint_clocks_of_week, (dealer.id, clock, state), became)
