"""Who one customer is, and why. Pure."""

from collections.abc import Iterator
from datetime import datetime

from services.identity.domain.decide import condense
from services.identity.domain.facts import IdentityFacts
from services.identity.domain.links import apart_from
from services.identity.domain.person import acquainted
from services.identity.domain.rulebook import IdentityRulebook
from shared.contracts.http.identity import CustomerPerson, FormerCar
from shared.contracts.identity import OwnershipEnded, PersonChanged
from shared.decider.snapshot import Snapshot


def customer_person(
    snapshot: Snapshot[IdentityFacts], rulebook: IdentityRulebook, now: datetime
) -> CustomerPerson:
    """As of `now`, by the rules that are in force."""
    policy = rulebook.in_force(snapshot.dealer_id, now).policy
    facts = condense(snapshot.facts, policy)
    found = person_of(snapshot)
    return CustomerPerson(
        customer_key=snapshot.id,
        members=found.members if found is not None else (),
        apart=tuple(apart_from(facts, policy)),
        doubtful=acquainted(facts, policy).is_doubtful,
        former_cars=tuple(_former_cars(snapshot)),
        as_of=now,
    )


def person_of(snapshot: Snapshot[IdentityFacts]) -> PersonChanged | None:
    """What was decided of the customer, if they are others, too."""
    contents = (output.content for output in snapshot.decision.outputs)
    return next((content for content in contents if isinstance(content, PersonChanged)), None)


def _former_cars(snapshot: Snapshot[IdentityFacts]) -> Iterator[FormerCar]:
    for output in snapshot.decision.outputs:
        ended = output.content
        if isinstance(ended, OwnershipEnded):
            yield FormerCar(
                vin=ended.vin,
                ended_at=ended.ended_at,
                because=ended.because,
                sale_id=ended.sale_id,
            )
