"""Who moved from one grade, or risk, to another, line by line: what the figures of moves are made
of. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from services.scoring.domain import ranks
from services.scoring.domain.monthly import Way, risk_moves
from shared.contracts.values import instant_text
from shared.decider.summary import MOST_ENTRIES, Entry, keyed


class MovedAt(NamedTuple):
    """A customer moved."""

    at: datetime
    of: str
    """`ranks.OF_GRADE` or `ranks.OF_RISK`."""
    before: str
    after: str


def move_entries(way: Way, *, until: int) -> Mapping[str, Entry]:
    """The newest `MOST_ENTRIES` moves of the customer in the months that are listed up to `until`,
    and later, by what names each."""
    since = until - ranks.MONTHS_LISTED
    found = sorted(each for each in _moves(way) if way.month_at(each.at) > since)
    return {_name(each): _entry(each) for each in found[-MOST_ENTRIES:]}


def _moves(way: Way) -> Iterator[MovedAt]:
    for change in way.grade_changes:
        yield MovedAt(change.at, ranks.OF_GRADE, change.before, change.after)
    for at, before, after in risk_moves(way):
        yield MovedAt(at, ranks.OF_RISK, before, after)


def _name(each: MovedAt) -> str:
    return f"{each.of} {instant_text(each.at)} {each.before} {each.after}"


def _entry(each: MovedAt) -> Entry:
    line = {"at": instant_text(each.at), "before": each.before, "after": each.after}
    return Entry({keyed(ranks.MOVES, each.of): ranks.move_rank(each.at)}, line)
