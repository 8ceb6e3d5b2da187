"""What dealer-management systems report to intake over HTTP (producer: the feeds).

Each document is a full snapshot; there is no revision number, so `source_modified_at`
orders the versions. Personal data stays in intake and on the profiles topic.
"""

from typing import Annotated, ClassVar, Literal, get_args

from pydantic import AfterValidator, Field, model_validator

from shared.contracts.corrections import CustomerReported as CustomerReported  # noqa: PLC0414
from shared.contracts.feed_document import CustomerReport as CustomerReport  # noqa: PLC0414
from shared.contracts.feed_document import Document as Document  # noqa: PLC0414 # of all reports
from shared.contracts.feed_parts import (
    MOST_LINES,
    MOST_PARTIES,
    MOST_PRODUCTS,
    MOST_RECOMMENDATIONS,
    MOST_TRADED_IN,
    AnyVehicle,
    Channel,
    ComplaintChannel,
    Customer,
    OptOuts,
    Product,
    Recommendation,
    RepairLine,
    Safety,
    Severity,
    StepName,
    TaskId,
    TaskResult,
    Text,
    Vehicle,
    Vin,
    one_of,
)
from shared.contracts.leads import LeadReported as LeadReported  # noqa: PLC0414
from shared.contracts.surveys import AnsweredCall, AnsweredForm, SurveyKind
from shared.contracts.values import (
    CaseId,
    Code,
    Contract,
    CustomerKey,
    CustomerNumber,
    Day,
    Instant,
    Money,
    Number,
    Odometer,
    SignedMoney,
    StaffId,
    Term,
    at_most,
)


class Party(Contract):
    """A further customer of a sale, by role."""

    role: Literal["co_buyer", "registrant", "driver"]
    customer: Customer


class SaleReported(Document):
    """A vehicle sale, as the DMS has it now. Follow-up starts at delivery."""

    TYPE: ClassVar[str] = "dev.aftercare.sale.reported.v1"

    deal_no: Number
    status: Literal["open", "delivered", "closed", "cancelled", "unwound"]
    deal_date: Day
    delivered_at: Instant | None = None
    delivered_on: Day | None = None
    sale_type: Literal["retail", "lease", "fleet", "wholesale", "demo", "other"]
    condition: Literal["new", "used", "demo"] = "new"
    vehicle: Vehicle
    odometer: Odometer | None = None
    price: Money | None = None
    customer: Customer
    parties: Annotated[
        tuple[Party, ...], Field(max_length=MOST_PARTIES), at_most(MOST_PARTIES)
    ] = ()
    products: Annotated[
        tuple[Product, ...], Field(max_length=MOST_PRODUCTS), at_most(MOST_PRODUCTS)
    ] = ()
    traded_in: Annotated[
        tuple[Vin, ...],
        Field(max_length=MOST_TRADED_IN),
        at_most(MOST_TRADED_IN),
        AfterValidator(lambda vins: tuple(dict.fromkeys(vins))),
    ] = ()
    """The cars that the dealer took in part exchange, by their VINs; each counts once."""

    @model_validator(mode="after")
    def _delivered_has_a_date(self) -> "SaleReported":
        if self.status == "delivered" and self.delivered_at is None and self.delivered_on is None:
            raise ValueError("a delivered sale needs delivered_at or delivered_on")
        return self


