"""Points for referrals that bought."""

from tests.services.scoring.domain.rules.points import points_of
from tests.services.scoring.given import referral
from tests.services.scoring.given_identity import no_referred_purchase, referred_purchase

RULE = "referrals_bought"


def test_a_purchase_of_who_was_referred_gives_more_than_the_referral() -> None:
    story = (referral("2025-01-10", whom="C2"), referred_purchase("2025-02-10", whom="C2"))
    assert points_of(RULE, *story) == [
        ("2025-02-10", "2026-02-10", 10),
        ("2026-02-10", "2027-02-10", 5),
    ]
    assert points_of(RULE, *story[:1]) == []


def test_whoever_bought_counts_once_under_however_many_referrals() -> None:
    twice = (
        referred_purchase("2025-02-10", whom="C2"),
        referred_purchase("2025-02-10", "F2", whom="C2"),
        referred_purchase("2025-03-10", "F3", whom="C3"),
    )
    given = [since for since, _, points in points_of(RULE, *twice) if points == 10]
    assert given == ["2025-02-10", "2025-03-10"]


def test_a_purchase_that_was_taken_back_gives_nothing() -> None:
    bought, gone = referred_purchase("2025-02-10"), no_referred_purchase()
    for order in ((bought, gone), (gone, bought)):
        assert points_of(RULE, *order) == []
