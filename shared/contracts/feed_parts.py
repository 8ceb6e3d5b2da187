"""What the reports of feeds are made of: terms, limits, customers, cars."""

from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from shared.contracts.values import (
    Amount,
    Code,
    Contract,
    CustomerKey,
    CustomerNumber,
    Day,
    DaySaid,
    Number,
    ShortText,
    SignedAmount,
    at_most,
    composed,
    without_spaces,
)

MOST_OPT_OUTS = 20
MOST_PHONES = 10
MOST_PARTIES = 10
MOST_PRODUCTS = 50
MOST_LINES = 500
MOST_RECOMMENDATIONS = 100
MOST_TRADED_IN = 10

Channel = Literal["phone", "sms", "email", "post", "app"]
PayType = Literal["customer", "warranty", "internal", "sublet", "insurance", "goodwill"]
ProductCategory = Literal["insurance", "accessory", "service_plan", "warranty", "finance", "other"]
WorkCategory = Literal[
    "maintenance", "repair", "body", "inspection", "accessory", "insurance", "other"
]
"""What a job of a repair order was; accessories and insurance are also sold over its counter."""
ComplaintChannel = Literal["phone", "app", "web", "in_store", "oem", "regulator", "social"]
"""The way a complaint came in."""
Severity = Literal["normal", "major"]
StepName = Literal[
    "contacted",
    "demanded",
    "answered",
    "executive_answered",
    "promised",
    "repair_started",
    "loaner_given",
    "repair_ended",
    "resolved",
    "called_back",
    "reopened",
    "held",
    "resumed",
    "reassigned",
    "regraded",
    "merged",
    "unmerged",
    "withdrawn",
    "acknowledged",
]
"""`demanded`: the customer demands exchange or return, `reason` says which. `promised`: the dealer
promised what is to be done. `loaner_given`: a loaner car, or money for travel meanwhile."""
TaskResult = Literal[
    "done",
    "not_reached",
    "wrong_number",
    "declined",
    "postponed",
    "renewed_elsewhere",
    "approved_lost",
    "not_lost",
]
"""What came of an attempt at a follow-up task. The last two are a manager's, of a lead that is to
be given up."""
TaskId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f-]{36}$")]
"""Of a follow-up task, or of a further purpose of it."""
OptOuts = Annotated[
    tuple[Channel, ...],
    Field(max_length=MOST_OPT_OUTS),
    at_most(MOST_OPT_OUTS),
    AfterValidator(lambda channels: tuple(dict.fromkeys(channels))),
]
"""Channels a customer does not want to be reached by; each counts once."""


def none_is_empty(value: object) -> object:
    """Null deletes a list, as an empty one does."""
    return () if value is None else value


def without_defaults(schema: dict[str, Any]) -> None:
    """What is left out says nothing: a client that fills in defaults would delete what is known."""
    for described in schema["properties"].values():
        described.pop("default", None)


BirthYear = Annotated[int, Field(ge=1900, le=2100)]
Persons = Annotated[int, Field(ge=0, le=10_000)]
"""How many people."""
BirthYearSaid = Annotated[int, Field(ge=0, le=9_999)]
"""As reported; intake leaves out what nobody who drives was born in."""
PersonName = Annotated[str, StringConstraints(max_length=200)]
Email = Annotated[str, StringConstraints(max_length=254)]
Language = Annotated[str, StringConstraints(max_length=20)]
PersonTerm = Annotated[str, StringConstraints(max_length=120), BeforeValidator(composed)]
"""A word of a customer from a source's own list; intake leaves out what is no term."""
Text = Annotated[str, StringConstraints(max_length=20_000)]
Vin = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_upper=True, max_length=40),
    BeforeValidator(without_spaces),
    AfterValidator(without_spaces),  # what is of another length in capitals may compose anew
]
"""As reported; intake checks the characters and the check digit."""


_Written = (
    Annotated[str, StringConstraints(max_length=120)] | Annotated[int, Field(ge=0, le=10**15)]
)


def _as_written(value: object) -> object:
    """A whole number as its digits: spreadsheets and some systems send telephones so."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


TelephoneWritten = Annotated[
    str,
    StringConstraints(max_length=120),
    BeforeValidator(_as_written, json_schema_input_type=_Written),
]
"""A telephone number in any notation."""
Plate = Annotated[str, StringConstraints(max_length=20)]


class Phone(Contract):
    """A number in any notation; intake brings it to E.164, or leaves it out with a warning."""

    kind: Literal["mobile", "home", "work", "other"] = "mobile"
    number: TelephoneWritten
    verified: Annotated[
        bool | None, Field(json_schema_extra=lambda schema: schema.pop("default"))
    ] = None
    """Whether the source has made sure that it is this customer's own."""


