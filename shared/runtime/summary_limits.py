"""What a summary must be, so that it can be stored and a step of many is one document. Pure."""

import json
import re
from collections import Counter
from collections.abc import Collection, Mapping

from shared.decider.summary import (
    GROUPED,
    MOST_ENTRIES,
    MOST_ENTRY_CHARACTERS,
    MOST_KEY_CHARACTERS,
    MOST_KEYS,
    Place,
    Summary,
    escaped,
    name_and_key,
)

MOST_CHARACTERS = 50_000
"""How large a summary may be without its entries: a step holds many, and is one document."""

_PERIOD = re.compile(r"[0-9A-Za-z-]{1,32}")


def check(summary: Summary, id_: str, lists: Collection[str]) -> None:
    """Raises `ValueError`, or `TypeError`, where a summary is not what it must be."""
    _check_ranks(summary.ranks, id_, lists)
    _check_entries(summary, id_, lists)
    counts = (*summary.counts.values(), *summary.apart.values())
    if not all(isinstance(count, int) for each in counts for count in each.values()):
        raise TypeError("a count is not a whole number")
    content = [summary.line, summary.counts, summary.groups, summary.apart]
    if len(json.dumps(content, allow_nan=False)) > MOST_CHARACTERS:
        raise ValueError("a summary is too large")
    periods = (*summary.counts, *summary.apart)
    if not all(_PERIOD.fullmatch(each) and each != GROUPED for each in periods):
        raise ValueError("a period is written otherwise")


def _check_ranks(ranks: Mapping[str, int], id_: str, lists: Collection[str]) -> None:
    found = Counter[str]()
    for called, rank in ranks.items():
        Place.of(rank, id_)
        name, key = name_and_key(called)
        if name not in lists:
            raise ValueError("there is no such list")
        if key is not None and not 0 < len(key) <= MOST_KEY_CHARACTERS:
            raise ValueError("a key is empty or too long")
        found[name] += 1
    if found and max(found.values()) > MOST_KEYS:
        raise ValueError("it stands under too many keys of a list")


def _check_entries(summary: Summary, id_: str, lists: Collection[str]) -> None:
    if len(summary.entries) > MOST_ENTRIES:
        raise ValueError("there are too many entries")
    for entry_id, entry in summary.entries.items():
        if not 0 < len(entry_id) <= MOST_KEY_CHARACTERS:
            raise ValueError("an entry's id is empty or too long")
        _check_ranks(entry.ranks, id_, lists)
        content = [list(map(escaped, entry.ranks)), entry.line]
        if len(json.dumps(content, allow_nan=False)) > MOST_ENTRY_CHARACTERS:
            raise ValueError("an entry is too large")
