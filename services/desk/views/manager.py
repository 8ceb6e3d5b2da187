"""Manager 经理: which promises are broken or nearly are, who has how much to do, what was kept."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.desk.domain.people import CustomerCard, name_of
from services.desk.views.charts import Chart, Series
from services.desk.views.complaints import is_broken, is_warned, pressing_clock
from services.desk.views.manager_words import CLOCKS, Say, week_label
from services.desk.views.places import place_of_case
from services.desk.views.terms import term
from shared.contracts.http.complaints import CaseLine, RunningClock
from shared.contracts.http.complaints_statistics import (
    ClockStatistics,
    PeriodStatistics,
    Statistics,
)
from shared.contracts.http.followup_lists import CountedGroup, TaskCounts

NOBODY = "nobody"
"""What addresses call what is nobody's in particular."""


@dataclass(frozen=True, slots=True)
class CaseNow:
    """A case of which a promise is broken, or nearly is."""

    line: CaseLine
    clock: RunningClock | None
    place: str
    """Behind `/d/`."""
    customer: str
    owner: str
    is_broken: bool

    @property
    def due_at(self) -> datetime | None:
        """When what presses most is, or was, due."""
        return self.clock.due_at if self.clock else self.line.deadline


@dataclass(frozen=True, slots=True)
class CasesNow:
    """How the open cases stand."""

    broken: tuple[CaseNow, ...]
    warned: tuple[CaseNow, ...]
    """Not broken, and near enough that somebody was warned. Each by deadline."""
    held: int
    open: int


