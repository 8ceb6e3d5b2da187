"""One run: start everything, send steadily, disturb, come to rest, account for it."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

from deploy.cli.address_file import BACKENDS
from deploy.cli.readiness import what_keeps
from deploy.sandbox.apache_kafka import apache_kafka
from deploy.sandbox.demo.account import Held, missing
from deploy.sandbox.embedded import embedded_database
from shared.settings import MongoSettings
from tests.chaos.account import Account, account
from tests.chaos.disturbances import (
    ALL,
    CONSUMERS,
    MOST,
    Disturbance,
    Scene,
    Tell,
    schedule,
)
from tests.chaos.evidence import databases, gather
from tests.chaos.feed import LATEST_DEADLINE_SECONDS, Feed
from tests.chaos.load import TOPICS, Ledger, Rate, steady_load
from tests.e2e.house import House, house
from tests.servers import Broker

BROKERS = 3
REST_SECONDS = 6.0
"""Longer than the five seconds in which services tell anew how far behind they are."""
LONGEST_WAIT_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Course:
    """How hard and how long a run is."""

    feeds: int
    customers: int
    rate: Rate
    disturbed_seconds: float
    """At least; each disturbance comes once in any case."""
    disturbances: tuple[Disturbance, ...]


SHORT = Course(feeds=2, customers=80, rate=Rate(10, 0.5), disturbed_seconds=0, disturbances=MOST)
LONG = Course(
    feeds=3, customers=600, rate=Rate(20, 0.5), disturbed_seconds=15 * 60, disturbances=ALL
)


def run(directory: Path, *, libs: Path, seed: int, course: Course, tell: Tell) -> Account:
    """Raises `CannotRun` when something does not start, or does not come back."""
    random = Random(seed)
    feeds = [Feed(n, Random(random.random()), course.customers) for n in range(course.feeds)]
    tell(f"seed {seed}: starting {BROKERS} brokers, the database and the services")
    with (
        apache_kafka(directory / "kafka", libs=libs, nodes=BROKERS) as cluster,
        embedded_database(directory / "logs", storage=directory / "database") as database,
    ):
        broker = Broker("apache", cluster.bootstrap_servers, replication_factor=BROKERS)
        mongo = MongoSettings.model_validate({"uri": f"mongodb://{database.address}"})
        with house(directory, broker, mongo) as running:
            scene = Scene(cluster, database, running, random, tell)
            tell("all ready; the load begins")
            with steady_load(running, feeds, course.rate) as ledger:
                _disturb(scene, course)
                tell("the load ends")
            until_at_rest(running, mongo, ledger, tell)
            return account(ledger, asyncio.run(gather(broker, mongo)))


def _disturb(scene: Scene, course: Course) -> None:
    scene.between(2, 4)
    for disturb in schedule(scene.random, course.disturbances, seconds=course.disturbed_seconds):
        disturb(scene)
        scene.until_ready()
        scene.between(1, 2)


def until_at_rest(running: House, mongo: MongoSettings, ledger: Ledger, tell: Tell) -> None:
    """Wait until nothing has been left to do for a while. Past the limit, the account tells."""
    began = time.monotonic()
    busy_at = began + LATEST_DEADLINE_SECONDS
    due = {place: version for place, version in ledger.due().items() if place.service != TOPICS}
    why: str | None = "deadlines that are still to come"
    while time.monotonic() - busy_at < REST_SECONDS:
        if time.monotonic() - began > LONGEST_WAIT_SECONDS:
            tell(f"not at rest after {LONGEST_WAIT_SECONDS:.0f} s: {why}")
            return
        unfinished = asyncio.run(_unfinished(running, mongo, due))
        if unfinished is not None:
            busy_at, why = max(busy_at, time.monotonic()), unfinished
        time.sleep(0.5)
    tell(f"at rest; the last thing to be waited for: {why}")


async def _unfinished(running: House, mongo: MongoSettings, due: Held) -> str | None:
    """What is still to be done, if anything."""
    for service in BACKENDS:
        if troubles := what_keeps(running.stack.urls[service]):
            return f"{service}: {'; '.join(troubles)}"
    for service in CONSUMERS:
        if behind := running.instance(service).gauge("aftercare_consumer_lag"):
            return f"{service} is {behind:.0f} records behind"
    found = await databases(mongo)
    if lost := missing(due, found.held):
        return f"{len(lost)} documents are not held yet"
    if left := sum(found.intents.values()):
        return f"{left} intents"
    return None
