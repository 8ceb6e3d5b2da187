"""Tasks are given to somebody else, many at once: each once, however often the form is sent."""

import re
from collections.abc import Sequence
from html import unescape
from pathlib import Path
from uuid import uuid4

import pytest

from services.desk.adapters.users import StoredUser
from services.desk.domain.users import User
from shared.contracts.intake import TaskAssigned
from tests.access.dealers import MINE, SISTER
from tests.services.desk.rig import BASE, Rig

MANAGER = f"manager@{MINE}"
PLACE = f"{BASE}/manager/tasks"


@pytest.fixture
async def rig(tmp_path: Path) -> Rig:
    rig = await Rig.open(tmp_path)
    for name in ("chen", "bao"):
        user = User(username=name, name=name, staff_id=f"s-{name}", grants=(f"agent@{MINE}",))
        await rig.users.save(StoredUser(user=user))
    return rig


def offered(page: str) -> list[str]:
    """The tasks of a list that can be chosen."""
    return re.findall(r'type="checkbox" name="task" value="([^"]+)"', page)


def chosen(page: str) -> list[str]:
    return re.findall(r'name="task" value="([^"]+)" checked', page)


def assigned(rig: Rig) -> Sequence[TaskAssigned]:
    """What intake has recorded of whose tasks are."""
    topic = TaskAssigned.TOPIC.name
    found = [
        TaskAssigned.model_validate_json(record.value or b"")
        for record in rig.houses.intake.publisher.records
        if record.topic == topic
        and dict(record.headers).get("ce_type") == TaskAssigned.TYPE.encode()
    ]
    return sorted(found, key=lambda each: each.task_id)


async def test_chosen_tasks_are_given(rig: Rig) -> None:
    async with rig.browser(MANAGER) as browser:
        tasks = offered((await browser.get(PLACE, person="nobody")).text)
        assert len(tasks) > 1, "or this test shows little"
        form = {"command": str(uuid4()), "person": "nobody", "to": "s-chen"}
        first = await browser.client.post(
            PLACE, data={"csrf": browser.csrf, **form, "task": tasks[:2]}
        )
        again = await browser.client.post(
            PLACE, data={"csrf": browser.csrf, **form, "task": tasks[:2]}
        )
    assert first.status_code == again.status_code == 200, first.text
    assert first.text.count("taken; the list follows in a moment") == 2
    assert [(each.task_id, each.person, each.by) for each in assigned(rig)] == sorted(
        (task.split()[0], "s-chen", "s-lin") for task in tasks[:2]
    )
    assert not set(offered(first.text)) & set(tasks[:2]), "what is given is offered no more"
    assert {*rig.lately.noted} == {task.split()[1] for task in tasks[:2]}
    assert sorted(entry[2] for entry in rig.trail.entries) == sorted(
        ["saw_list", *["reporting", "reported"] * 4]
    )


async def test_while_intake_is_away_nothing_is_lost(rig: Rig) -> None:
    async with rig.browser(MANAGER) as browser:
        tasks = offered((await browser.get(PLACE, person="nobody")).text)
        command = str(uuid4())
        form = {"csrf": browser.csrf, "command": command, "person": "nobody", "to": "s-chen"}
        rig.away.add("intake")
        away = await browser.client.post(PLACE, data={**form, "task": tasks[:2]})
        assert away.status_code == 503
        assert chosen(away.text) == tasks[:2]
        assert f'name="command" value="{command}"' in away.text
        assert re.search(r'value="s-chen" selected', away.text)
        assert assigned(rig) == []
        rig.away.clear()
        sent = await browser.client.post(PLACE, data={**form, "task": tasks[:2]})
    assert sent.status_code == 200
    assert len(assigned(rig)) == 2


async def test_while_followup_is_away_what_was_chosen_stays(rig: Rig) -> None:
    async with rig.browser(MANAGER) as browser:
        tasks = offered((await browser.get(PLACE, person="nobody")).text)
        rig.away.add("followup")
        form = {"csrf": browser.csrf, "command": str(uuid4()), "person": "nobody", "to": "s-chen"}
        away = await browser.client.post(PLACE, data={**form, "task": tasks[:1]})
    assert away.status_code == 503
    assert f'type="hidden" name="task" value="{tasks[0]}"' in away.text


