"""Tasks counted from an enquiry by the web or a call, or from when the dealer opens after it."""

import pytest

from tests.services.followup.given import delivery
from tests.services.followup.given_leads import WEEKDAYS_ONLY, lead, lost, occasions


@pytest.mark.parametrize("channel", ["web", "call"])
def test_it_counts_from_the_enquiry_in_the_hours_else_from_the_next_opening(channel: str) -> None:
    for asked, counted in (
        ("2025-01-10 10:20", "2025-01-10 10:20"),
        ("2025-01-10 18:00", "2025-01-11 09:00"),
        ("2025-01-10 23:59", "2025-01-11 09:00"),
        ("2025-01-10 08:59", "2025-01-10 09:00"),
    ):
        assert occasions("lead_enquiry", lead(asked, channel=channel)) == [("L1", counted, [])]


def test_on_friday_night_it_waits_until_monday_where_the_dealer_is_closed() -> None:
    found = occasions("lead_enquiry", lead("2025-01-10 19:00"), policy=WEEKDAYS_ONLY)
    assert found == [("L1", "2025-01-13 09:00", [])]


def test_who_walked_in_did_not_enquire() -> None:
    assert occasions("lead_enquiry", lead("2025-01-10", channel="walk_in")) == []


def test_a_talk_closes_it_and_an_attempt_in_vain_does_not() -> None:
    tried = lead("2025-01-10 10:00", contacts=("2025-01-10 10:30-",))
    assert occasions("lead_enquiry", tried) == [("L1", "2025-01-10 10:00", [])]
    reached = lead("2025-01-10 10:00", contacts=("2025-01-10 10:30-", "2025-01-10 11:00"))
    ends = ["2025-01-10 11:00 done: contacted"]
    assert occasions("lead_enquiry", reached) == [("L1", "2025-01-10 10:00", ends)]


def test_the_word_contacted_closes_it_where_no_contact_is_named() -> None:
    told = lead("2025-01-10 10:00", status="contacted", since="2025-01-10 12:00")
    ends = ["2025-01-10 12:00 done: contacted"]
    assert occasions("lead_enquiry", told) == [("L1", "2025-01-10 10:00", ends)]


def test_it_does_so_whatever_became_of_the_lead_since() -> None:
    earlier = [("contacted", "2025-01-10 12:00", "")]
    told = lead(
        "2025-01-10 10:00", status="lost", since="2025-01-20", reason="price", earlier=earlier
    )
    ends = ["2025-01-10 12:00 done: contacted"]
    assert occasions("lead_enquiry", told) == [("L1", "2025-01-10 10:00", ends)]


def test_a_purchase_or_an_approved_loss_closes_it_and_a_reported_loss_does_not() -> None:
    asked = lead("2025-01-10 10:00")
    ends = ["2025-01-12 17:00 done: lead bought"]
    assert occasions("lead_enquiry", asked, delivery("2025-01-12")) == [
        ("L1", "2025-01-10 10:00", ends)
    ]
    reported = lost("2025-01-10 10:00", "2025-01-12", contacts=())
    assert occasions("lead_enquiry", reported) == [("L1", "2025-01-10 10:00", [])]
    approved = lost("2025-01-10 10:00", "2025-01-12", contacts=(), approved="2025-01-13")
    ends = ["2025-01-13 17:00 cancelled: approved as lost"]
    assert occasions("lead_enquiry", approved) == [("L1", "2025-01-10 10:00", ends)]


def test_a_voided_lead_is_none_and_those_before_the_asked_instant_are_left_out() -> None:
    assert occasions("lead_enquiry", lead("2025-01-10", status="voided")) == []
    assert occasions("lead_enquiry", lead("2025-01-10 10:00"), after="2025-01-10 10:01") == []
