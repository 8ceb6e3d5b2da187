"""A service that decides each dealer's customers by the edition that is in force of the dealer's
rules. Pure."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol, TypeVar, cast

from shared.contracts.identifiers import dealer_of
from shared.decider.decider import Decider, Facts
from shared.decider.decision import Announced, Decision, earliest
from shared.decider.policy import Policy
from shared.decider.summary import Summaries, Summary
from shared.policies.edition import PolicyEdition
from shared.policies.rulebook import Rulebook


class CustomerFacts(Facts, Protocol):
    """Facts of one customer."""

    @property
    def customer_key(self) -> str:
        """Begins with the dealer; empty where nothing is known."""
        ...


C = TypeVar("C", bound=CustomerFacts)
P = TypeVar("P", bound=Policy)


def by_edition(
    decider: Decider[C, P], rulebook: Rulebook[PolicyEdition[P]]
) -> Decider[C, Rulebook[PolicyEdition[P]]]:
    """The same service, deciding by a rulebook: by the edition of the present, and again when the
    next one comes into force."""
    changed: Decider[Any, Any] = replace(
        cast("Decider[Any, Any]", decider),
        decide=_deciding(decider.decide),
        condense=_condensing(decider.condense),
        summaries=decider.summaries and _summarizing(decider.summaries),
        policy=rulebook,
    )
    return changed


def _deciding(
    decide: Callable[[C, Announced, P, datetime], Decision],
) -> Callable[[C, Announced, Rulebook[PolicyEdition[P]], datetime], Decision]:
    def decide_by(
        facts: C, announced: Announced, rulebook: Rulebook[PolicyEdition[P]], now: datetime
    ) -> Decision:
        dealer_id = _dealer(facts)
        decision = decide(facts, announced, rulebook.in_force(dealer_id, now).policy, now)
        coming = rulebook.next_edition_at(dealer_id, now)
        if coming is None:
            return decision
        return replace(decision, next_due=earliest((decision.next_due, coming)))

    return decide_by


def _condensing(
    condense: Callable[[C, P], C],
) -> Callable[[C, Rulebook[PolicyEdition[P]]], C]:
    """By the last edition, be it one to come: `decide` sets aside by itself what the one in force
    does not look at."""

    def condense_by(facts: C, rulebook: Rulebook[PolicyEdition[P]]) -> C:
        return condense(facts, rulebook.current(_dealer(facts)).policy)

    return condense_by


def _summarizing(
    summaries: Summaries[C, P],
) -> Summaries[C, Rulebook[PolicyEdition[P]]]:
    def summarize_by(
        facts: C, rulebook: Rulebook[PolicyEdition[P]], now: datetime
    ) -> Summary | None:
        edition = rulebook.in_force(_dealer(facts), now)
        return summaries.summarize(facts, edition.policy, now)

    changed: Summaries[Any, Any] = replace(
        cast("Summaries[Any, Any]", summaries), summarize=summarize_by
    )
    return changed


def _dealer(facts: CustomerFacts) -> str:
    return dealer_of(facts.customer_key) if facts.customer_key else ""