async def test_what_is_anothers_meanwhile_is_left_to_them(rig: Rig) -> None:
    async with rig.browser(MANAGER) as browser:
        tasks = offered((await browser.get(PLACE, person="nobody")).text)
        form = {"csrf": browser.csrf, "command": str(uuid4()), "person": "s-bao", "to": "s-chen"}
        page = await browser.client.post(PLACE, data={**form, "task": tasks[:1]})
    assert "somebody else has it meanwhile" in page.text
    assert assigned(rig) == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"to": "s-chen"}, "Choose the tasks"),
        ({"to": "", "task": "first"}, "Say to whom"),
        ({"to": "somebody", "task": "first"}, "Say to whom"),
        ({"to": "s-chen", "task": f"{uuid4()} {SISTER}/berlinonly/C1"}, "no tasks of this list"),
    ],
    ids=["no task", "nobody said", "not of the staff", "of another dealer"],
)
async def test_what_is_missing_is_said_at_the_form(
    rig: Rig, fields: dict[str, str], words: str
) -> None:
    async with rig.browser(MANAGER) as browser:
        tasks = offered((await browser.get(PLACE, person="nobody")).text)
        if fields.get("task") == "first":
            fields = {**fields, "task": tasks[0]}
        page = await browser.post(PLACE, command=str(uuid4()), person="nobody", **fields)
    assert page.status_code == 422
    assert words in page.text
    assert assigned(rig) == []


async def test_a_head_gives_what_they_are_shown(rig: Rig) -> None:
    """Without the pages of the team, which are not theirs."""
    async with rig.browser(f"head@{MINE}") as browser:
        assert f'href="{PLACE}"' in (await browser.get(f"{BASE}/today")).text
        shown = await browser.get(PLACE, person="nobody")
        assert shown.status_code == 200 and f'href="{BASE}/manager"' not in shown.text
        page = await browser.post(
            PLACE, command=str(uuid4()), person="nobody", to="s-chen", task=offered(shown.text)[0]
        )
    assert page.status_code == 200
    assert [each.person for each in assigned(rig)] == ["s-chen"]


async def test_agents_give_no_tasks_to_others(rig: Rig) -> None:
    async with rig.browser(f"agent@{MINE}") as browser:
        page = await browser.post(PLACE, command=str(uuid4()), person="nobody", to="s-chen")
    assert page.status_code == 403


async def test_what_is_not_shown_is_said_and_stands_on_the_next_page(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with rig.browser(MANAGER) as browser:
        everything = offered((await browser.get(PLACE, person="nobody")).text)
        assert len(everything) > 1
        assert "not-all" not in (await browser.get(PLACE, person="nobody")).text
        monkeypatch.setattr("services.desk.api.reassign.SHOWN", 1)
        found, address, page = list[str](), f"{PLACE}?person=nobody", ""
        while address:
            page = (await browser.client.get(address)).text
            assert f"These are 1 of {len(everything)}." in page
            assert "Only those chosen on this page are given." in page
            found += offered(page)
            following = re.search(r'rel="next" href="([^"]+)"', page)
            address = f"{PLACE}{unescape(following[1])}" if following else ""
        assert found == everything
        form = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
        given = await browser.client.post(PLACE, data={**form, "to": "s-chen", "task": found[-1:]})
    assert given.status_code == 200
    assert "There are no more such tasks here." in given.text, "it stays on its page"
    assert [each.task_id for each in assigned(rig)] == [found[-1].split()[0]]


async def test_those_due_today_are_shown_alone(rig: Rig) -> None:
    async with rig.browser(MANAGER) as browser:
        page = await browser.get(PLACE, person="nobody", today="true")
        tile = await browser.get(f"{BASE}/manager")
    counted = re.search(r'person=nobody&amp;today=true">(\d+)<', tile.text)
    assert len(offered(page.text)) == (int(counted[1]) if counted else 0)
    assert "due today" in page.text
