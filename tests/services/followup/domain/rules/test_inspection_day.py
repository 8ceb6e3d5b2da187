"""Annual inspection: 45 days before its day, due on it."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.services.followup.domain.rules.known import Document, gone, on, order, said, sold, tasks

IN_MARCH: Mapping[str, Any] = {"inspection_on": on("2026-03-01")}
BEFORE_MARCH = "D1 opens 2026-01-15 09:00, due 2026-03-01 18:00"


@pytest.mark.parametrize(
    ("given", "then"),
    [
        pytest.param((sold("2025-03-02", **IN_MARCH),), [BEFORE_MARCH], id="as the sale names it"),
        pytest.param(
            (order("2025-06-01", **IN_MARCH),),
            ["R1 opens 2026-01-15 09:00, due 2026-03-01 18:00"],
            id="or an order",
        ),
        pytest.param(
            (sold("2025-03-02", insured_until=on("2026-03-01")),), [], id="not by the insurance"
        ),
        pytest.param(
            (
                sold("2025-03-02", **IN_MARCH),
                order("2026-02-20", inspection_on=on("2028-03-01")),
            ),
            [
                f"{BEFORE_MARCH}; 2026-02-20 17:00 done: renewal",
                "R1 opens 2028-01-16 09:00, due 2028-03-01 18:00",
            ],
            id="a later day is the next inspection",
        ),
        pytest.param(
            (sold("2025-03-02", **IN_MARCH), gone("2026-02-01")),
            [f"{BEFORE_MARCH}; 2026-02-01 17:00 cancelled: car sold on"],
            id="a car sold on ends it",
        ),
    ],
)
def test_inspection(given: tuple[Document, ...], then: list[str]) -> None:
    assert tasks("inspection", *given) == then


def test_it_says_by_when() -> None:
    assert said("inspection", sold("2025-03-02", **IN_MARCH)) == {"until": "2026-03-01"}
