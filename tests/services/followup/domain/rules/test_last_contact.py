"""Silence: no contact for 60, 90 or 180 days by grade, due 14 days later."""

from typing import get_args

import pytest

from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.shipped.loyalty import SILENCE
from services.followup.domain.shipped.services import SERVICE_SATISFACTION
from shared.contracts.scoring import Grade
from tests.services.followup.domain.rules.known import (
    OTHER_CAR,
    Document,
    gone,
    in_the_workshop,
    order,
    reported,
    scored,
    sold,
    tasks,
)

CSI = "service_satisfaction/visit/R1"


@pytest.mark.parametrize(
    ("grade", "opens", "due"),
    [
        ("quality", "2025-03-11 09:00", "2025-03-25 18:00"),
        ("potential", "2025-04-10 09:00", "2025-04-24 18:00"),
        ("general", "2025-07-09 09:00", "2025-07-23 18:00"),
        (None, "2025-07-09 09:00", "2025-07-23 18:00"),
    ],
)
def test_silence_by_grade(grade: Grade | None, opens: str, due: str) -> None:
    given = (order("2025-01-10"), scored(grade))
    assert tasks("silence", *given) == [f"R1 opens {opens}, due {due}"]


def test_every_grade_has_its_days() -> None:
    assert set(SILENCE.for_grade) == set(get_args(Grade))


AFTER_R1 = "R1 opens 2025-03-11 09:00, due 2025-03-25 18:00"


@pytest.mark.parametrize(
    ("given", "then"),
    [
        pytest.param((), [], id="nobody who was never there"),
        pytest.param(
            (sold("2025-01-10"),),
            ["D1 opens 2025-03-11 09:00, due 2025-03-25 18:00"],
            id="since a delivery",
        ),
        pytest.param(
            (order("2025-01-10"), order("2025-03-20", "R2", opened="2025-03-15")),
            [
                f"{AFTER_R1}; 2025-03-15 17:00 done: contact",
                "R2 opens 2025-05-19 09:00, due 2025-06-02 18:00",
            ],
            id="the next visit ends it and starts it anew, once it is over",
        ),
        pytest.param(
            (order("2025-01-10"), reported("2025-01-13 10:00", CSI)),
            [
                f"{AFTER_R1}; 2025-01-13 10:00 done: contact",
                "O1 opens 2025-03-14 09:00, due 2025-03-28 18:00",
            ],
            id="so does a task that was done",
        ),
        pytest.param(
            (order("2025-01-10"), reported("2025-01-13", CSI, "not_reached")),
            [AFTER_R1],
            id="not one in which they were not reached",
        ),
        pytest.param(
            (order("2025-01-10"), reported("2025-01-13", CSI, "declined")),
            [AFTER_R1],
            id="refused",
        ),
        pytest.param(
            (order("2025-01-10"), in_the_workshop("2025-03-15", "R2")),
            [
                f"{AFTER_R1}; 2025-03-15 17:00 done: contact",
                "R2 opens 2025-05-14 09:00, due 2025-05-28 18:00",
            ],
            id="a car that is in the workshop is a contact",
        ),
        pytest.param(
            (order("2025-01-10"), sold("2025-01-10", "D2", vin=OTHER_CAR)),
            [AFTER_R1],
            id="two contacts at once are one silence",
        ),
        pytest.param(
            (order("2025-01-10"), gone("2025-02-01")),
            [f"{AFTER_R1}; 2025-02-01 17:00 cancelled: car sold on"],
            id="who has no car any more is left alone",
        ),
        pytest.param(
            (sold("2024-01-10", vin=OTHER_CAR), order("2025-01-10"), gone("2025-02-01")),
            [
                "D1 opens 2024-03-10 09:00, due 2024-03-24 18:00; 2025-01-10 14:00 done: contact",
                AFTER_R1,
            ],
            id="who has another one is not",
        ),
    ],
)
def test_silence_of_a_quality_customer(given: tuple[Document, ...], then: list[str]) -> None:
    assert tasks("silence", scored("quality"), *given) == then


def test_what_counts_as_contact_is_the_policys() -> None:
    """A task that is done without a word to the customer starts nothing anew."""
    silent = SERVICE_SATISFACTION.model_copy(update={"counts_as_contact": False})
    rules = FollowUpPolicy(rules=(silent, SILENCE))
    given = (scored("quality"), order("2025-01-10"), reported("2025-01-13", CSI))
    assert tasks("silence", *given, policy=rules) == [AFTER_R1]
    assert len(tasks("silence", *given)) == 2
