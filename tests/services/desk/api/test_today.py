"""Today, over followup and complaints as they are."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from services.desk.adapters.upstream import WrittenVersion
from services.desk.domain.people import CustomerCard
from shared.contracts.http.followup_lists import DayOfTasks, LaterTask
from shared.contracts.intake import KnownVehicle
from tests.access.dealers import MINE
from tests.services.desk.cases import Complaints, step
from tests.services.desk.forms import forms_in
from tests.services.desk.given_tasks import line
from tests.services.desk.rig import BASE, Rig

KEY = f"{MINE}/cdk/C1"
SERVICE = "Ask how the service went (CSI)"


@pytest.fixture
async def rig(tmp_path: Path) -> Rig:
    return await Rig.open(tmp_path)


async def test_a_row_tells_whom_what_for_and_why(rig: Rig) -> None:
    rig.directory.known[KEY] = CustomerCard(
        customer_key=KEY,
        name="王小明",
        vehicles={"1HGCM82633A004352": KnownVehicle(plate="沪A12345", model="Qin")},
    )
    async with rig.browser() as browser:
        page = await browser.get(f"{BASE}/today", whose="all")
    assert page.status_code == 200, page.text
    assert "王小明" in page.text
    assert f'href="{BASE}/calls/cdk/C1?whose=all&amp;outcome=done" data-key="1"' in page.text
    assert "was handed over" in page.text


async def test_in_chinese_all_of_it_is_chinese(rig: Rig) -> None:
    async with rig.browser(language="zh") as browser:
        page = await browser.get(f"{BASE}/today", whose="all")
    assert "认领" in page.text
    assert "Take it" not in page.text


async def test_who_has_nothing_of_their_own_begins_with_their_role(rig: Rig) -> None:
    async with rig.browser() as browser:
        page = await browser.get(f"{BASE}/today")
    assert 'aria-current="page">\n    Customer relations' in page.text


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"whose": "mine"}, "Nothing is yours at present."),
        ({"whose": "all", "kind": "win_back"}, "Nothing of this kind is to be done."),
        ({"whose": "role", "role": "nobody_has_it"}, "Nothing is to be done now."),
    ],
)
async def test_an_empty_list_says_so_and_what_to_do(
    rig: Rig, asked: dict[str, str], words: str
) -> None:
    async with rig.browser() as browser:
        page = await browser.get(f"{BASE}/today", **asked)
    assert page.status_code == 200
    assert words in page.text


async def test_what_is_due_today_is_listed(rig: Rig) -> None:
    counted = []
    for _ in range(10):
        async with rig.browser() as browser:
            said = (await browser.get(f"{BASE}/today", whose="all")).text
            page = (await browser.get(f"{BASE}/today", whose="all", today="true")).text
        many = re.search(r'href="[^"]*whose=all&amp;today=true">(\d+) due today', said)
        assert many is not None
        assert page.count('<li class="row') == int(many[1])
        assert int(many[1]) or "Nothing of this kind is to be done." in page
        counted.append(int(many[1]))
        rig.houses.clock.advance(timedelta(days=1))
    assert 0 in counted and any(counted), "or this shows little"


async def test_complaints_stand_on_top_for_whom_they_need(rig: Rig) -> None:
    complaints = Complaints.at(rig)
    nobodys, chens = f"{BASE}/cases/cdk/K1", await complaints.filed("N1", owner="s-chen")
    async with rig.browser() as browser, rig.browser(f"head@{MINE}", username="boss") as boss:
        page = (await browser.get(f"{BASE}/today")).text
        assert "Complaints that need you" in page and "nobody is responsible" in page
        assert f'href="{nobodys}"' in page and f'href="{chens}"' not in page
        await step(boss, nobodys, "reassigned", assigned_to="s-chen")
        page = (await browser.get(f"{BASE}/today")).text
    assert "Complaints that need you" not in page
    assert re.search(r'id="cases" data-live="cases"[^>]* hidden>', page), "for the first one"


async def test_tasks_are_shown_while_complaints_is_away(rig: Rig) -> None:
    rig.away.add("complaints")
    async with rig.browser(f"manager@{MINE}", username="boss") as browser:
        page = await browser.get(f"{BASE}/today", whose="all")
    assert page.status_code == 200
    assert "Complaints cannot be shown at present." in page.text
    assert "/calls/cdk/C1" in page.text


async def test_what_was_written_of_lately_is_read_from_the_plan(rig: Rig) -> None:
    asked: list[str] = []
    plan = rig.desk.services.plan

    async def noted(user: object, key: str, written: object = None) -> object:
        asked.append(f"{key} {written}")
        return await plan(user, key, written)  # type: ignore[arg-type]  # as it was given

    rig.desk.services.plan = noted  # type: ignore[method-assign,assignment]  # listens to it
    now = rig.desk.real_clock.now()
    await rig.lately.note(MINE, KEY, WrittenVersion("a/b/desk/x/1", "v1"), now)
    async with rig.browser() as browser:
        await browser.get(f"{BASE}/today", whose="all")
        assert asked == [f"{KEY} a/b/desk/x/1@v1"]
        rig.houses.clock.advance(timedelta(seconds=31))
        await browser.get(f"{BASE}/today", whose="all")
    assert len(asked) == 1


async def test_the_next_call_leads_to_a_card_and_not_to_the_one_before(rig: Rig) -> None:
    async with rig.browser() as browser:
        found = await browser.get(f"{BASE}/today/next", whose="all")
        assert found.status_code == 303
        first = found.headers["location"]
        assert first.startswith(f"{BASE}/calls/cdk/")
        but, _, listed = first.removeprefix(f"{BASE}/calls/").partition("?")
        assert listed == "whose=all"
        found = await browser.get(f"{BASE}/today/next", whose="all", but=but)
        assert found.headers["location"] != first


async def test_the_next_call_is_of_the_same_list(rig: Rig) -> None:
    listed = {"whose": "all", "kind": "delivery_thanks"}
    async with rig.browser() as browser:
        found = await browser.get(f"{BASE}/today/next", **listed)
        address = found.headers["location"]
        assert address.startswith(f"{BASE}/calls/")
        assert address.endswith("?whose=all&kind=delivery_thanks")
        card = await browser.get(address)
        filtered = await browser.get(
            f"{BASE}/calls/cdk/C1", whose="all", overdue="true", today="true"
        )
    assert "/today/next?whose=all&amp;kind=delivery_thanks&amp;but=" in card.text
    assert "/today/next?whose=all&amp;overdue=true&amp;today=true&amp;but=" in filtered.text


@pytest.mark.parametrize("whose", ["everybody", "1"])
async def test_an_address_that_asks_for_nothing_known_is_refused(rig: Rig, whose: str) -> None:
    async with rig.browser() as browser:
        page = await browser.get(f"{BASE}/today", whose=whose)
    assert page.status_code == 422


async def test_a_page_that_is_drawn_twice_is_the_same(rig: Rig) -> None:
    async with rig.browser() as browser:
        first = await browser.get(f"{BASE}/today", whose="all")
        again = await browser.client.get(
            f"{BASE}/today?whose=all", headers={"if-none-match": first.headers["etag"]}
        )
    assert again.status_code == 304


async def test_each_row_has_a_form_that_works_without_a_script(rig: Rig) -> None:
    async with rig.browser() as browser:
        page = await browser.get(f"{BASE}/today", whose="all")
    claims = [each for each in forms_in(page.text) if "/assignments/" in each.action]
    assert claims
    assert all(each.fields["back"].startswith(f"{BASE}/today?whose=all") for each in claims)


async def test_what_does_not_fit_todays_list_says_when_it_comes_and_why(rig: Rig) -> None:
    later = LaterTask(
        task=line("silence"),
        comes_on=date(2025, 6, 3),
        why_en="two are before it",
        why_zh="前面还有两件",
    )
    day = DayOfTasks(
        dealer_id=MINE,
        day=date(2025, 6, 1),
        role=None,
        person="s-lin",
        people=1,
        is_working_day=False,
        most=30,
        done=2,
        tasks=(line("win_back"),),
        later=(later,),
        as_of=None,
        behind_seconds=None,
    )

    async def told(*_: object, **__: object) -> DayOfTasks:
        return day

    rig.desk.services.day = told  # type: ignore[method-assign]  # no rig has so many tasks
    async with rig.browser() as browser:
        page = await browser.get(f"{BASE}/today", whose="mine")
    for words in ("2 done today", "No working day", "1 more comes on another day", "3 Jun 2025"):
        assert words in page.text, words
    assert "two are before it" in page.text


async def test_all_kinds_that_there_are_can_be_asked_for(rig: Rig) -> None:
    async with rig.browser() as browser:
        page = await browser.get(f"{BASE}/today", whose="mine")
    assert '<option value="delivery_thanks">Thank for the purchase (1)</option>' in page.text


async def test_no_complaint_of_ones_own_is_missed_behind_those_of_others(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.desk.api.today.CASES_READ", 1)
    monkeypatch.setattr("services.complaints.adapters.reading.READ_AT_ONCE", 1)
    complaints = Complaints.at(rig)
    for number in range(1, 8):
        await complaints.filed(f"N{number}", owner="s-lin" if number != 3 else "s-bao")
    async with rig.browser() as browser:
        page = (await browser.get(f"{BASE}/today")).text
    assert page.count('<li class="need">') == 5
    assert f'href="{BASE}/complaints">More than 7: all of them' in page, "K1 is nobody's"
    async with rig.browser(f"head@{MINE}", username="boss") as browser:
        page = (await browser.get(f"{BASE}/today")).text
    assert page.count('<li class="need">') == 1
