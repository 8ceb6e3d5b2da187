"""A real Apache Kafka cluster on loopback, from a directory of its jars; one node or several.

KRaft, each node broker and controller at once, everything in one directory. For tests and
trials: small heap, few internal partitions, nothing is created automatically.
"""

import os
import shutil
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from deploy.cli.failures import CannotRun
from deploy.sandbox.probes import kafka_brokers
from deploy.sandbox.processes import Child, free_port, spawn

LIBS_VARIABLE = "AFTERCARE_TEST_KAFKA_LIBS"
START_SECONDS = 60.0
_JVM = (
    "-Xms64m",
    "-Xmx384m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
)


@dataclass(frozen=True, slots=True)
class Listener:
    """One more place where clients may connect, beside the open one that brokers themselves use."""

    name: str
    protocol: str
    """As Kafka's `listener.security.protocol.map` has it."""
    port: int


@dataclass(frozen=True, slots=True)
class Security:
    """What a broker has beside what every one of ours has."""

    listeners: Sequence[Listener] = ()
    properties: Mapping[str, object] = field(default_factory=dict)
    scram_users: Mapping[str, str] = field(default_factory=dict)
    """User -> password, by SCRAM-SHA-512."""


@dataclass(slots=True)
class KafkaNode:
    """One broker and controller. It can be killed and started again on its data."""

    number: int
    port: int
    controller_port: int
    directory: Path
    libs: Path
    security: Security = Security()
    child: Child | None = field(default=None)

    @property
    def properties(self) -> Path:
        return self.directory / "server.properties"

    def start(self) -> None:
        """Start it; `KafkaCluster.wait_until_ready` tells when it takes part."""
        self.child = self._java(f"kafka-{self.number}", "kafka.Kafka", str(self.properties))

    def format(self, cluster_id: str) -> None:
        """Prepare its empty log directory. Raises `CannotRun` when the tool fails."""
        arguments = ["format", "-t", cluster_id, "-c", str(self.properties)]
        for user, password in self.security.scram_users.items():
            arguments += ["--add-scram", f"SCRAM-SHA-512=[name={user},password={password}]"]
        tool = self._java(f"format-{self.number}", "kafka.tools.StorageTool", *arguments)
        if tool.process.wait(START_SECONDS) != 0:
            raise CannotRun(f"Kafka's storage could not be formatted:\n{tool.last_words()}")

    def kill(self) -> None:
        """As a crash would."""
        if self.child is not None:
            self.child.kill()

    def stop(self) -> None:
        """In order, handing its leaderships over."""
        if self.child is not None:
            self.child.stop(within_seconds=20)

    def _java(self, name: str, main: str, *arguments: str) -> Child:
        command = ["java", *_JVM, "-cp", f"{self.libs}/*", main, *arguments]
        return spawn(name, command, logs=self.directory.parent / "logs", directory=self.directory)


@dataclass(frozen=True, slots=True)
class KafkaCluster:
    """Running nodes that know each other."""

    nodes: tuple[KafkaNode, ...]

    @property
    def bootstrap_servers(self) -> str:
        return ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)

    def wait_until_ready(self, *, nodes: int | None = None) -> None:
        """Return when every running node sees `nodes` brokers (all, unless told otherwise)."""
        expected = len(self.nodes) if nodes is None else nodes
        for node in self.nodes:
            if node.child is not None and node.child.exit_code is None:
                node.child.wait_until(
                    partial(_sees, node.port, expected), within_seconds=START_SECONDS
                )


@contextmanager
def apache_kafka(
    directory: Path, *, libs: Path, nodes: int = 1, security: Security | None = None
) -> Iterator[KafkaCluster]:
    """Run a new cluster whose data live in `directory`; `security`: of one node alone.

    Raises `CannotRun` without Java or the jars, or when a node does not start.
    """
    _require(libs)
    cluster = _configured(directory, libs=libs, nodes=nodes, security=security or Security())
    with ExitStack() as stopping:
        # a zero in front, or one in 64 ids begins with '-' and is taken for an option
        cluster_id = urlsafe_b64encode(b"\0" + uuid.uuid4().bytes[1:]).decode().rstrip("=")
        for node in cluster.nodes:
            node.format(cluster_id)
        for node in cluster.nodes:
            stopping.callback(node.kill)
            node.start()
        cluster.wait_until_ready()
        yield cluster


def kafka_libs() -> Path | None:
    """The directory of Kafka's jars that the environment names, if it names one."""
    named = os.environ.get(LIBS_VARIABLE)
    return Path(named) if named else None


def _sees(port: int, brokers: int) -> bool:
    return kafka_brokers(port) >= brokers


def _require(libs: Path) -> None:
    if shutil.which("java") is None:
        raise CannotRun("Apache Kafka needs Java 17 or later, and there is no `java` command here")
    if not list(libs.glob("kafka_2.13-*.jar")):
        raise CannotRun(f"there are no Kafka jars in {libs}: point {LIBS_VARIABLE} at them")


def _configured(directory: Path, *, libs: Path, nodes: int, security: Security) -> KafkaCluster:
    made = tuple(
        KafkaNode(
            number=number,
            port=free_port(),
            controller_port=free_port(),
            directory=directory / f"node-{number}",
            libs=libs.resolve(),
            security=security,
        )
        for number in range(1, nodes + 1)
    )
    voters = ",".join(f"{node.number}@127.0.0.1:{node.controller_port}" for node in made)
    for node in made:
        node.directory.mkdir(parents=True)
        node.properties.write_text(_properties(node, voters, nodes), encoding="utf-8")
    return KafkaCluster(nodes=made)


def _properties(node: KafkaNode, voters: str, nodes: int) -> str:
    replicas = min(nodes, 3)
    more = node.security.listeners
    open_to_clients = [
        f"BROKER://127.0.0.1:{node.port}",
        *(f"{each.name}://127.0.0.1:{each.port}" for each in more),
    ]
    protocols = [f"{each.name}:{each.protocol}" for each in more]
    settings = {
        "process.roles": "broker,controller",
        "node.id": node.number,
        "controller.quorum.voters": voters,
        "listeners": ",".join([*open_to_clients, f"CONTROLLER://127.0.0.1:{node.controller_port}"]),
        "advertised.listeners": ",".join(open_to_clients),
        "listener.security.protocol.map": ",".join(
            ["BROKER:PLAINTEXT", "CONTROLLER:PLAINTEXT", *protocols]
        ),
        "inter.broker.listener.name": "BROKER",
        "controller.listener.names": "CONTROLLER",
        "log.dirs": node.directory / "data",
        "auto.create.topics.enable": "false",
        "unclean.leader.election.enable": "false",
        "group.initial.rebalance.delay.ms": 0,
        "offsets.topic.num.partitions": 3,
        "offsets.topic.replication.factor": replicas,
        "transaction.state.log.num.partitions": 3,
        "transaction.state.log.replication.factor": replicas,
        "transaction.state.log.min.isr": min(replicas, 2),
        "share.coordinator.state.topic.replication.factor": replicas,
        "share.coordinator.state.topic.min.isr": min(replicas, 2),
        "log.cleaner.dedupe.buffer.size": 4 * 1024 * 1024,
        "num.network.threads": 2,
        "num.io.threads": 2,
        "broker.session.timeout.ms": 6000,
        **node.security.properties,
    }
    return "".join(f"{name}={value}\n" for name, value in settings.items())
