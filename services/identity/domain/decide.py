"""What follows for one customer, or for one telephone number or car."""

from collections.abc import Iterator
from datetime import datetime

from services.identity.domain.answers import answers
from services.identity.domain.claims import claims
from services.identity.domain.facts import DIGESTING, IdentityFacts
from services.identity.domain.ownership import ownerships_ended, referred_purchases
from services.identity.domain.person import acquaintances, acquainted, person
from services.identity.domain.policy import IdentityPolicy
from shared.contracts.identifiers import is_of_persons
from shared.decider.decision import Announced, Decision, State


def condense(facts: IdentityFacts, policy: IdentityPolicy) -> IdentityFacts:
    """What `decide` looks at; the rest is set aside."""
    return DIGESTING.condense(facts, policy.horizon)


def decide(
    facts: IdentityFacts, announced: Announced, policy: IdentityPolicy, now: datetime
) -> Decision:
    """What is told to others, and who this customer is. Depends on facts and policy alone: time
    changes nothing. Nothing follows for what is kept under no customer's key."""
    if not facts.customer_key:
        return Decision()
    if facts.is_of_a_customer:
        return Decision(tuple(_of_a_customer(condense(facts, policy), policy)))
    if is_of_persons(facts.customer_key):
        return Decision(tuple(answers(facts)))
    return Decision()


def _of_a_customer(facts: IdentityFacts, policy: IdentityPolicy) -> Iterator[State]:
    yield from claims(facts, policy)
    known = acquainted(facts, policy)
    members = known.members
    yield from acquaintances(known)
    yield from person(known, members)
    yield from ownerships_ended(facts, members)
    yield from referred_purchases(facts, policy, members)
