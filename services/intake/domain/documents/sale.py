"""A sale: the buyer's, and that of each other party, by role."""

from collections.abc import Iterator
from datetime import date

from services.intake.domain.dates import is_out_of_range
from services.intake.domain.documents import car_days
from services.intake.domain.documents.kind import (
    Described,
    Named,
    all_but_personal,
    no_parent,
)
from services.intake.domain.documents.naming import RecordFields, key_of, record_fields
from services.intake.domain.documents.odometers import impossible_alone
from services.intake.domain.findings import Finding
from shared.contracts.feeds import SaleReported
from shared.contracts.intake import Recorded, SaleMoved, SaleRecorded, SoldProduct
from shared.dealers.dealer import Dealer

RECORDED: type[Recorded] = SaleRecorded
EXPLAINS = False
FREE_WORDS: tuple[str, ...] = ()

_DELIVERED = frozenset({"delivered", "closed", "unwound"})
"""Sales of which the car was handed over; of others the dates may be planned ones."""
_PRECEDENCE = ("co_buyer", "registrant", "driver")
"""A customer who is several of these has the sale once, as the first of them."""

parent = no_parent
content = all_but_personal


def numbers(report: SaleReported) -> dict[str, str]:
    return {"deal_no": report.deal_no}


def named_by_id(report: SaleReported) -> Iterator[Named]:
    for where, customer in described(report).customers.items():
        if customer.customer_key is not None:
            yield Named(f"{where}/customer_key", customer.customer_key)


known_customers = named_by_id


def described(report: SaleReported) -> Described:
    customers = {"/customer": report.customer}
    for position, party in enumerate(report.parties):
        customers[f"/parties/{position}/customer"] = party.customer
    return Described(customers, report.vehicle, report.traded_in)


def contradictions(report: SaleReported) -> Iterator[Finding]:
    for position, product in enumerate(report.products):
        if product.expires_on is not None and is_out_of_range(product.expires_on):
            yield Finding(f"/products/{position}/expires_on", "out of range")
    for position, vin in enumerate(report.traded_in):
        if vin == report.vehicle.vin:
            detail = "the car that is sold cannot be taken in part exchange for itself"
            yield Finding(f"/traded_in/{position}", detail)


def doubtful(report: SaleReported) -> Iterator[Finding]:
    """A day of the car that it can hardly have."""
    return car_days.doubtful(report.vehicle, report.delivered_on or report.deal_date)


def happened(report: SaleReported) -> Iterator[tuple[str, date | None]]:
    if report.status in _DELIVERED:
        yield "delivered_at", report.delivered_at
        yield "deal_date", report.deal_date
        yield "delivered_on", report.delivered_on


def impossible_readings(report: SaleReported, _: Dealer) -> Iterator[Finding]:
    if report.odometer is None:
        return
    day = report.delivered_on or report.deal_date
    reason = impossible_alone(report.odometer, report.vehicle, day)
    if reason is None and report.odometer.value == 0 and report.condition != "new":
        reason = "a car that is not new has been driven"
    if reason is not None:
        yield Finding("/odometer", reason)


def messages(report: SaleReported, dealer: Dealer) -> dict[str, Recorded]:
    """The dealership's own sales, and those to other dealers, reach nobody."""
    if report.customer.kind == "internal" or report.sale_type == "wholesale":
        return {}
    delivered_on = report.delivered_on
    if delivered_on is None and report.delivered_at is not None:
        delivered_on = report.delivered_at.astimezone(dealer.zone).date()
    buyer = key_of(report, report.customer)
    sale = SaleRecorded(
        **record_fields(report, numbers(report), customer_key=buyer),
        **report.model_dump(
            include={"status", "deal_date", "delivered_at", "sale_type", "condition"}
        ),
        timezone=dealer.timezone,
        role="buyer",
        delivered_on=delivered_on,
        vin=report.vehicle.vin,
        odometer_km=report.odometer.km if report.odometer else None,
        price=report.price,
        products=tuple(SoldProduct(**product.model_dump()) for product in report.products),
        traded_in=report.traded_in,
        **car_days.recorded(report.vehicle),
    )
    return _by_role(report, sale)


def _by_role(report: SaleReported, sale: SaleRecorded) -> dict[str, Recorded]:
    found: dict[str, Recorded] = {"buyer": sale}
    keys = {sale.customer_key}
    for party in sorted(report.parties, key=lambda party: _PRECEDENCE.index(party.role)):
        if party.customer.kind == "internal":
            continue
        key = key_of(report, party.customer)
        if key in keys:
            continue
        keys.add(key)
        same_role = sum(1 for role in found if role.split("-")[0] == party.role)
        role = f"{party.role}-{same_role + 1}" if same_role else party.role
        found[role] = sale.model_copy(update={"role": party.role, "customer_key": key})
    return found


def moved(fields: RecordFields, _: str | None) -> SaleMoved:
    return SaleMoved(**fields)
