"""The values that contracts are made of: what of outside text passes for one, and as which."""

import unicodedata
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import AwareDatetime, TypeAdapter, ValidationError

from shared.contracts.feed_parts import Vin
from shared.contracts.feeds import REPORTS
from shared.contracts.identifiers import customer_key, document_id
from shared.contracts.values import (
    FIRST_YEAR,
    LAST_YEAR,
    Code,
    Contract,
    CustomerNumber,
    Day,
    Instant,
    Number,
    day_begins,
    to_milliseconds,
)

INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)
DAY: TypeAdapter[date] = TypeAdapter(Day)
NUMBER: TypeAdapter[str] = TypeAdapter(Number)
CUSTOMER_NUMBER: TypeAdapter[str] = TypeAdapter(CustomerNumber)
CODE: TypeAdapter[str] = TypeAdapter(Code)
VIN: TypeAdapter[str] = TypeAdapter(Vin)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-11-25T10:00:00Z", "2026-11-25T10:00:00+00:00"),
        ("2026-11-25t10:00:00z", "2026-11-25T10:00:00+00:00"),
        ("2026-11-25T10:00:00+08:00", "2026-11-25T02:00:00+00:00"),
        ("2026-11-25T10:00:00-00:00", "2026-11-25T10:00:00+00:00"),
        ("2026-11-25T10:00:00.5Z", "2026-11-25T10:00:00.500000+00:00"),
        ("2026-11-25T10:00:00.123456789Z", "2026-11-25T10:00:00.123000+00:00"),
        (datetime(2026, 11, 25, 10, tzinfo=UTC), "2026-11-25T10:00:00+00:00"),
    ],
)
def test_an_instant_is_rfc_3339(written: object, expected: str) -> None:
    assert INSTANT.validate_python(written).isoformat() == expected


@pytest.mark.parametrize(
    "written",
    [
        "20261125",
        "46351.375",
        "0",
        "-1",
        "1e9",
        "1764065600",
        "1764065600000",
        0,
        1764065600,
        1764065600.5,
        True,
        "",
        "now",
        "2026-11-25",
        "2026-11-25T10:00Z",
        "2026-11-25T10:00:00",
        "2026-11-25 10:00:00Z",
        "2026-11-25_10:00:00Z",
        "20261125T100000Z",
        "2026-11-25T10:00:00+0800",
        "2026-11-25T10:00:00+08",
        "2026-11-25T10:00:00+24:00",
        "2026-11-25T10:00:00 Z",
        " 2026-11-25T10:00:00Z",
        "2026-11-25T10:00:00Z\n",
        "2026-11-25T24:00:00Z",
        "2026-11-25T23:60:00Z",
        "2026-11-25T23:59:60Z",
        "2026-11-25T10:00:00,5Z",
        "2026-11-25T10:00:00.Z",
        "2026-W48-3T10:00:00Z",
        "2026-02-30T10:00:00Z",
        "0000-01-01T00:00:00Z",
        "+002026-11-25T10:00:00Z",
        "２０２６-11-25T10:00:00Z",
        b"2026-11-25T10:00:00Z",
        date(2026, 11, 25),
        datetime(2026, 11, 25, 10),  # noqa: DTZ001
        None,
        [],
    ],
)
def test_nothing_else_is_an_instant(written: object) -> None:
    with pytest.raises(ValidationError):
        INSTANT.validate_python(written)


@given(st.integers() | st.floats() | st.from_regex(r"\A[-+ ]?[0-9]{1,14}([.,][0-9]{1,6})?\Z"))
def test_digits_are_neither_an_instant_nor_a_day(digits: object) -> None:
    for adapter in (INSTANT, DAY):
        with pytest.raises(ValidationError):
            adapter.validate_python(digits)


