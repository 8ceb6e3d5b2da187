"""Asks a service over HTTP what other rules would do, and how far it has followed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Self, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from deploy.cli.answers import in_words
from deploy.cli.failures import CannotRun
from deploy.cli.policy.totals import DryRunSum
from deploy.cli.terminal import hint
from shared.contracts.http.policies import DryRunPage, DryRunRequest, ProgressPage
from shared.policies.edition import Edition

REQUEST_SECONDS = 60.0

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
        self._url = url.rstrip("/")
        self._http = http

    @classmethod
    @contextmanager
    def of(cls, service: str, url: str) -> Iterator[Self]:
        """To the service at `url`."""
        with httpx.Client(timeout=REQUEST_SECONDS) as http:
            yield cls(service, url, http)

    def dry_run(self, dealer_id: str, edition: Edition, *, show: Show) -> DryRunSum:
        """What the edition would do to all that the dealer has."""
        found, after = DryRunSum(), ""
        content = edition.model_dump(mode="json")
        while True:
            asked = DryRunRequest(dealer=dealer_id, edition=content, after=after)
            page = self._read(
                DryRunPage,
                "POST",
                "/v1/policies/dry-run",
                content=asked.model_dump_json(),
                headers={"content-type": "application/json"},
            )
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
            page = self._read(ProgressPage, "GET", "/v1/policies/progress", params=asked)
            looked_at, left = looked_at + page.looked_at, left + page.left
            if page.next is None:
                return Followed(page.applied_at, looked_at, left)
            after = page.next

    def _read(
        self,
        kind: type[M],
        method: str,
        path: str,
        *,
        content: str | None = None,
        headers: dict[str, str] | None = None,
        params: dict[str, str] | None = None,
    ) -> M:
        where = f"{self._service} at {self._url}"
        try:
            response = self._http.request(
                method, f"{self._url}{path}", content=content, headers=headers, params=params
            )
        except (httpx.TransportError, httpx.InvalidURL):
            raise CannotRun(
                f"{where} does not answer; --url says where it is, {hint('up')} starts one"
            ) from None
        if response.status_code != httpx.codes.OK:
            raise CannotRun(f"{where} answers {in_words(response)}")
        try:
            return kind.model_validate_json(response.content)
        except ValidationError:
            raise CannotRun(f"what answers at {self._url} is not {self._service}") from None
