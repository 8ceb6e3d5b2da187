"""Configuration from the environment (`AFTERCARE_…`), validated at start, secrets masked.

Nested names are joined by two underscores: `AFTERCARE_KAFKA__BOOTSTRAP_SERVERS`.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, Self, TypeVar

from pydantic import BaseModel, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    NestedSecretsSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from shared.auth.tokens import can_be_believed
from shared.contracts.topics import DEFAULT_PARTITIONS
from shared.dealers.dealer import Dealers
from shared.dealers.file import EXAMPLE_DEALERS, read_dealers
from shared.policies.paths import OLD_VARIABLE, VARIABLE
from shared.time.clock import ScaledClock, SystemClock, TimeSource
from shared.yaml_file import WrongFile

S = TypeVar("S", bound=BaseSettings)

PREFIX = "AFTERCARE_"
"""What the names of all variables begin with."""
SECRETS_DIR = f"{PREFIX}SECRETS_DIR"
"""Names a folder of files, each named as the variable that it stands for."""


class KafkaSettings(BaseModel):
    """How to reach Kafka."""

    bootstrap_servers: str = "127.0.0.1:9092"
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    sasl_username: str = ""
    sasl_password: SecretStr = SecretStr("")
    ssl_ca_file: Path | None = None
    """PEM file of the authorities that may have signed the brokers' certificates; without it those
    that the system trusts."""
    ssl_certificate_file: Path | None = None
    """PEM file of the client's certificate, where the brokers ask for one."""
    ssl_key_file: Path | None = None
    """PEM file of the key of that certificate; it may be in the same file."""
    ssl_key_password: SecretStr = SecretStr("")
    idempotent_producer: bool = True
    """Off for the embedded broker, which does not know idempotence."""
    partitions: int = Field(default=DEFAULT_PARTITIONS, ge=1, le=1000)
    """How many partitions each topic has; fixed when the topics are created."""
    replication_factor: int = Field(default=3, ge=1, le=9)
    session_timeout_seconds: float = Field(default=10, ge=6, le=300)
    fetch_wait_ms: int = Field(default=100, ge=1, le=5000)
    """How long the broker may wait for records."""

    @property
    def encrypted(self) -> bool:
        return self.security_protocol.endswith("SSL")

    @model_validator(mode="after")
    def _files_are_used(self) -> Self:
        named = self.ssl_ca_file or self.ssl_certificate_file or self.ssl_key_file
        if named and not self.encrypted:
            raise ValueError("ssl_…_file needs security_protocol SSL or SASL_SSL")
        if self.ssl_key_file and not self.ssl_certificate_file:
            raise ValueError("ssl_key_file needs ssl_certificate_file")
        return self

    @model_validator(mode="after")
    def _somebody_is_named(self) -> Self:
        by_password = self.security_protocol.startswith("SASL")
        if by_password and not (self.sasl_username and self.sasl_password.get_secret_value()):
            raise ValueError(
                f"security_protocol {self.security_protocol} needs sasl_username and sasl_password"
            )
        return self


class MongoSettings(BaseModel):
    """How to reach MongoDB. Each service has a database of its own: prefix + service name."""

    uri: SecretStr = SecretStr("mongodb://127.0.0.1:27017")
    database_prefix: str = "aftercare_"
    driver: Literal["motor", "pymongo"] = "motor"
    """Motor, or PyMongo's own asyncio client, its successor: decision 15 says when to change."""
    tls_ca_file: Path | None = None
    """PEM file of the authorities that may have signed the servers' certificates; naming it turns
    TLS on, as tls=true in the URI does. Without it those that the system trusts."""
    tls_certificate_file: Path | None = None
    """PEM file of the client's certificate and its key, where the servers ask for one; it turns TLS
    on as well."""
    tls_key_password: SecretStr = SecretStr("")


class ClockSettings(BaseModel):
    """A scaled clock for demos; the computer's clock when no file is named."""

    origin_file: Path | None = None
    factor: float = Field(default=1.0, gt=0)

    def clock(self) -> TimeSource:
        if self.origin_file is None:
            return SystemClock()
        return ScaledClock(factor=self.factor, origin_file=self.origin_file)


class HttpSettings(BaseModel):
    """Where the service listens, and how long and how many clients it waits for."""

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    max_connections: int = Field(default=500, ge=1, le=100_000)
    """More push out the one that has waited longest without a request, else are answered 503."""
    header_deadline_seconds: float = Field(default=10, gt=0, le=300)
    """From the first moment of waiting to a request's whole header; then 408."""
    answer_deadline_seconds: float = Field(default=30, gt=0, le=300)
    """How long a client may leave a response unread; then the connection is cut."""
    tls_certificate_file: Path | None = None
    """PEM file of the certificate, with those between it and the authority; it turns TLS on. Read
    anew when it changes."""
    tls_key_file: Path | None = None
    """PEM file of the key of that certificate; it may be in the same file."""
    tls_key_password: SecretStr = SecretStr("")
    tls_minimum_version: Literal["1.2", "1.3"] = "1.2"
    tls_client_ca_file: Path | None = None
    """PEM file of the authorities whose certificate every client must show; without it none is
    asked for one."""

    @property
    def encrypted(self) -> bool:
        return self.tls_certificate_file is not None

    @model_validator(mode="after")
    def _files_are_used(self) -> Self:
        if (self.tls_key_file or self.tls_client_ca_file) and not self.tls_certificate_file:
            raise ValueError("tls_key_file and tls_client_ca_file need tls_certificate_file")
        return self