RFC_3339 = st.from_regex(
    r"\A(00|18|19|2[0-2])[0-9]{2}-(0[0-9]|1[0-3])-[0-3][0-9]T([01][0-9]|2[0-4]):[0-5][0-9]:[0-5][0-9]"
    r"(\.[0-9]{1,9})?(Z|z|[+-]([01][0-9]|2[0-4]):[0-5][0-9])\Z"
)
BY_PYDANTIC: TypeAdapter[datetime] = TypeAdapter(AwareDatetime)


@given(RFC_3339)
@example("2026-11-25T10:00:00.123Z")
@example("2026-02-30T10:00:00.000Z")
@example("2026-11-25T24:00:00.000Z")
@example("1899-12-31T23:59:59.999Z")
@example("2199-12-31T23:59:59.999Z")
@example("2200-01-01T00:00:00.000Z")
def test_an_instant_is_read_as_pydantic_reads_it(written: str) -> None:
    expected = _read_by(BY_PYDANTIC, written)
    if expected is not None and not FIRST_YEAR <= expected.year <= LAST_YEAR:
        expected = None
    found = _read_by(INSTANT, written)
    assert found == (expected and to_milliseconds(expected))
    assert found is None or found.tzinfo is UTC


def _read_by(adapter: TypeAdapter[datetime], written: str) -> datetime | None:
    try:
        return adapter.validate_python(written)
    except ValidationError:
        return None


@pytest.mark.parametrize("written", ["2026-02-30T10:00:00.000Z", "2026-02-30T10:00:00Z"])
def test_of_a_day_that_there_is_none_it_is_told_what_is_wrong(written: str) -> None:
    with pytest.raises(ValidationError, match="day value is outside expected range"):
        INSTANT.validate_python(written)


def test_a_leap_second_says_what_to_write() -> None:
    with pytest.raises(ValidationError, match="write it as second 59"):
        INSTANT.validate_python("2016-12-31T23:59:60Z")


@pytest.mark.parametrize("written", ["2026-11-25", date(2026, 11, 25)])
def test_a_day_is_an_iso_date(written: object) -> None:
    assert DAY.validate_python(written) == date(2026, 11, 25)


@pytest.mark.parametrize(
    "written",
    [
        0,
        "0",
        "20261125",
        "1764028800",
        1764028800,
        True,
        "2026-11-25T00:00:00Z",
        "2026-11-25T00:00:00",
        "2026-11-5",
        "25.11.2026",
        "2026-02-29",
        " 2026-11-25",
        "２０２６-11-25",
        "",
        datetime(2026, 11, 25, 10, tzinfo=UTC),
    ],
)
def test_nothing_else_is_a_day(written: object) -> None:
    with pytest.raises(ValidationError):
        DAY.validate_python(written)


@pytest.mark.parametrize(
    ("written", "number", "customer_number"),
    [
        ("KA\u0308-1", "KÄ-1", "KÄ-1"),
        ("KÄ-1", "KÄ-1", "KÄ-1"),
        ("ＲＯ－１２", "RO-12", "RO-12"),
        ("138 1234 5678", "138 1234 5678", "13812345678"),
        ("138\u00a01234\u30005678", "138 1234 5678", "13812345678"),
        ("１３８ １２３４ ５６７８", "138 1234 5678", "13812345678"),
        (" RO   1 ", "RO 1", "RO1"),
        ("RO\u20111", "RO-1", "RO-1"),
        ("RO\u20101", "RO-1", "RO-1"),
        ("ro-1", "ro-1", "ro-1"),  # case is kept
        ("RO-1", "RO-1", "RO-1"),
        ("A \u0308", "A \u0308", "Ä"),
    ],
)
def test_one_of_several_ways_to_write_a_number_stands_for_all(
    written: str, number: str, customer_number: str
) -> None:
    assert NUMBER.validate_python(written) == number
    assert CUSTOMER_NUMBER.validate_python(written) == customer_number


