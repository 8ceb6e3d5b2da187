"""What other rules would do to the links of a customer. Pure.

Of what is known here, that is: whom a number or car would have in common with the customer under a
wider reach, or under other limits, shows once the rules are applied.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial

from services.identity.domain.claims import claims
from services.identity.domain.facts import IdentityFacts
from services.identity.domain.links import links
from services.identity.domain.policy import IdentityPolicy
from services.identity.domain.rulebook import IdentityEdition, IdentityRulebook
from shared.contracts.http.policies import Compared, Difference
from shared.contracts.identifiers import dealer_of
from shared.policies.trial import Trial, last_applied_at, proposed


def compare(
    facts: IdentityFacts, current: IdentityRulebook, other: IdentityRulebook, now: datetime
) -> Compared | None:
    """The links that would come or go, and what the customer would claim otherwise; None for what
    is no customer."""
    if not facts.is_of_a_customer:
        return None
    dealer_id = dealer_of(facts.customer_key)
    before, after = (rules.in_force(dealer_id, now).policy for rules in (current, other))
    return Compared(
        name=facts.customer_key,
        differences=(*_links(facts, before, after), *_claims(facts, before, after)),
    )


TRIAL: Trial[IdentityFacts, IdentityRulebook] = Trial(
    propose=partial(proposed, IdentityEdition), applied_at=last_applied_at, compare=compare
)


def _links(
    facts: IdentityFacts, before: IdentityPolicy, after: IdentityPolicy
) -> Iterator[Difference]:
    old, new = _rules(facts, before), _rules(facts, after)
    for key in dict.fromkeys([*old, *new]):
        if old.get(key) != new.get(key):
            effect = "links" if key not in old else "unlinks" if key not in new else "changes"
            yield Difference(
                output=f"link/{_named(key, facts.customer_key)}",
                rule="link",
                effect=effect,
                before=old.get(key),
                after=new.get(key),
            )


def _named(key: str, customer_key: str) -> str:
    """A customer of another dealer is not named to who tries the rules of this one."""
    return key if dealer_of(key) == dealer_of(customer_key) else "another dealer's"


def _rules(facts: IdentityFacts, policy: IdentityPolicy) -> Mapping[str, str]:
    """Another customer -> by which rules they are the same person."""
    found = links(facts, policy)
    return {key: ", ".join(link.rule for link in each) for key, each in found.items()}


def _claims(
    facts: IdentityFacts, before: IdentityPolicy, after: IdentityPolicy
) -> Iterator[Difference]:
    old, new = ({state.content for state in claims(facts, policy)} for policy in (before, after))
    if old != new:
        yield Difference(
            output="claims",
            rule="claims",
            effect="changes",
            before=f"{len(old)}, reach {before.reach}",
            after=f"{len(new)}, reach {after.reach}",
        )
