"""Insurance renewal: 45 days before the expiry, due 7 days before, until a later one is known."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.services.followup.domain.rules.known import (
    OTHER_CAR,
    Document,
    found,
    gone,
    on,
    order,
    said,
    sold,
    tasks,
)
from tests.services.followup.given import at

UNTIL_MARCH: Mapping[str, Any] = {"insured_until": on("2026-03-01")}
NEXT_YEAR: Mapping[str, Any] = {"insured_until": on("2027-03-01")}
FOR_MARCH = "D1 opens 2026-01-15 09:00, due 2026-02-22 18:00"


@pytest.mark.parametrize(
    ("given", "then"),
    [
        pytest.param((sold("2025-03-02", **UNTIL_MARCH),), [FOR_MARCH], id="as the sale names it"),
        pytest.param((sold("2025-03-02"),), [], id="not where none is known"),
        pytest.param(
            (sold("2025-03-02"), order("2025-06-01", **UNTIL_MARCH)),
            ["R1 opens 2026-01-15 09:00, due 2026-02-22 18:00"],
            id="or an order, by what is known of the car",
        ),
        pytest.param(
            (sold("2025-03-02", **UNTIL_MARCH), order("2025-06-01", **UNTIL_MARCH)),
            [FOR_MARCH],
            id="named twice it is one",
        ),
        pytest.param(
            (
                sold("2025-03-02", **UNTIL_MARCH),
                order("2025-06-01", insured_until=on("2026-03-21")),
            ),
            ["D1 opens 2026-02-04 09:00, due 2026-03-14 18:00"],
            id="a few days off it is a correction",
        ),
        pytest.param(
            (sold("2025-03-02", **UNTIL_MARCH), order("2026-02-01", **NEXT_YEAR)),
            [
                f"{FOR_MARCH}; 2026-02-01 17:00 done: renewal",
                "R1 opens 2027-01-15 09:00, due 2027-02-22 18:00",
            ],
            id="a later expiry ends it, and is the next one",
        ),
        pytest.param(
            (sold("2026-02-01", **NEXT_YEAR), order("2026-02-05", **UNTIL_MARCH)),
            ["D1 opens 2027-01-15 09:00, due 2027-02-22 18:00"],
            id="an earlier one is out of date",
        ),
        pytest.param(
            (sold("2025-03-02", **UNTIL_MARCH), sold("2025-03-02", "D2", vin=OTHER_CAR)),
            [FOR_MARCH],
            id="of two cars the insured one",
        ),
        pytest.param(
            (
                sold("2025-03-02", **UNTIL_MARCH),
                sold("2025-03-03", "D2", vin=OTHER_CAR, **NEXT_YEAR),
            ),
            [FOR_MARCH, "D2 opens 2027-01-15 09:00, due 2027-02-22 18:00"],
            id="another car's later expiry renews nothing",
        ),
        pytest.param(
            (sold("2025-03-02", **UNTIL_MARCH), gone("2026-02-01")),
            [f"{FOR_MARCH}; 2026-02-01 17:00 cancelled: car sold on"],
            id="a car sold on ends it",
        ),
        pytest.param(
            (sold("2025-03-02", undone_at=at("2026-02-01"), **UNTIL_MARCH),),
            [f"{FOR_MARCH}; 2026-02-01 17:00 cancelled: sale undone"],
            id="a sale that is undone ends it",
        ),
        pytest.param(
            (
                sold("2025-03-02", undone_at=at("2025-03-03"), **UNTIL_MARCH),
                sold("2025-03-02 18:00", "D2", **UNTIL_MARCH),
            ),
            ["D2 opens 2026-01-15 09:00, due 2026-02-22 18:00"],
            id="one that was written anew does not",
        ),
        pytest.param(
            (sold("2025-03-02", vin=None, **UNTIL_MARCH),),
            [FOR_MARCH],
            id="without a number",
        ),
        pytest.param(
            (sold("2025-03-02", vin=None, undone_at=at("2026-02-01"), **UNTIL_MARCH),),
            [f"{FOR_MARCH}; 2026-02-01 17:00 cancelled: sale undone"],
            id="which a sale that is undone ends, too",
        ),
        pytest.param(
            (
                sold("2025-03-02", **UNTIL_MARCH),
                order("2026-02-01", "R1", **NEXT_YEAR),
                order("2026-02-20", "R2", insured_until=on("2027-03-15")),
            ),
            [
                f"{FOR_MARCH}; 2026-02-01 17:00 done: renewal",
                "R1 opens 2027-01-29 09:00, due 2027-03-08 18:00",
            ],
            id="renewed twice in a month it is one renewal, corrected",
        ),
        pytest.param(
            (
                sold("2025-03-02", insured_until=on("2026-04-20")),
                order("2026-02-10", **UNTIL_MARCH),
            ),
            ["D1 opens 2026-02-10 17:00, due 2026-02-22 18:00"],
            id="nobody knew of an earlier day before it was corrected",
        ),
        pytest.param(
            (
                sold("2025-03-02", **UNTIL_MARCH),
                gone("2025-06-01"),
                sold("2025-09-01", "D2", used=True, **UNTIL_MARCH),
            ),
            [
                f"{FOR_MARCH}; 2025-06-01 17:00 cancelled: car sold on",
                "D2 opens 2026-01-15 09:00, due 2026-02-22 18:00",
            ],
            id="a car that was sold on and bought back is reminded of again",
        ),
        pytest.param(
            (sold("2024-01-01", insured_until=on("2024-02-29")),),
            ["D1 opens 2024-01-15 09:00, due 2024-02-22 18:00"],
            id="until the 29th of February",
        ),
        pytest.param(
            (order("2026-02-10", **UNTIL_MARCH),),
            ["R1 opens 2026-02-10 17:00, due 2026-02-22 18:00"],
            id="learnt late it opens then",
        ),
    ],
)
def test_insurance_renewal(given: tuple[Document, ...], then: list[str]) -> None:
    assert tasks("insurance_renewal", *given) == then


def test_what_becomes_known_after_it_was_due_had_passed_on_arrival() -> None:
    [late] = found("insurance_renewal", order("2026-02-25", **UNTIL_MARCH))
    assert late.arrived_late_at is not None
    assert late.due_at < late.arrived_late_at


def test_it_says_until_when() -> None:
    assert said("insurance_renewal", sold("2025-03-02", **UNTIL_MARCH)) == {"until": "2026-03-01"}
