"""Sales, visits, surveys and the rest, as a dealer-management system would report them."""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from deploy.sandbox.feed.cars import Car
from deploy.sandbox.feed.dealership import Dealership
from deploy.sandbox.feed.jobs import (
    ACCESSORY,
    AGAIN,
    CAR_WASH,
    GIVEN_BACK,
    INSURANCE,
    JOBS,
    RECONDITIONING,
    WARRANTY_JOBS,
    Job,
)
from shared.contracts.feed_parts import (
    Channel,
    Customer,
    PayType,
    Product,
    ProductCategory,
    Recommendation,
    RepairLine,
)
from shared.contracts.feeds import (
    ConsentReported,
    Party,
    ReferralReported,
    SaleReported,
    SurveyReported,
    VisitReported,
)
from shared.contracts.values import Money, SignedMoney

_RECOMMENDED = (("BRK22", "Brake discs, rear axle"), ("TYR09", "Tyres below 3 mm"))
_CSI_ITEMS = ("advisor", "quality", "price", "time")
_SSI_ITEMS = ("reception", "advice", "handover", "financing")
_WARRANTY = timedelta(days=3 * 365)


@dataclass(frozen=True, slots=True)
class Stay:
    """A car's stay in the workshop: from `opened_at` to `closed_at`."""

    opened_at: datetime
    closed_at: datetime


def sale(
    rng: random.Random,
    dealership: Dealership,
    *,
    number: str,
    customer: Customer,
    car: Car,
    delivered_at: datetime,
    modified_at: datetime,
    traded_in: tuple[str, ...] = (),
) -> SaleReported:
    """A delivered sale. Businesses lease or buy for fleets; a few cars are demo or wholesale."""
    delivered_on = dealership.local_date(delivered_at)
    kinds = ("fleet", "lease", "wholesale") if customer.kind == "business" else _PRIVATE
    kind = rng.choice(kinds)
    discount = Decimal(rng.randint(0, 9)) / 100
    return SaleReported(
        source=dealership.market.source,
        dealer_id=dealership.dealer.id,
        source_modified_at=modified_at,
        deal_no=number,
        status="delivered",
        deal_date=delivered_on - timedelta(days=rng.randint(0, 45)),
        delivered_at=delivered_at,
        delivered_on=delivered_on,
        sale_type=kind,
        condition="demo" if kind == "demo" else "new",
        vehicle=car.vehicle,
        odometer=car.odometer(delivered_on),
        price=_money(dealership, car.model.price * (1 - discount)),
        customer=customer,
        parties=_co_buyer(rng, dealership, customer),
        products=_products(rng, dealership, car, delivered_on),
        traded_in=traded_in,
    )


_PRIVATE = ("retail",) * 12 + ("lease",) * 3 + ("demo",)


def ordered(report: SaleReported, *, modified_at: datetime) -> SaleReported:
    """The same sale as it was before its delivery."""
    return report.model_copy(
        update={
            "status": "open",
            "delivered_at": None,
            "delivered_on": None,
            "source_modified_at": modified_at,
        }
    )


def visit(
    rng: random.Random,
    dealership: Dealership,
    *,
    number: str,
    customer: Customer | None,
    car: Car,
    stay: Stay,
    modified_at: datetime,
) -> VisitReported:
    """A closed repair order with one to four jobs. `customer` None: the DMS has only the car."""
    day = dealership.local_date(stay.opened_at)
    in_warranty = day - car.delivered_on < _WARRANTY
    lines = [_job(rng, dealership, str(n + 1)) for n in range(rng.choices((1, 2, 3), (5, 3, 1))[0])]
    if in_warranty and rng.random() < 0.25:
        lines.append(_warranty_job(rng, dealership, str(len(lines) + 1)))
    if rng.random() < 0.08:
        lines.append(
            _line(rng, dealership, line_no=str(len(lines) + 1), job=CAR_WASH, pay_type="internal")
        )
    lines += _over_the_counter(dealership, number, car, day, lines)
    return VisitReported(
        source=dealership.market.source,
        dealer_id=dealership.dealer.id,
        source_modified_at=modified_at,
        ro_no=number,
        status="closed",
        opened_at=stay.opened_at,
        closed_at=stay.closed_at,
        promised_at=stay.opened_at + timedelta(hours=rng.choice((4, 8, 24, 30))),
        odometer_in=car.odometer(day),
        odometer_out=car.odometer(dealership.local_date(stay.closed_at)),
        department=rng.choice(("service", "service", "service", "body")),
        lines=tuple(lines),
        recommended=_recommended(rng),
        total=_total(dealership, lines),
        vehicle=car.vehicle,
        customer=customer,
    )


