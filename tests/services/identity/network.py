"""All customers, numbers and cars of identity in memory, and what they tell each other."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Self, TypeAlias

from services.identity.domain.facts import IdentityFacts
from services.identity.domain.rulebook import IdentityRulebook
from shared.contracts.envelope import Event
from shared.contracts.identity import OwnershipEnded, PersonChanged, ReferredPurchaseMade
from shared.decider.decider import Decider
from tests.services import network
from tests.services.identity.given import DECIDER, START
from tests.services.network import in_turn, never

Identity: TypeAlias = Decider[IdentityFacts, IdentityRulebook]


class Network(network.Network[IdentityFacts, IdentityRulebook]):
    """What was reported is told to all whom it concerns, until nobody has anything to say."""

    def __init__(
        self,
        decider: Identity = DECIDER,
        *,
        choose: Callable[[Sequence[Event[Any]]], int] = in_turn,
        repeat: Callable[[], bool] = never,
    ) -> None:
        super().__init__(decider, START, choose=choose, repeat=repeat)

    @classmethod
    def of(cls, *reported: Event[Any] | Iterable[Event[Any]], decider: Identity = DECIDER) -> Self:
        """Where this was reported, and all is quiet."""
        return cls(decider).reported(*reported)

    @property
    def persons(self) -> Mapping[str, frozenset[str]]:
        """Each customer who is others, too -> all who they are."""
        return {
            each.customer_key: frozenset(
                (each.customer_key, *(member.customer_key for member in each.members))
            )
            for each in self.said
            if isinstance(each, PersonChanged)
        }

    @property
    def together(self) -> set[frozenset[str]]:
        """The persons; all who are of one say the same of it."""
        persons = self.persons
        for key, members in persons.items():
            assert {persons.get(member) for member in members} == {members}, key
        return set(persons.values())

    def why(self, one: str) -> dict[str, set[tuple[str, str]]]:
        """Of a customer: each other who is the same, and to whom which rule links that one."""
        found = next(
            each
            for each in self.said
            if isinstance(each, PersonChanged) and each.customer_key == one
        )
        return {
            member.customer_key: {
                (because.rule, because.other_customer_key) for because in member.because
            }
            for member in found.members
        }

    @property
    def former(self) -> dict[tuple[str, str], str]:
        """Customer and car -> why it is not theirs any more."""
        return {
            (each.customer_key, each.vin): each.because
            for each in self.said
            if isinstance(each, OwnershipEnded)
        }

    @property
    def credited(self) -> dict[str, str]:
        """Who referred -> who bought."""
        return {
            each.customer_key: each.referred_key
            for each in self.said
            if isinstance(each, ReferredPurchaseMade)
        }
