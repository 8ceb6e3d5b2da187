"""What a service's read endpoints may see: facts and the decision they lead to, never more."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from shared.contracts.identifiers import as_composed
from shared.decider.decider import Facts
from shared.decider.decision import Listing
from shared.decider.snapshot import Snapshot
from shared.decider.summary import MOST_RANK, ListedPage, Place
from shared.platform.problems import Refusal, invalid_query, undecided, unknown

F = TypeVar("F", bound=Facts)


class Reader(Protocol[F]):
    """Reads aggregates; decides them again for the present, so that what is shown is current."""

    @property
    def policy(self) -> Any:
        """The policy of the service at present. It may be another one at the next call."""
        ...

    def is_dealer(self, dealer_id: str) -> bool:
        """Whether the group has such a dealer."""
        ...

    async def named(self, name: str) -> list[Snapshot[F]]:
        """The aggregates that are the thing of this name, of whichever customers of its dealer."""
        ...

    async def get(self, aggregate_id: str) -> Snapshot[F] | None:
        """One aggregate, or None."""
        ...

    async def facts(self, aggregate_id: str) -> F | None:
        """What is known of one aggregate, without what follows from it; None: there is none."""
        ...

    async def facts_named(self, name: str) -> list[F]:
        """What is known of those that `named` shows, without what follows from it."""
        ...

    async def page(self, dealer_id: str, *, after: str = "", limit: int = 100) -> list[Snapshot[F]]:
        """A dealer's aggregates in the order of their ids, those after the id `after`."""
        ...

    async def open_by_deadline(
        self, dealer_id: str, *, after: tuple[datetime, str] | None = None, limit: int = 100
    ) -> list[Snapshot[F]]:
        """A dealer's open aggregates by `(listing.deadline, id)`, those after `after`."""
        ...

    async def listings(
        self,
        dealer_id: str,
        *,
        since: datetime,
        until: datetime,
        after: str = "",
        limit: int = 1000,
    ) -> Sequence[tuple[str, Listing]]:
        """Ids and listings of a dealer's aggregates that began from `since` on and before
        `until`, by id, those after `after`."""
        ...

    async def listed(
        self,
        dealer_id: str,
        name: str,
        *,
        at_least: int = 0,
        below: int = MOST_RANK + 1,
        descending: bool = False,
        after: str = "",
        limit: int = 100,
    ) -> ListedPage:
        """The lines of a dealer's list of this name, be it `keyed`, of ranks from `at_least` on and
        before `below`, the lowest first or the highest; those behind `after`, the `next` of a page
        in the same direction. As of a moment ago: `summarized_until`. Raises `Refusal` (422) where
        `after` is something else.
        """
        ...

    async def totals(self, dealer_id: str) -> Mapping[str, Mapping[str, int]]:
        """Period -> counter -> the sum over the dealer's aggregates, without zeros. As of a moment
        ago, like `listed`."""
        ...

    async def summarized_until(self) -> datetime | None:
        """What was written by then is in lists and totals that are read after this; None: what was
        stored before there were any is still being added. A write whose process ended in it is in
        them once its partition is settled, seconds later."""
        ...


def known_dealer(reader: Reader[F], group: str, dealer: str) -> str:
    """`group/dealer`; raises `Refusal` (404) where there is none."""
    dealer_id = f"{group}/{dealer}"
    if not reader.is_dealer(dealer_id):
        raise Refusal(unknown("no such dealer here"))
    return dealer_id


def place_behind(after: str) -> Place | None:
    """The place that a page begins behind; raises `Refusal` (422)."""
    try:
        return Place.read(after) if after else None
    except ValueError:
        raise Refusal(invalid_query("after: not the `next` of a page of this list")) from None


async def customer_facts(reader: Reader[F], given: str) -> F | None:
    """What is known of the customer whom `customer_snapshot` shows."""
    for key in _keys_meant(given):
        facts = await reader.facts(key)
        if facts is not None:
            return facts
    return None


async def customer_snapshot(reader: Reader[F], given: str) -> Snapshot[F] | None:
    """The aggregate of this customer; a key that lost its percent-encoding on the way is
    understood, too. Raises `Refusal` (503) where nothing can be said of it at present."""
    for key in _keys_meant(given):
        snapshot = await reader.get(key)
        if snapshot is None:
            continue
        if snapshot.undecided_because is not None:
            raise Refusal(undecided(f"not decided at present: {snapshot.undecided_because}"))
        return snapshot
    return None


def _keys_meant(given: str) -> Iterable[str]:
    return dict.fromkeys((given, as_composed(given, plain=3)))