class AuthSettings(BaseModel):
    """Whose tokens are accepted; where nobody is named, keys alone are (operations/security.md)."""

    issuer: str = ""
    """The address of an OpenID Connect issuer, exactly as its tokens have it in `iss`. Its keys are
    read from there."""
    ca_file: Path | None = None
    """PEM file of the authorities that may have signed the issuer's certificate; without it those
    that the system trusts."""
    jwks_file: Path | None = None
    """Public keys of our own, as `aftercare tokens key` writes them, or of an issuer that cannot be
    asked for them. Read anew when it changes."""
    jwks_issuer: str = Field(default="aftercare", min_length=1)
    """What tokens have in `iss` that are signed with a key of `jwks_file`."""
    audience: str = Field(default="aftercare", min_length=1)
    """What tokens must have in `aud`."""
    claim: str = Field(default="aftercare", min_length=1)
    """The claim that lists what the holder of a token may."""

    @field_validator("issuer")
    @classmethod
    def _issuer_can_be_believed(cls, issuer: str) -> str:
        if issuer and (not can_be_believed(issuer) or "?" in issuer or "#" in issuer):
            raise ValueError("an address that begins with https:// and has no ?, # or password")
        return issuer

    @model_validator(mode="after")
    def _each_issuer_has_its_keys(self) -> Self:
        if self.ca_file and not self.issuer:
            raise ValueError("ca_file needs issuer")
        if self.jwks_file and self.jwks_issuer == self.issuer:
            raise ValueError("jwks_issuer is not issuer: the keys of both would be mixed")
        return self


class RuntimeSettings(BaseModel):
    """How the service consumes; the defaults suit most."""

    batch_records: int = Field(default=1000, ge=1, le=20_000)
    backlog_records: int = Field(default=4000, ge=0, le=100_000)
    """How many records may wait in memory for what else their partitions hold, to be written and
    decided together with it."""
    sweep_interval_seconds: float = Field(default=0.25, gt=0, le=60)
    sweep_page: int = Field(default=500, ge=1, le=10_000)
    poison_in_a_row: int = Field(default=100, ge=1)
    """How many unreadable records of different keys may follow each other; one more stops the
    service."""
    speak_unread_after_seconds: float = Field(default=300, gt=0)
    """A partition that has not read all that its topics held for so long announces what it knows
    all the same: deadlines must not wait for ever behind a backlog."""
    count_every_seconds: float = Field(default=15, gt=0)
    """How often the gauges of what is stored are counted anew."""
    graceful_stop_seconds: float = Field(default=30, gt=0)


class ServiceSettings(BaseSettings):
    """What every service is configured by."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        nested_model_default_partial_update=True,
        extra="ignore",
        hide_input_in_errors=True,  # it may be secret
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment, and the files of `AFTERCARE_SECRETS_DIR` for what is not in it."""
        folder = os.environ.get(SECRETS_DIR)
        if not folder:
            return init_settings, env_settings
        files = NestedSecretsSettingsSource(
            file_secret_settings, secrets_dir=folder, secrets_dir_missing="error"
        )
        return init_settings, env_settings, files

    kafka: KafkaSettings = KafkaSettings()
    mongo: MongoSettings = MongoSettings()
    clock: ClockSettings = ClockSettings()
    http: HttpSettings = HttpSettings()
    auth: AuthSettings = AuthSettings()
    runtime: RuntimeSettings = RuntimeSettings()
    dealers_file: Path = EXAMPLE_DEALERS
    log_format: Literal["json", "console"] = "json"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    def dealers(self) -> Dealers:
        """The dealers in `dealers_file`. Raises `WrongFile`."""
        return read_dealers(self.dealers_file)


class RuledSettings(ServiceSettings):
    """And what services are configured by that have rules of a dealer's own."""

    rules_dir: Path | None = None
    """The folder of the dealers' rules (operations/policies.md). Without one all dealers have the
    same."""

    @model_validator(mode="after")
    def _old_folder_is_not_forgotten(self) -> Self:
        if OLD_VARIABLE in os.environ:
            raise ValueError(
                f"{OLD_VARIABLE} is not read any more, and editions of complaints must not be "
                f"forgotten: unset it, set {VARIABLE} to the same folder, and there type "
                "`mkdir complaints && mv policies applied complaints/`"
            )
        return self


class WrongSettings(Exception):
    """The environment is wrong. The lines name variables and reasons, never a value: it may be
    secret."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


def from_environment(kind: type[S]) -> S:
    """The settings as the environment has them. Raises `WrongSettings`."""
    try:
        return kind()
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)
        lines = [_variable(each["loc"]) + _reason(each["msg"]) for each in found]
        raise WrongSettings(lines) from None
    except SettingsError as error:
        named = f"{SECRETS_DIR}: " if os.environ.get(SECRETS_DIR) else ""
        raise WrongSettings([f"{named}{error}"]) from None


@contextmanager
def starting(service: str) -> Iterator[None]:
    """Ends the process with the lines of what is wrong where settings or files cannot be used."""
    try:
        yield
    except WrongSettings as wrong:
        sys.exit(f"aftercare {service} cannot start, its settings are wrong:\n{wrong}")
    except WrongFile as wrong:
        sys.exit(f"aftercare {service} cannot start, a file is wrong:\n{wrong}")


def _variable(location: Sequence[int | str]) -> str:
    """The variable of a field, and a colon; nothing where several of them are wrong together."""
    return f"{PREFIX}{'__'.join(map(str, location)).upper()}: " if location else ""


def _reason(message: str) -> str:
    return message.removeprefix("Value error, ")
