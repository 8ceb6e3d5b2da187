"""Tasks counted from the report of a loss, of a lead that nobody really followed: falsely lost."""

import pytest

from services.followup.domain.leads.terms import LeadTerms
from services.followup.domain.policy import FollowUpPolicy
from tests.services.followup.given import delivery, outcome
from tests.services.followup.given_leads import lost, occasions

TRIGGER = "lead_hardly_followed"


@pytest.mark.parametrize(
    ("contacts", "made", "falsely"),
    [
        ((), None, True),
        (("2025-01-10 17:30",), None, True),
        (("2025-01-10 17:30", "2025-01-12 10:00"), None, False),
        (("2025-01-10 17:30-", "2025-01-12 10:00-"), None, False),
        (("2025-01-10 17:30",), 4, False),
        ((), 4, False),
        (("2025-01-11 17:00", "2025-01-12 10:00"), None, False),
        (("2025-01-11 17:01", "2025-01-12 10:00"), None, True),
        (("2025-01-10 17:30", "2025-02-02 10:00"), None, True),
    ],
)
def test_fewer_than_two_attempts_or_none_within_a_day_is_no_following(
    contacts: tuple[str, ...], made: int | None, falsely: bool
) -> None:
    told = lost("2025-01-10", "2025-02-01", contacts=contacts, contacts_made=made)
    found = "lead_lost", TRIGGER
    assert [len(occasions(each, told)) for each in found] == ([0, 1] if falsely else [1, 0])


def test_the_day_counts_from_the_opening_after_an_enquiry_at_night() -> None:
    told = lost("2025-01-10 21:00", "2025-02-01", contacts=("2025-01-12 08:59", "2025-01-13"))
    assert occasions(TRIGGER, told) == []


def test_attempts_that_are_known_here_count_too() -> None:
    told = lost("2025-01-10", "2025-02-01", contacts=("2025-01-10 17:30",))
    tried = outcome("2025-01-15", "lead_first_contact/lead/L1", "not_reached")
    assert occasions(TRIGGER, told, tried) == []


def test_the_approval_of_the_source_does_not_close_it_and_a_purchase_does() -> None:
    told = lost("2025-01-10", "2025-02-01", contacts=(), approved="2025-02-01 18:00")
    assert occasions(TRIGGER, told) == [("L1", "2025-02-01 17:00", [])]
    assert occasions(TRIGGER, told, delivery("2025-02-05")) == [
        ("L1", "2025-02-01 17:00", ["2025-02-05 17:00 done: lead bought"])
    ]


def test_how_much_is_a_following_is_data() -> None:
    told = lost("2025-01-10", "2025-02-01", contacts=("2025-01-15", "2025-01-16"))
    lenient = FollowUpPolicy(leads=LeadTerms(first_contact_within_hours=200))
    strict = FollowUpPolicy(leads=LeadTerms(fewest_contacts=3, first_contact_within_hours=200))
    assert occasions(TRIGGER, told, policy=lenient) == []
    assert occasions(TRIGGER, told, policy=strict) != []
