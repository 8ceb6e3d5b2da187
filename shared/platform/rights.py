"""What a Kafka user may do: which rights a service needs, and which of them it does not have.

The broker tells each user their own rights on what they name (KIP-430), so nothing is tried out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from aiokafka.client import AIOKafkaClient, CoordinationType
from aiokafka.errors import GroupAuthorizationFailedError, IncompatibleBrokerVersion, for_code

from shared.platform.authorized_operations import OnGroup, OnTopics
from shared.platform.errors import TransientFailure
from shared.platform.kafka import connection
from shared.settings import PREFIX, KafkaSettings

Operation: TypeAlias = Literal["Read", "Write", "Create", "Describe", "DescribeConfigs"]
CODES: Mapping[Operation, int] = {
    "Read": 3,
    "Write": 4,
    "Create": 5,
    "Describe": 8,
    "DescribeConfigs": 10,
}
"""As Kafka's protocol numbers them."""
_NOT_TOLD = -(2**31)
_TOPIC_FORBIDDEN = 29
_UNKNOWN_TOPIC = 3


@dataclass(frozen=True, slots=True, order=True)
class Right:
    """To do something with one topic or group. Reading and writing imply describing."""

    kind: Literal["topic", "group"]
    name: str
    operation: Operation

    def __str__(self) -> str:
        return f"{self.operation} on {self.kind} {self.name}"


def to_work(*, reads: Iterable[str], writes: Iterable[str], group: str) -> tuple[Right, ...]:
    """What a service needs that reads some topics in a group, and writes others. A producer whose
    writing is idempotent needs no more."""
    found = {Right("group", group, "Read")}
    found |= {Right("topic", name, "Read") for name in reads}
    found |= {Right("topic", name, "Write") for name in writes}
    return tuple(sorted(found))


async def require_rights(settings: KafkaSettings, service: str, rights: Sequence[Right]) -> None:
    """Raises `TransientFailure` that names each right which is missing; Kafka's own errors, too.

    Where nobody is asked who they are, nothing is looked at.
    """
    if settings.security_protocol == "PLAINTEXT":
        return
    missing = await missing_rights(settings, rights)
    if missing:
        setting = "SSL_CERTIFICATE_FILE" if settings.security_protocol == "SSL" else "SASL_USERNAME"
        raise TransientFailure(
            f"not allowed: {', '.join(map(str, missing))}; 'aftercare acls --service {service}' "
            f"prints what the user of {PREFIX}KAFKA__{setting} needs"
        )


async def missing_rights(settings: KafkaSettings, rights: Sequence[Right]) -> list[Right]:
    """Those that the user does not have. Of a topic that does not exist the rights are as for one
    that does; a broker that does not tell rights is taken to give all."""
    client = AIOKafkaClient(**connection(settings))
    try:
        await client.bootstrap()
        topics = [each for each in rights if each.kind == "topic"]
        groups = [each for each in rights if each.kind == "group"]
        found = await _missing_of_topics(client, topics) if topics else []
        return found + [each for each in groups if await _is_missing(client, each)]
    except (IncompatibleBrokerVersion, NotImplementedError):  # it is too old to tell
        return []
    finally:
        await client.close()


async def _missing_of_topics(client: AIOKafkaClient, rights: Sequence[Right]) -> list[Right]:
    names = sorted({each.name for each in rights})
    response: Any = await client.send(client.get_random_node(), OnTopics(names))
    allowed: dict[str, int] = {}
    for code, name, _, _, operations in response.topics:
        if code not in (0, _UNKNOWN_TOPIC, _TOPIC_FORBIDDEN):
            raise for_code(code)()
        allowed[name] = 0 if code == _TOPIC_FORBIDDEN else operations
    return [each for each in rights if not _is_among(each, allowed.get(each.name, _NOT_TOLD))]


async def _is_missing(client: AIOKafkaClient, right: Right) -> bool:
    try:
        node = await client.coordinator_lookup(CoordinationType.GROUP, right.name)
    except GroupAuthorizationFailedError:
        return True
    response: Any = await client.send(node, OnGroup(right.name))
    [(code, *_, operations)] = response.groups
    if for_code(code) is GroupAuthorizationFailedError:
        return True
    if code:
        raise for_code(code)()
    return not _is_among(right, operations)


def _is_among(right: Right, operations: int) -> bool:
    return operations == _NOT_TOLD or bool(operations >> CODES[right.operation] & 1)
