"""Points for each customer referred."""

from tests.services.scoring.domain.rules.points import points_of
from tests.services.scoring.given import referral


def test_whoever_is_referred_counts_once_from_the_first_time_on() -> None:
    twice = (referral("2025-01-20", "F2", whom="C2"), referral("2025-01-10", whom="C2"))
    assert points_of("referrals", *twice, referral("2025-02-10", "F3", whom="C3")) == [
        ("2025-01-10", "2026-01-10", 4),
        ("2025-02-10", "2026-02-10", 4),
        ("2026-01-10", "2027-01-10", 2),
        ("2026-02-10", "2027-02-10", 2),
    ]


def test_being_referred_gives_nothing() -> None:
    assert points_of("referrals", referral("2025-01-10", role="referred")) == []


def test_who_refers_themselves_is_credited_in_whatever_order_both_are_read() -> None:
    roles = (referral("2025-01-10"), referral("2025-01-10", role="referred"))
    for order in (roles, roles[::-1]):
        assert points_of("referrals", *order)[0] == ("2025-01-10", "2026-01-10", 4)
