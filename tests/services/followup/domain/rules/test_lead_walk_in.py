"""Tasks counted from the first opening on a day after somebody walked in."""

from tests.services.followup.given_leads import WEEKDAYS_ONLY, lead, occasions


def test_it_counts_from_the_opening_on_the_next_day() -> None:
    came = lead("2025-01-10 16:00", channel="walk_in")
    assert occasions("lead_walk_in", came) == [("L1", "2025-01-11 09:00", [])]


def test_where_the_dealer_is_closed_then_from_the_opening_after() -> None:
    came = lead("2025-01-10 16:00", channel="walk_in")
    assert occasions("lead_walk_in", came, policy=WEEKDAYS_ONLY) == [("L1", "2025-01-13 09:00", [])]


def test_what_was_said_while_they_were_there_closes_nothing_and_a_call_after_does() -> None:
    there = lead("2025-01-10 16:00", channel="walk_in", contacts=("2025-01-10 16:30",))
    assert occasions("lead_walk_in", there) == [("L1", "2025-01-11 09:00", [])]
    called = lead(
        "2025-01-10 16:00", channel="walk_in", contacts=("2025-01-10 16:30", "2025-01-11 08:00")
    )
    ends = ["2025-01-11 08:00 done: contacted"]
    assert occasions("lead_walk_in", called) == [("L1", "2025-01-11 09:00", ends)]


def test_who_wrote_or_called_did_not_walk_in() -> None:
    assert occasions("lead_walk_in", lead("2025-01-10")) == []
