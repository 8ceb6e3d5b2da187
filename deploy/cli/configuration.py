"""The configuration as the services see it: checked, explained in words, secrets masked."""

import difflib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar, runtime_checkable

import yaml
from pydantic import BaseModel, SecretStr

from deploy.cli import client_key, trust
from deploy.cli.failures import WrongConfiguration
from services.complaints.settings import ComplaintSettings
from services.desk.settings import DeskSettings
from services.followup.settings import FollowUpSettings
from services.identity.settings import IdentitySettings
from services.intake.adapters.connectors.connectors_file import read_connectors
from services.intake.adapters.drops.drops_file import read_drops
from services.intake.settings import IntakeSettings
from services.scoring.settings import ScoringSettings, without_rate
from shared.platform.usable import require_usable
from shared.settings import (
    PREFIX,
    SECRETS_DIR,
    AuthSettings,
    KafkaSettings,
    MongoSettings,
    RuledSettings,
    ServiceSettings,
    WrongSettings,
    from_environment,
)
from shared.yaml_file import WrongFile

S = TypeVar("S", bound=ServiceSettings)
P = TypeVar("P", bound=BaseModel)
P_co = TypeVar("P_co", bound=BaseModel, covariant=True)

TEST_PREFIX = "AFTERCARE_TEST_"
MASK = "***"
DEALERS_FILE = "AFTERCARE_DEALERS_FILE"
SETTINGS: dict[str, type[ServiceSettings]] = {
    "intake": IntakeSettings,
    "scoring": ScoringSettings,
    "followup": FollowUpSettings,
    "complaints": ComplaintSettings,
    "identity": IdentitySettings,
    "desk": DeskSettings,
}
_PASSWORD_IN_URI = re.compile(r"(?<=://)([^:@/]*):(.*)@")


@runtime_checkable
class HasPolicy(Protocol[P_co]):
    """Reads the rules of all dealers."""

    def policy(self) -> P_co: ...


@runtime_checkable
class _HasRulebook(Protocol):
    """Reads the rules of each dealer."""

    def rulebook(self) -> BaseModel: ...


def checked(service: str) -> ServiceSettings:
    """The settings of `service` from the environment, with its dealers and policy read.

    Raises `WrongConfiguration`.
    """
    settings = _read(SETTINGS[service])
    _check_file(settings.dealers, DEALERS_FILE)
    _check_file(partial(require_usable, settings), None)  # the lines name the settings
    if isinstance(settings, IntakeSettings):
        _check_doors(settings)
    if isinstance(settings, HasPolicy):
        _check_file(settings.policy, _policy_variable(service))
    if isinstance(settings, _HasRulebook):
        _check_file(settings.rulebook, None)  # the lines name files of a folder
    return settings


def intake_settings() -> IntakeSettings:
    """Those of intake; the files that they name are not read. Raises `WrongConfiguration`."""
    return _read(IntakeSettings)


def check_secret(settings: ServiceSettings) -> None:
    """Raises `WrongConfiguration` for settings of identity or the desk without their secrets, or
    with one that is too short. Never tells it."""
    if isinstance(settings, IdentitySettings | DeskSettings):
        try:
            settings.require_secret()
        except WrongSettings as wrong:
            raise WrongConfiguration(wrong.lines) from None


def ruled_settings(service: str) -> RuledSettings:
    """The settings of a service that has rules, with its dealers read; the rules are not.

    Raises `WrongConfiguration`.
    """
    settings = _read(SETTINGS[service])
    assert isinstance(settings, RuledSettings)
    _check_file(settings.dealers, DEALERS_FILE)
    return settings


def common_policy(settings: HasPolicy[P]) -> P:
    """The rules of all dealers that have none of their own. Raises `WrongConfiguration`."""
    service = next(name for name, kind in SETTINGS.items() if isinstance(settings, kind))
    _check_file(settings.policy, _policy_variable(service))
    return settings.policy()


def auth_settings() -> AuthSettings:
    """Whose tokens the services accept. Raises `WrongConfiguration`."""
    return _read(ServiceSettings).auth


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
    return MongoSettings.model_validate({**settings.model_dump(), **recorded})


def as_yaml(settings: ServiceSettings) -> str:
    """The effective configuration; passwords and secrets are masked, also the one inside a URI."""
    shown = settings.model_dump(mode="json")
    _mask(settings, shown)
    shown["mongo"]["uri"] = without_password(settings.mongo.uri.get_secret_value())
    return yaml.safe_dump(shown, sort_keys=False, allow_unicode=True)


def _mask(settings: BaseModel, shown: dict[str, Any]) -> None:
    """Each secret that is set, in `shown` only."""
    for name, value in settings:
        if isinstance(value, SecretStr):
            shown[name] = MASK if value.get_secret_value() else ""
        elif isinstance(value, BaseModel):
            _mask(value, shown[name])


def without_password(uri: str) -> str:
    """`mongodb://user:***@host/`; a URI without a password stays as it is."""
    return _PASSWORD_IN_URI.sub(rf"\1:{MASK}@", uri)


def unread_variables(environment: Mapping[str, str]) -> list[str]:
    """A line for each `AFTERCARE_` variable, or file instead of one, that nothing reads: most
    likely a typing error."""
    known = {name for settings in SETTINGS.values() for name in _variables(settings, PREFIX)}
    known |= {SECRETS_DIR, client_key.VARIABLE, *trust.variables()}
    lines = []
    for name in sorted({*environment, *_secrets(environment.get(SECRETS_DIR))}):
        if name.startswith(PREFIX) and not name.startswith(TEST_PREFIX) and name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            lines.append(f"{name}: nothing reads it" + (f"; meant {near[0]}?" if near else ""))
    return lines


def _secrets(folder: str | None) -> set[str]:
    """The names of the files that stand for variables."""
    there = Path(folder) if folder else None
    return {path.name for path in there.iterdir()} if there and there.is_dir() else set()


def missing_rates(checked: Mapping[str, ServiceSettings]) -> list[str]:
    """A line for each dealer in whose currency scoring's policy has no rate."""
    settings = checked.get("scoring")
    if not isinstance(settings, ScoringSettings):
        return []
    return [
        f"{settings.dealers_file}: {dealer.id} is paid in {dealer.currency}, for which the policy "
        "of scoring has no rate: what its customers pay for service gives no points; add "
        f"`currency_per_point: {{{dealer.currency}: …}}` to AFTERCARE_SCORING_POLICY_FILE"
        for dealer in without_rate(
            settings.dealers(), settings.rulebook(), settings.clock.clock().now()
        )
    ]


def _read(kind: type[S]) -> S:
    try:
        return from_environment(kind)
    except WrongSettings as wrong:
        raise WrongConfiguration(wrong.lines) from None


def _check_doors(settings: IntakeSettings) -> None:
    """The files that say what intake reads besides what is sent to it."""
    dealers, mappings = settings.dealers(), settings.mappings()
    for read in (
        partial(read_drops, settings.drops_file, dealers=dealers, mappings=mappings),
        partial(read_connectors, settings.connectors_file, dealers=dealers, mappings=mappings),
    ):
        _check_file(read, None)  # the lines name the files


def _policy_variable(service: str) -> str:
    return f"{PREFIX}{service.upper()}_POLICY_FILE"


def _check_file(read: Callable[[], object], variable: str | None) -> None:
    try:
        read()
    except (WrongFile, WrongSettings) as wrong:
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
