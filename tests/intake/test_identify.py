"""VINs, telephone numbers and document ids."""

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from services.intake.identify import check_vin, document_id_of, e164
from tests.intake.given import GOOD_VIN, reported, step, visit


@pytest.mark.parametrize(
    ("vin", "expected"),
    [
        ("1HGCM82633A004352", "ok"),
        ("1M8GDM9AXKP042788", "ok"),  # the check digit X
        ("11111111111111111", "ok"),
        ("1HGCM82643A004352", "failed"),
        ("LSVAA49J932047371", "failed"),  # mandatory in China, too
        ("WVWZZZ1JZXW000001", "not_applicable"),
        ("1HGCM82633A00435", "malformed"),
        ("1HGCM82633A0043522", "malformed"),
        ("1HGCM82633A00435O", "malformed"),
        ("IHGCM82633A004352", "malformed"),
        ("1HGCM82633Q004352", "malformed"),
        ("1HGCM82633A00435\u0661", "malformed"),  # an Arabic digit is no digit of a VIN
        ("", "malformed"),
    ],
)
def test_a_vin_has_17_characters_and_a_check_digit_where_it_is_mandatory(
    vin: str, expected: str
) -> None:
    assert check_vin(vin) == expected


@forall(st.integers(0, 16), st.sampled_from("0123456789"))
def test_any_one_digit_misread_is_noticed(position: int, digit: str) -> None:
    if not GOOD_VIN[position].isdigit() or GOOD_VIN[position] == digit or position == 0:
        return
    misread = GOOD_VIN[:position] + digit + GOOD_VIN[position + 1 :]
    assert check_vin(misread) == "failed"


@pytest.mark.parametrize(
    ("number", "region", "expected"),
    [
        ("138 1234 5678", "CN", "+8613812345678"),
        ("010-6552 9988", "CN", "+861065529988"),
        ("400 810 8888", "CN", "+864008108888"),
        ("+49 30 901820", "CN", "+4930901820"),
        ("030 901820", "DE", "+4930901820"),
        ("123", "CN", None),
        ("none", "CN", None),
        ("", "CN", None),
    ],
)
def test_phones_are_read_as_of_the_dealers_country(
    number: str, region: str, expected: str | None
) -> None:
    assert e164(number, region) == expected


def test_document_ids_scope_the_number_and_encode_it() -> None:
    assert (
        document_id_of(reported("visit", visit(ro_no="RO 1/2 号")).report)
        == "sunrise/pudong/cdk/visit/RO%201%2F2%20%E5%8F%B7"
    )
    assert (
        document_id_of(reported("complaint-step", step()).report)
        == "sunrise/pudong/cdk/complaint-step/K1/S1"
    )
