"""Asks the running services which documents they hold."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any

import httpx

from deploy.cli.failures import CannotRun
from deploy.sandbox.demo.account import HeldDocument, held_by

PAGE = 1000


class Audit:
    """Questions to the services, over HTTP like anybody's."""

    def __init__(self, http: httpx.AsyncClient, urls: Mapping[str, str]) -> None:
        self._http = http
        self._urls = urls

    async def held(self, services: Iterable[str]) -> dict[HeldDocument, str]:
        """Every document that each of `services` holds, and its version."""
        held: dict[HeldDocument, str] = {}
        for service in services:
            held |= held_by(service, [found async for found in self._aggregates(service)])
        return held

    async def registered(self, dealer_ids: Sequence[str]) -> set[str]:
        """The ids of all documents in intake's register."""
        found: set[str] = set()
        for dealer_id in dealer_ids:
            after = ""
            while page := await self.get(
                "intake", "/v1/documents", dealer_id=dealer_id, after=after, limit=PAGE
            ):
                found |= {document["document_id"] for document in page}
                after = page[-1]["document_id"]
        return found

    async def _aggregates(self, service: str) -> AsyncIterator[tuple[str, Mapping[str, str]]]:
        after: str | None = ""
        while after is not None:
            page = await self.get(service, "/v1/holdings", after=after, limit=PAGE)
            for item in page["items"]:
                yield item["id"], item["documents"]
            after = page["next"]

    async def get(self, service: str, path: str, **query: str | int) -> Any:
        """What a service answers. Raises `CannotRun` where it does not."""
        try:
            response = await self._http.get(f"{self._urls[service]}{path}", params=query)
            response.raise_for_status()
        except httpx.HTTPError as error:
            raise CannotRun(f"{service} did not answer {path}: {error}") from error
        return response.json()
