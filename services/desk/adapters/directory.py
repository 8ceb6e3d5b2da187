"""Who customers are."""

from collections.abc import Collection, Mapping
from typing import Protocol

from services.desk.domain.people import KnownCustomer


class Directory(Protocol):
    """Customers by their keys. Raises `TransientFailure`."""

    async def of(self, keys: Collection[str]) -> Mapping[str, KnownCustomer]:
        """Those of them who are known, by key."""
        ...


class EmptyDirectory:
    """Nobody is known."""

    async def of(self, keys: Collection[str]) -> Mapping[str, KnownCustomer]:
        return {}
