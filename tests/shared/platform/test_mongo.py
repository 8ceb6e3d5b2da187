"""What every query about many ids, or a dealer's, is made of; and what is asked for at once."""

import asyncio
from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.platform.errors import Conflict, RefusedDocuments, TransientFailure
from shared.platform.mongo import (
    ENCODED_AT_ONCE,
    IDS_A_QUERY,
    JOURNALED_EACH,
    READS_AT_ONCE,
    WRITES_A_COMMAND,
    BulkWriteError,
    by_portions,
    guarded_bulk,
    of_dealer,
    portions,
)


@given(st.lists(st.integers(), max_size=50), st.integers(1, 60))
def test_portions_are_all_that_is_wanted_in_its_order(wanted: list[int], size: int) -> None:
    found = [list(portion) for portion in portions(wanted, size)]
    assert [one for portion in found for one in portion] == wanted
    assert all(len(portion) == size for portion in found[:-1])
    assert all(0 < len(portion) <= size for portion in found)


@pytest.mark.parametrize(
    ("id_", "after", "is_theirs"),
    [
        ("g/d/s/1", "", True),
        ("g/d/s/1|g/d/s/complaint/K", "", True),
        ("g/d/\U0010ffff", "", True),
        ("g/d-2/s/1", "", False),
        ("g/d0/s/1", "", False),
        ("g/c/s/1", "", False),
        ("g/d/s/2", "g/d/s/1", True),
        ("g/d/s/1", "g/d/s/1", False),
        ("g/d/s/1", "g/c/s/9", True),
        ("g/d/s/1", "g/e/s/1", False),
    ],
)
def test_an_id_is_a_dealers(id_: str, after: str, is_theirs: bool) -> None:
    condition = of_dealer("g/d", after=after)
    assert (condition["$gt"] < id_ < condition["$lt"]) == is_theirs


async def test_portions_are_read_a_few_side_by_side_and_come_in_order() -> None:
    under_way, most = 0, 0

    async def read(some: Sequence[int]) -> list[int]:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.001 * (some[0] % 3))
        under_way -= 1
        return [each for each in some if each % 2]

    wanted = list(range(3 * READS_AT_ONCE * IDS_A_QUERY))
    assert await by_portions(wanted, read) == wanted[1::2]
    assert most == READS_AT_ONCE


class Bulks:
    """A collection that is told of bulks, and how the database answers each: what is raised, or
    how many were written."""

    def __init__(self, *answers: Exception | int | None) -> None:
        self.ids: list[list[str]] = []
        self.journaled: list[bool] = []
        self.marked: list[Mapping[str, Any]] = []
        """The conditions of what was changed once more, to wait for the journal."""
        self.forgotten = False
        """Whether the database was started anew, without what was not in its journal."""
        self._answers = list(answers)
        self._is_journaled = True

    def with_options(self, **options: Any) -> "Bulks":
        other = copy(self)
        if "write_concern" in options:
            concern = options["write_concern"].document
            assert concern["w"] == "majority"
            other._is_journaled = bool(concern.get("j"))
        return other

    async def update_one(self, query: Mapping[str, Any], change: Mapping[str, Any]) -> Any:
        assert self._is_journaled
        assert change == {"$inc": {"journaled": 1}}
        self.marked.append(query)
        return type("Result", (), {"matched_count": int(not self.forgotten)})

    async def bulk_write(self, operations: Sequence[Any], *, ordered: bool) -> Any:
        assert not ordered
        self.ids.append([operation._doc["_id"] for operation in operations])
        self.journaled.append(self._is_journaled)
        answer = self._answers.pop(0) if self._answers else None
        if isinstance(answer, Exception):
            raise answer
        written = len(operations) if answer is None else answer
        return type("Result", (), {"bulk_api_result": {"nInserted": 0, "nMatched": written}})


def documents(count: int, *, version: int = 1) -> list[dict[str, Any]]:
    return [{"_id": str(number), "version": version, "more": 1} for number in range(count)]


