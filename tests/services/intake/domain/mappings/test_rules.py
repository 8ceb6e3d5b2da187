"""What the rule of one field makes of one cell."""

from datetime import date, datetime, time
from typing import Any

import pytest

from services.intake.domain.mappings.records import FaultyCell
from tests.services.intake.domain.mappings.given import visit_of

AFTER_IT_WAS_OPENED = {"column": "cell", "not_before": "opened_at"}


@pytest.mark.parametrize(
    ("rule", "became"),
    [
        ("cell", "service"),
        ({"column": "cell", "words": {"SERVICE": "workshop"}}, "workshop"),
        ({"column": "cell", "words": {"body": "b"}, "otherwise": "o"}, "o"),
        ({"column": "cell", "words": {"body": "b"}, "otherwise": None}, None),
        ({"column": "cell", "words": {"service": None}}, None),
        ({"column": "cell", "words": {"none": None}}, "service"),
        ({"column": "none", "default": "d"}, "d"),
        ({"default": "d"}, "d"),
        ({"column": "none", "words": {"": "blank"}}, "blank"),
        ({"column": ["cell", "more"], "take": "joined", "between": "-"}, "service-A"),
        ({"cases": [{"column": "more", "says": "a", "means": "is a"}]}, "is a"),
        ({"cases": [{"column": "more", "says": "b*", "means": "b"}], "default": "d"}, "d"),
        ({"cases": [{"column": "more", "says": "*", "means": "any"}]}, "any"),
        ({"cases": [{"column": "none", "means": "blank"}]}, "blank"),
        ({"column": "cell", "cases": [{"column": "more", "says": "*", "means": "m"}]}, "service"),
    ],
)
def test_what_a_rule_makes_of_a_cell(rule: Any, became: str | None) -> None:
    assert visit_of("service", rule, more="A") == became


@pytest.mark.parametrize(
    ("cell", "rule", "field", "became"),
    [
        ("61,200 km", "cell", "odometer_in", {"value": 61200, "unit": "km"}),
        ("38000 mi", "cell", "odometer_in", {"value": 38000, "unit": "mi"}),
        (38000.0, {"column": "cell", "unit": "mi"}, "odometer_in", {"value": 38000, "unit": "mi"}),
        (
            "100 mi",
            {"column": "cell", "as": "kilometres"},
            "odometer_in",
            {"value": 161, "unit": "km"},
        ),
        ("1,234.50", "cell", "total", {"amount": "1234.5", "currency": "CNY"}),
        ("12 EUR", "cell", "total", {"amount": "12", "currency": "EUR"}),
        ("1.234,50", {"column": "cell", "decimal": ","}, "total.amount", "1234.5"),
        (12, "cell", "appointment_id", "12"),
        ("12.0", {"column": "cell", "digits": 4}, "appointment_id", "0012"),
        ("2026-01-06", "cell", "promised_at", "2026-01-05T16:00:00.000Z"),
        (
            "2026-01-06",
            {"column": "cell", "whole_day": "ends"},
            "promised_at",
            "2026-01-06T15:59:59.000Z",
        ),
        ("2026-01-06", {"column": "cell", "time": "t"}, "promised_at", "2026-01-06T09:00:00.000Z"),
        (
            "01/06/2026",
            {"column": "cell", "formats": ["%m/%d/%Y"]},
            "promised_at",
            "2026-01-05T16:00:00.000Z",
        ),
        (datetime(2026, 1, 6, 9), "cell", "promised_at", "2026-01-06T01:00:00.000Z"),  # noqa: DTZ001
        (date(2026, 1, 6), AFTER_IT_WAS_OPENED, "closed_at", "2026-01-05T16:00:00.000Z"),
        ("2026-01-05", AFTER_IT_WAS_OPENED, "closed_at", "2026-01-05T01:05:00.000Z"),
        ("2026-01-05 08:00", AFTER_IT_WAS_OPENED, "closed_at", "2026-01-05T00:00:00.000Z"),
        ("0000-00-00", "cell", "closed_at", None),
        (time(9), "cell", "closed_at", None),
        (FaultyCell("an error"), "cell", "closed_at", None),
    ],
)
def test_a_field_is_read_as_its_contract_has_it(
    cell: Any, rule: Any, field: str, became: Any
) -> None:
    name, _, inner = field.partition(".")
    found = visit_of(cell, rule, name, t="17:00")
    assert (found[inner] if inner else found) == became


@pytest.mark.parametrize(
    ("heading", "found"),
    [
        ("里程(公里)", True),
        ("里程（km）", True),
        ("* 里程", True),
        ("里程(英里)", False),
        ("里程(万公里)", False),
    ],
)
def test_a_unit_in_a_heading_is_passed_over_where_it_is_the_usual_one(
    heading: str, found: bool
) -> None:
    reading = visit_of("-", "里程", "odometer_in", **{heading: "61200"})
    assert (reading is not None) == found
