"""Intake's rows in a file of our own, as long as a rehearsal takes."""

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from secrets import token_bytes

from services.intake.domain.facts import Row

_TABLE = """\
create table rows (id text primary key, parent text, merged_into text, kept text) without rowid;
create index of_parent on rows (parent) where parent is not null;
create index of_target on rows (merged_into) where merged_into is not null;
"""
_AT_ONCE = 500
"""How many are asked for in one query."""


class ScratchRows:
    """As intake asks for them. Nobody else writes, so that none is in conflict."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._key = token_bytes(32)
        database.executescript(_TABLE)

    async def find(
        self,
        document_ids: Iterable[str],
        *,
        following: Collection[str] = (),
        limit: int | None = None,
    ) -> Mapping[str, Row]:
        found = {row.document_id: row for row in self._read("id", set(document_ids))}
        for column in ("parent", "merged_into"):
            steps = self._read(column, following, limit)
            found |= {row.document_id: row for row in steps}
        return found

    async def save(self, rows: Sequence[Row]) -> None:
        written = (row.model_copy(update={"revision": row.revision + 1}) for row in rows)
        self._database.executemany(
            "insert or replace into rows values (?, ?, ?, ?)",
            (
                (row.document_id, row.parent, row.merged_into, row.model_dump_json())
                for row in written
            ),
        )

    async def hash_key(self) -> bytes:
        return self._key

    def _read(self, column: str, values: Collection[str], limit: int | None = None) -> list[Row]:
        found: list[Row] = []
        wanted = sorted(values)
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            marks = ", ".join("?" * len(some))
            query = f"select kept from rows where {column} in ({marks}) limit ?"
            most = -1 if limit is None else limit + 1
            read = self._database.execute(query, (*some, most))
            found += [Row.model_validate_json(kept) for (kept,) in read]
        return found
