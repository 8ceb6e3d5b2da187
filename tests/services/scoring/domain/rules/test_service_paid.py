"""Points for the money paid for service."""

import pytest

from services.scoring.domain.rules import service_paid
from tests.services.scoring.domain.rules.points import changed, points_of
from tests.services.scoring.given import line, visit
from tests.services.scoring.given_identity import parted

CAR = "LSVAU2180N2183294"
FADES = [{"up_to_days": 10, "percent": 100}]


def test_whole_units_of_each_order_count() -> None:
    paid = (visit("2024-01-10", paid="1299.90"), visit("2024-02-10", "R2", paid="99"))
    assert points_of("service_paid", *paid) == [
        ("2024-01-10", "2025-01-09", 12),
        ("2025-01-09", "2026-01-09", 6),
    ]


def test_each_currency_has_a_unit_and_points_are_per_unit() -> None:
    pounds = visit("2024-01-10", paid="120", currency="GBP")
    assert points_of("service_paid", pounds) == []
    policy = changed(
        currency_per_point={"GBP": 12},
        rules={"service_paid": {"axis": "value", "points": 2, "fades": FADES}},
    )
    assert points_of("service_paid", pounds, policy=policy) == [("2024-01-10", "2024-01-20", 20)]


@pytest.mark.parametrize(
    ("units", "words"),
    [
        ({}, "nothing, as no currency has a rate"),
        ({"CNY": 100}, "1 per 100 CNY paid"),
        ({"CNY": 100, "EUR": 15, "USD": 14}, "1 per 100 CNY, 15 EUR or 14 USD paid"),
    ],
)
def test_in_words_whichever_currencies_have_a_rate(units: dict[str, int], words: str) -> None:
    policy = changed(currency_per_point=units)
    assert service_paid.in_words(policy.by_name["service_paid"], policy) == words
    assert points_of("service_paid", visit("2024-01-10", paid="900"), policy=policy) == (
        points_of("service_paid", visit("2024-01-10", paid="900")) if units else []
    )


def test_what_is_given_back_after_the_car_was_sold_on_adds_nothing() -> None:
    paid = visit("2025-01-10", "R1", vin=CAR, paid="900")
    back = visit("2025-03-10", "R2", vin=CAR, lines=[line("-300")])
    before = visit("2025-01-20", "R3", vin=CAR, lines=[line("-300")])
    sold = parted("2025-02-01", CAR)
    assert points_of("service_paid", paid, sold, back) == [("2025-01-10", "2025-02-01", 9)]
    assert points_of("service_paid", paid, sold, back, before) == [
        ("2025-01-10", "2025-01-20", 9),
        ("2025-01-20", "2025-02-01", 6),
    ]
