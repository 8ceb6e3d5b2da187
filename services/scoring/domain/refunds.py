"""What orders that do nothing but give back take off what was bought before them. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple


class Bought(NamedTuple):
    """How much of something was bought, or given back; `amount` is above zero in either."""

    at: datetime
    document_id: str
    what: tuple[str, ...]
    """Of which car, in which currency: the same is taken off the same alone."""
    amount: int


class Left(NamedTuple):
    """From when on so much of it is left."""

    at: datetime
    amount: int


def left_of(bought: Sequence[Bought], given_back: Iterable[Bought]) -> Mapping[str, Sequence[Left]]:
    """Document -> what is left of it, of those of which something was given back; never less
    than nothing.

    It is taken off the newest before it first, from its own date on. Both are in the order of time.
    """
    amounts = {each.document_id: each.amount for each in bought}
    found: dict[str, list[Left]] = {}
    for back in given_back:
        missing = back.amount
        for each in reversed(bought):
            left = amounts[each.document_id]
            if missing and left and each.at <= back.at and each.what == back.what:
                taken = min(missing, left)
                amounts[each.document_id], missing = left - taken, missing - taken
                found.setdefault(each.document_id, []).append(Left(back.at, left - taken))
    return found