class VisitReported(Document):
    """A repair order, as the DMS has it now."""

    TYPE: ClassVar[str] = "dev.aftercare.visit.reported.v1"

    ro_no: Number
    status: Literal["open", "in_progress", "on_hold", "ready", "closed", "voided"]
    opened_at: Instant
    closed_at: Instant | None = None
    voided_at: Instant | None = None
    promised_at: Instant | None = None
    appointment_id: Number | None = None
    odometer_in: Odometer | None = None
    odometer_out: Odometer | None = None
    department: Term | None = None
    comeback_of: Number | None = None
    """The number of the order whose work had to be done again."""
    lines: Annotated[tuple[RepairLine, ...], Field(max_length=MOST_LINES), at_most(MOST_LINES)] = ()
    recommended: Annotated[
        tuple[Recommendation, ...],
        Field(max_length=MOST_RECOMMENDATIONS),
        at_most(MOST_RECOMMENDATIONS),
    ] = ()
    total: SignedMoney | None = None
    """What all payers pay together; the lines say who pays what."""
    vehicle: AnyVehicle | None = None
    customer: Customer | None = None

    @model_validator(mode="after")
    def _closed_in_order(self) -> "VisitReported":
        if self.status == "closed" and self.closed_at is None:
            raise ValueError("a closed repair order needs closed_at")
        if self.closed_at is not None and self.closed_at < self.opened_at:
            raise ValueError("closed_at is before opened_at")
        return self


class ComplaintReported(Document):
    """A complaint, as filed or as corrected since. The narrative never leaves intake."""

    TYPE: ClassVar[str] = "dev.aftercare.complaint.reported.v1"

    case_no: Number
    status: Literal["open", "voided"] = "open"
    received_at: Instant
    occurred_at: Instant | None = None
    channel: ComplaintChannel
    category: Term
    component: Term | None = None
    severity: Severity = "normal"
    department: Term | None = None
    safety: Safety = Safety()
    narrative: Text | None = None
    desired_outcome: Text | None = None
    related_ro_no: Number | None = None
    related_deal_no: Number | None = None
    owner: StaffId | None = None
    """The staff id of who is responsible for the case."""
    regulator_ref: Code | None = None
    regulator_due_at: Instant | None = None
    """The limit that the regulator's own order prints; mostly in the future."""
    vehicle: AnyVehicle | None = None
    customer: Customer | None = None

    @model_validator(mode="after")
    def _received_after_it_occurred(self) -> "ComplaintReported":
        if self.occurred_at is not None and self.occurred_at > self.received_at:
            raise ValueError("occurred_at is after received_at")
        return self

    @model_validator(mode="after")
    def _due_after_it_was_received(self) -> "ComplaintReported":
        if self.regulator_due_at is not None and self.regulator_due_at <= self.received_at:
            raise ValueError("regulator_due_at is not after received_at")
        return self


class ComplaintStepReported(Document):
    """A step taken on a complaint. May arrive before the complaint itself."""

    TYPE: ClassVar[str] = "dev.aftercare.complaint-step.reported.v1"

    case_no: Number | None = None
    """The number by which the source of the step knows the complaint."""
    case_id: CaseId | None = None
    """Instead of a number: a complaint that another source has reported, as intake answered."""
    step_id: Number
    step: StepName
    at: Instant
    by: StaffId
    satisfied: bool | None = None
    severity: Severity | None = None
    reason: Term | None = None
    assigned_to: StaffId | None = None
    merged_into: Number | None = None
    """The number of the case that this one was merged into."""
    merged_into_id: CaseId | None = None
    """Instead of that number: a case that another source has reported, as intake answered."""
    until: Instant | None = None
    """When a hold is planned to end."""

    @model_validator(mode="after")
    def _has_what_its_step_needs(self) -> "ComplaintStepReported":
        needed = {
            "called_back": ("satisfied", self.satisfied),
            "regraded": ("severity", self.severity),
            "held": ("reason", self.reason),
            "demanded": ("reason", self.reason),
            "reassigned": ("assigned_to", self.assigned_to),
            "merged": ("merged_into", self.merged_into or self.merged_into_id),
        }.get(self.step)
        if needed is not None and needed[1] is None:
            raise ValueError(f"a step '{self.step}' needs {needed[0]}")
        return self

    @model_validator(mode="after")
    def _names_one_case(self) -> "ComplaintStepReported":
        one_of(self, "case_no", "case_id")
        if self.merged_into is not None and self.merged_into_id is not None:
            raise ValueError("only one of merged_into and merged_into_id is taken")
        return self

    @model_validator(mode="after")
    def _is_held_for_a_while(self) -> "ComplaintStepReported":
        if self.until is None:
            return self
        if self.step != "held":
            raise ValueError("only a step 'held' has until, the planned end of the hold")
        if self.until <= self.at:
            raise ValueError("until is not after at: a hold that ends before it starts")
        return self


