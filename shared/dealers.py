"""The dealers a group runs: a YAML file, validated at start."""

from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import phonenumbers
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from shared.contracts.currencies import known_currency
from shared.contracts.values import DealerId, Name
from shared.time.zones import known_zone
from shared.yaml_file import WrongFile, parse_yaml

_MEANT = {"UK": "GB", "EN": "GB", "EL": "GR", "USA": "US", "PRC": "CN", "CHN": "CN"}
"""What is written for a country now and then, and is no code of it."""


def known_region(code: str) -> str:
    """The code itself; raises ValueError if no country with telephones has it."""
    if code not in phonenumbers.SUPPORTED_REGIONS:
        upper = code.strip().upper()
        upper = _MEANT.get(upper, upper)
        near = f"; did you mean {upper}?" if upper in phonenumbers.SUPPORTED_REGIONS else ""
        raise ValueError(f"a region is a country's code of ISO 3166, such as CN, DE or US{near}")
    return code


class Dealer(BaseModel):
    """One dealership of the group."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: DealerId
    name: Name
    timezone: Annotated[str, AfterValidator(known_zone)]
    currency: Annotated[str, AfterValidator(known_currency)]
    region: Annotated[str, AfterValidator(known_region)]
    """ISO 3166 country: the default region of its telephone numbers and holidays."""
    language: str = "en"
    vin_check: Literal["reject", "warn"] = "reject"
    """What a failed VIN check digit does where it is mandatory: `reject` or `warn`."""

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class Dealers:
    """The dealers by id."""

    def __init__(self, dealers: list[Dealer]) -> None:
        self._by_id = {dealer.id: dealer for dealer in dealers}

    def find(self, dealer_id: str) -> Dealer | None:
        return self._by_id.get(dealer_id)

    def all(self) -> list[Dealer]:
        return list(self._by_id.values())


class DealersFile(BaseModel):
    """What such a file holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dealers: Annotated[tuple[Dealer, ...], Field(min_length=1)]


def read_dealers(path: Path) -> Dealers:
    """The dealers in a YAML file: `dealers: [{id: group/dealer, name: …, timezone: …}]`.

    Raises `WrongFile`, with the line and the field of what cannot be used.
    """
    file = parse_yaml(path)
    dealers = file.as_model(DealersFile).dealers
    seen = set[str]()
    repeated = []
    for position, dealer in enumerate(dealers):
        if dealer.id in seen:
            told = "an earlier dealer has the same id; give each dealer one of its own"
            repeated.append(file.line(["dealers", position, "id"], told))
        seen.add(dealer.id)
    if repeated:
        raise WrongFile(repeated)
    return Dealers(list(dealers))
