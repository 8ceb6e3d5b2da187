"""Points for each accessory bought, with a car or over the counter."""

from tests.services.scoring.domain.rules.points import points_of
from tests.services.scoring.given import line, product, sale, visit

RULE = "accessories_bought"


def test_each_one_sold_with_a_car_counts_unless_given_away() -> None:
    products = (product("accessory", "900"), product("accessory"), product("accessory", "0"))
    assert points_of(RULE, sale("2024-01-10", products=(*products, product("other", "1")))) == [
        ("2024-01-10", "2025-01-09", 3),
        ("2024-01-10", "2025-01-09", 3),
        ("2025-01-09", "2026-01-09", 1),
        ("2025-01-09", "2026-01-09", 1),
    ]


def test_so_does_each_one_sold_over_the_counter_and_a_later_one_is_a_further_one() -> None:
    orders = [
        visit(f"{year}-01-10", f"R{year}", lines=(line("800", category="accessory"),))
        for year in (2023, 2024)
    ]
    assert [each[0] for each in points_of(RULE, *orders) if each[2] == 3] == [
        "2023-01-10",
        "2024-01-10",
    ]


def test_what_the_same_order_takes_back_does_not_count() -> None:
    lines = [line(paid, category="accessory") for paid in ("800", "300", "-300")]
    assert len(points_of(RULE, visit("2024-01-10", lines=lines))) == 2
    assert points_of(RULE, visit("2024-01-10", lines=lines[1:])) == []
    more_back = [line("0", pays="customer"), line("-300", category="accessory")]
    assert points_of(RULE, visit("2024-01-10", lines=more_back)) == []


def test_what_the_customer_did_not_pay_or_a_co_buyer_got_does_not_count() -> None:
    goodwill = line("800", category="accessory", pays="goodwill")
    assert points_of(RULE, visit("2024-01-10", lines=(goodwill,))) == []
    co_buyer = sale("2024-01-10", role="co_buyer", products=(product("accessory", "900"),))
    assert points_of(RULE, co_buyer) == []


def test_an_unwound_sale_and_a_voided_order_leave_none() -> None:
    unwound = sale("2024-01-10", status="unwound", products=(product("accessory", "900"),))
    voided = visit("2024-01-10", status="voided", lines=(line("800", category="accessory"),))
    assert points_of(RULE, unwound, voided) == []
