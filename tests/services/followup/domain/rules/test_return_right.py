"""The watch: repairs after which a new car may have to be taken back."""

from collections.abc import Mapping
from typing import Any

import pytest

from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.shipped.services import RETURN_RIGHT
from services.followup.domain.terms import ReturnRight
from tests.services.followup.domain.rules.known import (
    OTHER_CAR,
    Document,
    gone,
    in_the_workshop,
    order,
    said,
    sold,
    tasks,
)

NEW = sold("2025-01-10")
SEVERE: Mapping[str, Any] = {"faults": ("B1",), "severe_faults": ("B1",)}
LIGHT: Mapping[str, Any] = {"faults": ("L1",)}
REPAIR: Mapping[str, Any] = {"repaired": True}


def repeated(times: int) -> tuple[Document, ...]:
    """The same light fault, once a month."""
    return tuple(
        order(f"2025-{month + 1:02d}-10", f"R{month}", **LIGHT) for month in range(1, times + 1)
    )


@pytest.mark.parametrize(
    ("given", "then"),
    [
        pytest.param((order("2025-02-10", **SEVERE),), [], id="the first repair of a severe fault"),
        pytest.param(
            (order("2025-02-10", **SEVERE), order("2025-03-10", "R2", **SEVERE)),
            ["R2 opens 2025-03-10 17:00, due 2025-03-11 17:00"],
            id="the second",
        ),
        pytest.param(
            (
                order("2025-02-10", **SEVERE),
                order("2025-03-10", "R2", **SEVERE),
                order("2025-04-10", "R3", **SEVERE),
            ),
            ["R2 opens 2025-03-10 17:00, due 2025-03-11 17:00"],
            id="not for the third again",
        ),
        pytest.param(
            (
                order("2025-02-10", **SEVERE),
                order("2025-03-10", "R2", faults=("B2",), severe_faults=("B2",)),
            ),
            [],
            id="not of two severe faults",
        ),
        pytest.param(
            (order("2025-02-10", **SEVERE), order("2025-03-10", "R2", vin=OTHER_CAR, **SEVERE)),
            [],
            id="nor of two cars",
        ),
        pytest.param(
            (order("2025-02-10", **SEVERE), in_the_workshop("2025-03-10", "R2", faults=("B1",))),
            ["R2 opens 2025-04-08 17:00, due 2025-04-09 17:00"],
            id="one that is not closed yet is no second, but counts its days",
        ),
        pytest.param(repeated(4), [], id="four repairs of one fault"),
        pytest.param(
            repeated(5), ["R5 opens 2025-06-10 17:00, due 2025-06-11 17:00"], id="more than four"
        ),
        pytest.param(
            (order("2025-03-12 17:00", opened="2025-02-10 17:00", **REPAIR),),
            [],
            id="30 days in repair",
        ),
        pytest.param(
            (order("2025-03-12 17:01", opened="2025-02-10 17:00", **REPAIR),),
            ["R1 opens 2025-03-12 17:00, due 2025-03-13 17:00"],
            id="more than 30, from when they are",
        ),
        pytest.param(
            (in_the_workshop("2025-02-10 17:00", **REPAIR),),
            ["R1 opens 2025-03-12 17:00, due 2025-03-13 17:00"],
            id="also while the car is in repair",
        ),
        pytest.param(
            (
                order("2025-02-25 17:00", opened="2025-02-10 17:00", **REPAIR),
                order("2025-04-20 17:00", "R2", opened="2025-04-01 17:00", **REPAIR),
            ),
            ["R2 opens 2025-04-16 17:00, due 2025-04-17 17:00"],
            id="of all orders together",
        ),
        pytest.param(
            (
                order("2025-02-25 17:00", opened="2025-02-10 17:00", **REPAIR),
                order("2025-02-25 17:00", "R2", opened="2025-02-10 17:00", **REPAIR),
            ),
            [],
            id="days of which two orders have are counted once",
        ),
        pytest.param(
            (order("2025-04-20 17:00", opened="2025-02-10 17:00"),),
            [],
            id="not of an order without a repair",
        ),
        pytest.param(
            (order("2027-02-10", **SEVERE), order("2027-03-10", "R2", **SEVERE)),
            [],
            id="not after 24 months",
        ),
        pytest.param(
            (order("2025-02-10", **SEVERE), order("2025-03-10", "R2", km=50_001, **SEVERE)),
            [],
            id="nor after 50,000 km",
        ),
        pytest.param(
            (
                order("2025-02-10", **SEVERE),
                order("2025-03-10", "R2", **SEVERE),
                gone("2025-03-20"),
            ),
            [
                "R2 opens 2025-03-10 17:00, due 2025-03-11 17:00; "
                "2025-03-20 17:00 cancelled: car sold on"
            ],
            id="a car that is gone ends it",
        ),
    ],
)
def test_return_right(given: tuple[Document, ...], then: list[str]) -> None:
    assert tasks("return_right", NEW, *given) == then


@pytest.mark.parametrize(
    "car", [(), (sold("2025-01-10", used=True),), (sold("2025-01-10", vin=OTHER_CAR),)]
)
def test_it_is_of_cars_that_were_sold_new_here(car: tuple[Document, ...]) -> None:
    story = (order("2025-02-10", **SEVERE), order("2025-03-10", "R2", **SEVERE))
    assert tasks("return_right", *car, *story) == []


def test_it_is_explained_by_its_orders() -> None:
    severe = (order("2025-02-10", **SEVERE), order("2025-03-10", "R2", **SEVERE))
    assert said("return_right", NEW, *severe) == {
        "severe": "B1 ×2",
        "repeated": "–",
        "days": "–",
        "orders": "R1, R2",
    }
    assert said("return_right", NEW, *repeated(5)) == {
        "severe": "–",
        "repeated": "L1 ×5",
        "days": "–",
        "orders": "R1, R2, R3, R4, R5",
    }
    long = order("2025-03-20", opened="2025-02-10", **REPAIR)
    assert said("return_right", NEW, long)["days"] == "31"


def test_two_grounds_by_one_order_are_one_task() -> None:
    story = (
        order("2025-02-10", **SEVERE),
        order("2025-04-20", "R2", opened="2025-03-01", **SEVERE),
    )
    assert said("return_right", NEW, *story) == {
        "severe": "B1 ×2",
        "repeated": "–",
        "days": "31",
        "orders": "R1, R2",
    }


def test_nobody_but_the_manager_hears_of_it() -> None:
    assert (RETURN_RIGHT.contact, RETURN_RIGHT.urgent) == ("internal", True)
    assert not RETURN_RIGHT.counts_as_contact


def test_how_often_and_how_long_is_the_policys() -> None:
    terms = ReturnRight(severe_repairs=3, more_than_repairs=1, more_than_days=5)
    policy = FollowUpPolicy(return_right=terms)
    severe = (order("2025-02-10", **SEVERE), order("2025-03-10", "R2", **SEVERE))
    assert said("return_right", NEW, *severe, policy=policy)["repeated"] == "B1 ×2"
    week = order("2025-02-10", opened="2025-02-03", **REPAIR)
    assert said("return_right", NEW, week, policy=policy)["days"] == "6"
