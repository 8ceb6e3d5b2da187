"""Tasks counted from the last talk with a lead, or from when it was taken up again."""

from tests.services.followup.given import delivery, outcome
from tests.services.followup.given_leads import lead, lost, occasions, said

TALKED = ("2025-01-10 17:30", "2025-01-20 10:00")


def test_each_talk_is_one_and_the_next_closes_it() -> None:
    found = occasions("lead_contacted", lead("2025-01-10", contacts=TALKED))
    assert found == [
        ("L1", "2025-01-10 17:30", ["2025-01-20 10:00 done: contacted"]),
        ("L1", "2025-01-20 10:00", []),
    ]


def test_an_attempt_in_vain_is_none() -> None:
    assert occasions("lead_contacted", lead("2025-01-10", contacts=("2025-01-11-",))) == []


def test_a_call_that_was_done_here_is_a_talk_whatever_it_was_about() -> None:
    called = outcome("2025-01-15 11:00", "delivery_thanks/sale/D1", "done")
    assert occasions("lead_contacted", lead("2025-01-10"), called) == [
        ("L1", "2025-01-15 11:00", [])
    ]
    before = outcome("2025-01-09", "delivery_thanks/sale/D1", "done")
    assert occasions("lead_contacted", lead("2025-01-10"), before) == []


def test_a_purchase_a_putting_off_or_an_approved_loss_ends_the_following() -> None:
    bought = occasions(
        "lead_contacted", lead("2025-01-10", contacts=TALKED[:1]), delivery("2025-01-12")
    )
    assert bought == [("L1", "2025-01-10 17:30", ["2025-01-12 17:00 done: lead bought"])]
    put_off = lead(
        "2025-01-10",
        contacts=TALKED[:1],
        status="quasi_lost",
        since="2025-01-13",
        reason="put_off",
        earlier=[("open", "2025-01-10", "")],
    )
    assert occasions("lead_contacted", put_off) == [
        ("L1", "2025-01-10 17:30", ["2025-01-13 17:00 cancelled: quasi-lost"])
    ]
    approved = lost(
        "2025-01-10",
        "2025-01-13",
        approved="2025-01-14",
        contacts=TALKED[:1],
        earlier=[("open", "2025-01-10", "")],
    )
    assert occasions("lead_contacted", approved) == [
        ("L1", "2025-01-10 17:30", ["2025-01-14 17:00 cancelled: approved as lost"])
    ]


def test_a_report_of_a_loss_alone_ends_nothing() -> None:
    reported = lost(
        "2025-01-10", "2025-01-13", contacts=TALKED[:1], earlier=[("open", "2025-01-10", "")]
    )
    assert occasions("lead_contacted", reported) == [("L1", "2025-01-10 17:30", [])]


def test_a_talk_while_they_put_it_off_or_are_given_up_or_after_they_bought_starts_nothing() -> None:
    later = ("2025-02-20 10:00",)
    put_off = lead(
        "2025-01-10", contacts=later, status="quasi_lost", since="2025-01-13", reason="put_off"
    )
    given_up = lost("2025-01-10", "2025-01-13", approved="2025-01-14", contacts=later)
    bought = lead("2025-01-10", contacts=later, status="bought", since="2025-01-13")
    for each in (put_off, given_up, bought):
        assert occasions("lead_contacted", each) == []
    handed_over = (lead("2025-01-10", contacts=later), delivery("2025-01-13"))
    assert occasions("lead_contacted", *handed_over) == []


def test_one_that_is_taken_up_again_is_followed_from_then_on() -> None:
    again = lead(
        "2025-01-10",
        status="contacted",
        since="2025-03-01",
        contacts=TALKED[:1],
        earlier=[("open", "2025-01-10", ""), ("quasi_lost", "2025-01-13", "undecided")],
    )
    assert occasions("lead_contacted", again) == [
        ("L1", "2025-01-10 17:30", ["2025-01-13 17:00 cancelled: quasi-lost"]),
        ("L1", "2025-03-01 17:00", []),
    ]


def test_after_an_undone_sale_the_next_talk_starts_anew() -> None:
    undone = delivery("2025-01-12", status="unwound", revised="2025-01-20")
    talks = ("2025-01-15 10:00", "2025-01-25 10:00")
    assert occasions("lead_contacted", lead("2025-01-10", contacts=talks), undone) == [
        ("L1", "2025-01-25 10:00", [])
    ]


def test_a_manager_who_approves_has_talked_to_nobody() -> None:
    reported = lost("2025-01-10", "2025-01-13", contacts=TALKED[:1])
    returned = said("2025-01-14", "falsely_lost", "not_lost", of="L1/lost/2025-01-13")
    found = occasions("lead_contacted", reported, returned)
    assert [counted for _, counted, _ in found] == ["2025-01-10 17:30"]
