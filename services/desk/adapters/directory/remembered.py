"""Customers who were asked for a moment ago."""

from collections import OrderedDict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from services.desk.domain.people import CustomerCard

FOR = timedelta(seconds=3)
MOST = 2_000


class Remembered:
    """Some of them, for a few seconds: lists ask for the same ones again and again."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[CustomerCard | None, datetime]] = OrderedDict()

    def of(self, keys: Collection[str], now: datetime) -> dict[str, CustomerCard | None]:
        """Those of them who are remembered; None of who is known not to be known."""
        found = ((key, self._kept.get(key)) for key in keys)
        return {key: kept[0] for key, kept in found if kept is not None and now < kept[1]}

    def remember(self, key: str, customer: CustomerCard | None, now: datetime) -> None:
        self._kept[key] = (customer, now + FOR)
        self._kept.move_to_end(key)
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)

    def forget(self, keys: Iterable[str]) -> None:
        for key in keys:
            self._kept.pop(key, None)
