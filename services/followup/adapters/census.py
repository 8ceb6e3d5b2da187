"""What is shown of a dealer's tasks as they are stored."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from shared.dealers.dealer import Dealer
from shared.decider.decision import Listing
from shared.platform import metrics
from shared.runtime import Census, GaugeValue

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


CENSUS = Census(count=count)
