"""Tasks counted from the purchase by a lead that was taken for lost."""

from tests.services.followup.given import delivery
from tests.services.followup.given_leads import lead, lost, occasions, said

LOST = lost("2025-01-10", "2025-02-01")
BOUGHT: list[tuple[str, str, list[str]]] = [("L1", "2025-03-01 17:00", [])]


def test_a_lost_lead_that_buys_here_was_not_lost_approved_or_not() -> None:
    approved = lost("2025-01-10", "2025-02-01", approved="2025-02-03")
    for each in (LOST, approved):
        assert occasions("lost_lead_bought", each, delivery("2025-03-01")) == BOUGHT


def test_the_source_may_say_that_it_bought() -> None:
    told = lead(
        "2025-01-10",
        status="bought",
        since="2025-03-01",
        earlier=[("lost", "2025-02-01", "price")],
    )
    assert occasions("lost_lead_bought", told) == BOUGHT


def test_the_source_may_say_that_it_bought_before_the_car_is_handed_over() -> None:
    told = lead(
        "2025-01-10",
        status="bought",
        since="2025-02-20",
        earlier=[("lost", "2025-02-01", "price")],
    )
    assert occasions("lost_lead_bought", told, delivery("2025-03-01")) == BOUGHT


def test_a_sale_that_came_to_nothing_is_none_and_a_later_one_is_of_no_loss() -> None:
    told = lead(
        "2025-01-10",
        status="open",
        since="2025-02-22",
        earlier=[("lost", "2025-02-01", "price"), ("bought", "2025-02-20", "")],
    )
    assert occasions("lost_lead_bought", told, delivery("2025-03-01")) == []


def test_one_that_was_returned_or_taken_up_again_before_was_not_lost() -> None:
    returned = said("2025-02-02", "lost_approval", "not_lost", of="L1/lost/2025-02-01")
    assert occasions("lost_lead_bought", LOST, returned, delivery("2025-03-01")) == []
    again = lead(
        "2025-01-10",
        status="open",
        since="2025-02-10",
        earlier=[("lost", "2025-02-01", "price")],
    )
    assert occasions("lost_lead_bought", again, delivery("2025-03-01")) == []


def test_one_that_never_was_lost_or_was_lost_afterwards_is_none() -> None:
    assert occasions("lost_lead_bought", lead("2025-01-10"), delivery("2025-03-01")) == []
    assert occasions("lost_lead_bought", LOST, delivery("2025-01-20")) == []


def test_an_undone_sale_closes_it() -> None:
    undone = delivery("2025-03-01", status="unwound", revised="2025-03-10")
    assert occasions("lost_lead_bought", LOST, undone) == [
        ("L1", "2025-03-01 17:00", ["2025-03-10 17:00 cancelled: sale undone"])
    ]
