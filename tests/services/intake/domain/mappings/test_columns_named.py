"""Of the columns that a rule could take, those that the file has are named; those unused, too."""

import pytest

from services.intake.domain.mappings.columns import column_of, unused_headings
from tests.services.intake.domain.mappings.given import visit_mapping

MAPPING = visit_mapping(
    total=["sum", "amount", "gross"],
    vehicle__vin="vin",
    lines={"each": ".", "fields": {"line_no": {"counted": True}, "pay_type": "payer"}},
)


@pytest.mark.parametrize(
    ("pointer", "headings", "column"),
    [
        ("/data/total/amount", None, "sum | amount | gross"),
        ("/data/total/amount", ["Gross", "x"], "gross"),
        ("/data/total", ["amount", "sum"], "sum | amount"),
        ("/data/total", ["x"], ""),
        ("/data/lines/0/pay_type", ["Payer"], "payer"),
        ("/data/lines/0/line_no", ["Payer"], ""),
        ("/data/vehicle", ["VIN"], "vin"),
    ],
)
def test_a_place_is_named_by_the_columns_of_the_file(
    pointer: str, headings: list[str] | None, column: str
) -> None:
    assert column_of(pointer, MAPPING, headings) == column


def test_headings_that_no_rule_takes_are_unused() -> None:
    headings = ["No", "STATUS", "opened", "gross", "payer", "colour", " ", "Sum"]
    assert unused_headings(headings, MAPPING) == ["colour"]
    assert unused_headings(None, MAPPING) == []


def test_what_tells_that_a_row_is_none_is_used() -> None:
    assert unused_headings(["seq"], visit_mapping()) == ["seq"]
    with_skip = visit_mapping().model_validate(
        {**visit_mapping().model_dump(by_alias=True), "skip": [{"column": "seq", "says": "total"}]}
    )
    assert unused_headings(["seq"], with_skip) == []
