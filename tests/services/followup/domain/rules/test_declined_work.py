"""Recommended work that was declined: 30 days after, due on the 37th, until it is performed."""

import pytest

from tests.services.followup.domain.rules.known import (
    OTHER_CAR,
    Document,
    gone,
    order,
    said,
    tasks,
)

WIPERS, BRAKES = ("wipers",), ("brakes",)
BOTH = ("wipers", "brakes")
AFTER_R1 = "R1 opens 2025-02-09 09:00, due 2025-02-16 18:00"


@pytest.mark.parametrize(
    ("given", "then"),
    [
        pytest.param((order("2025-01-10", declined=WIPERS),), [AFTER_R1], id="declined"),
        pytest.param((order("2025-01-10", performed=WIPERS),), [], id="nothing declined"),
        pytest.param(
            (order("2025-01-10", declined=WIPERS, performed=WIPERS),),
            [],
            id="declined and done after all, in one order",
        ),
        pytest.param(
            (order("2025-01-10", declined=WIPERS), order("2025-02-12", "R2", performed=WIPERS)),
            [f"{AFTER_R1}; 2025-02-12 17:00 done: performed"],
            id="closed when its code is performed",
        ),
        pytest.param(
            (order("2025-01-10", declined=WIPERS), order("2025-02-12", "R2", performed=BRAKES)),
            [AFTER_R1],
            id="not by other work",
        ),
        pytest.param(
            (
                order("2025-01-10", declined=WIPERS),
                order("2025-02-12", "R2", vin=OTHER_CAR, performed=WIPERS),
            ),
            [AFTER_R1],
            id="nor by the same on another car",
        ),
        pytest.param(
            (order("2025-01-10", declined=WIPERS), order("2024-12-12", "R0", performed=WIPERS)),
            [AFTER_R1],
            id="nor by what was done before",
        ),
        pytest.param(
            (
                order("2025-01-10", declined=BOTH),
                order("2025-02-12", "R2", performed=BRAKES),
                order("2025-02-14", "R3", performed=WIPERS),
            ),
            [f"{AFTER_R1}; 2025-02-14 17:00 done: performed"],
            id="of several the last one counts",
        ),
        pytest.param(
            (order("2025-01-10", declined=WIPERS), order("2025-02-12", "R2", declined=WIPERS)),
            [
                f"{AFTER_R1}; 2025-02-12 17:00 cancelled: declined again",
                "R2 opens 2025-03-14 09:00, due 2025-03-21 18:00",
            ],
            id="declined again it is the later order's",
        ),
        pytest.param(
            (order("2025-01-10", declined=WIPERS), gone("2025-01-20")),
            [f"{AFTER_R1}; 2025-01-20 17:00 cancelled: car sold on"],
            id="a car sold on ends it",
        ),
        pytest.param(
            (order("2025-01-10", vin=None, declined=WIPERS),), [AFTER_R1], id="without a number"
        ),
    ],
)
def test_declined_work(given: tuple[Document, ...], then: list[str]) -> None:
    assert tasks("declined_work", *given) == then


def test_it_names_the_work_that_is_still_to_be_done() -> None:
    declined = order("2025-01-10", declined=BOTH)
    assert said("declined_work", declined) == {"work": "wipers, brakes"}
    later = order("2025-01-20", "R2", performed=BRAKES)
    assert said("declined_work", declined, later) == {"work": "wipers"}
