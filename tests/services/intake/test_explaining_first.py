"""Whoever has read a part of what intake published together is never misled by that part."""

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given as forall
from hypothesis import settings

from services.intake import receive
from services.intake.domain.steps import STEPS_OF_ONE_COMPLAINT
from shared.contracts.identifiers import document_id
from shared.contracts.intake import ComplaintFiled
from tests.services.intake.batches import EVENTS, batches
from tests.services.intake.given import (
    PUDONG,
    Data,
    at,
    complaint,
    consent,
    customer,
    event,
    key,
    merge,
    outcomes,
    step,
    survey,
    target,
    task_outcome,
)
from tests.services.intake.readers import misled, steps_at
from tests.services.intake.world import World

CASE = document_id(PUDONG, "cdk", "complaint", "K1")
STEPS = [event("complaint-step", step(step_id=f"S{number}")) for number in range(3)]
FILED = event("complaint", complaint())
ELSEWHERE = event("complaint", complaint(source_modified_at=at(-30), customer=customer("C2")))
NAMELESS = event("complaint", complaint(source_modified_at=at(-30), customer=None))
VOIDED = event("complaint", complaint(source_modified_at=at(-30), status="voided"))
OPEN_AGAIN = event("complaint", complaint(source_modified_at=at(-20)))
LATER_RECEIVED = event("complaint", complaint(source_modified_at=at(-20), received_at=at(-80)))


def trouble(world: World, raws: Sequence[Data]) -> list[str]:
    """What a reader of a part of what this batch publishes would be misled about."""
    before = world.messages()
    asyncio.run(world.intake().receive(raws))
    return misled(before, world.messages()[len(before) :])


@pytest.mark.parametrize(
    "story",
    [
        pytest.param([STEPS, [FILED]], id="steps before their complaint"),
        pytest.param([[FILED, *STEPS]], id="in one batch"),
        pytest.param([[*STEPS, FILED]], id="in one batch, steps first"),
        pytest.param([STEPS[:2], [FILED, STEPS[2]]], id="some before, one with it"),
        pytest.param([[FILED, *STEPS], [ELSEWHERE]], id="to another customer"),
        pytest.param([[FILED], STEPS, [ELSEWHERE], [OPEN_AGAIN]], id="there and back"),
        pytest.param([[FILED, *STEPS], [NAMELESS]], id="to no customer"),
        pytest.param([[*STEPS, NAMELESS], [OPEN_AGAIN]], id="from no customer"),
        pytest.param([STEPS, [FILED, ELSEWHERE]], id="corrected in the batch it comes in"),
        pytest.param([[FILED, *STEPS], [ELSEWHERE, OPEN_AGAIN]], id="there and back in one batch"),
        pytest.param([STEPS, [VOIDED], [OPEN_AGAIN]], id="voided, and open again"),
        pytest.param([[FILED], STEPS, [LATER_RECEIVED]], id="received at another time"),
        pytest.param(
            [[event("complaint-step", merge())], [FILED], [event("complaint", target())]],
            id="merged before it came",
        ),
    ],
)
def test_no_part_of_it_shows_a_complaint_without_its_known_steps(story: list[list[Data]]) -> None:
    world = World()
    for raws in story:
        assert trouble(world, raws) == []
    assert steps_at(world.messages()), "the complaint is somewhere"


@settings(max_examples=200, deadline=None)
@forall(batches)
def test_no_part_of_any_course_does(course: list[list[int]]) -> None:
    world = World()
    for numbers in course:
        assert trouble(world, [EVENTS[number] for number in numbers]) == []


async def test_the_register_is_asked_once_before_and_once_after(world: World) -> None:
    await world.intake().receive([*STEPS, event("complaint-step", merge())])
    world.register.calls.clear()
    await world.intake().receive([FILED, event("complaint", target())])
    assert world.register.calls == ["find", "save", "find"]


async def test_of_two_versions_in_one_batch_the_newer_alone_goes_out(world: World) -> None:
    items = await world.intake().receive([FILED, LATER_RECEIVED, NAMELESS])
    assert outcomes(items) == ["accepted", "accepted", "duplicate"]
    (told,) = (message for message in world.messages() if isinstance(message, ComplaintFiled))
    assert (told.version, told.customer_key) == (items[1].version, key())


