"""Tasks counted from the report that a lead is lost, of one that was followed: 战败."""

from tests.services.followup.given import delivery
from tests.services.followup.given_leads import lead, lost, occasions, said


def test_each_loss_is_one() -> None:
    assert occasions("lead_lost", lost("2025-01-10", "2025-02-01")) == [
        ("L1", "2025-02-01 17:00", [])
    ]
    assert occasions("lead_lost", lead("2025-01-10")) == []


def test_an_approval_closes_it_be_it_of_the_source_or_said_here() -> None:
    ends = ["2025-02-02 17:00 done: approved as lost"]
    there = lost("2025-01-10", "2025-02-01", approved="2025-02-02")
    assert occasions("lead_lost", there) == [("L1", "2025-02-01 17:00", ends)]
    here = said("2025-02-02", "lost_approval", "approved_lost", of="L1/lost/2025-02-01")
    assert occasions("lead_lost", lost("2025-01-10", "2025-02-01"), here) == [
        ("L1", "2025-02-01 17:00", ends)
    ]


def test_what_is_said_of_another_loss_closes_nothing() -> None:
    for of in ("L2/lost/2025-02-01", "L1/lost/2025-02-03"):
        other = said("2025-02-04", "lost_approval", "approved_lost", of=of)
        assert occasions("lead_lost", lost("2025-01-10", "2025-02-01"), other) == [
            ("L1", "2025-02-01 17:00", [])
        ]


def test_a_lead_that_is_lost_twice_is_judged_twice() -> None:
    again = lost(
        "2025-01-10",
        "2025-03-01",
        earlier=[("lost", "2025-02-01", "price"), ("open", "2025-02-05", "")],
    )
    assert occasions("lead_lost", again) == [
        ("L1", "2025-02-01 17:00", ["2025-02-05 17:00 cancelled: lead taken up again"]),
        ("L1", "2025-03-01 17:00", []),
    ]


def test_a_purchase_closes_it() -> None:
    ends = ["2025-02-03 17:00 done: lead bought"]
    assert occasions("lead_lost", lost("2025-01-10", "2025-02-01"), delivery("2025-02-03")) == [
        ("L1", "2025-02-01 17:00", ends)
    ]


def test_one_that_was_hardly_followed_is_another_matter() -> None:
    assert occasions("lead_lost", lost("2025-01-10", "2025-02-01", contacts=())) == []


def test_what_is_said_of_a_loss_after_they_bought_is_none() -> None:
    bought = delivery("2025-01-20")
    approved = lost("2025-01-10", "2025-02-01", approved="2025-02-02")
    for trigger in ("lead_lost", "lead_hardly_followed", "lead_given_up"):
        for told in (
            approved,
            lost("2025-01-10", "2025-02-01", contacts=(), approved="2025-02-02"),
        ):
            assert occasions(trigger, told, bought) == []
    undone = delivery("2025-01-20", status="unwound", revised="2025-01-25")
    assert [of for of, *_ in occasions("lead_lost", approved, undone)] == ["L1"]


def test_one_that_puts_it_off_after_all_is_lost_no_longer() -> None:
    told = lead(
        "2025-01-10",
        status="quasi_lost",
        since="2025-02-03",
        reason="put_off",
        earlier=[("lost", "2025-02-01", "price")],
        contacts=("2025-01-10 17:30", "2025-01-12"),
    )
    ends = ["2025-02-03 17:00 cancelled: quasi-lost"]
    assert occasions("lead_lost", told) == [("L1", "2025-02-01 17:00", ends)]
