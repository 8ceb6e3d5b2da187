"""What is recorded of a report: pseudonymous, once per customer, with its own hash."""

from datetime import timedelta
from typing import Any

import pytest

from services.intake.domain.decide import decide
from services.intake.domain.submissions import submissions
from shared.contracts.intake import (
    ComplaintFiled,
    ComplaintStepTaken,
    Recorded,
    ReferralMade,
    SaleRecorded,
    VisitRecorded,
)
from tests.services.intake.given import (
    BERLIN,
    EVERY_KIND,
    GOOD_VIN,
    NOW,
    PUDONG,
    Data,
    all_submitted,
    at,
    complaint,
    consent,
    customer,
    key,
    merge,
    reported,
    sale,
    step,
    submitted,
    target,
    visit,
)

PERSONAL = ("Li Lei", "138", "沪A", "Han Meimei", "private words")


def messages(noun: str, data: Data) -> dict[str, Recorded]:
    return dict(submitted(noun, data).messages)


def only(noun: str, data: Data) -> Recorded:
    (message,) = messages(noun, data).values()
    return message


@pytest.mark.parametrize("noun", EVERY_KIND)
def test_no_document_carries_anything_personal(noun: str) -> None:
    for message in messages(noun, EVERY_KIND[noun]()).values():
        text = message.model_dump_json()
        assert not [word for word in PERSONAL if word in text]


def test_a_document_tells_who_the_customer_is() -> None:
    document, profile, opt_outs = all_submitted("visit", visit())
    assert [document.kind, profile.kind, opt_outs.kind] == ["visit", "profile", "opt-outs"]
    assert profile.document_id == f"{PUDONG}/cdk/profile/C1"
    assert profile.customer_key == key()
    assert profile.said == {
        "name": "Li Lei",
        "phones": [{"kind": "mobile", "e164": "+8613812345678"}],
    }
    assert not opt_outs.said


def test_a_customer_of_whom_only_the_number_is_known_has_no_profile() -> None:
    data = visit(customer={"source_customer_id": "C1"})
    assert [asked.kind for asked in all_submitted("visit", data)] == ["visit", "opt-outs"]


def test_a_visit_adds_labour_and_parts_and_counts_in_kilometres() -> None:
    told = only("visit", visit())
    assert isinstance(told, VisitRecorded)
    assert str(told.lines[0].amount) == "120.15"
    assert told.currency == "CNY"
    assert told.odometer_km == 1609
    assert told.vin == GOOD_VIN
    assert told.timezone == "Asia/Shanghai"


def test_a_total_names_the_currency() -> None:
    told = only("visit", visit(total={"amount": "9", "currency": "USD"}))
    assert isinstance(told, VisitRecorded)
    assert told.currency == "USD"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (visit(), key()),
        (visit(customer=None), f"{PUDONG}/cdk/vin/{GOOD_VIN}"),
        (visit(customer=None, vehicle=None), f"{PUDONG}/cdk/doc/RO%201"),
        (visit(dealer_id=BERLIN), key(dealer_id=BERLIN)),
    ],
)
def test_a_visit_is_the_customers_else_the_cars_else_its_own(data: Data, expected: str) -> None:
    assert only("visit", data).customer_key == expected


def line(pay_type: str) -> Data:
    return {"line_no": pay_type, "pay_type": pay_type, "labour_amount": "1"}


INTERNAL = {"source_customer_id": "X", "kind": "internal", "name": "Sunrise"}


@pytest.mark.parametrize(
    ("noun", "data"),
    [
        ("visit", visit(customer=INTERNAL)),
        ("visit", visit(customer=None, lines=[line("internal")])),
        ("sale", sale(customer=INTERNAL)),
        ("sale", sale(sale_type="wholesale", customer={"source_customer_id": "C9"})),
        ("complaint", complaint(customer=INTERNAL)),
    ],
)
def test_the_dealerships_own_documents_reach_no_customer(noun: str, data: Data) -> None:
    document, opt_outs = all_submitted(noun, data)
    assert not document.messages
    assert not opt_outs.said


def test_internal_work_for_a_customer_is_the_customers() -> None:
    assert only("visit", visit(lines=[line("internal")])).customer_key == key()
    two = [line("internal"), line("warranty")]
    assert only("visit", visit(customer=None, lines=two)).customer_key.endswith(GOOD_VIN)


def party(role: str, number: str, **more: Any) -> Data:
    return {"role": role, "customer": {"source_customer_id": number} | more}


def test_a_sale_is_told_once_to_each_customer_by_role() -> None:
    parties = [
        party("driver", "C3"),
        party("co_buyer", "C2"),
        party("driver", "C2"),
        party("driver", "C1"),
        party("driver", "C4"),
        party("registrant", "C5", kind="internal"),
    ]
    told = messages("sale", sale(parties=parties))
    assert {role: message.customer_key for role, message in told.items()} == {
        "buyer": key("C1"),
        "co_buyer": key("C2"),
        "driver": key("C3"),
        "driver-2": key("C4"),
    }
    last = told["driver-2"]
    assert isinstance(last, SaleRecorded)
    assert last.role == "driver"


def test_a_delivery_has_the_dealers_local_date() -> None:
    data = sale(delivered_on=None, delivered_at="2026-11-19T17:00:00Z")
    told = only("sale", data)
    assert isinstance(told, SaleRecorded)
    assert str(told.delivered_on) == "2026-11-20"


