"""What must hold of identity when all is quiet, computed from what was reported alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from services.identity.domain.facts import IdentityFacts
from services.identity.domain.policy import IdentityPolicy
from services.identity.domain.rulebook import IdentityRulebook
from shared.contracts.envelope import Event, from_headers
from shared.contracts.identifiers import dealer_of, group_of
from shared.contracts.identity import ALL, PersonChanged
from shared.contracts.intake import CustomerLinkMade, ProfileRecorded, SaleRecorded
from shared.contracts.outputs import Output
from shared.contracts.topics import PERSONS
from shared.policies.by_edition import by_edition
from tests.services.identity.given import PLAIN
from tests.services.identity.naive import Naive, newest
from tests.services.identity.network import Network
from tests.simulation.persons import CUSTOMERS
from tests.simulation.witness import Invariant, Witness

Policies = Mapping[str, IdentityPolicy]
"""Dealer -> by what its customers are decided."""

CONTRACTS = {contract.TYPE: contract for contract in ALL}


@dataclass(frozen=True, slots=True)
class PersonsOracle:
    """Judges a run at its end."""

    witness: Witness
    story: Sequence[Event[Any]]
    rulebook: IdentityRulebook
    ever: Sequence[Policies]
    """All that anybody may have decided by."""

    def judge(self) -> None:
        """Tell the witness whatever is not as the reports say it must be."""
        self._persons()
        self._held()
        self._stands()
        self._justified()

    def _persons(self) -> None:
        """Each customer's latest word is who they are, by all that was reported in the end."""
        policies = {dealer: found[-1].policy for dealer, found in self.rulebook.editions.items()}
        right = {
            key: group - {key}
            for group in Naive(self.story, policies, CUSTOMERS).persons()
            for key in group
        }
        told = {
            each.customer_key: frozenset(member.customer_key for member in each.members)
            for each in self._told()
            if isinstance(each, PersonChanged)
        }
        if told != right:
            wrong = {key: (told.get(key), right.get(key)) for key in {*told, *right}}
            wrong = {key: pair for key, pair in wrong.items() if pair[0] != pair[1]}
            self.witness.violated(Invariant.PERSONS, f"told and right: {wrong}")

    def _held(self) -> None:
        """Of each customer the newest version of every document."""
        for key in CUSTOMERS:
            events = [event for event in newest(self.story) if event.key == key]
            wanted = {event.data.document_id: event.data.version for event in events}
            stored = self.witness.stored.get(key)
            facts = IdentityFacts.model_validate_json(stored.facts if stored else "{}")
            held = facts.versions()
            if wrong := [each for each in wanted if held.get(each) != wanted[each]]:
                self.witness.violated(Invariant.FACTS, f"{key}: {', '.join(sorted(wrong))}")

    def _stands(self) -> None:
        """All that stands is what would, had only the newest been reported, and once: no claim,
        answer or link is left of what was before."""
        decider = by_edition(PLAIN, self.rulebook)
        wanted = _texts(Network(decider).reported(newest(self.story)).said)
        if (found := _texts(self._told())) != wanted:
            missing, more = sorted(wanted - found), sorted(found - wanted)
            self.witness.violated(Invariant.LATEST, f"missing {missing[:2]}, more {more[:2]}")

    def _told(self) -> Iterator[Output]:
        """The latest of each subject, unless it was taken back."""
        for _, record in self.witness.latest.values():
            contract = CONTRACTS[from_headers(record.headers)["type"]]
            if issubclass(contract, Output):
                yield contract.model_validate_json(record.value or b"")

    def _justified(self) -> None:
        """Of all that was ever said of a person, each link is one that some version of what was
        reported of the one, and some of the other, makes by rules that were ever in force."""
        for record in self.witness.ever_on(PERSONS.name):
            if from_headers(record.headers)["type"] != PersonChanged.TYPE:
                continue
            person = PersonChanged.model_validate_json(record.value or b"")
            for member in person.members:
                for because in member.because:
                    pair = member.customer_key, because.other_customer_key
                    if not self._might_link(*pair, because.rule):
                        said = f"{person.customer_key}: {because.rule} of {' and '.join(pair)}"
                        self.witness.violated(Invariant.JUSTIFIED, said)

    def _might_link(self, one: str, other: str, rule: str) -> bool:
        if not self._might_see(one, other):
            return False
        if rule == "staff":
            return any(
                isinstance(event.data, CustomerLinkMade)
                and event.data.says == "same"
                and {event.key, event.data.other_customer_key} == {one, other}
                for event in self.story
            )
        phones = self._profiles_with_one_telephone(one, other)
        cars = self._cars(one) & self._cars(other)
        match rule:
            case "telephone":
                return "same" in phones
            case "vehicle":
                names = ({_name(each) for each in self._profiles(key)} for key in (one, other))
                return bool(cars and set.intersection(*names) - {""})
            case _:
                return bool(cars and phones)

    def _might_see(self, one: str, other: str) -> bool:
        dealers = {dealer_of(one), dealer_of(other)}
        if len(dealers) == 1:
            return True
        return group_of(one) == group_of(other) and all(
            any(policies[dealer].reach == "group" for policies in self.ever) for dealer in dealers
        )

    def _profiles_with_one_telephone(self, one: str, other: str) -> set[str]:
        """Whether names are the same, in any two versions that have a verified number in common."""
        return {
            "same" if _name(first) == _name(second) else "different"
            for first, second in product(self._profiles(one), self._profiles(other))
            if _verified(first) & _verified(second)
        }

    def _profiles(self, key: str) -> Iterator[ProfileRecorded]:
        for event in self.story:
            if event.key == key and isinstance(event.data, ProfileRecorded):
                yield event.data

    def _cars(self, key: str) -> set[str]:
        return {
            event.data.vin
            for event in self.story
            if event.key == key and isinstance(event.data, SaleRecorded) and event.data.vin
        }


def _name(profile: ProfileRecorded) -> str:
    return (profile.name or "").replace(" ", "").lower()


def _verified(profile: ProfileRecorded) -> set[str]:
    return {phone.e164 for phone in profile.phones if phone.verified}


def _texts(said: Any) -> set[str]:
    return {f"{each.TYPE} {each.model_dump_json()}" for each in said}
