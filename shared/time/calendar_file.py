"""A dealer's calendar as a file, compiled into plain dates: week, holidays, closures, openings.

What counts on a date is the first of: `open` and `open_in`, `closed` and `closed_in`, make-up
working days, public holidays, the week. Public holidays come from the `holidays` package; where
a government moves working days about, from the committed file of its arrangements, for the
package leaves out the weekend days inside a break and is silent about years not yet published.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

import holidays
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from shared.time.calendar import (
    DAY_MINUTES,
    WEEKDAYS,
    BusinessCalendar,
    CalendarDay,
    Weekday,
    Window,
    Windows,
)
from shared.time.closures import WrongEvent, event_days
from shared.time.zones import known_zone
from shared.yaml_file import WrongFile, YamlFile, parse_yaml, read_yaml

STATUTORY = Path(__file__).parent / "statutory"
"""A file per country whose government moves working days about: `cn.yaml`."""
LONGEST_CLOSURE_DAYS = 3660
ONE_DAY = timedelta(days=1)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DayRange(_Part):
    """Days from one to another, both included; `why` is for those who read the file."""

    first: Annotated[CalendarDay, Field(alias="from")]
    last: Annotated[CalendarDay, Field(alias="to")]
    why: str | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "DayRange":
        if not timedelta(0) <= self.last - self.first <= LONGEST_CLOSURE_DAYS * ONE_DAY:
            raise ValueError("a range of days goes from an earlier to a later one")
        return self

    def days(self) -> Iterator[date]:
        for number in range((self.last - self.first).days + 1):
            yield self.first + number * ONE_DAY


def _one_day(value: Any) -> Any:
    return value if isinstance(value, Mapping) else {"from": value, "to": value}


def _weekdays(week: Mapping[str, Windows]) -> Mapping[str, Windows]:
    found: dict[str, Windows] = {}
    for key, windows in week.items():
        for weekday in _named(key):
            if weekday in found:
                raise ValueError(f"{weekday} is there twice")
            found[weekday] = windows
    return found


def _named(key: str) -> Iterator[Weekday]:
    for part in key.replace(" ", "").split(","):
        first, _, last = part.partition("-")
        names: list[str] = list(WEEKDAYS)
        if first not in names or (last or first) not in names:
            raise ValueError("days of the week are written like mon, mon-fri or tue,thu")
        start, end = names.index(first), names.index(last or first)
        if end < start:
            raise ValueError("days of the week go from an earlier to a later one")
        yield from WEEKDAYS[start : end + 1]


class PublicHolidays(_Part):
    """Whose public holidays the dealer keeps: codes of the `holidays` package, as in ISO 3166."""

    country: str
    subdivision: str | None = None


class CalendarFile(_Part):
    """What a calendar's file holds."""

    timezone: Annotated[str, AfterValidator(known_zone)]
    week: Annotated[Mapping[str, Windows], AfterValidator(_weekdays)]
    """Such as `mon-fri: ["08:30-12:00", "13:00-17:30"]`; a day that is missing is closed."""
    holidays: PublicHolidays | None = None
    make_up_days: Weekday | None = None
    """Whose windows count on a make-up working day; those of the first day that opens if left
    out."""
    closed: tuple[Annotated[DayRange, BeforeValidator(_one_day)], ...] = ()
    open: Mapping[CalendarDay, Windows] = {}
    closed_in: tuple[str, ...] = ()
    """iCalendar files beside this one: every day of an event is closed."""
    open_in: tuple[str, ...] = ()
    """The same: every day of an event is worked like a make-up day."""


class Arrangement(_Part):
    """What a government decided for one year."""

    off: tuple[DayRange, ...]
    work: tuple[CalendarDay, ...] = ()


class Arrangements(_Part):
    """What a government decided, by year."""

    years: Mapping[int, Arrangement]


@dataclass(frozen=True, slots=True)
class _Public:
    """Public holidays and make-up days, and the years of which they are known; None: of all."""

    off: frozenset[date] = frozenset()
    work: frozenset[date] = frozenset()
    covered: tuple[int, ...] | None = None


