"""Tables that leave the desk, for a spreadsheet: what is in them, column by column."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, TypeAlias, get_args

from services.desk.domain.people import CustomerCard
from services.desk.views import case_words
from services.desk.views.manager import PersonRow, name_of_staff
from services.desk.views.manager_words import Say
from services.desk.views.speech import N_
from services.desk.views.terms import CHANNELS, GRADES, OWNERS, RISKS, TASK_STATUSES, term
from shared.contracts.http.complaints import CaseLine
from shared.contracts.http.followup_lists import TaskLine
from shared.contracts.http.followup_satisfaction import (
    Satisfaction,
    SatisfactionFigure,
    SatisfactionOfPeriod,
)
from shared.contracts.http.scoring_lists import CustomerLine
from shared.contracts.identifiers import number_in, source_of

ExportName: TypeAlias = Literal[
    "tasks",
    "people",
    "cases",
    "clocks",
    "customers",
    "moves",
    "satisfaction",
    "answers",
    "leads",
]
EXPORTS: Mapping[ExportName, str] = {
    "tasks": N_("Tasks to do"),
    "people": N_("Who has how much to do"),
    "cases": N_("Complaints, closed ones too"),
    "clocks": N_("Promises kept, week by week"),
    "customers": N_("Customers with grade and risk"),
    "moves": N_("Moves between grades and risks, the last twelve months"),
    "satisfaction": N_("Satisfaction by month"),
    "answers": N_("Answers of the last twelve months"),
    "leads": N_("Leads of the last twelve months"),
}
assert EXPORTS.keys() == set(get_args(ExportName))

CellOfSheet: TypeAlias = str | int | float | datetime | date | None
Row: TypeAlias = tuple[CellOfSheet, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetOfRows:
    """One table. Instants in it are timezone-aware."""

    title: str
    headings: tuple[str, ...]
    rows: Sequence[Row] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetReader:
    """For whom a table is made."""

    say: Say
    language: Literal["en", "zh"]
    people: Mapping[str, CustomerCard] | None = field(default=None, repr=False)
    """Customers by key; None: who reads it may not see who they are."""
    staff: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Staff id -> name."""

    def who(self, key: str) -> Row:
        """The columns of a customer."""
        found = (source_of(key), number_in(key))
        if self.people is None:
            return found
        known = self.people.get(key)
        return (*found, known.name if known else None)

    @property
    def headings_of_who(self) -> tuple[str, ...]:
        found = (self.say("Source"), self.say("Customer number"))
        return found if self.people is None else (*found, self.say("Name"))

    def title(self, thing: TaskLine) -> str:
        return thing.title_zh if self.language == "zh" else thing.title_en


def tasks_sheet(lines: Iterable[TaskLine], to: SheetReader) -> SheetOfRows:
    """One row for each task to do."""
    say = to.say
    return SheetOfRows(
        title=say(EXPORTS["tasks"]),
        headings=(
            *to.headings_of_who,
            say("Task"),
            say("Status"),
            say("Opened"),
            say("Due"),
            say("Next try"),
            say("Tries"),
            say("Priority"),
            say("Role"),
            say("Person"),
            say("Channel"),
            say("Grade"),
            say("VIN"),
        ),
        rows=[
            (
                *to.who(each.customer_key),
                to.title(each),
                say(term(each.status, TASK_STATUSES)),
                each.opens_at,
                each.due_at,
                each.next_attempt_at,
                each.attempts,
                each.priority,
                say(term(each.owner_role, OWNERS)),
                name_of_staff(each.person, to.staff),
                say(term(each.channel, CHANNELS)),
                say(term(each.grade, GRADES)),
                each.vin,
            )
            for each in lines
        ],
    )


