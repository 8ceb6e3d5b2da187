"""Which list of a dealer's customers is asked for, and what a page of it shows. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

from services.scoring.domain import ranks
from shared.contracts.http.scoring_lists import CustomerLine, Customers, ListSort
from shared.contracts.scoring import Grade, Risk
from shared.decider.asked_lines import FoundLines, RankRange, behind
from shared.decider.summary import Listed


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedList:
    """Some of a dealer's customers in some order."""

    dealer_id: str
    sort: ListSort
    descending: bool
    grade: Grade | None = None
    risk: Risk | None = None
    month: int | None = None
    """Of points won and lost."""

    @property
    def name(self) -> str:
        """The list that is kept in that order."""
        match self.sort:
            case "risk":
                return ranks.BY_RISK_SINCE
            case "next_visit":
                return ranks.BY_NEXT_VISIT
            case "points" if self.month is not None:
                return ranks.by_month(self.month)
        if self.risk is not None:
            return ranks.BY_RISK
        return ranks.BY_SCORE if self.grade is None else ranks.BY_GRADE

    @property
    def part(self) -> RankRange:
        """Which ranks of it are asked for."""
        if self.name in (ranks.BY_RISK, ranks.BY_RISK_SINCE) and self.risk is not None:
            return ranks.part_of_risk(self.risk)
        if self.name == ranks.BY_GRADE and self.grade is not None:
            return ranks.part_of_grade(self.grade)
        if self.month is not None:
            return ranks.part_of_month(self.month)
        return RankRange()

    @property
    def is_sifted(self) -> bool:
        """Whether some lines of that part are not asked for."""
        by_grade = self.grade is not None and self.name != ranks.BY_GRADE
        by_risk = self.risk is not None and self.name not in (ranks.BY_RISK, ranks.BY_RISK_SINCE)
        return by_grade or by_risk

    def asks_for(self, line: Mapping[str, JsonValue]) -> bool:
        """Whether a line of that part is asked for."""
        return (self.grade is None or line["grade"] == self.grade) and (
            self.risk is None or line["risk"] == self.risk
        )

    @property
    def text(self) -> str:
        """Says all that is asked for."""
        asked = (self.sort, "desc" if self.descending else "asc", self.grade, self.risk, self.month)
        return " ".join((self.dealer_id, *(str(part or "") for part in asked)))


def customers_of(
    found: FoundLines, asked: AskedList, now: datetime, until: datetime | None
) -> Customers:
    """What is answered of the lines that were found."""
    return Customers(
        customers=tuple(_shown(line, asked) for line in found.lines),
        after=found.following,
        as_of=until,
        behind_seconds=behind(now, until),
    )


def _shown(line: Listed, asked: AskedList) -> CustomerLine:
    shown = CustomerLine.model_validate({"customer_key": line.id, **line.line})
    if asked.month is None:
        return shown
    return shown.model_copy(update={"points_moved": ranks.points_moved(line.rank)})
