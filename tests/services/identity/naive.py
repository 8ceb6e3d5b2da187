"""Who is one person, read off what is known: naively, pair by pair, with no messages between."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from services.identity.domain.policy import IdentityPolicy
from shared.contracts.envelope import Event
from shared.contracts.identifiers import dealer_of, group_of
from shared.contracts.identity import MOST_MEMBERS
from shared.contracts.intake import CustomerLinkMade, ProfileRecorded, SaleRecorded

Pair = frozenset[str]


def newest(story: Iterable[Event[Any]]) -> list[Event[Any]]:
    """Of each document of each customer what was said last."""
    found: dict[tuple[str, str], Event[Any]] = {}
    for event in story:
        place = event.key, event.data.document_id
        if place not in found or found[place].data.version < event.data.version:
            found[place] = event
    return list(found.values())


class Naive:
    """The persons, read off what is known in the end; each dealer decides by its own policy."""

    def __init__(
        self,
        story: Iterable[Event[Any]],
        policies: Mapping[str, IdentityPolicy],
        customers: Sequence[str],
    ) -> None:
        self._policies = policies
        self._customers = customers
        self._known = newest(story)
        self._names = {key: self._name(key) for key in customers}

    def persons(self) -> set[frozenset[str]]:
        """Those of more than one customer."""
        edges = {pair: rules for pair in self._pairs() if (rules := set(self._rules(pair)))}
        apart = {pair for pair in self._pairs() if self._said(pair) == "different"}
        edges = {pair: rules for pair, rules in edges.items() if pair not in apart}
        found = set()
        for group in self._groups(edges):
            if _is_person(group, apart):
                found.add(group)
                continue
            staffs = {pair: {"staff"} for pair, rules in edges.items() if "staff" in rules}
            staffs = {pair: rules for pair, rules in staffs.items() if pair <= group}
            found |= {each for each in self._groups(staffs) if _is_person(each, apart)}
        return found

    def _groups(self, edges: Mapping[Pair, set[str]]) -> set[frozenset[str]]:
        groups = {frozenset((key,)) for key in self._customers}
        for pair in edges:
            touched = {group for group in groups if group & pair}
            groups = groups - touched | {frozenset().union(*touched)}
        return {group for group in groups if len(group) > 1}

    def _pairs(self) -> list[Pair]:
        return [frozenset(pair) for pair in combinations(self._customers, 2)]

    def _reach(self, key: str) -> str:
        return self._policies[dealer_of(key)].reach

    def _sees(self, pair: Pair) -> bool:
        if len({dealer_of(key) for key in pair}) == 1:
            return True
        return len({group_of(key) for key in pair}) == 1 and all(
            self._reach(key) == "group" for key in pair
        )

    def _rules(self, pair: Pair) -> Iterator[str]:
        one, other = sorted(pair)
        if not self._sees(pair):
            return
        if self._said(pair) == "same":
            yield "staff"
        same = self._names[one] is not None and self._names[one] == self._names[other]
        if same and self._phones_in_common(pair):
            yield "telephone"
        if same and self._cars_in_common(pair):
            yield "vehicle"
        if self._only_nameless(one, other) and self._only_nameless(other, one):
            yield "both"

    def _only_nameless(self, one: str, other: str) -> bool:
        found = [
            key
            for key in self._customers
            if key != one
            and (self._names[one] is None or self._names[key] is None)
            and self._sees(frozenset((one, key)))
            and self._cars_in_common(frozenset((one, key)))
            and self._phones_in_common(frozenset((one, key)))
        ]
        return found == [other]

    def _phones_in_common(self, pair: Pair) -> set[str]:
        found: set[str] = set.intersection(*(self._phones(key, verified=True) for key in pair))
        return {phone for phone in found if not self._is_crowded(phone, pair)}

    def _is_crowded(self, phone: str, pair: Pair) -> bool:
        """Whether too many have it, of those who look at it together with the pair."""
        dealer_id, reach = dealer_of(min(pair)), self._reach(min(pair))
        sharing = [
            key
            for key in self._customers
            if phone in self._phones(key, verified=False)
            and self._reach(key) == reach
            and (
                group_of(key) == group_of(dealer_id)
                if reach == "group"
                else dealer_of(key) == dealer_id
            )
        ]
        names = {self._names[key] for key in sharing} - {None}
        rules = [self._policies[dealer_of(key)].telephone for key in pair]
        return any(
            len(names) > rule.most_names or len(sharing) > rule.most_customers for rule in rules
        )

    def _name(self, key: str) -> str | None:
        for event in self._known:
            if event.key == key and isinstance(event.data, ProfileRecorded) and event.data.name:
                return f"{event.data.kind} {event.data.name.replace(' ', '').lower()}"
        return None

    def _phones(self, key: str, *, verified: bool) -> set[str]:
        return {
            phone.e164
            for event in self._known
            if event.key == key
            and isinstance(event.data, ProfileRecorded)
            and event.data.kind == "person"
            for phone in event.data.phones
            if phone.verified or not verified
        }

    def _cars_in_common(self, pair: Pair) -> set[str]:
        """But for those of which one deal names both."""
        one, other = (self._cars(key) for key in sorted(pair))
        return {vin for vin in one.keys() & other.keys() if not one[vin] & other[vin]}

    def _cars(self, key: str) -> Mapping[str, set[str]]:
        """Car -> the deals that made the customer its owner."""
        found: dict[str, set[str]] = {}
        for event in self._known:
            sale = event.data
            if event.key != key or not isinstance(sale, SaleRecorded) or not sale.vin:
                continue
            if sale.status == "delivered" and sale.role != "driver":
                found.setdefault(sale.vin, set()).add(sale.document_id)
        return found

    def _said(self, pair: Pair) -> str | None:
        one, other = sorted(pair)
        said = [
            (event.data.at, event.data.version, event.data.document_id, event.data.says)
            for event in self._known
            if isinstance(event.data, CustomerLinkMade)
            and (event.key, event.data.other_customer_key) == (one, other)
        ]
        return max(said)[-1] if said else None


def _is_person(group: frozenset[str], apart: set[Pair]) -> bool:
    return len(group) <= MOST_MEMBERS and not any(pair <= group for pair in apart)
