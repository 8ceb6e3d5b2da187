"""What a customer claims: their telephone numbers and cars, told to each of these. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from urllib.parse import unquote

from services.identity.domain.facts import IdentityFacts, OwnDeal, OwnProfile
from services.identity.domain.policy import IdentityPolicy
from shared.contracts.identifiers import car_key, dealer_of, group_of, telephone_key
from shared.contracts.identity import MOST_SALES, CarPassed, CarSale, IdentifierClaimed
from shared.contracts.subjects import ClaimSubject
from shared.decider.decision import State


@dataclass(slots=True)
class _OfACar:
    """The customer's sales of one car."""

    bought: list[CarSale] = field(default_factory=list)
    passed: list[CarPassed] = field(default_factory=list)

    @property
    def last(self) -> datetime:
        """When the customer had to do with it last."""
        return max(sale.at for sale in (*self.bought, *self.passed))


def claims(facts: IdentityFacts, policy: IdentityPolicy) -> Iterator[State]:
    """A claim of each number and car of the customer, however little follows from it."""
    profile = facts.profile
    for content in (
        *_of_telephones(facts.customer_key, profile, policy),
        *_of_cars(facts, profile, policy),
    ):
        yield State(str(ClaimSubject("claim", content.customer_key)), content)


def _of_telephones(
    customer_key: str, profile: OwnProfile | None, policy: IdentityPolicy
) -> Iterator[IdentifierClaimed]:
    """Also of numbers that do not link by themselves: they tell how many share it."""
    if profile is None:
        return
    rule, may_link = policy.telephone, dict[str, bool]()
    for each in profile.telephones:
        counts = (each.verified or rule.unverified_too) and each.kind in rule.kinds
        may_link[each.digest] = may_link.get(each.digest, False) or counts
    group, scope = group_of(customer_key), _scope(customer_key, policy)
    for digest, counts in sorted(may_link.items()):
        key = telephone_key(group, scope, digest)
        yield IdentifierClaimed(
            customer_key=key,
            dealer_id=dealer_of(key),
            claimant_key=customer_key,
            name_digest=profile.name or None,
            links=counts,
            most_names=rule.most_names,
            most_customers=rule.most_customers,
        )


def _of_cars(
    facts: IdentityFacts, profile: OwnProfile | None, policy: IdentityPolicy
) -> Iterator[IdentifierClaimed]:
    found = _by_car(facts, policy)
    group, scope = group_of(facts.customer_key), _scope(facts.customer_key, policy)
    newest = sorted(found, key=lambda vin: (found[vin].last, vin), reverse=True)
    for vin in sorted(newest[: policy.most_cars]):
        key, sales = car_key(group, scope, vin), found[vin]
        yield IdentifierClaimed(
            customer_key=key,
            dealer_id=dealer_of(key),
            claimant_key=facts.customer_key,
            name_digest=(profile.name or None) if profile else None,
            links=bool(sales.bought),
            most_names=policy.vehicle.most_customers,
            most_customers=policy.vehicle.most_customers,
            bought=tuple(sorted(sales.bought, key=_when)[-MOST_SALES:]),
            passed=tuple(sorted(sales.passed, key=_when)[-MOST_SALES:]),
        )


def _by_car(facts: IdentityFacts, policy: IdentityPolicy) -> Mapping[str, _OfACar]:
    """VIN -> what an owner's sales say of that car."""
    found: dict[str, _OfACar] = {}
    for key, known in facts.documents.items():
        if not isinstance(known, OwnDeal) or known.role not in policy.vehicle.roles:
            continue
        ends = partial(CarPassed, sale_id=key, at=known.at, customer_key=facts.customer_key)
        if known.vin and known.owns:
            bought = found.setdefault(known.vin, _OfACar()).bought
            bought.append(CarSale(sale_id=key, at=known.at))
        elif known.vin:
            found.setdefault(known.vin, _OfACar()).passed.append(ends(because="sold_on"))
        for vin in map(unquote, known.traded_in):
            found.setdefault(vin, _OfACar()).passed.append(ends(because="traded_in"))
    return found


def _when(sale: CarSale) -> tuple[datetime, str]:
    return sale.at, sale.sale_id


def _scope(customer_key: str, policy: IdentityPolicy) -> str:
    """The dealer who alone looks at it; empty: the group does."""
    return "" if policy.reach == "group" else dealer_of(customer_key).partition("/")[2]