@given(st.text(max_size=40))
@example("ß´")
def test_what_is_normalised_stays_as_it_is(written: str) -> None:
    for adapter in (NUMBER, CUSTOMER_NUMBER, CODE, VIN):
        try:
            once = adapter.validate_python(written)
        except ValidationError:
            continue
        assert adapter.validate_python(once) == once


@given(st.text(st.sampled_from("abcXYZ019-_./#"), min_size=1, max_size=40))
def test_ascii_numbers_without_spaces_keep_their_ids(written: str) -> None:
    assert NUMBER.validate_python(written) == written
    assert CUSTOMER_NUMBER.validate_python(written) == written


def test_ids_are_what_they_were() -> None:
    """Rows are registered, and records keyed, by these."""
    number = CUSTOMER_NUMBER.validate_python("C-7/8")
    assert customer_key("sunrise/pudong", "cdk", number) == "sunrise/pudong/cdk/C-7%2F8"
    ro_no = NUMBER.validate_python("RO 1/2 号")
    expected = "sunrise/pudong/cdk/visit/RO%201%2F2%20%E5%8F%B7"
    assert document_id("sunrise/pudong", "cdk", "visit", ro_no) == expected


def test_a_long_text_costs_nothing_to_refuse() -> None:
    """Sorting marks takes the square of their number, so nobody may send many."""
    marks = "\u0315\u0316" * 200_000
    for adapter in (NUMBER, CUSTOMER_NUMBER, CODE, VIN):
        with pytest.raises(ValidationError):
            adapter.validate_python(f"a{marks}")


def test_codes_are_composed_and_keep_their_width() -> None:
    assert CODE.validate_python("Tu\u0308ren") == "Türen"
    assert CODE.validate_python("制动（刹车）") == "制动（刹车）"


def test_a_vin_may_be_written_in_groups_and_full_width() -> None:
    assert VIN.validate_python(" １hgcm 82633\u3000A004352 ") == "1HGCM82633A004352"


OF_CUSTOMERS = {"source_customer_id", "referrer_customer_id", "referred_customer_id"}
NUMBERS = {
    *("deal_no", "ro_no", "case_no", "step_id", "consent_no", "survey_no", "referral_no"),
    *("merged_into", "related_ro_no", "related_deal_no", "appointment_id", "line_no"),
}


def _fields(contract: type[Contract]) -> dict[str, Any]:
    """Field -> its schema, of the contract and of all that it is made of."""
    found: dict[str, Any] = {}
    waiting, seen = [contract], {contract}
    while waiting:
        for name, field in waiting.pop().model_fields.items():
            found[name] = TypeAdapter(field.rebuild_annotation())
            parts = {part for part in Contract.__subclasses__() if part.__name__ in repr(field)}
            waiting += parts - seen
            seen |= parts
    return found


@pytest.mark.parametrize("contract", REPORTS.values())
def test_every_field_that_refers_is_normalised_alike(contract: type[Contract]) -> None:
    for name, adapter in _fields(contract).items():
        if name in OF_CUSTOMERS:
            assert adapter.validate_python("Ｋ A\u0308") == unicodedata.normalize("NFC", "KA\u0308")
        elif name in NUMBERS:
            assert adapter.validate_python("Ｋ  A\u0308") == "K Ä"


@pytest.mark.parametrize(
    ("day", "zone", "begins"),
    [
        (date(2026, 11, 25), "Asia/Shanghai", "2026-11-24T16:00:00+00:00"),
        (date(2026, 3, 29), "Europe/Berlin", "2026-03-28T23:00:00+00:00"),
        (date(2026, 3, 30), "Europe/Berlin", "2026-03-29T22:00:00+00:00"),
        (date(1900, 1, 1), "Asia/Shanghai", "1899-12-31T15:54:17+00:00"),
    ],
)
def test_a_day_begins_by_the_clock_there(day: date, zone: str, begins: str) -> None:
    assert day_begins(day, zone).isoformat() == begins
