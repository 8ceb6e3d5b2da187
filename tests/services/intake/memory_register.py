"""A register in memory; honours the same contract suite as the one in MongoDB."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from services.intake.adapters.register import Shelf
from services.intake.domain.facts import Row
from services.intake.domain.profiles.profile import PROFILE
from shared.platform.errors import Conflict

HASH_KEY = b"key of the tests"
FREE_WORDS = {"narrative": None, "words": None}
NOT_LISTED = {**FREE_WORDS, "recorded": None, "content": None, "said": None}


class MemoryRegister:
    """Rows in a dictionary.

    `before_save` lets a test act between the decision and the write, `meanwhile` before each call.
    """

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.fail_next: list[Exception] = []
        self.before_save: list[Callable[[], None]] = []
        self.meanwhile: Callable[[], None] = lambda: None
        self.calls: list[str] = []

    async def find(
        self,
        document_ids: Iterable[str],
        *,
        following: Collection[str] = (),
        limit: int | None = None,
    ) -> Mapping[str, Row]:
        self._called("find")
        steps = [
            row
            for row in self.rows.values()
            if row.parent in following or row.merged_into in following
        ]
        few = steps if limit is None else steps[: limit + 1]
        found = {id_: self.rows[id_] for id_ in document_ids if id_ in self.rows}
        return found | {row.document_id: row for row in few}

    async def save(self, rows: Sequence[Row]) -> None:
        if self.before_save:
            self.before_save.pop(0)()
        self._called("save")
        written = sum(self._write(row) for row in rows)
        if written < len(rows):
            raise Conflict(f"{written} of {len(rows)} rows were written")

    async def page(self, whose: str, *, after: str, limit: int, kind: str | None) -> Sequence[Row]:
        self._called("page")
        found = [
            self.rows[id_].model_copy(update=NOT_LISTED)
            for id_ in sorted(self.rows)
            if id_ > after
            and id_.startswith(f"{whose}/")
            and (self.rows[id_].kind == kind if kind else self.rows[id_].kind != PROFILE)
        ]
        return found[:limit]

    async def kept(
        self, shelf: Shelf, *, dealer_id: str | None, after: str, limit: int
    ) -> Sequence[Row]:
        self._called("kept")
        found = [
            self.rows[id_].model_copy(update=FREE_WORDS)
            for id_ in sorted(self.rows)
            if id_ > after
            and (dealer_id is None or self.rows[id_].dealer_id == dealer_id)
            and (self.rows[id_].kind == PROFILE) == (shelf == "profiles")
        ]
        return found[:limit]

    async def hash_key(self) -> bytes:
        return HASH_KEY

    async def ping(self) -> None:
        self._called("ping")

    def _write(self, row: Row) -> bool:
        known = self.rows.get(row.document_id)
        if (known.revision if known else 0) != row.revision:
            return False
        self.rows[row.document_id] = row.model_copy(update={"revision": row.revision + 1})
        return True

    def _called(self, name: str) -> None:
        self.calls.append(name)
        self.meanwhile()
        if self.fail_next:
            raise self.fail_next.pop(0)
