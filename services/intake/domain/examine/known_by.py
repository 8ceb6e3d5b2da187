"""By what a customer is known without a number: the first means of the dealer's that can be used.

By a VIN they have the car's key, as an order without a customer has; by a telephone or plate a
number of ours, a keyed digest: the same however it is written, another one for each dealer and
source, and no way to find out what it was made of.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import phonenumbers
from phonenumbers import PhoneNumberType

from services.intake.domain.examine.plates import normalised_plate
from services.intake.domain.examine.telephones import CUT, e164
from services.intake.domain.examine.vins import check_vin
from services.intake.domain.findings import Findings
from services.intake.domain.hashes import keyed_hash
from shared.contracts.feed_parts import AnyVehicle, Customer
from shared.contracts.identifiers import vin_key
from shared.dealers.dealer import Dealer, Means

BY_TELEPHONE = "no number: known by a telephone number"
BY_VIN = "no number: known by the VIN of the car"
BY_PLATE = "no number: known by the plate of the car"
NOT_OWN = "a number that several may share, or that fills a field: nobody is known by it"
NO_PLATE = "no plate that tells a car: nobody is known by it"

_SAME_AT_THE_END = 7
"""How many of the same digit at its end make a number one that fills a field."""
_OF_NOBODY = frozenset(
    {
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.UAN,
        PhoneNumberType.VOICEMAIL,
    }
)
"""Services, such as the 400 numbers of China."""
_OWN_FIRST = ("mobile", "home", "other", "work")
_SAYS: Mapping[Means, str] = {"telephone": BY_TELEPHONE, "vin": BY_VIN, "plate": BY_PLATE}
_NAMES: Mapping[Means, str] = {
    "telephone": "a telephone number of their own",
    "vin": "the VIN",
    "plate": "the plate",
}


class WrittenNumber(NamedTuple):
    """A telephone number as it is written, and its pointer."""

    pointer: str
    number: str
    at_work: bool = False
    """Whether it is rather their employer's."""


class KnownAs(NamedTuple):
    """Who they are: as a number, or as the key of a car."""

    source_customer_id: str | None = None
    customer_key: str | None = None

    @property
    def as_fields(self) -> dict[str, str]:
        """The one field of a report that says it."""
        return {field: value for field, value in self._asdict().items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What one report has to know its customers by."""

    dealer: Dealer
    source: str
    key: bytes
    """Of the digests."""
    car: AnyVehicle | None
    plate_at: str = "/data/vehicle/plate"
    warnings: Findings

    def known(
        self, numbers: Sequence[WrittenNumber], where: str, *, by_car: bool = True
    ) -> KnownAs | None:
        """By the first of the dealer's means. `by_car`: the car of the report is theirs."""
        for means in self.dealer.customers_without_number:
            found = self.known_by(means, numbers, where) if by_car or means == "telephone" else None
            if found is not None:
                return found
        return None

    def known_by(
        self, means: Means, numbers: Sequence[WrittenNumber], where: str
    ) -> KnownAs | None:
        """By one of them; the answer to the report says so at `where`, a pointer."""
        match means:
            case "telephone":
                found = self._by_telephone(numbers)
            case "vin":
                found = self._by_vin()
            case "plate":
                found = self._by_plate()
        if found is not None:
            self.warnings.add(where, _SAYS[means])
        return found

    def wanted(self) -> str:
        """What to do where none could be used."""
        means = " or ".join(_NAMES[each] for each in self.dealer.customers_without_number)
        return f"no number, and nothing to know them by: report source_customer_id, or {means}"

    def _by_telephone(self, numbers: Sequence[WrittenNumber]) -> KnownAs | None:
        for written in numbers:
            number, warning = e164(written.number, self.dealer.region)
            if number is None:
                continue  # whoever reads all numbers says so
            if not written.at_work and warning != CUT and _is_of_one(number):
                return self._digest("telephone", number)
            self.warnings.add(written.pointer, NOT_OWN)
        return None

    def _by_vin(self) -> KnownAs | None:
        vin = None if self.car is None else self.car.vin
        check = "malformed" if vin is None else check_vin(vin)
        is_refused = check == "failed" and self.dealer.vin_check == "reject"
        if vin is None or check == "malformed" or is_refused:
            return None
        return KnownAs(customer_key=vin_key(self.dealer.id, self.source, vin))

    def _by_plate(self) -> KnownAs | None:
        written = "" if self.car is None else self.car.plate or ""
        if not written.strip():
            return None
        plate = normalised_plate(written, self.dealer.region)
        if plate is None:
            self.warnings.add(self.plate_at, NO_PLATE)
            return None
        return self._digest("plate", plate)

    def _digest(self, means: Means, value: str) -> KnownAs:
        whole = "\x1f".join((self.dealer.id, self.source, means, value))
        return KnownAs(source_customer_id=f"by-{means}.{keyed_hash(whole, self.key)}")


def numbers_of(customer: Customer, where: str) -> Sequence[WrittenNumber]:
    """Mobiles first, those at work last; `where`: the customer's pointer."""
    return [each for kind in _OWN_FIRST for each in _of_kind(kind, customer, where)]


def _of_kind(kind: str, customer: Customer, where: str) -> Iterator[WrittenNumber]:
    at_work = kind == "work" and customer.kind != "business"
    for position, phone in enumerate(customer.phones):
        if phone.kind == kind:
            yield WrittenNumber(f"{where}/phones/{position}/number", phone.number, at_work)


def _is_of_one(number: str) -> bool:
    """Whether a number in E.164 can be one customer's own, as far as itself tells."""
    kind = phonenumbers.number_type(phonenumbers.parse(number))
    return kind not in _OF_NOBODY and len(set(number[-_SAME_AT_THE_END:])) > 1