async def test_a_command_writes_no_more_than_is_done_in_time() -> None:
    bulks = Bulks()
    await guarded_bulk(bulks, documents(2 * WRITES_A_COMMAND + 1), guard="version")
    assert [len(ids) for ids in bulks.ids] == [WRITES_A_COMMAND, WRITES_A_COMMAND, 1]
    assert [id_ for ids in bulks.ids for id_ in ids] == [
        str(number) for number in range(2 * WRITES_A_COMMAND + 1)
    ]


async def test_a_few_are_replaced_with_a_wait_for_the_journal_each() -> None:
    bulks = Bulks()
    await guarded_bulk(bulks, documents(JOURNALED_EACH, version=2), guard="version")
    assert ([len(ids) for ids in bulks.ids], bulks.journaled) == ([JOURNALED_EACH], [True])
    assert bulks.marked == []


async def test_many_that_are_replaced_wait_for_the_journal_together() -> None:
    bulks, many = Bulks(), WRITES_A_COMMAND + 1
    await guarded_bulk(bulks, documents(many, version=2), guard="version")
    assert [len(ids) for ids in bulks.ids] == [WRITES_A_COMMAND, 1]
    assert bulks.journaled == [False, False]
    assert bulks.marked == [
        {"_id": str(last), "version": 2} for last in (WRITES_A_COMMAND - 1, many - 1)
    ], "each command's, as the database may be started anew between two"


async def test_where_another_was_first_with_some_what_is_ours_waits_all_the_same() -> None:
    many = JOURNALED_EACH + 1
    bulks = Bulks(many - 1)
    with pytest.raises(Conflict):
        await guarded_bulk(bulks, documents(many, version=2), guard="version")
    assert bulks.marked == [{"_id": str(many - 1)}]


async def test_what_the_database_never_takes_is_not_waited_for() -> None:
    many = JOURNALED_EACH + 1
    refused = {"nInserted": 0, "nMatched": many - 1, "writeErrors": [{"index": 4, "code": 10334}]}
    bulks = Bulks(BulkWriteError(refused))
    with pytest.raises(RefusedDocuments):
        await guarded_bulk(bulks, documents(many, version=2), guard="version")
    assert bulks.marked == [{"_id": str(many - 2), "version": 2}]


async def test_a_database_that_lost_what_was_not_in_the_journal_is_found_out() -> None:
    bulks = Bulks()
    bulks.forgotten = True
    with pytest.raises(TransientFailure):
        await guarded_bulk(bulks, documents(JOURNALED_EACH + 1, version=2), guard="version")


@pytest.mark.parametrize(
    ("code", "raised"), [(11000, Conflict), (10334, RefusedDocuments), (91, TransientFailure)]
)
async def test_what_is_wrong_with_one_command_is_told(code: int, raised: type[Exception]) -> None:
    """The others are written, but for those behind a command of which nobody knows."""
    error = BulkWriteError(
        {
            "nInserted": WRITES_A_COMMAND - 1,
            "nMatched": 0,
            "writeErrors": [{"index": 3, "code": code}],
        }
    )
    bulks = Bulks(None, error)
    with pytest.raises(raised) as told:
        await guarded_bulk(bulks, documents(3 * WRITES_A_COMMAND), guard="version")
    assert len(bulks.ids) == (2 if raised is TransientFailure else 3)
    if isinstance(told.value, RefusedDocuments):
        assert told.value.ids == {str(WRITES_A_COMMAND + 3)}


async def test_others_have_their_turn_while_many_documents_are_encoded() -> None:
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(others())
    await guarded_bulk(Bulks(), documents(8 * ENCODED_AT_ONCE), guard="version")
    task.cancel()
    assert turns >= 8


async def test_where_a_portion_fails_no_other_is_read_any_more() -> None:
    begun = 0

    async def read(some: Sequence[int]) -> Sequence[int]:
        nonlocal begun
        begun += 1
        await asyncio.sleep(0)
        raise TransientFailure("away")

    with pytest.raises(TransientFailure):
        await by_portions(range(5 * READS_AT_ONCE * IDS_A_QUERY), read)
    at_once = begun
    for _ in range(50):
        await asyncio.sleep(0)
    assert begun == at_once <= 2 * READS_AT_ONCE
