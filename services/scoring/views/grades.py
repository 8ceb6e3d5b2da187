"""A dealer's customers by grade and risk, now and month by month. Pure."""

from collections.abc import Mapping, Sequence
from typing import get_args

from services.scoring.domain.counters import EVERYBODY, NEW, Counter, Measured, movement, standing
from services.scoring.domain.months import month_text
from services.scoring.views.totals import TotalsOfMonth
from shared.contracts.http.scoring_months import GradesOfMonth, Movement
from shared.contracts.scoring import Grade, Risk

GRADES: tuple[Grade, ...] = ("quality", "potential", "general")
"""In the order in which they are shown."""
RISKS: tuple[Risk, ...] = get_args(Risk)


def grades_of(month: TotalsOfMonth) -> GradesOfMonth:
    """How many customers of each grade there are at its end, and who moved in it."""
    by_grade = {
        grade: month.counted.get(Counter(EVERYBODY, Measured("customers", grade)), 0)
        for grade in GRADES
    }
    return GradesOfMonth(
        month=month_text(month.month),
        customers=sum(by_grade.values()),
        new=month.happened.get(NEW, 0),
        by_grade=by_grade,
        by_risk={risk: month.levels.get(standing(risk), 0) for risk in RISKS},
        grade_moves=_moves(month.happened, GRADES),
        risk_moves=_moves(month.happened, RISKS),
    )


def _moves(happened: Mapping[str, int], names: Sequence[str]) -> tuple[Movement, ...]:
    pairs = ((before, after) for before in names for after in names if before != after)
    found = ((pair, happened.get(movement(*pair), 0)) for pair in pairs)
    return tuple(
        Movement(before=before, after=after, customers=count)
        for (before, after), count in found
        if count
    )
