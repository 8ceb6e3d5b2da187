"""Tasks counted from when a lead was put off, or could not decide: 准战败."""

from typing import Any

from shared.contracts.envelope import Event
from tests.services.followup.given import delivery
from tests.services.followup.given_leads import lead, occasions


def put_off(**more: Any) -> Event[Any]:
    told = {"status": "quasi_lost", "since": "2025-01-20", "reason": "undecided"}
    return lead("2025-01-10", **(told | more))


def test_each_putting_off_is_one() -> None:
    assert occasions("lead_quasi_lost", put_off()) == [("L1", "2025-01-20 17:00", [])]


def test_a_purchase_closes_it() -> None:
    ends = ["2025-02-01 17:00 done: lead bought"]
    assert occasions("lead_quasi_lost", put_off(), delivery("2025-02-01")) == [
        ("L1", "2025-01-20 17:00", ends)
    ]


def test_another_status_closes_it_and_it_stays_in_the_history() -> None:
    again = put_off(
        status="open",
        since="2025-02-10",
        reason=None,
        earlier=[("quasi_lost", "2025-01-20", "undecided")],
    )
    ends = ["2025-02-10 17:00 cancelled: lead taken up again"]
    assert occasions("lead_quasi_lost", again) == [("L1", "2025-01-20 17:00", ends)]


def test_one_that_is_lost_is_not_quasi_lost() -> None:
    assert occasions("lead_quasi_lost", put_off(status="lost")) == []


def test_one_that_is_lost_then_is_so_called_and_one_that_buys_is_done() -> None:
    earlier = [("quasi_lost", "2025-01-20", "undecided")]
    lost_then = put_off(status="lost", since="2025-02-10", reason="price", earlier=earlier)
    ends = ["2025-02-10 17:00 cancelled: reported lost"]
    assert occasions("lead_quasi_lost", lost_then) == [("L1", "2025-01-20 17:00", ends)]
    buys = put_off(status="bought", since="2025-02-10", reason=None, earlier=earlier)
    ends = ["2025-02-10 17:00 done: lead bought"]
    assert occasions("lead_quasi_lost", buys) == [("L1", "2025-01-20 17:00", ends)]


def test_what_is_said_of_it_after_they_bought_is_none() -> None:
    assert occasions("lead_quasi_lost", put_off(), delivery("2025-01-15")) == []
