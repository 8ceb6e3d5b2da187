"""What is shown of a dealer's tasks as they are stored."""

from datetime import date, timedelta

from services.followup.adapters.census import count
from services.followup.domain.listing import TO_DO
from tests.dealers import DEALERS
from tests.services.followup.given import DEALER, at, delivery, given

PUDONG = DEALERS.all()[0]


def test_the_tasks_counted_are_those_to_be_done_as_time_goes_by() -> None:
    story = given(delivery("2025-01-10"))
    seen = set()
    for days in range(90):
        now = f"{date(2025, 1, 10) + timedelta(days=days)} 23:59"
        tasks = story.when(now)
        open_ones = [task for task in tasks.tasks if task.status in TO_DO]
        listing = tasks.decision.listing
        shown = {
            reading.gauge._name: reading.value
            for reading in count(PUDONG, [listing] if listing else [], [], at(now))
            if reading.labels == (DEALER,)
        }
        overdue = sum(task.status == "overdue" for task in open_ones)
        assert shown == {
            "aftercare_tasks_open": len(open_ones),
            "aftercare_tasks_overdue": overdue,
        }
        seen.add((len(open_ones) > 0, overdue > 0, listing is None))
    assert seen == {(True, False, False), (True, True, False), (False, False, True)}
