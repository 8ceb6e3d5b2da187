"""Who one customer is, and why. Pure."""

from collections.abc import Callable, Iterator
from datetime import datetime

from services.identity.domain.decide import condense
from services.identity.domain.facts import IdentityFacts
from services.identity.domain.links import apart_from
from services.identity.domain.person import acquainted
from services.identity.domain.rulebook import IdentityRulebook
from shared.contracts.http.identity import CustomerPerson, FormerCar, OtherCustomer
from shared.contracts.identifiers import dealer_of
from shared.contracts.identity import Member, OwnershipEnded, PersonChanged
from shared.decider.snapshot import Snapshot

MaySee = Callable[[str], bool]
"""Whether who asks may see what is of this dealer."""


def customer_person(
    snapshot: Snapshot[IdentityFacts],
    rulebook: IdentityRulebook,
    now: datetime,
    *,
    may_see: MaySee,
) -> CustomerPerson:
    """As of `now`, by the rules that are in force."""
    policy = rulebook.in_force(snapshot.dealer_id, now).policy
    facts = condense(snapshot.facts, policy)
    found = person_of(snapshot)
    members = found.members if found is not None else ()
    shown = tuple(
        _shown(each, may_see) for each in members if may_see(dealer_of(each.customer_key))
    )
    return CustomerPerson(
        customer_key=snapshot.id,
        members=shown,
        elsewhere=len(members) - len(shown),
        apart=tuple(key for key in apart_from(facts, policy) if may_see(dealer_of(key))),
        doubtful=acquainted(facts, policy).is_doubtful,
        former_cars=tuple(_former_cars(snapshot, may_see)),
        as_of=now,
    )


def person_of(snapshot: Snapshot[IdentityFacts]) -> PersonChanged | None:
    """What was decided of the customer, if they are others, too."""
    contents = (output.content for output in snapshot.decision.outputs)
    return next((content for content in contents if isinstance(content, PersonChanged)), None)


def _shown(member: Member, may_see: MaySee) -> OtherCustomer:
    return OtherCustomer(
        customer_key=member.customer_key,
        because=tuple(
            each for each in member.because if may_see(dealer_of(each.other_customer_key))
        ),
    )


def _former_cars(snapshot: Snapshot[IdentityFacts], may_see: MaySee) -> Iterator[FormerCar]:
    for output in snapshot.decision.outputs:
        ended = output.content
        if isinstance(ended, OwnershipEnded):
            yield FormerCar(
                vin=ended.vin,
                ended_at=ended.ended_at,
                because=ended.because,
                sale_id=ended.sale_id if may_see(dealer_of(ended.sale_id)) else None,
            )
