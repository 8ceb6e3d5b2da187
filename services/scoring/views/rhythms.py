"""On which days a dealer's customers came, without saying who they are. Pure."""

from collections.abc import Sequence
from datetime import datetime

from services.scoring.domain.documents import Sale, Visit
from services.scoring.domain.facts import ScoringFacts
from shared.contracts.http.rhythms import CustomerDays, Rhythms
from shared.decider.snapshot import Snapshot


def rhythms_page(page: Sequence[Snapshot[ScoringFacts]], *, limit: int, as_of: datetime) -> Rhythms:
    """Those of the page who bought a car or came; a page of fewer than `limit` is the last."""
    found = (_days(snapshot.facts) for snapshot in page)
    return Rhythms(
        customers=tuple(days for days in found if days is not None),
        as_of=as_of,
        after=page[-1].id if len(page) == limit else None,
    )


def _days(facts: ScoringFacts) -> CustomerDays | None:
    known = facts.documents.values()
    days = sorted({one.day for one in known if isinstance(one, Visit) and one.day is not None})
    bought = [one.day or one.at.date() for one in known if isinstance(one, Sale) and one.bought]
    first = min([*bought, *days[:1]], default=None)
    return None if first is None else CustomerDays(first_day=first, days=tuple(days))
