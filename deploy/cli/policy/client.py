"""Asks a service over HTTP what other rules would do, and how far it has followed."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Self, TypeVar

import httpx
from pydantic import BaseModel

from deploy.cli.answers import answer
from deploy.cli.client_key import ServiceAddress, shown
from deploy.cli.policy.totals import SHOWN, DryRunSum
from deploy.cli.trust import verify
from shared.contracts.http.policies import DryRunPage, DryRunRequest, ProgressPage, ShadowPage
from shared.policies.edition import Edition

REQUEST_SECONDS = 60.0
MOST_OF_A_PAGE = 500

M = TypeVar("M", bound=BaseModel)
Show = Callable[[int], None]
"""Given how many were looked at so far."""


@dataclass(frozen=True, slots=True)
class Followed:
    """How far what a dealer has was brought to the rules that the service follows."""

    applied_at: datetime | None
    """When the last edition was applied that the service knows of the dealer."""
    looked_at: int
    left: int


class PolicyClient:
    """A connection to a service. All of it raises `CannotRun` where it does not answer."""

    def __init__(self, service: str, url: str, http: httpx.Client) -> None:
        self._service = service
        self._url = url
        self._http = http

    @classmethod
    @contextmanager
    def of(cls, service: str, where: ServiceAddress) -> Iterator[Self]:
        """To the service that is reached there."""
        asking = httpx.Client(timeout=REQUEST_SECONDS, verify=verify(), headers=shown(where.key))
        with asking as http:
            yield cls(service, where.url, http)

    def dry_run(
        self, dealer_id: str, edition: Edition, *, show: Show, limit: int | None = SHOWN
    ) -> DryRunSum:
        """What the edition would do to all that the dealer has. `limit`: of how many cases or
        customers the differences are kept; None: of all."""
        found, after = DryRunSum(limit), ""
        content = edition.model_dump(mode="json")
        while True:
            asked = DryRunRequest(dealer=dealer_id, edition=content, after=after)
            page = self._answer(DryRunPage, "/v1/policies/dry-run", asked=asked)
            found.add(page)
            show(found.looked_at)
            if page.next is None:
                return found
            after = page.next

    def followed(self, dealer_id: str) -> Followed:
        """How far all that the dealer has was brought to its rules."""
        looked_at = left = 0
        after = ""
        while True:
            asked = {"dealer": dealer_id, "after": after}
            page = self._answer(ProgressPage, "/v1/policies/progress", params=asked)
            looked_at, left = looked_at + page.looked_at, left + page.left
            if page.next is None:
                return Followed(page.applied_at, looked_at, left)
            after = page.next

    def tried(self, dealer_id: str, *, limit: int | None) -> tuple[ShadowPage, DryRunSum]:
        """What is tried beside the dealer's rules, and what it comes to."""
        orders = ("won",) if limit is None else ("won", "lost")
        pages = {order: self._tried(dealer_id, order, limit) for order in orders}
        found = DryRunSum(limit)
        first = pages["won"][0]
        found.add_tried(first)
        customers = {
            each.name: each for some in pages.values() for page in some for each in page.customers
        }
        for each in customers.values():
            found.keep(each)
        return first, found

    def _tried(self, dealer_id: str, order: str, limit: int | None) -> list[ShadowPage]:
        """Pages of those who win, or lose, most, until there are `limit` of them; else of all."""
        path = f"/v1/dealers/{dealer_id}/shadow"
        asked = {"order": order, "limit": str(MOST_OF_A_PAGE), "after": ""}
        pages: list[ShadowPage] = []
        while True:
            page = self._answer(ShadowPage, path, params=asked)
            pages.append(page)
            had = sum(len(each.customers) for each in pages)
            if page.next is None or (limit is not None and had >= limit):
                return pages
            asked["after"] = page.next

    def _answer(
        self,
        kind: type[M],
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        asked: BaseModel | None = None,
    ) -> M:
        return answer(
            self._http,
            kind,
            service=self._service,
            url=self._url,
            path=path,
            method="GET" if asked is None else "POST",
            params=params,
            content=None if asked is None else asked.model_dump_json(),
        )
