"""Tasks counted from a manager's agreement that a lead is lost: lost ones are called in turn."""

from tests.services.followup.given import delivery
from tests.services.followup.given_leads import lost, occasions, said


def test_it_counts_from_the_agreement_not_from_the_report() -> None:
    assert occasions("lead_given_up", lost("2025-01-10", "2025-02-01")) == []
    told = lost("2025-01-10", "2025-02-01", approved="2025-02-03")
    assert occasions("lead_given_up", told) == [("L1", "2025-02-03 17:00", [])]


def test_an_agreement_here_and_in_the_source_is_one_the_earlier() -> None:
    told = lost("2025-01-10", "2025-02-01", approved="2025-02-03")
    here = said("2025-02-02", "lost_approval", "approved_lost", of="L1/lost/2025-02-01")
    assert occasions("lead_given_up", told, here) == [("L1", "2025-02-02 17:00", [])]


def test_a_purchase_closes_it_and_so_does_taking_them_up_again() -> None:
    told = lost("2025-01-10", "2025-02-01", approved="2025-02-03")
    assert occasions("lead_given_up", told, delivery("2025-05-01")) == [
        ("L1", "2025-02-03 17:00", ["2025-05-01 17:00 done: lead bought"])
    ]
