"""Which customer a page is of."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Path

from services.desk.api.visitor import AtDealer, at_dealer
from services.desk.domain.allowed import Act
from services.desk.domain.users import User
from services.desk.views.today import place_of

Source = Annotated[str, Path(max_length=40)]
Number = Annotated[str, Path(max_length=400)]


@dataclass(frozen=True, slots=True, kw_only=True)
class AtCustomer:
    """Who asks, at which dealer, of which customer."""

    at: AtDealer
    key: str

    @property
    def user(self) -> User:
        return self.at.user

    @property
    def dealer_id(self) -> str:
        return self.at.dealer.id

    @property
    def card(self) -> str:
        """The address of their call card."""
        return f"/d/{self.dealer_id}/calls/{place_of(self.key)}"


def at_customer(act: Act) -> Any:
    """The dependency of a page of `{group}/{dealer}/…/{source}/{number:path}`: who asks, if they
    may do this there. Raises as `at_dealer`."""

    async def found(
        at: Annotated[AtDealer, at_dealer(act)], source: Source, number: Number
    ) -> AtCustomer:
        return AtCustomer(at=at, key=f"{at.dealer.id}/{source}/{number}")

    return Depends(found)
