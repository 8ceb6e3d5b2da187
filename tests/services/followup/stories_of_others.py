"""What the other services say of a customer, and surveys, drawn by Hypothesis."""

from datetime import date, timedelta
from typing import Any, get_args

from hypothesis import strategies as some

from shared.contracts.envelope import Event
from shared.contracts.scoring import Grade, Risk
from tests.services.followup.given import CAR, expected, scored, survey, unscored
from tests.services.followup.given_others import (
    case,
    no_case,
    not_referred,
    not_sold_on,
    referred,
    sold_on,
)
from tests.services.followup.stories import DAY_MS, START, hours_in, moment

REVISIONS = some.integers(1, 4)
numbers = some.sampled_from(["1", "2", "3"])
cars = some.sampled_from([CAR, "WVWZZZ1JZXW000001"])
waits = some.sampled_from([0, 1, 5, 26, 24 * 4, 24 * 40])
"""In hours."""


@some.composite
def cases(draw: some.DrawFn) -> Event[Any]:
    """How a case stands: open, or closed and perhaps open anew; resolved since, or not."""
    hours, number, revision = draw(hours_in), draw(numbers), draw(REVISIONS)
    if draw(some.integers(0, 5)) == 0:
        return no_case(number, on=moment(hours), revision=revision)
    ends = [hours]
    for _ in range(draw(some.integers(0, 3))):
        ends.append(ends[-1] + 1 + draw(waits))
    since = [moment(each) for each in ends[::2]]
    until = [moment(each) for each in ends[1::2]]
    padded: list[str | None] = [*until, None][: len(since)]
    last = ends[-1] if len(ends) % 2 else ends[-2]
    resolved = draw(some.none() | waits)
    back = draw(some.none() | waits) if resolved is not None else None
    return case(
        moment(hours),
        number,
        *zip(since, padded, strict=True),
        resolved=None if resolved is None else moment(last + resolved),
        call_back_due=None if resolved is None else moment(last + resolved + 72),
        called_back=None if resolved is None or back is None else moment(last + resolved + back),
        received=moment(hours + draw(waits)),
        generation=len(since),
        revision=revision,
    )


@some.composite
def surveys(draw: some.DrawFn) -> Event[Any]:
    """A survey, answered well or badly."""
    hours, number = draw(hours_in), draw(numbers)
    points = some.integers(0, 10)
    return survey(
        moment(hours),
        draw(points),
        number,
        kind=draw(some.sampled_from(["ssi", "csi"])),
        items=draw(some.dictionaries(some.sampled_from(["on_time", "friendly"]), points)),
        received=moment(hours + draw(waits)),
        revised=moment(hours + draw(waits)),
    )


@some.composite
def parted(draw: some.DrawFn) -> Event[Any]:
    """A car that is another's now, or that is theirs after all."""
    hours, number, vin, revision = draw(hours_in), draw(numbers), draw(cars), draw(REVISIONS)
    if draw(some.integers(0, 4)) == 0:
        return not_sold_on(number, vin=vin, on=moment(hours), revision=revision)
    because = draw(some.sampled_from(["sold_on", "traded_in"]))
    return sold_on(moment(hours), number, vin=vin, because=because, revision=revision)


@some.composite
def referrals(draw: some.DrawFn) -> Event[Any]:
    """Whom they referred has bought a car, or has not after all."""
    hours, number, revision = draw(hours_in), draw(numbers), draw(REVISIONS)
    if draw(some.integers(0, 4)) == 0:
        return not_referred(number, on=moment(hours), revision=revision)
    received = moment(hours + draw(waits))
    return referred(moment(hours), number, received=received, revision=revision)


@some.composite
def scores(draw: some.DrawFn) -> Event[Any]:
    """A score: each of another day, so that they count in any order."""
    sequence = draw(some.integers(1, 6)) * DAY_MS
    if draw(some.integers(0, 5)) == 0:
        return unscored(sequence)
    stands: dict[str, Any] = {
        "grade": draw(some.sampled_from(get_args(Grade))),
        "risk": draw(some.none() | some.sampled_from(get_args(Risk))),
        "risk_since": moment(draw(hours_in)),
    }
    changes = sorted(draw(some.lists(hours_in, max_size=4, unique=True)))
    grades = some.sampled_from(get_args(Grade))
    stands["before"] = [(draw(grades), moment(hours)) for hours in changes]
    if draw(some.booleans()):
        return scored(sequence, **stands)
    since = START.date() + timedelta(days=draw(some.integers(0, 700)))
    on = since + timedelta(days=draw(some.integers(1, 400)))
    return expected(_day(on), _day(since), sequence, vin=draw(some.none() | cars), **stands)


def _day(day: date) -> str:
    return day.isoformat()


def reports_of_others() -> some.SearchStrategy[Event[Any]]:
    """Any one of them. Of one document and version several may be drawn that say otherwise:
    `one_word_each` leaves one."""
    return cases() | surveys() | parted() | referrals() | scores()


def one_word_each(events: list[Event[Any]]) -> list[Event[Any]]:
    """Events of which one version of a document always says the same to one role: the first of
    each."""
    kept: dict[tuple[str, str, str], Event[Any]] = {}
    for event in events:
        version = str(getattr(event.data, "version", event.sequence))
        role = getattr(event.data, "role", "")
        kept.setdefault((event.data.document_id, version, role), event)
    return [*kept.values()]
