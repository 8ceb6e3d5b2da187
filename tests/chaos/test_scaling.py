"""Scaling out on Apache Kafka: two instances share the work, and one takes over the other's."""

import asyncio
import time
from pathlib import Path
from random import Random

import pytest

from shared.settings import KafkaSettings, MongoSettings
from tests.chaos.account import account
from tests.chaos.evidence import gather
from tests.chaos.feed import Feed
from tests.chaos.load import Rate, steady_load
from tests.chaos.run import until_at_rest
from tests.chaos.takeover import Moment, longest_silence, ownership, scores_of, until_shared
from tests.e2e.house import House, Instance, house
from tests.servers import PARTITIONS, Broker

pytestmark = pytest.mark.broker

SESSION_SECONDS = KafkaSettings().session_timeout_seconds
REBALANCE_SECONDS = 8.0
"""What a rebalance may take on a busy machine, and the first batch after it."""
RATE = Rate(batch_events=10, every_seconds=0.2)


def test_instances_share_the_work_and_take_it_over(
    tmp_path: Path, fresh_broker: Broker, mongo_settings: MongoSettings
) -> None:
    feed = Feed(0, Random(7), customers=200)
    with house(tmp_path, fresh_broker, mongo_settings) as running:
        with steady_load(running, [feed], RATE) as ledger:
            added, killed = a_second_comes_and_is_killed(running)
            stopped = a_second_comes_and_is_stopped(running)
            running.until(lambda: _owns_all(running))
        scores = scores_of(fresh_broker)
        silences = {
            "added": longest_silence(scores, range(PARTITIONS), added),
            "killed": longest_silence(scores, killed.moved, killed),
            "stopped": longest_silence(scores, stopped.moved, stopped),
        }
        until_at_rest(running, mongo_settings, ledger, tell=print)
        found = account(ledger, asyncio.run(gather(fresh_broker, mongo_settings)))
    for name, moment in (("added", added), ("killed", killed), ("stopped", stopped)):
        print(
            f"an instance {name}: assigned after {moment.assigned_after_seconds:.1f} s, "
            f"longest silence {silences[name]:.1f} s"
        )
    assert len(added.moved) == len(killed.moved) == len(stopped.moved) == PARTITIONS // 2
    assert silences["killed"] < SESSION_SECONDS + REBALANCE_SECONDS
    assert silences["stopped"] < REBALANCE_SECONDS
    assert silences["added"] < REBALANCE_SECONDS
    assert found.clean, found


def a_second_comes_and_is_killed(running: House) -> tuple[Moment, Moment]:
    """Both own half; after kill -9 of the second, the first owns all within the session."""
    at, before = time.time(), ownership(running.broker, "scoring")
    with running.another("scoring") as second:
        added = until_shared(running.broker, "scoring", 2, before=before, at=at)
        _until_it_works(running, second)
        at, before = time.time(), ownership(running.broker, "scoring")
        second.child.kill()
        killed = until_shared(running.broker, "scoring", 1, before=before, at=at)
    return added, killed


def a_second_comes_and_is_stopped(running: House) -> Moment:
    """SIGTERM: it finishes its batch and leaves; nobody waits for its session to end."""
    at, before = time.time(), ownership(running.broker, "scoring")
    with running.another("scoring") as second:
        until_shared(running.broker, "scoring", 2, before=before, at=at)
        _until_it_works(running, second)
        at, before = time.time(), ownership(running.broker, "scoring")
        second.child.terminate()
        return until_shared(running.broker, "scoring", 1, before=before, at=at)


def _until_it_works(running: House, second: Instance) -> None:
    running.until(lambda: second.gauge("aftercare_partitions_owned") == PARTITIONS // 2)
    running.until(lambda: second.gauge("aftercare_aggregates_written_total") > 0)


def _owns_all(running: House) -> bool:
    return running.instance("scoring").gauge("aftercare_partitions_owned") == PARTITIONS
