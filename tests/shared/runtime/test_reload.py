"""Another policy while the service runs: taken up between turns, applied by the scan."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import pytest

from shared.decider.decider import Decider
from shared.runtime.aggregate import Intent, PolicyMark
from shared.runtime.reload import keep_policy_current, reload_policy
from shared.testing.store import MemoryStore
from tests.metrics import Metrics
from tests.servers import PATIENCE_SECONDS
from tests.shared.runtime.instance import Instance
from tests.shared.runtime.toy import START, TOY, ToyFacts, ToyPolicy, visit

TWENTY, THIRTY = ToyPolicy(points=20), ToyPolicy(points=30)


class Reloading(Instance):
    """An instance whose service was never heard of before."""

    def __init__(self, store: MemoryStore, name: str, *, page: int = 100) -> None:
        self.decider: Decider[ToyFacts, ToyPolicy] = replace(TOY, name=name)
        super().__init__(store, self.decider, page=page)
        self.counted = Metrics(name).value

    async def reload(self, policy: ToyPolicy) -> None:
        await reload_policy(self.decider, policy, self.ownership)

    def scores(self) -> list[int]:
        return [json.loads(record.value or b"")["score"] for record in self.publisher.records]


@pytest.fixture
async def instance(request: pytest.FixtureRequest) -> Reloading:
    """Partition 0 with five customers, gone through once by the first policy."""
    made = Reloading(MemoryStore(), request.node.name, page=2)
    await made.ownership.gained([0])
    await made.take(0, *(visit(customer=str(n)) for n in range(5)))
    for _ in range(4):
        await made.wake()
    made.publisher.records.clear()
    return made


async def test_everything_is_decided_anew_page_by_page(instance: Reloading) -> None:
    await instance.reload(TWENTY)
    assert instance.scores() == []
    for done, left in ((2, 1), (4, 1), (5, 1), (5, 0)):
        await instance.wake()
        assert instance.scores() == [20] * done
        assert instance.counted("policy_scan_partitions_left") == left
    assert await instance.store.policy_marks([0]) == {0: PolicyMark(TWENTY.version, complete=True)}
    assert instance.counted("policy_exchanges_total") == 1


async def test_a_record_is_decided_by_the_new_policy_at_once(instance: Reloading) -> None:
    await instance.reload(TWENTY)
    await instance.take(0, visit(customer="9"))
    assert instance.scores() == [20]


async def test_the_old_mark_is_taken_away_before_anything_is_written(instance: Reloading) -> None:
    assert await instance.store.policy_marks([0]) == {
        0: PolicyMark(TOY.policy.version, complete=True)
    }
    await instance.store.add_intents([Intent("0-left", 0, START, ())])
    await instance.reload(TWENTY)
    await instance.take(0)
    assert await instance.store.policy_marks([0]) == {}
    assert await instance.store.intents([0]) == []


async def test_another_reload_in_the_middle_begins_anew(instance: Reloading) -> None:
    await instance.reload(TWENTY)
    await instance.wake()
    assert await instance.store.policy_marks([0]) == {0: PolicyMark(TWENTY.version, complete=False)}
    await instance.reload(THIRTY)
    for _ in range(4):
        await instance.wake()
    assert instance.scores() == [20, 20, 30, 30, 30, 30, 30]
    assert await instance.store.policy_marks([0]) == {0: PolicyMark(THIRTY.version, complete=True)}


async def test_there_and_back_leaves_things_as_they_were(instance: Reloading) -> None:
    await instance.reload(TWENTY)
    await instance.reload(TOY.policy)
    for _ in range(4):
        await instance.wake()
    assert instance.scores() == []


async def test_it_waits_for_the_turn_in_hand(instance: Reloading) -> None:
    async with instance.ownership.turn():
        reload = asyncio.create_task(instance.reload(TWENTY))
        await asyncio.sleep(0)
        assert instance.decider.policy == TOY.policy
    await reload
    assert instance.decider.policy == TWENTY


class ByDealer(ToyPolicy):
    of_dealers: Mapping[str, int] = {}

    def version_for(self, dealer_id: str) -> str:
        return f"{self.of_dealers.get(dealer_id, self.points)}"


async def test_only_the_dealers_whose_rules_changed_are_decided_anew(
    instance: Reloading,
) -> None:
    await instance.reload(ByDealer())
    for _ in range(5):
        await instance.wake()
    versions = {aggregate.id: aggregate.version for aggregate in instance.store._all()}
    await instance.reload(ByDealer(of_dealers={"sunrise/xuhui": 20}))
    for _ in range(5):
        await instance.wake()
    assert {one.id: one.version for one in instance.store._all()} == versions
    mark = await instance.store.policy_marks([0])
    done = ByDealer(of_dealers={"sunrise/xuhui": 20}).version
    assert mark == {0: PolicyMark(done, complete=True)}
    await instance.reload(ByDealer(of_dealers={"sunrise/pudong": 20}))
    for _ in range(5):
        await instance.wake()
    assert {one.policy_version for one in instance.store._all()} == {"20"}


async def test_a_watch_is_asked_again_and_again_and_its_trouble_leaves_the_policy(
    instance: Reloading,
) -> None:
    answers: list[ToyPolicy | Exception | None] = [
        None,
        ValueError("points: a secret"),
        TOY.policy,
        TWENTY,
        ValueError("points: a secret"),
    ]
    asked: list[datetime] = []
    done = asyncio.Event()

    async def watch(now: datetime) -> ToyPolicy | None:
        asked.append(now)
        if len(asked) > len(answers):
            done.set()
            return None
        match answers[len(asked) - 1]:
            case Exception() as error:
                raise error
            case answer:
                return answer

    keeping = keep_policy_current(
        watch, instance.decider, instance.ownership, instance.clock, every_seconds=0
    )
    task = asyncio.create_task(keeping)
    async with asyncio.timeout(PATIENCE_SECONDS):
        await done.wait()
    task.cancel()
    assert asked[0] == instance.clock.now()
    assert instance.decider.policy == TWENTY
    assert instance.counted("policy_refused_total") == 2
    assert instance.counted("policy_exchanges_total") == 2


class Staffed(ToyPolicy):
    """With what moves no deadline, and so is not part of the version, such as a roster."""

    on_duty: str = ""

    @property
    def version(self) -> str:
        return TOY.policy.version


async def test_a_policy_of_the_same_version_is_taken_up_too(instance: Reloading) -> None:
    taken = asyncio.Event()

    async def watch(now: datetime) -> ToyPolicy | None:
        if instance.decider.policy != TOY.policy:
            taken.set()
            return None
        return Staffed(on_duty="Li")

    keeping = keep_policy_current(
        watch, instance.decider, instance.ownership, instance.clock, every_seconds=0
    )
    task = asyncio.create_task(keeping)
    async with asyncio.timeout(PATIENCE_SECONDS):
        await taken.wait()
    task.cancel()
    assert instance.decider.policy == Staffed(on_duty="Li")
    for _ in range(4):
        await instance.wake()
    assert instance.scores() == [], "it decides nothing anew"