def compile_calendar(name: str, path: Path, years: range) -> BusinessCalendar:
    """The calendar in a file, with its dates worked out for these years.

    Raises WrongFile, with the line and the field of what cannot be used.
    """
    source = parse_yaml(path)
    file = source.as_model(CalendarFile)
    public = _public(file, source, years)
    closed = {day for span in file.closed for day in span.days()}
    closed |= _days_in(file.closed_in, "closed_in", source, years)
    worked = _days_in(file.open_in, "open_in", source, years)
    windows = _make_up_windows(file, source)
    special = dict.fromkeys(public.work - closed | worked, windows) | dict(file.open)
    try:
        return BusinessCalendar(
            name=name,
            timezone=file.timezone,
            week=file.week,
            closed=tuple(public.off | closed),
            special=special,
            covered_years=public.covered,
        )
    except ValidationError as error:
        raise WrongFile([source.line(("week",), _message(error))]) from None


def compile_working_days(country: str, years: range) -> BusinessCalendar:
    """The statutory working days of a country, each from midnight to midnight: the days of the
    week that are no weekend there, without its public holidays and with its make-up days.

    The zone is UTC: whoever counts says in whose. Raises ValueError for an unknown country.
    """
    if country not in holidays.list_supported_countries():
        raise ValueError("no country whose working days are known; write its code, such as CN")
    public = _public_of(country, None, years)
    weekend = holidays.country_holidays(country, years=list(years)).weekend
    all_day = (Window(0, DAY_MINUTES),)
    return BusinessCalendar(
        name=f"statutory working days of {country}",
        timezone="UTC",
        week={name: all_day for day, name in enumerate(WEEKDAYS) if day not in weekend},
        closed=tuple(public.off - public.work),
        special=dict.fromkeys(public.work, all_day),
        covered_years=tuple(years) if public.covered is None else public.covered,
    )


def _message(error: ValidationError) -> str:
    return error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")


def _make_up_windows(file: CalendarFile, source: YamlFile) -> Windows:
    if file.make_up_days is not None:
        if not file.week.get(file.make_up_days):
            message = f"{file.make_up_days} has no opening hours that a make-up day could have"
            raise WrongFile([source.line(("make_up_days",), message)])
        return file.week[file.make_up_days]
    return next((file.week[day] for day in WEEKDAYS if file.week.get(day)), ())


def _public(file: CalendarFile, source: YamlFile, years: range) -> _Public:
    if file.holidays is None:
        return _Public()
    country, subdivision = file.holidays.country, file.holidays.subdivision
    known = holidays.list_supported_countries()
    if country not in known:
        message = "no country whose holidays are known; write its ISO 3166 code, such as CN or DE"
        raise WrongFile([source.line(("holidays", "country"), message)])
    if subdivision is not None and subdivision not in known[country]:
        message = f"no part of {country} with holidays of its own"
        raise WrongFile([source.line(("holidays", "subdivision"), message)])
    return _public_of(country, subdivision, years)


def _public_of(country: str, subdivision: str | None, years: range) -> _Public:
    package = holidays.country_holidays(country, subdiv=subdivision, years=list(years))
    off, work = set(package), set(getattr(package, "weekend_workdays", ()))
    arranged = STATUTORY / f"{country.lower()}.yaml"
    if not arranged.exists():
        return _Public(frozenset(off), frozenset(day for day in work if day.year in years))
    return _arranged(read_yaml(arranged, Arrangements), off, work, years)


def _arranged(arrangements: Arrangements, off: set[date], work: set[date], years: range) -> _Public:
    """The arrangements of the years that have one, which alone are covered; of the others what
    the package knows, without the weekend days inside a break."""
    arranged = {year: found for year, found in arrangements.years.items() if year in years}
    off = {day for day in off if day.year not in arranged}
    work = {day for day in work if day.year in years and day.year not in arranged}
    for found in arranged.values():
        off |= {day for span in found.off for day in span.days()}
        work |= set(found.work)
    return _Public(frozenset(off), frozenset(work), tuple(sorted(arranged)))


def _days_in(names: tuple[str, ...], field: str, source: YamlFile, years: range) -> set[date]:
    """The days of all events of these iCalendar files, repeated ones in these years."""
    days: set[date] = set()
    for position, name in enumerate(names):
        path = source.path.parent / name
        try:
            days |= event_days(path, years)
        except OSError as error:
            message = f"{name} cannot be read: {error.strerror}"
            raise WrongFile([source.line((field, position), message)]) from None
        except WrongEvent as wrong:
            raise WrongFile([f"{path}: {wrong}"]) from None
    return days
