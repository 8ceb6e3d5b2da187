"""Tasks counted from a manager's word that a lead is not lost."""

from tests.services.followup.given_leads import lost, occasions, said

LOST = lost("2025-01-10", "2025-02-01")


def test_a_return_is_one() -> None:
    returned = said("2025-02-02", "lost_approval", "not_lost", of="L1/lost/2025-02-01")
    assert occasions("lead_returned", LOST, returned) == [("L1", "2025-02-02 17:00", [])]


def test_an_approval_is_none() -> None:
    approved = said("2025-02-02", "lost_approval", "approved_lost", of="L1/lost/2025-02-01")
    assert occasions("lead_returned", LOST, approved) == []


def test_the_next_talk_closes_it() -> None:
    told = lost(
        "2025-01-10",
        "2025-02-01",
        contacts=("2025-01-10 17:30", "2025-01-12", "2025-02-03"),
        revised="2025-02-03",
    )
    returned = said("2025-02-02", "lost_approval", "not_lost", of="L1/lost/2025-02-01")
    assert occasions("lead_returned", told, returned) == [
        ("L1", "2025-02-02 17:00", ["2025-02-03 17:00 done: contacted"])
    ]


def test_the_first_word_of_the_manager_counts() -> None:
    approved = said("2025-02-02", "lost_approval", "approved_lost", of="L1/lost/2025-02-01")
    returned = said("2025-02-03", "lost_approval", "not_lost", of="L1/lost/2025-02-01", number="O2")
    assert occasions("lead_returned", LOST, approved, returned) == []


def test_one_whom_the_source_gives_up_after_all_is_closed() -> None:
    told = lost("2025-01-10", "2025-02-01", approved="2025-02-10", revised="2025-02-10")
    returned = said("2025-02-02", "lost_approval", "not_lost", of="L1/lost/2025-02-01")
    assert occasions("lead_returned", told, returned) == [
        ("L1", "2025-02-02 17:00", ["2025-02-10 17:00 cancelled: approved as lost"])
    ]