@dataclass(frozen=True, slots=True)
class PersonRow:
    """What one of the staff has to do."""

    staff_id: str | None
    """None: what is nobody's in particular."""
    name: str
    open: int
    overdue: int
    due_today: int
    done: int | None
    """With how many customers they are done today; None: it is not known."""

    @property
    def asked(self) -> str:
        """As addresses name them."""
        return self.staff_id or NOBODY


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a clock in a week, or in all."""

    kept: int
    of: int
    median_hours: float | None

    @property
    def broken(self) -> int:
        return self.of - self.kept

    @property
    def percent(self) -> int | None:
        return round(100 * self.kept / self.of) if self.of else None


@dataclass(frozen=True, slots=True)
class WeekRow:
    """A week, clock by clock."""

    period: str
    first: date
    last: date
    """Its days, both included."""
    clocks: tuple[Kept | None, ...]
    """None: the clock ran in none of its cases."""


@dataclass(frozen=True, slots=True)
class KeptClocks:
    """What was kept of each clock, week by week."""

    names: tuple[str, ...]
    titles: tuple[str, ...]
    charts: tuple[Chart, ...]
    """One for each of them."""
    weeks: tuple[WeekRow, ...]
    total: WeekRow


def cases_now(
    cases: Sequence[CaseLine],
    people: Mapping[str, CustomerCard],
    staff: Mapping[str, str],
) -> CasesNow:
    """`staff`: staff id -> name."""
    found = [_case_now(line, people, staff) for line in cases]
    found.sort(key=lambda each: (each.line.deadline is None, each.line.deadline, each.line.id))
    return CasesNow(
        broken=tuple(each for each in found if each.is_broken),
        warned=tuple(each for each in found if is_warned(each.line)),
        held=sum(any(clock.state == "paused" for clock in line.running) for line in cases),
        open=len(cases),
    )


def _case_now(
    line: CaseLine, people: Mapping[str, CustomerCard], staff: Mapping[str, str]
) -> CaseNow:
    return CaseNow(
        line=line,
        clock=pressing_clock(line),
        place=place_of_case(line.id)[0],
        customer=name_of(line.customer_key, people.get(line.customer_key)),
        owner=name_of_staff(line.assigned_to, staff),
        is_broken=is_broken(line),
    )


def name_of_staff(staff_id: str | None, staff: Mapping[str, str]) -> str:
    """The name of who has this staff id; the id where it is not known, nothing of nobody."""
    return "" if staff_id is None else staff.get(staff_id, staff_id)


def people_rows(counts: TaskCounts, staff: Mapping[str, str]) -> tuple[PersonRow, ...]:
    """Who has most overdue comes first; what is nobody's comes last. `staff`: who works here, by
    staff id."""
    counted = {group.of: group for group in counts.by_person}
    done = counts.done_today
    ids = {*staff, *(done or ()), *(each for each in counted if each is not None)}
    rows = [_person_row(staff_id, counted.get(staff_id), staff, done) for staff_id in ids]
    rows.sort(key=lambda row: (-row.overdue, -row.open, row.name, row.staff_id))
    nobodys = _person_row(None, counted.get(None), staff, done)
    return (*rows, nobodys) if nobodys.open else tuple(rows)


def open_of(counts: TaskCounts, person: str, *, overdue: bool, today: bool) -> int | None:
    """How many tasks a person, or `NOBODY`, has to do; of these the overdue, or those due today.
    None: it is not counted."""
    staff_id = None if person == NOBODY else person
    theirs = next((group for group in counts.by_person if group.of == staff_id), None)
    if theirs is None or (overdue and today):
        return None
    return theirs.overdue if overdue else theirs.due_today if today else theirs.open


def done_in_all(counts: TaskCounts | None) -> int | None:
    """What all of the staff have done today, as their rows have it; None: it is not known."""
    if counts is None or counts.done_today is None:
        return None
    return sum(counts.done_today.values())


def _person_row(
    staff_id: str | None,
    counted: CountedGroup | None,
    staff: Mapping[str, str],
    done: Mapping[str, int] | None,
) -> PersonRow:
    return PersonRow(
        staff_id=staff_id,
        name=name_of_staff(staff_id, staff),
        open=counted.open if counted else 0,
        overdue=counted.overdue if counted else 0,
        due_today=counted.due_today if counted else 0,
        done=None if staff_id is None or done is None else done.get(staff_id, 0),
    )


def kept_clocks(statistics: Statistics, say: Say) -> KeptClocks:
    """Kept and broken of each clock by the week in which the case was received; of those that
    were decided at least once."""
    clocks = statistics.total.clocks
    names = _in_order([name for name in clocks if _kept(clocks[name]) is not None])
    titles = tuple(say(term(name, CLOCKS)) for name in names)
    weeks = tuple(_week_row(period, names) for period in statistics.periods)
    charts = tuple(_clock_chart(title, at, weeks, say) for at, title in enumerate(titles))
    return KeptClocks(tuple(names), titles, charts, weeks, _week_row(statistics.total, names))


def _week_row(period: PeriodStatistics, names: Sequence[str]) -> WeekRow:
    clocks = tuple(_kept(period.clocks.get(name)) for name in names)
    return WeekRow(period.period, period.first, period.last, clocks)


def _in_order(names: Collection[str]) -> list[str]:
    shipped = [name for name in CLOCKS if name in names]
    return [*shipped, *sorted(name for name in names if name not in CLOCKS)]


def _kept(clock: ClockStatistics | None) -> Kept | None:
    if clock is None or clock.kept + clock.broken == 0:
        return None
    hours = None if clock.median_seconds is None else clock.median_seconds / 3600
    return Kept(clock.kept, clock.kept + clock.broken, hours)


def _clock_chart(title: str, at: int, weeks: Sequence[WeekRow], say: Say) -> Chart:
    found = [week.clocks[at] for week in weeks]
    return Chart(
        id=f"clock-{at}",
        title=title,
        described=say("Cases in which it was kept and in which it was broken, week by week."),
        labels=[week_label(week.period, say) for week in weeks],
        series=[
            Series(
                name=say("kept"),
                look="good",
                values=[each.kept if each else None for each in found],
            ),
            Series(
                name=say("broken"),
                look="bad",
                values=[each.of - each.kept if each else None for each in found],
            ),
        ],
    )
