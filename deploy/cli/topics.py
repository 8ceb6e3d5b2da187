"""`aftercare topics`: creates the topics and verifies them: partitions, replication, settings."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import typer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import (
    KafkaError,
    TopicAlreadyExistsError,
    TopicAuthorizationFailedError,
    for_code,
)
from rich.table import Table

from deploy.cli import configuration
from deploy.cli.address_file import DEFAULT_DIRECTORY, addresses
from deploy.cli.failures import CannotRun
from deploy.cli.terminal import FAILED, AsJson, DataDir, hint, out, write_json
from shared.contracts.topics import ALL, DEAD_LETTERS, Topic
from shared.platform.kafka import MAX_REQUEST_BYTES, make_admin
from shared.platform.kafka_words import in_words
from shared.platform.rights import Right
from shared.settings import KafkaSettings

RESPONSE_SECONDS = 20.0
_POLL_SECONDS = 0.1

State = Literal["created", "ok", "differs", "missing"]


@dataclass(frozen=True, slots=True)
class TopicReport:
    """How one topic was found. A difference says what was expected and what is there."""

    topic: str
    state: State
    differences: tuple[str, ...] = ()
    unreported: tuple[str, ...] = ()
    """Settings the broker does not tell; only the embedded one keeps them to itself."""

    def as_json(self) -> dict[str, object]:
        """For programs."""
        return {
            "topic": self.topic,
            "state": self.state,
            "differences": self.differences,
            "not_told": self.unreported,
        }


def command(
    create: Annotated[
        bool, typer.Option("--create/--verify", help="Create what is missing, or only look.")
    ] = False,
    data_dir: DataDir = DEFAULT_DIRECTORY,
    as_json: AsJson = False,
) -> None:
    """Create or verify the topics. Exits with 1 when any is missing or differs."""
    settings = configuration.kafka_settings(addresses(data_dir).kafka)
    reports = asyncio.run(provision_topics(settings, create=create))
    if as_json:
        write_json([report.as_json() for report in reports])
    else:
        _show(reports)
    if any(report.state in {"missing", "differs"} for report in reports):
        raise typer.Exit(FAILED)


def _show(reports: Sequence[TopicReport]) -> None:
    table = Table("topic", "", "remarks", box=None, pad_edge=False)
    for report in reports:
        remarks = list(report.differences)
        if report.unreported:
            remarks.append(f"the broker does not tell {', '.join(report.unreported)}")
        table.add_row(report.topic, report.state, "; ".join(remarks))
    out.print(table)
    if any(report.state == "missing" for report in reports):
        out.print(f"{hint('topics --create')} creates what is missing", markup=False)


def expected_settings(topic: Topic, settings: KafkaSettings) -> dict[str, str]:
    """What a topic is created with, beside partitions and replication."""
    expected = {
        "cleanup.policy": "compact" if topic.compacted else "delete",
        "min.insync.replicas": "2" if settings.replication_factor >= 3 else "1",
        "unclean.leader.election.enable": "false",
    }
    if not topic.compacted:
        expected["retention.ms"] = str(int(topic.retention.total_seconds() * 1000))
    if topic == DEAD_LETTERS:
        expected["max.message.bytes"] = str(MAX_REQUEST_BYTES)
    return expected


async def provision_topics(settings: KafkaSettings, *, create: bool) -> list[TopicReport]:
    """Look at every topic of Aftercare; create those that are missing when `create`.

    A topic that differs is reported and never changed: fewer partitions or another cleanup
    policy would lose data. Raises `CannotRun` when the broker does not answer or refuses.
    """
    async with _administration(settings) as admin:
        found = await _described(admin)
        missing = [topic for topic in ALL if topic.name not in found]
        if create and missing:
            await _create(admin, missing, settings)
            await _wait_until_led(admin, [topic.name for topic in missing])
        there = [topic.name for topic in ALL if topic.name in found]
        configured = await _settings_of(admin, there)
    absent: State = "created" if create else "missing"
    return [
        _compared(topic, found[topic.name], configured.get(topic.name, {}), settings)
        if topic.name in found
        else TopicReport(topic.name, absent)
        for topic in ALL
    ]


@asynccontextmanager
async def _administration(settings: KafkaSettings) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = make_admin(settings)
    try:
        async with asyncio.timeout(RESPONSE_SECONDS):
            await admin.start()
            yield admin
    except (KafkaError, TimeoutError, OSError) as error:
        why = await in_words(settings, error)
        raise CannotRun(
            f"no Kafka broker answers at {settings.bootstrap_servers} ({why}). "
            f"Is {hint('up')} running? Another broker is named by "
            "AFTERCARE_KAFKA__BOOTSTRAP_SERVERS."
        ) from error
    finally:
        await admin.close()


async def _described(admin: AIOKafkaAdminClient) -> dict[str, list[dict[str, Any]]]:
    """Topic -> its partitions, for all there are: asking by name creates it on some brokers."""
    return {topic["topic"]: topic["partitions"] for topic in await admin.describe_topics()}


async def _create(
    admin: AIOKafkaAdminClient, topics: Sequence[Topic], settings: KafkaSettings
) -> None:
    response = await admin.create_topics(
        [
            NewTopic(
                topic.name,
                settings.partitions,
                settings.replication_factor,
                topic_configs=expected_settings(topic, settings),
            )
            for topic in topics
        ]
    )
    for name, code, message in response.topic_errors:
        error = for_code(code)
        if error is TopicAuthorizationFailedError:
            right = Right("topic", name, "Create")
            raise CannotRun(
                f"not allowed: {right}; {hint('acls --service topics')} prints what is needed"
            )
        if code and error is not TopicAlreadyExistsError:
            raise CannotRun(
                f"Kafka refuses to create {name}: {message or error.__name__} "
                f"(AFTERCARE_KAFKA__PARTITIONS={settings.partitions}, "
                f"AFTERCARE_KAFKA__REPLICATION_FACTOR={settings.replication_factor})"
            )


async def _wait_until_led(admin: AIOKafkaAdminClient, names: Sequence[str]) -> None:
    """Return when every partition has a leader: the first records would have to wait for it."""
    while True:
        found = await _described(admin)
        partitions = [partition for name in names for partition in found.get(name, ())]
        if all(found.get(name) for name in names) and all(
            partition["leader"] >= 0 for partition in partitions
        ):
            return
        await asyncio.sleep(_POLL_SECONDS)


async def _settings_of(
    admin: AIOKafkaAdminClient, names: Sequence[str]
) -> dict[str, dict[str, str]]:
    if not names:
        return {}
    wanted = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    return {
        resource[3]: {str(entry[0]): str(entry[1]) for entry in resource[4]}
        for response in await admin.describe_configs(wanted)
        for resource in response.resources
        if resource[0] == 0
    }


def _compared(
    topic: Topic,
    partitions: Sequence[Mapping[str, Any]],
    configured: Mapping[str, str],
    settings: KafkaSettings,
) -> TopicReport:
    replicas = min((len(partition["replicas"]) for partition in partitions), default=0)
    expected = {
        "partitions": str(settings.partitions),
        "replication": str(settings.replication_factor),
        **expected_settings(topic, settings),
    }
    found = {
        "partitions": str(len(partitions)),
        "replication": str(replicas),
        **configured,
    }
    differences = tuple(
        f"{name}: expected {value}, found {found[name]}"
        for name, value in expected.items()
        if name in found and found[name] != value
    )
    unreported = tuple(name for name in expected if name not in found)
    return TopicReport(topic.name, "differs" if differences else "ok", differences, unreported)
