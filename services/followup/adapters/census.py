"""What is shown of a dealer's tasks and surveys as they are stored."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from services.followup.domain.satisfaction_counters import SURVEYS
from services.followup.views.satisfaction import counted_in, mean_of
from shared.dealers.dealer import Dealer
from shared.decider.decision import Listing
from shared.platform import metrics
from shared.runtime import Census, GaugeValue
from shared.time.months import month_at

MOST_ROLES = 20
"""How many roles of a dealer are shown by themselves; policies may name any."""
OTHER = "other"


def count(
    dealer: Dealer, opened: Sequence[Listing], begun: Sequence[Listing], now: datetime
) -> Iterator[GaugeValue]:
    """The readings of one dealer."""
    due = [datetime.fromisoformat(moment) for listing in opened for moment in listing.tally["due"]]
    yield GaugeValue(metrics.tasks_open, (dealer.id,), len(due))
    yield GaugeValue(metrics.tasks_overdue, (dealer.id,), sum(moment <= now for moment in due))
    for role, moments in _shown(_by_role(opened)).items():
        overdue = sum(moment <= now for moment in moments)
        yield GaugeValue(metrics.tasks_of_role, (dealer.id, role, "open"), len(moments) - overdue)
        yield GaugeValue(metrics.tasks_of_role, (dealer.id, role, "overdue"), overdue)


def _by_role(opened: Sequence[Listing]) -> Mapping[str, Sequence[datetime]]:
    """When the tasks of each role are due; what was stored before roles were told is in none."""
    found: dict[str, list[datetime]] = {}
    for listing in opened:
        for role, moments in listing.tally.get("by_role", {}).items():
            found.setdefault(role, []).extend(map(datetime.fromisoformat, moments))
    return found


def _shown(by_role: Mapping[str, Sequence[datetime]]) -> Mapping[str, Sequence[datetime]]:
    counts = Counter({role: len(moments) for role, moments in sorted(by_role.items())})
    names = {role for role, _ in counts.most_common(MOST_ROLES)}
    found: dict[str, list[datetime]] = {}
    for role, moments in by_role.items():
        found.setdefault(role if role in names else OTHER, []).extend(moments)
    return found


def count_totals(
    dealer: Dealer, totals: Mapping[str, Mapping[str, int]], now: datetime
) -> Iterator[GaugeValue]:
    """What customers answered in the present month of the dealer, and in the last."""
    present = month_at(now, ZoneInfo(dealer.timezone))
    by_month, _ = counted_in(totals, (present - 1, present), present=present)
    for month, name in ((present - 1, "last"), (present, "present")):
        for survey in SURVEYS:
            labels, mean = (dealer.id, survey, name), mean_of(by_month[month], survey)
            answers = by_month[month].of("answers", survey)
            yield GaugeValue(metrics.satisfaction_answers, labels, answers)
            if mean is not None:
                yield GaugeValue(metrics.satisfaction_points, labels, float(mean))


CENSUS = Census(count=count, count_totals=count_totals)
