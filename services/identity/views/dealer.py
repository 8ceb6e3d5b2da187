"""A dealer's customers who are others, too. Pure."""

from collections.abc import Sequence

from services.identity.domain.facts import IdentityFacts
from services.identity.views.customer import MaySee, person_of
from shared.contracts.http.identity import PersonLine, Persons
from shared.contracts.identifiers import dealer_of
from shared.contracts.identity import PersonChanged
from shared.decider.snapshot import Snapshot


def persons_page(
    page: Sequence[Snapshot[IdentityFacts]], *, limit: int, may_see: MaySee
) -> Persons:
    """Those of the page; a page of fewer than `limit` customers is the last."""
    found = ((snapshot.id, person_of(snapshot)) for snapshot in page)
    return Persons(
        persons=tuple(_line(key, person, may_see) for key, person in found if person is not None),
        after=page[-1].id if len(page) == limit else None,
    )


def _line(key: str, person: PersonChanged, may_see: MaySee) -> PersonLine:
    keys = [member.customer_key for member in person.members]
    shown = tuple(each for each in keys if may_see(dealer_of(each)))
    return PersonLine(customer_key=key, members=shown, elsewhere=len(keys) - len(shown))
