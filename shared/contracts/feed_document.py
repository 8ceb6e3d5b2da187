"""What every document that a feed reports has."""

from shared.contracts.values import Contract, DealerId, Instant, SourceName


class Document(Contract):
    """What every reported document has."""

    source: SourceName
    dealer_id: DealerId
    source_modified_at: Instant | None = None
