"""Points for the last visit."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from services.scoring.domain.awards import Awards
from services.scoring.domain.history import ClosedVisit, CustomerHistory
from services.scoring.domain.measures import ScoringMeasures
from services.scoring.domain.rule import HALF_A_YEAR_TO_ONE, Rule
from services.scoring.domain.wording import things
from shared.contracts.scoring import Form

SHIPPED = Rule(axis="loyalty", points=20, fades=HALF_A_YEAR_TO_ONE)
FORM: Form | None = None
FROM = ("visits",)
counted = things("last visit", "last visits", "最近{}次到店")


def give(history: CustomerHistory, measures: ScoringMeasures, awards: Awards) -> None:
    """Each visit counts until the next one; one of a car that was sold on, until then."""
    visits = history.visits
    if history.ends and any(visit.end is not None for visit in visits):
        for visit, since, until in _last_ones(visits):
            awards.give(visit.at, visit.document_id, since=since, until=until)
        return
    for position, visit in enumerate(visits):
        until = visits[position + 1].at if position + 1 < len(visits) else None
        awards.give(visit.at, visit.document_id, until=until)


def _last_ones(
    visits: Sequence[ClosedVisit],
) -> Iterator[tuple[ClosedVisit, datetime, datetime | None]]:
    """From when until when each is the last of those whose cars were not sold on."""
    ends = [visit.sold_on_at for visit in visits]
    instants = sorted({visit.at for visit in visits} | {end for end in ends if end is not None})
    found: ClosedVisit | None = None
    since = instants[0]
    for instant in instants:
        last = next(
            (
                visit
                for visit in reversed(visits)
                if visit.at <= instant and (visit.sold_on_at is None or instant < visit.sold_on_at)
            ),
            None,
        )
        if last is not found:
            if found is not None:
                yield found, since, instant
            found, since = last, instant
    if found is not None:
        yield found, since, None


def in_words(rule: Rule, measures: ScoringMeasures) -> str:
    """What the points are given for."""
    return f"{rule.points} for the last visit"
