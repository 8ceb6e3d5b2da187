"""Asks scoring over HTTP on which days a dealer's customers came."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

import httpx

from deploy.cli.answers import answer
from deploy.cli.scoring.histories import History
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
        page = answer(
            http,
            Rhythms,
            service="scoring",
            url=url,
            path=f"/v1/dealers/{dealer_id}/rhythms",
            params={"after": after, "limit": str(PAGE)},
        )
        histories += [History(one.first_day, one.days) for one in page.customers]
        show(len(histories))
        if page.after is None:
            return Told(histories, page.as_of)
        after = page.after
