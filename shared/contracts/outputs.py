"""What a service says, and what takes it back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar

from pydantic import Field

from shared.contracts.envelope import Message
from shared.contracts.identifiers import customer_of, dealer_of
from shared.contracts.values import About, DealerId, Instant, LongId

MOST_FIELDS = 100
"""How many fields a content has, at most."""


class Withdrawal(Message):
    """'What was said about this subject no longer holds.' Follows the message it takes back."""

    customer_key: LongId
    dealer_id: DealerId
    about: About
    withdrawn_at: Instant
    withdrawn: Annotated[dict[str, Any], Field(max_length=MOST_FIELDS)] | None = None
    """The sealed content of the announcement that is taken back; absent for states."""


class Output(Message):
    """A message content a service may emit; it names what takes it back.

    `customer_key` is whom it goes to: the aggregate's customer, or another of the same dealer;
    always the same one for what is about the same.
    """

    ACROSS_DEALERS: ClassVar[bool] = False
    """Whether it may go to another dealer of the same group."""
    WITHDRAWAL: ClassVar[type[Withdrawal]] = Withdrawal

    customer_key: LongId
    dealer_id: DealerId

    @classmethod
    def withdrawal(
        cls, *, aggregate_id: str, about: str, at: datetime, sealed: Mapping[str, Any] | None
    ) -> Withdrawal:
        """What takes back the one about `about` that was emitted; a contract may say more in it.

        `sealed` is the content of an announcement, as JSON values; None of a state. The result
        must depend on nothing else.
        """
        customer_key = sealed["customer_key"] if sealed else customer_of(aggregate_id)
        return cls.WITHDRAWAL(
            customer_key=customer_key,
            dealer_id=dealer_of(customer_key),
            about=about,
            withdrawn_at=at,
            withdrawn=dict(sealed) if sealed else None,
        )
