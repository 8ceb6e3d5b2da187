"""Which forecast fits customers: learnt of visits up to a day, judged on others."""

from datetime import date, timedelta

import pytest

from deploy.cli.scoring.histories import (
    History,
    TooFewVisits,
    fitted,
    held_out,
    quantile,
    waits,
)
from services.scoring.domain.forecast_rule import ForecastRule, Spread
from tests.deploy.cli.scoring.simulated import BEGAN, END, every

SHIPPED = ForecastRule()
REGULAR = every(120, give_or_take=12, customers=80, first=60)


def test_what_is_usual_and_how_far_around_it_are_found() -> None:
    found = fitted(REGULAR, end=END, rule=SHIPPED)
    rule = found.rule
    assert rule.usual_days == pytest.approx(120, abs=3)
    assert rule.first_days == pytest.approx(60, abs=3)
    assert rule.own_spread.earliest_percent == pytest.approx(92, abs=3)
    assert rule.own_spread.latest_percent == pytest.approx(109, abs=3)
    assert found.customers == 80


def test_all_else_of_the_rule_stays() -> None:
    rule = ForecastRule(usual_counts_as=3, shortest_days=20)
    found = fitted(REGULAR, end=END, rule=rule).rule
    assert (found.usual_counts_as, found.shortest_days) == (3, 20)


def test_nothing_after_the_end_is_looked_at() -> None:
    """Who is judged on what came later must not have learnt from it."""
    end = END - timedelta(700)
    cut = [
        History(one.first_day, tuple(day for day in one.days if day <= end))
        for one in REGULAR
        if one.first_day <= end
    ]
    assert fitted(REGULAR, end=end, rule=SHIPPED).rule == fitted(cut, end=end, rule=SHIPPED).rule


def test_too_few_visits_say_how_many_there_are() -> None:
    with pytest.raises(TooFewVisits, match=r"^\d+ of them followed another within \d+ days$"):
        fitted(REGULAR[:3], end=END, rule=SHIPPED)
    with pytest.raises(TooFewVisits):
        fitted([], end=END, rule=SHIPPED)


def test_of_what_too_little_is_known_the_rule_keeps_what_it_said() -> None:
    without_deliveries = [History(one.days[0], one.days) for one in REGULAR]
    rule = SHIPPED.model_copy(update={"first_days": 77})
    assert fitted(without_deliveries, end=END, rule=rule).rule.first_days == 77
    once = [History(BEGAN, (BEGAN + timedelta(50 + number % 20),)) for number in range(150)]
    assert fitted(once, end=END, rule=SHIPPED).rule.own_spread == SHIPPED.own_spread


def test_spreads_always_hold_the_expected_day() -> None:
    found = fitted(REGULAR, end=END, rule=SHIPPED).rule
    for spread in (found.own_spread, found.usual_spread):
        assert Spread.model_validate(spread.model_dump()) == spread


def test_it_is_tried_on_the_last_visits() -> None:
    tried = held_out(REGULAR, end=END, rule=SHIPPED)
    assert tried is not None
    assert (tried.since, tried.visits) == (date(2024, 1, 2), 245)
    assert tried.fitted < tried.as_shipped
    assert tried.covered == pytest.approx(0.8, abs=0.11)
    assert held_out(REGULAR[:3], end=END, rule=SHIPPED) is None


def test_a_wait_knows_only_what_was_known_when_it_began() -> None:
    day = [BEGAN + timedelta(number) for number in (0, 50, 200, 400)]
    bought = History(day[0], (day[1], day[2], day[3]))
    came = History(day[1], (day[1], day[2]))
    until = BEGAN + timedelta(300)

    def told(history: History) -> list[tuple[int, int | None]]:
        found = waits([history], after=date.min, until=until, end=until)
        return [(len(wait.rhythm.days), wait.days) for wait in found]

    assert told(bought) == [(0, 50), (1, 150), (2, None)]
    assert told(came) == [(1, 150), (2, None)]


def test_a_quantile_is_one_of_the_values() -> None:
    assert [quantile([3, 1, 2, 5, 4], part) for part in (0, 0.5, 0.99, 1)] == [1, 3, 5, 5]
