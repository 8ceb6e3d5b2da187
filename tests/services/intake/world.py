"""Intake over a register and a publisher in memory."""

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest
from fastapi import FastAPI

from services.intake.adapters.mappings import Mappings
from services.intake.adapters.rejected.quarantine import Quarantine, RoomForRejected
from services.intake.adapters.rejected.seal import Seal
from services.intake.adapters.webhooks import Webhook, Webhooks
from services.intake.api.callers import Callers
from services.intake.api.imports import ImportsDesk
from services.intake.api.webhooks import Expecting
from services.intake.app import make_app
from services.intake.receive import Intake
from services.intake.settings import IntakeSettings
from shared.contracts.http.intake import Item
from shared.contracts.intake import Recorded
from shared.dealers.dealer import Dealers
from shared.platform.doorman import Doorman
from shared.platform.errors import TransientFailure
from shared.testing.clock import ManualClock
from shared.testing.doorman import KnowsEverybody
from shared.testing.publisher import MemoryPublisher
from tests.services.intake.given import DEALERS, NOW, Data, event, message_of, outcomes
from tests.services.intake.memory_first_answers import MemoryFirstAnswers
from tests.services.intake.memory_register import MemoryRegister
from tests.services.intake.memory_rejected import MemoryRejected

SEAL = Seal([b"a key of the tests, of 32 bytes."])


async def _ready() -> list[str]:
    return []


@dataclass
class World:
    """One register and one broker; `intake()` is an instance beside them."""

    register: MemoryRegister = field(default_factory=MemoryRegister)
    publisher: MemoryPublisher = field(default_factory=MemoryPublisher)
    answers: MemoryFirstAnswers = field(default_factory=MemoryFirstAnswers)
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOW))
    dealers: Dealers = DEALERS
    rejected: MemoryRejected = field(default_factory=MemoryRejected)

    def quarantine(
        self, room: RoomForRejected | None = None, *, seal: Seal | None = SEAL
    ) -> Quarantine:
        """Where what is rejected is kept."""
        return Quarantine(
            self.rejected,
            seal=seal,
            hash_key=self.register.hash_key,
            clock=self.clock,
            room=room or RoomForRejected(),
        )

    def intake(self, quarantine: Quarantine | None = None) -> Intake:
        return Intake(
            register=self.register,
            publisher=self.publisher,
            clock=self.clock,
            dealers=self.dealers,
            quarantine=quarantine or self.quarantine(),
        )

    def expecting(self, *webhooks: Webhook, mappings: Path | None = None) -> Expecting:
        """These webhooks are expected."""
        return Expecting(
            webhooks=Webhooks({each.name: each for each in webhooks}),
            mappings=Mappings(mappings),
            clock=self.clock,
        )

    def app(
        self,
        settings: IntakeSettings | None = None,
        *,
        expecting: Expecting | None = None,
        imports: ImportsDesk | None = None,
        quarantine: Quarantine | None = None,
        doorman: Doorman | None = None,
    ) -> FastAPI:
        """An instance with its endpoints."""
        quarantine, settings = quarantine or self.quarantine(), settings or IntakeSettings()
        return make_app(
            self.intake(quarantine),
            register=self.register,
            answers=self.answers,
            publisher=self.publisher,
            clock=self.clock,
            dealers=self.dealers,
            settings=settings,
            callers=Callers(self.dealers, settings.limits()),
            readiness=_ready,
            expecting=expecting or self.expecting(),
            doorman=doorman or KnowsEverybody(),
            imports=imports,
            quarantine=quarantine,
        )

    async def report(self, noun: str, data: Data, **more: object) -> Item:
        """One event, taken by a fresh instance."""
        return (await self.intake().receive([event(noun, data, **more)]))[0]

    async def race(self, raws: list[Data], rival: list[Data]) -> list[Item]:
        """Take `raws`; a rival instance takes its own between our publish and our write."""
        taken: list[Item] = []

        def rival_first() -> None:
            receiving = self.intake().receive(rival)
            with pytest.raises(StopIteration) as done:  # nothing in memory ever waits
                receiving.send(None)
            taken.extend(done.value.value)

        self.register.before_save = [rival_first]
        items = await self.intake().receive(raws)
        assert outcomes(taken) == ["accepted"] * len(rival)
        return items

    async def attempt(self, raws: list[Data], trouble: str) -> bool:
        """Whether the batch was taken; `trouble`: `publish`, `find` or `save` fails, or `fine`."""
        failure = TransientFailure("away")
        match trouble:
            case "publish":
                self.publisher.fail_next = [failure]
            case "find":
                self.register.fail_next = [failure]
            case "save":
                self.register.before_save = [partial(self.register.fail_next.append, failure)]
        try:
            await self.intake().receive(raws)
        except TransientFailure:
            return False
        finally:
            self.publisher.fail_next.clear()
            self.register.fail_next.clear()
            self.register.before_save.clear()
        return True

    def messages(self) -> list[Recorded]:
        """All that was published, in order."""
        return [message_of(record) for record in self.publisher.records]


def after_all(
    batches: Iterable[list[Data]], trouble: Sequence[str], *, later: bool = False
) -> World:
    """All batches taken; what failed was sent again at once, or `later`, after all others.

    `trouble`: of the next attempts, the last first.
    """

    async def run() -> World:
        world, left, waiting = World(), list(trouble), deque(batches)
        while waiting:
            batch = waiting.popleft()
            if not await world.attempt(batch, left.pop() if left else "fine"):
                (waiting.append if later else waiting.appendleft)(batch)
        return world

    return asyncio.run(run())
