"""Win-back: when the risk becomes lost, due 14 days later."""

import pytest

from tests.services.followup.domain.rules.known import (
    OTHER_CAR,
    Document,
    found,
    gone,
    order,
    scored,
    sold,
    tasks,
)
from tests.services.followup.given import at

LOST = scored("quality", risk="lost", since="2025-06-01 00:00")
SINCE_JUNE = "score/2025-05-31T16:00:00.000Z opens 2025-06-01 00:00, due 2025-06-15 18:00"


@pytest.mark.parametrize(
    ("given", "then"),
    [
        pytest.param((LOST,), [SINCE_JUNE], id="lost"),
        pytest.param((scored("quality", risk="at_risk", since="2025-06-01"),), [], id="at risk"),
        pytest.param((scored("quality"),), [], id="nothing said of it"),
        pytest.param(
            (LOST, order("2025-06-10")),
            [f"{SINCE_JUNE}; 2025-06-10 14:00 done: visit"],
            id="a visit",
        ),
        pytest.param((LOST, order("2025-05-10")), [SINCE_JUNE], id="not one before"),
        pytest.param(
            (LOST, sold("2025-06-10", vin=OTHER_CAR)),
            [f"{SINCE_JUNE}; 2025-06-10 17:00 done: visit"],
            id="any car of theirs",
        ),
        pytest.param(
            (LOST, sold("2024-01-10"), gone("2025-06-05")),
            [f"{SINCE_JUNE}; 2025-06-05 17:00 cancelled: car sold on"],
            id="who has no car any more is left alone",
        ),
    ],
)
def test_win_back(given: tuple[Document, ...], then: list[str]) -> None:
    story = (order("2024-01-10", "R0"), *given)
    assert tasks("win_back", *story) == then


def test_lost_again_is_another_task() -> None:
    again = scored("quality", risk="lost", since="2026-06-01 00:00")
    came = order("2025-01-10", "R0")
    [first], [second] = tasks("win_back", came, LOST), tasks("win_back", came, again)
    assert first.split()[0] != second.split()[0]


def test_nobody_knew_of_it_before_the_visit_it_follows_was_received() -> None:
    [win_back] = found("win_back", order("2025-01-10", late=at("2025-06-20")), LOST)
    assert win_back.could_open_at == at("2025-06-20")
    assert win_back.due_at < win_back.could_open_at, "so it never opens"


def test_who_never_came_themselves_is_not_won_back() -> None:
    assert tasks("win_back", LOST) == [], "such as one who drives the car of another"
