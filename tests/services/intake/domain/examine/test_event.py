"""What makes an event valid, and where it says it is not."""

from datetime import datetime
from typing import Any

import pytest

from services.intake.domain.examine.event import InvalidEvent, Reported, examine
from services.intake.domain.findings import Finding
from tests.services.intake.given import (
    BERLIN,
    DEALERS,
    EVERY_KIND,
    FAILED_VIN,
    GOOD_VIN,
    NOW,
    Data,
    at,
    complaint,
    consent,
    customer,
    event,
    merge,
    reported,
    sale,
    step,
    visit,
)

SECRET = "Zhang-San-SECRET"
LINE = {"line_no": "1", "pay_type": "internal"}
HOLD = step(step="held", reason="part")


def pointers(raw: object) -> set[str]:
    """The places that are wrong; nothing of what was sent is repeated there."""
    found = examine(raw, dealers=DEALERS, now=NOW)
    assert isinstance(found, InvalidEvent)
    assert SECRET not in repr(found.errors)
    return {error.pointer for error in found.errors}


@pytest.mark.parametrize("noun", EVERY_KIND)
def test_every_kind_of_report_is_taken(noun: str) -> None:
    assert isinstance(examine(event(noun, EVERY_KIND[noun]()), dealers=DEALERS, now=NOW), Reported)


def without(raw: Data, name: str) -> Data:
    return {key: value for key, value in raw.items() if key != name}


def changed(**more: Any) -> Data:
    return event("visit", visit()) | more


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ([], {""}),
        ("text", {""}),
        (None, {""}),
        (without(changed(), "id"), {"/id"}),
        (changed(id=""), {"/id"}),
        (changed(id="x" * 401), {"/id"}),
        (changed(id=7), {"/id"}),
        (without(changed(), "specversion"), {"/specversion"}),
        (changed(specversion="0.3"), {"/specversion"}),
        (without(changed(), "type"), {"/type"}),
        (changed(type=SECRET), {"/type"}),
        (changed(type=""), {"/type"}),
        (changed(time=SECRET), {"/time"}),
        (changed(time="2026-11-21T10:00:00"), {"/time"}),
        (changed(time="2026-11-21T10:00Z"), {"/time"}),
        (changed(time="2026-13-41T10:00:00Z"), {"/time"}),
        (changed(time=1763719200), {"/time"}),
        (changed(time="0001-01-01T00:00:00+14:00"), {"/time"}),
        (changed(time="1969-12-31T23:59:59Z"), {"/time"}),
        (changed(time=at(6)), {"/time"}),
        (changed(dealerid=BERLIN), {"/dealerid"}),
        (changed(dealerid="Bad Dealer"), {"/dealerid"}),
        (changed(datacontenttype="text/xml"), {"/datacontenttype"}),
        (without(changed(), "data"), {"/data"}),
        (changed(data=[]), {"/data"}),
        (changed(id=None, time=SECRET), {"/id", "/time"}),
    ],
)
def test_a_wrong_envelope_is_rejected_where_it_is_wrong(raw: object, expected: set[str]) -> None:
    assert pointers(raw) == expected


