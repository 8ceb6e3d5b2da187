"""Which customer a page is of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import Depends, Path, Query

from services.desk.adapters.upstream import NotThere, WrittenVersion
from services.desk.api.visitor import AtDealer, at_dealer
from services.desk.domain.allowed import Act
from services.desk.domain.users import User
from services.desk.views.places import MOST_OF_AN_ADDRESS, key_at, place_of
from services.desk.views.today import Whose
from shared.contracts.scoring import Grade

Source = Annotated[str, Path(max_length=40)]
Number = Annotated[str, Path(max_length=MOST_OF_AN_ADDRESS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class AtCustomer:
    """Who asks, at which dealer, of which customer."""

    at: AtDealer
    key: str
    listed: Mapping[str, str]
    """In which list they were found, as Today's addresses say it."""

    @property
    def user(self) -> User:
        return self.at.user

    @property
    def dealer_id(self) -> str:
        return self.at.dealer.id

    @property
    def card(self) -> str:
        """The address of their call card."""
        return self._address()

    def card_after(self, written: WrittenVersion) -> str:
        """That which shows what was decided of it."""
        return f"{self._address(written=str(written))}#decision"

    def _address(self, **more: str) -> str:
        query = urlencode({**self.listed, **more})
        place = f"/d/{self.dealer_id}/calls/{place_of(self.key)}"
        return f"{place}?{query}" if query else place


def key_in(dealer_id: str, source: str, number: str) -> str:
    """The key at an address. Raises `NotThere` where none is written so."""
    found = key_at(dealer_id, source, number)
    if found is None:
        raise NotThere
    return found


def at_customer(act: Act) -> Any:
    """The dependency of a page of `{group}/{dealer}/…/{source}/{number:path}`: who asks, if they
    may do this there. Raises as `at_dealer`, and `NotThere` where no key is written so."""

    async def found(
        at: Annotated[AtDealer, at_dealer(act)],
        source: Source,
        number: Number,
        *,
        whose: Annotated[Whose | None, Query()] = None,
        role: Annotated[str, Query(max_length=80)] = "",
        grade: Annotated[Grade | Literal[""], Query()] = "",
        kind: Annotated[str, Query(max_length=40)] = "",
        overdue: bool = False,
        today: bool = False,
    ) -> AtCustomer:
        said = {"whose": whose or "", "role": role, "grade": grade, "kind": kind}
        said |= {"overdue": "true" if overdue else "", "today": "true" if today else ""}
        return AtCustomer(
            at=at,
            key=key_in(at.dealer.id, source, number),
            listed={name: said[name] for name in said if said[name]},
        )

    return Depends(found)
