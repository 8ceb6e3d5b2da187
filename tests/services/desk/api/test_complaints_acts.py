"""Acts from the list of complaints: each once, shown on the list, and nothing passed over."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.access.dealers import MINE
from tests.services.desk.cases import Complaints, step
from tests.services.desk.forms import SentForm, forms_in
from tests.services.desk.given_staff import let_work
from tests.services.desk.rig import BASE, Browser, Rig

LIST = f"{BASE}/complaints"


@pytest.fixture
async def complaints(tmp_path: Path) -> Complaints:
    rig = await Rig.open(tmp_path)
    await let_work(rig, chen="agent", pia="privacy")
    return Complaints.at(rig)


async def forms(browser: Browser, name: str, number: str = "K9", **asked: str) -> list[SentForm]:
    """Of this step, of this case, on the list."""
    page = await browser.get(LIST, **asked)
    assert page.status_code == 200
    return [
        each
        for each in forms_in(page.text)
        if each.fields.get("step") == name and each.action.endswith(f"/{number}")
    ]


async def noticed(complaints: Complaints, **more: str | None) -> str:
    """A case of whose deadline somebody was told."""
    place = await complaints.filed("K9", **more)
    complaints.rig.houses.clock.advance(timedelta(hours=2))
    await complaints.store.wake()
    return place


async def test_what_somebody_was_told_of_is_acknowledged_in_the_row(complaints: Complaints) -> None:
    await noticed(complaints)
    async with complaints.rig.browser() as browser:
        [form] = await forms(browser, "acknowledged", show="open")
        [again] = await forms(browser, "acknowledged", show="open")
        assert form == again, "a list that is drawn twice is the same"
        complaints.rig.houses.clock.advance(timedelta(minutes=1))
        answer = await form.send(browser)
        assert answer.status_code == 303
        place = answer.headers["location"]
        assert place == f"{LIST}?show=open&did=acknowledged&of=K9"
        page = (await browser.client.get(place)).text
        assert "K9 · Acknowledge the notice: this counts" in page
        assert await forms(browser, "acknowledged") == []
        assert (await form.send(browser)).headers["location"] == place, "sent twice it is one"
    assert [each["step"] for each in complaints.steps_taken()] == ["acknowledged"]


async def test_nothing_is_acknowledged_of_which_nobody_was_told(complaints: Complaints) -> None:
    await complaints.filed("K9", received_at="2025-06-01T09:59:00Z")
    async with complaints.rig.browser() as browser:
        assert await forms(browser, "acknowledged") == []


async def test_who_leads_makes_somebody_responsible_in_the_row(complaints: Complaints) -> None:
    await complaints.filed("K9", owner=None)
    async with complaints.rig.browser(f"head@{MINE}") as head:
        page = (await head.get(LIST)).text
        assert '<option value="s-chen">Chen</option>' in page and "s-pia" not in page
        [form] = await forms(head, "reassigned", show="nobody")
        answer = await form.send(head, assigned_to="s-chen")
        assert answer.headers["location"] == f"{LIST}?show=nobody&did=reassigned&of=K9"
        refused = await form.send(head, command="0" * 32, seen="", assigned_to="s-pia")
        assert refused.status_code == 422
        [kept] = [each for each in forms_in(refused.text) if "back" in each.fields]
        assert kept.fields["back"] == f"{LIST}?show=nobody"
    assert [each["assigned_to"] for each in complaints.steps_taken()] == ["s-chen"]


async def test_others_take_what_nobody_has(complaints: Complaints) -> None:
    await complaints.filed("K9", owner=None)
    await complaints.filed("K8", owner="s-chen")
    async with complaints.rig.browser() as browser:
        assert await forms(browser, "reassigned", "K8") == []
        [form] = await forms(browser, "reassigned")
        assert (await form.send(browser, assigned_to="s-chen")).status_code == 403
        assert (await form.send(browser, assigned_to="s-lin")).status_code == 303
        assert await forms(browser, "reassigned") == []
    assert [each["assigned_to"] for each in complaints.steps_taken()] == ["s-lin"]


async def test_who_was_quicker_is_shown_before_anything_is_sent(complaints: Complaints) -> None:
    place = await noticed(complaints)
    async with complaints.rig.browser() as mine, complaints.rig.browser(username="chen") as other:
        [form] = await forms(mine, "acknowledged")
        await step(other, place, "contacted")
        answer = await form.send(mine)
        assert answer.status_code == 409
        assert "Somebody else has worked on this case" in answer.text
        [kept] = [each for each in forms_in(answer.text) if "back" in each.fields]
        assert (await kept.send(mine)).status_code == 303
    assert [each["step"] for each in complaints.steps_taken()] == ["contacted", "acknowledged"]


async def test_the_row_says_who_else_has_the_case_open(complaints: Complaints) -> None:
    await complaints.filed("K9")
    rig = complaints.rig
    about, now = f"case:{MINE}/cdk/complaint/K9", rig.desk.real_clock.now()
    async with rig.browser() as browser, rig.browser(username="chen") as other:
        assert "Also open at:" not in (await browser.get(LIST)).text
        await rig.presence.here(about, "a tab", other.user, now)
        page = (await browser.get(LIST)).text
        assert page.count("Also open at:") == 1 and "Chen of the tests" in page
        assert "Also open at:" not in (await other.get(LIST)).text


async def test_what_is_not_decided_yet_is_told_on_its_own_page(complaints: Complaints) -> None:
    place = await complaints.filed("K9", owner=None)
    async with complaints.rig.browser() as browser:
        [form] = await forms(browser, "reassigned")
        complaints.store.is_deaf = True
        answer = await form.send(browser, assigned_to="s-lin")
    assert answer.headers["location"].startswith(f"{place}?step=")


async def test_it_leads_nowhere_else(complaints: Complaints) -> None:
    await complaints.filed("K9", owner=None)
    async with complaints.rig.browser() as browser:
        [form] = await forms(browser, "reassigned")
        answer = await form.send(browser, assigned_to="s-lin", back="https://elsewhere.example/")
    assert answer.headers["location"] == "/?did=reassigned&of=K9"
