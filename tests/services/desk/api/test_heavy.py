"""Of what takes much time and memory a little is done at the same time; the rest is told when."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.desk.adapters.heavy import MOST_AT_ONCE
from tests.access.dealers import MINE
from tests.services.desk.forms import form_in
from tests.services.desk.rig import BASE, Rig

ROLES = (f"manager@{MINE}", "admin@*")
HEAVY = {
    f"{BASE}/exports": {"table": "people", "form": "csv"},
    "/trail/export": {"username": "lin"},
    "/trail/verify": {},
}
"""Where it is asked for -> by what form."""
each_work = pytest.mark.parametrize("place", HEAVY)


@pytest.fixture
async def rig(tmp_path: Path) -> Rig:
    return await Rig.open(tmp_path)


@asynccontextmanager
async def at_work(rig: Rig, monkeypatch: pytest.MonkeyPatch, *usernames: str) -> AsyncIterator[Any]:
    """These users have a table made, which does not end before this does."""
    may_end, begun = asyncio.Event(), asyncio.Semaphore(0)
    counts: Callable[..., Any] = rig.desk.services.task_counts

    async def slowly(*asked: Any) -> Any:
        begun.release()
        await may_end.wait()
        return await counts(*asked)

    monkeypatch.setattr(rig.desk.services, "task_counts", slowly)

    async def one(username: str) -> httpx.Response:
        async with rig.browser(*ROLES, username=username, session="another") as browser:
            return await browser.post(f"{BASE}/exports", table="people", form="csv")

    async with asyncio.TaskGroup() as group:
        working = [group.create_task(one(each)) for each in usernames]
        for _ in usernames:
            await begun.acquire()
        try:
            yield
        finally:
            may_end.set()
    assert [each.result().status_code for each in working] == [200] * len(usernames)


@each_work
async def test_nobody_has_two_done_at_once(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    async with rig.browser(*ROLES, language="zh") as browser:
        async with at_work(rig, monkeypatch, "lin"):
            page = await browser.post(place, **HEAVY[place])
        assert (page.status_code, page.headers["retry-after"]) == (503, "30")
        assert "半分钟后再试" in page.text
        form = form_in(page.text, place)
        assert form.fields.items() >= HEAVY[place].items()
        assert (await form.send(browser)).status_code == 200


async def test_all_together_have_few_done_at_once(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = [f"user{number}" for number in range(MOST_AT_ONCE)]
    async with rig.browser(*ROLES) as browser:
        async with at_work(rig, monkeypatch, *others):
            page = await browser.post("/trail/verify")
            assert page.status_code == 503
            assert "in half a minute" in page.text
        assert (await browser.post("/trail/verify")).status_code == 200
