"""Who a customer is whom a source has no number for: by the dealer's setting.

They are known by the first of telephone, VIN and plate that is there and can be used. By a VIN they
have the car's key, as an order without a customer has; by a telephone or plate a number of ours, a
keyed digest: the same however it is written, another one for each dealer and source, and no way to
find out what it was made of. Who cannot be known is rejected where the document needs a customer.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import phonenumbers
from phonenumbers import PhoneNumberType

from services.intake.domain.documents import kind_of
from services.intake.domain.documents.naming import key_of_document
from services.intake.domain.documents.visit import is_all_internal
from services.intake.domain.examine.plates import normalised_plate
from services.intake.domain.examine.telephones import CUT, e164
from services.intake.domain.examine.vins import check_vin
from services.intake.domain.findings import Findings
from services.intake.domain.hashes import keyed_hash
from shared.contracts.feed_parts import ONE_IS_NEEDED, Car, Customer
from shared.contracts.feeds import (
    AnyReport,
    ComplaintReported,
    LeadReported,
    SaleReported,
    VisitReported,
)
from shared.contracts.identifiers import lead_key, vin_key
from shared.dealers.dealer import Dealer, Means

NOBODYS_REGISTER = b"a trial: numbers of no register"
"""For whoever only wants to know whether an event is valid."""
NO_SETTING = (
    f"{ONE_IS_NEEDED}, and not both; for customers without numbers, the dealer has the setting "
    "customers_without_number"
)
BY_TELEPHONE = "no number: known by a telephone number"
BY_VIN = "no number: known by the VIN of the car"
BY_PLATE = "no number: known by the plate of the car"
NOT_OWN = "a number that several may share, or that fills a field: nobody is known by it"
NO_PLATE = "no plate that tells a car: nobody is known by it"
NOT_KNOWN = "no number, and nothing to know them by: taken as without a customer"
LEFT_OUT = "no number, and no telephone number to know them by: left out"

_SAME_AT_THE_END = 7
"""So many of the same digit at its end make a number one that fills a field."""
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

_NOBODY = Customer(kind="internal")
"""In the place of who is left out: it reaches nobody, as the dealership itself."""

WithCustomer = SaleReported | VisitReported | ComplaintReported | LeadReported


@dataclass(frozen=True, slots=True)
class _Search:
    """By what the customers of one report are known."""

    report: WithCustomer
    dealer: Dealer
    key: bytes
    warnings: Findings

    @property
    def car(self) -> Car | None:
        return None if isinstance(self.report, LeadReported) else self.report.vehicle

    def known(self, customer: Customer, where: str, *, by_car: bool) -> Customer | None:
        """The customer with a number or key, or None. `by_car`: the car of the report is theirs."""
        for means in self.dealer.customers_without_number:
            if by_car or means == "telephone":
                found = self.known_by(means, customer, where)
                if found is not None:
                    return found
        return None

    def known_by(self, means: Means, customer: Customer, where: str) -> Customer | None:
        """The same by one of them."""
        found = self._by(means, customer, where)
        if found is None:
            return None
        self.warnings.add(f"/data{where}", _SAYS[means])
        return customer.model_copy(update=found)

    def left_out(self, where: str) -> Customer:
        """What stands in the place of a customer who cannot be known."""
        self.warnings.add(f"/data{where}", LEFT_OUT)
        return _NOBODY

    def _by(self, means: Means, customer: Customer, where: str) -> dict[str, str] | None:
        match means:
            case "telephone":
                return self._telephone(customer, where)
            case "vin":
                return self._vin()
            case "plate":
                return self._plate()

    def _telephone(self, customer: Customer, where: str) -> dict[str, str] | None:
        """The first of their mobiles that is their own, else of their other numbers."""
        places = sorted(
            enumerate(customer.phones), key=lambda place: _OWN_FIRST.index(place[1].kind)
        )
        for position, phone in places:
            number, warning = e164(phone.number, self.dealer.region)
            if number is None:
                continue  # whoever reads all numbers says so
            is_at_work = phone.kind == "work" and customer.kind != "business"
            if not is_at_work and warning != CUT and _is_of_one(number):
                return {"source_customer_id": self._number("telephone", number)}
            self.warnings.add(f"/data{where}/phones/{position}/number", NOT_OWN)
        return None

    def _vin(self) -> dict[str, str] | None:
        if self.car is None or self.car.vin is None or check_vin(self.car.vin) == "malformed":
            return None
        return {"customer_key": vin_key(self.report.dealer_id, self.report.source, self.car.vin)}

    def _plate(self) -> dict[str, str] | None:
        written = "" if self.car is None else self.car.plate or ""
        if not written.strip():
            return None
        plate = normalised_plate(written, self.dealer.region)
        if plate is None:
            self.warnings.add("/data/vehicle/plate", NO_PLATE)
            return None
        return {"source_customer_id": self._number("plate", plate)}

    def _number(self, means: Means, value: str) -> str:
        whole = "\x1f".join((self.report.dealer_id, self.report.source, means, value))
        return f"by-{means}.{keyed_hash(whole, self.key)}"


def with_customers_known(
    report: AnyReport, dealer: Dealer, *, key: bytes, errors: Findings, warnings: Findings
) -> AnyReport:
    """The report, its customers with the numbers that they are known by; `key`: of the digests.

    A customer that it may be without is left out where nothing tells who they are; what they do
    not want to be reached by stays with the document.
    """
    if not isinstance(report, WithCustomer):
        return report
    nameless = dict(_nameless(report))
    if not dealer.customers_without_number:
        for where in nameless:
            errors.add(f"/data{where}", NO_SETTING)
        return report
    search = _Search(report, dealer, key, warnings)
    if isinstance(report, VisitReported | ComplaintReported) and report.customer is None:
        return _of_the_car(report, search)
    if not nameless:
        return report
    if isinstance(report, SaleReported):
        return _sale(report, search, nameless, errors)
    return report.model_copy(update={"customer": _customer_of(report, search)})


def _nameless(report: WithCustomer) -> Iterator[tuple[str, Customer]]:
    described = kind_of(report).described(report)
    for where, customer in () if described is None else described.customers.items():
        if customer.source_customer_id is None and customer.customer_key is None:
            yield where, customer


def _is_of_one(number: str) -> bool:
    """Whether a number in E.164 can be one customer's own, as far as itself tells."""
    kind = phonenumbers.number_type(phonenumbers.parse(number))
    return kind not in _OF_NOBODY and len(set(number[-_SAME_AT_THE_END:])) > 1