def opened(report: VisitReported, *, modified_at: datetime) -> VisitReported:
    """The same repair order while the car was still in the workshop."""
    return report.model_copy(
        update={
            "status": "open",
            "closed_at": None,
            "odometer_out": None,
            "recommended": (),
            "source_modified_at": modified_at,
        }
    )


def voided(report: VisitReported, *, modified_at: datetime) -> VisitReported:
    """The same repair order, cancelled: it should never have been written."""
    return report.model_copy(
        update={"status": "voided", "voided_at": modified_at, "source_modified_at": modified_at}
    )


def corrected(
    rng: random.Random, dealership: Dealership, report: VisitReported, *, modified_at: datetime
) -> VisitReported:
    """The same repair order with another amount on its first line."""
    first = report.lines[0]
    amount = (first.labour_amount or Decimal(0)) + Decimal(rng.randint(5, 90))
    lines = (first.model_copy(update={"labour_amount": amount}), *report.lines[1:])
    return report.model_copy(
        update={
            "lines": lines,
            "total": _total(dealership, lines),
            "source_modified_at": modified_at,
        }
    )


def comeback(
    rng: random.Random, dealership: Dealership, report: VisitReported, *, number: str, stay: Stay
) -> VisitReported:
    """The car of an order comes again for the same work, and nobody pays for it."""
    line = _line(rng, dealership, line_no="1", job=AGAIN, pay_type="goodwill")
    return report.model_copy(
        update={
            "ro_no": number,
            "source_modified_at": stay.closed_at + timedelta(minutes=20),
            "opened_at": stay.opened_at,
            "closed_at": stay.closed_at,
            "promised_at": stay.opened_at + timedelta(hours=24),
            "odometer_in": report.odometer_out,
            "odometer_out": report.odometer_out,
            "comeback_of": report.ro_no,
            "lines": (line,),
            "recommended": (),
            "total": _total(dealership, (line,)),
        }
    )


def house_order(
    rng: random.Random, dealership: Dealership, *, number: str, stay: Stay
) -> VisitReported:
    """An all-internal order: the dealership repairs a car of its own."""
    line = _line(rng, dealership, line_no="1", job=RECONDITIONING, pay_type="internal")
    return VisitReported(
        source=dealership.market.source,
        dealer_id=dealership.dealer.id,
        source_modified_at=stay.closed_at,
        ro_no=number,
        status="closed",
        opened_at=stay.opened_at,
        closed_at=stay.closed_at,
        department="used-cars",
        lines=(line,),
        total=_total(dealership, (line,)),
        customer=Customer(source_customer_id="HOUSE", kind="internal", name=dealership.dealer.name),
    )


def survey(
    rng: random.Random,
    dealership: Dealership,
    *,
    number: str,
    customer: Customer,
    after_sale: bool,
    at: datetime,
) -> SurveyReported:
    """Answers after a delivery (SSI) or a visit (CSI); most are content."""
    overall = rng.choices((10, 9, 8, 7, 6, 4, 2), weights=(20, 30, 25, 12, 6, 4, 3))[0]
    items = {
        item: max(0, min(10, overall + rng.randint(-2, 1)))
        for item in (_SSI_ITEMS if after_sale else _CSI_ITEMS)
    }
    return SurveyReported(
        source=dealership.market.source,
        dealer_id=dealership.dealer.id,
        source_modified_at=at,
        survey_no=number,
        source_customer_id=customer.source_customer_id,
        survey="ssi" if after_sale else "csi",
        at=at,
        overall=overall,
        items=items,
    )


def consent(
    rng: random.Random, dealership: Dealership, *, number: str, customer: Customer, at: datetime
) -> ConsentReported:
    """What a customer allows: most refuse one channel, some everything."""
    refused: tuple[Channel, ...] = rng.choice(((), ("sms",), ("email",), ("phone",), ("post",)))
    return ConsentReported(
        source=dealership.market.source,
        dealer_id=dealership.dealer.id,
        source_modified_at=at,
        consent_no=number,
        source_customer_id=customer.source_customer_id,
        at=at,
        do_not_contact=rng.random() < 0.15,
        opt_outs=refused,
    )


def referral(
    dealership: Dealership, *, number: str, referrer: Customer, referred: Customer, at: datetime
) -> ReferralReported:
    """One customer brought another."""
    return ReferralReported(
        source=dealership.market.source,
        dealer_id=dealership.dealer.id,
        source_modified_at=at,
        referral_no=number,
        at=at,
        referrer_customer_id=referrer.source_customer_id,
        referred_customer_id=referred.source_customer_id,
    )


