"""Faults planted in how identity finds out who is one person must be caught, and how."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import pytest

from services.identity.domain import answers, facts, links, person
from services.identity.domain.facts import Claim, IdentityFacts
from services.scoring.domain import linked
from services.scoring.domain.facts import ScoringFacts
from services.scoring.domain.linked import Linked, Members
from shared.contracts.envelope import Event, Message
from shared.contracts.identity import (
    AcquaintanceTold,
    AcquaintanceWithdrawn,
    ClaimAnswerWithdrawn,
    ClaimWithdrawn,
    Shared,
)
from shared.decider.facts import keep_newest
from tests.simulation.persons_world import PersonsWorld
from tests.simulation.story import simulate
from tests.simulation.witness import Invariant

Plant: TypeAlias = Callable[[pytest.MonkeyPatch], None]
WITHIN_SEEDS = 200
FIRST = {"withdrawn_acquaintances_stay": 40, "that_they_are_not_one_is_not_told": 25}
"""Where to begin with what only a rare course shows; six seeds take a second."""
WRONG = {Invariant.PERSONS, Invariant.LATEST}


def _unheard(patch: pytest.MonkeyPatch, contract: type[Message]) -> None:
    def join(known: IdentityFacts, events: Sequence[Event[Any]]) -> IdentityFacts:
        heard = [event for event in events if not isinstance(event.data, contract)]
        return properly(known, heard) if heard else known

    properly = PersonsWorld.decider.join
    patch.setattr(PersonsWorld, "decider", replace(PersonsWorld.decider, join=join))


def withdrawn_claims_stay(patch: pytest.MonkeyPatch) -> None:
    _unheard(patch, ClaimWithdrawn)


def withdrawn_answers_stay(patch: pytest.MonkeyPatch) -> None:
    _unheard(patch, ClaimAnswerWithdrawn)


def withdrawn_acquaintances_stay(patch: pytest.MonkeyPatch) -> None:
    _unheard(patch, AcquaintanceWithdrawn)


def versions_not_compared(patch: pytest.MonkeyPatch) -> None:
    """What came last counts, whatever was said last."""

    def keep_last(known: Mapping[str, Any], found: Sequence[tuple[str, Any]]) -> Mapping[str, Any]:
        kept = {**known, **dict(found)}
        return known if kept == known else kept

    patch.setattr(facts, "keep_newest", keep_last)


def one_word_of_all_who_tell(patch: pytest.MonkeyPatch) -> None:
    """What one customer takes back, another has told."""

    def document_id(self: AcquaintanceTold | AcquaintanceWithdrawn) -> str:
        return self.customer_key

    for contract in (AcquaintanceTold, AcquaintanceWithdrawn):
        patch.setattr(contract, "document_id", property(document_id))


def a_number_that_many_share_links(patch: pytest.MonkeyPatch) -> None:
    """Whatever the limits in the claims."""

    def sharing(key: str, claims: Mapping[str, Claim]) -> Iterator[Shared]:
        wide = {"most_names": 100, "most_customers": 100}
        return properly(key, {of: each.model_copy(update=wide) for of, each in claims.items()})

    properly = answers._sharing
    patch.setattr(answers, "_sharing", sharing)


def every_dealer_is_within_reach(patch: pytest.MonkeyPatch) -> None:
    def is_within_reach(key: str, customer_key: str, policy: Any) -> bool:
        return True

    patch.setattr(links, "is_within_reach", is_within_reach)


def that_they_are_not_one_is_not_told(patch: pytest.MonkeyPatch) -> None:
    def telling(known: Any, to: str, told: Any, apart: Collection[str]) -> Any:
        return properly(known, to, told, ())

    properly = person._telling
    patch.setattr(person, "_telling", telling)


FAULTS: Mapping[Plant, set[Invariant]] = {
    withdrawn_claims_stay: WRONG,
    withdrawn_answers_stay: WRONG,
    withdrawn_acquaintances_stay: WRONG,
    versions_not_compared: {*WRONG, Invariant.COMMITTED_LAST, Invariant.FACTS},
    one_word_of_all_who_tell: {*WRONG, Invariant.COMES_TO_REST},
    a_number_that_many_share_links: {Invariant.PERSONS},
    every_dealer_is_within_reach: {Invariant.PERSONS, Invariant.COMES_TO_REST},
    that_they_are_not_one_is_not_told: WRONG,
}


def a_sale_to_both_counts_twice(patch: pytest.MonkeyPatch) -> None:
    def counting(self: Linked, own: Any, customer_key: str, precedence: Any) -> Any:
        found = dict(properly(self, own, customer_key, precedence))
        for told in self.told.values():
            found |= {f"{key} again": known for key, known in told.documents.items() if key in own}
        return found

    properly = Linked.counting
    patch.setattr(Linked, "counting", counting)


def what_others_told_does_not_count(patch: pytest.MonkeyPatch) -> None:
    """Two halves of a person, each with its own points alone."""

    def as_a_person(self: ScoringFacts) -> ScoringFacts:
        return self

    patch.setattr(ScoringFacts, "as_a_person", as_a_person)


def who_else_they_are_is_heard_once(patch: pytest.MonkeyPatch) -> None:
    def keep_first(known: Mapping[str, Any], found: Sequence[tuple[str, Any]]) -> Mapping[str, Any]:
        if known and any(isinstance(each, Members) for each in known.values()):
            return known
        return properly(known, found)

    properly = keep_newest
    patch.setattr(linked, "keep_newest", keep_first)


FAULTS_WITH_SCORES: Mapping[Plant, set[Invariant]] = {
    a_sale_to_both_counts_twice: {Invariant.PERSONS},
    what_others_told_does_not_count: {Invariant.PERSONS},
    who_else_they_are_is_heard_once: {Invariant.PERSONS},
}


@pytest.mark.parametrize("plant", FAULTS_WITH_SCORES, ids=lambda plant: plant.__name__)
def test_a_fault_planted_in_linked_facts_is_caught(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    for seed in range(WITHIN_SEEDS):
        if violations := simulate(seed, world="linked").violations:
            found = violations[0].invariant
            assert found in FAULTS_WITH_SCORES[plant], f"seed {seed}: {violations[0]}"
            return
    pytest.fail(f"not caught within {WITHIN_SEEDS} seeds: the simulation is too weak")


@pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__)
def test_a_fault_planted_in_identity_is_caught(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    first = FIRST.get(plant.__name__, 0)
    for seed in range(first, first + WITHIN_SEEDS):
        if violations := simulate(seed, world="identity").violations:
            assert violations[0].invariant in FAULTS[plant], f"seed {seed}: {violations[0]}"
            return
    pytest.fail(f"not caught within {WITHIN_SEEDS} seeds: the simulation is too weak")
