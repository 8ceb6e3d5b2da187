"""Intake that takes files of those alone who have keys, for tests."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from shared.auth.keys import ApiKey, ShownKey, digest_of
from shared.auth.principal import Grant
from shared.platform.doorman import KEPT_FOR, Doorman
from shared.testing.keys import MemoryKeys
from tests.services.intake.given import NOW, PUDONG, Data
from tests.services.intake.given_imports import ImportWorld, file_of, row, send

ROWS = range(1, 10)
FILE = file_of(map(row, ROWS))
SECRET = "s" * 43
ONE, OTHER = ShownKey("a" * 10, SECRET), ShownKey("b" * 10, SECRET)


def key(shown: ShownKey, dealer_id: str = PUDONG, source: str | None = None) -> ApiKey:
    return ApiKey(
        id=shown.id,
        name="dms",
        digest=digest_of(shown.secret),
        grant=Grant(
            scopes=frozenset({"events:write", "documents:read"}),
            dealers=frozenset({dealer_id}),
            source=source,
        ),
        created_at=NOW,
    )


class Closed(ImportWorld):
    """Intake that takes files of those who have keys. A portion has two events."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.keys = MemoryKeys(key(ONE), key(OTHER))
        self.doorman = Doorman(self.keys, self.world.clock)

    def with_key(self, shown: ShownKey) -> httpx.AsyncClient:
        http = self.client()
        http.headers["authorization"] = f"Bearer {shown.text()}"
        return http

    async def sends(self, shown: ShownKey, content: bytes = FILE) -> Data:
        async with self.with_key(shown) as http:
            found: Data = (await send(http, content)).json()
        self.world.clock.advance(timedelta(milliseconds=1))
        return found

    async def asks(self, shown: ShownKey, sent: Data, wish: str) -> httpx.Response:
        async with self.with_key(shown) as http:
            return await http.post(f"/v1/imports/{sent['import_id']}/{wish}")

    async def shows(self, shown: ShownKey, sent: Data) -> Data:
        async with self.with_key(shown) as http:
            found: Data = (await http.get(f"/v1/imports/{sent['import_id']}")).json()
        return found

    def revoke(self, shown: ShownKey) -> None:
        self.change(shown, revoked_at=self.world.clock.now())

    def change(self, shown: ShownKey, **fields: Any) -> None:
        """From the next moment on it is so for everybody."""
        self.keys.by_id[shown.id] = replace(self.keys.by_id[shown.id], **fields)
        self.world.clock.advance(KEPT_FOR)

    def remove(self, shown: ShownKey) -> None:
        del self.keys.by_id[shown.id]
        self.world.clock.advance(KEPT_FOR)
