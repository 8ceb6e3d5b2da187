"""The worlds there are, by name."""

from collections.abc import Mapping

from tests.simulation.cases_world import CasesWorld
from tests.simulation.follow_ups_world import FollowUpsWorld
from tests.simulation.linked_world import LinkedWorld
from tests.simulation.lists import ListsWorld
from tests.simulation.persons_world import PersonsWorld
from tests.simulation.toy_world import ToyWorld
from tests.simulation.world import World

WORLDS: Mapping[str, type[World]] = {
    ToyWorld.name: ToyWorld,
    CasesWorld.name: CasesWorld,
    ListsWorld.name: ListsWorld,
    PersonsWorld.name: PersonsWorld,
    LinkedWorld.name: LinkedWorld,
    FollowUpsWorld.name: FollowUpsWorld,
}
