"""A record becomes an event: where each field comes from, and what is said of what is doubtful."""

from collections.abc import Iterator
from typing import Any

import pytest

from services.intake.domain.examine.event import Reported
from services.intake.domain.mappings.convert import converted
from services.intake.domain.mappings.converted import MappingNote, Refused, Skipped
from services.intake.domain.mappings.records import SourceRecord, UnreadableRecord
from tests.services.intake.domain.mappings.given import (
    A_VISIT,
    VISIT,
    data_of,
    dealer,
    errors_of,
    event_of,
    examined,
    mapping,
    outcomes,
    records,
    visit_mapping,
    visit_of,
)
from tests.services.intake.given import BERLIN, GOOD_VIN


def test_an_event_is_one_that_intake_takes() -> None:
    found = event_of(visit_mapping(), A_VISIT)
    assert isinstance(examined(found), Reported)
    assert {**found.event, "id": ""} == {
        "specversion": "1.0",
        "id": "",
        "source": "/sunrise/pudong/dms",
        "type": "dev.aftercare.visit.reported.v1",
        "datacontenttype": "application/json",
        "data": {
            "source": "dms",
            "dealer_id": "sunrise/pudong",
            "ro_no": "R1",
            "status": "open",
            "opened_at": "2026-01-05T01:05:00.000Z",
        },
    }
    assert (found.number, found.place, found.records, found.notes) == (1, "line 2", 1, ())


def test_the_same_record_again_is_the_same_event_and_a_changed_one_is_not() -> None:
    again, changed = dict(sorted(A_VISIT.items())), {**A_VISIT, "status": "ready"}
    first, second, third = (
        event_of(visit_mapping(), each).event["id"] for each in (A_VISIT, again, changed)
    )
    assert first == second != third
    assert str(first).startswith("visit:R1:")


@pytest.mark.parametrize(
    "heading", ["NO", " No ", "ｎｏ", "n_o", "N-O", "*no", "No：", "no（必填）"]
)
def test_headings_are_found_whatever_their_case_width_and_spaces(heading: str) -> None:
    rest = {name: cell for name, cell in A_VISIT.items() if name != "no"}
    assert data_of(visit_mapping(), {**rest, heading: "R1"})["ro_no"] == "R1"


def test_the_first_column_at_which_something_stands_counts() -> None:
    rule = ["a", "b", "c"]
    assert visit_of("-", {"column": ["cell", *rule]}, b="body", c="other") == "body"


def test_the_zone_is_the_mappings_or_the_dealers() -> None:
    at_home = data_of(visit_mapping(), A_VISIT, dealer_id=BERLIN)
    elsewhere = data_of(mapping(fields=VISIT, zone="America/Chicago"), A_VISIT)
    assert at_home["opened_at"] == "2026-01-05T08:05:00.000Z"
    assert elsewhere["opened_at"] == "2026-01-05T15:05:00.000Z"


def test_paths_lead_into_what_is_nested() -> None:
    rules = visit_mapping(
        "xml",
        customer__name={
            "column": ["c/name[@part=first]", "c/name[@part=last]"],
            "take": "joined",
        },
        customer__source_customer_id="c/@id",
        customer__phones={"each": "c/phone", "fields": {"number": "#text", "kind": "@type"}},
        vehicle__vin="cars/car/vin",
        vehicle__make={"column": ["cars/car", "cars/car/make"]},
    )
    names = [{"@part": "last", "#text": "Lei"}, {"@part": "first", "#text": "Li"}, "x"]
    phones = [{"@type": "home", "#text": "010 6552 9988"}, "138 1234 5678"]
    nested: Any = {
        "c": {"@id": "C1", "name": names, "phone": phones},
        "cars": {"car": [{"vin": GOOD_VIN, "make": "A"}]},
    }
    data = data_of(rules, {**A_VISIT, **nested})
    assert data["customer"] == {
        "source_customer_id": "C1",
        "name": "Li Lei",
        "phones": [{"kind": "home", "number": "010 6552 9988"}, {"number": "138 1234 5678"}],
    }
    assert data["vehicle"] == {"vin": GOOD_VIN, "make": "A"}


