"""What would become of events: the same decisions on what the register knows, kept nowhere."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from services.intake.adapters.register import Rows
from services.intake.domain.facts import Row
from shared.platform.publisher import Record


class TrialRows:
    """What the register knows, and what was saved over it, which only these rows know."""

    def __init__(self, register: Rows) -> None:
        self._register = register
        self._saved: dict[str, Row] = {}

    async def find(
        self,
        document_ids: Iterable[str],
        *,
        following: Collection[str] = (),
        limit: int | None = None,
    ) -> Mapping[str, Row]:
        wanted = set(document_ids)
        found = await self._register.find(wanted, following=following, limit=limit)
        ours = {
            id_: row
            for id_, row in self._saved.items()
            if id_ in wanted
            or id_ in found
            or row.parent in following
            or row.merged_into in following
        }
        return {**found, **ours}

    async def save(self, rows: Sequence[Row]) -> None:
        self._saved |= {row.document_id: row for row in rows}

    async def hash_key(self) -> bytes:
        return await self._register.hash_key()


class Unpublished:
    """Takes records, and sends none."""

    async def publish(self, records: Sequence[Record]) -> None:
        """Returns at once."""
