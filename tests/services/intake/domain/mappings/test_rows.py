"""Where rows that follow each other make a document together."""

from typing import Any

from services.intake.domain.mappings.converted import Converted, MappingNote, Refused, Skipped
from services.intake.domain.mappings.plan import MOST_PARTS
from services.intake.domain.mappings.records import SourceRecord, UnreadableRecord
from tests.services.intake.domain.mappings.given import (
    A_VISIT,
    VISIT,
    data_of,
    event_of,
    mapping,
    outcomes,
    records,
)

LINES = {
    "each": ".",
    "fields": {
        "line_no": {"column": "line", "counted": True},
        "pay_type": {"column": "payer", "words": {"C": "customer", "W": "warranty"}},
        "labour_amount": "amount",
    },
}
RULES = mapping(
    fields=VISIT | {"total": "total", "lines": LINES},
    skip=[{"column": "no", "says": ["小计", "合计"]}],
)


def row(number: str = "R1", payer: str = "C", **more: Any) -> dict[str, Any]:
    return {**A_VISIT, "no": number, "payer": payer} | more


def test_rows_of_the_same_number_are_one_document() -> None:
    first, second = outcomes(RULES, records(row(), row(" r1 ", "W", amount="5"), row("R2")))
    assert isinstance(first, Converted)
    assert (first.number, first.place, first.records) == (1, "line 2", 2)
    data = first.event["data"]
    assert isinstance(data, dict)
    assert data["lines"] == [
        {"line_no": "1", "pay_type": "customer"},
        {"line_no": "2", "pay_type": "warranty", "labour_amount": "5"},
    ]
    assert isinstance(second, Converted)
    assert (second.number, second.records) == (3, 1)


def test_what_stands_in_one_of_the_rows_is_said_of_the_document() -> None:
    assert data_of(RULES, row(total=""), row(total="12"))["total"]["amount"] == "12"


def test_rows_that_differ_are_doubtful() -> None:
    found = event_of(RULES, row(total="12"), row(total="13"), row(total=""))
    assert found.notes == (
        MappingNote("total", "total", "the rows of this document differ here: the first is taken"),
    )


def test_one_row_that_is_wrong_refuses_the_document() -> None:
    (found,) = outcomes(RULES, records(row(), row(payer="X"), row()))
    assert isinstance(found, Refused)
    assert (found.number, found.records) == (1, 3)
    assert [(error.field, error.column) for error in found.errors] == [
        ("lines[2].pay_type", "payer")
    ]


def test_a_row_without_a_number_is_of_no_other_document() -> None:
    first, second, third = outcomes(RULES, records(row(), row(""), row("")))
    assert isinstance(first, Converted)
    assert isinstance(second, Refused)
    assert isinstance(third, Refused)
    assert [second.number, third.number] == [2, 3]


def test_a_subtotal_within_a_document_is_none_of_it() -> None:
    found = outcomes(RULES, records(row(), row("小计"), row(), row("合计")))
    assert isinstance(found[0], Converted)
    assert found[0].records == 2
    assert found[1:] == [Skipped(2, "line 3"), Skipped(4, "line 5")]


def test_a_document_with_an_unreadable_row_in_it_is_not_taken_in_part() -> None:
    first, _, third = records(row(), row(), row())
    found = outcomes(RULES, [first, UnreadableRecord(2, "line 3", "too large"), third])
    assert [type(each) for each in found] == [Refused, Refused]
    assert isinstance(found[0], Refused)
    assert [error.detail for error in found[0].errors] == ["a row within it cannot be read: line 3"]


def test_an_unreadable_row_between_documents_is_the_fault_of_neither() -> None:
    first, _, third = records(row(), row(), row("R2"))
    found = outcomes(RULES, [first, UnreadableRecord(2, "line 3", "too large"), third])
    assert [type(each) for each in found] == [Converted, Refused, Converted]


def test_rows_that_stand_apart_do_not_replace_those_above() -> None:
    found = outcomes(RULES, records(row(), row("R2"), row()))
    assert [type(each) for each in found] == [Converted, Converted, Refused]
    assert isinstance(found[2], Refused)
    assert found[2].errors[0].field == "ro_no"
    assert "sort" in found[2].errors[0].detail


def test_a_document_of_far_too_many_rows_is_refused_in_bounded_memory() -> None:
    many = (SourceRecord(number, "", row()) for number in range(1, MOST_PARTS + 3))
    (found,) = outcomes(RULES, list(many))
    assert isinstance(found, Refused)
    assert found.records == MOST_PARTS + 2


def test_more_lines_than_are_taken_are_told() -> None:
    (found,) = outcomes(RULES, records(*(row() for _ in range(501))))
    assert isinstance(found, Refused)
    assert [error.detail for error in found.errors] == ["at most 500 are taken here"]


def test_a_file_of_unreadable_rows_alone() -> None:
    found = outcomes(RULES, [UnreadableRecord(number, "", "no") for number in range(3)])
    assert [type(each) for each in found] == [Refused] * 3


def test_what_waits_for_the_end_of_a_document_is_bounded() -> None:
    unreadable = [UnreadableRecord(number, "", "no") for number in range(2, MOST_PARTS + 10)]
    found = outcomes(RULES, [*records(row()), *unreadable])
    assert len(found) == len(unreadable) + 1
    assert [each.number for each in found] == sorted(each.number for each in found)


def test_what_all_rows_say_alike_is_what_one_says() -> None:
    alone = event_of(RULES, row())
    several = event_of(RULES, row(), row(), row())
    assert several.notes == alone.notes
    assert [each["line_no"] for each in data_of(RULES, row(), row(), row())["lines"]] == [
        *("1", "2", "3")
    ]
    heads = [{**data_of(RULES, *rows), "lines": []} for rows in ([row()], [row(), row()])]
    assert heads[0] == heads[1]


def test_what_only_a_later_row_says_is_heard() -> None:
    rows = (row(total=" - "), row(total="12.50"), row(total=""))
    assert data_of(RULES, *rows)["total"]["amount"] == "12.5"
