"""What every record of intake has (producer: intake)."""

from shared.contracts.envelope import Message
from shared.contracts.values import DealerId, LongId, Version


class Recorded(Message):
    """What every record of intake has."""

    document_id: LongId
    version: Version
    customer_key: LongId
    dealer_id: DealerId


class Moved(Recorded):
    """This document is not this customer's (any more): forget its facts here."""
