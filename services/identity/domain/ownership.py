"""What follows from cars that change hands, and from referrals. Pure."""

from collections.abc import Collection, Iterator
from datetime import timedelta

from services.identity.domain.facts import IdentityFacts, OwnDeal, OwnReferral
from services.identity.domain.links import is_within_reach
from services.identity.domain.policy import IdentityPolicy
from shared.contracts.identifiers import dealer_of
from shared.contracts.identity import OwnershipEnded, ReferredPurchaseMade
from shared.contracts.subjects import OwnershipSubject, ReferredSubject
from shared.decider.decision import State

_BUYS = frozenset({"buyer", "co_buyer"})
_DAY = timedelta(days=1)


def ownerships_ended(facts: IdentityFacts, members: Collection[str]) -> Iterator[State]:
    """Each car that is not the customer's any more: sold to who is not the same person, or taken
    in part exchange, whoever's deal that was."""
    for _, answer in sorted(facts.answers.items()):
        ends = (
            each
            for each in answer.passed
            if each.because == "traded_in" or each.customer_key not in members
        )
        first = next(ends, None)
        if answer.vin and first is not None:
            about = OwnershipSubject(answer.vin)
            content = OwnershipEnded(
                customer_key=facts.customer_key,
                dealer_id=dealer_of(facts.customer_key),
                document_id=about.document_id(facts.customer_key),
                sale_id=first.sale_id,
                vin=answer.vin,
                ended_at=first.at,
                because=first.because,
            )
            yield State(str(about), content)


def referred_purchases(
    facts: IdentityFacts, policy: IdentityPolicy, members: Collection[str]
) -> Iterator[State]:
    """For each who referred this customer: the first purchase since. Nobody refers themselves."""
    purchases = sorted(
        (known for known in facts.documents.values() if isinstance(known, OwnDeal)),
        key=lambda sale: sale.at,
    )
    for key, made in sorted(facts.documents.items()):
        if not isinstance(made, OwnReferral) or made.by in members:
            continue
        if not is_within_reach(made.by, facts.customer_key, policy):
            continue
        since = (sale for sale in purchases if _is_bought_since(sale, made))
        first = next(since, None)
        if first is not None:
            about = ReferredSubject(key)
            content = ReferredPurchaseMade(
                customer_key=made.by,
                dealer_id=dealer_of(made.by),
                document_id=about.document_id,
                referral_id=key,
                referred_key=facts.customer_key,
                bought_at=first.at,
            )
            yield State(str(about), content)


def _is_bought_since(sale: OwnDeal, made: OwnReferral) -> bool:
    last = sale.at + _DAY if sale.by_the_day else sale.at
    return sale.owns and sale.role in _BUYS and last >= made.at
