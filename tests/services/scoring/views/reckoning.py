"""The figures of a month, reckoned anew from each customer's facts: slow, and plain."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from services.scoring.domain.course import course
from services.scoring.domain.documents import NOT_SCORED, Profile, Visit
from services.scoring.domain.facts import ScoringFacts
from services.scoring.domain.policy import ScoringPolicy
from shared.contracts.http.scoring_months import AnalysisBy
from shared.contracts.scoring import Grade


class Reckoned(NamedTuple):
    """What a group of customers comes to in a month."""

    customers: int = 0
    active: int = 0
    due: int = 0
    at_risk: int = 0
    lost: int = 0
    visits: int = 0
    paid: int = 0
    value: int = 0


def reckoned(
    customers: Mapping[str, ScoringFacts],
    policy: ScoringPolicy,
    by: AnalysisBy,
    *,
    year: int,
    month: int,
    zone: ZoneInfo,
    now: datetime,
) -> Mapping[str, Reckoned]:
    """Group -> its figures, where they are not all nothing; and `total`."""
    begins = date(year, month, 1)
    ends = (begins + timedelta(days=32)).replace(day=1)
    end = min(datetime(ends.year, ends.month, 1, tzinfo=zone) - timedelta(milliseconds=1), now)
    sums: dict[str, Counter[str]] = {}
    for key, facts in customers.items():
        if not facts.scored:
            continue
        documents = facts.documents
        known = min(each.at for each in documents.values() if not isinstance(each, NOT_SCORED))
        way = course(documents, policy, end)
        stands, risk = way.tally, way.risk.stands
        group = _group(key, facts, by, year)
        if known.astimezone(zone).date() < ends:
            _add(sums, group or stands.grade, customers=1, value=stands.value)
            if risk is not None:
                _add(sums, group or stands.grade, **{risk.risk: 1})
        days = set()
        for visit in sorted(
            (each for each in documents.values() if isinstance(each, Visit)), key=lambda v: v.at
        ):
            day = visit.day or visit.at.astimezone(zone).date()
            if not begins <= day < ends:
                continue
            grade: Grade = course(documents, policy, min(visit.at.astimezone(UTC), now)).tally.grade
            if visit.day is not None and visit.day not in days:
                _add(sums, group or grade, visits=1)
                days.add(visit.day)
            _add(sums, group or grade, paid=visit.paid)
    found = {name: Reckoned(**counted) for name, counted in sums.items()}
    return {name: figures for name, figures in found.items() if any(figures)}


def _add(sums: dict[str, Counter[str]], group: str, **amounts: int) -> None:
    for name in (group, "total"):
        sums.setdefault(name, Counter()).update(amounts)


def _group(key: str, facts: ScoringFacts, by: AnalysisBy, year: int) -> str:
    """Empty: by grade."""
    told = next((each for each in facts.documents.values() if isinstance(each, Profile)), None)
    match by:
        case "grade":
            return ""
        case "source":
            return key.split("/")[2]
        case "age":
            return _band(year - told.birth_year) if told and told.birth_year else "unknown"
        case "occupation":
            return (told.occupation if told else "") or "unknown"
        case "area":
            return (told.area if told else "") or "unknown"
        case "car":
            return "unknown"


def _band(age: int) -> str:
    if age < 30:
        return "under 30"
    return "60 and over" if age >= 60 else f"{age // 10 * 10}-{age // 10 * 10 + 9}"
