"""Replacement: after 36 months of ownership, due 60 days later, quality or potential."""

import pytest

from services.followup.domain.shipped.deliveries import REPLACEMENT
from tests.services.followup.domain.rules.known import (
    OTHER_CAR,
    Document,
    gone,
    said,
    sold,
    tasks,
)

AFTER_36_MONTHS = "D1 opens 2028-01-10 09:00, due 2028-03-10 18:00"


@pytest.mark.parametrize(
    ("given", "then"),
    [
        pytest.param((sold("2025-01-10"),), [AFTER_36_MONTHS], id="36 months"),
        pytest.param(
            (sold("2024-02-29"),),
            ["D1 opens 2027-02-28 09:00, due 2027-04-29 18:00"],
            id="from the 29th of February to the 28th",
        ),
        pytest.param(
            (sold("2025-01-10"), sold("2028-02-01", "D2", vin=OTHER_CAR)),
            [
                f"{AFTER_36_MONTHS}; 2028-02-01 17:00 done: purchase",
                "D2 opens 2031-02-01 09:00, due 2031-04-02 18:00",
            ],
            id="another car bought closes it",
        ),
        pytest.param(
            (sold("2025-01-10"), sold("2027-12-01", "D2", vin=OTHER_CAR)),
            [
                f"{AFTER_36_MONTHS}; 2027-12-01 17:00 done: purchase",
                "D2 opens 2030-12-01 09:00, due 2031-01-30 18:00",
            ],
            id="also a month before",
        ),
        pytest.param(
            (sold("2025-01-10"), sold("2025-06-01", "D2", vin=OTHER_CAR)),
            [AFTER_36_MONTHS, "D2 opens 2028-06-01 09:00, due 2028-07-31 18:00"],
            id="not years before: each car for itself",
        ),
        pytest.param(
            (sold("2025-01-10"), sold("2028-02-01", "D2", vin=OTHER_CAR), gone("2027-01-01")),
            [
                f"{AFTER_36_MONTHS}; 2027-01-01 17:00 cancelled: car sold on",
                "D2 opens 2031-02-01 09:00, due 2031-04-02 18:00",
            ],
            id="a car sold on ends it",
        ),
    ],
)
def test_replacement(given: tuple[Document, ...], then: list[str]) -> None:
    assert tasks("replacement", *given) == then


def test_it_is_for_quality_and_potential_customers() -> None:
    assert REPLACEMENT.grades == ("quality", "potential")


def test_it_says_after_how_many_months() -> None:
    assert said("replacement", sold("2025-01-10")) == {"months": "36"}
