"""BG/NBD: what it was drawn with is found again, and so is what was published."""

import csv
from importlib.util import find_spec
from math import lgamma
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import quad

from deploy.cli.scoring.bgnbd import BgNbd, Visits, fit
from tests.deploy.cli.scoring.simulated import by_bgnbd

DRAWN_WITH = BgNbd(r=0.9, alpha=150.0, a=0.8, b=3.2)
PUBLISHED = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
"""Fader, Hardie and Lee (2005), table 2, in weeks; of CDNOW's 2,357 customers."""
REGULAR = Visits(again=6, last=900, observed=930)
SILENT = Visits(again=6, last=300, observed=930)
NEVER_AGAIN = Visits(again=0, last=0, observed=930)


def test_the_parameters_that_customers_were_drawn_with_are_found_again() -> None:
    found = fit(by_bgnbd(DRAWN_WITH, 6000))
    assert found.r == pytest.approx(DRAWN_WITH.r, rel=0.15)
    assert found.r / found.alpha == pytest.approx(DRAWN_WITH.r / DRAWN_WITH.alpha, rel=0.1)
    stopping = DRAWN_WITH.a / (DRAWN_WITH.a + DRAWN_WITH.b)
    assert found.a / (found.a + found.b) == pytest.approx(stopping, rel=0.15)


def test_in_other_units_of_time_only_alpha_is_another() -> None:
    days = by_bgnbd(DRAWN_WITH, 1500)
    weeks = [Visits(one.again, one.last / 7, one.observed / 7) for one in days]
    in_days, in_weeks = fit(days), fit(weeks)
    assert in_days.alpha == pytest.approx(7 * in_weeks.alpha, rel=1e-2)
    assert (in_days.r, in_days.a) == pytest.approx((in_weeks.r, in_weeks.a), rel=1e-2)


def test_without_customers_there_is_nothing_to_fit() -> None:
    with pytest.raises(ValueError, match="no customers"):
        fit([])


def test_who_came_lately_still_comes_and_who_has_long_been_silent_does_not() -> None:
    assert DRAWN_WITH.alive(REGULAR) > 0.85
    assert DRAWN_WITH.alive(SILENT) < 0.1
    assert DRAWN_WITH.alive(NEVER_AGAIN) == 1


@pytest.mark.parametrize("visits", [REGULAR, SILENT, NEVER_AGAIN])
def test_the_chance_to_come_within_some_days_is_that_of_all_rates(visits: Visits) -> None:
    """The closed form against the integral over the rates that the visits leave possible."""
    shape, begins = DRAWN_WITH.r + visits.again, DRAWN_WITH.alpha + visits.observed

    def comes(rate: float) -> float:
        density = np.exp(
            shape * np.log(begins) + (shape - 1) * np.log(rate) - begins * rate - lgamma(shape)
        )
        return float(density * (1 - np.exp(-rate * 90)))

    chance, _ = quad(comes, 0, 1)
    expected = DRAWN_WITH.alive(visits) * chance
    assert DRAWN_WITH.comes_within(90, visits) == pytest.approx(expected, rel=1e-3)


def test_half_of_those_who_come_do_within_the_middle_wait() -> None:
    wait = DRAWN_WITH.wait(0.5, REGULAR)
    at_once = Visits(REGULAR.again, REGULAR.last, REGULAR.last)
    certain = DRAWN_WITH.comes_within(wait, at_once) / DRAWN_WITH.alive(at_once)
    assert certain == pytest.approx(0.5)


def _cdnow() -> list[Visits]:
    package = find_spec("lifetimes")
    if package is None or package.origin is None:
        pytest.skip("the package `lifetimes`, which ships the data, is not installed")
    path = Path(package.origin).parent / "datasets" / "cdnow_customers_summary.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Visits(int(row["frequency"]), float(row["recency"]), float(row["T"]))
            for row in csv.DictReader(file)
        ]


def test_the_published_parameters_of_cdnow_are_found() -> None:
    found = fit(_cdnow())
    assert found._asdict() == pytest.approx(PUBLISHED, abs=2e-3)


def test_lifetimes_says_the_same_of_every_customer() -> None:
    lifetimes = pytest.importorskip("lifetimes", reason="`lifetimes` is not installed")
    customers = _cdnow()
    again, last, observed = (np.array(column) for column in zip(*customers, strict=True))
    theirs = lifetimes.BetaGeoFitter(penalizer_coef=0.0).fit(again, last, observed)
    ours = fit(customers)
    assert ours._asdict() == pytest.approx(dict(theirs.params_), rel=1e-2)
    alive = theirs.conditional_probability_alive(again, last, observed)
    assert [ours.alive(one) for one in customers] == pytest.approx(list(alive), abs=1e-2)


def test_pymc_marketing_says_the_same() -> None:
    """Without what it supposes beforehand; in weeks, as its sampler likes small numbers."""
    why = "PyMC-Marketing, which is heavy, is not installed"
    marketing = pytest.importorskip("pymc_marketing.clv", reason=why)
    prior = pytest.importorskip("pymc_extras.prior", reason=why)
    pandas = pytest.importorskip("pandas", reason=why)
    customers = [
        Visits(one.again, one.last / 7, one.observed / 7) for one in by_bgnbd(DRAWN_WITH, 1500)
    ]
    table = pandas.DataFrame(customers, columns=["frequency", "recency", "T"])
    table["customer_id"] = range(len(table))
    flat = {name: prior.Prior("HalfFlat") for name in BgNbd._fields}
    model = marketing.BetaGeoModel(data=table, model_config=flat)
    model.fit(method="map")
    ours = fit(customers)
    theirs = {name: float(model.fit_result[name].mean()) for name in BgNbd._fields}
    assert ours._asdict() == pytest.approx(theirs, rel=0.05)
    alive = model.expected_probability_alive(data=table).mean(("chain", "draw")).to_numpy()
    assert [ours.alive(one) for one in customers] == pytest.approx(list(alive), abs=0.02)
