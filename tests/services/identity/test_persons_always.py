"""Whatever is reported, in whatever order and however often: the persons are those that follow
from what is known in the end, as a naive reading of it says."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from random import Random
from typing import Any, NamedTuple

from hypothesis import given as always
from hypothesis import strategies as some

from services.identity.domain.policy import IdentityPolicy
from services.identity.domain.rulebook import IdentityEdition, IdentityRulebook
from shared.contracts.envelope import Event
from shared.contracts.identifiers import dealer_of
from shared.contracts.identity import MOST_MEMBERS
from shared.contracts.intake import CustomerLinkMade, ProfileRecorded, SaleRecorded
from shared.policies.by_edition import by_edition
from tests.examples import thorough
from tests.services.identity.given import BERLIN, PLAIN, PUDONG, profile, sale, staff_say
from tests.services.identity.network import Identity, Network
from tests.services.network import at_random

CUSTOMERS = [f"{PUDONG}/dms/{number}" for number in range(4)] + [
    f"{BERLIN}/crm/{number}" for number in range(3)
]
NAMES = [None, "Li Wei", "LI  WEI", "Anna"]
PHONES = ["+8613800000001", "+8613800000002"]
CARS = ["CAR1", "CAR2"]
ROLES = ["buyer", "co_buyer", "registrant", "driver"]

Told = tuple[Event[Any], ...]


class Reach(NamedTuple):
    """Of each dealer."""

    pudong: str
    berlin: str

    @property
    def decider(self) -> Identity:
        policies = {
            dealer: IdentityPolicy.model_validate({"reach": reach})
            for dealer, reach in zip((PUDONG, BERLIN), self, strict=True)
        }
        rulebook = IdentityRulebook(
            shipped=IdentityEdition(policy=IdentityPolicy()),
            editions={
                dealer: (IdentityEdition(applied_at="2020-01-01T00:00:00Z", policy=policy),)
                for dealer, policy in policies.items()
            },
        )
        return by_edition(PLAIN, rulebook)


def _told(data: some.DataObject) -> Told:
    one = data.draw(some.sampled_from(CUSTOMERS))
    version = data.draw(some.integers(1, 3))
    match data.draw(some.sampled_from(["profile", "profile", "sale", "sale", "link"])):
        case "profile":
            phones = data.draw(some.lists(some.sampled_from(PHONES), max_size=2, unique=True))
            name, verified = data.draw(some.sampled_from(NAMES)), data.draw(some.booleans())
            return (profile(one, name, *phones, verified=verified, version=version),)
        case "sale":
            vin, role = data.draw(some.sampled_from(CARS)), data.draw(some.sampled_from(ROLES))
            number = f"{one}-{data.draw(some.integers(1, 2))}"
            status = data.draw(some.sampled_from(["delivered", "delivered", "cancelled"]))
            return (sale(one, vin, number=number, role=role, status=status, version=version),)
    other = data.draw(some.sampled_from([each for each in CUSTOMERS if each != one]))
    says = data.draw(some.sampled_from(["same", "same", "different", "nothing"]))
    return tuple(staff_say(says, one, other, number=f"{one}-{other}", version=version))


def _newest(told: Sequence[Told]) -> list[Told]:
    """One of each version of a document, as one version says one thing."""
    first: dict[tuple[str, str], Told] = {}
    for each in told:
        first.setdefault((each[0].data.document_id, each[0].data.version), each)
    return list(first.values())


@some.composite
def stories(draw: some.DrawFn) -> list[Event[Any]]:
    data = draw(some.data())
    told = [_told(data) for _ in range(draw(some.integers(1, 22)))]
    return [event for each in _newest(told) for event in each]


reaches = some.builds(Reach, *(some.sampled_from(["dealer", "group"]) for _ in Reach._fields))


class Naive:
    """The persons, read off what is known in the end."""

    def __init__(self, story: Sequence[Event[Any]], reach: Reach) -> None:
        self._reach = dict(zip((PUDONG, BERLIN), reach, strict=True))
        newest: dict[tuple[str, str], Event[Any]] = {}
        for event in story:
            place = event.key, event.data.document_id
            if place not in newest or newest[place].data.version < event.data.version:
                newest[place] = event
        self._known = list(newest.values())

    def persons(self) -> set[frozenset[str]]:
        edges = {pair: rules for pair in self._pairs() if (rules := set(self._rules(pair)))}
        apart = {pair for pair in self._pairs() if self._said(pair) == "different"}
        edges = {pair: rules for pair, rules in edges.items() if pair not in apart}
        found = set()
        for group in _groups(edges):
            if _is_person(group, apart):
                found.add(group)
                continue
            staffs = {pair: {"staff"} for pair, rules in edges.items() if "staff" in rules}
            staffs = {pair: rules for pair, rules in staffs.items() if pair <= group}
            found |= {each for each in _groups(staffs) if _is_person(each, apart)}
        return found

    def _pairs(self) -> list[frozenset[str]]:
        return [frozenset(pair) for pair in combinations(CUSTOMERS, 2)]

    def _sees(self, pair: frozenset[str]) -> bool:
        dealers = {dealer_of(key) for key in pair}
        return len(dealers) == 1 or all(self._reach[dealer] == "group" for dealer in dealers)

    def _rules(self, pair: frozenset[str]) -> Iterator[str]:
        one, other = sorted(pair)
        if not self._sees(pair):
            return
        if self._said(pair) == "same":
            yield "staff"
        names = {key: self._name(key) for key in CUSTOMERS}
        same = names[one] is not None and names[one] == names[other]
        if same and self._phones_in_common(pair, names):
            yield "telephone"
        if same and self._cars(one) & self._cars(other):
            yield "vehicle"
        if self._only_nameless(one, other, names) and self._only_nameless(other, one, names):
            yield "both"

    def _only_nameless(self, one: str, other: str, names: Mapping[str, str | None]) -> bool:
        found = [
            key
            for key in CUSTOMERS
            if key != one
            and (names[one] is None or names[key] is None)
            and self._sees(frozenset((one, key)))
            and self._cars(one) & self._cars(key)
            and self._phones_in_common(frozenset((one, key)), names)
        ]
        return found == [other]

    def _phones_in_common(self, pair: frozenset[str], names: Mapping[str, str | None]) -> set[str]:
        found: set[str] = set.intersection(*(self._phones(key, verified=True) for key in pair))
        return {phone for phone in found if len(self._names_of(phone, pair, names)) <= 3}

    def _names_of(
        self, phone: str, pair: frozenset[str], names: Mapping[str, str | None]
    ) -> set[str]:
        """The names of all who have it, of those who look at it together with the pair."""
        dealer_id = dealer_of(min(pair))
        scope = [
            key
            for key in CUSTOMERS
            if self._reach[dealer_of(key)] == self._reach[dealer_id] == "group"
            or (self._reach[dealer_id] == "dealer" and dealer_of(key) == dealer_id)
        ]
        found = (names[key] for key in scope if phone in self._phones(key, verified=False))
        return {name for name in found if name is not None}

    def _name(self, key: str) -> str | None:
        for event in self._known:
            if event.key == key and isinstance(event.data, ProfileRecorded) and event.data.name:
                return event.data.name.replace(" ", "").lower()
        return None

    def _phones(self, key: str, *, verified: bool) -> set[str]:
        return {
            phone.e164
            for event in self._known
            if event.key == key and isinstance(event.data, ProfileRecorded)
            for phone in event.data.phones
            if phone.verified or not verified
        }

    def _cars(self, key: str) -> set[str]:
        return {
            event.data.vin
            for event in self._known
            if event.key == key
            and isinstance(event.data, SaleRecorded)
            and event.data.status == "delivered"
            and event.data.role != "driver"
            and event.data.vin
        }

    def _said(self, pair: frozenset[str]) -> str | None:
        one, other = sorted(pair)
        said = [
            (event.data.version, event.data.document_id, event.data.says)
            for event in self._known
            if isinstance(event.data, CustomerLinkMade)
            and (event.key, event.data.other_customer_key) == (one, other)
        ]
        return max(said)[2] if said else None


def _groups(edges: Mapping[frozenset[str], set[str]]) -> set[frozenset[str]]:
    groups = {frozenset((key,)) for key in CUSTOMERS}
    for pair in edges:
        touched = {group for group in groups if group & pair}
        groups = groups - touched | {frozenset().union(*touched)}
    return {group for group in groups if len(group) > 1}


def _is_person(group: frozenset[str], apart: set[frozenset[str]]) -> bool:
    return len(group) <= MOST_MEMBERS and not any(pair <= group for pair in apart)


@thorough
@always(stories(), reaches, some.integers(0, 2**32))
def test_in_any_order_and_however_often_it_is_the_same_persons(
    story: list[Event[Any]], reach: Reach, seed: int
) -> None:
    random = Random(seed)
    network = Network(reach.decider, choose=at_random(random), repeat=lambda: random.random() < 0.1)
    network.reported(story)
    assert network.together == Naive(story, reach).persons()


@always(stories(), reaches, reaches, some.integers(0, 2**32))
def test_other_rules_leave_no_trace(
    story: list[Event[Any]], reach: Reach, before: Reach, seed: int
) -> None:
    network = Network(before.decider, choose=at_random(Random(seed)))
    network.reported(story).by(reach.decider)
    assert network.together == Naive(story, reach).persons()


@always(stories(), reaches)
def test_what_stands_is_what_would_be_without_what_was_said_before(
    story: list[Event[Any]], reach: Reach
) -> None:
    """Linked and unlinked again, or never linked: all that stands is the same."""
    newest = {
        (event.key, event.data.document_id): event
        for event in sorted(story, key=lambda event: str(event.data.version))
    }
    told = Network(reach.decider).reported(story)
    alone = Network(reach.decider).reported(newest.values())
    assert _contents(told) == _contents(alone)


def _contents(network: Network) -> list[str]:
    return sorted(each.TYPE + each.model_dump_json() for each in network.said)
