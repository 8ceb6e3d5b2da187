"""What every document that a feed reports has."""

from pydantic import model_validator

from shared.contracts.feed_parts import KnownBy, one_of
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

    known_by: KnownBy | None = None
    """Instead of both, where the source has no numbers for its customers."""

    @model_validator(mode="after")
    def _names_one_customer(self) -> "CustomerReport":
        named = self.source_customer_id is not None or self.customer_key is not None
        if named or self.known_by is None:
            one_of(self, "source_customer_id", "customer_key")
        if named and self.known_by is not None:
            raise ValueError("known_by is only for a customer without number and key")
        return self
