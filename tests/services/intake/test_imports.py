"""Files that are imported: what becomes of their records."""

import json
import tracemalloc
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.intake.adapters.imports.clearing import Keeping
from shared.contracts.http.intake import Item
from tests.services.intake.given import BERLIN, PUDONG, Data
from tests.services.intake.given_imports import (
    HEADINGS,
    KEEPING,
    MAPPING,
    ImportWorld,
    file_of,
    row,
    to_the_end,
)


@pytest.fixture
def imports(tmp_path: Path) -> ImportWorld:
    return ImportWorld(tmp_path)


async def taken_in(imports: ImportWorld, content: bytes, **query: Any) -> Data:
    """What is answered of a file when nothing is left to do."""
    sent = await imports.sent(content, **query)
    await to_the_end(imports.runner())
    return await shown(imports, sent)


async def shown(imports: ImportWorld, sent: Data) -> Data:
    async with imports.client() as http:
        response = await http.get(f"/v1/imports/{sent['import_id']}")
    found: Data = response.json()
    return found


async def test_each_record_becomes_what_intake_makes_of_it(imports: ImportWorld) -> None:
    rows = [
        row(1),
        row(2, status="SECRET"),
        row(3, opened_at="", closed_at="SECRET"),
        row(4, ro_no="Total"),
        row(5, closed_at="2026-10-01T09:00:00+08:00"),
        row(6, vin="1HGCM82643A004352"),
        row(1),
    ]
    found = await taken_in(imports, file_of(rows), dealer_id=BERLIN)
    assert (found["state"], found["records"], found["bytes_read"]) == ("done", 7, found["size"])
    assert found["counts"] == {
        "accepted": 2,
        "duplicate": 1,
        "rejected": 1,
        "refused": 2,
        "skipped": 1,
        "warned": 1,
    }
    assert imports.numbers() == ["RO-1", "RO-6"]
    told = {record["number"]: record for record in found["first"]}
    assert {number: told[number]["outcome"] for number in told} == {
        2: "refused",
        3: "refused",
        5: "rejected",
        6: "warned",
    }
    assert told[2]["place"] == "line 3"
    assert [(fault["column"], fault["field"]) for fault in told[2]["faults"]] == [
        ("status", "status")
    ]
    assert {fault["column"] for fault in told[3]["faults"]} == {"opened_at"}
    assert told[5]["faults"][0]["column"] in ("closed_at", "")
    assert [(fault["column"], fault["field"]) for fault in told[6]["faults"]] == [
        ("vin", "vehicle.vin")
    ]
    assert "SECRET" not in json.dumps(found)


async def test_rows_of_one_document_are_one_event_of_several_records(imports: ImportWorld) -> None:
    headings = "ro_no,line_no,status,opened_at,closed_at,customer_id,pay_type"
    line = "R-1,{},closed,2026-11-01T09:00:00+08:00,2026-11-01T12:00:00+08:00,C1,customer"
    rows = [line.format(number) for number in (1, 2, 3)]
    found = await taken_in(
        imports,
        file_of(rows, headings.split(",")),
        mapping="generic-csv-visits",
        source="cdk",
    )
    assert found["records"] == 3
    assert found["counts"]["accepted"] == 1


async def test_a_column_that_is_missing_ends_it_at_once_and_names_the_nearest(
    imports: ImportWorld,
) -> None:
    headings = [name if name != "opened_at" else "opened at day" for name in HEADINGS]
    found = await taken_in(imports, file_of([row(1)], headings))
    assert found["state"] == "failed"
    assert "nothing of it was taken" in found["because"]
    (fault,) = found["faults"]
    assert (fault["field"], fault["column"]) == ("opened_at", "opened_at")
    assert "opened at day" in fault["detail"]
    assert imports.numbers() == []
    assert found["can_be_resumed"]


