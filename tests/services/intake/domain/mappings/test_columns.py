"""Columns that a file lacks or has twice, and where a field of a document came from."""

import pytest

from services.intake.adapters.mappings import Mappings
from services.intake.domain.mappings.columns import UsedColumns, column_of, used_columns
from services.intake.domain.mappings.convert import missing_and_doubled
from services.intake.domain.mappings.converted import MappingNote
from tests.services.intake.domain.mappings.given import VISIT, mapping, visit_mapping

RULES = visit_mapping(
    ro_no=["单号", "工单号"],
    vehicle__vin="vin",
    customer__name={"column": ["first", "last"], "take": "joined"},
    odometer_in__value="km",
    lines={"each": "job", "fields": {"pay_type": "payer", "line_no": {"counted": True}}},
    recommended={
        "entries": [
            {"code": "first code", "performed": "first done"},
            {"code": "second code", "performed": "second done"},
        ]
    },
)


def test_a_file_without_a_column_that_every_record_needs() -> None:
    assert missing_and_doubled(["工單号", "Status ", "opened at"], RULES) == (
        MappingNote(
            "ro_no", "单号 | 工单号", "the file has no such column; did you mean '工單号'?"
        ),
        MappingNote(
            "opened_at", "opened", "the file has no such column; did you mean 'opened at'?"
        ),
    )


def test_what_need_not_be_there_may_be_missing() -> None:
    assert missing_and_doubled(["工单号", "STATUS", "opened"], RULES) == ()


def test_what_the_mapping_says_itself_may_be_missing() -> None:
    rules = mapping(fields=VISIT | {"status": {"column": "status", "default": "open"}})
    assert missing_and_doubled(["no", "opened"], rules) == ()


def test_a_column_that_stands_there_twice_and_is_used() -> None:
    found = missing_and_doubled(["单号", "status", "opened", "VIN", "vin", "x", "x", "", ""], RULES)
    assert [(note.field, note.column) for note in found] == [("vehicle.vin", "vin")]


def test_files_without_headings_have_none_of_these_faults() -> None:
    assert missing_and_doubled(None, RULES) == ()


def test_documents_as_they_are_need_no_column() -> None:
    rules = mapping(format_="ndjson", as_they_are=True)
    assert missing_and_doubled([], rules) == ()


@pytest.mark.parametrize(
    ("pointer", "column"),
    [
        ("/data/ro_no", "单号 | 工单号"),
        ("/data/vehicle/vin", "vin"),
        ("/data/vehicle", "vin"),
        ("/data/customer/name", "first | last"),
        ("/data/odometer_in/value", "km"),
        ("/data/odometer_in", "km"),
        ("/data/lines/3/pay_type", "payer"),
        ("/data/lines/3/op_code", "job"),
        ("/data/lines", "job"),
        ("/data/recommended/1/performed", "first done"),
        ("/data/total", ""),
        ("/data", ""),
        ("/id", ""),
        ("", ""),
    ],
)
def test_what_intake_says_of_a_place_is_said_of_a_column(pointer: str, column: str) -> None:
    assert column_of(pointer, RULES) == column


def test_what_a_mapping_looks_for() -> None:
    found = list(used_columns(RULES))
    assert found[0] == UsedColumns("ro_no", ("单号", "工单号"), needed=True)
    assert UsedColumns("lines.pay_type", ("payer",), needed=False) in found
    assert UsedColumns("vehicle.vin", ("vin",), needed=False) in found


def test_the_heading_that_was_most_likely_meant_is_one_of_the_file() -> None:
    rules = Mappings(None).find("chinese-workshop")
    assert rules is not None
    (ro_no, opened) = missing_and_doubled(["维修单编号", "接车日", "车牌"], rules)
    assert "'维修单编号'" in ro_no.detail
    assert "'接车日'" in opened.detail
