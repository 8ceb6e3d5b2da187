"""Which list of a dealer's customers is asked for, and what a page of it shows. Pure."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

from services.scoring.domain import ranks
from services.scoring.domain.ranks import RankRange
from shared.contracts.http.scoring_lists import CustomerLine, Customers, ListSort
from shared.contracts.scoring import Grade, Risk
from shared.decider.summary import Listed, Place

MOST_OF_A_CURSOR = 8000


class WrongCursor(ValueError):
    """It is not the `after` of a page of this list."""


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

    def cursor(self, place: str) -> str:
        """Asks for what comes behind a place of this list, and of no other."""
        return urlsafe_b64encode(f"{self._text} {place}".encode()).decode().rstrip("=")

    def place(self, cursor: str) -> str:
        """The inverse of `cursor`. Raises `WrongCursor`."""
        if not cursor:
            return ""
        try:
            padded = cursor[:MOST_OF_A_CURSOR] + "=" * (-len(cursor) % 4)
            text = urlsafe_b64decode(padded.encode("ascii")).decode()
            place = Place.read(text.removeprefix(f"{self._text} "))
        except ValueError as error:
            raise WrongCursor from error
        if self.cursor(str(place)) != cursor or not place.id.startswith(f"{self.dealer_id}/"):
            raise WrongCursor
        return str(place)

    @property
    def _text(self) -> str:
        asked = (self.sort, "desc" if self.descending else "asc", self.grade, self.risk, self.month)
        return " ".join((self.dealer_id, *(str(part or "") for part in asked)))


@dataclass(slots=True)
class FoundLines:
    """The lines of a list that are asked for, as pages of it are read."""

    asked: AskedList
    limit: int
    lines: list[Listed]
    after: str
    """The place behind which the next page begins."""
    is_complete: bool = False
    """Nothing that is asked for comes behind it."""

    def add(self, lines: Sequence[Listed], following: str | None) -> None:
        """Take in a page; `following` is the place behind which the next one begins, if any."""
        for number, line in enumerate(lines):
            if not self.asked.asks_for(line.line):
                continue
            self.lines.append(line)
            if len(self.lines) == self.limit:
                self.after = str(Place.of(line.rank, line.id))
                self.is_complete = following is None and number == len(lines) - 1
                return
        self.after, self.is_complete = following or "", following is None

    @property
    def is_enough(self) -> bool:
        """Whether no page needs to be read any more."""
        return self.is_complete or len(self.lines) == self.limit

    def page(self, now: datetime, until: datetime | None) -> Customers:
        """What is answered."""
        return Customers(
            customers=tuple(self._shown()),
            after=None if self.is_complete else self.asked.cursor(self.after),
            as_of=until,
            behind_seconds=behind(now, until),
        )

    def _shown(self) -> Iterator[CustomerLine]:
        for line in self.lines:
            shown = CustomerLine.model_validate({"customer_key": line.id, **line.line})
            if self.asked.month is not None:
                moved = ranks.points_moved(line.rank)
                shown = shown.model_copy(update={"points_moved": moved})
            yield shown


def behind(now: datetime, until: datetime | None) -> int | None:
    """How many seconds ago that was; None where it is not known."""
    return None if until is None else max(0, round((now - until).total_seconds()))