def test_a_heading_may_hold_a_slash() -> None:
    assert visit_of("-", {"column": "Labour/Parts"}, **{"Labour/Parts": "both"}) == "both"


def test_a_list_has_an_entry_for_each_part_that_counts() -> None:
    lines = {
        "each": "jobs/job",
        "where": {"column": "state", "says": ["", "done"]},
        "fields": {
            "line_no": {"column": "no", "counted": True},
            "pay_type": {"column": "payer", "words": {"C": "customer", "W": "warranty"}},
            "complaint": "/remark",
        },
    }
    jobs = [
        {"no": "7", "payer": "C", "state": "done"},
        {"payer": "w"},
        {"payer": "C", "state": "declined"},
    ]
    data = data_of(
        visit_mapping("json", lines=lines), {**A_VISIT, "jobs": {"job": jobs}, "remark": "noise"}
    )
    assert data["lines"] == [
        {"line_no": "7", "pay_type": "customer", "complaint": "noise"},
        {"line_no": "2", "pay_type": "warranty", "complaint": "noise"},
    ]


def test_entries_may_have_columns_of_their_own_and_an_empty_one_is_none() -> None:
    rules = mapping(
        "sale",
        fields={
            "deal_no": "no",
            "status": {"default": "open"},
            "deal_date": {"default": "2026-01-05"},
            "sale_type": {"default": "retail"},
            "vehicle.vin": "vin",
            "customer.source_customer_id": "customer",
            "customer.phones": {"column": ["phone", "phone 2"], "split": "/;"},
            "customer.opt_outs": {"column": "out", "words": {"Y": ["phone", "sms"], "N": []}},
            "products": {
                "entries": [
                    {"code": {"default": "third-party"}, "expires_on": "first"},
                    {"code": {"default": "comprehensive"}, "expires_on": "second"},
                ]
            },
            "traded_in": {"column": "old", "split": " "},
        },
    )
    record: Any = {"no": "D1", "vin": GOOD_VIN, "customer": "C1", "phone": "1;2", "phone 2": "3"}
    data = data_of(rules, {**record, "out": "y", "second": "2027-01-02", "old": "A B"})
    assert [each["number"] for each in data["customer"]["phones"]] == ["1", "2", "3"]
    assert data["customer"]["opt_outs"] == ["phone", "sms"]
    assert data["products"] == [{"code": "comprehensive", "expires_on": "2027-01-02"}]
    assert data["traded_in"] == ["A", "B"]
    assert data_of(rules, {**record, "out": "N"})["customer"]["opt_outs"] == []
    assert "opt_outs" not in data_of(rules, record)["customer"]


def test_answers_stand_under_names_of_the_sources_own() -> None:
    fields = {
        "survey_no": "no",
        "survey": {"default": "csi"},
        "at": "at",
        "overall": "总分",
        "source_customer_id": "customer",
        "items.courtesy": "礼貌",
        "items.speed": "速度",
    }
    record: Any = {
        "no": "S1",
        "at": "2026-01-05",
        "总分": "9",
        "customer": "C1",
        "礼貌": 8.5,
        "速度": "-",
    }
    data = data_of(mapping("survey", fields=fields), record)
    assert data["items"] == {"courtesy": "8.5"}
    assert isinstance(examined(event_of(mapping("survey", fields=fields), record)), Reported)


def test_amounts_of_several_columns_are_added() -> None:
    rule = {"column": ["cell", "b", "c"], "take": "sum"}
    found = visit_of("100.10", rule, "total", b="(25.05)", c="-")
    assert found == {"amount": "75.05", "currency": "CNY"}


def test_a_group_at_which_nothing_stands_is_none() -> None:
    rules = visit_mapping(
        customer__source_customer_id="c", customer__kind={"default": "person"}, vehicle__vin="vin"
    )
    assert data_of(rules, A_VISIT).keys() == {
        *("source", "dealer_id", "ro_no", "status", "opened_at")
    }


