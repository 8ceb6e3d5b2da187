"""Whose a task is: each claim, assignment and giving back is a document."""

import pytest

from services.intake.domain.examine.event import InvalidEvent, examine
from shared.contracts.intake import TaskAssigned
from tests.services.intake.given import (
    DEALERS,
    NOW,
    at,
    event,
    held,
    key,
    places,
    submitted,
    task_assignment,
)
from tests.services.intake.world import World

TASK = "0" * 36


def test_what_is_said_of_a_task_is_told_apart_by_its_number_or_else_by_when_and_by_whom() -> None:
    """Two who claim a task at the same moment are no correction of each other."""
    said = (
        task_assignment(),
        task_assignment(by="u8", person="u8"),
        task_assignment(at=at(-60)),
        task_assignment(assignment_no="7"),
    )
    ids = [submitted("task-assignment", data).document_id for data in said]
    assert [name.partition(f"{TASK}/")[2] for name in ids] == [
        "2026-11-21T08%3A50%3A00.000Z/u7",
        "2026-11-21T08%3A50%3A00.000Z/u8",
        "2026-11-21T09%3A00%3A00.000Z/u7",
        "7",
    ]


def test_who_has_it_from_when_on_is_told_to_the_customers_services() -> None:
    told = submitted("task-assignment", task_assignment(by="u1")).messages["customer"]
    assert isinstance(told, TaskAssigned)
    assert (told.customer_key, told.task_id, told.by, told.person) == (key(), TASK, "u1", "u7")


async def test_it_is_corrected_under_its_number_and_moves_with_its_customer(world: World) -> None:
    await world.report("task-assignment", task_assignment(assignment_no="7"))
    right = task_assignment(assignment_no="7", person="u9", source_modified_at=at(-5))
    await world.report("task-assignment", right)
    known = held(world.messages())
    assert [fact.person for fact in known.values() if isinstance(fact, TaskAssigned)] == ["u9"]
    await world.report(
        "task-assignment", right | {"source_customer_id": "C2", "source_modified_at": at(-4)}
    )
    assert places(world.messages(), "task-assignment") == {key("C2")}


def test_null_gives_a_task_back() -> None:
    told = submitted("task-assignment", task_assignment(person=None)).messages["customer"]
    assert isinstance(told, TaskAssigned)
    assert told.person is None


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"person": ...}, "/data/person"),  # who forgets to say whose it is, gives nothing back
        ({"by": ...}, "/data/by"),
        ({"by": None}, "/data/by"),
        ({"person": "a@b.example"}, "/data/person"),
        ({"person": ""}, "/data/person"),
        ({"task_id": "T-1"}, "/data/task_id"),
        ({"at": at(+60)}, "/data/at"),
    ],
)
def test_what_it_does_not_say_or_says_wrongly_is_pointed_at(
    wrong: dict[str, object], pointer: str
) -> None:
    data = {name: value for name, value in (task_assignment() | wrong).items() if value is not ...}
    found = examine(event("task-assignment", data), dealers=DEALERS, now=NOW)
    assert isinstance(found, InvalidEvent)
    assert [error.pointer for error in found.errors] == [pointer]
