"""VINs and document ids."""

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from services.intake.domain.documents import document_id_of
from services.intake.domain.examine.vins import check_vin
from tests.services.intake.given import GOOD_VIN, reported, step, visit


@pytest.mark.parametrize(
    ("vin", "expected"),
    [
        ("1HGCM82633A004352", "ok"),
        ("1M8GDM9AXKP042788", "ok"),  # the check digit X
        ("7SAYGDEE7PA012345", "ok"),  # North America is 1 to 5, and most of 7
        ("7SAYGDEE8PA012345", "failed"),
        ("7FCTGAAA3NN001234", "ok"),
        ("7FCTGAAA2NN001234", "failed"),
        ("7A8GDM9AXKP042788", "not_applicable"),  # New Zealand
        ("6A8GDM9AXKP042788", "not_applicable"),
        ("11111111111111111", "malformed"),  # its check digit fits
        ("00000000000000000", "malformed"),
        ("WWWWWWWWWWWWWWWWW", "malformed"),
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


def test_document_ids_scope_the_number_and_encode_it() -> None:
    assert (
        document_id_of(reported("visit", visit(ro_no="RO 1/2 号")).report)
        == "sunrise/pudong/cdk/visit/RO%201%2F2%20%E5%8F%B7"
    )
    assert (
        document_id_of(reported("complaint-step", step()).report)
        == "sunrise/pudong/cdk/complaint-step/K1/S1"
    )
