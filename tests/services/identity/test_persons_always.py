"""Whatever is reported, in whatever order and however often: the persons are those that follow
from what is known in the end, as a naive reading of it says."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, NamedTuple

from hypothesis import given as always
from hypothesis import strategies as some

from services.identity.domain.policy import IdentityPolicy
from services.identity.domain.rulebook import IdentityEdition, IdentityRulebook
from shared.contracts.envelope import Event
from shared.policies.by_edition import by_edition
from tests.services.identity.given import BERLIN, PLAIN, PUDONG, profile, sale, staff_say
from tests.services.identity.naive import Naive, newest
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
    def policies(self) -> Mapping[str, IdentityPolicy]:
        return {
            dealer: IdentityPolicy.model_validate({"reach": reach})
            for dealer, reach in zip((PUDONG, BERLIN), self, strict=True)
        }

    @property
    def decider(self) -> Identity:
        rulebook = IdentityRulebook(
            shipped=IdentityEdition(policy=IdentityPolicy()),
            editions={
                dealer: (IdentityEdition(applied_at="2020-01-01T00:00:00Z", policy=policy),)
                for dealer, policy in self.policies.items()
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
    told = [_told(data) for _ in range(draw(some.integers(1, 16)))]
    return [event for each in _newest(told) for event in each]


reaches = some.builds(Reach, *(some.sampled_from(["dealer", "group"]) for _ in Reach._fields))


@always(stories(), reaches, some.integers(0, 2**32))
def test_in_any_order_and_however_often_it_is_the_same_persons(
    story: list[Event[Any]], reach: Reach, seed: int
) -> None:
    random = Random(seed)
    network = Network(reach.decider, choose=at_random(random), repeat=lambda: random.random() < 0.1)
    network.reported(story)
    assert network.together == Naive(story, reach.policies, CUSTOMERS).persons()


@always(stories(), reaches, reaches, some.integers(0, 2**32))
def test_other_rules_leave_no_trace(
    story: list[Event[Any]], reach: Reach, before: Reach, seed: int
) -> None:
    network = Network(before.decider, choose=at_random(Random(seed)))
    network.reported(story).by(reach.decider)
    assert network.together == Naive(story, reach.policies, CUSTOMERS).persons()


@always(stories(), reaches)
def test_what_stands_is_what_would_be_without_what_was_said_before(
    story: list[Event[Any]], reach: Reach
) -> None:
    """Linked and unlinked again, or never linked: all that stands is the same."""
    told = Network(reach.decider).reported(story)
    alone = Network(reach.decider).reported(newest(story))
    assert _contents(told) == _contents(alone)


def _contents(network: Network) -> list[str]:
    return sorted(each.TYPE + each.model_dump_json() for each in network.said)