def _money(dealership: Dealership, amount: Decimal) -> Money:
    return Money(amount=_cents(amount), currency=dealership.dealer.currency)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"))


def _amount(rng: random.Random, span: tuple[int, int], factor: float = 1.0) -> Decimal:
    low, high = span
    cents = int(rng.triangular(low, high, low + (high - low) * 0.25) * factor * 100)
    return Decimal(cents) / 100


def _line(
    rng: random.Random,
    dealership: Dealership,
    *,
    line_no: str,
    job: Job,
    pay_type: PayType,
    factor: float = 1.0,
) -> RepairLine:
    return RepairLine(
        line_no=line_no,
        op_code=job.op_code,
        category=job.category,
        description=job.description,
        pay_type=pay_type,
        labour_amount=_amount(rng, dealership.market.labour, factor),
        parts_amount=_amount(rng, dealership.market.parts, factor) if rng.random() < 0.8 else None,
    )


def _job(rng: random.Random, dealership: Dealership, line_no: str) -> RepairLine:
    job, factor = rng.choice(JOBS)
    pay_type: PayType = rng.choices(("customer", "insurance", "goodwill"), (90, 7, 3))[0]
    return _line(rng, dealership, line_no=line_no, job=job, pay_type=pay_type, factor=factor)


def _warranty_job(rng: random.Random, dealership: Dealership, line_no: str) -> RepairLine:
    job = rng.choice(WARRANTY_JOBS)
    return _line(rng, dealership, line_no=line_no, job=job, pay_type="warranty")


def _over_the_counter(
    dealership: Dealership, number: str, car: Car, day: date, work: list[RepairLine]
) -> list[RepairLine]:
    """Accessories, insurance for another year, now and then money that is given back."""
    rng = random.Random(f"{dealership.dealer.id}/{number}/counter")
    low, high = dealership.market.parts
    accessory, premium = (
        Decimal(rng.randint(low, (low + high) // 2)),
        car.model.price * Decimal("0.03"),
    )
    offers = (
        (rng.random() < 0.07, ACCESSORY, accessory),
        (day - car.delivered_on > timedelta(days=330) and rng.random() < 0.1, INSURANCE, premium),
        (rng.random() < 0.03, GIVEN_BACK, -_total(dealership, work).amount / 4),
    )
    sold = [(job, amount) for happens, job, amount in offers if happens]
    return [
        RepairLine(
            line_no=str(len(work) + position),
            op_code=job.op_code,
            category=job.category,
            description=job.description,
            pay_type="customer",
            parts_amount=_cents(amount),
        )
        for position, (job, amount) in enumerate(sold, start=1)
    ]


def _recommended(rng: random.Random) -> tuple[Recommendation, ...]:
    if rng.random() >= 0.15:
        return ()
    code, description = rng.choice(_RECOMMENDED)
    return (Recommendation(code=code, description=description, performed=rng.random() < 0.4),)


def _total(dealership: Dealership, lines: tuple[RepairLine, ...] | list[RepairLine]) -> SignedMoney:
    zero = Decimal(0)
    amounts = ((line.labour_amount or zero) + (line.parts_amount or zero) for line in lines)
    return SignedMoney(amount=_cents(sum(amounts, zero)), currency=dealership.dealer.currency)


def _co_buyer(rng: random.Random, dealership: Dealership, customer: Customer) -> tuple[Party, ...]:
    if customer.kind == "business" or rng.random() >= 0.06:
        return ()
    name, _ = dealership.market.people(rng)
    number = f"{customer.source_customer_id}-2"
    return (Party(role="co_buyer", customer=Customer(source_customer_id=number, name=name)),)


def _products(
    rng: random.Random, dealership: Dealership, car: Car, delivered_on: date
) -> tuple[Product, ...]:
    """Insurance for a year, accessories, a service plan: each at its share of the price."""
    year = timedelta(days=365)
    offers: tuple[tuple[float, str, ProductCategory, str, date | None], ...] = (
        (0.7, "INSURANCE", "insurance", "0.031", delivered_on + year),
        (0.4, "ACCESSORIES", "accessory", "0.018", None),
        (0.25, "SERVICE-PLAN", "service_plan", "0.022", delivered_on + 3 * year),
    )
    return tuple(
        Product(
            code=code,
            category=category,
            amount=_money(dealership, car.model.price * Decimal(share)).amount,
            expires_on=expires_on,
        )
        for likely, code, category, share, expires_on in offers
        if rng.random() < likely
    )
