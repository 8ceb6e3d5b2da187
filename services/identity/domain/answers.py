"""What a telephone number or car answers to those who claim it. Pure.

Who shares it with whom, unless so many do that it tells nobody from another; and of a car, what
came after each owner had bought it. By which limits is in the claims, as each dealer's rules say:
so it makes no difference whose rules are at hand where a number is a whole group's.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Literal

from services.identity.domain.facts import MOST_CLAIMANTS, Claim, IdentityFacts
from shared.contracts.identifiers import car_of, dealer_of
from shared.contracts.identity import MOST_SALES, CarPassed, ClaimAnswered, Shared
from shared.contracts.subjects import ClaimSubject
from shared.decider.decision import State

Claims = Mapping[str, Claim]
"""The key of a customer -> what they claim."""


def answers(facts: IdentityFacts) -> Iterator[State]:
    """An answer to each claimant to whom there is anything to say."""
    if len(facts.claims) > MOST_CLAIMANTS:
        return
    claims = {key: facts.claims[key] for key in sorted(facts.claims) if facts.claims[key].stands}
    for key in claims:
        shared, passed = tuple(_sharing(key, claims)), tuple(_passed(key, claims))
        if shared or passed:
            about = ClaimSubject("answer", key)
            content = ClaimAnswered(
                customer_key=key,
                dealer_id=dealer_of(key),
                from_key=facts.customer_key,
                vin=car_of(facts.customer_key),
                shared=shared,
                passed=passed[:MOST_SALES],
            )
            yield State(str(about), content)


def _sharing(key: str, claims: Claims) -> Iterator[Shared]:
    own = claims[key]
    if not own.links or len(claims) > own.most_customers:
        return
    names = len({claim.name for claim in claims.values() if claim.name})
    if names > own.most_names:
        return
    for other, claim in claims.items():
        crowded = len(claims) > claim.most_customers or names > claim.most_names
        if other != key and claim.links and not crowded and not _on_one_sale(own, claim):
            yield Shared(customer_key=other, names=_names(own, claim))


def _on_one_sale(one: Claim, other: Claim) -> bool:
    """Whether one sale names both, in two roles: then its source knows them as two people."""
    sales = {sale.sale_id for sale in one.bought}
    return any(sale.sale_id in sales for sale in other.bought)


def _names(one: Claim, other: Claim) -> Literal["same", "different", "unknown"]:
    if not one.name or not other.name:
        return "unknown"
    return "same" if one.name == other.name else "different"


def _passed(key: str, claims: Claims) -> list[CarPassed]:
    """What ended that this customer had the car, the first one first."""
    own = claims[key].bought
    if not own:
        return []
    last = max(sale.at for sale in own)
    sales = {sale.sale_id for sale in own}
    found = []
    for other, claim in claims.items():
        for sale in claim.bought:
            if other != key and sale.at > last and sale.sale_id not in sales:
                found.append(_sold_on(sale.sale_id, sale.at, other))
        found += (each for each in claim.passed if each.at > last and each.sale_id not in sales)
    return sorted(found, key=lambda each: (each.at, each.sale_id, each.customer_key))


def _sold_on(sale_id: str, at: datetime, to: str) -> CarPassed:
    return CarPassed(sale_id=sale_id, at=at, because="sold_on", customer_key=to)
