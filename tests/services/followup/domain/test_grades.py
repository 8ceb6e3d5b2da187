"""A customer moves between grades: a task stays as it was opened, by the grade that they had."""

from datetime import timedelta
from typing import Any

import pytest

from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.shipped.deliveries import REPLACEMENT
from services.followup.domain.shipped.loyalty import SILENCE
from shared.contracts.envelope import Event
from shared.contracts.followup import TaskChanged
from shared.contracts.scoring import Grade
from tests.services.followup.given import Customer, delivery, given, local, scored, visit

BY_TIMES, FOR_SOME = FollowUpPolicy(rules=(SILENCE,)), FollowUpPolicy(rules=(REPLACEMENT,))
CAME, BOUGHT = visit("2025-01-10"), delivery("2022-01-10")
QUALITY = scored(1, grade="quality")
POTENTIAL = scored(1, grade="potential")
FALLEN = scored(2, grade="general", before=[("quality", "2025-03-15 12:00")])
BACK = scored(
    3, grade="quality", before=[("quality", "2025-03-15 12:00"), ("general", "2025-03-16 12:00")]
)


def only(story: Customer) -> TaskChanged:
    [task] = story.tasks
    return task


def test_a_task_stays_as_it_was_opened_whatever_times_are_of_the_grade_that_they_come_to() -> None:
    story = given(CAME, QUALITY).by(BY_TIMES).when("2025-03-12").then("silence/R1 open")
    opened = only(story)
    assert local(opened.due_at) == "2025-03-25 18:00"
    for score, day in ((FALLEN, "2025-03-16"), (BACK, "2025-03-17")):
        story.reported(score).when(day).then("silence/R1 open").then_withdrawn()
        assert only(story) == opened
    story.when("2025-07-10").then("silence/R1 expired: window passed")


@pytest.mark.parametrize("grade", ["quality", "potential"])
def test_a_task_stays_open_when_its_rule_is_not_for_them_any_more(grade: Any) -> None:
    story = given(BOUGHT, scored(1, grade=grade)).by(FOR_SOME).when("2025-01-11")
    story.then("replacement/D1 open")
    opened = only(story)
    fallen = scored(2, grade="general", before=[(grade, "2025-01-12 12:00")])
    story.reported(fallen).when("2025-01-13").then("replacement/D1 open").then_withdrawn()
    assert only(story) == opened


def test_what_was_never_for_them_is_not_for_them_by_a_grade_that_ended_before() -> None:
    fallen = scored(2, grade="general", before=[("quality", "2025-01-09 12:00")])
    story = given(BOUGHT, fallen).by(FOR_SOME).when("2025-01-11").then()
    assert story.silences == {"replacement/D1": "not_for_grade"}


def test_who_comes_to_a_better_grade_is_asked_as_soon_as_that_one_would_have_been() -> None:
    risen = scored(2, grade="quality", before=[("general", "2025-04-20 10:00")])
    story = given(CAME, risen).by(BY_TIMES).when("2025-04-20 09:59").then()
    story.when("2025-04-20 10:00").then("silence/R1 open")
    task = only(story)
    due = task.due_at - task.opens_at
    assert timedelta(days=14) <= due <= timedelta(days=15)
    assert task.grade == "quality"


def test_who_comes_to_a_grade_in_the_window_of_what_is_for_it_is_told_in_the_rest() -> None:
    risen = scored(2, grade="potential", before=[("general", "2025-02-01 10:00")])
    story = given(BOUGHT, risen).by(FOR_SOME).when("2025-02-01 10:00").then("replacement/D1 open")
    assert local(only(story).due_at) == "2025-03-11 18:00"


def test_who_comes_to_it_later_is_not_told_any_more_and_it_is_said_why() -> None:
    risen = scored(2, grade="potential", before=[("general", "2025-04-01 10:00")])
    story = given(BOUGHT, risen).by(FOR_SOME).when("2025-04-02").then()
    [silence] = story.plan().silences
    assert silence.because == "not_for_grade"
    assert silence.words.en == "It was due before they were potential customers"


@pytest.mark.parametrize(("told", "score"), [(CAME, QUALITY), (BOUGHT, POTENTIAL)])
def test_no_change_of_grade_leads_to_a_withdrawal(told: Event[Any], score: Event[Any]) -> None:
    """Day by day through a year in which the grade changes back and forth, as scoring tells it."""
    changes: list[tuple[Grade, str]] = [
        ("general", "2025-01-20 12:00"),
        ("quality", "2025-03-20 12:00"),
        ("potential", "2025-04-15 12:00"),
        ("general", "2025-07-15 12:00"),
        ("quality", "2025-09-01 12:00"),
    ]
    story = given(told, score).by(FollowUpPolicy(rules=(SILENCE, REPLACEMENT)))
    until: list[tuple[Grade, str]] = []
    grade: Grade = score.data.grade
    for sequence, (after, on) in enumerate(changes, start=2):
        until = [*until, (grade, on)]
        grade = after
        story.when(f"{on[:10]} 11:59").then_withdrawn()
        story.reported(scored(sequence, grade=grade, before=until)).when(on).then_withdrawn()
