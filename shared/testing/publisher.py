"""A publisher that sends nothing."""

from collections.abc import Sequence

from shared.platform.publisher import Record


class MemoryPublisher:
    """Takes every record; `fail_next` makes the next publishes raise instead."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.fail_next: list[Exception] = []

    async def publish(self, records: Sequence[Record]) -> None:
        if self.fail_next:
            raise self.fail_next.pop(0)
        self.records.extend(records)
