"""Reports whose customers have no number: with the one that they are known by.

Who cannot be known is rejected where the report needs a customer; else it is taken without.
"""

from collections.abc import Iterator, Mapping

from services.intake.domain.documents import kind_of
from services.intake.domain.documents.naming import key_of_document
from services.intake.domain.documents.visit import is_all_internal
from services.intake.domain.examine.known_by import Search, WrittenNumber, numbers_of
from services.intake.domain.examine.telephones import e164
from services.intake.domain.findings import Findings
from shared.contracts.feed_parts import ONE_IS_NEEDED, AnyVehicle, Customer
from shared.contracts.feeds import (
    AnyReport,
    ComplaintReported,
    ConsentReported,
    CustomerReported,
    LeadReported,
    SaleReported,
    SurveyReported,
    TaskAssignmentReported,
    TaskOutcomeReported,
    VisitReported,
)
from shared.contracts.identifiers import lead_key
from shared.dealers.dealer import Dealer

NOBODYS_REGISTER = b"a trial: numbers of no register"
"""For whoever only wants to know whether an event is valid."""
NO_SETTING = (
    f"{ONE_IS_NEEDED}, and not both; for customers without numbers, the dealer has the setting "
    "customers_without_number"
)
NOT_KNOWN = "no number, and nothing to know them by: taken as without a customer"
NOT_KNOWN_BY_DEFAULT = (
    "no number: taken as without a customer, unless the dealer's setting customers_without_number "
    "says by what they are known"
)
LEFT_OUT = "no number, and no telephone number to know them by: left out"

_NOBODY = Customer(kind="internal")
"""In the place of who is left out: it reaches nobody, as the dealership itself."""
_CUSTOMER = "/data/customer"

OfACar = VisitReported | ComplaintReported
OfOneCustomer = (
    ConsentReported
    | SurveyReported
    | TaskOutcomeReported
    | TaskAssignmentReported
    | CustomerReported
)
WithCustomer = SaleReported | OfACar | LeadReported


def with_customers_known(
    report: AnyReport, dealer: Dealer, *, key: bytes, errors: Findings, warnings: Findings
) -> AnyReport:
    """The report, its customers with the numbers that they are known by; `key`: of the digests.

    A customer that it may be without is left out where nothing tells who they are; what they do
    not want to be reached by stays with the document.
    """
    if isinstance(report, OfOneCustomer):
        return _named(report, dealer, key=key, errors=errors, warnings=warnings)
    if not isinstance(report, WithCustomer):
        return report
    nameless = dict(_nameless(report))
    if not dealer.customers_without_number and not isinstance(report, LeadReported):
        for where in nameless:
            errors.add(where, NO_SETTING)
        return report
    car = None if isinstance(report, LeadReported) else report.vehicle
    search = Search(dealer=dealer, source=report.source, key=key, car=car, warnings=warnings)
    if isinstance(report, OfACar) and report.customer is None:
        return _of_the_car(report, search)
    if not nameless:
        return report
    if isinstance(report, SaleReported):
        return _sale(report, search, nameless, errors)
    return report.model_copy(update={"customer": _customer_of(report, search)})


def _named(
    report: OfOneCustomer, dealer: Dealer, *, key: bytes, errors: Findings, warnings: Findings
) -> AnyReport:
    """What is about one customer alone, who is named by something else than a number."""
    named = report.known_by
    if named is None:
        return report
    where = "/data/known_by"
    if not dealer.customers_without_number:
        errors.add(where, NO_SETTING)
        return report
    car = AnyVehicle.model_construct(vin=named.vin, plate=named.plate)
    search = Search(
        dealer=dealer,
        source=report.source,
        key=key,
        car=car,
        plate_at=f"{where}/plate",
        warnings=warnings,
    )
    numbers = []
    if named.telephone is not None:
        numbers = [WrittenNumber(f"{where}/telephone", named.telephone)]
        _, warning = e164(named.telephone, dealer.region)
        if warning is not None:
            warnings.add(f"{where}/telephone", warning)
    found = search.known(numbers, where)
    if found is None:
        errors.add(where, search.wanted())
        return report
    return report.model_copy(update=found.as_fields)


def _nameless(report: WithCustomer) -> Iterator[tuple[str, Customer]]:
    described = kind_of(report).described(report)
    for where, customer in () if described is None else described.customers.items():
        if customer.source_customer_id is None and customer.customer_key is None:
            yield f"/data{where}", customer


def _of_the_car(report: OfACar, search: Search) -> OfACar:
    """An order without any customer is the car's: with the VIN it has that key anyway."""
    if report.vehicle is None or (isinstance(report, VisitReported) and is_all_internal(report)):
        return report
    for means in search.dealer.customers_without_number:
        if means == "vin" and report.vehicle.vin is not None:
            break
        found = search.known_by(means, (), "/data") if means == "plate" else None
        if found is not None:
            customer = Customer().model_copy(update=found.as_fields)
            return report.model_copy(update={"customer": customer})
    return report


def _known(
    customer: Customer, where: str, search: Search, *, by_car: bool = True
) -> Customer | None:
    found = search.known(numbers_of(customer, where), where, by_car=by_car)
    return None if found is None else customer.model_copy(update=found.as_fields)


def _customer_of(report: OfACar | LeadReported, search: Search) -> Customer | None:
    customer = report.customer
    assert customer is not None, "it is nameless"
    if customer.kind == "internal":
        return customer
    found = _known(customer, _CUSTOMER, search)
    if found is not None:
        return found
    is_set = bool(search.dealer.customers_without_number)
    search.warnings.add(_CUSTOMER, NOT_KNOWN if is_set else NOT_KNOWN_BY_DEFAULT)
    return _wishes(customer, _key_without(report))


def _key_without(report: OfACar | LeadReported) -> str | None:
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
    report: SaleReported, search: Search, nameless: Mapping[str, Customer], errors: Findings
) -> SaleReported:
    """With its buyer, who has to be known, and those of the others who can be."""
    buyer: Customer | None = report.customer
    if _CUSTOMER in nameless:
        buyer = _buyer(report, search)
    if buyer is None:
        errors.add(_CUSTOMER, search.wanted())
        return report
    parties = list(report.parties)
    for position, party in enumerate(parties):
        where = f"/data/parties/{position}/customer"
        if where in nameless and party.customer.kind != "internal":
            found = _known(party.customer, where, search, by_car=False)
            found = found or _left_out(where, search)
            parties[position] = party.model_copy(update={"customer": found})
    return report.model_copy(update={"customer": buyer, "parties": tuple(parties)})


def _buyer(report: SaleReported, search: Search) -> Customer | None:
    """None where the sale cannot do without. The trade is never known by a car that it passes on,
    and such a sale reaches nobody anyway."""
    if report.customer.kind == "internal":
        return report.customer
    to_the_trade = report.sale_type == "wholesale"
    found = _known(report.customer, _CUSTOMER, search, by_car=not to_the_trade)
    return _left_out(_CUSTOMER, search) if found is None and to_the_trade else found


def _left_out(where: str, search: Search) -> Customer:
    search.warnings.add(where, LEFT_OUT)
    return _NOBODY
