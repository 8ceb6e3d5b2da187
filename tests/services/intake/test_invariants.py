"""Whatever the order, repetition, batching and failures: consumers end with the same facts."""

import asyncio
from collections import deque
from collections.abc import Sequence

from hypothesis import given as forall
from hypothesis import strategies as st

from services.intake.domain.documents.complaint_step import STEP
from services.intake.domain.facts import Row
from services.intake.domain.profiles.profile import PROFILE
from shared.contracts.intake import ComplaintStepTaken, Recorded
from shared.platform.errors import TransientFailure
from tests.examples import thorough
from tests.services.intake.batches import EVENTS, after, batches, failures
from tests.services.intake.given import (
    held,
    key,
)
from tests.services.intake.world import World


def facts(world: World) -> dict[tuple[str, str], Recorded]:
    """What consumers hold; the version of a placed step tells how often it moved, not what."""
    return {
        where: told.model_copy(update={"version": told.version[:26]})
        for where, told in held(world.messages()).items()
    }


IN_ORDER = after([[number] for number in range(len(EVENTS))], [])
EXPECTED = facts(IN_ORDER)


def without_profiles(found: dict[tuple[str, str], Recorded]) -> dict[tuple[str, str], Recorded]:
    return {where: told for where, told in found.items() if "/profile/" not in where[1]}


def registered(world: World) -> dict[str, Row]:
    """The register but for how it came about, and for profiles."""
    return {
        row.document_id: row.model_copy(
            update={"version": row.version[:26], "events": {}, "left": {}, "revision": 0}
        )
        for row in world.register.rows.values()
        if row.kind != PROFILE
    }


@forall(batches, st.permutations(range(len(EVENTS))), failures)
def test_the_facts_are_the_same(
    some: list[list[int]], all_of_them: list[int], trouble: list[str]
) -> None:
    world = after([*some, *([number] for number in all_of_them)], trouble)
    assert without_profiles(facts(world)) == without_profiles(EXPECTED)
    assert registered(world) == registered(IN_ORDER)
    assert_as_registered(world)
    assert_steps_are_in_place(world)


def assert_as_registered(world: World) -> None:
    shown = {
        (*where, told.version) for where, told in without_profiles(held(world.messages())).items()
    }
    rows = [row for row in world.register.rows.values() if row.kind != PROFILE]
    assert shown == {(key, row.document_id, row.version) for row in rows for key in row.keys}


def assert_steps_are_in_place(world: World) -> None:
    """Each step is where its complaint is; a merge carries the key of what it leads to."""
    shown, rows = held(world.messages()), world.register.rows
    for row in (row for row in rows.values() if row.kind == STEP):
        case, other = rows.get(row.parent or ""), rows.get(row.merged_into or "")
        assert case is None or row.keys == case.keys
        for where in row.keys:
            told = shown[where, row.document_id]
            assert isinstance(told, ComplaintStepTaken)
            assert told.version == row.version
            assert told.merged_into_key == (other.customer_key if other is not None else None)


def test_a_merge_ends_with_the_customer_of_the_other_complaint() -> None:
    (told,) = (fact for fact in EXPECTED.values() if fact.document_id.endswith("/K1/M1"))
    assert isinstance(told, ComplaintStepTaken)
    assert (told.by, told.merged_into_key) == ("u8", key("C2"))


@forall(batches)
def test_steps_are_in_place_wherever_things_end(some: list[list[int]]) -> None:
    assert_steps_are_in_place(after(some, []))


WITHOUT_STEPS = [number for number, one in enumerate(EVENTS) if "step" not in one["type"]]


@forall(st.permutations(WITHOUT_STEPS), failures)
def test_corrections_may_overtake_what_was_cut_off(order: list[int], trouble: list[str]) -> None:
    world = after([[number] for number in order], trouble, later=True)
    assert_as_registered(world)


STORY = [number for number, one in enumerate(EVENTS) if "complaint" in one["type"]]
"""All that is about complaints."""
STORY_TOLD = facts(after([[number] for number in STORY], []))
interruptions = st.lists(
    st.none() | st.just("killed") | st.lists(st.sampled_from(STORY), min_size=1, max_size=3),
    max_size=12,
)
"""What happens before each call to the register: nothing, the instance dies, or another one
takes a batch."""


def interrupted(order: Sequence[Sequence[int]], by: Sequence[list[int] | str | None]) -> World:
    """All batches taken at instances side by side; what failed was sent again after the others."""
    world, left, waiting = World(), list(by), deque(order)

    def take(batch: Sequence[int]) -> None:
        receiving = world.intake().receive([EVENTS[number] for number in batch])
        try:
            receiving.send(None)  # nothing in memory ever waits
        except StopIteration:
            return
        except TransientFailure:
            waiting.append(batch)

    def meanwhile() -> None:
        between = left.pop() if left else None
        if between == "killed":
            raise TransientFailure("killed")
        if isinstance(between, list):
            take(between)

    world.register.meanwhile = meanwhile
    while waiting:
        take(waiting.popleft())
    return world


@thorough
@forall(st.permutations(STORY), interruptions)
def test_instances_side_by_side_that_may_die_leave_all_steps_in_place(
    order: list[int], by: list[list[int] | str | None]
) -> None:
    world = interrupted([[number] for number in order], by)
    assert_steps_are_in_place(world)
    told = facts(world)
    expected = {where: fact for where, fact in STORY_TOLD.items() if "/profile/" not in where[1]}
    assert {where: told[where] for where in expected} == expected


@forall(st.permutations(range(len(EVENTS))), batches)
def test_what_is_reported_again_changes_nothing(order: list[int], again: list[list[int]]) -> None:
    world = after([[number] for number in order], [])
    rows, told = registered(world), facts(world)

    async def report_again() -> None:
        for batch in again:
            assert await world.attempt([EVENTS[number] for number in batch], "fine")

    asyncio.run(report_again())
    assert registered(world) == rows
    assert without_profiles(facts(world)) == without_profiles(told)


@forall(st.permutations(range(len(EVENTS))))
def test_the_newest_profile_counts(order: list[int]) -> None:
    world = after([[number] for number in order], [])
    names = {told.name for told in held(world.messages()).values() if hasattr(told, "name")}
    assert names == {told.name for told in EXPECTED.values() if hasattr(told, "name")}