def cases_sheet(lines: Iterable[CaseLine], to: SheetReader) -> SheetOfRows:
    """One row for each case."""
    say = to.say
    return SheetOfRows(
        title=say(EXPORTS["cases"]),
        headings=(
            say("Case"),
            *to.headings_of_who,
            say("Status"),
            say("Severity"),
            say("Owner"),
            say("Received"),
            say("Deadline"),
            say("Channel"),
            say("Category"),
            say("Department"),
            say("Regulator's number"),
            say("Times opened"),
            say("Clocks broken"),
        ),
        rows=[
            (
                each.case_no,
                *to.who(each.customer_key),
                say(term(each.status, case_words.STATUS)),
                say(term(each.severity, case_words.SEVERITIES)),
                name_of_staff(each.assigned_to, to.staff),
                each.received_at,
                each.deadline,
                say(term(each.channel, case_words.CAME_BY)),
                say(term(each.category, case_words.CATEGORIES)),
                say(term(each.department, case_words.DEPARTMENTS)),
                each.regulator_ref,
                each.generation,
                sum(clock.state == "broken" for clock in (*each.running, *each.stopped)),
            )
            for each in lines
        ],
    )


def customers_sheet(lines: Iterable[CustomerLine], to: SheetReader) -> SheetOfRows:
    """One row for each customer."""
    say = to.say
    return SheetOfRows(
        title=say(EXPORTS["customers"]),
        headings=(
            *to.headings_of_who,
            say("Grade"),
            say("Points"),
            say("Value"),
            say("Loyalty"),
            say("Risk"),
            say("At this risk since"),
            say("Next visit"),
            say("Car"),
        ),
        rows=[
            (
                *to.who(each.customer_key),
                say(term(each.grade, GRADES)),
                each.score,
                each.value,
                each.loyalty,
                say(term(each.risk, RISKS)),
                each.risk_since,
                each.next_visit,
                each.car,
            )
            for each in lines
        ],
    )


def people_sheet(rows: Iterable[PersonRow], to: SheetReader) -> SheetOfRows:
    """One row for each of the staff, and one for what is nobody's."""
    say = to.say
    return SheetOfRows(
        title=say(EXPORTS["people"]),
        headings=(
            say("Staff id"),
            say("Person"),
            say("To do"),
            say("Overdue"),
            say("Due today"),
            say("Done today"),
        ),
        rows=[
            (
                each.staff_id,
                each.name if each.staff_id else say("nobody in particular"),
                each.open,
                each.overdue,
                each.due_today,
                each.done,
            )
            for each in rows
        ],
    )


def satisfaction_sheet(found: Satisfaction, to: SheetReader) -> SheetOfRows:
    """One row for each figure of each month, and of all months."""
    say = to.say
    return SheetOfRows(
        title=say(EXPORTS["satisfaction"]),
        headings=(
            say("Month"),
            say("Survey"),
            say("Figure"),
            say("Result"),
            say("Unit"),
            say("Rests on"),
            say("Target"),
            say("Difference"),
        ),
        rows=[row for period in (*found.months, found.total) for row in _figures(period, to)],
    )


def _figures(period: SatisfactionOfPeriod, to: SheetReader) -> Iterable[Row]:
    month = to.say("All months") if period.period == "total" else period.period
    for survey in period.surveys:
        for each in (survey.overall, survey.responses, *survey.items):
            yield _figure(month, survey.survey.upper(), each, to)
    for hard in period.hard:
        yield _figure(month, "", hard, to)


def _figure(month: str, survey: str, figure: SatisfactionFigure, to: SheetReader) -> Row:
    title = figure.title.zh if to.language == "zh" else figure.title.en
    result = None if figure.value is None else round(figure.value, 2)
    return (
        month,
        survey,
        title,
        result,
        to.say(_UNITS[figure.unit]),
        figure.measured,
        figure.target,
        figure.difference,
    )


_UNITS: Mapping[str, str] = {
    "points": N_("points of ten"),
    "percent": N_("percent"),
    "hours": N_("hours"),
    "days": N_("days"),
}


def cut_off(sheet: SheetOfRows, most: int, say: Say) -> SheetOfRows:
    """With its first rows alone, and a last one that says so, where there are more."""
    if len(sheet.rows) <= most:
        return sheet
    told = say("There are more: only the first %(most)s are here.") % {"most": most}
    return SheetOfRows(
        title=sheet.title, headings=sheet.headings, rows=[*sheet.rows[:most], (told,)]
    )
