"""Asks scoring over HTTP on which days a dealer's customers came."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

import httpx
from pydantic import ValidationError

from deploy.cli.answers import in_words
from deploy.cli.failures import CannotRun
from deploy.cli.scoring.histories import History
from deploy.cli.terminal import hint
from shared.contracts.http.rhythms import Rhythms

REQUEST_SECONDS = 60.0
PAGE = 500

Show = Callable[[int], None]
"""Given how many customers were read so far."""


class Told(NamedTuple):
    """What scoring knows of a dealer's customers."""

    histories: list[History]
    as_of: datetime


def read_histories(http: httpx.Client, url: str, dealer_id: str, *, show: Show) -> Told:
    """All of a dealer's. Raises `CannotRun` where scoring does not answer so."""
    histories: list[History] = []
    after = ""
    while True:
        page = _page(http, url, dealer_id, after)
        histories += [History(one.first_day, one.days) for one in page.customers]
        show(len(histories))
        if page.after is None:
            return Told(histories, page.as_of)
        after = page.after


def _page(http: httpx.Client, url: str, dealer_id: str, after: str) -> Rhythms:
    address = url.rstrip("/")
    try:
        response = http.get(
            f"{address}/v1/dealers/{dealer_id}/rhythms", params={"after": after, "limit": PAGE}
        )
    except (httpx.TransportError, httpx.InvalidURL):
        raise CannotRun(
            f"scoring at {address} does not answer; --url says where it is, {hint('up')} starts one"
        ) from None
    if response.status_code != httpx.codes.OK:
        raise CannotRun(f"scoring at {address} answers {in_words(response)}")
    try:
        return Rhythms.model_validate_json(response.content)
    except ValidationError:
        raise CannotRun(f"what answers at {address} is not scoring") from None
