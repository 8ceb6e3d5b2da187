"""Pages hear of what changes, over the real HTTP server."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.desk.adapters.assets import Assets
from services.desk.adapters.live import STREAMS_OF_A_USER, Hub
from services.desk.adapters.presence import THERE_FOR
from services.desk.api import live
from services.desk.api.visitor import PLAIN_COOKIE
from services.desk.app import make_app_of_pages
from shared.settings import HttpSettings
from shared.testing.doorman import KnowsEverybody
from tests.access.dealers import MINE, SISTER
from tests.served import Served, served
from tests.servers import PATIENCE_SECONDS
from tests.services.desk.rig import Rig

KEY = f"{MINE}/cdk/C1"
ABOUT = f"customer:{KEY}"
PRESENT = f"/d/{MINE}/present"


@pytest.fixture
async def rig(tmp_path: Path) -> Rig:
    return await Rig.open(tmp_path)


@dataclass
class Heard:
    """What comes on a stream."""

    lines: AsyncIterator[str]
    status: int

    async def next(self) -> tuple[str, Any]:
        """The next event but heartbeats: its name and what it says; `over` at the end."""
        name = ""
        async with asyncio.timeout(PATIENCE_SECONDS):
            async for line in self.lines:
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data: ") and name not in ("", "here"):
                    return name, json.loads(line.removeprefix("data: "))
        return "over", None

    async def here(self) -> None:
        """The next heartbeat."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            async for line in self.lines:
                if line == "event: here":
                    return


@asynccontextmanager
async def listening(
    rig: Rig, server: Served, username: str, *, session: str = "a browser", **asked: Any
) -> AsyncIterator[Heard]:
    """To a stream, as somebody who has signed in."""
    async with (
        httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{server.port}",
            cookies={PLAIN_COOKIE: f"{session} of {username}"},
            timeout=PATIENCE_SECONDS,
        ) as client,
        client.stream("GET", "/live", params={"dealer": MINE, **asked}) as answer,
    ):
        heard = Heard(answer.aiter_lines(), answer.status_code)
        if answer.status_code == 200:
            await heard.here()
        yield heard


async def test_a_page_hears_of_what_it_shows(rig: Rig) -> None:
    async with (
        rig.browser(),
        served(rig.app, HttpSettings()) as server,
        listening(rig, server, "lin", shows=["tasks", ABOUT]) as heard,
    ):
        rig.live.change(SISTER, ["tasks"])
        rig.live.change(MINE, ["cases", f"{ABOUT}2"])
        rig.live.change(MINE, [ABOUT])
        assert await heard.next() == ("changed", [ABOUT])


async def test_a_page_hears_of_what_has_changed_while_it_was_loaded(rig: Rig) -> None:
    async with rig.browser(), served(rig.app, HttpSettings()) as server:
        rig.live.change(MINE, ["tasks"])
        async with listening(rig, server, "lin", shows=["tasks"], age=60) as heard:
            assert await heard.next() == ("changed", ["tasks"])
        async with listening(rig, server, "lin", shows=["tasks"], age="nan") as refused:
            assert refused.status == 422


async def test_nobody_hears_of_what_they_may_not_see(rig: Rig) -> None:
    async with (
        rig.browser(f"privacy@{MINE}"),
        served(rig.app, HttpSettings()) as server,
        listening(rig, server, "lin", shows=["tasks", f"customer:{SISTER}/x/C1"]) as nothing,
        listening(rig, server, "lin", shows=["tasks", ABOUT]) as heard,
    ):
        assert nothing.status == 204
        rig.live.change(MINE, ["tasks", ABOUT])
        assert await heard.next() == ("changed", [ABOUT])


async def test_a_session_that_is_ended_ends_its_stream(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.05)
    async with (
        rig.browser() as browser,
        served(rig.app, HttpSettings()) as server,
        listening(rig, server, "lin", shows=["tasks"]) as heard,
    ):
        await heard.here()
        await rig.sessions.end_all_of(browser.user.username)
        assert await heard.next() == ("ended", "signed out")
        assert await heard.next() == ("over", None)
    assert not rig.live.hears_of(MINE)


async def test_listening_does_not_prolong_a_session(rig: Rig) -> None:
    async with rig.browser(), served(rig.app, HttpSettings()) as server:
        (before,) = rig.sessions.by_digest.values()
        rig.houses.clock.advance(timedelta(minutes=5))
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{server.port}",
            cookies={PLAIN_COOKIE: "a browser of lin"},
        ) as client:
            await client.get("/live", params={"dealer": MINE}, headers=_AS_BROWSERS_DO)
        assert tuple(rig.sessions.by_digest.values()) == (before,)


_AS_BROWSERS_DO = {"accept": "text/event-stream"}


