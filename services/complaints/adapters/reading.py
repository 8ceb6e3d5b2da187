"""Reads the cases that an endpoint is asked for: some of those that are open, or were counted."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from services.complaints.domain.facts import CaseFacts
from services.complaints.views import cursor
from services.complaints.views.case import line
from services.complaints.views.sought import CountedCases
from shared.contracts.http.complaints import CaseLine
from shared.decider.snapshot import Snapshot
from shared.platform.problems import Refusal, wrong_parameters
from shared.runtime import Reader

PAGE_LIMIT = 500
"""How many cases a page of them has at most."""
READ_AT_ONCE = 200
"""How many open cases are read at once where some of them are not asked for."""
MOST_READ = 2_000
"""How many open cases are read at most for a page where some are not asked for: it may be
shorter."""
LISTINGS_PAGE = 1000
"""How many cases are read at once for statistics, and for what those count."""
MOST_CASES = 200_000
"""How many cases are read for one response at most."""


class FoundCases(NamedTuple):
    """Some cases, and what asks for those behind them; None: there are none."""

    lines: Sequence[CaseLine]
    next: str | None


async def open_cases(
    reader: Reader[CaseFacts], dealer_id: str, after: str, limit: int
) -> Sequence[Snapshot[CaseFacts]]:
    """By deadline, those behind `after`. Refuses (422) what is no cursor of theirs."""
    try:
        position = cursor.read(after, dealer_id) if after else None
    except ValueError:
        message = "not the `next` of a page of this dealer's open cases"
        raise wrong("after", message) from None
    return await reader.open_by_deadline(dealer_id, after=position, limit=limit)


async def open_cases_of(
    reader: Reader[CaseFacts], dealer_id: str, owner: str, now: datetime, *, after: str, limit: int
) -> FoundCases:
    """The open cases that this one of the staff is responsible for, by deadline. Where very many
    are others' a page is shorter, and there is another. Refuses (422) as `open_cases`."""
    lines: list[CaseLine] = []
    for _ in range(MOST_READ // READ_AT_ONCE):
        page = await open_cases(reader, dealer_id, after, READ_AT_ONCE)
        for each in page:
            shown = line(each, reader.policy, now)
            if shown.assigned_to == owner:
                lines.append(shown)
            if len(lines) == limit:
                return FoundCases(lines, cursor.behind(each))
        following = cursor.next_page(page, limit=READ_AT_ONCE, by_deadline=True)
        if following is None:
            return FoundCases(lines, None)
        after = following
    return FoundCases(lines, after)


async def cases_counted(
    reader: Reader[CaseFacts],
    dealer_id: str,
    asked: CountedCases,
    now: datetime,
    *,
    after: str,
    limit: int,
    and_open: bool,
) -> FoundCases:
    """The cases that statistics count, by id; `and_open`: of which something may still be owed.
    Refuses (422) what is no id of this dealer's."""
    if after and not after.startswith(f"{dealer_id}/"):
        raise wrong("after", "not the `next` of a page of these cases")
    ids, is_last = await _ids_counted(reader, dealer_id, asked, after, limit, and_open=and_open)
    found = await asyncio.gather(*(reader.get(each) for each in ids))
    lines = [line(each, reader.policy, now) for each in found if each is not None]
    return FoundCases(lines, None if is_last else ids[-1])


async def _ids_counted(
    reader: Reader[CaseFacts],
    dealer_id: str,
    asked: CountedCases,
    after: str,
    limit: int,
    *,
    and_open: bool,
) -> tuple[Sequence[str], bool]:
    """And whether there are no more."""
    since, until = asked.received_within
    ids: list[str] = []
    for _ in range(MOST_CASES // LISTINGS_PAGE):
        page = await reader.listings(
            dealer_id, since=since, until=until, after=after, limit=LISTINGS_PAGE
        )
        for id_, listing in page:
            if asked.has(listing) and (listing.deadline is not None or not and_open):
                if len(ids) == limit:
                    return ids, False
                ids.append(id_)
        if len(page) < LISTINGS_PAGE:
            return ids, True
        after = page[-1][0]
    raise wrong("from", f"more than {MOST_CASES} complaints; ask for less time at once")


def wrong(parameter: str, message: str) -> Refusal:
    """Answers 422, in the form of all such responses."""
    return Refusal(wrong_parameters([{"loc": ("query", parameter), "msg": message}]))
