"""Webhooks that are expected: a YAML file each, and their secrets, which stand elsewhere.

dealer_id: sunrise/pudong
source: crm
takes: cloudevents                # or the name of a mapping, for plain JSON
secrets:                          # two while one takes the place of the other
  - file: /run/secrets/pudong-crm
  - variable: PUDONG_CRM_SECRET_BEFORE

Of a sender that cannot sign the file says `signed: false` instead of `secrets`: it shows a key.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Protocol, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from services.intake.adapters.feed_checks import CLOUDEVENTS, FeedChecks
from services.intake.adapters.mappings import Mappings
from services.intake.domain.examine.feed import Feed
from services.intake.domain.webhooks.signature import MOST_SECRETS, secret_of
from shared.contracts.values import DealerId, SourceName
from shared.dealers.dealer import Dealer, Dealers
from shared.yaml_file import WrongFile, parse_yaml

MOST_BYTES_OF_A_SECRET = 1_000

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,79}", flags=re.ASCII)


def _place(value: object) -> object:
    if isinstance(value, Mapping):
        return value
    raise ValueError("a secret does not stand here: name a file or a variable that has it")


class _SecretPlace(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    file: Path | None = None
    variable: str | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.file is None) == (self.variable is None):
            raise ValueError("name a file or a variable, one of them")
        return self


class WebhookFile(BaseModel):
    """What such a file holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dealer_id: DealerId
    source: SourceName
    takes: str
    """`cloudevents`, or the name of a mapping that reads JSON."""
    signed: bool = True
    """False: its sender cannot sign, and shows a key that may report for this source."""
    secrets: tuple[Annotated[_SecretPlace, BeforeValidator(_place)], ...] = Field(
        default=(), validate_default=True
    )

    @field_validator("secrets")
    @classmethod
    def _are_few(
        cls, secrets: tuple[_SecretPlace, ...], info: ValidationInfo
    ) -> tuple[_SecretPlace, ...]:
        if not info.data.get("signed", True):
            if secrets:
                raise ValueError("there is nothing to check with them: signed is false")
        elif not 0 < len(secrets) <= MOST_SECRETS:
            raise ValueError(
                "name one, or two while one takes the place of the other; or say `signed: false` "
                "where the sender cannot sign, and give it a key"
            )
        return secrets


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """One that is expected."""

    name: str
    dealer: Dealer
    feed: Feed
    mapping: str | None
    """None: it sends CloudEvents."""
    secrets: Sequence[bytes] = field(repr=False)
    is_signed: bool = True
    """False: who sends shows a key instead."""
    secret_files: tuple[Path, ...] = field(default=(), repr=False, compare=False)
    """Those that its secrets stand in."""


class ExpectedWebhooks(Protocol):
    """Those that are expected at present."""

    @property
    def by_name(self) -> Mapping[str, Webhook]: ...

    def find(self, name: str) -> Webhook | None:
        """None: none of this name is expected."""
        ...


@dataclass(frozen=True, slots=True)
class Webhooks:
    """Those that are expected, by name."""

    by_name: Mapping[str, Webhook] = field(default_factory=dict)

    def find(self, name: str) -> Webhook | None:
        """None: none of this name is expected."""
        return self.by_name.get(name)


def read_webhooks(
    folder: Path | None,
    *,
    dealers: Dealers,
    mappings: Mappings,
    environment: Mapping[str, str] = os.environ,
) -> Webhooks:
    """The files `NAME.yaml` of a folder. Raises `WrongFile` with a line for all that is wrong in
    them; it never tells a secret."""
    if folder is None:
        return Webhooks()
    found: dict[str, Webhook] = {}
    wrong: list[str] = []
    for path in webhook_files(folder):
        try:
            found[path.stem] = read_webhook(path, dealers, mappings, environment)
        except WrongFile as error:
            wrong += error.lines
    if wrong:
        raise WrongFile(wrong)
    return Webhooks(found)


def webhook_files(folder: Path) -> list[Path]:
    """Those of a folder that say of a webhook. Raises `WrongFile` where it cannot be read."""
    try:
        return sorted(path for path in folder.iterdir() if path.suffix in (".yaml", ".yml"))
    except OSError as error:
        raise WrongFile([f"{folder}: cannot be read: {error.strerror}"]) from None


def read_webhook(
    path: Path, dealers: Dealers, mappings: Mappings, environment: Mapping[str, str]
) -> Webhook:
    """That of a file. Raises `WrongFile` with a line for all that is wrong in it."""
    if path.suffix != ".yaml" or _NAME.fullmatch(path.stem) is None:
        message = "the name of a webhook is of a-z, 0-9 and hyphens, and ends in .yaml"
        raise WrongFile([f"{path}: {message}"])
    file = parse_yaml(path)
    said = file.as_model(WebhookFile)
    secrets, wrong = list[bytes](), list(_faults(said, FeedChecks(file, dealers, mappings)))
    for position, place in enumerate(said.secrets):
        try:
            secrets.append(secret_of(_secret_at(place, path, environment)))
        except ValueError as error:
            wrong.append(file.line(["secrets", position], str(error)))
    dealer = dealers.find(said.dealer_id)
    if wrong or dealer is None:
        raise WrongFile(wrong)
    return Webhook(
        name=path.stem,
        dealer=dealer,
        feed=Feed(dealer_id=said.dealer_id, source=said.source),
        mapping=None if said.takes == CLOUDEVENTS else said.takes,
        secrets=tuple(secrets),
        is_signed=said.signed,
        secret_files=tuple(path.parent / each.file for each in said.secrets if each.file),
    )


def _faults(said: WebhookFile, checks: FeedChecks) -> Iterator[str]:
    yield from checks.dealer([], said.dealer_id)
    yield from checks.source([], said.source)
    if said.takes != CLOUDEVENTS:
        found = checks.of_json([], said.takes, does="a webhook sends")
        yield from found if isinstance(found, list) else ()


def _secret_at(place: _SecretPlace, path: Path, environment: Mapping[str, str]) -> str:
    """The text of a secret. Raises `ValueError`, which says what to do."""
    if place.variable is not None:
        found = environment.get(place.variable, "")
        if not found:
            raise ValueError("the variable that is named here is not set")
        return found
    assert place.file is not None
    try:
        with (path.parent / place.file).open("rb") as file:
            return file.read(MOST_BYTES_OF_A_SECRET).decode()
    except OSError as error:
        raise ValueError(f"the file cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError("the file is not UTF-8 text") from None
