"""The dealers a group runs: a YAML file, validated at start."""

from datetime import UTC, tzinfo
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import phonenumbers
from pydantic import AfterValidator, BaseModel, ConfigDict

from shared.contracts.currencies import known_currency
from shared.contracts.identifiers import PERSONS_DEALER, is_of_persons
from shared.contracts.values import DealerId, ShortText
from shared.dealers.limits import DealerLimits
from shared.time.zones import known_zone

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


def _not_reserved(dealer_id: str) -> str:
    if is_of_persons(dealer_id):
        raise ValueError(f"no dealer can be named {PERSONS_DEALER}: choose another name")
    return dealer_id


Means = Literal["telephone", "vin", "plate"]
"""What a customer may be known by whom a source has no number for."""


def _each_once(means: tuple[Means, ...]) -> tuple[Means, ...]:
    if len(set(means)) < len(means):
        raise ValueError("one of them is here twice: name each once, in the order to try")
    return means


class Dealer(BaseModel):
    """One dealership of the group."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[DealerId, AfterValidator(_not_reserved)]
    name: ShortText
    timezone: Annotated[str, AfterValidator(known_zone)]
    currency: Annotated[str, AfterValidator(known_currency)]
    region: Annotated[str, AfterValidator(known_region)]
    """ISO 3166 country: the default region of its telephone numbers and holidays."""
    language: str = "en"
    vin_check: Literal["reject", "warn"] = "reject"
    """What a failed VIN check digit does where it is mandatory: `reject` or `warn`."""
    customers_without_number: Annotated[tuple[Means, ...], AfterValidator(_each_once)] = ()
    """By what its customers are known whom its systems report without a number: the first of
    these that is there and can be used. Empty: a customer has a number, or is rejected."""

    limits: DealerLimits = DealerLimits()
    """How much of it is taken at once; what is not said is as intake's settings have it."""

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class Dealers:
    """The dealers by id."""

    def __init__(self, dealers: list[Dealer]) -> None:
        self._by_id = {dealer.id: dealer for dealer in dealers}

    def find(self, dealer_id: str) -> Dealer | None:
        return self._by_id.get(dealer_id)

    def zone_of(self, dealer_id: str) -> tzinfo:
        """The time zone of the dealer; UTC where there is no such dealer any more."""
        dealer = self.find(dealer_id)
        return UTC if dealer is None else dealer.zone

    def all(self) -> list[Dealer]:
        return list(self._by_id.values())
