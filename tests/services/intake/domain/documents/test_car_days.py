"""The days of a car that lie ahead: fillers are left out, doubtful ones are warned about."""

import pytest

from shared.contracts.intake import SaleRecorded, VisitRecorded
from tests.services.intake.given import GOOD_VIN, Data, only_of, reported, sale, submitted, visit

NAMES = ("insured_until", "inspection_on")
KINDS = {"sale": sale, "visit": visit}


def with_car(noun: str, **days: object) -> Data:
    return KINDS[noun](vehicle={"vin": GOOD_VIN} | days)


@pytest.mark.parametrize("noun", KINDS)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("day", "published", "warned"),
    [
        ("2027-02-28", True, ""),
        ("2028-02-29", True, ""),
        ("2025-01-01", True, ""),  # overdue: worth a call
        ("2036-11-01", True, ""),
        ("2037-01-01", True, "taken as it is said"),
        ("2016-01-01", True, "taken as it is said"),
        ("2199-12-31", True, "taken as it is said"),
        ("2200-01-01", False, "left out"),
        ("9999-12-31", False, "left out"),
        ("1970-01-01", False, "left out"),
        ("1900-01-01", False, "left out"),
        ("0001-01-01", False, "left out"),
        (None, False, ""),
    ],
)
def test_a_day(noun: str, name: str, day: str | None, published: bool, warned: str) -> None:
    data = with_car(noun, **{name: day})
    told = only_of(noun, data)
    assert isinstance(told, SaleRecorded | VisitRecorded)
    [other] = set(NAMES) - {name}
    assert getattr(told, other) is None
    assert str(getattr(told, name)) == (day if published else "None")
    warnings = reported(noun, data).warnings
    assert [warning.pointer for warning in warnings] == [f"/data/vehicle/{name}"] * bool(warned)
    assert all(warning.detail.endswith(warned) for warning in warnings)


@pytest.mark.parametrize("noun", KINDS)
@pytest.mark.parametrize(
    "day", ["2027-02-29", "28.02.2027", "2027-02", 20270228, 46000.5, True, ""]
)
def test_what_is_no_day_is_refused(noun: str, day: object) -> None:
    with pytest.raises(AssertionError, match="/data/vehicle/insured_until"):
        reported(noun, with_car(noun, insured_until=day))


@pytest.mark.parametrize("noun", KINDS)
def test_another_day_is_a_new_version_and_none_is_what_it_was(noun: str) -> None:
    said = [with_car(noun, inspection_on=day) for day in ("2027-02-28", "2027-03-01", None)]
    hashes = [submitted(noun, data).content_hash for data in (*said, with_car(noun))]
    assert len(set(hashes)) == 3
    assert hashes[2] == hashes[3]


def test_a_repair_order_of_no_car_has_no_such_days() -> None:
    told = only_of("visit", visit(vehicle=None))
    assert isinstance(told, VisitRecorded)
    assert (told.insured_until, told.inspection_on) == (None, None)
