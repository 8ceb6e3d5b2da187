"""What intake publishes (producer: intake). Pseudonymous, but for the profiles.

Every record is keyed by the customer and tells its document, the document's version and,
in the envelope, when the document was first received. A newer version replaces the older;
a `moved` record takes a document away from a customer it no longer belongs to.
"""

from datetime import datetime
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints

from shared.contracts.corrections import CustomerCorrected as CustomerCorrected  # noqa: PLC0414
from shared.contracts.feed_parts import (
    MOST_LINES,
    MOST_OPT_OUTS,
    MOST_PHONES,
    MOST_PRODUCTS,
    MOST_RECOMMENDATIONS,
    MOST_TRADED_IN,
    BirthYear,
    Channel,
    Email,
    Language,
    ModelYear,
    PayType,
    PersonName,
    ProductCategory,
    Safety,
    Severity,
    StepName,
    TaskResult,
    WorkCategory,
)
from shared.contracts.identifiers import dealer_of, document_version, profile_id
from shared.contracts.leads import LeadRecorded as LeadRecorded  # noqa: PLC0414
from shared.contracts.recorded import Moved as Moved  # noqa: PLC0414 # of all documents
from shared.contracts.recorded import Recorded as Recorded  # noqa: PLC0414
from shared.contracts.surveys import MOST_ANSWERS, Answer, SurveyKind, SurveyOrigin
from shared.contracts.topics import COMPLAINTS, CUSTOMERS, PROFILES, SALES, VISITS, Topic
from shared.contracts.values import (
    Amount,
    Contract,
    Day,
    Instant,
    LongId,
    Money,
    OdometerKm,
    ShortText,
    SignedAmount,
)

PROFILE = "profile"
"""In the document id of a profile, the kind of document."""
_AFTER_ALL = "~"
"""In the place of a hash: after whatever else was said at that time."""
MOST_VEHICLES = 20
"""The most cars of one customer that a profile has."""


class SoldProduct(Contract):
    """Something sold with a car."""

    code: ShortText
    category: ProductCategory | None = None
    """None: the source does not say."""
    amount: Amount | None = None
    expires_on: Day | None = None


class SaleRecorded(Recorded):
    """A vehicle sale. `delivered_on` is the dealer's local date."""

    TYPE: ClassVar[str] = "dev.aftercare.sale.recorded.v1"
    TOPIC: ClassVar[Topic] = SALES

    timezone: ShortText
    status: Literal["open", "delivered", "closed", "cancelled", "unwound"]
    role: Literal["buyer", "co_buyer", "registrant", "driver"]
    deal_date: Day
    delivered_at: Instant | None = None
    delivered_on: Day | None = None
    sale_type: Literal["retail", "lease", "fleet", "wholesale", "demo", "other"]
    condition: Literal["new", "used", "demo"]
    vin: ShortText | None = None
    odometer_km: OdometerKm | None = None
    price: Money | None = None
    products: tuple[SoldProduct, ...] = Field(default=(), max_length=MOST_PRODUCTS)
    traded_in: tuple[ShortText, ...] = Field(default=(), max_length=MOST_TRADED_IN)
    """The VINs of the cars that the dealer took in part exchange."""
    insured_until: Day | None = None
    """The last day of the car's insurance, as the source knows it of the car."""
    inspection_on: Day | None = None
    """The day on which the car's next inspection is due."""


class SaleMoved(Moved):
    """A sale that belongs to another customer."""

    TYPE: ClassVar[str] = "dev.aftercare.sale.moved.v1"
    TOPIC: ClassVar[Topic] = SALES


class RecordedLine(Contract):
    """One job: who pays, and how much."""

    line_no: ShortText
    op_code: ShortText | None = None
    category: WorkCategory | None = None
    """None: the source does not say."""
    pay_type: PayType
    amount: SignedAmount
    """Negative where money was given back."""
    fault: ShortText | None = None
    """The source's code of the fault that was repaired."""
    severe: bool = False
    """Whether that fault endangers people."""


class RecordedRecommendation(Contract):
    """Work that was recommended, and whether it was done."""

    code: ShortText
    performed: bool


