"""Tasks counted from the purchase by somebody who was a lead."""

from tests.services.followup.given import delivery
from tests.services.followup.given_leads import lead, occasions


def test_the_delivery_of_a_car_tells_it_by_itself() -> None:
    assert occasions("lead_bought", lead("2025-01-10"), delivery("2025-02-01")) == [
        ("L1", "2025-02-01 17:00", [])
    ]


def test_without_a_delivery_the_source_of_the_lead_tells_it() -> None:
    assert occasions("lead_bought", lead("2025-01-10", status="bought", since="2025-02-03")) == [
        ("L1", "2025-02-03 17:00", [])
    ]


def test_of_both_the_delivery_counts() -> None:
    told = lead("2025-01-10", status="bought", since="2025-01-28")
    assert occasions("lead_bought", told, delivery("2025-02-01")) == [
        ("L1", "2025-02-01 17:00", [])
    ]


def test_a_car_from_before_or_from_long_after_is_not_theirs_by_this_lead() -> None:
    asked = lead("2025-01-10", contacts=("2025-01-12",))
    assert occasions("lead_bought", asked, delivery("2025-01-09")) == []
    assert occasions("lead_bought", asked, delivery("2026-01-12 17:01")) == []
    assert occasions("lead_bought", asked, delivery("2026-01-12 16:59")) != []


def test_one_purchase_is_one_task_of_the_newest_lead() -> None:
    asked = lead("2025-01-10"), lead("2025-01-20", "L2", channel="walk_in")
    assert occasions("lead_bought", *asked, delivery("2025-02-01")) == [
        ("L2", "2025-02-01 17:00", [])
    ]


def test_a_second_car_is_no_fruit_of_the_lead_unless_the_first_sale_was_undone() -> None:
    asked, second = lead("2025-01-10"), delivery("2025-03-01", "D2")
    assert occasions("lead_bought", asked, delivery("2025-02-01"), second) == [
        ("L1", "2025-02-01 17:00", [])
    ]
    undone = delivery("2025-02-01", status="unwound", revised="2025-02-10")
    assert occasions("lead_bought", asked, undone, second) == [
        ("L1", "2025-02-01 17:00", ["2025-02-10 17:00 cancelled: sale undone"]),
        ("L1", "2025-03-01 17:00", []),
    ]


def test_a_customer_without_a_lead_has_none() -> None:
    assert occasions("lead_bought", delivery("2025-02-01")) == []