@pytest.mark.parametrize(
    ("noun", "data", "expected"),
    [
        ("visit", visit(dealer_id="sunrise/nowhere"), "/data/dealer_id"),
        ("visit", visit(dealer_id=SECRET), "/data/dealer_id"),
        ("visit", visit(vehicle={"vin": SECRET}), "/data/vehicle/vin"),
        ("visit", visit(vehicle={"vin": FAILED_VIN}), "/data/vehicle/vin"),
        ("visit", visit(status=SECRET), "/data/status"),
        ("visit", visit(opened_at="2026-11-20T10:00:00"), "/data/opened_at"),
        ("visit", visit(opened_at="0001-01-01T00:00:00+14:00"), "/data/opened_at"),
        ("visit", visit(opened_at="0999-01-01T00:00:00Z"), "/data/opened_at"),
        ("visit", visit(closed_at=None), "/data"),
        ("visit", visit(closed_at=at(-400)), "/data"),
        ("visit", visit(closed_at=at(6)), "/data/closed_at"),
        ("visit", visit(promised_at="9999-01-01T00:00:00Z"), "/data/promised_at"),
        ("sale", sale(price={"amount": "-1", "currency": "CNY"}), "/data/price/amount"),
        ("visit", visit(total={"amount": "-0.00001", "currency": "CNY"}), "/data/total/amount"),
        ("visit", visit(total={"amount": 1.5, "currency": "CNY"}), "/data/total/amount"),
        ("visit", visit(total={"amount": "NaN", "currency": "CNY"}), "/data/total/amount"),
        ("visit", visit(ro_no="  "), "/data/ro_no"),
        ("visit", visit(ro_no="\x1c"), "/data/ro_no"),
        ("visit", visit(source_modified_at=at(6)), "/data/source_modified_at"),
        ("visit", visit(source_modified_at="1960-01-01T00:00:00Z"), "/data/source_modified_at"),
        (
            "visit",
            visit(
                lines=[{"line_no": "1", "pay_type": "customer", "labour_amount": "-10000000000"}]
            ),
            "/data/lines/0/labour_amount",
        ),
        (
            "visit",
            visit(
                lines=[
                    {
                        "line_no": "1",
                        "pay_type": "customer",
                        "labour_amount": "9999999999",
                        "parts_amount": "1",
                    }
                ]
            ),
            "/data/lines/0",
        ),
        (
            "visit",
            visit(customer={"source_customer_id": "\x1d"}),
            "/data/customer/source_customer_id",
        ),
        ("visit", visit(customer=customer(birth_year="1985-03-02")), "/data/customer/birth_year"),
        ("visit", visit(customer=customer(area="x" * 121)), "/data/customer/area"),
        ("visit", visit(comeback_of="li.wei@example.com"), "/data/comeback_of"),
        ("sale", sale(delivered_on=None), "/data"),
        ("sale", sale(delivered_at=at(6)), "/data/delivered_at"),
        ("sale", sale(deal_date="0001-01-01"), "/data/deal_date"),
        ("sale", sale(deal_date="1970-01-01"), "/data/deal_date"),
        ("sale", sale(deal_date=0), "/data/deal_date"),
        ("sale", sale(delivered_on="20261120"), "/data/delivered_on"),
        (
            "sale",
            sale(products=[{"code": "p", "expires_on": 20270101}]),
            "/data/products/0/expires_on",
        ),
        (
            "task-outcome",
            EVERY_KIND["task-outcome"](outcome="postponed", next_contact_on="2026-12-01T00:00:00Z"),
            "/data/next_contact_on",
        ),
        ("complaint", complaint(received_at="20261121"), "/data/received_at"),
        ("complaint", complaint(received_at="46351.375"), "/data/received_at"),
        ("complaint", complaint(received_at="0"), "/data/received_at"),
        ("complaint", complaint(received_at="1970-01-01T00:00:00Z"), "/data/received_at"),
        ("complaint", complaint(occurred_at="1764028800"), "/data/occurred_at"),
        ("visit", visit(vehicle={"vin": "1" * 17}), "/data/vehicle/vin"),
        (
            "sale",
            sale(products=[{"code": "p", "expires_on": "9999-12-31"}]),
            "/data/products/0/expires_on",
        ),
        ("complaint", complaint(received_at=at(6)), "/data/received_at"),
        ("complaint", complaint(regulator_due_at=at(-400)), "/data"),
        ("complaint", complaint(regulator_due_at="9999-01-01T00:00:00Z"), "/data/regulator_due_at"),
        ("complaint", complaint(regulator_due_at="2026-12-01"), "/data/regulator_due_at"),
        ("complaint-step", step(step="demanded"), "/data"),
        ("complaint-step", step(at=at(6)), "/data/at"),
        ("complaint-step", step(step="held"), "/data"),
        ("complaint-step", HOLD | {"until": at(-71)}, "/data"),
        ("complaint-step", HOLD | {"until": at(-70)}, "/data"),
        ("complaint-step", HOLD | {"until": "2026-11-22"}, "/data/until"),
        ("complaint-step", HOLD | {"until": "2199-12-31T23:59:59Z", "at": at(6)}, "/data/at"),
        ("complaint-step", step(until=at(60)), "/data"),
        ("complaint-step", step(step="resumed", until=at(60)), "/data"),
        ("complaint-step", merge(merged_into=None), "/data"),
        ("complaint-step", merge(merged_into=" K1 "), "/data"),
        ("complaint-step", merge(step="unmerged", merged_into="K1"), "/data"),
        ("complaint-step", merge(merged_into="K1\x1f"), "/data/merged_into"),
        ("complaint-step", merge(merged_into="K\u200b1"), "/data/merged_into"),
        ("complaint-step", step(by="li.wei@example.com"), "/data/by"),
        ("complaint-step", step(by="u\u202e7"), "/data/by"),
        ("complaint-step", step(step_id="li.wei@example.com"), "/data/step_id"),
        ("complaint-step", HOLD | {"reason": "call 138-1234 5678"}, "/data/reason"),
        ("complaint", complaint(department="+49 (30) 1234567"), "/data/department"),
        ("complaint", complaint(regulator_ref="mail x@y.example"), "/data/regulator_ref"),
        (
            "visit",
            visit(lines=[LINE | {"op_code": "a@b.cn"}]),
            "/data/lines/0/op_code",
        ),
        ("survey", EVERY_KIND["survey"](items={"13812345678": 1}), "/data/items"),
        (
            "visit",
            visit(customer={"source_customer_id": "li.wei@example.com"}),
            "/data/customer/source_customer_id",
        ),
        ("complaint-step", HOLD | {"reason": "a\x00b"}, "/data/reason"),
        ("complaint", complaint(owner="  "), "/data/owner"),
        ("complaint", complaint(category="brakes\x1f"), "/data/category"),
        ("complaint", complaint(safety={"injuries": 10**9}), "/data/safety/injuries"),
        ("complaint", complaint(safety={"deaths": 10**900}), "/data/safety/deaths"),
        ("complaint", complaint(safety={"injuries": float("inf")}), "/data/safety/injuries"),
        ("consent", consent(opt_outs=["sms"] * 150_000), "/data/opt_outs"),
        ("consent", consent(at=at(6)), "/data/at"),
    ],
)
def test_wrong_data_is_rejected_where_it_is_wrong(noun: str, data: Data, expected: str) -> None:
    assert pointers(event(noun, data)) == {expected}


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (HOLD | {"until": at(-71)}, "until is not after at: a hold that ends before it starts"),
        (step(until=at(60)), "only a step 'held' has until, the planned end of the hold"),
        (merge(merged_into="K1"), "a case cannot be merged into itself"),
    ],
)
def test_a_wrong_step_says_what_is_wrong(data: Data, detail: str) -> None:
    found = examine(event("complaint-step", data), dealers=DEALERS, now=NOW)
    assert isinstance(found, InvalidEvent)
    assert found.errors == (Finding("/data", detail),)


