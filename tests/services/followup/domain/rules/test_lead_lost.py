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
