"""In which documents a summary is stored: its own, and a slot for each of its entries. Pure.

In a document it has one place in a list at most: so each list has an index of one field. What
stands under several keys of a list takes more slots. A slot that is free is used again, so what
keeps old steps from bringing entries back does not grow with those that there ever were.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count, zip_longest

from shared.decider.summary import Entry, Summary, name_and_key
from shared.runtime.summaries import Summarized


def slot_id(id_: str, slot: int) -> str:
    """The id of an aggregate's slot, the first of which is 1; ids of aggregates have no `#`."""
    return f"{id_}#{slot}"


def aggregate_of(document_id: str) -> str:
    """The aggregate whose summary or slot this is."""
    return document_id.partition("#")[0]


def slot_ids(summarized: Summarized) -> Iterator[str]:
    """Of all slots of an aggregate, as its own document tells."""
    return (slot_id(summarized.id, slot) for slot in range(1, summarized.slots + 1))


@dataclass(frozen=True, slots=True)
class Row:
    """What one slot holds."""

    entry: str
    """Empty: of the aggregate's own line."""
    shown: Entry


def own_and_rows(summary: Summary) -> tuple[Summary, Sequence[Row]]:
    """What is in its own document, and what in slots."""
    first, *others = _parts(summary.ranks)
    rows = [Row("", Entry(ranks, summary.line)) for ranks in others]
    for id_, entry in summary.entries.items():
        rows += [Row(id_, Entry(ranks, entry.line)) for ranks in _parts(entry.ranks) if ranks]
    return replace(summary, ranks=first, entries={}), rows


def _parts(ranks: Mapping[str, int]) -> Sequence[Mapping[str, int]]:
    """Each with one place in a list at most, and the first with one in each; at least one part."""
    by_list: dict[str, list[str]] = {}
    for called in sorted(ranks):
        by_list.setdefault(name_and_key(called)[0], []).append(called)
    parts = zip_longest(*by_list.values()) if by_list else [()]
    return [{called: ranks[called] for called in part if called is not None} for part in parts]


def next_versions(
    id_: str,
    dealer_id: str,
    partition: int,
    summary: Summary | None,
    held: Mapping[str, Summarized],
) -> list[Summarized]:
    """The documents of an aggregate's summary that are to be written so that they say this, its own
    first: the slots are found by it. `held`: what is stored of it, among others, by id."""
    mine = held.get(id_)
    if summary is None and mine is None:
        return []
    own, rows = (None, ()) if summary is None else own_and_rows(summary)
    slots = {} if mine is None else dict(enumerate(map(held.get, slot_ids(mine)), start=1))
    written = _written(rows, {slot: _row(found) for slot, found in slots.items()})
    as_of = Summarized(id=id_, dealer_id=dealer_id, partition=partition, version=1, summary=own)
    changed = []
    most = max((*slots, *written), default=0)
    if mine is None or (mine.summary, mine.slots) != (own, most):
        changed.append(replace(as_of, version=_next(mine), slots=most))
    changed += [
        replace(
            as_of,
            id=slot_id(id_, slot),
            version=_next(slots.get(slot)),
            summary=None if row is None else Summary(row.shown.ranks, row.shown.line, counts={}),
            entry="" if row is None else row.entry,
        )
        for slot, row in sorted(written.items())
    ]
    return changed


def _next(found: Summarized | None) -> int:
    return 1 if found is None else found.version + 1


def _row(found: Summarized | None) -> Row | None:
    """What a slot holds; None: it is free."""
    if found is None or found.summary is None:
        return None
    return Row(found.entry, Entry(found.summary.ranks, found.summary.line))


def _written(rows: Sequence[Row], held: Mapping[int, Row | None]) -> Mapping[int, Row | None]:
    """Slot -> what it holds from now on, of those that change. What is held already stays where it
    is, and another row of the same entry takes the place of one before."""
    before: dict[str, list[int]] = defaultdict(list)
    for slot, row in held.items():
        if row is not None:
            before[row.entry].append(slot)
    changed = []
    for row in rows:
        same = next((slot for slot in before[row.entry] if held[slot] == row), None)
        if same is None:
            changed.append(row)
        else:
            before[row.entry].remove(same)
    written: dict[int, Row | None] = {}
    homeless = []
    for row in changed:
        if before[row.entry]:
            written[before[row.entry].pop(0)] = row
        else:
            homeless.append(row)
    left = sorted(chain.from_iterable(before.values()))
    free = (slot for slot, row in held.items() if row is None)
    written |= dict.fromkeys(left)
    return written | dict(zip(chain(left, free, count(len(held) + 1)), homeless, strict=False))
