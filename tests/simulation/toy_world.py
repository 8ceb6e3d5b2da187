"""The toy service: one topic, one announcement per visit, whatever a record can be."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from shared.contracts.scoring import GradeChanged
from shared.contracts.topics import VISITS
from tests.shared.runtime.toy import DEALER, LISTED, START, ToyPolicy
from tests.simulation.oracle import Oracle
from tests.simulation.witness import Witness
from tests.simulation.workload import Sent, workload
from tests.simulation.world import STORM_SECONDS, Stage, World


class ToyWorld(World):
    """Visits of a few customers come onto the topic while things go wrong."""

    name = "toy"
    topics = (VISITS.name,)
    decider = LISTED
    deployed = ToyPolicy(points=20)
    reloaded = ToyPolicy(points=30)
    announces = frozenset({GradeChanged.TYPE})
    dealer = DEALER
    the_end = START + timedelta(days=6)

    def __init__(self) -> None:
        self._sent: list[Sent] = []
        self._is_done = False

    async def produce(self, stage: Stage) -> None:
        records = workload(stage.random)
        moments = sorted(stage.random.uniform(0, STORM_SECONDS) for _ in records)
        loop = asyncio.get_running_loop()
        for moment, sent in zip(moments, records, strict=True):
            await asyncio.sleep(moment - loop.time())
            self._sent.append(sent)
            stage.broker.receive(sent.record, poison=sent.poison)
        self._is_done = True

    @property
    def is_quiet(self) -> bool:
        return self._is_done

    def judge(self, witness: Witness, policy: Any, now: datetime) -> None:
        Oracle(witness, self._sent, policy.points, now).judge()
