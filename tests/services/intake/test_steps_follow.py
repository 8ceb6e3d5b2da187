"""Steps follow their complaint, and merges the complaint they lead to, whatever comes between."""

from itertools import permutations

import pytest

from shared.contracts.identifiers import document_id
from shared.contracts.intake import ComplaintMoved, ComplaintStepTaken
from shared.platform.errors import TransientFailure
from tests.services.intake.given import (
    PUDONG,
    Data,
    at,
    complaint,
    customer,
    event,
    held,
    key,
    merge,
    outcomes,
    places,
    step,
    target,
)
from tests.services.intake.world import World

CASE = document_id(PUDONG, "cdk", "complaint", "K1")
STEP = document_id(PUDONG, "cdk", "complaint-step", "K1", "S1")
MERGE = document_id(PUDONG, "cdk", "complaint-step", "K1", "M1")
INTERNAL: Data = {"source_customer_id": "X", "kind": "internal"}
WAITING = f"{PUDONG}/cdk/doc/K1"


async def test_a_step_follows_a_known_complaint(world: World) -> None:
    await world.report("complaint", complaint())
    item = await world.report("complaint-step", step())
    assert item.customer_keys == (key(),)
    assert places(world.messages(), "complaint-step") == {key()}
    assert not any(isinstance(told, ComplaintMoved) for told in world.messages())


async def test_a_step_before_its_complaint_waits_and_then_follows(world: World) -> None:
    early = await world.report("complaint-step", step())
    assert early.customer_keys == (WAITING,)
    await world.report("complaint", complaint())
    assert places(world.messages(), "complaint-step") == {key()}
    assert world.register.rows[STEP].keys == {key()}
    assert (await world.report("complaint-step", step())).outcome == "duplicate"


async def test_in_one_batch_a_step_may_come_first(world: World) -> None:
    items = await world.intake().receive(
        [event("complaint-step", step()), event("complaint", complaint())]
    )
    assert [item.customer_keys for item in items] == [(key(),), (key(),)]
    assert WAITING not in {told.customer_key for told in world.messages()}


async def test_a_complaint_takes_its_steps_along_to_another_customer(world: World) -> None:
    await world.report("complaint", complaint())
    await world.report("complaint-step", step())
    corrected = complaint(source_modified_at=at(-30), customer=customer("C2"))
    await world.report("complaint", corrected)
    assert places(world.messages(), "complaint-step") == {key("C2")}
    assert places(world.messages(), "complaint") == {key("C2")}
    back = complaint(source_modified_at=at(-20), customer=customer("C1"))
    await world.report("complaint", back)
    assert places(world.messages(), "complaint-step") == {key("C1")}


async def test_a_step_and_its_complaint_at_two_instances_find_each_other(world: World) -> None:
    """The complaint is registered after the step looked for it, and before it is written."""
    items = await world.race([event("complaint-step", step())], [event("complaint", complaint())])
    assert items[0].customer_keys == (key(),)
    assert places(world.messages(), "complaint-step") == {key()}


async def test_a_complaint_finds_the_step_registered_meanwhile(world: World) -> None:
    await world.race([event("complaint", complaint())], [event("complaint-step", step())])
    assert places(world.messages(), "complaint-step") == {key()}
    assert world.register.rows[STEP].keys == {key()}


async def test_the_same_step_twice_at_two_instances_ends_at_the_complaint(world: World) -> None:
    """Ours is published under the case's number; the rival's knows the case already."""
    rival = [event("complaint", complaint()), event("complaint-step", step())]
    items = await world.race([event("complaint-step", step())], rival)
    assert items[0].customer_keys == (key(),)
    assert places(world.messages(), "complaint-step") == {key()}


async def test_steps_cut_off_on_their_way_follow_at_the_retry(world: World) -> None:
    await world.report("complaint-step", step())
    await cut_off(world, "complaint", complaint())
    assert CASE not in world.register.rows
    assert (await world.report("complaint", complaint())).outcome == "accepted"
    assert places(world.messages(), "complaint-step") == {key()}
    assert world.register.rows[STEP].keys == {key()}


async def test_an_older_complaint_does_not_take_the_steps_back(world: World) -> None:
    await world.report("complaint", complaint(customer=customer("C2")))
    await world.report("complaint-step", step())
    await world.report("complaint", complaint(source_modified_at=at(-80)))
    assert places(world.messages(), "complaint-step") == {key("C2")}
    assert places(world.messages(), "complaint") == {key("C2")}


