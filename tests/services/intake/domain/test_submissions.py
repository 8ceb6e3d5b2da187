"""What is recorded of a report: pseudonymous, once per customer, with its own hash."""

import pytest

from services.intake.domain.submissions import submissions
from tests.services.intake.given import (
    EVERY_KIND,
    PUDONG,
    Data,
    all_submitted,
    at,
    complaint,
    consent,
    customer,
    key,
    line,
    messages,
    only_of,
    reported,
    sale,
    submitted,
    visit,
)

PERSONAL = ("Li Lei", "138", "沪A", "Han Meimei", "private words")


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
        only_of(noun, data).customer_key
        for noun, data in (
            ("visit", visit(customer=customer(one))),
            ("visit", visit(customer=customer(other))),
            ("consent", consent(source_customer_id=other)),
            ("survey", EVERY_KIND["survey"](source_customer_id=one)),
        )
    }
    referral = EVERY_KIND["referral"](referrer_customer_id=other)
    assert keys == {messages("referral", referral)["referrer"].customer_key}
