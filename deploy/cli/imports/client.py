"""Asks intake over HTTP about imports, and sends it files."""

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from deploy.cli.answers import FOR_THE_MOMENT, answer, asked_to_wait, in_words
from deploy.cli.client_key import shown as shown_key
from deploy.cli.event_files import STANDARD_INPUT
from deploy.cli.failures import CannotRun
from deploy.cli.terminal import hint
from deploy.cli.trust import verify
from shared.contracts.http.intake_imports import (
    Import,
    ImportDetail,
    ImportedRecords,
    ImportPage,
    ImportTaken,
    RecordOutcome,
)
from shared.contracts.http.problem import Problem

READ_BYTES = 65_536
REQUEST_SECONDS = 60.0
TRIES = 6
"""How often a file is sent again that intake could not take at the moment."""
RECORDS_AT_ONCE = 1_000

M = TypeVar("M", bound=BaseModel)
Wish = Literal["pause", "resume", "cancel"]


class ImportsClient:
    """A connection to intake at `url`. All of it raises `CannotRun`."""

    def __init__(
        self, url: str, *, key: str = "", transport: httpx.BaseTransport | None = None
    ) -> None:
        """`key`: what it shows."""
        self._url = url.rstrip("/")
        self._http = httpx.Client(
            timeout=REQUEST_SECONDS, transport=transport, verify=verify(), headers=shown_key(key)
        )

    def send(
        self,
        file: Path,
        asked: Mapping[str, str],
        *,
        shown: Callable[[int], None],
        wait: Callable[[float], None] = time.sleep,
    ) -> ImportTaken:
        """The import that a file becomes, when intake has all of it; sent again while intake is
        busy. `shown` is told how many bytes of it are sent."""
        for tries_left in reversed(range(1 if file == STANDARD_INPUT else TRIES)):
            with _opened(file) as content:
                response = self._sent(_read(content, shown), asked)
            if response is not None and response.status_code not in FOR_THE_MOMENT:
                return self._taken(response)
            if tries_left:
                wait(2.0 if response is None else max(2.0, asked_to_wait(response)))
        because = "stopped answering" if response is None else f"answers {in_words(response)}"
        raise CannotRun(f"intake at {self._url} {because}; nothing of the file was kept")

    def one(self, import_id: str) -> ImportDetail:
        return self._answer(ImportDetail, f"/v1/imports/{_id(import_id)}")

    def page(self, dealer: str, *, after: str, limit: int) -> ImportPage:
        asked = {"dealer_id": dealer, "after": after, "limit": str(limit)}
        return self._answer(ImportPage, "/v1/imports", asked)

    def records(self, import_id: str, outcome: RecordOutcome | None) -> Iterator[ImportedRecords]:
        """The account, page by page."""
        after: int | None = 0
        while after is not None:
            asked = {"after": str(after), "limit": str(RECORDS_AT_ONCE)}
            if outcome is not None:
                asked["outcome"] = outcome
            page = self._answer(ImportedRecords, f"/v1/imports/{_id(import_id)}/records", asked)
            yield page
            after = page.after

    def wish(self, import_id: str, wish: Wish) -> Import:
        try:
            response = self._http.post(f"{self._url}/v1/imports/{_id(import_id)}/{wish}")
        except (httpx.TransportError, httpx.InvalidURL):
            raise self._nobody() from None
        return self._read(response, Import)

    def _sent(self, content: Iterator[bytes], asked: Mapping[str, str]) -> httpx.Response | None:
        """None: the connection was lost."""
        try:
            return self._http.post(
                f"{self._url}/v1/imports",
                params=asked,
                content=content,
                headers={"content-type": "application/octet-stream"},
            )
        except (httpx.ConnectError, httpx.UnsupportedProtocol, httpx.InvalidURL):
            raise self._nobody() from None
        except httpx.TransportError:
            return None

    def _taken(self, response: httpx.Response) -> ImportTaken:
        if response.status_code not in (httpx.codes.OK, httpx.codes.ACCEPTED):
            raise CannotRun(f"intake at {self._url} does not take the file: {_told(response)}")
        try:
            return ImportTaken.model_validate_json(response.content)
        except ValidationError:
            raise CannotRun(f"what answers at {self._url} is not intake") from None

    def _answer(self, kind: type[M], path: str, params: Mapping[str, str] | None = None) -> M:
        return answer(self._http, kind, service="intake", url=self._url, path=path, params=params)

    def _read(self, response: httpx.Response, kind: type[M]) -> M:
        if response.status_code != httpx.codes.OK:
            raise CannotRun(f"intake at {self._url} answers {in_words(response)}")
        try:
            return kind.model_validate_json(response.content)
        except ValidationError:
            raise CannotRun(f"what answers at {self._url} is not intake") from None

    def _nobody(self) -> CannotRun:
        return CannotRun(
            f"nothing listens at {self._url}. Start Aftercare with {hint('up')}, or name intake's "
            "address with --url"
        )


def _told(response: httpx.Response) -> str:
    """With the parameter that is wrong, and why."""
    try:
        return Problem.model_validate_json(response.content).in_words()
    except ValidationError:
        return str(response.status_code)


def _id(import_id: str) -> str:
    """An id as a part of an address."""
    if not import_id.isalnum() or not import_id.isascii():
        raise CannotRun("an import's id is of letters and numerals alone")
    return import_id


@contextmanager
def _opened(file: Path) -> Iterator[BinaryIO]:
    if file == STANDARD_INPUT:
        yield sys.stdin.buffer
        return
    try:
        with file.open("rb") as content:
            yield content
    except OSError as error:
        raise CannotRun(f"{file} cannot be read: {error.strerror}") from error


def _read(content: BinaryIO, shown: Callable[[int], None]) -> Iterator[bytes]:
    sent = 0
    while piece := content.read(READ_BYTES):
        yield piece
        sent += len(piece)
        shown(sent)
