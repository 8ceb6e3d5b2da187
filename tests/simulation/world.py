"""What a run is about: a decider, what is reported to it, and what must come of that."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any, ClassVar, TypeAlias

from shared.decider.decider import Decider
from tests.simulation.broker import Broker
from tests.simulation.log import Log
from tests.simulation.loop import RunningClock
from tests.simulation.network import Network
from tests.simulation.witness import Witness

START = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
STORM_SECONDS = 30.0

AnyDecider: TypeAlias = Decider[Any, Any]


@dataclass(frozen=True, slots=True)
class Stage:
    """What whoever produces records works with."""

    random: Random
    network: Network
    broker: Broker
    witness: Witness
    clock: RunningClock
    """Of those who report; nobody's else."""


class World(ABC):
    """One kind of run. An instance is of one run."""

    name: ClassVar[str]
    topics: ClassVar[tuple[str, ...]]
    """The source topics."""
    decider: AnyDecider
    deployed: Any
    """The policy of another deploy."""
    reloaded: Any
    """The policy that is published while they run."""
    announces: Collection[str]
    """The CloudEvents types of its announcements."""
    dealer: str
    the_end: datetime
    """When every deadline has long passed."""
    rewinds: ClassVar[bool] = False
    """Whether somebody puts the group's offsets back in some courses, besides all else."""

    @property
    def judged_at(self) -> Sequence[datetime]:
        """When all is looked at, each time once it is quiet; what has passed by then is left out,
        but not the last."""
        return (self.the_end,)

    def all_reported(self, log: Log, aggregate_id: str, facts: Any, until: float) -> Any:
        """As `Publishers` promises; where nobody but the log knows anything, just that."""
        return facts

    @abstractmethod
    async def produce(self, stage: Stage) -> None:
        """Have all that this seed sends come onto the source topics."""

    @property
    @abstractmethod
    def is_quiet(self) -> bool:
        """Whether all has been sent, and accepted."""

    @abstractmethod
    def judge(self, witness: Witness, policy: Any, now: datetime) -> None:
        """Tell the witness whatever is not as it must be when all is quiet."""
