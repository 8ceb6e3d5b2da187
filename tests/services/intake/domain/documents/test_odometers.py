"""Readings that cannot be true by their own document are set aside, with the reason."""

from typing import Any

import pytest

from shared.contracts.intake import SaleRecorded, VisitRecorded
from tests.services.intake.given import GOOD_VIN, reported, sale, submitted, visit

Km = int | None


def km(value: Km) -> dict[str, Any] | None:
    return None if value is None else {"value": value, "unit": "km"}


@pytest.mark.parametrize(
    ("came", "left", "published", "warned"),
    [
        (45_210, 45_214, 45_214, []),
        (45_210, 45_210, 45_210, []),
        (45_210, None, 45_210, []),
        (None, 45_214, 45_214, []),
        (None, None, None, []),
        (45_210, 46_210, 46_210, []),
        (45_210, 0, 45_210, ["odometer_out"]),
        (0, 45_214, 45_214, ["odometer_in"]),
        (0, None, None, ["odometer_in"]),
        (0, 0, None, ["odometer_in", "odometer_out"]),
        (45_210, 45_200, 45_210, ["odometer_out"]),
        (45_210, 46_211, 45_210, ["odometer_out"]),
        (45_210, 452_100, 45_210, ["odometer_out"]),
        (452_100, 45_214, None, ["odometer_out", "odometer_in"]),
        (45_210, 4_521, None, ["odometer_out", "odometer_in"]),
        (2_000_001, None, None, ["odometer_in"]),
        (999_999, 999_999, 999_999, []),
        (45_210, 99_999_999, 45_210, ["odometer_out"]),
    ],
)
def test_of_a_visit(came: Km, left: Km, published: Km, warned: list[str]) -> None:
    data = visit(odometer_in=km(came), odometer_out=km(left))
    visited = submitted("visit", data).messages["customer"]
    assert isinstance(visited, VisitRecorded)
    assert visited.odometer_km == published
    warnings = reported("visit", data).warnings
    assert [warning.pointer for warning in warnings] == [f"/data/{name}" for name in warned]
    assert all(warning.detail.endswith(": set aside") for warning in warnings)


def test_miles_are_compared_as_kilometres() -> None:
    data = visit(odometer_in={"value": 45_210, "unit": "mi"}, odometer_out=km(72_760))
    assert not reported("visit", data).warnings


@pytest.mark.parametrize(
    ("condition", "value", "published"),
    [
        ("new", 0, 0),
        ("new", 12, 12),
        ("used", 0, None),
        ("demo", 0, None),
        ("used", 81_000, 81_000),
        ("used", 2_100_000, None),
    ],
)
def test_of_a_sale(condition: str, value: int, published: Km) -> None:
    data = sale(condition=condition, odometer=km(value))
    sold = submitted("sale", data).messages["buyer"]
    assert isinstance(sold, SaleRecorded)
    assert sold.odometer_km == published
    warned = [warning.pointer for warning in reported("sale", data).warnings]
    assert warned == ([] if published is not None else ["/data/odometer"])


@pytest.mark.parametrize(
    ("model_year", "value", "warned"),
    [
        (2026, 600_000, False),
        (2026, 700_000, True),
        (2020, 700_000, False),
        (2028, 700_000, False),  # the year is wrong, if anything
        (None, 700_000, False),
    ],
)
def test_a_car_is_driven_a_thousand_kilometres_a_day_at_most(
    model_year: int | None, value: int, warned: bool
) -> None:
    vehicle = {"vin": GOOD_VIN, "model_year": model_year}
    found = reported("visit", visit(vehicle=vehicle, odometer_in=km(value)))
    assert bool(found.warnings) is warned
    used = sale(vehicle=vehicle, odometer=km(value), condition="used")
    assert bool(reported("sale", used).warnings) is warned