def test_a_referral_is_told_to_both() -> None:
    told = messages("referral", EVERY_KIND["referral"]())
    referred = told["referred"]
    assert isinstance(referred, ReferralMade)
    assert (referred.customer_key, referred.other_customer_key) == (key("C2"), key("C1"))
    assert told["referrer"].customer_key == key("C1")


def test_complaints_keep_their_narrative_in_the_register() -> None:
    asked = submitted("complaint", complaint())
    assert asked.words == {"narrative": "my wife Han Meimei was frightened"}
    assert isinstance(asked.messages["customer"], ComplaintFiled)


def test_a_step_knows_its_complaint_and_waits_under_its_number() -> None:
    asked = submitted("complaint-step", merge())
    assert asked.parent == f"{PUDONG}/cdk/complaint/K1"
    told = asked.messages["customer"]
    assert isinstance(told, ComplaintStepTaken)
    assert told.customer_key == f"{PUDONG}/cdk/doc/K1"
    assert told.merged_into == f"{PUDONG}/cdk/complaint/K2"
    assert told.merged_into_key is None, "K2 is not known"


@pytest.mark.parametrize("noun", ["merged", "unmerged"])
def test_a_merge_is_at_its_complaint_and_names_the_customer_of_the_other(noun: str) -> None:
    case, other = (
        decide(None, submitted("complaint", data), received_at=NOW).row
        for data in (complaint(), target())
    )
    told = submitted("complaint-step", merge(step=noun)).under(case, other).messages["customer"]
    assert isinstance(told, ComplaintStepTaken)
    assert (told.customer_key, told.merged_into_key) == (key("C1"), key("C2"))


def test_a_complaint_names_who_is_responsible_and_a_hold_when_it_ends() -> None:
    filed = only("complaint", complaint(owner=" zhang.min "))
    assert isinstance(filed, ComplaintFiled)
    assert filed.owner == "zhang.min"
    hold = only("complaint-step", step(step="held", reason="part", until=at(600)))
    assert isinstance(hold, ComplaintStepTaken)
    assert hold.until == NOW + timedelta(minutes=600)
    assert only("complaint", complaint()).model_dump()["owner"] is None


def test_the_limit_of_a_regulators_order_may_lie_ahead_and_is_told() -> None:
    filed = only("complaint", complaint(regulator_due_at=at(7200)))
    assert isinstance(filed, ComplaintFiled)
    assert filed.regulator_due_at == NOW + timedelta(minutes=7200)
    demand = only("complaint-step", step(step="demanded", reason="换货"))
    assert isinstance(demand, ComplaintStepTaken)
    assert (demand.step, demand.reason) == ("demanded", "换货")


def content_hash(data: Data) -> str:
    return submitted("visit", data).content_hash


@pytest.mark.parametrize(
    "same",
    [
        visit(source_modified_at=at(-1)),
        visit(customer=customer(name="Li L.", phones=[])),
        visit(unknown_field=1),
        visit(comeback_of=None, voided_at=None),
        visit(opened_at="2026-11-21T13:00:00+08:00"),
    ],
)
def test_a_repeat_in_another_notation_has_the_same_hash(same: Data) -> None:
    assert content_hash(same) == content_hash(visit())


@pytest.mark.parametrize(
    "other",
    [
        visit(status="in_progress"),
        visit(customer=customer("C2")),
        visit(customer=None),
        visit(department="body shop"),
        visit(lines=[]),
    ],
)
def test_a_change_has_another_hash(other: Data) -> None:
    assert content_hash(other) != content_hash(visit())


def test_amounts_hash_by_value() -> None:
    one, other = ({"amount": text, "currency": "CNY"} for text in ("129.9", "129.9000"))
    assert content_hash(visit(total=one)) == content_hash(visit(total=other))


def test_a_consent_is_of_its_customer() -> None:
    assert only("consent", consent()).customer_key == key()


@pytest.mark.parametrize("noun", EVERY_KIND)
def test_no_hash_can_be_guessed_without_the_key(noun: str) -> None:
    found = reported(noun, EVERY_KIND[noun]())
    one, other = (
        {asked.document_id: asked.content_hash for asked in submissions(found, key=key)}
        for key in (b"one key", b"another")
    )
    assert one.keys() == other.keys()
    assert not set(one.values()) & set(other.values())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("KÄ-1", "KA\u0308-1"),
        ("138 1234 5678", "13812345678"),
        ("１３８１２３４５６７８", "138\u30001234\u00a05678"),
    ],
)
def test_a_customer_is_one_however_the_number_is_written(one: str, other: str) -> None:
    keys = {
        only(noun, data).customer_key
        for noun, data in (
            ("visit", visit(customer=customer(one))),
            ("visit", visit(customer=customer(other))),
            ("consent", consent(source_customer_id=other)),
            ("survey", EVERY_KIND["survey"](source_customer_id=one)),
        )
    }
    referral = EVERY_KIND["referral"](referrer_customer_id=other)
    assert keys == {messages("referral", referral)["referrer"].customer_key}


def test_customers_who_refer_themselves_are_found_however_they_are_written() -> None:
    data = EVERY_KIND["referral"](referrer_customer_id="138 1", referred_customer_id="1381")
    with pytest.raises(AssertionError, match="refer themselves"):
        reported("referral", data)


def test_references_meet_however_their_numbers_are_written() -> None:
    filed = submitted("complaint", complaint(case_no="Ｋ  Ä"))
    follows = submitted("complaint-step", step(case_no="K A\u0308"))
    leads = submitted("complaint-step", merge(case_no="K9", merged_into="K\u3000Ä"))
    assert filed.document_id == follows.parent == leads.merged_into
