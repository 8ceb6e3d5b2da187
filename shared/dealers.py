"""The dealers a group runs: a YAML file, validated at start."""

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, TypeAdapter

from shared.contracts.values import DealerId


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"'{name}' is not an IANA time zone such as Asia/Shanghai")
    return name


class Dealer(BaseModel):
    """One dealership of the group."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: DealerId
    name: str
    timezone: Annotated[str, AfterValidator(_known_zone)]
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    region: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    """ISO 3166 country: the default region of its telephone numbers and holidays."""
    language: str = "en"
    vin_check: str = "reject"
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


_FILE = TypeAdapter(dict[str, list[Dealer]])


def read_dealers(path: Path) -> Dealers:
    """The dealers in a YAML file: `dealers: [{id: group/dealer, name: …, timezone: …}]`.

    Raises `pydantic.ValidationError`, `yaml.YAMLError` or `OSError`.
    """
    content = _FILE.validate_python(yaml.safe_load(path.read_text(encoding="utf-8")))
    return Dealers(content.get("dealers", []))
