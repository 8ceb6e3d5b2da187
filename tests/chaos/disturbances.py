"""What goes wrong during a run, one after the other, told as it happens."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from random import Random

from deploy.cli.address_file import BACKENDS
from deploy.sandbox.apache_kafka import KafkaCluster
from deploy.sandbox.embedded import EmbeddedServer
from tests.e2e.house import House

CONSUMERS = tuple(service for service in BACKENDS if service != "intake")
DATABASE_AWAY_SECONDS = 20.0
BROKER_AWAY_SECONDS = 8.0

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Scene:
    """What can be disturbed."""

    cluster: KafkaCluster
    database: EmbeddedServer
    house: House
    random: Random
    tell: Tell

    def between(self, shortest: float, longest: float) -> None:
        """Let things run on for some seconds."""
        time.sleep(self.random.uniform(shortest, longest))

    def until_ready(self) -> None:
        """Wait until every service does its work again, and tell how long that took."""
        began = time.monotonic()
        for service in BACKENDS:
            self.house.instance(service).until_ready()
        self.tell(f"all services ready again after {time.monotonic() - began:.1f} s")

    def shuffled(self, names: tuple[str, ...]) -> list[str]:
        return self.random.sample(names, len(names))


def kill_each_service(scene: Scene) -> None:
    """kill -9, and started again at once, as an orchestrator would; one may still be away
    when the next goes."""
    for service in scene.shuffled(BACKENDS):
        scene.tell(f"kill -9 {service}, and start it again")
        scene.house.child(service).restart()
        scene.between(0, 3)


def add_and_remove_instances(scene: Scene) -> None:
    """A second instance of each consumer comes. Of one service the second goes in order, of
    another it is killed, of a third the first is killed; there, and of all others, the second
    stays a while."""
    with ExitStack() as extras:
        added = {}
        for service in CONSUMERS:
            scene.tell(f"a second {service} comes")
            added[service] = extras.enter_context(scene.house.another(service))
        for instance in added.values():
            instance.until_ready()
        scene.between(2, 4)
        leaves, dies, replaces, *others = scene.shuffled(CONSUMERS)
        scene.tell(f"SIGTERM to the second {leaves}")
        added[leaves].child.stop()
        scene.tell(f"kill -9 the second {dies}")
        added[dies].child.kill()
        scene.tell(f"kill -9 the first {replaces}, and start it again")
        scene.house.child(replaces).restart()
        scene.between(2, 4)
        scene.tell(f"SIGTERM to the second {', '.join((replaces, *others))}")


def lose_a_broker(scene: Scene) -> None:
    """One of three is killed, and comes back with its log."""
    node = scene.random.choice(scene.cluster.nodes)
    scene.tell(f"kill -9 broker {node.number} of {len(scene.cluster.nodes)}")
    node.kill()
    time.sleep(BROKER_AWAY_SECONDS)
    scene.tell(f"start broker {node.number} again")
    node.start()
    scene.cluster.wait_until_ready()


def restart_all_brokers(scene: Scene) -> None:
    """In order, one after the other, as an upgrade would."""
    for node in scene.cluster.nodes:
        scene.tell(f"restart broker {node.number}")
        node.stop()
        node.start()
        scene.cluster.wait_until_ready()


def lose_all_brokers(scene: Scene) -> None:
    """All of them killed at once, and started again on their logs."""
    scene.tell("kill -9 all brokers, and start them again")
    for node in scene.cluster.nodes:
        node.kill()
    for node in scene.cluster.nodes:
        node.start()
    scene.cluster.wait_until_ready()


def stop_the_database(scene: Scene) -> None:
    """It keeps its data."""
    scene.tell(f"stop the database for {DATABASE_AWAY_SECONDS:.0f} s")
    scene.database.child.stop()
    time.sleep(DATABASE_AWAY_SECONDS)
    scene.tell("start the database again")
    scene.database.start_again()


Disturbance = Callable[[Scene], None]
MOST: tuple[Disturbance, ...] = (
    kill_each_service,
    add_and_remove_instances,
    lose_a_broker,
    restart_all_brokers,
    stop_the_database,
)
ALL: tuple[Disturbance, ...] = (*MOST, lose_all_brokers)


def schedule(
    random: Random, disturbances: Sequence[Disturbance], *, seconds: float
) -> Iterator[Disturbance]:
    """Each disturbance once, in any order; then any of them until `seconds` have passed."""
    began = time.monotonic()
    yield from random.sample(disturbances, len(disturbances))
    while time.monotonic() - began < seconds:
        yield random.choice(disturbances)
