"""A dealer's customers who are others, too. Pure."""

from collections.abc import Sequence

from services.identity.domain.facts import IdentityFacts
from services.identity.views.customer import person_of
from shared.contracts.http.identity import PersonLine, Persons
from shared.decider.snapshot import Snapshot


def persons_page(page: Sequence[Snapshot[IdentityFacts]], *, limit: int) -> Persons:
    """Those of the page; a page of fewer than `limit` customers is the last."""
    found = ((snapshot.id, person_of(snapshot)) for snapshot in page)
    return Persons(
        persons=tuple(
            PersonLine(
                customer_key=key,
                members=tuple(member.customer_key for member in person.members),
            )
            for key, person in found
            if person is not None
        ),
        after=page[-1].id if len(page) == limit else None,
    )
