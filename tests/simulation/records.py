"""What producers do in worlds whose reports are made beforehand."""

import asyncio
from abc import abstractmethod
from collections.abc import Sequence
from random import Random
from typing import Any

from shared.contracts.envelope import Event, to_headers
from shared.contracts.values import instant_text
from shared.platform.publisher import Record
from tests.simulation.world import STORM_SECONDS, Stage, World


def record_of(event: Event[Any]) -> Record:
    """The record of its topic that says so."""
    attributes = {
        "id": event.id,
        "type": event.data.TYPE,
        "source": "simulation",
        "specversion": "1.0",
        "recordedtime": instant_text(event.recorded_at),
        "sequence": str(event.sequence),
    }
    value = event.data.model_dump_json().encode()
    return Record(event.data.TOPIC.name, event.key.encode(), value, tuple(to_headers(attributes)))


class ReportedWorld(World):
    """All that is reported comes in the order of `reports`, at moments of chance in the storm."""

    def __init__(self) -> None:
        self._sent: list[Event[Any]] = []
        self._is_done = False

    @abstractmethod
    def reports(self, random: Random) -> Sequence[Event[Any]]:
        """What happens in this course."""

    async def produce(self, stage: Stage) -> None:
        story = self.reports(stage.random)
        moments = sorted(stage.random.uniform(0, STORM_SECONDS) for _ in story)
        loop = asyncio.get_running_loop()
        for moment, event in zip(moments, story, strict=True):
            await asyncio.sleep(moment - loop.time())
            self._sent.append(event)
            stage.broker.receive(record_of(event))
        self._is_done = True

    @property
    def is_quiet(self) -> bool:
        return self._is_done
