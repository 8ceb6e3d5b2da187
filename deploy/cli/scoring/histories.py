"""When customers came, and which forecast fits them: what `aftercare scoring fit` reckons with."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from services.scoring.domain.forecast import Forecast, Reading, Rhythm, forecast, own_gaps
from services.scoring.domain.forecast_rule import ForecastRule, Spread
from shared.contracts.scoring import OWN_RHYTHM

FEWEST_RETURNS = 100
"""Fewer visits that followed another tell nothing of what is usual."""
FEWEST_OF_A_KIND = 30
LONGEST_FOLLOWED_DAYS = 730
_ALL_BUT_EARLIEST, _ALL_BUT_LATEST = 0.1, 0.9
"""Eight of ten lie between."""


class TooFewVisits(Exception):
    """There are too few visits to learn from; says how many there are."""


class History(NamedTuple):
    """One customer."""

    first_day: date
    """Their first delivery or visit."""
    days: tuple[date, ...]
    """With a visit, in order, each once; none before the first day."""
    readings: tuple[Reading, ...] = ()
    """Of the odometer on those days, in their order."""


class Wait(NamedTuple):
    """From a visit, or the first day, to the next one."""

    rhythm: Rhythm
    """What was known then."""
    since: date
    days: int | None
    """None: they had not come again by the end."""


class Ended(NamedTuple):
    """A wait that ended with a visit."""

    rhythm: Rhythm
    days: int


class Fitted(NamedTuple):
    """What fits, and what it was learnt from."""

    rule: ForecastRule
    customers: int
    returns: int
    """Visits that followed another, or a delivery."""
    followed_days: int
    """Who had not come by then is not counted among those who come."""


def waits(histories: Iterable[History], *, after: date, until: date, end: date) -> Iterator[Wait]:
    """The waits that begin after a day and until another, as was known by `end`."""
    for history in histories:
        begins = sorted({history.first_day, *history.days})
        for number, since in enumerate(begins):
            if not after < since <= until:
                continue
            known = history.days[: number + len(history.days) - len(begins) + 1]
            seen = tuple(reading for reading in history.readings if reading.day <= since)
            came = begins[number + 1] if number + 1 < len(begins) else None
            days = (came - since).days if came is not None and came <= end else None
            yield Wait(Rhythm(known, seen, history.first_day, 1), since, days)


def followed_days(histories: Iterable[History], end: date) -> int:
    """How long each wait is followed: half of the time there is, and two years at most."""
    first = min(
        (history.first_day for history in histories if history.first_day <= end), default=end
    )
    return max(1, min(LONGEST_FOLLOWED_DAYS, (end - first).days // 2))


def fitted(histories: Sequence[History], *, end: date, rule: ForecastRule) -> Fitted:
    """`rule` with the days and spreads that fit those who came again by `end`.

    Raises `TooFewVisits`.
    """
    followed = followed_days(histories, end)
    began_by = end - timedelta(followed)
    found = [
        Ended(wait.rhythm, wait.days)
        for wait in waits(histories, after=date.min, until=began_by, end=end)
        if wait.days is not None and wait.days <= followed
    ]
    if len(found) < FEWEST_RETURNS:
        raise TooFewVisits(f"{len(found)} of them followed another within {followed} days")
    first = [wait.days for wait in found if not wait.rhythm.days]
    usual = [
        wait.days for wait in found if wait.rhythm.days and not own_gaps(wait.rhythm.days, rule)
    ]
    rule = rule.model_copy(
        update={
            "first_days": _middle(first, rule.first_days, rule),
            "usual_days": _middle(usual, rule.usual_days, rule),
        }
    )
    own, others = _parts(found, rule)
    rule = rule.model_copy(
        update={
            "own_spread": _spread(own, rule.own_spread),
            "usual_spread": _spread(others, rule.usual_spread),
        }
    )
    return Fitted(rule, len(histories), len(found), followed)


class HeldOut(NamedTuple):
    """How the forecast did on visits that it had not learnt from."""

    since: date
    visits: int
    as_shipped: float
    """The middle error in days, of the rule as it was."""
    fitted: float
    """And of the one that fits what was known until then."""
    covered: float
    """Which part of the visits came between the earliest and the latest day, of that one."""


def held_out(histories: Sequence[History], *, end: date, rule: ForecastRule) -> HeldOut | None:
    """Of the last visits, up to `end`; None where too few are known before or since."""
    since = end - timedelta(followed_days(histories, end) // 2)
    try:
        learnt = fitted(histories, end=since, rule=rule).rule
    except TooFewVisits:
        return None
    ended = [
        Ended(wait.rhythm, wait.days)
        for wait in waits(histories, after=date.min, until=end, end=end)
        if wait.days is not None and wait.since + timedelta(wait.days) > since
    ]
    if len(ended) < FEWEST_OF_A_KIND:
        return None
    told = [(wait, forecast(wait.rhythm, learnt)) for wait in ended]
    return HeldOut(
        since=since,
        visits=len(ended),
        as_shipped=quantile([_error(wait, forecast(wait.rhythm, rule)) for wait in ended], 0.5),
        fitted=quantile([_error(wait, found) for wait, found in told], 0.5),
        covered=sum(_is_covered(wait, found) for wait, found in told) / len(told),
    )


def _error(wait: Ended, found: Forecast) -> int:
    return abs((found.expected_on - found.since).days - wait.days)


def _is_covered(wait: Ended, found: Forecast) -> bool:
    return found.earliest_on <= found.since + timedelta(wait.days) <= found.latest_on


def _middle(days: Sequence[int], before: int, rule: ForecastRule) -> int:
    """The middle one, within the limits; as before where too few are known."""
    if len(days) < FEWEST_OF_A_KIND:
        return before
    return max(rule.shortest_days, min(rule.longest_days, round(quantile(days, 0.5))))


def _parts(found: Iterable[Ended], rule: ForecastRule) -> tuple[list[float], list[float]]:
    """The waits as parts of what was expected: by the customers' own rhythm, and by the usual."""
    own: list[float] = []
    others: list[float] = []
    for wait in found:
        expected = forecast(wait.rhythm, rule)
        part = wait.days / expected.interval_days
        (own if expected.basis == OWN_RHYTHM else others).append(part)
    return own, others


def _spread(parts: Sequence[float], before: Spread) -> Spread:
    """Between which parts eight of ten lie; as before where too few are known."""
    if len(parts) < FEWEST_OF_A_KIND:
        return before
    earliest = int(100 * quantile(parts, _ALL_BUT_EARLIEST))
    latest = -int(-100 * quantile(parts, _ALL_BUT_LATEST) // 1)
    return Spread(
        earliest_percent=max(1, min(100, earliest)), latest_percent=max(100, min(1000, latest))
    )


def quantile(values: Sequence[float], part: float) -> float:
    """Below which that part of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]