async def test_headings_of_any_length_are_told_in_short(imports: ImportWorld) -> None:
    headings = [name if name != "opened_at" else "opened_at" + "x" * 5 for name in HEADINGS]
    long = "opened_a" + "t" * 900_000
    imports.write_mapping(MAPPING.replace("opened_at: opened_at", f"opened_at: {'open' * 300}"))
    found = await taken_in(imports, file_of([row(1)], [*headings, long]))
    assert found["state"] == "failed"
    assert all(len(words) <= 500 for fault in found["faults"] for words in fault.values())


async def test_a_column_that_is_there_twice_ends_it_at_once(imports: ImportWorld) -> None:
    headings = [name if name != "pay_type" else "status" for name in HEADINGS]
    found = await taken_in(imports, file_of([row(1)], headings))
    assert (found["state"], found["faults"][0]["column"]) == ("failed", "status")
    assert imports.numbers() == []


async def test_once_the_mapping_is_mended_a_failed_import_is_resumed_from_its_beginning(
    imports: ImportWorld,
) -> None:
    headings = [name if name != "opened_at" else "begun" for name in HEADINGS]
    found = await taken_in(imports, file_of([row(1), row(2)], headings))
    assert found["state"] == "failed"
    imports.write_mapping(MAPPING.replace("opened_at: opened_at", "opened_at: begun"))
    async with imports.client() as http:
        asked = await http.post(f"/v1/imports/{found['import_id']}/resume")
    assert asked.json()["state"] == "waiting"
    await to_the_end(imports.runner())
    found = await shown(imports, found)
    assert (found["state"], found["faults"], found["because"]) == ("done", [], "")
    assert imports.numbers() == ["RO-1", "RO-2"]


async def test_records_that_were_refused_are_mended_by_the_mapping_and_taken(
    imports: ImportWorld,
) -> None:
    found = await taken_in(imports, file_of([row(1), row(2, status="fertig")]))
    assert (found["counts"]["accepted"], found["counts"]["refused"]) == (1, 1)
    mended = "status: {column: status, words: {fertig: closed, closed: closed}}"
    imports.write_mapping(MAPPING.replace("status: status", mended))
    async with imports.client() as http:
        await http.post(f"/v1/imports/{found['import_id']}/resume")
    await to_the_end(imports.runner())
    found = await shown(imports, found)
    assert (found["counts"]["accepted"], found["counts"]["duplicate"]) == (1, 1)
    assert found["counts"]["refused"] == 0 and found["first"] == []
    assert imports.numbers() == ["RO-1", "RO-2"]
    assert not found["can_be_resumed"] and not imports.store.pieces


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe\x00\xd8\x00\x00",
        b"PK\x03\x04" + b"\x00" * 100,
        "ro_no,status\n".encode("utf-32"),
        b"\x00" * 1000,
        b"\n\n\n",
    ],
)
async def test_a_file_that_is_no_table_fails_and_says_why(
    imports: ImportWorld, content: bytes
) -> None:
    found = await taken_in(imports, content)
    assert found["state"] == "failed"
    assert found["because"]
    assert found["counts"]["accepted"] == 0


async def test_a_line_in_another_encoding_is_its_own_fault(imports: ImportWorld) -> None:
    bad = row(2).encode().replace(b"RO-2", b"RO-\xff\xfe")
    content = file_of([row(1)]) + bad + b"\r\n" + row(3).encode()
    found = await taken_in(imports, content)
    assert found["state"] == "done"
    assert (found["counts"]["accepted"], found["counts"]["refused"]) == (2, 1)
    assert found["first"][0]["place"] == "line 3"


