"""What some customers come to in a month. Pure."""

from collections import Counter as Sums
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import get_args

from services.scoring.domain.counters import Counter, move
from shared.contracts.http.scoring_months import FiguresOfMonth, Movement
from shared.contracts.scoring import Grade, Risk

GRADES: Sequence[Grade] = ("quality", "potential", "general")
"""In the order in which they are shown."""
RISKS: Sequence[Risk] = get_args(Risk)


@dataclass(slots=True)
class Figures:
    """The sum of counters of one month."""

    by_grade: Sums[Grade] = field(default_factory=Sums)
    by_risk: Sums[str] = field(default_factory=Sums)
    new: int = 0
    visits: int = 0
    paid: Sums[str] = field(default_factory=Sums)
    value: int = 0
    grade_moves: Sums[tuple[Grade, str]] = field(default_factory=Sums)
    risk_moves: Sums[str] = field(default_factory=Sums)

    def add(self, counter: Counter, amount: int) -> None:
        """One more counter."""
        match counter.measure:
            case "customers":
                self.by_grade[counter.grade] += amount
                self.by_risk[counter.detail] += amount
            case "new":
                self.new += amount
            case "visits":
                self.visits += amount
            case "paid":
                self.paid[counter.detail] += amount
            case "value":
                self.value += amount
            case "grade_moves":
                self.grade_moves[counter.grade, counter.detail] += amount
            case "risk_moves":
                self.risk_moves[counter.detail] += amount

    def shown(self) -> FiguresOfMonth:
        """As they are answered."""
        return FiguresOfMonth(
            customers=sum(self.by_grade.values()),
            new=self.new,
            by_grade={grade: self.by_grade[grade] for grade in GRADES},
            by_risk={risk: self.by_risk[risk] for risk in RISKS},
            visits=self.visits,
            paid=dict(sorted((code, paid) for code, paid in self.paid.items() if paid)),
            value=self.value,
            grade_moves=tuple(
                Movement(before=before, after=after, customers=count)
                for before in GRADES
                for after in GRADES
                if (count := self.grade_moves[before, after])
            ),
            risk_moves=tuple(
                Movement(before=before, after=after, customers=count)
                for before in RISKS
                for after in RISKS
                if (count := self.risk_moves[move(before, after)])
            ),
        )