def test_a_group_without_what_it_needs_is_left_out_and_said() -> None:
    fields = {"line_no": {"counted": True}, "pay_type": "p", "op_code": "o"}
    rules = visit_mapping(lines={"each": ".", "fields": fields})
    found = event_of(rules, {**A_VISIT, "o": "LOF"})
    assert "lines" not in found.event["data"]  # type: ignore[operator] # an object
    assert found.notes == (
        MappingNote("lines[1].pay_type", "p", "nothing stands there: lines[1] is left out"),
    )


def test_a_group_that_its_contract_does_not_take_is_left_out_and_said() -> None:
    rules = mapping(
        "complaint",
        fields={
            "case_no": "no",
            "received_at": "at",
            "channel": {"default": "phone"},
            "category": {"default": "service"},
            "safety.injuries": "hurt",
            "vehicle.vin": "vin",
            "vehicle.make": "make",
        },
    )
    record: Any = {"no": "1", "at": "2026-01-05", "hurt": "2", "make": "A", "vin": "-"}
    found = event_of(rules, record)
    assert found.event["data"]["safety"] == {"injuries": 2}  # type: ignore[call-overload, index]
    assert "vehicle" not in found.event["data"]  # type: ignore[operator] # an object
    assert isinstance(examined(found), Reported)
    assert len(found.notes) == 1


def test_what_cannot_be_read_and_is_not_required_is_left_out_and_said() -> None:
    rules = visit_mapping(closed_at="closed", total="total", department="d", appointment_id="a")
    found = event_of(
        rules,
        {**A_VISIT, "closed": "soon", "total": "much", "d": "x" * 121, "a": "1.38E+10"},
    )
    assert {(note.field, note.column) for note in found.notes} == {
        ("closed_at", "closed"),
        ("total", "total"),
        ("department", "d"),
        ("appointment_id", "a"),
    }
    assert all(note.detail.endswith(": left out") for note in found.notes)
    assert isinstance(examined(found), Reported)


def test_all_that_is_wrong_with_a_record_is_told() -> None:
    rules = visit_mapping(customer__kind={"column": "kind", "words": {"P": "person"}})
    errors = errors_of(rules, {"no": "1.2E+10", "status": "done", "opened": "soon", "kind": "Q"})
    assert [(error.field, error.column) for error in errors] == [
        ("customer.kind", "kind"),
        ("ro_no", "no"),
        ("status", "status"),
        ("opened_at", "opened"),
    ]


def test_what_is_required_and_not_there_is_told_with_its_columns() -> None:
    rules = mapping(fields=VISIT | {"ro_no": ["a", "b", "c", "d"]})
    (error,) = errors_of(rules, {**A_VISIT, "no": "x"})
    assert error == MappingNote("ro_no", "a | b | c | …", "nothing stands there")


def test_an_unknown_word_refuses_the_record_whatever_its_field() -> None:
    rules = visit_mapping(department={"column": "d", "words": {"S": "service"}})
    (error,) = errors_of(rules, {**A_VISIT, "d": "secret"})
    assert (error.field, error.column) == ("department", "d")
    assert "secret" not in error.detail


@pytest.mark.parametrize("status", ["In Progress", "in-progress", "IN_PROGRESS", "ｉｎ progress"])
def test_a_canonical_word_needs_no_table(status: str) -> None:
    assert data_of(visit_mapping(), {**A_VISIT, "status": status})["status"] == "in_progress"


def test_what_is_doubtful_is_taken_and_said() -> None:
    found = event_of(visit_mapping(), {**A_VISIT, "opened": "2026-03-29 02:30"}, dealer_id=BERLIN)
    (note,) = found.notes
    assert (note.field, note.column) == ("opened_at", "opened")
    assert "never showed" in note.detail


def test_several_that_differ_are_doubtful() -> None:
    found = event_of(
        visit_mapping("json", appointment_id="a/no"), {**A_VISIT, "a": [{"no": "1"}, {"no": "2"}]}
    )
    assert [note.detail for note in found.notes] == ["several stand there: the first is taken"]


