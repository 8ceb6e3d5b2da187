"""Ways of telling the next visit, and how each does on days that it has not seen."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from statistics import fmean, median
from typing import NamedTuple, Protocol

from deploy.cli.scoring.bgnbd import BgNbd, Visits
from deploy.cli.scoring.bgnbd import fit as fit_bgnbd
from deploy.cli.scoring.histories import Wait, fitted, followed_days, quantile, waits
from docs.forecast_data import DataSet
from services.followup.domain.readings import CarReadings, OdometerReading
from services.followup.domain.service_interval import ServiceInterval
from services.scoring.domain.forecast import Rhythm, forecast, own_gaps
from services.scoring.domain.forecast_rule import ForecastRule
from shared.contracts.scoring import OWN_RHYTHM

WITHIN_DAYS = 90
_FEWEST_OF_A_GROUP = 50
_EARLIEST, _LATEST = 0.1, 0.9
_SERVICE = ServiceInterval()


class Way(Protocol):
    """One way of telling, which has learnt what it learns."""

    name: str

    def days(self, wait: Wait) -> float:
        """How long they are expected to take from their visit."""
        ...

    def spread(self, wait: Wait) -> tuple[float, float]:
        """Between which days eight of ten come."""
        ...

    def comes_within(self, wait: Wait, waited: int, days: int) -> float:
        """How likely who has not come for so long comes within so many days."""
        ...


class Figures(NamedTuple):
    """How a way did. Errors and width are of days, of those who came."""

    name: str
    median_error: float
    mean_error: float
    covered: float
    """Which part of them came between the two days that eight of ten should."""
    width: float
    brier: float
    """Of 'comes within 90 days', of all customers."""
    calibration: float
    """How far what was said and what happened lie apart, in the mean over tenths of what was
    said."""


class Trial(NamedTuple):
    """How all ways did on one set of data."""

    name: str
    customers: int
    learnt_returns: int
    judged: int
    asked: int
    came: float
    """Which part of those asked about came within 90 days."""
    bgnbd: BgNbd
    rule: ForecastRule
    figures: list[Figures]


class _Away:
    """Which part is still away after so many times what was expected (Kaplan and Meier)."""

    def __init__(self, parts: Sequence[tuple[float, bool]]) -> None:
        self._times: list[float] = []
        self._away: list[float] = []
        ordered, still = sorted(parts, key=lambda part: (part[0], not part[1])), 1.0
        for number, (times, came) in enumerate(ordered):
            if came:
                still *= 1 - 1 / (len(ordered) - number)
                self._times.append(times)
                self._away.append(still)

    def after(self, times: float) -> float:
        position = bisect_right(self._times, times)
        return self._away[position - 1] if position else 1.0


Point = Callable[[Rhythm], tuple[float, str]]
"""The days that are expected, and by what."""


class ByDays:
    """A way that tells a number of days. From what happened before it has learnt how far what
    happens lies around it, and how many never come."""

    def __init__(self, name: str, point: Point, learnt: Sequence[Wait], data: DataSet) -> None:
        self.name = name
        self._point = point
        followed = followed_days(data.histories, data.split)
        parts: dict[str, list[float]] = defaultdict(list)
        times: dict[str, list[tuple[float, bool]]] = defaultdict(list)
        for wait in learnt:
            expected, by = point(wait.rhythm)
            waited = (data.split - wait.since).days
            for group in (by, ""):
                took = wait.days if wait.days is not None else waited + 0.5
                times[group].append((took / expected, wait.days is not None))
                if wait.days is not None and wait.days <= followed <= waited:
                    parts[group].append(wait.days / expected)
        self._away = {group: _Away(of) for group, of in times.items() if _enough(times, group)}
        self._spreads = {
            group: (quantile(of, _EARLIEST), quantile(of, _LATEST))
            for group, of in parts.items()
            if _enough(parts, group)
        }

    def days(self, wait: Wait) -> float:
        return self._point(wait.rhythm)[0]

    def spread(self, wait: Wait) -> tuple[float, float]:
        expected, by = self._point(wait.rhythm)
        earliest, latest = self._spreads.get(by, self._spreads[""])
        return expected * earliest, expected * latest

    def comes_within(self, wait: Wait, waited: int, days: int) -> float:
        expected, by = self._point(wait.rhythm)
        away = self._away.get(by, self._away[""])
        before = away.after(waited / expected)
        return 1 - away.after((waited + days) / expected) / before if before else 0.0


class AsShipped(ByDays):
    """What scoring does, by a rule: its spread is what the customer is told by it."""

    def __init__(
        self, name: str, rule: ForecastRule, learnt: Sequence[Wait], data: DataSet
    ) -> None:
        self._rule = rule
        super().__init__(name, by_rule(rule), learnt, data)

    def spread(self, wait: Wait) -> tuple[float, float]:
        found = forecast(wait.rhythm, self._rule)
        return (found.earliest_on - wait.since).days, (found.latest_on - wait.since).days


class ByBgNbd:
    """BG/NBD as it is: the middle of the wait of who comes again."""

    name = "BG/NBD"

    def __init__(self, model: BgNbd) -> None:
        self._model = model

    def days(self, wait: Wait) -> float:
        return self._model.wait(0.5, visits_of(wait.rhythm, wait.since))

    def spread(self, wait: Wait) -> tuple[float, float]:
        visits = visits_of(wait.rhythm, wait.since)
        return self._model.wait(_EARLIEST, visits), self._model.wait(_LATEST, visits)

    def comes_within(self, wait: Wait, waited: int, days: int) -> float:
        return self._model.comes_within(
            days, visits_of(wait.rhythm, wait.since + timedelta(waited))
        )


def visits_of(rhythm: Rhythm, until: date) -> Visits:
    """What BG/NBD asks of a customer, on a day."""
    return Visits.of(rhythm.first_day, rhythm.days, until)


def by_rule(rule: ForecastRule) -> Point:
    """As scoring does."""

    def point(rhythm: Rhythm) -> tuple[float, str]:
        found = forecast(rhythm, rule)
        return found.interval_days, found.basis

    return point


def always(days: float) -> Point:
    """The same for everybody."""
    return lambda rhythm: (days, "always")


def by_own_median(rule: ForecastRule) -> Point:
    """The middle one of the customer's own last gaps, from the first on, as it is."""

    def point(rhythm: Rhythm) -> tuple[float, str]:
        gaps = own_gaps(rhythm.days, rule)
        return (median(gaps), "own") if gaps else (rule.usual_days, "usual")

    return point


