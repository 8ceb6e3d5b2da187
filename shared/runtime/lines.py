"""Reads the lines of a list that an endpoint is asked for."""

from typing import TypeVar

from shared.decider.asked_lines import AskedLines, FoundLines, WrongCursor, place_behind_cursor
from shared.decider.decider import Facts
from shared.platform.problems import wrongly_asked
from shared.runtime.reader import Reader

F = TypeVar("F", bound=Facts)

PAGE_LIMIT = 500
"""How many lines are read at once, and shown of a list, at most."""
READ_AT_ONCE = 200
"""How many lines of a list are read at once where some of them are not asked for."""
MOST_READ = 2_000
"""How many lines are read at most for a page where some are not asked for: it may be shorter."""


async def lines_listed(
    reader: Reader[F], asked: AskedLines, after: str, limit: int, *, most_read: int = MOST_READ
) -> FoundLines:
    """`limit` lines of a list at most, those behind `after`; fewer where `most_read` were read and
    most are not asked for. Refuses (422) what is the `after` of no page of it."""
    try:
        found = FoundLines(asked, limit, [], place_behind_cursor(asked, after))
    except WrongCursor:
        raise wrongly_asked("after", "not the `after` of a page of this list") from None
    read = 0
    while not found.is_enough and read < max(most_read, limit):
        page = await reader.listed(
            asked.dealer_id,
            asked.name,
            at_least=asked.part.at_least,
            below=asked.part.below,
            descending=asked.descending,
            after=found.after,
            limit=READ_AT_ONCE if asked.is_sifted else min(limit - len(found.lines), PAGE_LIMIT),
        )
        found.add(page.lines, page.next)
        read += max(len(page.lines), 1)
    return found
