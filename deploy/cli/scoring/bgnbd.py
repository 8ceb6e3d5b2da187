"""BG/NBD in closed form: how often customers come while they do, and whether they still do.

Fader, Hardie and Lee, 'Counting Your Customers' the Easy Way (Marketing Science 24, 2005). Needs
the extra `fit` (SciPy).
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln


class Visits(NamedTuple):
    """What the model asks of a customer, in days from the first visit or the delivery."""

    again: int
    """How often they came after it."""
    last: float
    """When they last came; 0: never again."""
    observed: float
    """How long they have been known."""

    @classmethod
    def of(cls, first: date, days: Sequence[date], until: date) -> "Visits":
        """Of who is known from a first day on, and came on these days, in order."""
        again = len(days) - (bool(days) and days[0] == first)
        return cls(again, (days[-1] - first).days if days else 0, (until - first).days)


class BgNbd(NamedTuple):
    """The rates of customers: Gamma(`r`, `alpha` days); who stops after a visit: Beta(`a`, `b`)."""

    r: float
    alpha: float
    a: float
    b: float

    def alive(self, visits: Visits) -> float:
        """How likely they still come."""
        if visits.again == 0:
            return 1.0
        waited = (self.alpha + visits.observed) / (self.alpha + visits.last)
        odds = self.a / (self.b + visits.again - 1) * waited ** (self.r + visits.again)
        return float(1 / (1 + odds))

    def comes_within(self, days: float, visits: Visits) -> float:
        """How likely they come within so many days."""
        begins = self.alpha + visits.observed
        stays_away = (begins / (begins + days)) ** (self.r + visits.again)
        return float(self.alive(visits) * (1 - stays_away))

    def wait(self, part: float, visits: Visits) -> float:
        """Days after their last visit within which that part of those come who come again."""
        return float(
            (self.alpha + visits.last) * ((1 - part) ** (-1 / (self.r + visits.again)) - 1)
        )


def fit(customers: Iterable[Visits]) -> BgNbd:
    """The parameters under which what customers did is likeliest. Raises `ValueError` for none."""
    again, last, observed = (np.array(column, float) for column in _columns(customers))
    unit = float(observed.mean()) or 1.0  # parameters near 1 are found with ease
    last, observed = last / unit, observed / unit
    came = again > 0

    def unlikely(logs: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> float:
        r, alpha, a, b = np.exp(logs)
        rate = gammaln(r + again) - gammaln(r) + r * np.log(alpha)
        stays = gammaln(a + b) + gammaln(b + again) - gammaln(b) - gammaln(a + b + again)
        alive = -(r + again) * np.log(alpha + observed)
        stopped = np.where(
            came,
            np.log(a) - np.log(b + np.maximum(again, 1) - 1) - (r + again) * np.log(alpha + last),
            -np.inf,
        )
        return -float(np.mean(rate + stays + np.logaddexp(alive, stopped)))

    tried = [
        minimize(unlikely, start, method="L-BFGS-B", bounds=[(-12, 12)] * 4)
        for start in ([0.0, 0.0, 0.0, 0.0], [0.0, 0.0, -1.0, 1.0], [-1.0, -2.0, 0.0, 1.0])
    ]
    r, alpha, a, b = np.exp(min(tried, key=lambda found: float(found.fun)).x)
    return BgNbd(float(r), float(alpha) * unit, float(a), float(b))


def _columns(customers: Iterable[Visits]) -> list[tuple[float, ...]]:
    columns = [*zip(*customers, strict=True)]
    if not columns:
        raise ValueError("no customers")
    return columns
