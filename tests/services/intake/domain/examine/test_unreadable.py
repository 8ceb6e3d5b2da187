"""What of a customer is left out: it may tell who they are, or cannot be true."""

import pytest

from tests.services.intake.given import NOW, customer, reported, sale, visit

PERSONAL = [
    "138 1234 5678",
    "+49 (30) 1234567",
    "li.wei@example.com",
    "310115199003070012",
    "31011519900307001X",
    "teacher\u202e",
    "a\x00b",
]


@pytest.mark.parametrize("text", [*PERSONAL, "-", "???"])
@pytest.mark.parametrize("field", ["occupation", "area"])
def test_what_may_be_personal_or_says_nothing_is_left_out_and_told(field: str, text: str) -> None:
    found = reported("visit", visit(customer=customer(**{field: text})))
    assert [warning.pointer for warning in found.warnings] == [f"/data/customer/{field}"]
    assert found.left_out == {f"/data/customer/{field}"}
    assert text not in found.warnings[0].detail


@pytest.mark.parametrize(
    "text", ["teacher", "教师", "Kfz-Mechaniker", "IT / Software", "浦东新区", "200120", "310115"]
)
@pytest.mark.parametrize("field", ["occupation", "area"])
def test_words_and_short_codes_of_a_list_are_taken(field: str, text: str) -> None:
    assert not reported("visit", visit(customer=customer(**{field: text}))).warnings


@pytest.mark.parametrize("age", [10, 18, 110])
def test_a_customer_may_be_of_any_age_that_people_reach(age: int) -> None:
    assert not reported("visit", visit(customer=customer(birth_year=NOW.year - age))).warnings


@pytest.mark.parametrize("year", [0, 85, 1900, NOW.year - 111, NOW.year - 9, NOW.year + 1, 9999])
def test_a_filler_is_no_year_of_birth(year: int) -> None:
    parties = [{"role": "driver", "customer": customer("C2", birth_year=year)}]
    found = reported("sale", sale(parties=parties))
    assert [warning.pointer for warning in found.warnings] == [
        "/data/parties/0/customer/birth_year"
    ]