def by_own_km(rhythm: Rhythm) -> tuple[float, str]:
    """As followup does where scoring knows no rhythm: by this car's own kilometres a day."""
    vin = rhythm.readings[-1].vin if rhythm.readings else ""
    readings = CarReadings()
    for reading in rhythm.readings:
        if reading.vin == vin:
            readings.add(OdometerReading(datetime.combine(reading.day, time(), UTC), reading.km))
    pace = readings.km_per_day(timedelta(_SERVICE.readings_apart_days))
    if pace is None:
        return _SERVICE.days, "days"
    km = _SERVICE.km if rhythm.days else _SERVICE.first_km
    return _SERVICE.within_limits(round(km / pace)), "km"


def by_rhythm_else_km(rule: ForecastRule) -> Point:
    """As followup does: by the own rhythm, and by kilometres where there is none."""

    def point(rhythm: Rhythm) -> tuple[float, str]:
        found = forecast(rhythm, rule)
        own = found.basis == OWN_RHYTHM
        return (found.interval_days, found.basis) if own else by_own_km(rhythm)

    return point


def tried(data: DataSet) -> Trial:
    """What each way learns up to the split, and how it does after it."""
    learnt = [*waits(data.histories, after=date.min, until=data.split, end=data.split)]
    known = [history for history in data.histories if history.first_day <= data.split]
    found = fitted(known, end=data.split, rule=data.rule)
    asked = [wait for wait in learnt if wait.days is None]
    model = fit_bgnbd(visits_of(wait.rhythm, data.split) for wait in asked)
    ways = _ways(found.rule, model, learnt, data)
    began_by = data.end - timedelta(data.judged_days)
    judged = [
        wait
        for wait in waits(data.histories, after=data.split, until=began_by, end=data.end)
        if wait.days is not None and wait.days <= data.judged_days
    ]
    came = _came(data)
    return Trial(
        name=data.name,
        customers=len(data.histories),
        learnt_returns=found.returns,
        judged=len(judged),
        asked=len(came),
        came=fmean(did for _, did in came),
        bgnbd=model,
        rule=found.rule,
        figures=[figures(way, judged, came, data.split) for way in ways],
    )


def _ways(rule: ForecastRule, model: BgNbd, learnt: Sequence[Wait], data: DataSet) -> list[Way]:
    """What is compared; ways by kilometres, and the rule as it ships, on cars alone."""
    own = AsShipped("**own rhythm**, fitted", rule, learnt, data)
    usual = ByDays(f"the usual {rule.usual_days} days", always(rule.usual_days), learnt, data)
    median = ByDays("own median gap", by_own_median(rule), learnt, data)
    shops: list[Way] = [usual, median, own, ByBgNbd(model)]
    if not any(history.readings for history in data.histories):
        return shops
    return [
        ByDays("180 days", always(180), learnt, data),
        ByDays("own km per day", by_own_km, learnt, data),
        *shops[:2],
        AsShipped("own rhythm, as shipped", data.rule, learnt, data),
        own,
        ByDays("own rhythm, else own km", by_rhythm_else_km(rule), learnt, data),
        ByBgNbd(model),
    ]


def _came(data: DataSet) -> list[tuple[Wait, bool]]:
    """All who are waited for on the day of the split, and whether they came within 90 days."""
    end = data.split + timedelta(WITHIN_DAYS)
    return [
        (wait, wait.days is not None)
        for wait in waits(data.histories, after=date.min, until=data.split, end=end)
        if wait.days is None or wait.since + timedelta(wait.days) > data.split
    ]


def figures(
    way: Way, judged: Sequence[Wait], came: Sequence[tuple[Wait, bool]], split: date
) -> Figures:
    """How a way did on waits that ended, and on who was waited for on one day."""
    errors, covered, widths = [], [], []
    for wait in judged:
        assert wait.days is not None
        earliest, latest = way.spread(wait)
        errors.append(abs(way.days(wait) - wait.days))
        covered.append(earliest <= wait.days <= latest)
        widths.append(latest - earliest)
    said = [
        (way.comes_within(wait, (split - wait.since).days, WITHIN_DAYS), did) for wait, did in came
    ]
    return Figures(
        name=way.name,
        median_error=median(errors),
        mean_error=fmean(errors),
        covered=fmean(covered),
        width=fmean(widths),
        brier=fmean((part - did) ** 2 for part, did in said),
        calibration=_calibration(said),
    )


def _calibration(said: Sequence[tuple[float, bool]]) -> float:
    tenths: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for part, did in said:
        tenths[min(9, int(part * 10))].append((part, did))
    apart = (
        len(of) * abs(fmean(part for part, _ in of) - fmean(did for _, did in of))
        for of in tenths.values()
    )
    return sum(apart) / len(said)


def _enough(groups: Mapping[str, Sequence[object]], group: str) -> bool:
    return not group or len(groups[group]) >= _FEWEST_OF_A_GROUP
