"""The configuration as the services see it: checked, explained in words, secrets masked."""

import difflib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Protocol, TypeVar, runtime_checkable

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_settings import SettingsError

from services.complaints.settings import ComplaintSettings
from services.followup.settings import FollowUpSettings
from services.intake.settings import IntakeSettings
from services.scoring.settings import ScoringSettings, without_rate
from shared.platform.kafka import tls_context
from shared.settings import KafkaSettings, MongoSettings, ServiceSettings
from shared.yaml_file import WrongFile

S = TypeVar("S", bound=ServiceSettings)

PREFIX = "AFTERCARE_"
TEST_PREFIX = "AFTERCARE_TEST_"
MASK = "***"
DEALERS_FILE = "AFTERCARE_DEALERS_FILE"
SETTINGS: dict[str, type[ServiceSettings]] = {
    "intake": IntakeSettings,
    "scoring": ScoringSettings,
    "followup": FollowUpSettings,
    "complaints": ComplaintSettings,
}
_PASSWORD_IN_URI = re.compile(r"(?<=://)([^:@/]*):(.*)@")


class WrongConfiguration(Exception):
    """The environment is not usable; one line for each thing that is wrong."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


@runtime_checkable
class _HasPolicy(Protocol):
    def policy(self) -> BaseModel: ...


def checked(service: str) -> ServiceSettings:
    """The settings of `service` from the environment, with its dealers and policy read.

    Raises `WrongConfiguration`.
    """
    settings = _read(SETTINGS[service])
    _check_file(settings.dealers, DEALERS_FILE)
    if settings.kafka.encrypted:
        _check_file(partial(tls_context, settings.kafka), "AFTERCARE_KAFKA__SSL_CA_FILE")
    if isinstance(settings, _HasPolicy):
        of_rules = isinstance(settings, ComplaintSettings)  # its lines name files of a folder
        variable = None if of_rules else f"AFTERCARE_{service.upper()}_POLICY_FILE"
        _check_file(settings.policy, variable)
    return settings


def complaint_settings() -> ComplaintSettings:
    """The settings of complaints, with its dealers read; its rules are not looked at.

    Raises `WrongConfiguration`.
    """
    settings = _read(ComplaintSettings)
    _check_file(settings.dealers, DEALERS_FILE)
    return settings


def kafka_settings(recorded: Mapping[str, Any] | None = None) -> KafkaSettings:
    """How to reach Kafka: as the environment says, else as `recorded` by a running stack.

    Raises `WrongConfiguration`.
    """
    settings = _read(ServiceSettings).kafka
    if recorded is None or "AFTERCARE_KAFKA__BOOTSTRAP_SERVERS" in os.environ:
        return settings
    return settings.model_copy(update=dict(recorded))


def mongo_settings(recorded: Mapping[str, Any] | None = None) -> MongoSettings:
    """How to reach MongoDB: as the environment says, else as `recorded` by a running stack.

    Raises `WrongConfiguration`.
    """
    settings = _read(ServiceSettings).mongo
    if recorded is None or "AFTERCARE_MONGO__URI" in os.environ:
        return settings
    return MongoSettings.model_validate({**dict(settings), **recorded})


def as_yaml(settings: ServiceSettings) -> str:
    """The effective configuration; passwords are masked, also the one inside a URI."""
    shown = settings.model_dump(mode="json")
    password = settings.kafka.sasl_password.get_secret_value()
    shown["kafka"]["sasl_password"] = MASK if password else ""
    key_password = settings.kafka.ssl_key_password.get_secret_value()
    shown["kafka"]["ssl_key_password"] = MASK if key_password else ""
    shown["mongo"]["uri"] = without_password(settings.mongo.uri.get_secret_value())
    return yaml.safe_dump(shown, sort_keys=False, allow_unicode=True)


def without_password(uri: str) -> str:
    """`mongodb://user:***@host/`; a URI without a password stays as it is."""
    return _PASSWORD_IN_URI.sub(rf"\1:{MASK}@", uri)


def unread_variables(environment: Mapping[str, str]) -> list[str]:
    """A line for each `AFTERCARE_` variable that nothing reads: most likely a typing error."""
    known = {name for settings in SETTINGS.values() for name in _variables(settings, PREFIX)}
    lines = []
    for name in sorted(environment):
        if name.startswith(PREFIX) and not name.startswith(TEST_PREFIX) and name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            lines.append(f"{name}: nothing reads it" + (f"; meant {near[0]}?" if near else ""))
    return lines


def missing_rates(checked: Mapping[str, ServiceSettings]) -> list[str]:
    """A line for each dealer in whose currency scoring's policy has no rate."""
    settings = checked.get("scoring")
    if not isinstance(settings, ScoringSettings):
        return []
    return [
        f"{settings.dealers_file}: {dealer.id} is paid in {dealer.currency}, for which the policy "
        "of scoring has no rate: what its customers pay for service gives no points; add "
        f"`currency_per_point: {{{dealer.currency}: …}}` to AFTERCARE_SCORING_POLICY_FILE"
        for dealer in without_rate(settings.dealers(), settings.policy())
    ]


def _read(kind: type[S]) -> S:
    try:
        return kind()
    except ValidationError as error:
        raise WrongConfiguration(_explained(error)) from None
    except SettingsError as error:
        raise WrongConfiguration([str(error)]) from None


def _explained(error: ValidationError) -> list[str]:
    """A line for each wrong value: the variable and why, never the value, which may be secret."""
    return [
        f"{PREFIX}{'__'.join(str(part) for part in found['loc']).upper()}: {found['msg']}"
        for found in error.errors(include_input=False, include_url=False)
    ]


def _check_file(read: Callable[[], object], variable: str | None) -> None:
    try:
        read()
    except WrongFile as wrong:
        named = f"{variable}: " if variable is not None else ""
        raise WrongConfiguration([f"{named}{line}" for line in wrong.lines]) from None


def _variables(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        variable = f"{prefix}{name.upper()}"
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _variables(kind, f"{variable}__")
        else:
            yield variable
