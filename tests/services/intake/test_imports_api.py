"""`/v1/imports`: files in, and what is told of them."""

import asyncio
import csv
import gzip
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.requests import ClientDisconnect

from services.intake.adapters.imports.store import PIECE_BYTES
from services.intake.adapters.imports.upload import Uploads, WantedImport
from services.intake.api.callers import Callers
from services.intake.settings import IntakeSettings
from shared.contracts.http.table import BYTE_ORDER_MARK
from shared.platform.errors import TransientFailure
from shared.platform.problems import Refusal
from tests.services.intake.given import BERLIN, DEALERS, PUDONG
from tests.services.intake.given_imports import (
    MAPPING,
    ImportWorld,
    file_of,
    pieces_of,
    row,
    send,
    to_the_end,
)
from tests.services.intake.over_http import problem

FILE = file_of([row(1), row(2)])
CALLERS = Callers(DEALERS, IntakeSettings(max_import_bytes=3_000_000).limits())
SENDER = CALLERS.of_dealer(PUDONG)
WANTED = WantedImport(PUDONG, "cdk", "test-visits", "d", "f.csv", again=False, by=SENDER)


@pytest.fixture
def imports(tmp_path: Path) -> ImportWorld:
    return ImportWorld(tmp_path)


@pytest.fixture
async def http(imports: ImportWorld) -> AsyncIterator[httpx.AsyncClient]:
    async with imports.client() as client:
        yield client


def uploads(imports: ImportWorld) -> Uploads:
    return Uploads(imports.store, clock=imports.world.clock, settings=imports.settings)


def stored(imports: ImportWorld, import_id: str) -> bytes:
    return b"".join(
        content for (id_, _), content in sorted(imports.store.pieces.items()) if id_ == import_id
    )


async def test_a_file_is_answered_when_all_of_it_is_stored(
    imports: ImportWorld, http: httpx.AsyncClient
) -> None:
    response = await send(http, FILE, name="工单\n.csv")
    assert response.status_code == 202
    found = response.json()
    assert response.headers["location"] == f"/v1/imports/{found['import_id']}"
    assert (found["state"], found["size"], found["name"]) == ("waiting", len(FILE), "工单?.csv")
    assert (found["source"], found["duplicate"]) == ("cdk", False)
    assert stored(imports, found["import_id"]) == FILE
    assert (await http.get(response.headers["location"])).json()["state"] == "waiting"


async def test_a_large_file_is_stored_in_pieces(imports: ImportWorld) -> None:
    content = bytes(range(256)) * 9_000
    parts = [content[start : start + 70_001] for start in range(0, len(content), 70_001)]
    arrived = await uploads(imports).take(pieces_of(*parts), WANTED, is_packed=False)
    assert stored(imports, arrived.job.import_id) == content
    assert {len(piece) for piece in imports.store.pieces.values()} == {
        PIECE_BYTES,
        len(content) % PIECE_BYTES,
    }


@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("itself", [True, False])
async def test_a_packed_file_is_the_same_file(
    imports: ImportWorld, http: httpx.AsyncClient, header: bool, itself: bool
) -> None:
    content = gzip.compress(FILE) if itself else FILE
    content = gzip.compress(content) if header else content
    headers = {"content-encoding": "gzip"} if header else None
    found = (await send(http, content, headers=headers)).json()
    assert stored(imports, found["import_id"]) == FILE
    again = await send(http, FILE)
    assert (again.status_code, again.json()["import_id"]) == (200, found["import_id"])


async def test_the_same_file_again_is_the_import_that_it_was(
    imports: ImportWorld, http: httpx.AsyncClient
) -> None:
    first = (await send(http, FILE)).json()["import_id"]
    response = await send(http, FILE, name="other name.csv")
    assert (response.status_code, response.json()["duplicate"]) == (200, True)
    assert response.json()["import_id"] == first
    await to_the_end(imports.runner())
    assert (await send(http, FILE)).json()["import_id"] == first, "also when it is done"
    assert len(imports.store.jobs) == 1 and not imports.store.pieces
    others: list[dict[str, Any]] = [{"again": "true"}, {"dealer_id": BERLIN}, {"source": "other"}]
    for other in others:
        response = await send(http, FILE, **other)
        assert (response.status_code, response.json()["duplicate"]) == (202, False)
    assert (await send(http, FILE)).json()["import_id"] == first
    imports.write_mapping(MAPPING.replace("  total: total\n", ""))
    assert (await send(http, FILE)).status_code == 202, "the mapping is another now"