async def test_a_complaint_that_comes_back_has_its_steps_back(world: World) -> None:
    """They were taken away from its customer by an attempt that was then cut off."""
    await world.report("complaint", complaint())
    await world.report("complaint-step", step())
    elsewhere = complaint(source_modified_at=at(-30), customer=customer("C2"))
    await cut_off(world, "complaint", elsewhere)
    await world.report("complaint", complaint(source_modified_at=at(-20)))
    await world.report("complaint", elsewhere)
    assert places(world.messages(), "complaint-step") == {key("C1")}
    assert world.register.rows[STEP].keys == {key("C1")}


async def cut_off(world: World, noun: str, data: Data) -> None:
    """The document and what follows it are published, and the instance dies before it registers."""

    def fail() -> None:
        world.register.fail_next = [TransientFailure("database")]

    published = len(world.publisher.records)
    world.register.before_save = [fail]
    with pytest.raises(TransientFailure):
        await world.report(noun, data)
    assert len(world.publisher.records) > published


def merged_with(world: World) -> dict[str, str | None]:
    """Customer key -> the key that the merge there names; it is as it is registered."""
    found = {}
    for (where, document), told in held(world.messages()).items():
        if document == MERGE:
            assert isinstance(told, ComplaintStepTaken)
            assert told.version == world.register.rows[MERGE].version
            found[where] = told.merged_into_key
    return found


C3: Data = {"source_modified_at": at(-30), "customer": customer("C3")}
THREE = [
    event("complaint", complaint()),
    event("complaint", target()),
    event("complaint-step", merge()),
]
IN_ANY_ORDER = list(permutations(THREE))


@pytest.mark.parametrize("raws", IN_ANY_ORDER)
@pytest.mark.parametrize("sizes", [(3,), (1, 2), (2, 1), (1, 1, 1)])
async def test_a_merge_names_the_customer_of_the_other_complaint(
    world: World, raws: tuple[Data, ...], sizes: tuple[int, ...]
) -> None:
    left = list(raws)
    for size in sizes:
        batch, left = left[:size], left[size:]
        assert outcomes(await world.intake().receive(batch)) == ["accepted"] * size
    assert merged_with(world) == {key("C1"): key("C2")}
    assert world.register.rows[MERGE].keys == {key("C1")}


@pytest.mark.parametrize("raws", IN_ANY_ORDER)
async def test_a_merge_in_a_batch_with_all_is_published_once(
    world: World, raws: tuple[Data, ...]
) -> None:
    await world.intake().receive(raws)
    told = [message for message in world.messages() if message.document_id == MERGE]
    assert len(told) == 1


async def test_a_merge_between_known_complaints_is_published_once(world: World) -> None:
    await world.intake().receive(THREE[:2])
    item = (await world.intake().receive(THREE[2:]))[0]
    (told,) = (message for message in world.messages() if message.document_id == MERGE)
    assert isinstance(told, ComplaintStepTaken)
    assert (told.merged_into_key, told.version) == (key("C2"), item.version)


