"""The two requests whose answers tell a Kafka user their own rights (KIP-430): aiokafka has older
versions of them alone, which do not."""

from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Array, Boolean, Bytes, Int16, Int32, Schema, String


class _TopicsAnswer(Response):  # type: ignore[misc] # aiokafka is not typed
    API_KEY = 3
    API_VERSION = 8
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "brokers",
            Array(
                ("node_id", Int32),
                ("host", String("utf-8")),
                ("port", Int32),
                ("rack", String("utf-8")),
            ),
        ),
        ("cluster_id", String("utf-8")),
        ("controller_id", Int32),
        (
            "topics",
            Array(
                ("error_code", Int16),
                ("name", String("utf-8")),
                ("is_internal", Boolean),
                (
                    "partitions",
                    Array(
                        ("error_code", Int16),
                        ("partition", Int32),
                        ("leader", Int32),
                        ("leader_epoch", Int32),
                        ("replicas", Array(Int32)),
                        ("isr", Array(Int32)),
                        ("offline_replicas", Array(Int32)),
                    ),
                ),
                ("authorized_operations", Int32),
            ),
        ),
        ("cluster_authorized_operations", Int32),
    )


class _TopicsQuestion(RequestStruct):  # type: ignore[misc] # aiokafka is not typed
    """Metadata, version 8: the first to tell rights."""

    API_KEY = 3
    API_VERSION = 8
    RESPONSE_TYPE = _TopicsAnswer
    SCHEMA = Schema(
        ("topics", Array(String("utf-8"))),
        ("allow_auto_topic_creation", Boolean),
        ("include_cluster_authorized_operations", Boolean),
        ("include_topic_authorized_operations", Boolean),
    )


class OnTopics(Request[_TopicsQuestion]):  # type: ignore[misc] # the same
    """Asks for one's rights on topics, and creates none of them."""

    API_KEY = 3

    def __init__(self, topics: list[str]) -> None:
        self._topics = topics

    def build(self, request_struct_class: type[_TopicsQuestion]) -> _TopicsQuestion:
        return request_struct_class(self._topics, False, False, True)


class _GroupsAnswer(Response):  # type: ignore[misc] # aiokafka is not typed
    API_KEY = 15
    API_VERSION = 3
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "groups",
            Array(
                ("error_code", Int16),
                ("group", String("utf-8")),
                ("state", String("utf-8")),
                ("protocol_type", String("utf-8")),
                ("protocol", String("utf-8")),
                (
                    "members",
                    Array(
                        ("member_id", String("utf-8")),
                        ("client_id", String("utf-8")),
                        ("client_host", String("utf-8")),
                        ("member_metadata", Bytes),
                        ("member_assignment", Bytes),
                    ),
                ),
                ("authorized_operations", Int32),
            ),
        ),
    )


class _GroupsQuestion(RequestStruct):  # type: ignore[misc] # aiokafka is not typed
    """DescribeGroups, version 3: the first to tell rights."""

    API_KEY = 15
    API_VERSION = 3
    RESPONSE_TYPE = _GroupsAnswer
    SCHEMA = Schema(("groups", Array(String("utf-8"))), ("include_authorized_operations", Boolean))


class OnGroup(Request[_GroupsQuestion]):  # type: ignore[misc] # the same
    """Asks a group's coordinator for one's rights on it."""

    API_KEY = 15

    def __init__(self, group: str) -> None:
        self._group = group

    def build(self, request_struct_class: type[_GroupsQuestion]) -> _GroupsQuestion:
        return request_struct_class([self._group], True)
