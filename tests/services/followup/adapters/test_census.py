"""What is shown of a dealer's tasks as they are stored."""

from collections import Counter
from datetime import date, timedelta

from services.followup.adapters.census import MOST_ROLES, OTHER, count, count_totals
from services.followup.domain.listing import TO_DO, listed
from shared.decider.decision import Listing, State
from shared.platform import metrics
from tests.dealers import DEALERS
from tests.services.followup.given import DEALER, at, delivery, given
from tests.services.followup.given_tasks import task

PUDONG = DEALERS.all()[0]


def test_the_tasks_counted_are_those_to_be_done_as_time_goes_by() -> None:
    story = given(delivery("2025-01-10"))
    seen = set()
    for days in range(90):
        now = f"{date(2025, 1, 10) + timedelta(days=days)} 23:59"
        tasks = story.when(now)
        open_ones = [task for task in tasks.tasks if task.status in TO_DO]
        listing = tasks.decision.listing
        readings = [*count(PUDONG, [listing] if listing else [], [], at(now))]
        shown = {
            reading.gauge._name: reading.value
            for reading in readings
            if reading.labels == (DEALER,)
        }
        of_roles = Counter(
            {reading.labels[1:]: reading.value for reading in readings if reading.labels[1:]}
        )
        assert of_roles == Counter((task.owner_role, task.status) for task in open_ones)
        overdue = sum(task.status == "overdue" for task in open_ones)
        assert shown == {
            "aftercare_tasks_open": len(open_ones),
            "aftercare_tasks_overdue": overdue,
        }
        seen.add((len(open_ones) > 0, overdue > 0, listing is None))
    assert seen == {(True, False, False), (True, True, False), (False, False, True)}


def listing_of(number: int, role: str) -> Listing:
    found = listed([State(f"a/{number}", task("2025-01-10", role=role))])
    assert found is not None
    return found


def test_roles_beyond_those_that_are_shown_are_one() -> None:
    roles = [f"role-{number:02}" for number in range(MOST_ROLES + 5)]
    many = [listing_of(number, role) for role in roles for number in range(2)]
    few = [listing_of(number, role) for number, role in enumerate(("rare", "seldom", "rare"))]
    shown = {
        reading.labels[1]: reading.value
        for reading in count(PUDONG, [*few[1:], *many, *few[:1]], [], at("2025-02-01"))
        if reading.labels[2:] == ("overdue",)
    }
    assert len(shown) == MOST_ROLES + 1
    assert shown[OTHER] == 2 * 5 + 3


def test_what_was_listed_before_roles_were_told_counts_all_the_same() -> None:
    old = Listing(at("2025-01-01"), at("2025-01-02"), {"due": ["2025-01-02T09:00:00.000Z"]})
    readings = [*count(PUDONG, [old], [], at("2025-02-01"))]
    assert [reading.value for reading in readings] == [1, 1]


def test_the_means_of_the_present_and_the_last_month_are_shown_where_there_are_answers() -> None:
    totals = {
        "2024-12": {"answers csi": 2, "tenths csi": 150},
        "2025-01": {"answers csi": 1, "tenths csi": 90},
        "tasks": {"open all ": 3},
    }
    found = {
        (reading.gauge, reading.labels[1:]): reading.value
        for reading in count_totals(PUDONG, totals, at("2025-01-15"))
    }
    answers, points = metrics.satisfaction_answers, metrics.satisfaction_points
    assert found == {
        (answers, ("ssi", "last")): 0,
        (answers, ("ssi", "present")): 0,
        (answers, ("csi", "last")): 2,
        (answers, ("csi", "present")): 1,
        (points, ("csi", "last")): 7.5,
        (points, ("csi", "present")): 9.0,
    }