@pytest.mark.parametrize(
    "data",
    [
        HOLD,
        HOLD | {"until": at(-69)},
        HOLD | {"until": at(60 * 24 * 90)},
        HOLD | {"at": at(5), "until": at(6)},
        merge(),
        merge(step="unmerged"),
        merge(step="unmerged", merged_into=None),
    ],
)
def test_a_hold_may_end_ahead_and_a_merge_be_taken_back(data: Data) -> None:
    assert isinstance(examine(event("complaint-step", data), dealers=DEALERS, now=NOW), Reported)


def test_envelope_and_data_are_complained_of_together() -> None:
    assert pointers(event("visit", visit(status=SECRET), id="")) == {"/id", "/data/status"}


def test_pointers_end_before_the_senders_own_names() -> None:
    data = {"items": {SECRET: 11, f"{SECRET}\u200b": 1}}
    assert pointers(event("survey", EVERY_KIND["survey"](**data))) == {"/data/items"}


def test_a_clock_up_to_five_minutes_fast_is_accepted_and_told() -> None:
    assert reported("complaint-step", step(at=at(5))).clock_fast
    assert not reported("complaint-step", step(at=at(0))).clock_fast


@pytest.mark.parametrize("status", ["delivered", "closed", "unwound"])
@pytest.mark.parametrize("field", ["delivered_on", "deal_date"])
def test_what_was_delivered_was_so_by_the_dealers_today(status: str, field: str) -> None:
    """At 15:56 UTC it is 23:56 in Shanghai; five minutes later, as clocks may be fast, Sunday."""
    evening = NOW.replace(hour=15, minute=54)

    def found(day: str, now: datetime) -> Reported | InvalidEvent:
        raw = event("sale", sale(status=status, **{field: day}))
        return examine(raw, dealers=DEALERS, now=now)

    assert isinstance(found("2026-11-21", evening), Reported)
    early, late = found("2026-11-22", evening), found("2026-11-22", evening.replace(minute=56))
    assert isinstance(early, InvalidEvent)
    assert [error.pointer for error in early.errors] == [f"/data/{field}"]
    assert isinstance(late, Reported)


