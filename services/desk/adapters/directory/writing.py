"""Rows that carry the version of what they tell: a newer one stands over an older, never the other
way round, in whichever order and however often they come."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.platform.errors import TransientFailure
from shared.platform.mongo import (
    DUPLICATE_KEY,
    BulkWriteError,
    Collection,
    InsertOne,
    ReplaceOne,
    by_portions,
    portions,
    transient,
)

ROWS_A_COMMAND = 100
"""How many are written by one command: so many are in time on a database that takes 20 ms for each,
as it does for what is found by twenty terms."""
ATTEMPTS = 5
"""How often another writer may be first with some; each time they wrote something newer."""


async def written_over(collection: Collection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Each row, by its `_id`, where none of its `version` or a later one is there.

    Raises `TransientFailure`.
    """
    left = {str(row["_id"]): row for row in rows}
    for _ in range(ATTEMPTS):
        known = await _versions(collection, [*left])
        left = {
            id_: row for id_, row in left.items() if id_ not in known or known[id_] < row["version"]
        }
        if not left:
            return
        operations = [
            ReplaceOne({"_id": id_, "version": known[id_]}, row) if id_ in known else InsertOne(row)
            for id_, row in left.items()
        ]
        if all([await _all_written(collection, some) for some in _commands(operations)]):
            return
    raise TransientFailure("database: others write the same customers all the time")


def _commands(operations: Sequence[Any]) -> list[Sequence[Any]]:
    return [*portions(operations, ROWS_A_COMMAND)]


async def _versions(collection: Collection, ids: Sequence[str]) -> dict[str, str]:
    async def read(some: Sequence[str]) -> list[tuple[str, str]]:
        async with transient():
            found = collection.find({"_id": {"$in": [*some]}}, {"version": 1})
            return [(row["_id"], row["version"]) for row in await found.to_list(None)]

    return dict(await by_portions(ids, read))


async def _all_written(collection: Collection, operations: Sequence[Any]) -> bool:
    """False: another writer was first with some."""
    async with transient():
        try:
            result = (await collection.bulk_write(operations, ordered=False)).bulk_api_result
        except BulkWriteError as error:
            codes = {each.get("code") for each in error.details.get("writeErrors", ())}
            if codes != {DUPLICATE_KEY}:
                raise
            return False
    written: int = result["nInserted"] + result["nMatched"]
    return written == len(operations)