ONE_IS_NEEDED = "one of source_customer_id and customer_key is needed"


def one_of(report: Contract, *names: str) -> None:
    """Raises `ValueError` unless exactly one of these fields is there."""
    if sum(getattr(report, name) is not None for name in names) != 1:
        raise ValueError(f"one of {' and '.join(names)} is needed, and not both")


class KnownBy(Contract):
    """By what a customer is known whom a source has no number for, as the dealer's setting
    `customers_without_number` says."""

    telephone: TelephoneWritten | None = None
    vin: Vin | None = None
    plate: Plate | None = None


Phones = Annotated[tuple[Phone, ...], Field(max_length=MOST_PHONES), at_most(MOST_PHONES)]


class Customer(Contract):
    """Who the document is about. `internal` is the dealership itself: kept, never followed up.

    What is not there stays as it is known; null, or an empty list, deletes it; blank text says
    nothing. `opt_outs` are a consent as of when the document was changed.
    """

    model_config = ConfigDict(json_schema_extra=without_defaults)

    source_customer_id: CustomerNumber | None = None
    """The number by which the source of the document knows the customer. Without one they are
    known as the setting `customers_without_number` of the dealer says."""
    customer_key: CustomerKey | None = None
    """Instead of a number: a customer that another source has reported, as intake answered."""
    kind: Literal["person", "business", "internal"] = "person"
    name: PersonName | None = None
    phones: Annotated[
        Phones, BeforeValidator(none_is_empty, json_schema_input_type=Phones | None)
    ] = ()
    email: Email | None = None
    opt_outs: Annotated[
        OptOuts, BeforeValidator(none_is_empty, json_schema_input_type=OptOuts | None)
    ] = ()
    language: Language | None = None
    birth_year: BirthYearSaid | None = None
    occupation: PersonTerm | None = None
    area: PersonTerm | None = None
    """Where they live, as coarse as the source likes: a district, a town; no street."""

    @model_validator(mode="after")
    def _names_one_at_most(self) -> "Customer":
        if self.source_customer_id is not None and self.customer_key is not None:
            raise ValueError(f"{ONE_IS_NEEDED}, and not both")
        return self


ModelYear = Annotated[int, Field(ge=1950, le=2100)]


class AnyVehicle(Contract):
    """The car of an order or a complaint, by its VIN, else by its plate alone.

    With the VIN its plate, make, model and year go to the profile of its customer.
    """

    model_config = ConfigDict(json_schema_extra=without_defaults)

    vin: Vin | None = None
    plate: Plate | None = None
    make: ShortText | None = None
    model: ShortText | None = None
    model_year: ModelYear | None = None
    insured_until: DaySaid | None = None
    """The last day of its insurance, as sales and visits tell it."""
    inspection_on: DaySaid | None = None
    """The day on which its next inspection is due, as sales and visits tell it."""

    @model_validator(mode="after")
    def _is_some_car(self) -> "AnyVehicle":
        if self.vin is None and not (self.plate or "").strip():
            raise ValueError("vin is needed, or plate where the VIN is not known")
        return self


class Vehicle(AnyVehicle):
    """The car of a sale; its plate, make, model and year go to the profile of its customers."""

    vin: Vin


class Product(Contract):
    """Something sold with the car: insurance, accessories, a service plan."""

    code: Code
    category: ProductCategory | None = None
    amount: Amount | None = None
    expires_on: Day | None = None


class RepairLine(Contract):
    """One job of a repair order. An amount is negative where money was given back."""

    line_no: Number
    op_code: Code | None = None
    category: WorkCategory | None = None
    description: Text | None = None
    complaint: Text | None = None
    cause: Text | None = None
    correction: Text | None = None
    pay_type: PayType
    labour_amount: SignedAmount | None = None
    parts_amount: SignedAmount | None = None
    fault: Code | None = None
    """The code of the fault that was repaired."""
    severe: bool = False
    """Whether that fault endangers people."""


class Recommendation(Contract):
    """Work that was recommended, and whether it was done."""

    code: Code
    description: Text | None = None
    performed: bool


class Safety(Contract):
    """What makes a complaint a safety case."""

    crash: bool = False
    fire: bool = False
    injuries: Persons = 0
    deaths: Persons = 0