class ConsentReported(CustomerReport):
    """What a customer allows. A channel not named is allowed unless do_not_contact.

    Who sends `opt_outs` without `do_not_contact` does not speak of that: it stays as it was.
    """

    TYPE: ClassVar[str] = "dev.aftercare.consent.reported.v1"

    consent_no: Number
    at: Instant
    do_not_contact: bool = False
    opt_outs: OptOuts = ()


class SurveyReported(CustomerReport, AnsweredForm):
    """The answers to a satisfaction survey, all on one scale; a survey company's too."""

    TYPE: ClassVar[str] = "dev.aftercare.survey.reported.v1"

    survey_no: Number
    survey: SurveyKind
    at: Instant


class TaskOutcomeReported(CustomerReport, AnsweredCall):
    """What came of one attempt at a follow-up task. The note never leaves intake.

    With `survey` and `overall` its answers are a satisfaction survey, too.
    """

    TYPE: ClassVar[str] = "dev.aftercare.task-outcome.reported.v1"

    task_id: TaskId
    outcome_no: Number | None = None
    """Tells attempts at one task apart; without it, `at` does."""
    at: Instant
    outcome: TaskResult
    next_contact_on: Day | None = None
    by: StaffId | None = None
    channel: Channel | None = None
    """The way in which the customer was contacted."""
    note: Text | None = None


class TaskAssignmentReported(CustomerReport):
    """Who is to do a follow-up task: somebody claims it, or it is given to them, or back."""

    TYPE: ClassVar[str] = "dev.aftercare.task-assignment.reported.v1"

    task_id: TaskId
    assignment_no: Number | None = None
    """Tells what is said of one task apart; without it, `at` and `by` do."""
    at: Instant
    by: StaffId
    """Who says so; who claims a task says it of themselves."""
    person: StaffId | None
    """Whose it is from then on; null: nobody's in particular."""


class ReferralReported(Document):
    """A customer was referred by another; both are told."""

    TYPE: ClassVar[str] = "dev.aftercare.referral.reported.v1"

    referral_no: Number
    at: Instant
    referrer_customer_id: CustomerNumber | None = None
    referrer_customer_key: CustomerKey | None = None
    referred_customer_id: CustomerNumber | None = None
    referred_customer_key: CustomerKey | None = None

    @model_validator(mode="after")
    def _names_two_customers(self) -> "ReferralReported":
        one_of(self, "referrer_customer_id", "referrer_customer_key")
        one_of(self, "referred_customer_id", "referred_customer_key")
        return self


class CustomerLinkReported(Document):
    """Staff say of two customers whether they are one person; both are told.

    The other may be a customer of another dealer of the same group, named by key.
    """

    TYPE: ClassVar[str] = "dev.aftercare.customer-link.reported.v1"

    link_no: Number
    says: Literal["same", "different", "nothing"]
    """`nothing` takes back what was said before under this number."""
    at: Instant
    by: StaffId
    customer_id: CustomerNumber | None = None
    customer_key: CustomerKey | None = None
    other_customer_id: CustomerNumber | None = None
    other_customer_key: CustomerKey | None = None

    @model_validator(mode="after")
    def _names_two_customers(self) -> "CustomerLinkReported":
        one_of(self, "customer_id", "customer_key")
        one_of(self, "other_customer_id", "other_customer_key")
        return self


AnyReport = (
    SaleReported
    | VisitReported
    | ComplaintReported
    | ComplaintStepReported
    | ConsentReported
    | SurveyReported
    | TaskOutcomeReported
    | TaskAssignmentReported
    | ReferralReported
    | CustomerLinkReported
    | CustomerReported
    | LeadReported
)

REPORTS: dict[str, type[AnyReport]] = {report.TYPE: report for report in get_args(AnyReport)}
"""What intake takes: CloudEvents type -> contract of its data."""
