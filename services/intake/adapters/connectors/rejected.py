"""What was rejected of connectors' records is kept."""

from collections.abc import Callable, Sequence

from services.intake.adapters.connectors.connectors_file import Connector
from services.intake.adapters.door import at_once
from services.intake.adapters.imports.rejected import KeepRejected
from services.intake.adapters.mappings import Mappings
from services.intake.domain.imports.account import Became
from services.intake.domain.rejected.row import WayIn
from services.intake.views.rejections import rejected_records
from shared.contracts.http.intake import Item
from shared.yaml_file import WrongFile


class KeptOfConnectors:
    """Keeps it, where what is rejected is kept at all."""

    def __init__(
        self, keep: KeepRejected, *, is_kept: Callable[[], bool], mappings: Mappings
    ) -> None:
        self._keep = keep
        self._is_kept = is_kept
        self._mappings = mappings

    async def __call__(
        self, connector: Connector, outcomes: Sequence[Became], items: Sequence[Item], /
    ) -> bool:
        """Whether it is kept; events were, when they were received."""
        if connector.mapping is None:
            return self._is_kept()
        try:
            mapping = self._mappings.find(connector.mapping)
        except WrongFile:
            return False
        if mapping is None:
            return False
        way = WayIn(door="connector", name=connector.topic, mapping=connector.mapping)
        await self._keep(
            lambda: rejected_records(outcomes, items, mapping, way=way, feed=connector.feed),
            aside=at_once,
        )
        return self._is_kept()
