"""What is known of a customer, corrected: as it is reported, and as intake records it."""

from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from shared.contracts.feed_document import CustomerReport
from shared.contracts.feed_parts import (
    BirthYearSaid,
    Email,
    Language,
    PersonName,
    PersonTerm,
    Phones,
    none_is_empty,
    without_defaults,
)
from shared.contracts.recorded import Recorded
from shared.contracts.topics import CUSTOMERS, Topic
from shared.contracts.values import Instant, Number, ShortText, StaffId

Particular = Literal["name", "phones", "email", "language", "birth_year", "occupation", "area"]
"""What a profile tells of a person."""


class CustomerReported(CustomerReport):
    """What somebody corrects of what is known of a customer.

    What is not there stays as it is known; null, or an empty list, deletes it; blank text says
    nothing. It goes to the profile, where each field has the newest word of all documents.
    """

    TYPE: ClassVar[str] = "dev.aftercare.customer.reported.v1"

    model_config = ConfigDict(json_schema_extra=without_defaults)

    correction_no: Number
    at: Instant
    by: StaffId
    name: PersonName | None = None
    phones: Annotated[
        Phones, BeforeValidator(none_is_empty, json_schema_input_type=Phones | None)
    ] = ()
    email: Email | None = None
    language: Language | None = None
    birth_year: BirthYearSaid | None = None
    occupation: PersonTerm | None = None
    area: PersonTerm | None = None


class CustomerCorrected(Recorded):
    """That somebody corrected what is known of a customer, and of what; the profile has it."""

    TYPE: ClassVar[str] = "dev.aftercare.customer.corrected.v1"
    TOPIC: ClassVar[Topic] = CUSTOMERS

    at: Instant
    by: ShortText
    """The staff id of who did."""
    corrected: tuple[Particular, ...] = Field(default=(), max_length=7)
    """What was said anew, and could be read."""
    removed: tuple[Particular, ...] = Field(default=(), max_length=7)
    """What was deleted."""
