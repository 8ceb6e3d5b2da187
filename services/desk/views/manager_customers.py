"""A dealer's customers by month, for the manager: grades and their movement, risk, leads."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from services.desk.views.charts import Chart, Series
from services.desk.views.manager_words import Say, month_label
from services.desk.views.terms import GRADES, RISKS
from shared.contracts.http.followup_leads import LeadMonths
from shared.contracts.http.scoring_months import Grades, MonthOfCustomers, Movement

Tongue = Literal["en", "zh"]
_LOOKS = ("one", "two", "three", "bad")


@dataclass(frozen=True, slots=True)
class MovesBetween:
    """How many moved from one grade, or risk, to another, in all months together."""

    before: str
    after: str
    customers: int
    is_up: bool


@dataclass(frozen=True, slots=True)
class CustomersShown:
    """The customers, now and by month."""

    now: MonthOfCustomers
    months: tuple[MonthOfCustomers, ...]
    grades: Chart
    risks: Chart
    grade_moves: tuple[MovesBetween, ...]
    risk_moves: tuple[MovesBetween, ...]


@dataclass(frozen=True, slots=True)
class LeadRow:
    """What became of the leads of a month."""

    month: str
    leads: int
    contacted: int
    bought: int
    lost: int
    falsely_lost: int

    @property
    def bought_percent(self) -> int | None:
        return round(100 * self.bought / self.leads) if self.leads else None


def customers_shown(found: Grades, language: Tongue, say: Say) -> CustomersShown:
    """The present month so far is the last one."""
    months = (*(each for each in found.months if each.month != found.now.month), found.now)
    labels = [month_label(each.month, language) for each in months]
    grades, risks = tuple(GRADES), tuple(RISKS)
    return CustomersShown(
        now=found.now,
        months=months,
        grades=Chart(
            id="grades",
            title=say("Customers by grade"),
            described=say("How many customers had each grade at the end of each month."),
            labels=labels,
            series=[
                Series(
                    name=say(GRADES[grade]),
                    look=look,
                    values=[each.figures.by_grade.get(grade, 0) for each in months],  # type: ignore[call-overload] # as the service names them
                )
                for grade, look in zip(grades, _LOOKS, strict=False)
            ],
        ),
        risks=Chart(
            id="risks",
            title=say("Customers with a car by risk"),
            described=say("How near customers were to being lost at the end of each month."),
            labels=labels,
            series=[
                Series(
                    name=say(RISKS[risk]),
                    look=look,
                    values=[each.figures.by_risk.get(risk, 0) for each in months],  # type: ignore[call-overload] # as the service names them
                )
                for risk, look in zip(risks, _LOOKS, strict=True)
            ],
        ),
        grade_moves=_moves([each.figures.grade_moves for each in months], grades),
        risk_moves=_moves([each.figures.risk_moves for each in months], risks),
    )


def _moves(
    of_months: Sequence[Sequence[Movement]], best_first: Sequence[str]
) -> tuple[MovesBetween, ...]:
    found: Counter[tuple[str, str]] = Counter()
    for moves in of_months:
        for move in moves:
            found[move.before, move.after] += move.customers
    rank = {name: at for at, name in enumerate(best_first)}
    return tuple(
        MovesBetween(before, after, customers, rank.get(after, 0) < rank.get(before, 0))
        for (before, after), customers in sorted(
            found.items(), key=lambda each: (rank.get(each[0][0], 9), rank.get(each[0][1], 9))
        )
    )


def lead_rows(found: LeadMonths) -> tuple[LeadRow, ...]:
    """Months in which leads came, the last one first."""
    return tuple(
        LeadRow(
            month.month,
            month.total.leads,
            month.total.contacted,
            month.total.bought,
            month.total.lost,
            month.total.falsely_lost,
        )
        for month in reversed(found.months)
        if month.total.leads
    )
