"""What each event leaves of a document. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from zlib import crc32
from zoneinfo import ZoneInfo

from services.scoring.domain.documents import (
    Case,
    OwnershipEnd,
    Profile,
    Referral,
    ReferredPurchase,
    Sale,
    Survey,
    Visit,
)
from services.scoring.domain.kept_car import KeptCar
from services.scoring.domain.turns import KeptTurn
from shared.contracts.complaints import CaseStandingChanged, CaseTurn
from shared.contracts.feed_parts import WorkCategory
from shared.contracts.identity import OwnershipEnded, ReferredPurchaseMade
from shared.contracts.intake import (
    Moved,
    ProfileRecorded,
    RecordedLine,
    ReferralMade,
    SaleRecorded,
    SoldProduct,
    SurveyAnswered,
    VisitRecorded,
)
from shared.contracts.made import made
from shared.contracts.values import day_begins
from shared.decider.facts import Gone, Noted, received_late, version_of

HISTORY_AFTER = timedelta(days=7)
"""What happened longer than this before it was first received is history: it alarms nobody."""

_OVER_THE_COUNTER: frozenset[str | None] = frozenset({"accessory", "insurance"})
_REPAIRED: frozenset[WorkCategory | None] = frozenset({None, "repair", "body", "other"})
"""Work that should not be needed twice; None: the source does not say what it was."""
MOST_JOBS = 20
"""How many different jobs of an order are kept."""


def on_sale_recorded(sale: SaleRecorded, recorded_at: datetime) -> Sale | Noted:
    """A sale as it stands now; one that was taken back is only noted."""
    if sale.status in ("cancelled", "unwound"):
        return Noted(kind="noted", version=sale.version)
    at = sale.delivered_at or day_begins(sale.delivered_on or sale.deal_date, sale.timezone)
    bought = sale.status in ("delivered", "closed") and sale.sale_type not in ("wholesale", "demo")
    sold = [product.category for product in sale.products if bought and _is_paid_for(product)]
    warranties = [each.expires_on for each in sale.products if each.category == "warranty"]
    return Sale(
        kind="sale",
        version=sale.version,
        at=at,
        late=_late(at, recorded_at),
        role=sale.role,
        bought=bought,
        products=sum(1 for category in sold if category not in _OVER_THE_COUNTER),
        vin=sale.vin or "",
        day=sale.delivered_on or at.astimezone(ZoneInfo(sale.timezone)).date(),
        new=sale.condition == "new",
        warranty_until=max((day for day in warranties if day is not None), default=None),
        accessories=sold.count("accessory"),
        insurances=sold.count("insurance"),
        traded_in=tuple(sorted(set(sale.traded_in))) if bought else (),
    )


def _is_paid_for(product: SoldProduct) -> bool:
    """What is told without an amount was not given away."""
    return product.amount is None or product.amount > 0


def on_visit_recorded(visit: VisitRecorded, recorded_at: datetime) -> Visit | Noted:
    """A repair order as it stands now; one that was voided is only noted."""
    if visit.status == "voided":
        return Noted(kind="noted", version=visit.version)
    closed_at = visit.closed_at if visit.status == "closed" else None
    at = closed_at or visit.opened_at
    late = _late(at, recorded_at)
    done = _done(visit.lines)
    if closed_at is None or done.is_all_internal:
        return Visit(kind="visit", version=visit.version, at=at, late=late)
    currency, vin = visit.currency if done.paid else "", visit.vin or ""
    if not done.came:  # it does nothing but give back
        return Visit(
            kind="visit",
            version=visit.version,
            at=at,
            late=late,
            paid=done.paid,
            currency=currency,
            vin=vin,
            accessories=done.accessories,
            insurances=done.insurances,
        )
    return made(
        Visit,
        version=visit.version,
        at=at,
        late=late,
        kind="visit",
        day=at.astimezone(ZoneInfo(visit.timezone)).date(),
        paid=done.paid,
        currency=currency,
        vin=vin,
        km=visit.odometer_km,
        overran_minutes=_overran(visit, closed_at),
        jobs=done.jobs,
        comeback_of=visit.comeback_of or "",
        accessories=max(0, done.accessories),
        insurances=max(0, done.insurances),
    )


class _Done(NamedTuple):
    """What was done on an order, by its lines."""

    is_all_internal: bool
    came: bool
    """Somebody came: not all lines, internal ones apart, give money back."""
    paid: int
    """In whole units, by the customer for service."""
    accessories: int
    """Less those that were taken back, like `insurances`."""
    insurances: int
    jobs: tuple[str, ...]


def _done(lines: Sequence[RecordedLine]) -> _Done:
    internal, came, paid = bool(lines), not lines, Decimal(0)
    sold = dict.fromkeys(_OVER_THE_COUNTER, 0)
    codes: set[str] = set()
    for line in lines:
        category, pay_type, amount = line.category, line.pay_type, line.amount
        if pay_type == "internal":
            continue
        internal, is_back = False, amount < 0
        came = came or not is_back
        if line.op_code and not is_back and category in _REPAIRED:
            codes.add(line.op_code)
        if pay_type == "customer":
            if category in sold:
                sold[category] += -1 if is_back else 1 if amount else 0
            else:
                paid += amount
    jobs = sorted([f"{crc32(code.encode()):08x}" for code in codes])[:MOST_JOBS]
    return _Done(internal, came, int(paid), sold["accessory"], sold["insurance"], tuple(jobs))


def _overran(visit: VisitRecorded, closed_at: datetime) -> int | None:
    """By how many minutes, a begun one as a whole; a time before the order is no promise."""
    promised_at = visit.promised_at
    if promised_at is None or promised_at <= visit.opened_at:
        return None
    return max(0, -((promised_at - closed_at) // timedelta(minutes=1)))


def on_case_standing_changed(stands: CaseStandingChanged, sequence: int) -> Case:
    """A complaint as it stands, and stood since its receipt."""
    first, *later = stands.turns
    return Case(
        kind="case",
        version=version_of(sequence),
        at=stands.received_at,
        late=_late(stands.received_at, stands.recorded_at),
        major=first.severity == "major",
        later=tuple(_turn(turn).text for turn in later),
    )


def _turn(turn: CaseTurn) -> KeptTurn:
    late = _late(turn.at, turn.recorded_at)
    return KeptTurn(turn.at, turn.stands, turn.severity == "major", late)


def on_survey_answered(answered: SurveyAnswered, recorded_at: datetime) -> Survey:
    """An answered survey."""
    late = _late(answered.at, recorded_at)
    return Survey(
        kind="survey",
        version=answered.version,
        at=answered.at,
        late=late,
        overall=answered.overall,
        survey=answered.survey,
    )


def on_referral_made(made: ReferralMade, recorded_at: datetime) -> Referral | Noted:
    """A referral, to the credit of the one who referred."""
    if made.role != "referrer":
        return Noted(kind="noted", version=made.version)
    return Referral(
        kind="referral",
        version=made.version,
        at=made.at,
        late=_late(made.at, recorded_at),
        whom=made.other_customer_key,
    )


def on_referred_purchase_made(
    bought: ReferredPurchaseMade, recorded_at: datetime, sequence: int
) -> ReferredPurchase:
    """A car bought by whom this customer referred."""
    return ReferredPurchase(
        kind="referred_purchase",
        version=version_of(sequence),
        at=bought.bought_at,
        late=_late(bought.bought_at, recorded_at),
        whom=bought.referred_key,
        referral_id=bought.referral_id,
    )


def on_ownership_ended(ended: OwnershipEnded, recorded_at: datetime, sequence: int) -> OwnershipEnd:
    """A car that is not this customer's any more."""
    return OwnershipEnd(
        kind="ownership_end",
        version=version_of(sequence),
        at=ended.ended_at,
        late=_late(ended.ended_at, recorded_at),
        vin=ended.vin,
        traded_in=ended.because == "traded_in",
    )


def on_profile_recorded(profile: ProfileRecorded, recorded_at: datetime) -> Profile:
    """What analyses count customers by: no name, no telephone, no address."""
    return Profile(
        kind="profile",
        version=profile.version,
        at=recorded_at,
        business=profile.kind == "business",
        birth_year=profile.birth_year,
        occupation=profile.occupation or "",
        area=profile.area or "",
        cars=tuple(
            KeptCar(vin, car.make or "", car.model or "").text
            for vin, car in sorted(profile.vehicles.items())
        ),
    )


def on_moved(moved: Moved) -> Gone:
    """A document that is another customer's now."""
    return Gone(kind="gone", version=moved.version)


def _late(at: datetime, recorded_at: datetime) -> datetime | None:
    return received_late(at, recorded_at, after=HISTORY_AFTER)
