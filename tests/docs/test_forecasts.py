"""The comparison of forecasts: nobody peeks, each made-up world has its winner, and the page says
what its figures say."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from deploy.cli.scoring.histories import History
from docs import forecasts
from docs.forecast_data import DataSet, by_chance, by_kilometres, of_file, of_purchases
from docs.forecast_trials import Figures, Trial, tried
from services.scoring.domain.forecast_rule import ForecastRule


def figures_of(trial: Trial, name: str) -> Figures:
    [found] = [figures for figures in trial.figures if name in figures.name]
    return found


def test_where_cars_come_by_kilometres_those_tell_best_and_the_rhythm_is_next() -> None:
    trial = tried(by_kilometres(400))
    km, rhythm = figures_of(trial, "own km per day"), figures_of(trial, "own rhythm**")
    chance, usual = figures_of(trial, "BG/NBD"), figures_of(trial, "the usual")
    assert km.mean_error < rhythm.mean_error < min(usual.mean_error, chance.mean_error)
    assert km.brier < rhythm.brier < chance.brier


def test_where_they_come_by_chance_bgnbd_tells_best_whether_they_do() -> None:
    trial = tried(by_chance(600))
    assert figures_of(trial, "BG/NBD").brier == min(each.brier for each in trial.figures)


def test_it_says_the_same_every_time() -> None:
    assert tried(by_chance(200)) == tried(by_chance(200))


def test_what_comes_after_the_split_teaches_nothing() -> None:
    data = by_chance(300)
    cut = [
        History(one.first_day, tuple(day for day in one.days if day <= data.split))
        for one in data.histories
        if one.first_day <= data.split
    ]
    later = [data.split + timedelta(number) for number in (10, 50)]
    other = data._replace(histories=[History(one.first_day, (*one.days, *later)) for one in cut])
    told, otherwise = tried(data), tried(other)
    assert (told.rule, told.bgnbd) == (otherwise.rule, otherwise.bgnbd)
    assert told.figures != otherwise.figures


def test_a_perfectly_regular_world_is_told_to_the_day() -> None:
    begin = date(2020, 1, 1)
    histories = []
    for number in range(60):
        first = begin + timedelta(number)
        days = (first + timedelta(100 * visit) for visit in range(1, 15))
        histories.append(History(first, tuple(days)))
    data = DataSet("regular", histories, date(2022, 1, 1), date(2023, 6, 1), 200, ForecastRule())
    rhythm = figures_of(tried(data), "own rhythm**")
    assert (rhythm.mean_error, rhythm.covered) == (0, 1)
    assert rhythm.brier < 0.1


def test_purchases_of_one_day_are_one_and_customers_are_known_from_the_first() -> None:
    days = [date(2020, 1, 1), date(2020, 1, 1), date(2020, 3, 1)]
    assert of_purchases(("a", day) for day in days) == [
        History(date(2020, 1, 1), (date(2020, 1, 1), date(2020, 3, 1)))
    ]


def test_a_file_of_ones_own_is_read(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("cust,date\n1,2020-01-01\n1,2020-12-31 10:00\n2,2020-06-01\n", "utf-8")
    data = of_file(path)
    assert (data.name, len(data.histories)) == ("own", 2)
    assert (data.split, data.end, data.judged_days) == (date(2020, 7, 2), date(2020, 12, 31), 91)


PAGE = forecasts.PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name", ["Sample feed", "CDNOW", "Made up: by kilometres", "Made up: by chance"]
)
def test_the_page_has_figures_of_all_data(name: str) -> None:
    assert f"### {name}" in PAGE


def told() -> dict[str, dict[str, list[float]]]:
    """Set of data -> way -> the figures that the page has of it."""
    found: dict[str, dict[str, list[float]]] = {}
    for each in PAGE.split("\n### ")[1:]:
        title, _, text = each.partition("\n")
        rows = re.findall(r"^\| ([^|]+) \| (\d.*) \|$", text, re.MULTILINE)
        found[title] = {
            way: [float(cell.rstrip(" d%")) for cell in cells.split(" | ")] for way, cells in rows
        }
    return found


def test_what_the_page_claims_of_its_figures_is_so() -> None:
    """Run `python -m docs.forecasts` and look at its words again, where this fails."""
    for title, ways in told().items():
        own, bgnbd = ways["**own rhythm**, fitted"], ways["BG/NBD"]
        others = [figures for way, figures in ways.items() if "km" not in way]
        for error in (0, 1):
            assert own[error] <= 1.1 * min(figures[error] for figures in others), title
        assert bgnbd[0] > own[0], title
    cdnow = told()["CDNOW"]
    assert cdnow["BG/NBD"][4] / cdnow["**own rhythm**, fitted"][4] == pytest.approx(0.98, abs=0.01)
    by_km, by_habit = told()["Made up: by kilometres"], told()["Sample feed"]
    assert by_km["own km per day"][0] < by_km["**own rhythm**, fitted"][0]
    assert by_habit["own km per day"][0] > 2 * by_habit["**own rhythm**, fitted"][0]


def test_the_page_says_what_ships() -> None:
    rule = ForecastRule()
    for name in ("usual_days", "first_days", "usual_counts_as", "gaps_needed", "gaps_looked_at"):
        assert f"| `{name}` | {getattr(rule, name)} |" in PAGE
    assert f"| `same_occasion_days` | {rule.same_occasion_days} |" in PAGE
    assert f"| {rule.shortest_days}, {rule.longest_days} |" in PAGE
    own, usual = rule.own_spread, rule.usual_spread
    spreads = (f"{each.earliest_percent}–{each.latest_percent} %" for each in (own, usual))
    assert f"| {', '.join(spreads)} |" in PAGE


def test_figures_stand_where_their_marks_are() -> None:
    trial = tried(by_chance(200))
    page = f"before\n{forecasts.BEGIN}old\n{forecasts.END}after\n"
    written = forecasts.with_figures(page, [trial])
    assert "old" not in written
    assert written.startswith("before\n")
    assert written.endswith("after\n")
    assert "| **own rhythm**, fitted |" in written
    assert forecasts.with_figures(written, [trial]) == written
    with pytest.raises(ValueError, match="marks"):
        forecasts.with_figures("no marks", [trial])