async def test_a_merge_into_an_unknown_complaint_waits_for_it_at_its_own(world: World) -> None:
    await world.report("complaint", complaint())
    item = await world.report("complaint-step", merge())
    assert item.customer_keys == (key("C1"),)
    assert merged_with(world) == {key("C1"): None}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([event("complaint", target(**C3))], {key("C1"): key("C3")}),
        ([event("complaint", complaint(**C3))], {key("C3"): key("C2")}),
        (
            [event("complaint", complaint(**C3)), event("complaint", target(**C3))],
            {key("C3"): key("C3")},
        ),
        ([event("complaint", target(**C3 | {"customer": INTERNAL}))], {key("C1"): None}),
        ([event("complaint", complaint(**C3 | {"customer": INTERNAL}))], {}),
        ([event("complaint", target(**C3 | {"customer": None}))], {key("C1"): f"{WAITING[:-1]}2"}),
        (
            [event("complaint", target(source_modified_at=at(-30), status="voided"))],
            {key("C1"): key("C2")},
        ),
        (
            [
                event("complaint", target(**C3)),
                event("complaint", target(source_modified_at=at(-20))),
            ],
            {key("C1"): key("C2")},
        ),
        ([event("complaint", target(**C3 | {"source_modified_at": at(-80)}))], None),
        (
            [
                event("complaint-step", merge(source_modified_at=at(-30), merged_into="K3")),
                event("complaint", target(case_no="K3", customer=customer("C4"))),
            ],
            {key("C1"): key("C4")},
        ),
        ([event("complaint-step", merge(merged_into="K1"))], None),
    ],
)
@pytest.mark.parametrize("at_once", [True, False])
async def test_a_merge_names_who_is_the_other_complaints_customer_now(
    world: World, changes: list[Data], expected: dict[str, str | None] | None, at_once: bool
) -> None:
    await world.intake().receive(THREE)
    for batch in [changes] if at_once else [[change] for change in changes]:
        await world.intake().receive(batch)
    assert merged_with(world) == ({key("C1"): key("C2")} if expected is None else expected)
    published, rows = len(world.publisher.records), dict(world.register.rows)
    await world.intake().receive([*changes, *THREE])
    repeated = [told for told in world.messages()[published:] if told.document_id == MERGE]
    assert (repeated, world.register.rows) == ([], rows), "repeats change nothing"


@pytest.mark.parametrize(
    ("mine", "rivals"),
    [
        (THREE[2:], THREE[1:2]),
        (THREE[1:2], THREE[2:]),
        (THREE[1:], THREE[2:]),
        (THREE[2:], THREE[1:]),
    ],
)
async def test_a_merge_and_the_other_complaint_at_two_instances_find_each_other(
    world: World, mine: list[Data], rivals: list[Data]
) -> None:
    """The rival registers its own between our publish and our write."""
    await world.report("complaint", complaint())
    await world.race(mine, rivals)
    assert merged_with(world) == {key("C1"): key("C2")}


async def test_the_other_complaint_moves_while_a_merge_is_written(world: World) -> None:
    """Both instances publish the merge, with different customers: the newer one counts."""
    await world.intake().receive(THREE[:2])
    await world.race(THREE[2:], [THREE[2], event("complaint", target(**C3))])
    assert merged_with(world) == {key("C1"): key("C3")}


async def test_a_merge_published_and_not_registered_is_corrected_by_its_retry(
    world: World,
) -> None:
    """At the retry the other complaint is known; consumers hold the merge without it."""
    await world.report("complaint", complaint())

    def fail() -> None:
        world.register.fail_next = [TransientFailure("database")]

    world.register.before_save = [fail]
    with pytest.raises(TransientFailure):
        await world.report("complaint-step", merge())
    await world.report("complaint", target())
    assert (await world.report("complaint-step", merge())).outcome == "accepted"
    assert merged_with(world) == {key("C1"): key("C2")}


@pytest.mark.parametrize("then", [key("C4"), key("C2")], ids=["goes on", "comes back"])
async def test_a_merge_cut_off_while_it_follows_ends_where_the_other_complaint_is(
    world: World, then: str
) -> None:
    """The move to C3 was published and not registered, when the complaint moved again."""
    await world.intake().receive(THREE)
    moved = target(**C3)
    await cut_off(world, "complaint", moved)
    number = then.rpartition("/")[2]
    await world.report("complaint", target(source_modified_at=at(-20), customer=customer(number)))
    assert merged_with(world) == {key("C1"): then}
    assert (await world.report("complaint", moved)).outcome == "duplicate"
    assert merged_with(world) == {key("C1"): then}


@pytest.mark.parametrize("count", [1, 200])
async def test_merges_take_as_many_round_trips_however_many_they_are(
    world: World, count: int
) -> None:
    numbers = [f"{number}" for number in range(count)]
    merges = [event("complaint-step", merge(case_no=number)) for number in numbers]
    cases = [event("complaint", complaint(case_no=number)) for number in numbers]
    await world.intake().receive(merges)
    assert world.register.calls == ["find", "save", "find"]
    world.register.calls.clear()
    await world.intake().receive([*cases, event("complaint", target())])
    assert world.register.calls == ["find", "save", "find"]
    last = [
        told for told in held(world.messages()).values() if isinstance(told, ComplaintStepTaken)
    ]
    assert {told.merged_into_key for told in last} == {key("C2")}
    assert len(last) == count
