"""What every document that a feed reports has."""

from pydantic import model_validator

from shared.contracts.feed_parts import one_of
from shared.contracts.values import (
    Contract,
    CustomerNumber,
    DealerId,
    Instant,
    RecordKey,
    SourceName,
)


class Document(Contract):
    """What every reported document has."""

    source: SourceName
    dealer_id: DealerId
    source_modified_at: Instant | None = None


class CustomerReport(Document):
    """What is about one customer, and not about one of their documents."""

    source_customer_id: CustomerNumber | None = None
    """The number by which the source of the report knows the customer."""
    customer_key: RecordKey | None = None
    """Instead of a number: a customer that another source has reported, as intake answered."""

    @model_validator(mode="after")
    def _names_one_customer(self) -> "CustomerReport":
        one_of(self, "source_customer_id", "customer_key")
        return self
