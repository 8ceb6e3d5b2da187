"""What can go wrong in a delivery.

    DeliveryError
      PoisonRecord        never retry: the record becomes a dead letter
      TransientFailure    retry: the broker or the database is away, or a reply was lost
        Conflict          another writer was first: read again, decide again
        OwnershipLost     the partition is somebody else's now: leave it to them

`RefusedMessage` and `RefusedDocuments` are not about a delivery: the broker will never take
that output, the database never that document.
"""

from collections.abc import Collection


class DeliveryError(Exception):
    """A record or batch could not be processed."""


class PoisonRecord(DeliveryError):
    """This record can never be processed. `reason` holds nothing from its content."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TransientFailure(DeliveryError):
    """It did not work this time; nothing is known of what was done."""


class Conflict(TransientFailure):
    """Fewer documents were written than sent: another writer was first with some."""


class OwnershipLost(TransientFailure):
    """This instance may not act for the partition any more."""


class RefusedDocuments(Exception):
    """The database can never take some documents (too large, not valid); the others are written."""

    def __init__(self, ids: Collection[str]) -> None:
        super().__init__(f"{len(ids)} documents refused by the database")
        self.ids = frozenset(ids)


class RefusedMessage(Exception):
    """The broker refuses messages for good (too large); the others went out."""

    def __init__(self, refused: list[int]) -> None:
        super().__init__(f"{len(refused)} messages refused by the broker")
        self.refused = refused
        """Their positions among the messages given."""
