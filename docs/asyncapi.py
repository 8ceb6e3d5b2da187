"""The AsyncAPI document: channels, messages, and who sends and receives what, from the code."""

import inspect
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias

from deploy.cli.configuration import SETTINGS
from shared.contracts import intake, topics
from shared.contracts.envelope import CONTENT_TYPE, Message
from shared.contracts.followup import ReportMade, ReportWithdrawn
from shared.contracts.topics import DEAD_LETTERS, DEFAULT_PARTITIONS, Topic
from shared.decider.decider import Decider
from shared.platform.dead_letters import PREFIX
from shared.settings import KafkaSettings

Json: TypeAlias = dict[str, Any]
Contract: TypeAlias = type[Message]

INTAKE = "intake"
DECIDERS = ("scoring", "followup", "complaints", "identity")
PROJECT = Path(__file__).parent.parent / "pyproject.toml"
KAFKA_BINDING_VERSION = "0.5.0"

_HEADERS: dict[str, tuple[str, bool]] = {
    "content-type": (f"Always {CONTENT_TYPE}.", True),
    "ce_id": ("The message's id; a repeat of the message repeats it.", True),
    "ce_source": ("Who sent it: aftercare/SERVICE.", True),
    "ce_specversion": ("Always 1.0.", True),
    "ce_type": ("The type, dev.aftercare.NOUN.VERB.v1.", True),
    "ce_time": ("When it was said, RFC 3339.", False),
    "ce_subject": ("What it is about, for ever the same.", False),
    "ce_sequence": ("Rises with each message about a subject: keep the highest.", False),
    "ce_dealerid": ("group/dealer.", False),
    "ce_partitionkey": ("The customer key: the record's key, or what it begins with.", False),
    "ce_recordedtime": ("When intake first received the document, RFC 3339.", True),
    "ce_causationid": (
        "The id of the event that led to this message; a hash of a sender's that is no UUID.",
        False,
    ),
    "ce_traceparent": ("W3C trace context of the request that led to it.", False),
}
_KEY = "group/dealer/source/customer-number, or …/vin/VIN, or …/doc/number"


@dataclass(frozen=True, slots=True)
class Service:
    """What one service receives and sends."""

    name: str
    reads: tuple[Contract, ...]
    writes: tuple[Contract, ...]


def services() -> list[Service]:
    """The five services, as their own code declares them."""
    return [
        Service(INTAKE, (ReportMade, ReportWithdrawn), intake.ALL),
        *(
            Service(decider.name, decider.reads, decider.writes)
            for decider in (decider_of(name) for name in DECIDERS)
        ),
    ]


def decider_of(name: str) -> Decider[Any, Any]:
    """The decider that `services.NAME.app` runs."""
    decider: Decider[Any, Any] = import_module(f"services.{name}.app").decider(SETTINGS[name]())
    return decider


def summary(described: object) -> str:
    """The first paragraph of a docstring, in one line."""
    return " ".join((inspect.getdoc(described) or "").partition("\n\n")[0].split())


def document() -> Json:
    """The whole AsyncAPI 3.0 document."""
    everyone = services()
    written = [contract for service in everyone for contract in service.writes]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Aftercare",
            "version": _version(),
            "description": (
                "CloudEvents 1.0 in binary mode on Kafka. Every record is partitioned by the "
                "customer that its key is or, of a case, begins with, and all topics have the "
                "same number of partitions. Generated: `make docs`."
            ),
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": CONTENT_TYPE,
        "servers": {"kafka": _server()},
        "channels": {
            channel_id(topic): _channel(topic, _of(topic, written)) for topic in topics.ALL
        },
        "operations": {
            name: operation for service in everyone for name, operation in _operations(service)
        },
        "components": {
            "messages": {
                **{contract.__name__: _message(contract) for contract in written},
                "DeadLetter": _dead_letter(),
                "DeadLetterResolved": _dead_letter_resolved(),
            },
            "schemas": {"CloudEventHeaders": _cloud_event_headers()},
        },
    }


def _version() -> str:
    return str(tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["version"])


def channel_id(topic: Topic) -> str:
    """`aftercare.dead-letters` -> `dead-letters`."""
    return topic.name.removeprefix("aftercare.")


def _of(topic: Topic, contracts: Iterable[Contract]) -> list[Contract]:
    return [contract for contract in contracts if topic == contract.TOPIC]


