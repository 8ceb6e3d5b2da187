"""Keys in memory."""

from dataclasses import replace
from datetime import datetime

from shared.auth.keys import ApiKey
from shared.platform.errors import TransientFailure


class MemoryKeys:
    """As `shared.platform.keys` promises."""

    def __init__(self, *keys: ApiKey) -> None:
        self.by_id = {key.id: key for key in keys}
        self.asked: list[str] = []
        """The ids that were asked for, one after another."""
        self.fail_next: list[TransientFailure] = []

    async def find(self, key_id: str) -> ApiKey | None:
        self.asked.append(key_id)
        if self.fail_next:
            raise self.fail_next.pop(0)
        return self.by_id.get(key_id)

    async def used(self, key_id: str, at: datetime) -> None:
        if self.fail_next:
            raise self.fail_next.pop(0)
        if (key := self.by_id.get(key_id)) is not None:
            self.by_id[key_id] = replace(key, last_used_at=at)