async def test_a_user_has_so_many_streams_and_no_more_whatever_the_session(rig: Rig) -> None:
    async with (
        rig.browser(),
        rig.browser(session="another"),
        served(rig.app, HttpSettings()) as server,
    ):
        async with asyncio.TaskGroup() as group:
            enough = asyncio.Event()
            opened = [
                group.create_task(_hold(rig, server, enough)) for _ in range(STREAMS_OF_A_USER)
            ]
            while len(rig.live._streams) < STREAMS_OF_A_USER:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            async with listening(rig, server, "lin", session="another", shows=["tasks"]) as refused:
                assert refused.status == 503
            enough.set()
        assert [task.result() for task in opened] == [200] * STREAMS_OF_A_USER
        async with asyncio.timeout(PATIENCE_SECONDS):
            while rig.live.hears_of(MINE):  # noqa: ASYNC110
                await asyncio.sleep(0.01)


async def _hold(rig: Rig, server: Served, enough: asyncio.Event) -> int:
    async with listening(rig, server, "lin", shows=["tasks"]) as heard:
        await enough.wait()
        return heard.status


async def test_who_else_has_it_open_is_told(rig: Rig) -> None:
    async with (
        rig.browser() as lin,
        rig.browser(username="chen") as chen,
        served(rig.app, HttpSettings()) as server,
        listening(rig, server, "lin", about=ABOUT) as heard,
    ):
        assert await heard.next() == ("changed", [f"present:{ABOUT}"])
        assert (await lin.get(PRESENT, about=ABOUT)).text.strip() == ""
        async with listening(rig, server, "chen", about=ABOUT):
            assert await heard.next() == ("changed", [f"present:{ABOUT}"])
            assert "Chen of the tests" in (await lin.get(PRESENT, about=ABOUT)).text
            assert "Lin of the tests" in (await chen.get(PRESENT, about=ABOUT)).text
        assert await heard.next() == ("changed", [f"present:{ABOUT}"])
        assert (await lin.get(PRESENT, about=ABOUT)).text.strip() == ""


async def test_who_is_where_is_for_those_who_may_see_it(rig: Rig) -> None:
    async with rig.browser(f"admin@{MINE}") as admin, rig.browser(username="chen") as chen:
        assert (await admin.get(PRESENT, about=ABOUT)).status_code == 403
        assert (await chen.get(PRESENT, about=f"customer:{SISTER}/x/C1")).status_code == 403
        assert (await chen.get(PRESENT, about="nothing")).status_code == 403


async def test_when_the_desk_stops_its_streams_end(rig: Rig) -> None:
    async with (
        rig.browser(),
        served(rig.app, HttpSettings()) as server,
        listening(rig, server, "lin", shows=["tasks"]) as heard,
    ):
        rig.live.close()
        assert await heard.next() == ("over", None)


def beside(rig: Rig) -> Rig:
    """Another process of the same desk: the same database, and pages of its own."""
    desk = replace(rig.desk, live=Hub(most=100))

    async def ready() -> list[str]:
        return []

    app = make_app_of_pages(Assets(), doorman=KnowsEverybody(), readiness=ready)
    app.state.desk = desk
    return replace(rig, app=app, desk=desk, live=desk.live)


async def test_two_processes_of_the_desk_tell_of_who_is_at_the_other(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.05)
    other = beside(rig)
    async with (
        rig.browser() as lin,
        rig.browser(username="chen"),
        served(rig.app, HttpSettings()) as server,
        served(other.app, HttpSettings()) as second,
        listening(rig, server, "lin", about=ABOUT) as heard,
    ):
        assert await heard.next() == ("changed", [f"present:{ABOUT}"])
        async with listening(other, second, "chen", about=ABOUT):
            assert await heard.next() == ("changed", [f"present:{ABOUT}"])
            assert "Chen of the tests" in (await lin.get(PRESENT, about=ABOUT)).text
        assert await heard.next() == ("changed", [f"present:{ABOUT}"])
        assert (await lin.get(PRESENT, about=ABOUT)).text.strip() == ""


async def test_whoever_was_at_a_process_that_died_is_gone_in_time(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.05)
    async with (
        rig.browser() as lin,
        rig.browser(username="chen") as chen,
        served(rig.app, HttpSettings()) as server,
        listening(rig, server, "lin", about=ABOUT) as heard,
    ):
        assert await heard.next() == ("changed", [f"present:{ABOUT}"])
        now = rig.houses.clock.now()
        await rig.presence.here(ABOUT, "a tab of a process that died", chen.user, now)
        assert await heard.next() == ("changed", [f"present:{ABOUT}"])
        assert "Chen of the tests" in (await lin.get(PRESENT, about=ABOUT)).text
        rig.houses.clock.advance(THERE_FOR)
        assert await heard.next() == ("changed", [f"present:{ABOUT}"])
        assert (await lin.get(PRESENT, about=ABOUT)).text.strip() == ""
