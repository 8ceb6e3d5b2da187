"""Which tasks can be given, and what came of it."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from services.desk.domain.commands import event_of
from services.desk.domain.reassigning import TaskNamed, after_giving, before_giving, giving
from services.desk.domain.users import User
from shared.contracts.feeds import TaskAssignmentReported
from shared.contracts.http.followup import FollowUpTask, TaskReason
from tests.access.dealers import MINE, SISTER

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
TASK = TaskNamed(UUID(int=7), f"{MINE}/cdk/C1")


def task(person: str | None, status: str = "open") -> FollowUpTask:
    return FollowUpTask.model_validate(
        {
            "task_id": TASK.task_id,
            "customer_key": TASK.customer_key,
            "kind": "delivery_thanks",
            "status": status,
            "title_en": "Thank",
            "title_zh": "感谢",
            "owner_role": "sales_consultant",
            "channel": "phone",
            "vin": None,
            "opens_at": NOW,
            "due_at": NOW,
            "closed_at": None,
            "closed_because": None,
            "attempts": (),
            "next_attempt_at": None,
            "person": person,
            "assignments": (),
            "why": TaskReason(document_id="d", en="e", zh="z"),
        }
    )


@pytest.mark.parametrize(
    ("now", "kept"),
    [
        (task("a"), None),
        (task("a", "overdue"), None),
        (task("b"), "is_theirs"),
        (task("c"), "anothers"),
        (task(None), "anothers"),
        (task("a", "done"), "over"),
        (None, "over"),
    ],
)
def test_a_task_is_given_where_it_still_is_whose_it_was(
    now: FollowUpTask | None, kept: str | None
) -> None:
    assert before_giving(now, "a", "b") == kept


def test_what_is_nobodys_can_be_given_and_given_back() -> None:
    assert before_giving(task(None), None, "b") is None
    assert before_giving(task("a"), "a", None) is None


@pytest.mark.parametrize(
    ("now", "holds", "given"),
    [
        (task("b"), True, "given"),
        (task("a"), False, "taken"),
        (task("c"), True, "anothers"),
        (task("b", "done"), True, "over"),
        (None, True, "over"),
        (None, False, "taken"),
    ],
)
def test_what_came_of_it_is_what_was_decided(
    now: FollowUpTask | None, holds: bool, given: str
) -> None:
    assert after_giving(now, "b", holds=holds) == given


def test_a_form_that_is_sent_again_is_the_same_act_for_each_task() -> None:
    form, other = uuid4(), TaskNamed(UUID(int=8), TASK.customer_key)
    assert giving(form, TASK, "b").id == giving(form, TASK, "b").id
    assert giving(form, TASK, "b").id != giving(form, other, "b").id
    assert giving(form, TASK, "b").id != giving(uuid4(), TASK, "b").id


@pytest.mark.parametrize("person", ["b", None])
def test_the_act_is_a_report_that_intake_knows(person: str | None) -> None:
    user = User(username="lin", name="Lin", staff_id="s1", grants=())
    event = event_of(giving(uuid4(), TASK, person), user, NOW)
    report = TaskAssignmentReported.model_validate(event.data)
    assert (report.person, report.by, report.customer_key) == (person, "s1", TASK.customer_key)


def test_a_task_is_named_and_read_again() -> None:
    assert TaskNamed.parse(str(TASK), MINE) == TASK


@pytest.mark.parametrize("key", ["cdk/lead/L1", "cdk/vin/1HGCM82633A004352"])
def test_tasks_of_leads_and_cars_are_named_too(key: str) -> None:
    named = TaskNamed(TASK.task_id, f"{MINE}/{key}")
    assert TaskNamed.parse(str(named), MINE) == named


@pytest.mark.parametrize(
    "text",
    [
        f"{TASK.task_id} {SISTER}/cdk/C1",
        f"{TASK.task_id}",
        f"{TASK.task_id} {MINE}/cdk/doc/1",
        f"1 {TASK.customer_key}",
        "",
    ],
)
def test_nothing_of_another_dealer_can_be_named(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        TaskNamed.parse(text, MINE)