async def test_a_mapping_that_is_gone_meanwhile_is_said_and_nothing_is_lost(
    imports: ImportWorld,
) -> None:
    sent = await imports.sent(file_of([row(1)]))
    imports.forget_mapping()
    await to_the_end(imports.runner())
    found = await shown(imports, sent)
    assert (found["state"], found["can_be_resumed"]) == ("failed", True)
    assert "mapping is not there any more" in found["because"]
    imports.write_mapping(MAPPING)
    async with imports.client() as http:
        await http.post(f"/v1/imports/{sent['import_id']}/resume")
    await to_the_end(imports.runner())
    assert (await shown(imports, sent))["state"] == "done"
    assert imports.numbers() == ["RO-1"]


async def test_a_mapping_that_became_wrong_meanwhile_is_said(imports: ImportWorld) -> None:
    sent = await imports.sent(file_of([row(1)]))
    imports.write_mapping("title_en: x\n")
    await to_the_end(imports.runner())
    found = await shown(imports, sent)
    assert found["state"] == "failed"
    assert "cannot be used" in found["because"]


async def test_the_account_is_bounded_and_says_what_it_leaves_out(imports: ImportWorld) -> None:
    sent = await imports.sent(file_of(row(number, status="?") for number in range(1, 8)))
    await to_the_end(imports.runner(Keeping(troubles=3)))
    found = await shown(imports, sent)
    assert found["counts"]["refused"] == 7
    assert [record["number"] for record in found["first"]] == [1, 2, 3]
    assert found["not_kept"] == {"refused": 4}


async def test_a_file_is_deleted_when_all_of_it_was_taken(imports: ImportWorld) -> None:
    await taken_in(imports, file_of([row(1)]))
    assert not imports.store.pieces


async def test_a_file_with_refused_records_is_kept_for_its_days_and_its_account_for_longer(
    imports: ImportWorld,
) -> None:
    found = await taken_in(imports, file_of([row(1), row(2, status="?")]))
    assert imports.store.pieces and found["file_until"]
    clock, runner = imports.world.clock, imports.runner()
    clock.advance(KEEPING.file - timedelta(seconds=1))
    await runner.clear()
    assert imports.store.pieces
    clock.advance(timedelta(seconds=1))
    await runner.clear()
    assert not imports.store.pieces
    found = await shown(imports, found)
    assert (found["can_be_resumed"], found["file_until"]) == (False, None)
    assert len(found["first"]) == 1
    clock.advance(KEEPING.job)
    await runner.clear()
    assert not imports.store.jobs and not imports.store.kept


async def test_a_dealers_files_follow_each_other_and_dealers_take_turns(
    imports: ImportWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.intake.adapters.imports.portions.EVENTS_AT_ONCE", 2)
    seen: list[str] = []
    intake = imports.world.intake()

    async def receive(raws: Iterable[Any], **more: Any) -> list[Item]:
        events = list(raws)
        seen.append(" ".join(event["data"]["ro_no"] for event in events))
        return await intake.receive(events, **more)

    await imports.sent(file_of(row(number) for number in (1, 2, 3)))
    await imports.sent(file_of(row(number) for number in (4, 5)))
    await imports.sent(file_of(row(number) for number in (6, 7, 8)), dealer_id=BERLIN)
    await to_the_end(imports.runner(receive=receive))
    assert seen[:4] == ["RO-1 RO-2", "RO-6 RO-7", "RO-3", "RO-8"]
    assert seen[4:] == ["RO-4 RO-5"]
    assert {job.dealer_id for job in imports.store.jobs.values()} == {PUDONG, BERLIN}


async def test_memory_is_bounded_by_portions_and_not_by_files(imports: ImportWorld) -> None:
    async def receive(raws: Iterable[object], **_: Any) -> list[Item]:
        return [Item(index=index, outcome="accepted") for index, _ in enumerate(raws)]

    async def peak(rows: int) -> int:
        await imports.sent(file_of(row(number) for number in range(rows)))
        runner = imports.runner(receive=receive)
        tracemalloc.start()
        try:
            await to_the_end(runner)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    await peak(10)
    small, large = await peak(1_500), await peak(6_000)
    assert large < 1.5 * small + 1_000_000
