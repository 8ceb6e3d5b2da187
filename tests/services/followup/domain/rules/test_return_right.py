"""The watch: repairs after which a new car may have to be taken back."""

from collections.abc import Mapping
from typing import Any

import pytest

from services.followup.domain.occasion import NOT_SAID
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.shipped.services import RETURN_RIGHT
from services.followup.domain.terms import ReturnRight
from services.followup.domain.wording import why
from tests.services.followup.domain.rules.known import (
    OTHER_CAR,
    Document,
    found,
    gone,
    in_the_workshop,
    order,
    said,
    sold,
    tasks,
)
from tests.services.followup.given import CAR

NEW = sold("2024-11-10")
"""Long before the repairs told of: a severe fault is not so soon that it is enough by itself."""
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
        pytest.param(
            (order("2025-02-10", **SEVERE), order("2025-02-10 18:00", "R2", **SEVERE)),
            [],
            id="two orders of one day are one repair",
        ),
        pytest.param(
            (
                order("2025-02-10", **SEVERE),
                order("2025-02-10 18:00", "R2", **SEVERE),
                order("2025-02-11", "R3", **SEVERE),
            ),
            ["R3 opens 2025-02-11 17:00, due 2025-02-12 17:00"],
            id="of two days they are two",
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
        "early": "–",
        "severe": "B1 ×2",
        "repeated": "–",
        "days": "–",
        "orders": "R1, R2",
    }
    assert said("return_right", NEW, *repeated(5)) == {
        "early": "–",
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
        "early": "–",
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


@pytest.mark.parametrize(
    ("given", "early"),
    [
        pytest.param((order("2025-03-11", **SEVERE),), ["B1"], id="on the 60th day"),
        pytest.param((order("2025-03-12", **SEVERE),), [], id="a day too late"),
        pytest.param(
            (order("2025-03-20", opened="2025-03-11", **SEVERE),),
            ["B1"],
            id="the day counts on which the car came in",
        ),
        pytest.param((in_the_workshop("2025-02-10", **SEVERE),), [], id="not repaired yet"),
        pytest.param((order("2025-02-10", km=3_000, **SEVERE),), ["B1"], id="at 3,000 km"),
        pytest.param((order("2025-02-10", km=3_001, **SEVERE),), [], id="further than that"),
        pytest.param(
            (order("2025-01-20", km=500), order("2025-02-10", "R2", km=200_000, **SEVERE)),
            ["B1"],
            id="a reading that cannot be says nothing",
        ),
        pytest.param((order("2025-02-10", **LIGHT),), [], id="not of a light fault"),
        pytest.param((order("2025-01-09", **SEVERE),), [], id="nor before the delivery"),
        pytest.param((order("2025-02-10", vin=OTHER_CAR, **SEVERE),), [], id="nor of another car"),
        pytest.param(
            (
                order("2025-02-10", **SEVERE),
                order("2025-02-20", "R2", faults=("B1", "S1"), severe_faults=("B1", "S1")),
            ),
            ["B1", "S1"],
            id="each fault once",
        ),
    ],
)
def test_a_severe_fault_soon_after_the_delivery_is_enough(
    given: tuple[Document, ...], early: list[str]
) -> None:
    watched = found("return_right", sold("2025-01-10", km=10), *given)
    assert [each.said["early"] for each in watched if each.said["early"] != NOT_SAID] == early


def test_how_soon_is_the_policys() -> None:
    severe = order("2025-02-10", km=2_000, **SEVERE)
    for terms, enough in (
        ({"early_days": 30}, False),
        ({"early_days": 31}, True),
        ({"early_km": 1_999}, False),
        ({"early_days": None}, False),
    ):
        policy = FollowUpPolicy(return_right=ReturnRight.model_validate(terms))
        assert bool(tasks("return_right", sold("2025-01-10"), severe, policy=policy)) == enough


def test_a_reading_with_a_digit_too_many_does_not_end_the_watch() -> None:
    story = (
        order("2025-02-10", km=4_000, **SEVERE),
        order("2025-03-10", "R2", km=52_000, **SEVERE),
    )
    assert len(tasks("return_right", sold("2024-11-10", km=10), *story)) == 1


@pytest.mark.parametrize(
    ("story", "en", "zh"),
    [
        (
            (order("2025-02-10", **SEVERE),),
            "; severe fault soon after the delivery: B1. Orders: R1",
            ";交付初期严重安全性能故障:B1。工单:R1",
        ),
        (
            (order("2025-04-20", opened="2025-03-20", **SEVERE),),
            "; days in repair: 31. Orders: R1",
            ";累计维修天数:31。工单:R1",
        ),
    ],
)
def test_the_sentence_names_nothing_but_the_grounds(
    story: tuple[Document, ...], en: str, zh: str
) -> None:
    [watched] = found("return_right", sold("2025-01-10"), *story)
    said = why(watched, watched.due_at)
    day = watched.known_at.astimezone(watched.zone).date()
    came = f"On {day} {CAR} came so far that it may have to be taken back or exchanged"
    assert said.en == f"{came}{en}"
    assert said.zh == f"{day} 起,{CAR} 可能符合退换车条件{zh}"