class VisitRecorded(Recorded):
    """A repair order. Amounts are in `currency`."""

    TYPE: ClassVar[str] = "dev.aftercare.visit.recorded.v1"
    TOPIC: ClassVar[Topic] = VISITS

    timezone: ShortText
    status: Literal["open", "in_progress", "on_hold", "ready", "closed", "voided"]
    opened_at: Instant
    closed_at: Instant | None = None
    voided_at: Instant | None = None
    promised_at: Instant | None = None
    vin: ShortText | None = None
    odometer_km: OdometerKm | None = None
    department: ShortText | None = None
    comeback_of: LongId | None = None
    """The document id of the order whose work had to be done again."""
    insured_until: Day | None = None
    """The last day of the car's insurance, as the source knows it of the car."""
    inspection_on: Day | None = None
    """The day on which the car's next inspection is due."""
    currency: ShortText
    lines: tuple[RecordedLine, ...] = Field(default=(), max_length=MOST_LINES)
    recommended: tuple[RecordedRecommendation, ...] = Field(
        default=(), max_length=MOST_RECOMMENDATIONS
    )


class VisitMoved(Moved):
    """A repair order that belongs to another customer."""

    TYPE: ClassVar[str] = "dev.aftercare.visit.moved.v1"
    TOPIC: ClassVar[Topic] = VISITS


class ComplaintFiled(Recorded):
    """A complaint, as filed or as corrected since."""

    TYPE: ClassVar[str] = "dev.aftercare.complaint.filed.v1"
    TOPIC: ClassVar[Topic] = COMPLAINTS

    case_no: ShortText
    timezone: ShortText
    status: Literal["open", "voided"]
    received_at: Instant
    occurred_at: Instant | None = None
    channel: ShortText
    category: ShortText
    component: ShortText | None = None
    severity: Severity
    department: ShortText | None = None
    safety: Safety = Safety()
    related_ro_no: ShortText | None = None
    related_deal_no: ShortText | None = None
    owner: ShortText | None = None
    """The staff id of who is responsible for the case."""
    regulator_ref: ShortText | None = None
    regulator_due_at: Instant | None = None
    """The limit that the regulator's own order prints."""


class ComplaintStepTaken(Recorded):
    """A step taken on a complaint; `case_id` is the document id of the complaint."""

    TYPE: ClassVar[str] = "dev.aftercare.complaint-step.taken.v1"
    TOPIC: ClassVar[Topic] = COMPLAINTS

    case_id: LongId
    case_no: ShortText
    step_id: ShortText
    step: StepName
    at: Instant
    by: ShortText
    satisfied: bool | None = None
    severity: Severity | None = None
    reason: ShortText | None = None
    assigned_to: ShortText | None = None
    merged_into: LongId | None = None
    """The document id of the complaint that this one was merged into."""
    merged_into_key: LongId | None = None
    """The customer key of that complaint; None while it is unknown or concerns no customer."""
    until: Instant | None = None
    """When a hold is planned to end."""


class ComplaintMoved(Moved):
    """A complaint, or a step on one, that belongs to another customer."""

    TYPE: ClassVar[str] = "dev.aftercare.complaint.moved.v1"
    TOPIC: ClassVar[Topic] = COMPLAINTS

    case_id: LongId
    """The document id of the complaint; equals `document_id` but for steps."""


class ConsentGiven(Recorded):
    """What a customer allows, as of `at`.

    Without `do_not_contact` it does not speak of that: what was said before still holds.
    """

    TYPE: ClassVar[str] = "dev.aftercare.consent.given.v1"
    TOPIC: ClassVar[Topic] = CUSTOMERS

    at: Instant
    do_not_contact: bool | None = None
    opt_outs: tuple[Channel, ...] = Field(default=(), max_length=MOST_OPT_OUTS)


class SurveyAnswered(Recorded, SurveyOrigin):
    """The answers to a satisfaction survey, from 0 to 10 whatever the scale they were given on."""

    TYPE: ClassVar[str] = "dev.aftercare.survey.answered.v1"
    TOPIC: ClassVar[Topic] = CUSTOMERS

    survey: SurveyKind
    at: Instant
    overall: Answer
    items: dict[ShortText, Answer] = Field(default_factory=dict, max_length=MOST_ANSWERS)


class TaskOutcomeRecorded(Recorded):
    """What came of one attempt at a follow-up task."""

    TYPE: ClassVar[str] = "dev.aftercare.task-outcome.recorded.v1"
    TOPIC: ClassVar[Topic] = CUSTOMERS

    task_id: LongId
    at: Instant
    outcome: TaskResult
    next_contact_on: Day | None = None
    by: ShortText | None = None
    """The staff id of who tried."""
    channel: Channel | None = None
    answers: dict[ShortText, Answer] = Field(default_factory=dict, max_length=MOST_ANSWERS)


