"""The mappings that ship, on files as the sources write them; the people in them are made up."""

from typing import Any

import pytest

from services.intake.domain.examine.event import Reported
from services.intake.domain.mappings.converted import Converted, Refused, Skipped
from tests.services.intake.domain.mappings.files_read import (
    SAMPLES,
    became,
    documents,
    records_of,
    shipped,
)
from tests.services.intake.domain.mappings.given import examined, outcomes, records
from tests.services.intake.given import BERLIN

WORKSHOP = "chinese-workshop", "chinese-workshop-gb18030.csv"


@pytest.mark.parametrize(("name", "file"), SAMPLES)
def test_each_record_of_a_sample_is_one_that_intake_takes(name: str, file: str) -> None:
    found = became(name, file)
    assert found
    for each in found:
        assert not isinstance(each, Refused), each
        if isinstance(each, Converted) and name != "adf-leads":  # known by their telephones alone
            assert isinstance(examined(each), Reported), examined(each)


@pytest.mark.parametrize(("name", "file"), SAMPLES)
def test_only_totals_are_skipped(name: str, file: str) -> None:
    skipped = [each for each in became(name, file) if isinstance(each, Skipped)]
    assert len(skipped) == (file.endswith((".csv", ".xlsx")) and file != "generic-sales.csv")


class TestAWorkshopsSpreadsheet:
    def test_both_encodings_say_the_same(self) -> None:
        bom = list(documents("chinese-workshop", "chinese-workshop-bom.csv"))
        assert bom == list(documents(*WORKSHOP))

    def test_an_order_of_one_row(self) -> None:
        first = next(documents(*WORKSHOP))
        assert first | {"vehicle": {}} == {
            "source": "dms",
            "dealer_id": "sunrise/pudong",
            "ro_no": "RO2601050001",
            "status": "closed",
            "opened_at": "2026-01-05T01:05:00.000Z",
            "closed_at": "2026-01-05T03:40:00.000Z",
            "odometer_in": {"value": 61200, "unit": "km"},
            "total": {"amount": "1194.5", "currency": "CNY"},
            "vehicle": {},
            "customer": {
                "source_customer_id": "C00017",
                "name": "王晓明",
                "phones": [{"number": "13800138017"}],
            },
            "lines": [
                {
                    "line_no": "1",
                    "category": "maintenance",
                    "description": "更换机油机滤",
                    "pay_type": "customer",
                    "labour_amount": "120",
                    "parts_amount": "1074.5",
                }
            ],
        }

    def test_an_order_of_several_rows_has_a_line_for_each(self) -> None:
        _, second, *_ = documents(*WORKSHOP)
        assert [line["pay_type"] for line in second["lines"]] == ["insurance", "warranty"]
        assert second["closed_at"] == "2026-01-06T16:00:00.000Z"

    def test_a_day_alone_is_not_before_the_car_came_in(self) -> None:
        fourth = list(documents(*WORKSHOP))[3]
        assert fourth["closed_at"] == fourth["opened_at"]
        assert fourth["customer"]["kind"] == "internal"

    def test_several_telephones_in_one_cell(self) -> None:
        fifth = list(documents(*WORKSHOP))[4]
        numbers = [phone["number"] for phone in fifth["customer"]["phones"]]
        assert numbers == ["13700137055", "021-58880000"]

    def test_without_a_status_the_dates_say_it(self) -> None:
        def status(**more: Any) -> str:
            row = {"维修单号": "1", "接车日期": "2026-01-05"} | more
            (found,) = outcomes(shipped("chinese-workshop"), records(row))
            assert isinstance(found, Converted)
            data = found.event["data"]
            assert isinstance(data, dict)
            return str(data["status"])

        assert status() == "open"
        assert status(完工日期="2026-01-06") == "closed"
        assert status(完工日期="2026-01-06", 作废日期="2026-01-06") == "voided"

    def test_a_way_of_paying_that_is_not_known_is_told_by_its_column(self) -> None:
        row = {"维修单号": "1", "接车日期": "2026-01-05", "结算方式": "刷脸"}
        (found,) = outcomes(shipped("chinese-workshop"), records(row))
        assert isinstance(found, Refused)
        (error,) = found.errors
        assert (error.field, error.column) == ("lines[1].pay_type", "结算方式")
        assert "刷脸" not in error.detail

    def test_a_workbook(self) -> None:
        first, second, third = documents("chinese-workshop-xlsx", "chinese-workshop.xlsx")
        assert first["ro_no"] == "2601050001"
        assert first["opened_at"] == "2026-01-05T01:05:00.000Z"
        assert first["customer"]["phones"] == [{"number": "13800138017"}]
        assert first["lines"][0]["parts_amount"] == "1074.5"
        assert second["opened_at"] == "2026-01-05T01:40:00.000Z"
        assert second["closed_at"] == "2026-01-06T16:00:00.000Z"
        assert [line["pay_type"] for line in second["lines"]] == ["insurance", "warranty"]
        assert third["odometer_in"] == {"value": 12000, "unit": "km"}

    def test_a_cell_of_a_workbook_that_has_an_error_is_left_out_and_said(self) -> None:
        found = became("chinese-workshop-xlsx", "chinese-workshop.xlsx")[2]
        assert isinstance(found, Converted)
        (note,) = found.notes
        assert (note.field, note.column) == ("lines[1].parts_amount", "材料费用")


