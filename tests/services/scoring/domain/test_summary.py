"""Where a customer stands in lists, and what they count for in totals."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given as always
from hypothesis import strategies as some

from services.scoring.domain import ranks
from services.scoring.domain.counters import BEFORE, MOST_OF_A_WORD, word
from services.scoring.domain.decide import decide
from services.scoring.domain.ranks import by_month, graded_rank, moved_rank, score_rank
from services.scoring.domain.summary import summarize
from shared.contracts.envelope import Event
from shared.decider.summary import Summary
from shared.time.months import month_from
from tests.services.scoring.given import CUSTOMER, POLICY, day, line, moved, sale, visit
from tests.services.scoring.given_identity import parted
from tests.services.scoring.several import profile, told_of
from tests.services.scoring.stories import moments, stories

SHANGHAI = ZoneInfo("Asia/Shanghai")


def summary_of(*events: Event[Any], on: str) -> Summary:
    found = summarize(told_of(CUSTOMER, *events), POLICY, day(on), zone=SHANGHAI)
    assert found is not None
    return found


def test_a_customer_stands_by_score_and_within_their_grade() -> None:
    found = summary_of(sale("2025-01-10"), visit("2025-01-20", paid="1000"), on="2025-02-01")
    assert found.line["grade"] == "potential"
    score = found.line["score"]
    assert isinstance(score, int)
    assert found.ranks[ranks.BY_SCORE] == score_rank(score)
    assert found.ranks[ranks.BY_GRADE] == graded_rank("potential", score)


def test_points_stand_in_the_month_in_which_they_were_won_or_lost() -> None:
    month = month_from("2025-01")
    sold = sale("2025-01-10")
    won = summary_of(sold, on="2025-02-01").line["score"]
    assert isinstance(won, int)
    assert summary_of(sold, on="2025-02-01").ranks[by_month(month)] == moved_rank(month, won)
    assert summary_of(sold, on="2027-01-01").ranks[by_month(month)] == moved_rank(month, won), (
        "nothing changed since, so it stands where it stood"
    )
    later = summary_of(sold, on="2028-02-01")
    faded = month_from("2028-01")
    assert later.ranks[by_month(faded)] == moved_rank(faded, -(won // 2))
    assert by_month(month) not in later.ranks, "13 months and more are between them"


def test_a_visit_counts_in_the_month_of_the_dealer() -> None:
    """At 07:00 in Shanghai it is still the day before in UTC."""
    found = summary_of(visit("2025-01-31T23:00:00+00:00", paid="250"), on="2025-03-01")
    assert found.counts["2025-02"]["Dg"] == 1
    assert found.counts["2025-02"]["PgCNY"] == 250
    assert "2025-01" not in found.counts


def test_two_orders_of_a_day_are_one_visit_and_what_is_voided_is_none() -> None:
    orders = [visit("2025-01-10", "R1", paid="100"), visit("2025-01-10", "R2", paid="50")]
    found = summary_of(*orders, on="2025-02-01")
    assert (found.counts["2025-01"]["Dg"], found.counts["2025-01"]["PgCNY"]) == (1, 150)
    voided = visit("2025-01-10", "R2", status="voided", revision=2)
    found = summary_of(*orders, voided, on="2025-02-01")
    assert (found.counts["2025-01"]["Dg"], found.counts["2025-01"]["PgCNY"]) == (1, 100)


def test_a_grade_that_changes_takes_the_customer_from_one_to_the_other() -> None:
    story = [sale("2025-01-10"), visit("2025-02-20", paid="1000")]
    found = summary_of(*story, on="2025-03-01")
    assert found.counts["2025-01"]["Ngactive"] == 1
    assert (found.counts["2025-02"]["Ngactive"], found.counts["2025-02"]["Npactive"]) == (-1, 1)
    assert found.counts["2025-02"]["Ggpotential"] == 1
    assert (found.counts["2025-01"]["Wg"], "Wg" in found.counts["2025-02"]) == (1, False)


def test_what_is_long_ago_is_counted_together() -> None:
    found = summary_of(visit("2020-01-10"), visit("2025-01-10", "R2"), on="2025-02-01")
    assert found.counts[BEFORE]["Dg"] == 1
    assert min(set(found.counts) - {BEFORE}) >= "2022-01"


@pytest.mark.parametrize(
    ("told", "counted"),
    [
        ("", "unknown"),
        ("  ", "unknown"),
        ("\u3000教师 ", "教师"),
        ("ｔｅａｃｈｅｒ", "teacher"),
        ("a  b", "a b"),
        ("x" * MOST_OF_A_WORD, "x" * MOST_OF_A_WORD),
        ("x" * (MOST_OF_A_WORD + 1), "other"),
    ],
)
def test_a_word_is_counted_as_it_is_meant(told: str, counted: str) -> None:
    assert word(told) == counted


def test_a_customer_is_counted_among_those_they_have_something_in_common_with() -> None:
    who = profile(birth_year=1985, occupation="teacher", area="Pudong", cars={"V1": ("BYD", "Han")})
    found = summary_of(sale("2025-01-10", vin="V1"), who, on="2025-02-01")
    assert set(found.groups) == {"b1985", "oteacher", "aPudong", "scdk", "cBYD Han"}
    assert found.line["car"] == "BYD Han"
    untold = summary_of(sale("2025-01-10"), on="2025-02-01")
    assert set(untold.groups) == {"bunknown", "ounknown", "aunknown", "scdk", "cunknown"}


@pytest.mark.parametrize(
    ("later", "car"),
    [
        ((), "BYD Q2"),
        ((visit("2025-03-10", "R1", vin="V1"),), "BYD Q1"),
        ((sale("2025-03-10", "D3", vin="V3"),), "BYD Q3"),
        ((sale("2025-03-10", "D3", vin="V3", status="open"),), "BYD Q2"),
        ((sale("2025-03-10", "D3", vin="V3", sale_type="wholesale"),), "BYD Q2"),
        ((visit("2025-03-10", "R1", vin="V1", lines=[line("1", pays="internal")]),), "BYD Q2"),
        ((visit("2025-03-10", "R1", vin="V1", lines=[line("-9")]),), "BYD Q2"),
        ((visit("2025-03-10", "R1", vin="V1", status="open"),), "BYD Q2"),
        ((parted("2025-03-10", "V2"),), "BYD Q1"),
        ((parted("2025-03-10", "V2"), visit("2025-03-11", "R1", vin="V2")), "BYD Q1"),
        ((parted("2025-03-10", "V2"), sale("2025-03-11", "D4", vin="V2")), "BYD Q2"),
        ((sale("2025-03-10", "D3", traded_in=("V1", "V2")),), None),
        ((sale("2025-03-10", "D3", vin="V3", traded_in=("V2",)), moved("sale", "D3")), "BYD Q2"),
    ],
)
def test_a_customers_car_is_the_one_they_bought_or_brought_last_and_have_still(
    later: tuple[Event[Any], ...], car: str | None
) -> None:
    cars = profile(cars={f"V{number}": ("BYD", f"Q{number}") for number in (1, 2, 3)})
    bought = (sale("2025-01-10", "D1", vin="V1"), sale("2025-02-10", "D2", vin="V2"))
    for story in ((cars, *bought, *later), (*later[::-1], *bought, cars)):
        assert summary_of(*story, on="2025-04-01").line["car"] == car


def test_the_newest_word_of_the_profile_counts() -> None:
    words = [profile(area="Pudong"), profile(area="Minhang", revision=2)]
    for told in (words, words[::-1]):
        found = summary_of(sale("2025-01-10"), *told, on="2025-02-01")
        assert ("2025-01", "aMinhang Ngactive", 1) in list(found.counted())
        assert "aPudong" not in found.groups


def test_who_has_no_score_is_in_no_list() -> None:
    gone = told_of(CUSTOMER, moved("sale", "D1"))
    assert summarize(gone, POLICY, day("2025-02-01"), zone=SHANGHAI) is None


@always(stories(), moments, some.floats(0, 1, exclude_max=True))
def test_nothing_of_it_changes_until_something_is_due(
    story: list[Event[Any]], now: datetime, part: float
) -> None:
    facts = told_of(CUSTOMER, *story)
    due = decide(facts, {}, POLICY, now).next_due or now + timedelta(days=2000)
    later = min(now + (due - now) * part, due - timedelta(microseconds=1))
    first = summarize(facts, POLICY, now, zone=SHANGHAI)
    assert summarize(facts, POLICY, later, zone=SHANGHAI) == first


@always(stories().flatmap(lambda story: some.tuples(some.just(story), some.permutations(story))))
def test_it_does_not_matter_in_which_order_things_became_known(
    told: tuple[Sequence[Event[Any]], Sequence[Event[Any]]],
) -> None:
    now = day("2026-01-01")
    first, second = (
        summarize(told_of(CUSTOMER, *each), POLICY, now, zone=SHANGHAI) for each in told
    )
    assert first == second