class TaskAssigned(Recorded):
    """Who is to do a follow-up task, as of `at`."""

    TYPE: ClassVar[str] = "dev.aftercare.task.assigned.v1"
    TOPIC: ClassVar[Topic] = CUSTOMERS

    task_id: LongId
    at: Instant
    by: ShortText
    """The staff id of who says so; who claims a task says it of themselves."""
    person: ShortText | None = None
    """The staff id of whose it is; None: nobody's in particular, any more."""


class ReferralMade(Recorded):
    """A referral, told to the one who referred and to the one who was referred."""

    TYPE: ClassVar[str] = "dev.aftercare.referral.made.v1"
    TOPIC: ClassVar[Topic] = CUSTOMERS

    role: Literal["referrer", "referred"]
    other_customer_key: LongId
    at: Instant


class CustomerLinkMade(Recorded):
    """Staff say of two customers that they are one person, or that they are not; told to both."""

    TYPE: ClassVar[str] = "dev.aftercare.customer-link.made.v1"
    TOPIC: ClassVar[Topic] = CUSTOMERS

    other_customer_key: LongId
    """Of the same group; it may be another dealer's."""
    says: Literal["same", "different", "nothing"]
    """`nothing`: what was said before is taken back."""
    at: Instant
    by: ShortText
    """The staff id of who says so."""


class CustomerMoved(Moved):
    """A consent, survey, task outcome or assignment, referral, link, correction or lead of another
    customer."""

    TYPE: ClassVar[str] = "dev.aftercare.customer.moved.v1"
    TOPIC: ClassVar[Topic] = CUSTOMERS


class PhoneNumber(Contract):
    """A telephone number in E.164."""

    kind: Literal["mobile", "home", "work", "other"]
    e164: Annotated[str, StringConstraints(max_length=20)]
    verified: bool = False
    """Whether the source has made sure that it is this customer's."""


class KnownVehicle(Contract):
    """What is known of a car besides its VIN."""

    plate: Annotated[str, StringConstraints(max_length=20)] | None = None
    make: ShortText | None = None
    model: ShortText | None = None
    model_year: ModelYear | None = None


class ProfileRecorded(Recorded):
    """Who the customer is: the only personal data on any topic. Erased by a tombstone.

    Each field has the newest word of all documents that speak of it.
    """

    TYPE: ClassVar[str] = "dev.aftercare.profile.recorded.v1"
    TOPIC: ClassVar[Topic] = PROFILES

    kind: Literal["person", "business"]
    name: PersonName | None = None
    phones: tuple[PhoneNumber, ...] = Field(default=(), max_length=MOST_PHONES)
    email: Email | None = None
    opt_outs: tuple[Channel, ...] = Field(default=(), max_length=MOST_OPT_OUTS)
    language: Language | None = None
    birth_year: BirthYear | None = None
    occupation: ShortText | None = None
    """A word from the source's own list."""
    area: ShortText | None = None
    """Where they live, as coarse as the source likes: a district, a town; no street."""
    vehicles: dict[ShortText, KnownVehicle] = Field(default_factory=dict, max_length=MOST_VEHICLES)
    """VIN -> the car: those that the customer's documents spoke of last."""

    @classmethod
    def of_tombstone(cls, key: str, at: datetime) -> Self:
        """Nothing is known of the person any more, of all that was said by then."""
        return cls(
            document_id=profile_id(key),
            version=document_version(round(at.timestamp() * 1000), _AFTER_ALL),
            customer_key=key,
            dealer_id=dealer_of(key),
            kind="person",
        )


ALL: tuple[type[Recorded], ...] = (
    SaleRecorded,
    SaleMoved,
    VisitRecorded,
    VisitMoved,
    ComplaintFiled,
    ComplaintStepTaken,
    ComplaintMoved,
    ConsentGiven,
    SurveyAnswered,
    TaskOutcomeRecorded,
    TaskAssigned,
    ReferralMade,
    CustomerLinkMade,
    CustomerCorrected,
    LeadRecorded,
    CustomerMoved,
    ProfileRecorded,
)
