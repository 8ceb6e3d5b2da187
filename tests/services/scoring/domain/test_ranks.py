"""Where customers stand in lists."""

from datetime import date, timedelta
from itertools import pairwise
from typing import get_args

from hypothesis import given as always
from hypothesis import strategies as some

from services.scoring.domain.ranks import (
    LISTS,
    MONTHS_LISTED,
    by_month,
    graded_rank,
    moved_rank,
    part_of_grade,
    part_of_month,
    part_of_risk,
    points_moved,
    risk_rank,
    risk_since_rank,
    score_rank,
)
from shared.contracts.scoring import Grade, Risk
from shared.decider.summary import MOST_RANK
from shared.time.months import month_from, month_text

points = some.integers(-(10**9), 10**9)
few_points = some.integers(-20_000, 20_000)
grades = some.sampled_from(get_args(Grade))
risks = some.sampled_from(get_args(Risk))
days = some.dates(date(1900, 1, 1), date(2199, 12, 31))
months = some.integers(1900 * 12, 2199 * 12 + 11)


@always(some.lists(few_points, min_size=2), grades, risks)
def test_more_points_stand_higher(scores: list[int], grade: Grade, risk: Risk) -> None:
    for low, high in pairwise(sorted(set(scores))):
        assert score_rank(low) < score_rank(high)
        assert graded_rank(grade, low) < graded_rank(grade, high)
        assert risk_rank(risk, low) < risk_rank(risk, high)
        assert moved_rank(month_from("2026-10"), low) < moved_rank(month_from("2026-10"), high)


@always(points, grades, risks, days, months)
def test_every_rank_is_one_and_in_its_part(
    score: int, grade: Grade, risk: Risk, since: date, month: int
) -> None:
    assert 0 <= score_rank(score) <= MOST_RANK
    for rank, part in [
        (graded_rank(grade, score), part_of_grade(grade)),
        (risk_rank(risk, score), part_of_risk(risk)),
        (risk_since_rank(risk, since), part_of_risk(risk)),
        (moved_rank(month, score), part_of_month(month)),
    ]:
        assert part.at_least <= rank < part.below <= MOST_RANK + 1


@always(months, months)
def test_months_of_one_list_have_parts_of_their_own(month: int, other: int) -> None:
    assert by_month(month) in LISTS
    if month != other and by_month(month) == by_month(other):
        assert part_of_month(month) != part_of_month(other)
    if 0 < abs(month - other) < MONTHS_LISTED:
        assert by_month(month) != by_month(other)


@always(months, some.integers(-200_000, 200_000))
def test_points_moved_are_read_off_the_rank(month: int, moved: int) -> None:
    assert points_moved(moved_rank(month, moved)) == moved


@always(days, risks)
def test_a_later_day_stands_higher(since: date, risk: Risk) -> None:
    assert risk_since_rank(risk, since) > risk_since_rank(risk, since - timedelta(days=1))


@always(months)
def test_a_month_is_read_as_it_is_written(month: int) -> None:
    assert month_from(month_text(month)) == month