class TestASalesSpreadsheet:
    def test_a_delivered_car(self) -> None:
        first = next(documents("chinese-sales", "chinese-sales-gb18030.csv"))
        assert (first["status"], first["delivered_on"]) == ("delivered", "2026-01-03")
        assert first["price"] == {"amount": "186800", "currency": "CNY"}
        assert [(each["code"], each.get("amount")) for each in first["products"]] == [
            ("交强险", "950"),
            ("商业险", "5210.8"),
            ("精品", "3200"),
        ]

    def test_kinds_of_sales_and_days_as_serials(self) -> None:
        found = list(documents("chinese-sales", "chinese-sales-gb18030.csv"))
        assert [each["sale_type"] for each in found] == ["retail", "fleet", "wholesale", "demo"]
        assert [each["deal_date"] for each in found][2:] == ["2026-01-02", "2026-01-02"]
        assert found[1]["price"]["amount"] == "129800"

    def test_a_telephone_that_lost_digits_is_left_out_and_said(self) -> None:
        last = became("chinese-sales", "chinese-sales-gb18030.csv")[3]
        assert isinstance(last, Converted)
        (note,) = last.notes
        assert (note.field, note.column) == ("customer.phones", "手机号码")


class TestReynolds:
    def test_an_order(self) -> None:
        first = next(documents("reynolds-ro", "reynolds-ro.xml", BERLIN))
        assert first["status"] == "closed"
        assert first["opened_at"] == "2026-01-05T07:12:00.000Z"
        assert first["promised_at"] == "2026-01-05T16:00:00.000Z"
        assert first["odometer_in"] == {"value": 38050, "unit": "mi"}
        assert first["total"]["amount"] == "602.05"
        assert first["customer"]["name"] == "Dana R Whitfield"
        assert [phone["kind"] for phone in first["customer"]["phones"]] == ["mobile", "home"]

    def test_what_is_split_over_rows_is_joined(self) -> None:
        first = next(documents("reynolds-ro", "reynolds-ro.xml"))
        assert first["lines"] == [
            {
                "line_no": "1",
                "op_code": "LOF",
                "description": "LUBE OIL FILTER",
                "complaint": "CUSTOMER REQUESTS OIL CHANGE",
                "correction": "PERFORMED LOF",
                "pay_type": "customer",
                "labour_amount": "89.95",
            },
            {
                "line_no": "2",
                "op_code": "RCL",
                "description": "WINDOW REGULATOR",
                "complaint": "WINDOW STUCK",
                "cause": "REGULATOR FAILED",
                "correction": "REPLACED",
                "pay_type": "warranty",
                "labour_amount": "210",
            },
        ]

    def test_recommended_work(self) -> None:
        first = next(documents("reynolds-ro", "reynolds-ro.xml"))
        assert [each["performed"] for each in first["recommended"]] == [False, True]

    def test_the_other_states(self) -> None:
        found = list(documents("reynolds-ro", "reynolds-ro.xml"))
        assert [each["status"] for each in found] == ["closed", "in_progress", "voided"]
        assert found[1]["total"]["amount"] == "-25"
        assert found[2]["customer"]["kind"] == "business"

    def test_a_record_alone_is_found_too(self) -> None:
        alone: Any = {"Rogen": {"@RoNo": "1", "@RoCreateDate": "01/05/2026", "@RoStatus": "Open"}}
        (found,) = outcomes(shipped("reynolds-ro"), records(alone))
        assert isinstance(found, Converted)

    def test_deals(self) -> None:
        first, second = documents("reynolds-deals", "reynolds-deals.xml")
        assert (first["status"], first["deal_date"], first["delivered_on"]) == (
            *("closed", "2025-12-28", "2026-01-02"),
        )
        assert first["customer"]["opt_outs"] == ["phone", "sms", "email", "post"]
        assert first["parties"][0]["customer"]["source_customer_id"] == "48214"
        assert first["products"] == [
            {"code": "EXAMPLE CARE", "category": "service_plan", "expires_on": "2029-01-02"}
        ]
        assert first["traded_in"] == ["1HGCM82633A004352"]
        assert (second["sale_type"], second["status"]) == ("wholesale", "open")


