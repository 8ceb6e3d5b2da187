"""Sends events to intake over HTTP, tells what became of each, and has intake republish."""

import asyncio
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from deploy.cli.answers import FOR_THE_MOMENT, asked_to_wait, in_words
from deploy.cli.client_key import shown
from deploy.cli.failures import CannotRun
from deploy.cli.terminal import hint
from deploy.cli.trust import mistrust, verify
from shared.contracts.http.intake import BatchAnswer, Item, RepublishedPage
from shared.contracts.http.problem import problem

MEDIA_TYPE = "application/x-ndjson"
REQUEST_SECONDS = 60.0
LONGEST_WAIT_SECONDS = 30.0
TRIES = 12
"""How often a refusal for the moment (429, 503) or a lost connection is tried again."""


R = TypeVar("R", bound=BaseModel)


class IntakeClient:
    """A connection to intake at `url`. Use it as an async context manager."""

    def __init__(
        self, url: str, *, key: str = "", transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        """`key`: what it shows."""
        self._url = url.rstrip("/")
        self._http = httpx.AsyncClient(
            timeout=REQUEST_SECONDS, transport=transport, verify=verify(), headers=shown(key)
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._http.aclose()

    async def send(self, lines: Sequence[bytes]) -> list[Item]:
        """What became of each line, in their order.

        Waits and tries again while intake is busy or away; a repeat is safe, as intake knows
        what it took. Splits what is too much at once. Raises `CannotRun` when intake does not
        take it for another reason, or stays away.
        """
        response = await self._post(
            "/v1/events", content=b"\n".join(lines), headers={"content-type": MEDIA_TYPE}
        )
        if response.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE:
            return await self._send_smaller(lines)
        items = self._read(response, BatchAnswer).items
        if [item.index for item in items] != list(range(len(lines))):
            raise CannotRun(f"intake at {self._url} did not answer for every line sent")
        return list(items)

    async def republish(
        self, *, dealer_id: str | None, since: str | None, after: str
    ) -> RepublishedPage:
        """Have a page of what intake keeps put on the topics again; asked again as `send` is."""
        asked = {"dealer_id": dealer_id, "since": since, "after": after}
        given = {name: value for name, value in asked.items() if value is not None}
        return self._read(await self._post("/v1/republish", params=given), RepublishedPage)

    def _read(self, response: httpx.Response, kind: type[R]) -> R:
        if response.status_code != httpx.codes.OK:
            raise CannotRun(f"intake at {self._url} answers {in_words(response)}")
        try:
            return kind.model_validate_json(response.content)
        except ValidationError as error:
            raise CannotRun(f"what answers at {self._url} is not intake") from error

    async def _send_smaller(self, lines: Sequence[bytes]) -> list[Item]:
        if len(lines) == 1:
            too_large = problem("too-large", "The event is larger than intake takes", 413)
            return [Item(index=0, outcome="rejected", problem=too_large)]
        middle = len(lines) // 2
        first = await self.send(lines[:middle])
        second = await self.send(lines[middle:])
        moved = [item.model_copy(update={"index": item.index + middle}) for item in second]
        return [*first, *moved]

    async def _post(
        self,
        path: str,
        *,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        wait = 0.25
        for tries_left in reversed(range(TRIES)):
            try:
                response = await self._http.post(
                    f"{self._url}{path}", content=content, headers=headers, params=params
                )
            except (httpx.ConnectError, httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
                mistrust(error, f"intake at {self._url}")
                raise CannotRun(
                    f"nothing listens at {self._url}. Start Aftercare with {hint('up')}, or "
                    "name intake's address with --url"
                ) from error
            except httpx.TransportError as error:
                if not tries_left:
                    mistrust(error, f"intake at {self._url}")
                    raise CannotRun(f"intake at {self._url} stopped answering") from error
            else:
                if response.status_code not in FOR_THE_MOMENT or not tries_left:
                    return response
                wait = max(wait, asked_to_wait(response))
            await asyncio.sleep(min(wait, LONGEST_WAIT_SECONDS))
            wait *= 2
        raise AssertionError("the last try returns or raises")