def _of_the_car(
    report: VisitReported | ComplaintReported, search: _Search
) -> VisitReported | ComplaintReported:
    """An order without any customer is the car's: with the VIN it has that key anyway."""
    if report.vehicle is None or (isinstance(report, VisitReported) and is_all_internal(report)):
        return report
    for means in search.dealer.customers_without_number:
        if means == "vin" and report.vehicle.vin is not None:
            break
        found = search.known_by(means, Customer(), "") if means == "plate" else None
        if found is not None:
            return report.model_copy(update={"customer": found})
    return report


def _customer_of(
    report: VisitReported | ComplaintReported | LeadReported, search: _Search
) -> Customer | None:
    customer = report.customer
    assert customer is not None, "it is nameless"
    if customer.kind == "internal":
        return customer
    found = search.known(customer, "/customer", by_car=True)
    if found is not None:
        return found
    search.warnings.add("/data/customer", NOT_KNOWN)
    return _wishes(customer, _key_without(report))


def _key_without(report: VisitReported | ComplaintReported | LeadReported) -> str | None:
    """Where it is as a report without a customer."""
    alone = report.model_copy(update={"customer": None})
    match alone:
        case VisitReported():
            return None if is_all_internal(alone) else key_of_document(alone, alone.ro_no)
        case ComplaintReported():
            return key_of_document(alone, alone.case_no)
        case LeadReported():
            return lead_key(alone.dealer_id, alone.source, alone.lead_no)


def _wishes(customer: Customer, key: str | None) -> Customer | None:
    """Nothing of them but the channels they do not want, for whoever works with the document."""
    if key is None or not customer.opt_outs:
        return None
    return Customer(opt_outs=customer.opt_outs).model_copy(update={"customer_key": key})


def _sale(
    report: SaleReported, search: _Search, nameless: Mapping[str, Customer], errors: Findings
) -> SaleReported:
    """With its buyer, who has to be known, and those of the others who can be."""
    buyer: Customer | None = report.customer
    if "/customer" in nameless:
        buyer = _buyer(report, search)
    if buyer is None:
        errors.add("/data/customer", _to_be_told(search.dealer))
        return report
    parties = list(report.parties)
    for position, party in enumerate(parties):
        where = f"/parties/{position}/customer"
        if where in nameless and party.customer.kind != "internal":
            found = search.known(party.customer, where, by_car=False) or search.left_out(where)
            parties[position] = party.model_copy(update={"customer": found})
    return report.model_copy(update={"customer": buyer, "parties": tuple(parties)})


def _buyer(report: SaleReported, search: _Search) -> Customer | None:
    """None where the sale cannot do without. The trade is never known by a car that it passes on,
    and such a sale reaches nobody anyway."""
    if report.customer.kind == "internal":
        return report.customer
    to_the_trade = report.sale_type == "wholesale"
    found = search.known(report.customer, "/customer", by_car=not to_the_trade)
    return search.left_out("/customer") if found is None and to_the_trade else found


def _to_be_told(dealer: Dealer) -> str:
    means = " or ".join(_NAMES[each] for each in dealer.customers_without_number)
    return f"no number, and nothing to know them by: report source_customer_id, or {means}"