class TestStar:
    def test_as_its_schemas_have_it(self) -> None:
        first = next(documents("star-ro", "star-ro.json", BERLIN))
        assert (first["status"], first["closed_at"]) == ("closed", "2026-01-05T21:40:00.000Z")
        assert first["promised_at"] == "2026-01-05T22:59:59.000Z"
        assert first["total"] == {"amount": "171.2", "currency": "USD"}
        assert [(each["pay_type"], each["labour_amount"]) for each in first["lines"]] == [
            ("customer", "89.99"),
            ("warranty", "210"),
        ]
        assert first["recommended"] == [{"code": "LO-3", "description": "Tire", "performed": False}]

    def test_as_its_examples_have_it(self) -> None:
        second = list(documents("star-ro", "star-ro.json"))[1]
        assert second["odometer_in"] == {"value": 40100, "unit": "mi"}
        assert (second["status"], second["opened_at"]) == ("closed", "2026-01-06T15:30:00.000Z")
        assert [each["pay_type"] for each in second["lines"]] == ["customer", "warranty"]
        assert second["lines"][0]["labour_amount"] == "45"
        assert second["total"] == {"amount": "134.49", "currency": "CNY"}, "the dealer's"

    def test_voided(self) -> None:
        assert list(documents("star-ro", "star-ro.json"))[2]["status"] == "voided"


def test_a_repair_record_of_jtt_1132_names_a_car_and_no_customer() -> None:
    (found,) = documents("jtt-1132", "jtt-1132.json")
    assert "customer" not in found
    assert found["vehicle"] == {"vin": "LSVAU218XN2183294", "plate": "沪A12345"}
    assert (found["status"], found["opened_at"], found["closed_at"]) == (
        *("closed", "2026-01-04T16:00:00.000Z", "2026-01-04T16:00:00.000Z"),
    )
    assert [line["description"] for line in found["lines"]] == ["更换机油机滤", "检查制动"]


def test_leads_of_adf() -> None:
    first, second = documents("adf-leads", "adf-leads.xml")
    assert first["lead_no"] == "EP-90210"
    assert first["at"] == "2026-01-05T21:30:20.000Z"
    assert first["model"] == "X5", "and not the car that they would give"
    assert first["customer"]["name"] == "Robin Sample"
    assert [phone["number"] for phone in first["customer"]["phones"]] == ["312-555-0147"]
    assert second["at"] == "2026-01-06T16:47:50.000Z"
    assert second["customer"]["phones"] == [{"kind": "other", "number": "323-555-0122"}]
    assert len(second["lead_no"]) == 24


def test_the_samples_hold_what_they_should() -> None:
    assert [len(records_of(name, file)) for name, file in SAMPLES] == [
        *(5, 2, 2, 7, 7, 5, 5, 3, 2, 3, 1, 2),
    ]