async def test_consents_and_outcomes_go_ahead_of_what_they_explain(world: World) -> None:
    raws = [
        event("survey", survey()),
        event("consent", consent(do_not_contact=True)),
        event("task-outcome", task_outcome()),
    ]
    await world.intake().receive(raws)
    told = [type(message).__name__ for message in world.messages()]
    assert told == ["ConsentGiven", "TaskOutcomeRecorded", "SurveyAnswered"]


def steps(count: int, *, first: int = 0, **more: object) -> list[Data]:
    numbers = range(first, first + count)
    return [event("complaint-step", step(step_id=f"N{number}", **more)) for number in numbers]


async def test_a_complaint_takes_so_many_steps_and_no_new_one_beyond(world: World) -> None:
    await world.intake().receive([FILED, *steps(STEPS_OF_ONE_COMPLAINT - 1)])
    last, beyond = await world.intake().receive(steps(2, first=STEPS_OF_ONE_COMPLAINT - 1))
    assert (last.outcome, beyond.outcome) == ("accepted", "rejected")
    assert beyond.problem is not None
    assert beyond.problem.type == "urn:aftercare:problem:too-many-steps"
    assert beyond.problem.errors[0].pointer == "/data/case_no"
    assert len(steps_at(world.messages())[key(), CASE]) == STEPS_OF_ONE_COMPLAINT

    corrected = await world.intake().receive(steps(1, source_modified_at=at(-5), by="u8"))
    assert outcomes(corrected) == ["accepted"], "a known one may be corrected"
    assert outcomes(await world.intake().receive([*steps(1), ELSEWHERE])) == [
        "duplicate",
        "accepted",
    ]
    assert len(steps_at(world.messages())[key("C2"), CASE]) == STEPS_OF_ONE_COMPLAINT


async def test_a_complaint_takes_so_many_merges_into_it(world: World) -> None:
    """Those on it and those into it count together; a correction may not name a full one."""
    into = [
        event("complaint-step", merge(case_no=f"M{number}", merged_into="K1"))
        for number in range(STEPS_OF_ONE_COMPLAINT - 1)
    ]
    assert set(outcomes(await world.intake().receive([FILED, *into, *steps(1)]))) == {"accepted"}
    items = await world.intake().receive(
        [
            *steps(1, first=7),
            event("complaint-step", merge(case_no="Z", merged_into="K1")),
            event("complaint-step", merge(case_no="Y", merged_into="K2")),
            into[0],
        ]
    )
    assert outcomes(items) == ["rejected", "rejected", "accepted", "duplicate"]
    assert items[1].problem is not None
    assert items[1].problem.errors[0].pointer == "/data/merged_into"
    redirected = merge(case_no="Y", merged_into="K1", source_modified_at=at(-5))
    (item,) = await world.intake().receive([event("complaint-step", redirected)])
    assert item.outcome == "rejected"
    away = merge(case_no="M0", merged_into="K2", source_modified_at=at(-5))
    items = await world.intake().receive(
        [event("complaint-step", away), event("complaint-step", redirected)]
    )
    assert outcomes(items) == ["accepted", "accepted"], "one left, so there is room"


async def test_what_more_steps_follow_than_fit_is_taken_in_portions(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receive, "FOLLOWING_AT_ONCE", 6)
    cases = [f"K{number}" for number in range(8)]
    early = [
        event("complaint-step", step(case_no=case, step_id=f"S{number}"))
        for case in cases
        for number in range(4)
    ]
    await world.intake().receive(early)
    filed = [event("complaint", complaint(case_no=case)) for case in cases]
    world.register.calls.clear()
    before = world.messages()
    items = await world.intake().receive([*filed, event("consent", consent())])
    assert outcomes(items) == ["accepted"] * 9
    assert [item.index for item in items] == list(range(9))
    assert {len(found) for found in steps_at(world.messages()).values()} == {4}
    assert misled(before, world.messages()[len(before) :]) == []
    assert world.register.calls.count("save") == len(cases)
