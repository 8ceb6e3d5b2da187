"""A dealer's customers by key, as they stand now. Pure."""

from collections.abc import Sequence
from datetime import datetime

from services.scoring.domain.facts import ScoringFacts
from services.scoring.domain.summary import newest_car, others_here
from services.scoring.views.customer import score_of
from shared.contracts.http.scoring_lists import CustomerLine, Customers
from shared.contracts.scoring import ScoreChanged
from shared.decider.snapshot import Snapshot


def customers_page(
    page: Sequence[Snapshot[ScoringFacts]], *, limit: int, now: datetime
) -> Customers:
    """Those of the page who have a score; a page of fewer than `limit` is the last."""
    return Customers(
        customers=tuple(
            _line(snapshot, score) for snapshot in page if (score := score_of(snapshot)) is not None
        ),
        after=page[-1].id if len(page) == limit else None,
        as_of=now,
        behind_seconds=0,
    )


def _line(snapshot: Snapshot[ScoringFacts], score: ScoreChanged) -> CustomerLine:
    risk, visit = score.risk, score.next_visit
    return CustomerLine(
        customer_key=snapshot.id,
        person=others_here(snapshot.facts),
        grade=score.grade,
        score=score.score,
        value=score.value,
        loyalty=score.loyalty,
        risk=None if risk is None else risk.risk,
        risk_since=None if risk is None else risk.since,
        next_visit=None if visit is None else visit.expected_on,
        car=newest_car(snapshot.facts.as_a_person().documents),
    )