def _server() -> Json:
    return {
        "host": "{bootstrapServers}",
        "protocol": "kafka",
        "variables": {
            "bootstrapServers": {
                "default": KafkaSettings().bootstrap_servers,
                "description": "AFTERCARE_KAFKA__BOOTSTRAP_SERVERS",
            }
        },
    }


def _channel(topic: Topic, written: Sequence[Contract]) -> Json:
    names = [each.__name__ for each in written]
    if topic == DEAD_LETTERS:
        names = ["DeadLetter", "DeadLetterResolved"]
    policy: Json = {"cleanup.policy": ["compact" if topic.compacted else "delete"]}
    if not topic.compacted:
        policy["retention.ms"] = int(topic.retention.total_seconds() * 1000)
    return {
        "address": topic.name,
        "description": topic.content + ".",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": DEFAULT_PARTITIONS,
                "topicConfiguration": policy,
                "bindingVersion": KAFKA_BINDING_VERSION,
            }
        },
    }


def _operations(service: Service) -> Iterable[tuple[str, Json]]:
    for topic in topics.ALL:
        received = _of(topic, service.reads)
        if received:
            yield (
                f"{service.name}-receives-{channel_id(topic)}",
                _operation(
                    "receive",
                    topic,
                    [each.__name__ for each in received],
                    "intake takes their events as if they came over HTTP."
                    if service.name == INTAKE
                    else f"{service.name} joins these to its facts.",
                ),
            )
        sent = _of(topic, service.writes)
        if sent:
            yield (
                f"{service.name}-sends-{channel_id(topic)}",
                _operation(
                    "send",
                    topic,
                    [each.__name__ for each in sent],
                    f"{service.name} publishes these.",
                ),
            )
    if service.reads:
        yield (
            f"{service.name}-sends-{channel_id(DEAD_LETTERS)}",
            _operation(
                "send",
                DEAD_LETTERS,
                ["DeadLetter"],
                f"What {service.name} cannot process, and why.",
            ),
        )


def _operation(action: str, topic: Topic, messages: Sequence[str], told: str) -> Json:
    channel = f"#/channels/{channel_id(topic)}"
    return {
        "action": action,
        "channel": {"$ref": channel},
        "summary": told,
        "messages": [{"$ref": f"{channel}/messages/{name}"} for name in messages],
    }


def _message(contract: Contract) -> Json:
    return {
        "name": contract.TYPE,
        "title": contract.__name__,
        "summary": summary(contract),
        "contentType": CONTENT_TYPE,
        "headers": {"$ref": "#/components/schemas/CloudEventHeaders"},
        "payload": {"$ref": f"./schemas/{contract.TYPE}.json"},
        "bindings": {"kafka": _key_binding(per_case=contract.TOPIC.per_case)},
    }


def _key_binding(*, per_case: bool = False) -> Json:
    case = ", then | and the id of the case" if per_case else ""
    return {
        "key": {"type": "string", "description": f"The customer: {_KEY}{case}."},
        "bindingVersion": KAFKA_BINDING_VERSION,
    }


def _dead_letter() -> Json:
    told = {
        "id": "The same for every repeat of this dead letter.",
        "service": "Who could not process the record.",
        "topic": "Where the record was.",
        "partition": "Its partition there.",
        "offset": "Its offset there.",
        "reason": "Why; never anything from the record's content.",
    }
    return {
        "name": "dead-letter",
        "title": "DeadLetter",
        "summary": "A record as it came, byte for byte, and these headers beside its own.",
        "contentType": "application/octet-stream",
        "headers": _told(told, {"omitted": "Set where the record was too large: its bytes."}),
        "payload": {"description": "The original value; none where it was too large."},
    }


def _dead_letter_resolved() -> Json:
    told = {
        "id": "That of the dead letter.",
        "resolution": "replayed or discarded.",
    }
    return {
        "name": "dead-letter-resolved",
        "title": "DeadLetterResolved",
        "summary": "What became of a dead letter, under its key; it is no longer open.",
        "headers": _told(told, {"note": "What the operator had to say."}),
        "payload": {"type": "null"},
    }


def _told(always: Mapping[str, str], sometimes: Mapping[str, str]) -> Json:
    return {
        "type": "object",
        "required": [PREFIX + name for name in always],
        "properties": {
            PREFIX + name: {"type": "string", "description": text}
            for name, text in {**always, **sometimes}.items()
        },
    }


def _cloud_event_headers() -> Json:
    return {
        "type": "object",
        "required": [name for name, (_, always) in _HEADERS.items() if always],
        "properties": {
            name: {"type": "string", "description": text} for name, (text, _) in _HEADERS.items()
        },
    }