@pytest.mark.parametrize("status", ["closed", "unwound"])
def test_an_instant_of_a_past_delivery_lies_in_the_past(status: str) -> None:
    assert pointers(event("sale", sale(status=status, delivered_at=at(6)))) == {
        "/data/delivered_at"
    }


@pytest.mark.parametrize("status", ["open", "cancelled"])
def test_what_is_not_delivered_may_be_planned(status: str) -> None:
    planned = {"delivered_on": "2026-12-24", "delivered_at": at(9999), "deal_date": "2026-12-01"}
    assert reported("sale", sale(status=status, **planned))


def test_a_dealer_may_let_a_failed_check_digit_pass() -> None:
    data = visit(dealer_id=BERLIN, vehicle={"vin": FAILED_VIN}, customer=None)
    found = reported("visit", data)
    assert found.warnings == (Finding("/data/vehicle/vin", "the check digit does not fit"),)
    assert not reported("visit", visit(vehicle={"vin": f" {GOOD_VIN.lower()} "})).warnings


def test_phones_come_in_e164_and_those_that_are_none_are_left_out() -> None:
    numbers = ["nothing", "138 1234 5678", "+8613812345678"]
    phones = [{"number": number} for number in numbers]
    found = reported("visit", visit(customer=customer(phones=phones)))
    assert found.described is not None
    (described,) = found.described.customers.values()
    assert [phone.number for phone in described.phones] == ["+8613812345678"]
    assert [warning.pointer for warning in found.warnings] == [
        "/data/customer/phones/0/number",
        "/data/customer/phones",
    ]


def test_a_number_without_its_extension_is_taken_and_told() -> None:
    phones = [{"number": "010-65529988 转 8012"}, {"number": "1-800-FLOWERS"}, {"number": ""}]
    data = sale(parties=[{"role": "driver", "customer": customer("C2", phones=phones)}])
    found = reported("sale", data)
    assert found.described is not None
    driver = found.described.customers["/parties/0/customer"]
    assert [phone.number for phone in driver.phones] == ["+861065529988"]
    pointer = "/data/parties/0/customer/phones"
    assert [warning.pointer for warning in found.warnings] == [
        *(f"{pointer}/{position}/number" for position in range(3)),
        pointer,
    ]
    assert "6552" not in repr(found.warnings)


def test_a_channel_opted_out_of_twice_counts_once() -> None:
    found = reported("consent", consent(opt_outs=["sms", "post", "sms"]))
    assert found.report.model_dump()["opt_outs"] == ("sms", "post")


def test_of_many_findings_the_first_are_told_and_the_others_counted() -> None:
    wrong = examine(event("visit", visit(lines=[{}] * 500)), dealers=DEALERS, now=NOW)
    assert isinstance(wrong, InvalidEvent)
    assert (len(wrong.errors), wrong.not_shown) == (20, 980)
    not_shown = examine(event("visit", visit(lines=[{}] * 3)), dealers=DEALERS, now=NOW, show=0)
    assert isinstance(not_shown, InvalidEvent)
    assert (not_shown.errors, not_shown.not_shown) == ((), 6)


@pytest.mark.parametrize(
    "data",
    [
        visit(ro_no="20261121000123456", department="車身 2/3"),
        visit(
            ro_no="RO@12", lines=[{"line_no": "1", "op_code": "0123456789", "pay_type": "internal"}]
        ),
        visit(customer=customer("13812345678"), vehicle={"vin": GOOD_VIN, "model": "Q5\u200b"}),
    ],
)
def test_numbers_and_codes_may_be_long_and_in_any_script(data: Data) -> None:
    assert reported("visit", data)
