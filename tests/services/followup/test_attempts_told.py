"""What attempts, wrong numbers and claims make of a customer's tasks, from report to task."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import strategies as some

from services.followup.domain.facts import FollowUpFacts
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.retry_plan import RetryPlan
from services.followup.domain.shipped.corrections import DATA_CORRECTION
from services.followup.domain.shipped.deliveries import DELIVERY_THANKS
from services.followup.domain.shipped.services import SERVICE_SATISFACTION
from shared.contracts.envelope import Event
from tests.invariants import DeciderInvariants
from tests.services.followup.given import DECIDER, Customer, at, given, local, visit
from tests.services.followup.given_attempts import assignment, call, corrected
from tests.services.followup.stories import END, START, moments, reports_of_cars
from tests.services.followup.stories_of_attempts import reports_of_attempts
from tests.services.followup.stories_of_others import one_word_each

CSI = "service_satisfaction/visit/R1"
CLOSED = visit("2025-01-10", vin=None)
"""Asked about from the morning of the 11th on, by the 13th, 17:00."""
POLICY = FollowUpPolicy(rules=(DELIVERY_THANKS, SERVICE_SATISFACTION, DATA_CORRECTION))
"""Of what ships; each may fall back to other channels."""


def told(*events: Event[Any]) -> Customer:
    """A customer after these events."""
    return given(*events).by(POLICY)


def test_the_task_says_when_and_how_it_is_tried_next() -> None:
    calls = [
        call("2025-01-11 10:00", CSI, "not_reached", "O1"),
        call("2025-01-11 14:30", CSI, "not_reached", "O2"),
    ]
    task = told(CLOSED, *calls).when("2025-01-11 15:00").of_kind("service_satisfaction")
    assert task.next_attempt_at is not None
    assert (task.attempts, local(task.next_attempt_at)) == (2, "2025-01-12 16:30")
    assert task.channel != "phone"
    words = " | ".join(reason.en for reason in task.why_now)
    assert "Not reached, tried 2 times" in words


@pytest.mark.parametrize(
    ("events", "due"),
    [
        ([], "2025-01-13 17:00"),
        ([call("2025-01-11 10:00", CSI, "not_reached")], "2025-01-13 17:00"),
        ([call("2025-01-11 10:00", CSI, "postponed", day="2025-01-20")], "2025-01-20 18:00"),
        ([call("2025-01-11 10:00", CSI, "wrong_number")], "2025-01-13 17:00"),
        ([assignment("2025-01-11 10:00", CSI, "u1")], "2025-01-13 17:00"),
    ],
)
def test_it_is_overdue_from_its_due_time_on_whatever_came_of_it(
    events: list[Event[Any]], due: str
) -> None:
    story = told(CLOSED, *events)
    before = at(due) - (at("2025-01-01 00:01") - at("2025-01-01 00:00"))
    assert story.when(local(before)).of_kind("service_satisfaction").status == "open"
    assert story.when(due).of_kind("service_satisfaction").status == "overdue"


def test_who_is_not_reached_by_the_last_try_is_given_up() -> None:
    calls = [call(f"2025-01-1{day}", CSI, "not_reached", f"O{day}") for day in range(1, 5)]
    story = told(CLOSED, *calls).when("2025-01-14 18:00")
    assert story.statuses["service_satisfaction/R1"] == "cancelled: not reached"


def test_a_wrong_number_asks_for_its_correction_beside_the_call() -> None:
    wrong = call("2025-01-11 10:00", CSI, "wrong_number")
    story = told(CLOSED, wrong).when("2025-01-11 11:00")
    story.then("service_satisfaction/R1 open", "data_correction/O1 open")
    assert local(story.of_kind("data_correction").due_at) == "2025-01-14 10:00"
    corrected = call("2025-01-12 10:00", "data_correction/task-outcome/O1", "done", "O2")
    after = told(CLOSED, wrong, corrected).when("2025-01-12 11:00")
    after.then("service_satisfaction/R1 open", "data_correction/O1 done: done")
    assert after.of_kind("service_satisfaction").channel == "phone"


def test_another_number_is_as_good_as_the_task_to_find_it() -> None:
    wrong = call("2025-01-11 10:00", CSI, "wrong_number")
    after = told(CLOSED, wrong, corrected("2025-01-12 10:00", "phones")).when("2025-01-12 11:00")
    after.then("service_satisfaction/R1 open", "data_correction/O1 done: corrected")
    assert after.of_kind("service_satisfaction").channel == "phone"


def test_a_wrong_number_is_wrong_for_the_next_task_too() -> None:
    wrong = call("2025-01-11 10:00", CSI, "wrong_number")
    later = visit("2025-03-10", "R2", vin=None)
    tasks = told(CLOSED, wrong, later).when("2025-03-11 12:00").tasks
    [task] = [task for task in tasks if task.status == "open"]
    assert task.channel != "phone"


def test_whose_it_is_stands_on_the_task() -> None:
    claims = [
        assignment("2025-01-11 10:01", CSI, "u2", "A2"),
        assignment("2025-01-11 10:00", CSI, "u1", "A1"),
    ]
    task = told(CLOSED, *claims).when("2025-01-11 11:00").of_kind("service_satisfaction")
    assert task.person == "u1"
    assert [reason.en for reason in task.why_now if "Claimed" in reason.en]
    back = assignment("2025-01-12", CSI, None, "A3", by="boss")
    free = told(CLOSED, *claims, back).when("2025-01-12 17:00").of_kind("service_satisfaction")
    assert free.person is None


class TestInvariants(DeciderInvariants[FollowUpFacts, FollowUpPolicy]):
    decider = replace(DECIDER, policy=POLICY)
    stories = some.lists(reports_of_cars() | reports_of_attempts(), max_size=10).map(one_word_each)
    moments = moments
    start, end = START, END
    other_policy = FollowUpPolicy(
        rules=POLICY.rules, retry=RetryPlan(steps=(), wrong_days=3), longest_postponement_days=5
    )
