"""Of what a source dates the same, or not at all, the report received last counts.

A report that the source sends again, under the same event id, is received once.
"""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import timedelta

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from services.intake.domain.decide import decide
from services.intake.domain.facts import Row
from shared.contracts.intake import VisitRecorded
from tests.services.intake.given import NOW, Data, at, event, held, submitted, visit
from tests.services.intake.world import World

ONE_TIME = at(-60)

Statement = tuple[str, str]
"""The id of an event, and the department that it says a visit was of."""


def told(said: Statement, stamp: str | None) -> Data:
    return event("visit", visit(source_modified_at=stamp, department=said[1]), id=said[0])


def row_after(reports: Iterable[Data], ids: Iterable[str] | None = None) -> Row:
    """The register's, after these reports under ids of their own, a minute apart."""
    row = None
    names = iter(ids) if ids is not None else map(str, range(99))
    for minute, (data, name) in enumerate(zip(reports, names, strict=False)):
        received_at = NOW + timedelta(minutes=minute)
        row = decide(row, submitted("visit", data, id=name), received_at=received_at).row
    assert row is not None
    return row


def content(row: Row) -> str:
    assert row.content is not None
    return row.content["customer"]


@pytest.mark.parametrize("stamp", [ONE_TIME, None])
@pytest.mark.parametrize(
    "departments",
    [
        ("body", "paint"),
        ("paint", "body"),
        ("body", "paint", "body"),
        ("body", "paint", "tyres", "body", "paint"),
        ("body", "body", "paint", "paint", "body"),
    ],
)
def test_the_last_of_several_counts(stamp: str | None, departments: Sequence[str]) -> None:
    reports = [visit(source_modified_at=stamp, department=each) for each in departments]
    assert f'"department":"{departments[-1]}"' in content(row_after(reports))


@pytest.mark.parametrize("stamp", [ONE_TIME, None])
def test_a_visit_that_was_voided_by_mistake_is_closed_again(stamp: str | None) -> None:
    closed = visit(source_modified_at=stamp)
    voided = visit(source_modified_at=stamp, status="voided", voided_at=at(-61))
    row = row_after([closed, voided, closed])
    assert '"status":"closed"' in content(row)
    assert row.version > row_after([closed, voided]).version > row_after([closed]).version


@pytest.mark.parametrize("stamp", [ONE_TIME, None])
@pytest.mark.parametrize("repeated", [0, 1, 2])
def test_a_repeat_of_an_event_takes_nothing_back(stamp: str | None, repeated: int) -> None:
    departments = ["body", "paint", "body", "tyres"]
    reports = [visit(source_modified_at=stamp, department=each) for each in departments]
    row = row_after([*reports, reports[repeated]], [*"0123", str(repeated)])
    assert row == row_after(reports)


@pytest.mark.parametrize("stamp", [ONE_TIME, None])
def test_a_repeat_of_an_event_that_changed_nothing_takes_nothing_back(stamp: str | None) -> None:
    body, paint = (
        visit(source_modified_at=stamp, department=department) for department in ("body", "paint")
    )
    row = row_after([body, body, paint, body], ["0", "again", "1", "again"])
    assert '"department":"paint"' in content(row)


def test_a_sender_that_has_one_id_for_all_events_is_told_by_what_they_say() -> None:
    reports = [visit(source_modified_at=None, department=each) for each in ("body", "paint")]
    assert '"department":"paint"' in content(row_after(reports, ["id", "id"]))


def test_a_stamp_still_counts_before_the_receipt() -> None:
    later = visit(source_modified_at=at(-50), department="body")
    earlier = visit(source_modified_at=at(-55), department="paint")
    row = row_after([later, earlier, earlier])
    assert '"department":"body"' in content(row)


reports = st.lists(
    st.tuples(st.sampled_from("0123"), st.sampled_from(["body", "paint", "tyres"])),
    min_size=1,
    max_size=12,
)
troubles = st.lists(st.sampled_from(["fine", "publish", "save"]), max_size=12)
batch_sizes = st.integers(1, 4)


@forall(reports, st.sampled_from([ONE_TIME, None]), troubles, batch_sizes, st.booleans())
def test_consumers_end_with_what_was_said_last(
    said: list[Statement], stamp: str | None, trouble: list[str], size: int, clock_stands: bool
) -> None:
    world = World()
    batches = [
        [told(one, stamp) for one in said[start : start + size]]
        for start in range(0, len(said), size)
    ]
    asyncio.run(_report(world, batches, trouble, clock_stands))
    (shown,) = [fact for fact in held(world.messages()).values() if isinstance(fact, VisitRecorded)]
    assert shown.department == list(dict.fromkeys(said))[-1][1]
    assert shown.version == world.register.rows[shown.document_id].version


async def _report(
    world: World, batches: list[list[Data]], trouble: list[str], clock_stands: bool
) -> None:
    """Each batch that fails is sent again at once."""
    left = list(trouble)
    for batch in batches:
        while not await world.attempt(batch, left.pop() if left else "fine"):
            pass
        if not clock_stands:
            world.clock.advance(timedelta(seconds=1))
