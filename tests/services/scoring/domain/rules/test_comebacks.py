"""Points taken for work that had to be done again."""

from collections.abc import Sequence
from typing import Any

import pytest

from shared.contracts.envelope import Event
from tests.services.scoring.domain.rules.points import changed, points_of
from tests.services.scoring.given import line, visit

RULE = "comebacks"
CAR, OTHER = "LSVAU2180N2183294", "LSVAU2180N2183295"


def order(on: str, number: str, *codes: str, vin: str | None = CAR, **of_lines: Any) -> Event[Any]:
    lines = [line("100", code=code, **of_lines) for code in codes]
    return visit(on, number, vin=vin, lines=lines)


FIRST = order("2025-01-10", "R1", "BRAKE", "OIL")


@pytest.mark.parametrize(
    ("again", "is_comeback"),
    [
        (order("2025-02-09", "R2", "BRAKE"), True),
        (order("2025-02-10", "R2", "BRAKE"), False),  # 31 days later
        (order("2025-01-12", "R2", "DOOR"), False),
        (order("2025-01-12", "R2", "BRAKE", vin=OTHER), False),
        (order("2025-01-12", "R2", "BRAKE", vin=None), False),
        (order("2025-01-10T12:00:00+00:00", "R2", "BRAKE"), False),  # of the same day
        (order("2025-01-12", "R2", "BRAKE", category="maintenance"), False),
        (order("2025-01-12", "R2", "BRAKE", category="repair"), True),
        (order("2025-01-12", "R2", "BRAKE", pays="warranty"), True),
        (order("2025-01-12", "R2", "BRAKE", pays="internal"), False),
    ],
)
def test_the_same_repair_of_the_same_car_within_30_days_is_one(
    again: Event[Any], is_comeback: bool
) -> None:
    for story in ((FIRST, again), (again, FIRST)):
        assert bool(points_of(RULE, *story)) == is_comeback


def test_one_that_the_source_names_is_one_whatever_was_done() -> None:
    named = visit("2025-06-10", "R2", comeback_of="R1")
    assert points_of(RULE, FIRST, named) == [
        ("2025-06-10", "2026-06-10", -6),
        ("2026-06-10", "2027-06-10", -3),
    ]


def test_each_time_counts_and_named_and_found_is_once() -> None:
    thrice = [order(f"2025-01-{day}", f"R{day}", "BRAKE") for day in (10, 15, 20)]
    assert _begins(thrice) == ["2025-01-15", "2025-01-20"]
    named = visit("2025-01-15", "R2", comeback_of="R1", vin=CAR, lines=[line("1", code="BRAKE")])
    assert _begins([FIRST, named]) == ["2025-01-15"]


@pytest.mark.parametrize(
    ("names", "begins"),
    [
        ({"R1": "R2", "R2": "R1"}, ["2025-02-10"]),
        ({"R1": "R3", "R2": "R1", "R3": "R2"}, ["2025-02-10", "2025-03-10"]),
        ({"R1": "R1"}, []),
        ({"R1": "R2"}, []),
        ({"R2": "R0"}, ["2025-02-10"]),  # one that is not known here
    ],
)
def test_no_order_does_again_what_was_done_later(names: dict[str, str], begins: list[str]) -> None:
    orders = [
        visit(f"2025-0{month}-10", f"R{month}", comeback_of=names.get(f"R{month}"))
        for month in (1, 2, 3)
    ]
    for story in (orders, orders[::-1]):
        assert _begins(story) == begins


def test_a_voided_first_order_leaves_no_comeback() -> None:
    voided = visit("2025-01-10", "R1", status="voided", revision=2)
    again = order("2025-01-12", "R2", "BRAKE")
    assert points_of(RULE, FIRST, again, voided) == []


def test_with_no_days_only_what_is_named_counts() -> None:
    again = order("2025-01-12", "R2", "BRAKE")
    assert points_of(RULE, FIRST, again, policy=changed(comeback_days=0)) == []


def _begins(story: Sequence[Event[Any]]) -> list[str]:
    return [since for since, _, points in points_of(RULE, *story) if points == -6]
