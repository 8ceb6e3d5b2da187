"""A dealer's customers by key, as they stand now. Pure."""

from collections.abc import Sequence
from datetime import datetime

from services.scoring.domain.facts import ScoringFacts
from services.scoring.domain.summary import line
from services.scoring.views.customer import score_of
from shared.contracts.http.scoring_lists import CustomerLine, Customers
from shared.decider.snapshot import Snapshot


def customers_page(
    page: Sequence[Snapshot[ScoringFacts]], *, limit: int, now: datetime
) -> Customers:
    """Those of the page who have a score; a page of fewer than `limit` is the last."""
    scores = ((snapshot, score_of(snapshot)) for snapshot in page)
    return Customers(
        customers=tuple(
            CustomerLine.model_validate(
                {"customer_key": snapshot.id, **line(score, snapshot.facts.documents)}
            )
            for snapshot, score in scores
            if score is not None
        ),
        after=page[-1].id if len(page) == limit else None,
        as_of=now,
        behind_seconds=0,
    )
