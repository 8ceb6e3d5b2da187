"""What scoring knows of one customer, and how an event adds to it.

Every document is kept by its id in its newest version, cut down to what scoring counts. So
the order, repetition and delay of events make no difference. Of each kind the newest are looked
at, up to the number of the policy's horizon; the others are set aside as lines, and so is what
had happened long before it was first received: held, but it says nothing.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal, assert_never, get_args
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, Field, field_validator

from services.scoring.domain.turns import KeptTurn
from shared.contracts.complaints import CaseStandingChanged, CaseStandingWithdrawn, CaseTurn
from shared.contracts.envelope import Event, Message
from shared.contracts.intake import (
    CustomerMoved,
    Moved,
    ReferralMade,
    SaleMoved,
    SaleRecorded,
    SurveyAnswered,
    VisitMoved,
    VisitRecorded,
)
from shared.contracts.values import to_milliseconds
from shared.decider.digests import CondensedFacts, Digesting
from shared.decider.facts import Fact, Gone, Noted, precedence, received_late, version_of

HISTORY_AFTER = timedelta(days=7)
"""What happened longer than this before it was first received is history: it alarms nobody."""

Role = Literal["buyer", "co_buyer", "registrant", "driver"]

Said = (
    SaleRecorded
    | SaleMoved
    | VisitRecorded
    | VisitMoved
    | CaseStandingChanged
    | CaseStandingWithdrawn
    | SurveyAnswered
    | ReferralMade
    | CustomerMoved
)
ScoringEvent = Event[Said]
READS: tuple[type[Message], ...] = get_args(Said)


class _Dated(Fact):
    at: AwareDatetime
    late: AwareDatetime | None = None
    """When it was first received, where that was over seven days after it happened."""


class Sale(_Dated):
    """A car sold, from delivery; from the deal date while none is known."""

    kind: Literal["sale"]
    role: Role = "buyer"
    bought: bool = False
    """A delivered or closed sale to a customer: not an open one, nor wholesale or demo."""
    products: int = 0
    """Insurance, accessories and service plans sold with it, but for those given away."""
    vin: str = ""
    """Empty where none is known: then it is a car of its own."""


class Visit(_Dated):
    """A repair order, from its closing; from its opening while it is open."""

    kind: Literal["visit"]
    day: date | None = None
    """The dealer's local date of a closed order that was not all internal work, else None."""
    paid: int = 0
    """What the customer paid, in whole units of `currency`."""
    currency: str = ""


class Case(_Dated):
    """A complaint, received at `at`, and how it stood since, as complaints says."""

    kind: Literal["case"]
    major: bool = False
    """How grave it was when it was received."""
    later: tuple[str, ...] = ()
    """Its turns after the receipt, each as `KeptTurn.text`."""

    @property
    def turns(self) -> list[KeptTurn]:
        """From its receipt on, in order."""
        return [KeptTurn(self.at, major=self.major, late=self.late), *map(KeptTurn.of, self.later)]

    def received_by(self, moment: datetime) -> "Case":
        """Without the turns that were history, and not received yet at `moment`."""
        known = [text for text in self.later if _is_by(KeptTurn.of(text).late, moment)]
        return self.model_copy(update={"later": tuple(known)})


class Former(Fact):
    """A complaint or a step, kept before complaints published how cases stand: it says nothing."""

    kind: Literal["complaint", "step"]


class Survey(_Dated):
    """An answered survey; `overall` is from 0 to 10."""

    kind: Literal["survey"]
    overall: int


class Referral(_Dated):
    """This customer referred another one."""

    kind: Literal["referral"]
    whom: str = ""
    """The key of who was referred; empty in what was kept before it was asked for."""


DatedFact = Sale | Visit | Case | Survey | Referral
Known = Annotated[DatedFact | Noted | Gone | Former, Field(discriminator="kind")]

_NOT_SCORED = (Noted, Gone, Former)
_FORMER_GROUPS = frozenset({"complaint", "step"})
_BY_ROLE: Mapping[Role, int] = {"buyer": 5, "co_buyer": 4, "registrant": 3, "driver": 2}