def test_of_texts_that_stand_there_several_times_the_first_is_taken_if_it_is_said_so() -> None:
    record: Any = {**A_VISIT, "a": [{"b": "x"}, {"b": "y"}]}
    joined = visit_mapping("json", department="a/b")
    first = visit_mapping("json", department={"column": "a/b", "take": "first"})
    assert data_of(joined, record)["department"] == "x y"
    assert data_of(first, record)["department"] == "x"


def test_amounts_in_another_currency_are_not_taken_for_the_dealers() -> None:
    lines = {
        "each": ".",
        "fields": {
            "line_no": {"counted": True},
            "pay_type": {"default": "customer"},
            "labour_amount": "l",
            "parts_amount": "p",
        },
    }
    found = event_of(visit_mapping(lines=lines), {**A_VISIT, "l": "12 EUR", "p": "12 CNY"})
    data = found.event["data"]
    assert isinstance(data, dict)
    assert data["lines"] == [{"line_no": "1", "pay_type": "customer", "parts_amount": "12"}]
    assert [note.field for note in found.notes] == ["lines[1].labour_amount"]


def test_a_number_is_made_of_what_stands_there() -> None:
    rules = mapping(fields=VISIT | {"ro_no": {"column": "no", "made_of": ["a", "b"]}})
    made, again, other = (
        data_of(rules, {**A_VISIT, "no": "", "a": a, "b": b})["ro_no"]
        for a, b in (("x", ""), (" X ", "-"), ("", "x"))
    )
    assert made == again != other
    assert errors_of(rules, {**A_VISIT, "no": ""})[0].field == "ro_no"


@pytest.mark.parametrize(
    "record",
    [
        {"no": "合计", "total": "12"},
        {"no": "小计：12 单"},
        {"no": "", "status": " ", "opened": None},
        {"no": "No", "status": "STATUS", "opened": "opened"},
    ],
)
def test_what_is_no_record_is_skipped(record: Any) -> None:
    rules = mapping(fields=VISIT, skip=[{"column": "no", "says": ["合计", "小计*"]}])
    assert outcomes(rules, records(record)) == [Skipped(1, "line 2")]


def test_an_unreadable_record_is_the_fault_of_no_other() -> None:
    first, last = records(A_VISIT, {**A_VISIT, "no": "R2"})
    found = outcomes(
        visit_mapping(), [first, UnreadableRecord(2, "line 3", "a quote that never ends"), last]
    )
    assert [type(each).__name__ for each in found] == ["Converted", "Refused", "Converted"]
    assert isinstance(found[1], Refused)
    assert found[1].errors == (MappingNote("", "", "a quote that never ends"),)


def test_records_are_asked_for_as_their_events_are() -> None:
    asked: list[int] = []

    def endless() -> Iterator[SourceRecord]:
        for number in range(1_000_000):
            asked.append(number)
            yield SourceRecord(number, "", {**A_VISIT, "no": f"R{number}"})

    found = converted(endless(), visit_mapping(), source="dms", dealer=dealer())
    next(found)
    next(found)
    assert len(asked) == 2


class TestDocumentsAsTheyAre:
    rules = mapping("visit", "ndjson", as_they_are=True, fields={"department": {"default": "d"}})

    def test_nothing_is_read_into_them(self) -> None:
        document: Any = {"ro_no": 12, "lines": [{"labour_amount": 1.5}], "unknown": None}
        assert data_of(self.rules, document) == {
            "source": "dms",
            "dealer_id": "sunrise/pudong",
            "department": "d",
            **document,
        }

    def test_their_own_fields_go_first(self) -> None:
        assert data_of(self.rules, {"ro_no": "1", "department": "e"})["department"] == "e"

    def test_they_name_no_other_dealer(self) -> None:
        (error,) = errors_of(self.rules, {"ro_no": "1", "dealer_id": "sunrise/berlin"})
        assert error.field == "dealer_id"
