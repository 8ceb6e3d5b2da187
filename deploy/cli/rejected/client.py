"""Asks intake over HTTP about what it rejected and keeps."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

import httpx
from pydantic import BaseModel

from deploy.cli.answers import answer
from deploy.cli.client_key import shown
from deploy.cli.failures import CannotRun
from deploy.cli.trust import verify
from shared.contracts.http.intake_rejected import (
    DiscardedRejected,
    RejectedContent,
    RejectedPage,
    ReplayedEvent,
    ReplayedPage,
)

REQUEST_SECONDS = 60.0
AT_ONCE = 200

M = TypeVar("M", bound=BaseModel)
Chosen = Mapping[str, str]
"""`dealer_id`, `source`, `reason`: which of it; those that are not asked for are not there."""


class RejectedClient:
    """A connection to intake at `url`. All of it raises `CannotRun`."""

    def __init__(
        self, url: str, *, key: str = "", transport: httpx.BaseTransport | None = None
    ) -> None:
        """`key`: what it shows."""
        self._url = url.rstrip("/")
        self._http = httpx.Client(
            timeout=REQUEST_SECONDS, transport=transport, verify=verify(), headers=shown(key)
        )

    def page(self, chosen: Chosen, *, after: str, limit: int) -> RejectedPage:
        """The newest first."""
        asked = {**chosen, "after": after, "limit": str(limit)}
        return self._ask(RejectedPage, "GET", "/v1/rejected", asked)

    def one(self, rejected_id: str) -> RejectedContent:
        return self._ask(RejectedContent, "GET", f"/v1/rejected/{_id(rejected_id)}")

    def replay(
        self, rejected_id: str, asked: Mapping[str, str], *, instead: bytes | None
    ) -> ReplayedEvent:
        """What became of it; `instead`: JSON that is taken in its place."""
        path = f"/v1/rejected/{_id(rejected_id)}/replay"
        return self._ask(ReplayedEvent, "POST", path, asked, content=instead)

    def replay_all(self, chosen: Chosen, asked: Mapping[str, str]) -> Iterator[ReplayedPage]:
        """Page by page, as each is done."""
        after: str | None = ""
        while after is not None:
            query = {**chosen, **asked, "after": after, "limit": str(AT_ONCE)}
            page = self._ask(ReplayedPage, "POST", "/v1/rejected/all/replay", query)
            yield page
            after = page.after

    def discard(self, rejected_id: str) -> int:
        path = f"/v1/rejected/{_id(rejected_id)}"
        return self._ask(DiscardedRejected, "DELETE", path).discarded

    def discard_all(self, chosen: Chosen) -> int:
        return self._ask(DiscardedRejected, "DELETE", "/v1/rejected", chosen).discarded

    def _ask(
        self,
        kind: type[M],
        method: str,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        content: bytes | None = None,
    ) -> M:
        return answer(
            self._http,
            kind,
            service="intake",
            url=self._url,
            path=path,
            method=method,
            params=params,
            content=content,
        )


def _id(rejected_id: str) -> str:
    """An id as a part of an address."""
    if not rejected_id.isalnum() or not rejected_id.isascii():
        raise CannotRun("an id is of letters and numerals alone, as `rejected list` tells it")
    return rejected_id
