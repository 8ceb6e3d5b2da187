"""The trail's page: for whom, of what, and that it tells what was changed."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from services.desk.api.trail import A_PAGE
from services.desk.domain.openings import LISTED_FOR
from services.desk.domain.users import User
from tests.access.dealers import MINE
from tests.services.desk.rig import Rig

AGENT = User(username="agent", name="A. Gent", staff_id="s9", grants=(f"agent@{MINE}",))
BERLIN = "sunrise/berlin"
LISTS = (
    "today",
    "complaints",
    "manager",
    "manager/customers/list",
    "manager/customers/leads",
    "manager/tasks",
)


@pytest.fixture
async def rig(tmp_path: Path) -> Rig:
    found = await Rig.open(tmp_path)
    await found.trail.note(AGENT, None, "signed_in", "")
    await found.trail.note(AGENT, MINE, "saw_customer", f"{MINE}/cdk/C1")
    found.houses.clock.advance(timedelta(days=1))
    await found.trail.note(AGENT, BERLIN, "exported", "=tasks")
    return found


async def test_an_admin_of_all_sees_all_of_it_and_is_seen(rig: Rig) -> None:
    async with rig.browser("admin@*", username="root") as browser:
        page = await browser.get("/trail")
    assert page.status_code == 200
    assert f"{MINE}/cdk/C1" in page.text and "<td>signed in</td>" in page.text
    assert rig.trail.entries[-1] == ("root", None, "saw_trail", "")


async def test_an_admin_of_a_dealer_sees_what_is_theirs(rig: Rig) -> None:
    async with rig.browser(f"admin@{MINE}", username="root") as browser:
        page = await browser.get("/trail")
        assert f"{MINE}/cdk/C1" in page.text
        assert "<td>signed in</td>" not in page.text and "=tasks" not in page.text
        page = await browser.post("/trail", dealer=BERLIN)
    assert "=tasks" not in page.text


async def test_it_is_asked_by_who_what_about_what_and_when(rig: Rig) -> None:
    day = rig.desk.real_clock.now().date()
    async with rig.browser("admin@*", username="root") as browser:
        for asked, found in (
            ({"username": "agent", "what": "saw_customer"}, 1),
            ({"username": "nobody"}, 0),
            ({"about": f"{MINE}/cdk/C1"}, 1),
            ({"dealer": BERLIN}, 1),
            ({"username": "agent", "day": f"{day}"}, 1),
            ({"username": "agent", "day": f"{day - timedelta(days=1)}"}, 2),
            ({"username": "agent", "day": "no day"}, 3),
        ):
            page = await browser.post("/trail", **asked)
            assert page.text.count("<td>agent</td>") == found, asked


async def test_older_ones_are_on_the_next_page(rig: Rig) -> None:
    for number in range(A_PAGE):
        await rig.trail.note(AGENT, MINE, "printed", str(number))
    async with rig.browser("admin@*", username="root") as browser:
        page = await browser.post("/trail", username="agent")
        assert (
            page.text.count("<td>agent</td>") == A_PAGE and 'name="before" value="4"' in page.text
        )
        page = await browser.post("/trail", username="agent", before="4")
    assert page.text.count("<td>agent</td>") == 3 and 'name="before"' not in page.text
    assert [each[2] for each in rig.trail.entries[-2:]] == ["saw_trail"] * 2


async def test_as_a_table_it_runs_nothing(rig: Rig) -> None:
    async with rig.browser("admin@*", username="root") as browser:
        answer = await browser.post("/trail/export", dealer=BERLIN)
    assert answer.headers["content-type"].startswith("text/csv")
    heading, row = answer.text.lstrip("\ufeff").splitlines()
    assert heading.startswith("Number,Time") and ",'=tasks," in row
    assert rig.trail.entries[-1] == ("root", None, "exported", "trail")
    assert rig.trail.written[-1].noted.how == "rows: 1"


async def test_what_was_changed_is_told(rig: Rig) -> None:
    async with rig.browser("admin@*", username="root") as browser:
        page = await browser.post("/trail/verify")
        assert (
            "All of it is as it was written" in page.text and rig.trail.end.in_words() in page.text
        )
        first = rig.trail.written[0]
        changed = replace(first.noted, username="somebody")
        rig.trail.written[0] = replace(first, noted=changed)
        page = await browser.post("/trail/verify")
    assert "Entry 1 is not as it was written" in page.text


async def test_an_end_that_was_noted_elsewhere_is_looked_for(rig: Rig) -> None:
    known, other = rig.trail.end.in_words(), f"{rig.trail.end.sequence}:{'0' * 16}"
    async with rig.browser("admin@*", username="root") as browser:
        page = await browser.post("/trail/verify", known=f" {known} ")
        assert "All of it is as it was written" in page.text
        page = await browser.post("/trail/verify", known=other)
        assert "is not the one that you have noted" in page.text
        page = await browser.post("/trail/verify", known="7")
    assert page.status_code == 422
    assert "Write it as it was told: NUMBER:MARK." in page.text and 'value="7"' in page.text
    assert [each[2] for each in rig.trail.entries[-3:]] == ["saw_trail"] * 3


async def test_a_customers_key_finds_what_was_reported_of_them_and_leads_there(rig: Rig) -> None:
    key, case = f"{MINE}/cdk/C1", f"{MINE}/cdk/complaint/K9"
    step = f"{MINE}/desk/complaint-step/7"
    await rig.trail.note(AGENT, MINE, "reported", step, customer=key, how="withdrawn: reason")
    await rig.trail.note(AGENT, MINE, "printed", case, customer=key)
    async with rig.browser("admin@*", f"head@{MINE}", username="root") as browser:
        page = await browser.post("/trail", about=key)
    assert page.text.count("<td>agent</td>") == 3
    assert f'<a href="/d/{MINE}/customers/cdk/C1">{key}</a>' in page.text
    assert f'<a href="/d/{MINE}/customers/cdk/C1">{step}</a>' in page.text
    assert f'<a href="/d/{MINE}/cases/cdk/K9">{case}</a>' in page.text
    assert "Customer withdraws it: Reason" in page.text
    async with rig.browser("admin@*", username="root") as browser:
        page = await browser.post("/trail", about=key)
    assert key in page.text and "/customers/" not in page.text, "that is not theirs to see"


async def test_lists_are_noted_once_an_hour_of_a_session(rig: Rig) -> None:
    async def listed() -> list[str]:
        async with rig.browser(f"manager@{MINE}", username="boss") as browser:
            for name in LISTS:
                for _ in range(2):
                    assert (await browser.get(f"/d/{MINE}/{name}")).status_code == 200
        return [about for *_, what, about in rig.trail.entries if what == "saw_list"]

    once = ["today", "complaints", "manager", "customers", "figures", "tasks"]
    assert await listed() == once
    rig.houses.clock.advance(LISTED_FOR)
    assert await listed() == once * 2


@pytest.mark.parametrize("grant", [f"manager@{MINE}", "group@*", "privacy@*", f"agent@{MINE}"])
async def test_nobody_else_sees_it(rig: Rig, grant: str) -> None:
    async with rig.browser(grant) as browser:
        assert (await browser.get("/trail")).status_code == 403
        for path in ("", "/export", "/verify"):
            assert (await browser.post(f"/trail{path}")).status_code == 403
