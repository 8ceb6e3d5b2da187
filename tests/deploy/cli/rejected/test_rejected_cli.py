"""`aftercare rejected`, against the endpoints themselves."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

from deploy.cli.main import app
from deploy.cli.rejected import command
from deploy.cli.rejected.client import RejectedClient
from tests.services.intake.given import PUDONG
from tests.services.intake.given_rejected import NAME, mended, wrong
from tests.services.intake.over_http import post
from tests.services.intake.world import World

URL = "http://intake"


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    found = World()
    intake = found.app()

    def ask(request: httpx.Request) -> httpx.Response:
        async def answer() -> httpx.Response:
            transport = httpx.ASGITransport(intake)
            async with httpx.AsyncClient(transport=transport) as http:
                method, url, headers = request.method, request.url, request.headers
                return await http.request(method, url, headers=headers, content=request.read())

        answered = asyncio.run(answer())
        return httpx.Response(answered.status_code, content=answered.content)

    client = partial(RejectedClient, transport=httpx.MockTransport(ask))
    monkeypatch.setattr(command, "RejectedClient", client)
    yield found


def kept(world: World, *numbers: str) -> list[str]:
    """Visits of these numbers are rejected and kept; their ids in this order."""

    async def send() -> None:
        transport = httpx.ASGITransport(world.app())
        async with httpx.AsyncClient(transport=transport, base_url=URL) as http:
            for number in numbers:
                await post(http, wrong(number))

    before = set(world.rejected.rows)
    asyncio.run(send())
    return [id_ for id_ in world.rejected.rows if id_ not in before]


def rejected(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, ["rejected", *arguments, "--url", URL], input=typed)


def test_what_is_kept_is_listed_with_its_first_reason_and_no_value(world: World) -> None:
    (id_,) = kept(world, "RO 7")
    told = rejected("list", "--dealer", PUDONG)
    assert told.exit_code == 0, told.output
    assert id_ in told.output
    assert "invalid-event/vehicle: /data/vehicle/vin: " in told.output
    assert NAME not in told.output
    as_json = json.loads(rejected("list", "--dealer", PUDONG, "--json").output)
    assert as_json["rejected"][0]["rejected_id"] == id_


def test_where_nothing_is_kept_it_says_so(world: World) -> None:
    assert "nothing is kept that was rejected" in rejected("list").output


def test_one_is_shown_mended_and_taken(world: World, tmp_path: Path) -> None:
    (id_,) = kept(world, "1")
    assert NAME in rejected("show", id_).output
    file = tmp_path / "mended.json"
    content = json.loads(rejected("show", id_, "--json").output)
    file.write_text(json.dumps(mended(content)), encoding="utf-8")
    tried = rejected("replay", id_, "--with", str(file), "--dry-run")
    assert (tried.exit_code, "would be accepted" in tried.output) == (0, True)
    assert not world.publisher.records
    done = rejected("replay", id_, "--with", str(file))
    assert (done.exit_code, f"{id_}: accepted" in done.output) == (0, True)
    assert not world.rejected.rows


def test_what_is_rejected_again_exits_with_1_and_says_why(world: World) -> None:
    (id_,) = kept(world, "1")
    again = rejected("replay", id_)
    assert again.exit_code == 1
    assert "/data/vehicle/vin" in again.output


def test_all_of_a_dealer_are_replayed_and_counted(world: World) -> None:
    kept(world, *map(str, range(5)))
    done = rejected("replay", "--all", "--dealer", PUDONG, "--source", "cdk")
    assert done.exit_code == 1
    assert "0 accepted, 0 duplicate, 0 skipped, 5 rejected" in done.output
    none = rejected("replay", "--all", "--dealer", PUDONG, "--reason", "too-large")
    assert none.exit_code == 0


def test_what_is_discarded_is_asked_for_first(world: World) -> None:
    one, *_ = kept(world, "1", "2", "3")
    assert rejected("discard", one).exit_code == 2, "nobody is there to be asked"
    assert len(world.rejected.rows) == 3
    assert "1 rejected event discarded" in rejected("discard", one, "--yes").output
    done = rejected("discard", "--all", "--dealer", PUDONG, "--yes")
    assert "2 rejected events discarded" in done.output
    assert not world.rejected.rows


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["replay"], 2),
        (["replay", "0" * 32, "--all"], 2),
        (["replay", "--all", "--with", "f.json"], 2),
        (["discard"], 2),
        (["discard", "0" * 32, "--all"], 2),
    ],
)
def test_what_is_wrongly_typed(world: World, arguments: Sequence[str], status: int) -> None:
    assert rejected(*arguments).exit_code == status


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show", "0" * 32], "404"),
        (["show", "../events"], "letters and numerals"),
        (["list", "--dealer", "nobody/knows"], "no such dealer"),
        (["replay", "0" * 32, "--with", "nowhere.json"], "cannot be read"),
        (["replay", "--all", "--mapping", "nonsense"], "no such mapping"),
    ],
)
def test_what_cannot_be_done(world: World, arguments: Sequence[str], said: str) -> None:
    failed = rejected(*arguments)
    assert failed.exit_code == 1
    assert said in str(failed.exception)
