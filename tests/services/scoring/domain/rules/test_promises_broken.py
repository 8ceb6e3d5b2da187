"""Points for orders that were ready later than promised."""

import pytest

from tests.services.scoring.domain.rules.points import changed, points_of
from tests.services.scoring.given import visit

RULE = "promises_broken"
PROMISED = "2025-01-10T10:00:00+00:00"


@pytest.mark.parametrize(
    ("closed", "counts"),
    [
        ("2025-01-10T09:59:00+00:00", False),
        ("2025-01-10T10:00:00+00:00", False),
        ("2025-01-10T10:15:00+00:00", False),
        ("2025-01-10T10:15:01+00:00", True),
        ("2025-01-12T10:00:00+00:00", True),
    ],
)
def test_a_quarter_of_an_hour_late_is_in_time_still(closed: str, counts: bool) -> None:
    assert (
        bool(points_of(RULE, visit(closed, opened="2025-01-10T01:00:00+00:00", promised=PROMISED)))
        == counts
    )


def test_they_fade() -> None:
    closed = visit("2025-01-10T12:00:00+00:00", promised=PROMISED)
    assert points_of(RULE, closed) == [
        ("2025-01-10", "2026-01-10", -4),
        ("2026-01-10", "2027-01-10", -2),
    ]


def test_an_order_without_a_promise_or_with_one_before_it_began_says_nothing() -> None:
    assert points_of(RULE, visit("2025-01-10")) == []
    assert points_of(RULE, visit("2025-01-10", promised="2025-01-01T10:00:00+00:00")) == []


@pytest.mark.parametrize("status", ["open", "voided"])
def test_nor_does_one_that_is_not_closed(status: str) -> None:
    assert points_of(RULE, visit("2025-01-10", promised=PROMISED, status=status)) == []


def test_nor_one_that_is_all_internal_work() -> None:
    assert points_of(RULE, visit("2025-01-10", promised=PROMISED, pays="internal")) == []


def test_the_grace_is_the_policys() -> None:
    late = visit("2025-01-10T11:00:00+00:00", promised=PROMISED)
    for minutes, counts in ((60, False), (59, True)):
        policy = changed(promise_grace_minutes=minutes)
        assert bool(points_of(RULE, late, policy=policy)) == counts