async def test_the_same_file_twice_at_once_is_one_import(imports: ImportWorld) -> None:
    both = uploads(imports)
    content = [bytes([letter]) for letter in FILE]
    first, second = await asyncio.gather(
        both.take(pieces_of(*content), WANTED, is_packed=False),
        both.take(pieces_of(*content), WANTED, is_packed=False),
    )
    assert first.job.import_id == second.job.import_id
    assert sorted([first.is_duplicate, second.is_duplicate]) == [False, True]
    assert len(imports.store.jobs) == 1


@pytest.mark.parametrize("wish", ["cancel", "fail"])
async def test_a_file_that_failed_or_was_cancelled_may_be_sent_again(
    imports: ImportWorld, http: httpx.AsyncClient, wish: str
) -> None:
    first = (await send(http, FILE)).json()["import_id"]
    if wish == "cancel":
        await http.post(f"/v1/imports/{first}/cancel")
    else:
        imports.forget_mapping()
        await to_the_end(imports.runner())
        imports.write_mapping(MAPPING)
    assert (await send(http, FILE)).status_code == 202


async def test_what_cannot_be_is_refused_before_the_file_is_read(
    imports: ImportWorld, http: httpx.AsyncClient
) -> None:
    imports.write_mapping(MAPPING.replace("source: cdk\n", ""), "without-source")
    imports.write_mapping("title_en: x", "wrong")
    cases: list[tuple[dict[str, Any], int, str]] = [
        ({"dealer_id": "sunrise/nowhere"}, 404, "no such dealer"),
        ({"mapping": "test-visit"}, 422, "did you mean test-visits?"),
        ({"mapping": "../etc/passwd"}, 422, "mapping"),
        ({"mapping": "without-source"}, 422, "which system"),
        ({"mapping": "wrong"}, 422, "cannot be used"),
        ({"source": "No Name"}, 422, "source"),
        ({"headers": {"content-encoding": "br"}}, 415, "gzip"),
        ({"headers": {"content-type": "multipart/form-data; boundary=x"}}, 415, "as the body"),
        ({"agian": "true"}, 422, "query.again, query.dealer_id"),
        ({"mapping": ["test-visits", "test-visits"]}, 422, "once each"),
    ]
    for query, status, words in cases:
        response = await send(http, FILE, **query)
        assert words in str(problem(response, status)), response.text
    assert not imports.store.jobs


@pytest.mark.parametrize(
    ("content", "headers", "status", "words"),
    [
        (b"", None, 400, "empty"),
        (gzip.compress(b"", mtime=0), None, 400, "empty"),
        (gzip.compress(FILE, mtime=0)[:-9], None, 400, "ends in the middle"),
        (FILE, {"content-encoding": "gzip"}, 400, "damaged"),
        (b"\x1f\x8b" + b"x" * 50, None, 400, "damaged"),
        (b"x" * 3_000_001, None, 413, "3000000 bytes"),
        (gzip.compress(b"\0" * 3_000_001, mtime=0), None, 413, "3000000 bytes"),
    ],
)
async def test_of_a_file_that_is_not_taken_nothing_is_kept(
    imports: ImportWorld,
    http: httpx.AsyncClient,
    *,
    content: bytes,
    headers: dict[str, str] | None,
    status: int,
    words: str,
) -> None:
    response = await send(http, content, headers=headers)
    assert words in problem(response, status)["detail"]
    assert not imports.store.jobs and not imports.store.pieces


async def broken_off(error: type[Exception]) -> AsyncIterator[bytes]:
    yield b"x" * (PIECE_BYTES + 1)
    raise error


