"""A dealer's customers by key, with their grades. Pure."""

from collections.abc import Sequence

from services.scoring.domain.facts import ScoringFacts
from services.scoring.views.customer import score_of
from shared.contracts.http.scoring import CustomerGrade, Customers
from shared.decider.snapshot import Snapshot


def customers_page(page: Sequence[Snapshot[ScoringFacts]], *, limit: int) -> Customers:
    """Those of the page who have a score; a page of fewer than `limit` is the last."""
    scores = ((snapshot.id, score_of(snapshot)) for snapshot in page)
    return Customers(
        customers=tuple(
            CustomerGrade(customer_key=key, grade=score.grade, score=score.score)
            for key, score in scores
            if score is not None
        ),
        after=page[-1].id if len(page) == limit else None,
    )