class ScoringFacts(CondensedFacts):
    """One customer; nothing is known at first."""

    documents: Mapping[str, Known] = Field(default_factory=dict)
    """Document id -> its newest version, of what is looked at."""

    @field_validator("documents", mode="after")
    @classmethod
    def _without_former_documents(cls, documents: Mapping[str, Known]) -> Mapping[str, Known]:
        if not any(isinstance(known, Former) for known in documents.values()):
            return documents
        return {key: known for key, known in documents.items() if not isinstance(known, Former)}

    @field_validator("digests", "newest", mode="after")
    @classmethod
    def _without_former_groups(cls, by_group: Mapping[str, str]) -> Mapping[str, str]:
        if _FORMER_GROUPS.isdisjoint(by_group):
            return by_group
        return {group: kept for group, kept in by_group.items() if group not in _FORMER_GROUPS}

    @property
    def scored(self) -> bool:
        """Whether a document stands to their name, be it one that gives no points."""
        return any(not isinstance(known, _NOT_SCORED) for known in self.documents.values())

    def late_receipts(self) -> list[datetime]:
        """When those documents arrived that were history on arrival, the first one first."""
        moments = [getattr(known, "late", None) for known in self.documents.values()]
        for known in self.documents.values():
            if isinstance(known, Case):
                moments += [KeptTurn.of(text).late for text in known.later]
        return sorted(moment for moment in moments if moment is not None)

    @property
    def history_until(self) -> datetime | None:
        """Up to then what is looked at may differ from all that happened: changes up to then are
        not announced. None: nothing is set aside for its number.

        The older half of a kind of which some are set aside leads up to how the customer stood
        in truth: that much of anything reaches what its rules give at most.
        """
        middles = []
        for kind in self.newest:
            moments = sorted(
                known.at
                for known in self.documents.values()
                if not isinstance(known, _NOT_SCORED) and known.kind == kind
            )
            middles.append(moments[(len(moments) - 1) // 2])
        return max(middles, default=None)

    def received_by(self, moment: datetime) -> Mapping[str, Known]:
        """The documents but for history that was not received yet at `moment`."""
        return {
            key: known.received_by(moment) if isinstance(known, Case) else known
            for key, known in self.documents.items()
            if isinstance(known, _NOT_SCORED) or _is_by(known.late, moment)
        }


def join(facts: ScoringFacts, events: Sequence[ScoringEvent]) -> ScoringFacts:
    """`facts` and what the events of one customer add. Commutative, associative, idempotent.

    Raises `ZoneInfoNotFoundError` for a document in a time zone that does not exist.
    """
    return DIGESTING.join(facts, events, _fact)


def _precedence(known: Known) -> int:
    """As of all facts; and a sale names some customers in two roles."""
    return _BY_ROLE[known.role] if isinstance(known, Sale) else precedence(known)


def _at(known: Known) -> datetime:
    if isinstance(known, _NOT_SCORED):
        raise TypeError("it never happened")
    return known.at


DIGESTING: Digesting[Known] = Digesting(
    kinds={
        "s": Sale,
        "v": Visit,
        "k": Case,
        "y": Survey,
        "r": Referral,
        "n": Noted,
        "g": Gone,
        "c": Former,
        "t": Former,
    },
    groups={
        Sale: "sale",
        Visit: "visit",
        Case: "case",
        Survey: "survey",
        Referral: "referral",
    },
    at=_at,
    precedence=_precedence,
)


def _fact(event: ScoringEvent) -> Known:
    match event.data:
        case SaleRecorded() as sale:
            return on_sale_recorded(sale, event.recorded_at)
        case VisitRecorded() as visit:
            return on_visit_recorded(visit, event.recorded_at)
        case CaseStandingChanged() as stands:
            return on_case_standing_changed(stands, event.sequence)
        case CaseStandingWithdrawn():
            return Gone(kind="gone", version=version_of(event.sequence))
        case SurveyAnswered() as answered:
            return on_survey_answered(answered, event.recorded_at)
        case ReferralMade() as made:
            return on_referral_made(made, event.recorded_at)
        case SaleMoved() | VisitMoved() | CustomerMoved() as moved:
            return on_moved(moved)
        case never:
            assert_never(never)


def on_sale_recorded(sale: SaleRecorded, recorded_at: datetime) -> Sale | Noted:
    """A sale as it stands now; one that was taken back is only noted."""
    if sale.status in ("cancelled", "unwound"):
        return Noted(kind="noted", version=sale.version)
    at = sale.delivered_at or _day_begins(sale.delivered_on or sale.deal_date, sale.timezone)
    bought = sale.status in ("delivered", "closed") and sale.sale_type not in ("wholesale", "demo")
    products = sum(1 for product in sale.products if product.amount is None or product.amount > 0)
    return Sale(
        kind="sale",
        version=sale.version,
        at=at,
        late=_late(at, recorded_at),
        role=sale.role,
        bought=bought,
        products=products if bought else 0,
        vin=sale.vin or "",
    )


def on_visit_recorded(visit: VisitRecorded, recorded_at: datetime) -> Visit | Noted:
    """A repair order as it stands now; one that was voided is only noted."""
    if visit.status == "voided":
        return Noted(kind="noted", version=visit.version)
    closed_at = visit.closed_at if visit.status == "closed" else None
    at = closed_at or visit.opened_at
    late = _late(at, recorded_at)
    internal = bool(visit.lines) and all(line.pay_type == "internal" for line in visit.lines)
    if closed_at is None or internal:
        return Visit(kind="visit", version=visit.version, at=at, late=late)
    paid = int(sum(line.amount for line in visit.lines if line.pay_type == "customer"))
    return Visit(
        kind="visit",
        version=visit.version,
        at=at,
        late=late,
        day=at.astimezone(ZoneInfo(visit.timezone)).date(),
        paid=paid,
        currency=visit.currency if paid else "",
    )


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
        kind="survey", version=answered.version, at=answered.at, late=late, overall=answered.overall
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


def on_moved(moved: Moved) -> Gone:
    """A document that is another customer's now."""
    return Gone(kind="gone", version=moved.version)


def _is_by(late: datetime | None, moment: datetime) -> bool:
    return late is None or late <= moment


def _late(at: datetime, recorded_at: datetime) -> datetime | None:
    return received_late(at, recorded_at, after=HISTORY_AFTER)


def _day_begins(day: date, timezone: str) -> datetime:
    return to_milliseconds(datetime.combine(day, time(), ZoneInfo(timezone)).astimezone(UTC))
