"""Gathers what an account needs: the topics from the start, the databases, the holdings."""

import json
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from pydantic import SecretStr

from deploy.sandbox.demo.account import HeldDocument, held_by
from deploy.sandbox.stack import SECRET
from services.complaints.app import decider as complaints_decider
from services.complaints.settings import ComplaintSettings
from services.followup.app import decider as followup_decider
from services.followup.settings import FollowUpSettings
from services.identity.app import decider as identity_decider
from services.identity.settings import IdentitySettings
from services.scoring.app import decider as scoring_decider
from services.scoring.settings import ScoringSettings
from shared.contracts.envelope import Event
from shared.contracts.topics import (
    COMPLAINTS,
    DEAD_LETTERS,
    PROFILES,
    SALES,
    VISITS,
)
from shared.decider.decider import Decider, Facts
from shared.platform.dead_letters import own_headers
from shared.platform.kafka import RawRecord
from shared.platform.mongo import Mongo
from shared.platform.validate import to_event
from shared.runtime.aggregate import NOTHING, Aggregate
from shared.runtime.mongo_store import MongoStore
from shared.settings import MongoSettings
from tests.chaos.account import OUTPUT_TOPICS, Evidence
from tests.chaos.load import TOPICS
from tests.e2e.house import said_in
from tests.servers import PARTITIONS, Broker

INPUT_TOPICS = (SALES.name, VISITS.name, COMPLAINTS.name, PROFILES.name)
PAGE = 1000
POLL_MS = 500


def deciders() -> dict[str, Decider[Any, Any]]:
    """The services whose documents and outputs are gone through, but for their I/O."""
    made: tuple[Decider[Any, Any], ...] = (
        scoring_decider(ScoringSettings()),
        followup_decider(FollowUpSettings()),
        complaints_decider(ComplaintSettings()),
        identity_decider(IdentitySettings(identity_secret=SecretStr(SECRET))),
    )
    return {decider.name: decider for decider in made}


@dataclass(frozen=True, slots=True)
class Databases:
    """What the services have in theirs."""

    aggregates: Mapping[str, Sequence[Aggregate]]
    intents: Mapping[str, int]
    held: Mapping[HeldDocument, str]


async def databases(settings: MongoSettings) -> Databases:
    """All documents, the number of intents, and which versions are held."""
    aggregates: dict[str, Sequence[Aggregate]] = {}
    intents: dict[str, int] = {}
    held: dict[HeldDocument, str] = {}
    for service, decider in deciders().items():
        mongo = Mongo(settings, service)
        store = MongoStore(mongo.database)
        documents = [found async for found in _all(store)]
        aggregates[service] = documents
        intents[service] = len(await store.intents(range(PARTITIONS)))
        held |= held_by(service, _versions(decider.facts, documents))
        await mongo.close()
    return Databases(aggregates, intents, held)


async def gather(broker: Broker, mongo: MongoSettings) -> Evidence:
    """Everything there is at this moment; call it when all has come to rest."""
    at = datetime.now(UTC)
    topics = [*INPUT_TOPICS, *OUTPUT_TOPICS, DEAD_LETTERS.name]
    records = await records_of(broker, topics)
    letters = records.pop(DEAD_LETTERS.name)
    inputs = [record for topic in INPUT_TOPICS for record in records[topic]]
    read = [record for topic in records.values() for record in topic]
    found = await databases(mongo)
    return Evidence(
        at=at,
        held={**found.held, **_carried(inputs)},
        said={topic: [said_in(record) for record in part] for topic, part in records.items()},
        aggregates=found.aggregates,
        intents=found.intents,
        dead_letters=[str(own_headers(letter.headers)) for letter in letters],
        unlike_replay=[
            f"{id_} of {service}"
            for service, decider in deciders().items()
            for id_ in unlike_replay(decider, _read(decider, read), found.aggregates[service])
        ],
    )


async def records_of(broker: Broker, topics: Sequence[str]) -> dict[str, list[RawRecord]]:
    """All records of these topics up to now, each partition in order. Not on the embedded
    broker, whose end offsets are not to be trusted."""
    found: dict[str, list[RawRecord]] = {topic: [] for topic in topics}
    async with AIOKafkaConsumer(bootstrap_servers=broker.bootstrap_servers) as consumer:
        partitions = [TopicPartition(topic, n) for topic in topics for n in range(PARTITIONS)]
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        ends = await consumer.end_offsets(partitions)
        for partition in partitions:
            while await consumer.position(partition) < ends[partition]:
                batch = await consumer.getmany(partition, timeout_ms=POLL_MS)
                for records in batch.values():
                    found[partition.topic].extend(records)
    return found


async def _all(store: MongoStore) -> AsyncIterator[Aggregate]:
    after = ""
    while page := await store.page(dealer_id=None, after=after, limit=PAGE):
        for found in page:
            yield found
        after = page[-1].id


def _versions(
    facts: type[Facts], documents: Iterable[Aggregate]
) -> Iterator[tuple[str, Mapping[str, str]]]:
    for found in documents:
        yield found.id, facts.model_validate_json(found.facts).versions()


def _carried(inputs: Iterable[RawRecord]) -> dict[HeldDocument, str]:
    """The newest version of each document that intake's topics carry for each customer."""
    newest: dict[HeldDocument, str] = {}
    for record in inputs:
        data = json.loads(record.value or b"{}")
        place = HeldDocument(TOPICS, data["customer_key"], data["document_id"])
        newest[place] = max(newest.get(place, ""), data["version"])
    return newest


def _read(decider: Decider[Any, Any], inputs: Iterable[RawRecord]) -> Iterator[Event[Any]]:
    events = (to_event(record, decider.reading) for record in inputs)
    return (event for event in events if event is not None)


def unlike_replay(
    decider: Decider[Any, Any], events: Iterable[Event[Any]], documents: Iterable[Aggregate]
) -> list[str]:
    """Ids of documents that are not what these events, joined in this order, lead to."""
    nothing = decider.facts.model_validate_json(NOTHING)
    told: dict[str, list[Event[Any]]] = {}
    for event in events:
        told.setdefault(decider.aggregate_id(event), []).append(event)
    replayed = {
        id_: decider.condense(decider.join(nothing, found), decider.policy)
        for id_, found in told.items()
    }
    stored = {found.id: decider.facts.model_validate_json(found.facts) for found in documents}
    return [
        id_
        for id_ in sorted(replayed.keys() | stored.keys())
        if replayed.get(id_, nothing) != stored.get(id_, nothing)
    ]
