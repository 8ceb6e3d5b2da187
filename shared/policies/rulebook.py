"""The rules of all dealers of a group: per dealer the editions of its policy. Pure.

Editions are never changed or removed, so what follows from facts depends on nothing but them, the
rulebook and the time.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import ClassVar, Generic, Self, TypeVar

from pydantic import model_validator

from shared.contracts.values import DealerId
from shared.decider.policy import Policy
from shared.policies.edition import Edition, digest

E = TypeVar("E", bound=Edition)


class Rulebook(Policy, Generic[E]):
    """What a service decides by: each dealer by its own editions, the others by `shipped`."""

    SAID: ClassVar[str] = "1"
    """Raised where a service says more by the same rules: all is decided once more then."""

    shipped: E
    """For dealers, and for times, of which no edition says anything."""
    editions: Mapping[DealerId, tuple[E, ...]] = {}
    """Dealer -> its editions, in the order in which they were applied."""
    shadows: Mapping[DealerId, E] = {}
    """Dealer -> what is tried beside what is in force. Nothing is ever decided by it."""

    @model_validator(mode="after")
    def _in_the_order_of_application(self) -> Self:
        for dealer_id, editions in self.editions.items():
            applied = [edition.applied_at for edition in editions]
            known = [moment for moment in applied if moment is not None]
            if len(known) < len(applied) or known != sorted(known):
                raise ValueError(f"the editions of {dealer_id} are not in the order of applied_at")
        return self

    @cached_property
    def version(self) -> str:
        versions = (f"{dealer_id} {found}" for dealer_id, found in self._by_dealer.items())
        return digest([self.SAID, self.shipped.version, *sorted(versions)])

    def version_for(self, dealer_id: str) -> str:
        """Changes when, and only when, what this dealer is decided by does, or what is tried beside
        it: all are looked at once more then."""
        return self._by_dealer.get(dealer_id) or self._shipped_version

    @cached_property
    def _shipped_version(self) -> str:
        return digest([self.SAID, self.shipped.version])

    @cached_property
    def _by_dealer(self) -> Mapping[str, str]:
        return {
            dealer_id: digest(
                [
                    self.SAID,
                    self.shipped.version,
                    *(each.version for each in self.editions.get(dealer_id, ())),
                    *(f"beside {each.version}" for each in (self.shadow(dealer_id),) if each),
                ]
            )
            for dealer_id in {*self.editions, *self.shadows}
        }

    def current(self, dealer_id: str) -> E:
        """The last edition of a dealer, be it one to come; what a draft is compared with."""
        return (self.shipped, *self.editions.get(dealer_id, ()))[-1]

    def shadow(self, dealer_id: str) -> E | None:
        """What is tried beside a dealer's rules; None where it says the same as the last edition:
        then it was applied, and nothing is left to try."""
        found = self.shadows.get(dealer_id)
        return None if found is None or found.judges_as(self.current(dealer_id)) else found

    def in_force(self, dealer_id: str, now: datetime) -> E:
        """The last edition of a dealer that was applied by now."""
        found = self.shipped
        for edition in self.editions.get(dealer_id, ()):
            if edition.applied_at is not None and edition.applied_at <= now:
                found = edition
        return found

    def next_edition_at(self, dealer_id: str, now: datetime) -> datetime | None:
        """When the next edition of a dealer comes into force, if one lies ahead."""
        moments = (edition.applied_at for edition in self.editions.get(dealer_id, ()))
        return min((each for each in moments if each is not None and each > now), default=None)

    def with_edition(self, dealer_id: str, edition: E) -> Self:
        """The rulebook with one more edition of this dealer, its last."""
        mine = (*self.editions.get(dealer_id, ()), edition)
        return self._but(editions={**self.editions, dealer_id: mine})

    def with_shadows(self, shadows: Mapping[str, E]) -> Self:
        """The rulebook with these shadows, by dealer, and no others."""
        return self._but(shadows=shadows)

    def _but(self, **changes: object) -> Self:
        content = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self)(**content | changes)
