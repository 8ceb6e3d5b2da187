"""What somebody types finds the customer whom they mean."""

from typing import Any

import pytest

from services.desk.domain.find.asked import asked_of, telephone_asked
from services.desk.domain.find.matches import hit
from shared.contracts.intake import KnownVehicle, PhoneNumber
from tests.services.desk.given_customers import customer

MEYER = {
    "name": "Hannes Müller-Lüdenscheidt",
    "phones": (PhoneNumber(kind="home", e164="+493023125976"),),
    "email": "hannes@example.org",
    "vehicles": {"WSRZZZ5N0SP100187": KnownVehicle(plate="B-KE 3367")},
}


def by(text: str, **who: Any) -> str | None:
    asked = asked_of(text)
    found = None if asked is None else hit(asked, customer(**who))
    return None if found is None else found.by


@pytest.mark.parametrize(
    ("text", "found_by"),
    [
        ("王小明", "name"),
        ("小明", "bigram"),
        ("wxm", "initials"),
        ("WXM", "initials"),
        ("wang", "word"),
        ("Wang Xiaoming", "word"),
        ("xiaoming wang", "word"),
        ("wangxiaoming", "word"),
        ("xiaom", "beginning"),
        ("1234", "phone"),
        ("341234", "phone"),
        ("138 1234 1234", "phone"),
        ("+86 138-1234-1234", "phone"),
        ("0086 13812341234", "phone"),
        ("１３８１２３４１２３４", "phone"),
        ("沪A12345", "plate"),
        ("沪a·12345", "plate"),
        ("A12345", "plate"),
        ("12345", "plate"),
        ("345", "plate"),
        ("100606", "vin"),
        ("S2100606", "vin"),
        ("lsrcb6c16s2100606", "vin"),
        ("XiaoMing.Wang@example.cn", "email"),
        ("c1", "number"),
        ("王 小明", "bigram"),
        ("王 1234", "phone"),
        ("王小明1234", "phone"),
        ("wang 345", "plate"),
    ],
)
def test_wang_xiaoming_is_found(text: str, found_by: str) -> None:
    assert by(text) == found_by


@pytest.mark.parametrize(
    "text", ["王大明", "小王", "wxn", "1235", "5 1234", "A12346", "王 9999", "王小明9999", "wan li"]
)
def test_and_by_nothing_else(text: str) -> None:
    assert by(text) is None


@pytest.mark.parametrize("text", ["", " ", "王", "w", "12", "1 2", "--"])
def test_what_is_too_short_is_not_looked_for(text: str) -> None:
    assert asked_of(text) is None


@pytest.mark.parametrize(
    ("text", "found_by"),
    [
        ("muller", "word"),
        ("Lüdens", "beginning"),
        ("müller-lüdenscheidt", "word"),
        ("Hannes", "word"),
        ("han", "beginning"),
        ("030 23125976", "phone"),
        ("5976", "phone"),
        ("B KE 3367", "plate"),
        ("3367", "plate"),
        ("P100187", "vin"),
    ],
)
def test_a_european_customer_is_found(text: str, found_by: str) -> None:
    assert by(text, **MEYER) == found_by


@pytest.mark.parametrize(
    ("name", "text"),
    [("单雄信", "sxx"), ("曾国强", "zgq"), ("欧阳娜娜", "oynn"), ("吕布", "lb"), ("吕布", "lvbu")],
)
def test_surnames_are_read_as_people_say_them(name: str, text: str) -> None:
    assert by(text, name=name) is not None


def test_a_caller_is_asked_for_by_the_number_alone() -> None:
    asked = telephone_asked("13812341234")
    assert asked is not None
    assert hit(asked, customer()) is not None
    assert telephone_asked("wang") is None
    assert telephone_asked("12") is None


def test_a_company_is_found_by_any_part_of_its_name() -> None:
    for text in ("上海日升汽车", "日升汽车", "日升", "汽车贸易有限公司"):
        assert by(text, name="上海日升汽车贸易有限公司") is not None, text
