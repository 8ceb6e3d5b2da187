"""Apache Kafka as it runs where it is taken care of: TLS, users with passwords or certificates, and
an authorizer that allows nothing which is not told."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import for_code
from aiokafka.protocol.admin import CreateAclsRequest, DeleteAclsRequest
from pydantic import SecretStr

from deploy.sandbox.apache_kafka import Listener, Security, apache_kafka
from deploy.sandbox.processes import free_port
from shared.platform.kafka import connection
from shared.platform.rights import CODES, Right
from shared.settings import KafkaSettings
from tests import PROJECT
from tests.certificates import Authority
from tests.servers import PARTITIONS

RIGHTS = {
    user: tuple(
        sorted(
            Right(kind, name, operation)
            for kind, operations in kinds.items()
            for operation, names in operations.items()
            for name in names
        )
    )
    for user, kinds in yaml.safe_load((PROJECT / "deploy/kafka/acls.yaml").read_text()).items()
}
"""User -> what they are allowed: as an operator finds it in the file."""
PASSWORDS = {name: f"the-word-of-{name}" for name in RIGHTS}
_KINDS = {"topic": 2, "group": 3}
_LITERAL = _ALLOW = 3


@dataclass(frozen=True, slots=True)
class SecuredBroker:
    """A running broker, and how each user reaches it."""

    authority: Authority
    open: KafkaSettings
    """For whoever sets it up: the listener of the brokers themselves, by whom all may be done."""
    passwords_at: str
    """Where users are told by SCRAM or PLAIN, over TLS."""
    certificates_at: str
    misnamed_at: str
    """As `passwords_at`, but the broker's certificate is for another host."""

    def by_password(self, user: str, **more: object) -> KafkaSettings:
        """With SCRAM-SHA-512, over TLS."""
        named = {
            "bootstrap_servers": self.passwords_at,
            "security_protocol": "SASL_SSL",
            "sasl_username": user,
            "sasl_password": SecretStr(PASSWORDS[user]),
        }
        return self._settings(named | more)

    def by_certificate(self, user: str, **more: object) -> KafkaSettings:
        """With a certificate in this name."""
        own = self.authority.certificate(user)
        named = {
            "bootstrap_servers": self.certificates_at,
            "security_protocol": "SSL",
            "ssl_certificate_file": own.chain,
            "ssl_key_file": own.key,
        }
        return self._settings(named | more)

    def _settings(self, named: Mapping[str, object]) -> KafkaSettings:
        usual = {"ssl_ca_file": self.authority.file, "partitions": PARTITIONS}
        return KafkaSettings.model_validate({**usual, "replication_factor": 1, **named})

    async def allow(self, user: str, rights: Sequence[Right]) -> None:
        """From soon on: brokers learn of it as of everything else."""
        async with _client(self.open) as client:
            for right in rights:
                answer: Any = await client.send(
                    client.get_random_node(), CreateAclsRequest(*_entry(user, right))
                )
                for code, message in answer.creation_responses:
                    assert code == 0, (for_code(code), message)

    async def forbid(self, user: str, right: Right) -> None:
        """Takes a right back, from soon on."""
        async with _client(self.open) as client:
            answer: Any = await client.send(
                client.get_random_node(), DeleteAclsRequest(*_entry(user, right))
            )
            [(code, message, matching)] = answer.filter_responses
            assert (code, len(matching)) == (0, 1), (for_code(code), message)


def _entry(user: str, right: Right) -> tuple[int, str, int, str, str, int, int]:
    kind, operation = _KINDS[right.kind], CODES[right.operation]
    return kind, right.name, _LITERAL, f"User:{user}", "*", operation, _ALLOW


class _client:  # noqa: N801 # a context manager of one use
    def __init__(self, settings: KafkaSettings) -> None:
        self._client = AIOKafkaClient(**connection(settings))

    async def __aenter__(self) -> AIOKafkaClient:
        await self._client.bootstrap()
        return self._client

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()


@contextmanager
def secured_broker(directory: Path, libs: Path) -> Iterator[SecuredBroker]:
    """A broker of its own, with no topic, and nobody allowed anything."""
    authority = Authority(directory / "certificates")
    listeners = [
        Listener("PASSWORDS", "SASL_SSL", free_port()),
        Listener("CERTIFICATES", "SSL", free_port()),
        Listener("MISNAMED", "SASL_SSL", free_port()),
    ]
    security = Security(
        listeners=listeners,
        properties=_properties(authority),
        scram_users=PASSWORDS,
    )
    with apache_kafka(directory / "kafka", libs=libs, security=security) as cluster:
        places = [f"127.0.0.1:{each.port}" for each in listeners]
        yield SecuredBroker(
            authority,
            KafkaSettings(
                bootstrap_servers=cluster.bootstrap_servers,
                partitions=PARTITIONS,
                replication_factor=1,
            ),
            *places,
        )


def _properties(authority: Authority) -> dict[str, object]:
    users = " ".join(f'user_{name}="{password}"' for name, password in PASSWORDS.items())
    security = "org.apache.kafka.common.security"
    plain = f"{security}.plain.PlainLoginModule required {users};"
    found: dict[str, object] = {
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": authority.certificate("broker").together,
        "listener.name.misnamed.ssl.keystore.type": "PEM",
        "listener.name.misnamed.ssl.keystore.location": authority.certificate(
            "misnamed", ["elsewhere.example"]
        ).together,
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": authority.file,
        "listener.name.certificates.ssl.client.auth": "required",
        "ssl.principal.mapping.rules": "RULE:^.*CN=([^,]+).*$/$1/",
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:ANONYMOUS",
    }
    for listener in ("passwords", "misnamed"):
        prefix = f"listener.name.{listener}"
        found |= {
            f"{prefix}.sasl.enabled.mechanisms": "SCRAM-SHA-512,PLAIN",
            f"{prefix}.scram-sha-512.sasl.jaas.config": (
                f"{security}.scram.ScramLoginModule required;"
            ),
            f"{prefix}.plain.sasl.jaas.config": plain,
        }
    return found