@pytest.mark.parametrize("error", [ClientDisconnect, TransientFailure])
async def test_of_a_file_that_ends_in_the_middle_nothing_is_kept(
    imports: ImportWorld, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await uploads(imports).take(broken_off(error), WANTED, is_packed=False)
    assert not imports.store.jobs and not imports.store.pieces


async def test_a_file_that_does_not_go_on_is_not_waited_for(imports: ImportWorld) -> None:
    async def stalled() -> AsyncIterator[bytes]:
        yield b"ro_no\n"
        await asyncio.Event().wait()

    with pytest.raises(Refusal) as refused:
        await uploads(imports).take(stalled(), WANTED, is_packed=False)
    assert refused.value.problem.status == 408
    assert not imports.store.jobs and not imports.store.pieces


async def test_more_files_at_once_than_there_is_room_for_are_told_to_come_back(
    imports: ImportWorld,
) -> None:
    gate, desk = asyncio.Event(), uploads(imports)

    async def slow(letter: bytes) -> AsyncIterator[bytes]:
        yield letter
        await gate.wait()

    def by(sender: str) -> WantedImport:
        return WANTED._replace(by=replace(SENDER, id=sender))

    arriving = [
        asyncio.create_task(desk.take(slow(sender.encode()), by(sender[0]), is_packed=False))
        for sender in ("a1", "a2", "b1", "c1")
    ]
    await asyncio.sleep(0)
    with pytest.raises(Refusal) as refused:
        await desk.take(pieces_of(FILE), by("d"), is_packed=False)
    assert refused.value.problem.status == 503
    gate.set()
    assert len(await asyncio.gather(*arriving)) == 4
    assert not (await desk.take(pieces_of(FILE), WANTED, is_packed=False)).is_duplicate


async def test_imports_are_listed_the_newest_first_page_by_page(
    imports: ImportWorld, http: httpx.AsyncClient
) -> None:
    sent = [(await imports.sent(file_of([row(n)])))["import_id"] for n in range(3)]
    await imports.sent(FILE, dealer_id=BERLIN)
    page = (await http.get("/v1/imports", params={"dealer_id": PUDONG, "limit": 2})).json()
    assert [found["import_id"] for found in page["imports"]] == sent[:0:-1]
    query = {"dealer_id": PUDONG, "limit": 2, "after": page["after"]}
    page = (await http.get("/v1/imports", params=query)).json()
    assert ([found["import_id"] for found in page["imports"]], page["after"]) == ([sent[0]], None)
    problem(await http.get("/v1/imports", params={"dealer_id": "sunrise/none"}), 404)
    problem(await http.get("/v1/imports"), 422)


async def test_records_are_told_by_outcome_page_by_page_and_as_a_table(
    imports: ImportWorld, http: httpx.AsyncClient
) -> None:
    early = "2026-10-01T09:00:00+08:00"
    rows = [row(1), row(2, status="?"), row(3, closed_at=early), row(4, status="?")]
    sent = await imports.sent(file_of(rows))
    await to_the_end(imports.runner())
    address = f"/v1/imports/{sent['import_id']}/records"
    page = (await http.get(address, params={"limit": 2})).json()
    assert [(found["number"], found["outcome"]) for found in page["records"]] == [
        (2, "refused"),
        (3, "rejected"),
    ]
    page = (await http.get(address, params={"after": page["after"]})).json()
    assert ([found["number"] for found in page["records"]], page["after"]) == ([4], None)
    page = (await http.get(address, params={"outcome": "rejected"})).json()
    assert [found["place"] for found in page["records"]] == ["line 4"]
    table = await http.get(address, params={"format": "csv", "lang": "en", "limit": 2})
    lines = list(csv.reader(io.StringIO(table.text.removeprefix(BYTE_ORDER_MARK))))
    assert lines[0] == ["Record", "Place", "Outcome", "Field", "Column", "Detail"]
    assert lines[1][:5] == ["2", "line 3", "refused", "status", "status"]
    assert 'rel="next"' in table.headers["link"] and "after=3" in table.headers["link"]
    problem(await http.get(address, params={"outcome": "lost"}), 422)


@pytest.mark.parametrize("wish", ["pause", "cancel", "resume"])
async def test_what_an_import_cannot_become_is_said(
    imports: ImportWorld, http: httpx.AsyncClient, wish: str
) -> None:
    sent = await imports.sent(FILE)
    await to_the_end(imports.runner())
    response = await http.post(f"/v1/imports/{sent['import_id']}/{wish}")
    assert f"done cannot be asked to {wish}" in problem(response, 409)["detail"]
    problem(await http.post(f"/v1/imports/{'0' * 24}/{wish}"), 404)
    problem(await http.post(f"/v1/imports/nonsense/{wish}"), 422)


async def test_what_is_not_known_is_said(imports: ImportWorld, http: httpx.AsyncClient) -> None:
    for path in (f"/v1/imports/{'0' * 24}", f"/v1/imports/{'0' * 24}/records"):
        problem(await http.get(path), 404)
    imports.store.fail_next = [TransientFailure("away")]
    problem(await http.get(f"/v1/imports/{'0' * 24}"), 503)
    imports.store.fail_next = [TransientFailure("away")]
    assert "retry-after" in (await send(http, FILE)).headers
