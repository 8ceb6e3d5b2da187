"""Fields that no contract knows: each is warned about, or refused where that is asked for."""

from typing import Any

import pytest

from services.intake.domain.examine.event import InvalidEvent, Reported, examine
from services.intake.domain.findings import Finding
from tests.services.intake.given import (
    DEALERS,
    EVERY_KIND,
    NOW,
    Data,
    consent,
    customer,
    event,
    reported,
    sale,
    survey,
    visit,
)

LINE = {"line_no": "1", "pay_type": "customer"}


def refused(noun: str, data: Data, **more: Any) -> InvalidEvent:
    found = examine(event(noun, data), dealers=DEALERS, now=NOW, strict=True, **more)
    assert isinstance(found, InvalidEvent)
    return found


@pytest.mark.parametrize(
    ("noun", "data", "pointer", "near"),
    [
        (
            "visit",
            visit(lines=[LINE, LINE | {"labor_amount": "100"}]),
            "/data/lines/1/labor_amount",
            "labour_amount",
        ),
        ("visit", visit(closedAt="2026"), "/data/closedAt", "closed_at"),
        ("visit", visit(**{"closed-at": None}), "/data/closed-at", "closed_at"),
        ("visit", visit(Department="body"), "/data/Department", "department"),
        ("visit", visit(vin="x"), "/data/vin", "vehicle/vin"),
        ("visit", visit(qqq=1), "/data/qqq", None),
        (
            "visit",
            visit(customer=customer(mail="x")),
            "/data/customer/mail",
            "email",
        ),
        (
            "visit",
            visit(customer={"source_customer_id": "C1", "phones": [{"nummer": "1", "number": ""}]}),
            "/data/customer/phones/0/nummer",
            "number",
        ),
        (
            "sale",
            sale(parties=[{"role": "driver", "customer": customer("C2", adress="x")}]),
            "/data/parties/0/customer/adress",
            None,
        ),
        (
            "sale",
            sale(price={"amount": "1", "currency": "CNY", "curency": "EUR"}),
            "/data/price/curency",
            "currency",
        ),
        (
            "sale",
            sale(products=[{"code": "p", "expires": 0}]),
            "/data/products/0/expires",
            "expires_on",
        ),
        ("consent", consent(opt_out=["sms"]), "/data/opt_out", "opt_outs"),
        ("survey", survey(item={}), "/data/item", "items"),
    ],
)
def test_an_unknown_field_is_told_with_the_nearest_known_one(
    noun: str, data: Data, pointer: str, near: str | None
) -> None:
    told = [warning for warning in reported(noun, data).warnings if warning.pointer == pointer]
    assert len(told) == 1
    hint = told[0].detail.partition("do you mean ")[2]
    assert hint == ("" if near is None else f"{near}?")
    assert refused(noun, data).errors == tuple(told)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Li Wei",
        "张三",
        "13812345678",
        "phone13812345678",
        "a/b",
        "a~b",
        "li.wei@example.com",
        "x" * 41,
        "a\u200bb",
    ],
)
def test_a_name_that_may_be_personal_is_not_repeated(name: str) -> None:
    unknown: Data = {name: 1}
    found = reported("visit", visit(customer=customer(**unknown)))
    expected = Finding("/data/customer", "a field here is not known and was not read")
    assert found.warnings == (expected,)


@pytest.mark.parametrize("noun", EVERY_KIND)
def test_what_is_known_is_not_warned_about(noun: str) -> None:
    data = EVERY_KIND[noun]()
    for strict in (False, True):
        found = examine(event(noun, data), dealers=DEALERS, now=NOW, strict=strict)
        assert isinstance(found, Reported)
        assert not found.warnings


def test_the_codes_of_a_survey_are_its_own_and_attributes_are_free() -> None:
    raw = event("survey", survey(items={"anything": 8, "overall_2": 1}), myextension="x")
    found = examine(raw, dealers=DEALERS, now=NOW, strict=True)
    assert isinstance(found, Reported)
    assert not found.warnings


def test_a_strict_refusal_tells_what_else_is_wrong() -> None:
    data = visit(state="closed", status="no")
    assert {error.pointer for error in refused("visit", data).errors} == {
        "/data/state",
        "/data/status",
    }


def test_many_are_counted_and_few_are_told() -> None:
    unknown = {f"name{number}": number for number in range(9_000)}
    found = reported("visit", visit(**unknown))
    assert (len(found.warnings), found.not_shown) == (20, 8_980)
    not_shown = examine(event("visit", visit(**unknown)), dealers=DEALERS, now=NOW, show=0)
    assert isinstance(not_shown, Reported)
    assert (not_shown.warnings, not_shown.not_shown) == ((), 9_000)
    assert refused("visit", visit(**unknown)).not_shown == 8_980


def test_what_was_left_out_is_told_before_what_was_not_known() -> None:
    unknown = {f"name{number}": number for number in range(100)}
    phones = [{"number": "nothing"}]
    found = reported("visit", visit(customer=customer(phones=phones), **unknown))
    assert found.warnings[0].pointer == "/data/customer/phones/0/number"
